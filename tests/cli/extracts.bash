# Extracts, and what two verifiers that share no code say of them: tro, and a shell script with openssl.
# shellcheck shell=bash disable=SC2154 # log and output are the test's

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
