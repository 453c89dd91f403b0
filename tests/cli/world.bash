# What the tests of the client share: a training store whose clock stands, five people with keys in an ssh-agent, a case that
# is ready to be submitted, a second one that was just begun; and ways to say what a command must answer.
#
# TRO is the built program, TRO_SOURCE_DIR the source tree. Everything is made in folders of bats; each test works on a copy of
# the store, and nothing depends on the time of day.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

people=(registrar officer reviewer superintendent reader)
declare -gA names=([registrar]="Robin Example" [officer]="Ann Example" [reviewer]="Lee Example"
	[superintendent]="Sam Example" [reader]="Kit Example")

# Whoever acts from now on.
as() { export TRO_KEY=$world/keys/$1.key; }

id_of() { cat "$world/ids/$1"; }

world_env() {
	world=$BATS_FILE_TMPDIR/world
	papers=$TRO_SOURCE_DIR/tests/data/demo
	PATH=$(dirname "$TRO"):$PATH
	# An answer of "no" is exit 1: a sanitizer must end otherwise. The disk of crash.bats is loaded before it.
	export ASAN_OPTIONS=exitcode=99:verify_asan_link_order=0 UBSAN_OPTIONS=print_stacktrace=1 LSAN_OPTIONS=exitcode=99
	unset TRO_KEY TRO_STORE VISUAL EDITOR
	umask 027
}

# A key whose passphrase lies in a file beside it. TRO_QUICK_KEY (quick_key.c) makes one that is unlocked in no time, which
# `tro key new` does not; what that makes is tested in keys.bats and input.bats.
make_key() { # NAME
	printf 'training passphrase of %s\n' "$1" > "$world/keys/$1.pass"
	"$TRO_QUICK_KEY" "$world/keys/$1.key" "force.example/$1" "$world/keys/$1.pass" > "$world/keys/$1.vkey"
}

enrol() { # NAME
	as "$1"
	tro person request --name "${names[$1]}" --origin force.example/tro/training > "$world/$1.enrol"
	as registrar
	tro person enrol "$world/$1.enrol" > "$world/ids/$1"
}

# An agent that holds the keys of these people, which are made if they are not there.
unlock_keys() { # NAME...
	mkdir -p "$world/keys" "$world/ids"
	cd "$world"
	eval "$(ssh-agent -a "$world/agent" -s)" > /dev/null
	export SSH_AUTH_SOCK SSH_AGENT_PID TRO_STORE=$world/store
	local person
	for person; do
		[ -e "keys/$person.key" ] || make_key "$person"
		tro key unlock "keys/$person.key" --passphrase-file "keys/$person.pass" > /dev/null
	done
}

# Called by setup_file. TRO_WORLD is what world.bats has made of it for all files, which saves each the time; without, it is made.
world_make() {
	world_env
	if [ -n "${TRO_WORLD-}" ]; then
		cp -a "$TRO_WORLD" "$world"
		unlock_keys "${people[@]}"
		as officer
	else
		world_build
	fi
}

world_build() {
	unlock_keys "${people[@]}"
	as registrar
	tro init store --training --origin force.example/tro/training --name "Robin Example" \
		--clock 2026-11-02T09:00:00Z > /dev/null
	local person
	for person in officer reviewer superintendent reader; do
		enrol "$person"
	done
	tro role grant "$(id_of officer)" officer --rank sergeant --force example-force > /dev/null
	tro role grant "$(id_of reviewer)" legal-reviewer --force example-force > /dev/null
	tro role grant "$(id_of superintendent)" authorising-officer --rank superintendent --force example-force > /dev/null
	tro role grant "$(id_of reader)" second-reader --force example-force > /dev/null
	draft > /dev/null
}

# Where this account keeps what it has seen of stores; where the host keeps it for all, nothing is cleared away.
marks=$(getent passwd "$(id -u)" | cut -d : -f 6)/.local/state/tro/marks

# A store that goes back on purpose.
forget() { rm -f "$marks/$(printf %s "$1" | sha256sum | cut -d ' ' -f 1)"; }

# Called by teardown_file.
world_end() {
	ssh-agent -k > /dev/null
	grep -lrF "store $BATS_RUN_TMPDIR/" "$marks" 2> /dev/null | xargs -r rm -f
}

begin_case() { # TITLE
	tro new ddtro-ew --title "$1" --court exampletown --force example-force | sed -n '1s/:.*//p'
}

draft() {
	as officer
	begin_case "Operation Lantern" > case
	begin_case "Operation Candle" > other
	local c
	c=$(< case)
	tro exhibit.add "$c" --file "$papers/calls.csv" --ref AE1 --title "Call data" --class comms-data \
		--basis "IPA 2016 Part 3 authorisation EX/2026/014" --from 2026-10-01 --to 2026-10-31 --obtained 2026-10-20
	tro exhibit.add "$c" --file "$papers/notebook.txt" --ref AE3 --title "Statement of a witness" --class witness
	tro item.add "$c" --items "$papers/lines.csv"
	tro set "$c" "applicant=$(id_of superintendent)" "deponent=$(id_of officer)" offence=mda-4-3-b \
		connection=facilitating occupation="Police sergeant" "grounds=@$papers/grounds.txt" \
		"prevent=@$papers/prevent.txt" "candour=@$papers/candour.txt" "alternatives=@$papers/alternatives.txt" \
		"innocent-users=@$papers/innocent-users.txt" "emergency-calls=@$papers/emergency-calls.txt" \
		"vulnerability=@$papers/vulnerability.txt" "text=@$papers/statement.txt" prepared="Typed by me"
	tro person.describe "$c" --person "$(id_of superintendent)" --name "Sam Example" --rank superintendent \
		--force example-force --office "Crime Command"
	tro person.describe "$c" --person "$(id_of officer)" --name "Ann Example" --rank sergeant --force example-force \
		--office "County Lines Team"
	tro order.propose "$c" --provider northway --carve-out yes --until 2026-12-31
	tro order.propose "$c" --provider southern-cross --carve-out yes --until 2026-12-31
	tro statement.sign "$c"
}

