#!/usr/bin/env bats
# Who was shown what: every command that shows something of a case leaves one entry before it shows anything, and shows nothing
# when it cannot.

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() { world_copy; }

# What was added to the access log, in a word a line: processing, case (or "all"), what.
added() {
	local from=$1
	sqlite3 -readonly store/tro.db "SELECT CAST(bytes AS TEXT) FROM payload JOIN record USING (position)
		WHERE case_id LIKE 'access-%' AND seq >= $from ORDER BY position" |
		sed -n 's/^processing //p; s/^case //p; s/^what //p' | paste -d ' ' - - - | sed "s/$c/CASE/"
}

# Exactly this entry by the command, which exits with the code.
leaves() { # ENTRY CODE COMMAND...
	local entry=$1 code=$2 before
	shift 2
	before=$(entries)
	gives "$code" "$@"
	[ "$(added "$before")" = "$entry" ] || wrong "the entries are: $(added "$before")" "$*"
}

access_log() { tro access-log "$@" --purpose lawfulness; }

@test "every command that shows something of a case leaves exactly one entry" {
	printf '#!/bin/sh\n' > editor
	chmod +x editor
	export EDITOR=$PWD/editor
	remember
	leaves "consultation CASE show" 0 tro show "$c"
	leaves "consultation CASE show" 0 tro show "${c,,}" --json
	leaves "consultation CASE show --since" 0 tro show "$c" --since 3
	leaves "consultation CASE show --document" 0 tro show "$c" --document
	leaves "consultation CASE show --diagram" 0 tro show "$c" --diagram
	leaves "consultation CASE log" 0 tro log "$c"
	leaves "consultation CASE log" 0 tro log "$c" --record 3 --payload
	leaves "consultation CASE next" 0 tro next "$c"
	leaves "consultation CASE why" 0 tro why "$c" submit
	leaves "consultation CASE can" 0 tro can submit "$c"
	leaves "consultation CASE hold" 0 tro hold "$c"
	leaves "consultation CASE edit" 0 tro edit "$c"
	leaves "consultation CASE exhibit" 0 tro exhibit "$c"
	leaves "consultation CASE exhibit AE1" 0 tro exhibit "$c" AE1
	leaves "disclosure CASE exhibit AE1" 0 tro exhibit "$c" AE1 --recipient "A court" --out given
	leaves "consultation CASE filing" 0 tro filing "$c"
	leaves "consultation CASE filing (none of the case)" 4 tro filing "$c" 99.9
	leaves "consultation CASE erase --certificate" 4 tro erase "$c" --certificate
	leaves "combination all status" 0 tro status
	leaves "combination all status" 0 tro status --all --json
	leaves "disclosure all backup" 0 tro backup copy.tar --recipient "The safe"
	leaves "consultation CASE access-log" 0 access_log "$c"
	leaves "consultation all access-log" 0 access_log
	sed 's/>Submit for legal review</>Submit for review</; s/"Submit for legal review"/"Submit for review"/' \
		"$TRO_SOURCE_DIR/workflows/ddtro-ew/application.scxml" > changed.scxml
	leaves "combination all workflow diff" 1 tro workflow diff "$TRO_SOURCE_DIR/workflows/ddtro-ew/application.scxml" changed.scxml
	leaves "disclosure CASE request submit" 0 tro request submit "$c" --for "$(id_of officer)" --out request
	leaves "consultation CASE request submit" 0 tro request submit "$c" --for "$(id_of officer)" --dry-run
	leaves "consultation CASE request review.pass" 3 tro request review.pass "$c" --for "$(id_of reviewer)" --out refused
	[ ! -e refused ] || wrong "a request that is refused was given"
	leaves "" 4 tro request submit "$c" --for P-2222-2222 --out refused
	only_read
	leaves "" 0 tro tick # publishes a checkpoint, without which there is no extract
	leaves "disclosure CASE extract" 0 tro extract "$c" extract --recipient "A court"
	valid
}

