#!/usr/bin/env bats
# What a court or an auditor gets, and what two verifiers that share no code say of it: tro, and a shell script with openssl.
# Each good extract and each damaged one has the verdict that is written here; where the script cannot know, that is written too.

load world
load extracts

setup_file() {
	world_make
	cd "$world"
	tro submit "$(< case)" > tmp
	tro tick > tmp
	log_key store > log.vkey
	tro extract "$(< case)" large.extract 2> tmp > tmp
	witness
	small_world
}
teardown_file() { world_end; }

setup() {
	world_env
	cd "$BATS_TEST_TMPDIR"
	export TRO_STORE=$world/store
	c=$(< "$world/case")
	cp -r "$world/small.extract" good
	log=$(< "$world/small.vkey")
	# Positions: 0 to 3 are the registry's, 4 is of another case, then three of this one, then the heads.
	registry_last=3 first=5 last=7 heads=8
}

# Another store, whose log is as short as can be: the script starts some seventy programs for each record.
small_world() {
	export TRO_STORE=$world/small.store
	as registrar
	tro init small.store --training --origin force.example/small/training --name "Robin Example" --clock 2026-11-02T09:00:00Z > tmp
	as officer
	tro person request --name "Ann Example" --origin force.example/small/training > small.enrol
	as registrar
	tro person enrol small.enrol > small.officer
	tro role grant "$(< small.officer)" officer --rank sergeant --force example-force > tmp
	as officer
	begin_case "Operation Candle" > small.other
	begin_case "Operation Taper" > small.case
	tro exhibit.add "$(< small.case)" --file "$papers/notebook.txt" --ref AE1 --title Notebook --class witness > tmp
	tro set "$(< small.case)" title="Operation Wick" > tmp
	tro tick > tmp
	tro extract "$(< small.case)" small.extract 2> tmp > tmp
	tro extract "$(< small.other)" other.extract 2> tmp > tmp
	log_key small.store > small.vkey
}

# A witness, a policy that asks for it, and an extract as of a checkpoint that it cosigned.
witness() {
	echo "training passphrase of the witness" > w.pass
	tro witness init w.state --name court.example/witness --log "$(< log.vkey)" --clock 2026-11-02T11:00:00Z \
		--passphrase-file w.pass > w.vkey
	{
		echo "log $(< log.vkey)"
		echo "witness w $(< w.vkey)"
		echo "quorum w"
	} > policy
	as registrar
	tro clock set 2026-11-02T11:00:00Z > tmp
	tro checkpoint policy policy > tmp
	tro tick > tmp
	tro extract "$(< case)" unwitnessed.extract 2> tmp > tmp
	tro checkpoint publish > request
	tro witness sign w.state request --passphrase-file w.pass > answer
	tro checkpoint import answer > tmp
	tro extract "$(< case)" witnessed.extract > tmp
}

cut_byte() { truncate -s -1 "$1"; }
flip() { # FILE AT
	local byte
	byte=$(od -An -tu1 -j "$2" -N1 "$1")
	printf "\\$(printf %03o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
swap() { mv "$1" z && mv "$2" "$1" && mv z "$2"; }
record() { printf '%s ' "records/$1".* "proofs/$1"; }
# shellcheck disable=SC2046 # names without blanks
cut_record() { rm $(record "$1"); }

@test "good extracts verify without a store, also without payloads, and the sums are right" {
	local large
	large=$(< "$world/log.vkey")
	agree 0 0 good
	(cd good && sha256sum -c --quiet SHA256SUMS)
	agree 0 0 "$world/large.extract" "$large"
	[ -n "$(ls "$world/large.extract/filings")" ]
	tro extract "$c" withheld --without-payloads
	[ ! -e withheld/exhibits ] && [ ! -e withheld/filings ]
	gives 11 tro verify --extract withheld --log "$large"
	agree 11 11 withheld "$large" "$(< "$world/w.vkey")"
	grep -q "Lantern" -r "$world/large.extract/records"
	! grep -q "Lantern" -r withheld
}

@test "an extract names no other case" {
	grep -rq "$(< "$world/small.case")" good
	! grep -rq "$(< "$world/small.other")" good
}

@test "a folder that exists is not touched, and a failed extract leaves nothing" {
	mkdir there
	gives 2 tro extract "$c" there
	says "already"
	gives 4 tro extract K7Q3-9F2M new
	gives 8 tro extract "$c" no/such/folder
	[ "$(ls)" = "$(printf 'errors\ngood\nthere')" ] || wrong "$(ls)"
}

@test "who gives the wrong key of the log, or a key of a witness that did not sign, is told" {
	agree 17 17 good "$(tro person --json | jq -r '.people[0].key')"
	agree 10 10 good "$log" "$(< "$world/w.vkey")"
	log=$(< "$world/log.vkey")
	agree 0 0 "$world/witnessed.extract" "$log" "$(< "$world/w.vkey")"
	agree 10 10 "$world/unwitnessed.extract" "$log" "$(< "$world/w.vkey")"
	agree 10 10 "$world/witnessed.extract" "$log"
	gives 0 tro verify --extract "$world/witnessed.extract" --policy "$world/policy"
	gives 2 tro verify --extract good
	says "--log"
}

@test "a file that was cut, altered, lost or added by accident" {
	local f
	for f in README.txt SHA256SUMS checkpoint heads/case "records/$last.note" "records/$first.payload" "records/$last.salt" \
		"records/$last.outcome-salt" "proofs/$heads" "$(cd good && printf '%s\n' blobs/* | head -n 1)" "$(cd good && echo exhibits/*)"; do
		hurt 17 cut_byte "$f"
	done
	hurt 17 flip "records/$first.payload" 30
	hurt 17 flip README.txt 3
	for f in README.txt SHA256SUMS "records/$last.note" "$(cd good && printf '%s\n' blobs/* | head -n 1)"; do
		hurt 15 rm "$f"
	done
	hurt 17 touch records/note
	hurt 17 cp checkpoint blobs/0000000000000000000000000000000000000000000000000000000000000000
	hurt 17 ln -sf /dev/null README.txt
}

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
}

@test "a forger who makes the sums anew is found out: payloads, salts, proofs and heads" {
	forged 17 flip "records/$first.payload" 30
	forged 17 swap "records/$first.payload" "records/$last.payload"
	forged 17 flip "records/$last.salt" 5
	forged 17 cut_byte "records/$last.salt"
	forged 17 cut_byte "records/$last.outcome-salt"
	forged 17/0 flip "records/$last.outcome-salt" 5
	forged 17 cp "records/$last.outcome-salt" records/0.outcome-salt
	forged 17 swap "proofs/$first" "proofs/$last"
	forged 17 flip "proofs/$last" 45
	forged 17 flip heads/case 25
	forged 17 swap heads/case heads/registry
	forged 17 flip checkpoint 5
	forged 17 sed -i '3s/./A/' checkpoint
	forged 17 cut_byte checkpoint
	forged 0 flip README.txt 3
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
	forged 15/0 rm -r blobs
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