newest_filing() { tro show "$c" --json | jq -r '.filings[-1].sha256'; }

# From the draft to the court.
to_court() {
	as officer
	tro submit "$c"
	as reviewer
	tro review.pass "$c"
	as superintendent
	tro approve "$c" --document "$(newest_filing)" --decision "I am satisfied of both limbs"
	as reviewer
	tro file "$c"
}

# Called by setup: an own copy of the store in an own folder; the officer acts.
world_copy() {
	world_env
	cd "$BATS_TEST_TMPDIR"
	cp -a "$world/store" store
	export TRO_STORE=$PWD/store
	c=$(< "$world/case")
	other=$(< "$world/other")
	as officer
}

# ---- what a command must answer ----

# Runs a command that must exit with the code. $output is its answer, $errors what it said to standard error.
gives() { # CODE COMMAND...
	local expected=$1 code=0
	shift
	output=$("$@" 2> "$BATS_TEST_TMPDIR/errors") || code=$?
	errors=$(< "$BATS_TEST_TMPDIR/errors")
	[ "$code" -eq "$expected" ] || wrong "exit $code, not $expected" "$*"
}

wrong() { # WHAT [COMMAND]
	printf '%s\n' "$1" ${2:+"of: $2"} "-- answer:" "${output:0:4000}" "-- errors:" "${errors:0:4000}"
	return 1
}

# The answer, or standard error, holds each of these texts.
answers() {
	local text
	for text; do
		[[ $output == *"$text"* ]] || wrong "no '$text' in the answer"
	done
}

says() {
	local text
	for text; do
		[[ $errors == *"$text"* ]] || wrong "no '$text' in standard error"
	done
}

never_says() {
	local text
	for text; do
		[[ $output$errors != *"$text"* ]] || wrong "'$text' was said"
	done
}

# Standard error is one message, with at most a line of usage, and there is no answer.
one_message() {
	[ -z "$output" ] || wrong "there is an answer"
	[[ $errors == tro* ]] || wrong "the message does not begin with who says it"
	local lines
	lines=$(grep -vc '^usage: ' <<< "$errors" || true)
	[ "$lines" -eq 1 ] || wrong "$lines messages"
}

# The answer is one JSON object for which the jq expression holds.
holds() { # JQ
	jq -e "$1" <<< "$output" > /dev/null || wrong "'$1' does not hold"
}

# All that a store is, without touching it: the database as SQL, and its files.
fingerprint() { # [STORE]
	local store=${1:-store} look=$BATS_TEST_TMPDIR/look
	rm -rf "$look"
	mkdir "$look"
	cp "$store"/tro.db* "$look"
	{
		sqlite3 "$look/tro.db" .dump
		(cd "$store" && find exhibits keys -type f -exec sha256sum {} + | sort)
	} | sha256sum
}

# The same but for the access log, and for the places of records and the tree, which tell how much was read.
fingerprint_but_access() { # [STORE]
	local store=${1:-store} look=$BATS_TEST_TMPDIR/look
	rm -rf "$look"
	mkdir "$look"
	cp "$store"/tro.db* "$look"
	{
		sqlite3 "$look/tro.db" .schema '.dump blob snapshot %_index checkpoint cosignature' "SELECT case_id, seq, hex(note),
			hex(bytes), hex(payload.salt), hex(outcome_salt.salt) FROM record LEFT JOIN payload USING (position)
			LEFT JOIN outcome_salt USING (position) WHERE case_id NOT LIKE 'access-%' ORDER BY position"
		(cd "$store" && find exhibits keys -type f -exec sha256sum {} + | sort)
	} | sha256sum
}

remember() {
	before=$(fingerprint)
	before_but_access=$(fingerprint_but_access)
}

unchanged() {
	[ "$(fingerprint)" = "$before" ] || wrong "the store has changed"
}

# Somebody may have read something, which stands in the access log, and nothing else has changed.
only_read() {
	[ "$(fingerprint_but_access)" = "$before_but_access" ] || wrong "the store has changed"
}

# Entries of the access log, of one day or all.
entries() { # [DATE]
	sqlite3 -readonly store/tro.db "SELECT count(*) FROM record WHERE case_id LIKE 'access-${1:-%}'"
}

valid() { # [STORE]
	gives 0 tro verify --store "${1:-store}"
	[ "$(tail -n 1 <<< "$output")" = VALID ] || wrong "the last word is not VALID"
}

count_of() { tro show "$1" --json | jq .records; }