@test "a filing that is read is an entry with its id" {
	tro submit "$c"
	leaves "consultation CASE filing 10.1" 0 tro filing "$c" 10.1 --out filing.zip
	leaves "disclosure CASE filing 10.1" 0 tro filing "$c" 10.1 --unpack filing --recipient "Counsel"
}

@test "what shows nothing of a case leaves no entry" {
	leaves "" 0 tro help
	leaves "" 0 tro help submit "$c"
	leaves "" 0 tro person
	leaves "" 0 tro clock
	leaves "" 0 tro log registry
	leaves "" 0 tro verify
	leaves "" 0 tro verify "$c"
	leaves "" 0 tro rebuild
	leaves "" 0 tro workflow table "$TRO_SOURCE_DIR/workflows/ddtro-ew/application.scxml"
	leaves "" 0 tro submit "$c" --dry-run
	leaves "" 3 tro review.pass "$c"
	leaves "" 0 tro submit "$c"
	leaves "" 0 tro submit "$c" # is recorded already
	leaves "" 0 tro set "$other" title=One
	leaves "" 7 tro show 2222-2222
	leaves "" 2 tro show
	leaves "" 2 tro access-log "$c"
	leaves "" 2 tro access-log "$c" --purpose curiosity
}

# A command that is new has to be put into one of the tests above.
@test "no command is forgotten" {
	local command
	for command in $(tro help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'); do
		case $command in
		access-log | backup | can | edit | erase | exhibit | extract | filing | hold | log | next | request | show | status | why | workflow) ;;
		accept | adopt | agree | checkpoint | clock | do | help | init | key | new | person | rebuild | restore-store | role | set) ;;
		sign | tick | verify | witness) ;;
		*) wrong "is something of a case shown by 'tro $command'?" ;;
		esac
	done
}

@test "an entry names the account, and the person whose key is at hand" {
	local account ann
	account=$(id -un) ann=$(id_of officer)
	tro show "$c" --reason review > /dev/null
	gives 0 access_log "$c" --json
	jq -e --arg a "$account" --arg p "$ann" '.entries[] | select(.what == "show") |
		.account == $a and .person == $p and .known_by == "key-file" and .reason == "review" and .log == "access-2026-11-02"' \
		<<< "$output" > /dev/null || wrong "the entry is another"
	unset TRO_KEY # five keys in the agent are nobody's
	tro log "$c" > /dev/null
	gives 0 access_log "$c" --json
	jq -e '.entries[] | select(.what == "log") | .person == null and .known_by == null' <<< "$output" > /dev/null ||
		wrong "somebody is named"
	agent=$SSH_AUTH_SOCK
	eval "$(ssh-agent -a "$PWD/agent" -s)" > /dev/null
	tro key unlock "$world/keys/reader.key" --passphrase-file "$world/keys/reader.pass" > /dev/null
	tro next "$c" > /dev/null
	gives 0 access_log "$c" --json
	ssh-agent -k > /dev/null
	export SSH_AUTH_SOCK=$agent
	jq -e --arg p "$(id_of reader)" '.entries[] | select(.what == "next") | .person == $p and .known_by == "agent"' \
		<<< "$output" > /dev/null || wrong "not the one whom the agent knows"
}

@test "reading never asks for a passphrase" {
	unset SSH_AUTH_SOCK
	gives 0 tro show "$c" < /dev/null
	gives 0 tro status < /dev/null
}

@test "collection, alteration, disclosure and erasure are read from the case's own records, together with the entries" {
	tro show "$c" > /dev/null
	tro submit "$c"
	gives 0 access_log "$c"
	answers "collection    $c  create" "collection    $c  exhibit.add" "collection    $c  item.add" \
		"alteration    $c  draft.set" "consultation  $c  show" "disclosure    $c  submit application 10.1, to exampletown" \
		"P-" "(Ann Example) as officer, who signed seq 10" "(Ann Example), as the key file says; account $(id -un)"
	gives 0 access_log "$other" --json
	holds '[.entries[].what] == ["create", "access-log"]'
	holds '.purpose == "lawfulness"'
	gives 0 access_log --person "$(id_of superintendent)"
	[ -z "$output" ] || wrong "the superintendent did nothing"
	gives 0 access_log --day 2026-11-03
	[ -z "$output" ] || wrong "nothing was done on that day"
	gives 4 access_log --person P-2222-2222
}

