# Extracts, and what two verifiers that share no code say of them: tro, and a shell script with openssl.
# shellcheck shell=bash disable=SC2034,SC2154 # log and output are the test's

log_key() { sqlite3 "$1/tro.db" "SELECT CAST(bytes AS TEXT) FROM payload WHERE position = 0" | sed -n 's/^log-key //p'; }

fix_sums() { (cd "$1" && rm -f SHA256SUMS && find . -type f ! -name SHA256SUMS -printf '%P\n' | sort | xargs sha256sum > ../sums && mv ../sums SHA256SUMS); }

# Both verifiers give these codes. KEYS default to the log's. Under sanitizers the script has nothing to add: TRO_SCRIPT=no.
agree() { # TRO_CODE SH_CODE DIR [KEY...]
	local tro_code=$1 sh_code=$2 dir=$3 said
	shift 3
	[ $# -gt 0 ] || set -- "$log"
	gives "$tro_code" tro verify --extract "$dir" --log "$@"
	[ "$TRO_SCRIPT" = yes ] || return 0
	said=$(tail -n 1 <<< "$output")
	gives "$sh_code" dash "$TRO_SOURCE_DIR/tools/verify.sh" "$dir" "$@"
	[ -z "$errors" ] || wrong "the script complains"
	[ "$tro_code" -ne "$sh_code" ] || [ "$(tail -n 1 <<< "$output")" = "$said" ] || wrong "not the word $said"
}

# A copy of the one named good, changed by COMMAND in it: an accident.
changed() { # COMMAND...
	echo "# $*" >&2
	rm -rf x
	cp -r good x
	(cd x && "$@")
}
hurt() { # TRO_CODE[/SH_CODE] COMMAND...
	local codes=$1
	changed "${@:2}"
	agree "${codes%/*}" "${codes#*/}" x
}

# The same by somebody who makes the sums anew.
forged() { # TRO_CODE[/SH_CODE] COMMAND...
	local codes=$1
	changed "${@:2}"
	fix_sums x
	agree "${codes%/*}" "${codes#*/}" x
}

# Another store, whose log is as short as can be: the script starts some ten programs for each record.
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

# Called by setup: what small_world gave, and a copy of its extract to be damaged. Positions: 0 to 3 are the registry's, 4 is of another
# case, then three of this one, then the heads.
small_copy() {
	world_env
	cd "$BATS_TEST_TMPDIR"
	cp -r "$world/small.extract" good
	log=$(< "$world/small.vkey")
	registry_last=3 first=5 last=7 heads=8
}

# ---- damages ----

cut_byte() { truncate -s -1 "$1"; }
flip() { # FILE AT
	local byte
	byte=$(od -An -tu1 -j "$2" -N1 "$1")
	printf "\\$(printf %03o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
another_digit() { sed -i 's/^0/1/; t; s/^./0/' "$1"; } # FILE: in hex, as it stays
swap() { mv "$1" z && mv "$2" "$1" && mv z "$2"; }
record() { printf '%s ' "records/$1".* "proofs/$1"; }
# shellcheck disable=SC2046 # names without blanks
cut_record() { rm $(record "$1"); }
