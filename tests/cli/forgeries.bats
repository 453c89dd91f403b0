#!/usr/bin/env bats
# Extracts that somebody changed who can make the sums anew: both verifiers find each change, as in extract.bats.

load world
load extracts

setup_file() {
	world_env
	unlock_keys registrar officer
	small_world
}
teardown_file() { world_end; }
setup() { small_copy; }

@test "a forger who makes the sums anew is found out: records" {
	forged 17 flip "records/$first.note" 20
	forged 17 flip "records/$last.note" 300
	forged 17 cut_byte "records/$last.note"
	forged 17 flip "records/$registry_last.note" 40
	forged 17 flip records/0.payload 3
	forged 17 swap "records/$first.note" "records/$last.note"
	forged 17 cp "records/$first.note" "records/$last.note"
	forged 17 cp "records/$first.note" "records/$((heads + 1)).note"
	forged 17 sed -i 's/^event .*/event draft.sett/' "records/$last.note"
	forged 17 sed -i '1s/$/\r/' "records/$last.note"
	forged 17 sed -i '$p' "records/$last.note"
	forged 17 sed -i '4s/$/\x00/' "records/$last.note"
}

@test "a forger who makes the sums anew is found out: payloads, salts, proofs and heads" {
	forged 17 flip "records/$first.payload" 30
	forged 17 swap "records/$first.payload" "records/$last.payload"
	forged 17 another_digit "records/$last.salt"
	forged 17 cut_byte "records/$last.salt"
	forged 17 cut_byte "records/$last.outcome-salt"
	forged 17/0 another_digit "records/$last.outcome-salt"
	forged 17 cp "records/$last.outcome-salt" records/0.outcome-salt
	forged 17 swap "proofs/$first" "proofs/$last"
	forged 17 flip "proofs/$last" 45
	forged 17 cut_byte "proofs/$last"
	forged 17 sed -i '3s/$/\x00/' "proofs/$last"
	forged 17 sed -i '3s/^/\n/' "proofs/$last"
	forged 17 sed -i '4d' "proofs/$last"
	forged 17 flip heads/case 25
	forged 17 swap heads/case heads/registry
	forged 17 sed -i '2s/index /index 0/' heads/case
	forged 17 flip checkpoint 5
	forged 17 sed -i '3s/./A/' checkpoint
	forged 17 cut_byte checkpoint
	forged 0 flip README.txt 3
}

@test "signature lines by others have their form, and there are not too many" {
	others_sign() { # LINE...: below the checkpoint and in each proof, which holds it
		local f
		for f in checkpoint proofs/*; do
			printf '— %s\n' "$@" >> "$f"
		done
	}
	forged 0 others_sign "x AAAAAAA=" # four bytes of an id, one of a signature
	forged 17 others_sign "x AAAA"
	forged 17 others_sign "x AAAAAA=="
	forged 17 others_sign "a+b AAAAAAA="
	forged 17 others_sign " AAAAAAA="
	local many=()
	mapfile -t many < <(seq -f 'x%g AAAAAAA=' 99)
	forged 0 others_sign "${many[@]}"
	forged 17 others_sign "${many[@]}" "x AAAAAAA="
}

@test "what is missing makes it incomplete, whoever made the sums" {
	forged 15 cut_record "$last"
	forged 15 cut_record "$first"
	forged 15 cut_record "$heads"
	forged 15 cut_record 0
	forged 15 cut_record 2
	forged 17 cut_record "$registry_last"
	forged 15 rm "records/$last.note"
	forged 11 rm "records/$last.payload" "records/$last.salt" "records/$last.outcome-salt"
	forged 15 rm "records/$last.salt"
	forged 15 rm "records/$last.outcome-salt"
	forged 15 rm records/2.payload
	forged 15 rm "records/$heads.payload"
	forged 15 rm "proofs/$last"
	forged 15 rm checkpoint
	forged 15 rm heads/case
	forged 15 rm heads/registry
	forged 15 rm -r exhibits
	forged 15 rm -r blobs
}

@test "the last record cut from an extract makes it incomplete, and both say which" {
	cp -r good x
	(cd x && cut_record "$last")
	fix_sums x
	agree 15 15 x
	[ "$TRO_SCRIPT" = no ] || answers "the log had seq 2" "the newest that is here is 1"
	gives 15 tro verify --extract x --log "$log" --json
	holds '.verdict == "INCOMPLETE" and any(.findings[]; .id == "heads" and (.message | contains("only 2 are here")))'
}

@test "what is of another case, signed by another key or by nobody's leave is refused" {
	local other=4
	add_other() {
		local f
		for f in "records/$other.note" "records/$other.payload" "records/$other.salt" "records/$other.outcome-salt" "proofs/$other"; do
			cp "$world/other.extract/$f" "$f"
		done
	}
	forged 17 add_other
	forged 17 cp "$world/other.extract/records/$other.note" "records/$last.note"
	forged 17 cp "$world/other.extract/heads/case" heads/case
	forged 17 cp "$world/other.extract/records/$other.payload" "records/$last.payload"
	add_exhibit() { cp README.txt "exhibits/$(sha256sum < README.txt | cut -c 1-64)"; }
	forged 17 add_exhibit
	add_filing() { mkdir filings && cp README.txt "filings/$(sha256sum < README.txt | cut -c 1-64)"; }
	forged 17/0 add_filing
	resign() { # with a key that nobody enrolled, under the name of one that was
		local n=records/$last.note name
		openssl genpkey -algorithm ed25519 -outform DER -out ../new.key
		sed '/^$/,$d' "$n" > ../text
		openssl pkeyutl -sign -rawin -keyform DER -inkey ../new.key -in ../text -out ../signature
		name=$(sed -n '$s/^— \([^ ]*\) .*/\1/p' "$n")
		sed -n '$s/.* //p' "$n" | base64 -d | head -c 4 > ../id
		{
			cat ../text
			printf '\n— %s %s\n' "$name" "$(cat ../id ../signature | base64 -w 0)"
		} > "$n"
	}
	forged 17 resign
	resign_checkpoint() {
		sed '/^$/,$d' checkpoint > ../text
		openssl pkeyutl -sign -rawin -keyform DER -inkey ../new.key -in ../text -out ../signature
		sed -n '$s/.* //p' checkpoint | base64 -d | head -c 4 > ../id
		sed -i "\$s,[^ ]*\$,$(cat ../id ../signature | base64 -w 0)," checkpoint
	}
	forged 17 resign_checkpoint
}