@test "days can be asked for, from one on and up to one" {
	as registrar
	tro clock set 2026-11-04T09:00:00Z > /dev/null
	as officer
	tro show "$c" > /dev/null
	gives 0 access_log --since 2026-11-03 --json
	holds '[.entries[].what] == ["show", "access-log"]'
	gives 0 access_log "$c" --until 2026-11-03 --json
	holds '.entries[0].what == "create" and all(.entries[]; .log != "access-2026-11-04")'
	gives 0 access_log --since 2026-11-03 --until 2026-11-03
	[ -z "$output" ] || wrong "nothing was done on that day"
	gives 7 access_log --since tomorrow
	gives 2 access_log --day 2026-11-04 --since 2026-11-03
	says "--since and --until"
}

@test "an erasure leaves the entries, and its certificate lists what was given out before" {
	tro exhibit "$c" AE1 --recipient "Counsel" --out exhibit.csv
	tro backup copy.tar --recipient "The safe" > /dev/null
	tro submit "$c"
	gives 0 tro erase "$c" --reason "kept longer than needed"
	proposal=$(sed -n '1s/.* seq //p' <<< "$output")
	as reviewer
	gives 0 tro erase "$c" --confirm "$proposal"
	tro exhibit "$other" --recipient "Nobody" > /dev/null
	tro backup later.tar --recipient "Too late" > /dev/null
	gives 0 tro erase "$c" --certificate
	answers "Counsel: exhibit AE1, 2026-11-02" "The safe: backup of all cases"
	never_says "Nobody" "Too late"
	gives 0 access_log "$c"
	answers "erasure       $c  erase" "disclosure    $c  exhibit AE1, to Counsel" \
		"disclosure    $c  submit application 10.1, to exampletown"
	gives 12 tro verify
}

# ---- no entry, no reading ----

# Nothing of the case is told, whatever is asked.
tells_nothing() { # CODE WHAT
	local code=$1 what=$2 command
	for command in "show $c" "show $c --json" "show $c --document" "log $c" "status" "status --json" "next $c" "why $c submit" \
		"exhibit $c AE1" "edit $c" "hold $c" "access-log $c --purpose security" "extract $c folder" "backup copy.tar" \
		"request review.pass $c --for $(id_of reviewer) --out request"; do
		# shellcheck disable=SC2086 # words
		gives "$code" tro $command
		[ -z "$output" ] || wrong "something was shown" "tro $command"
		says "nothing is shown, because the access log could not be written" "$what"
		never_says Lantern
	done
	[ ! -e folder ] && [ ! -e copy.tar ] || wrong "something was given"
}

@test "without the service's key nothing is shown" {
	tro tick > /dev/null
	mv store/keys/service.key away
	remember
	tells_nothing 4 "service.key"
	cp away store/keys/service.key
	chmod 644 store/keys/service.key
	tells_nothing 6 "chmod 640"
	chmod 640 store/keys/service.key
	gives 0 tro show "$c"
}

# libdisk counts what a command does to the disk, and lets it be full, or the command be killed, from one point on.
@test "whatever becomes of the disk, nothing is shown without an entry" {
	local what point points code
	cp -a store before
	TRO_DISK_COUNT=$PWD/points LD_PRELOAD=$TRO_DISK tro show "$c" > /dev/null
	points=$(< points)
	[ "$points" -gt 3 ] || wrong "the disk saw nothing of it"
	for what in FULL KILL; do
		for ((point = 1; point <= points; point++)); do
			rm -rf store
			forget "$PWD/store"
			cp -a before store
			code=0
			env "TRO_DISK_$what=$point" LD_PRELOAD="$TRO_DISK" tro show "$c" > shown 2> errors || code=$?
			[ "$code" -ne 0 ] || [ -s shown ] || wrong "exit 0 and nothing shown at point $point"
			[ ! -s shown ] || [ "$(entries)" -eq 1 ] || wrong "shown without an entry at point $point, $what"
			valid
		done
	done
}

@test "two readers at once, and twenty, leave an entry each" {
	local n
	for n in $(seq 20); do
		tro show "$c" > "$n.out" 2> "$n.err" &
	done
	wait
	for n in $(seq 20); do
		grep -q "^case $c" "$n.out" || wrong "reader $n was told: $(< "$n.err")"
	done
	[ "$(entries)" -eq 20 ]
	valid
}

@test "an entry that was altered, forged or taken away is found" {
	tro show "$c" > /dev/null
	tro status > /dev/null
	tro log "$c" > /dev/null
	cp -a store altered
	sqlite3 altered/tro.db "DROP TRIGGER payload_is_never_changed; UPDATE payload SET bytes =
		CAST(replace(CAST(bytes AS TEXT), 'what status', 'what stasis') AS BLOB)"
	gives 17 tro verify --store altered
	answers "case access-2026-11-02 seq 1"
	cp -a store cut
	sqlite3 cut/tro.db "DROP TRIGGER record_is_never_deleted; PRAGMA foreign_keys = OFF;
		DELETE FROM payload WHERE position = (SELECT position FROM record WHERE case_id LIKE 'access-%' AND seq = 1);
		DELETE FROM record WHERE case_id LIKE 'access-%' AND seq = 1"
	gives 17 tro verify --store cut
	answers "record/missing"
	valid
	gives 0 tro verify access-2026-11-02
	gives 4 tro verify access-2026-11-03
}

@test "an extract of a case tells nothing of the access log" {
	tro show "$other" > /dev/null
	tro show "$c" > /dev/null
	tro tick > /dev/null
	gives 0 tro extract "$c" folder
	! grep -rq "access-2026" folder || wrong "the log is named"
	! grep -rq "$other" folder || wrong "another case is named"
	log=$(sed -n 's/^log-key //p' folder/records/0.payload)
	gives 0 tro verify --extract folder --log "$log"
	gives 0 sh "$TRO_SOURCE_DIR/tools/verify.sh" folder "$log"
}

# Another account of the store's group, which owns nothing of it.
as_account() { # UID GROUP COMMAND...
	local uid=$1 group=$2
	shift 2
	setpriv --reuid "$uid" --regid "$group" --clear-groups "$@"
}

@test "each account of the store's group reads under its own name, and others do not" {
	[ "$(id -u)" -eq 0 ] || skip "only root can be somebody else"
	local nobody account
	nobody=$(id -u nobody) account=$(id -nu nobody)
	mkdir shared
	chgrp games shared
	chmod 2770 shared
	cp -r store shared/store
	chgrp -R games shared/store
	chmod -R u=rwX,g=rwXs,o= shared/store
	chmod 2750 shared/store/keys
	chmod 640 shared/store/keys/service.key
	chmod 600 shared/store/keys/log.key
	chmod o+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR" 2> /dev/null || true
	as_account "$nobody" games test -r shared/store/tro.db || skip "others cannot come here"
	export TRO_STORE=$PWD/shared/store
	unset TRO_KEY SSH_AUTH_SOCK
	umask 007
	gives 0 as_account "$nobody" games "$TRO" show "$c"
	gives 0 as_account "$nobody" games "$TRO" log "$c" --reason review
	gives 0 tro access-log "$c" --purpose security --json
	jq -e --arg a "$account" '[.entries[] | select(.account == $a) | .what] == ["show", "log"]' <<< "$output" > /dev/null ||
		wrong "the account is not named"
	valid shared/store
	# The group may read the database and not write it.
	chmod g-w shared/store shared/store/tro.db
	gives 8 as_account "$nobody" games "$TRO" show "$c"
	[ -z "$output" ] || wrong "something was shown"
	says "this account may not write the store"
	gives 0 as_account "$nobody" games "$TRO" verify
	answers VALID
	# It has no home, so nothing shows whether this is the store that it saw before.
	answers "not checked: whether an older copy took the store's place"
	chmod 000 shared/store/exhibits
	gives 8 as_account "$nobody" games "$TRO" verify
	says exhibits "Permission denied"
}
