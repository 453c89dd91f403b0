#!/usr/bin/env bats
# What is left behind when a command is ended, or cannot say its answer; and what a terminal is given to read.

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() { world_copy; }

# ---- the passphrase prompt ----

@test "a signal at the passphrase prompt leaves a terminal that shows what is typed" {
	local pair
	for pair in typed:130 INT:130 TERM:143 HUP:129 QUIT:131; do
		gives "${pair#*:}" env -u SSH_AUTH_SOCK "$TRO_TERMINAL" "passphrase for" "${pair%:*}" \
			sh -c 'ulimit -c 0; exec tro key test "$0"' "$world/keys/officer.key"
		answers "the terminal shows what is typed"
	done
}

# ---- the form ----

# What is left of forms.
forms() { find "$XDG_RUNTIME_DIR" -mindepth 1; }

editor() { # LINE...
	mkdir -p run
	export XDG_RUNTIME_DIR=$PWD/run EDITOR=$PWD/editor
	printf '%s\n' '#!/bin/bash' "$@" > editor
	chmod +x editor
}

@test "an editor and its form go away with a tro edit that is ended" {
	local signal
	for signal in TERM:143 HUP:129; do
		# The editor has written, keeps a copy of its own beside the form, and would stay for ever.
		editor "echo secret >> \"\$1\"; echo secret > \"\$1.swp\"; echo \$\$ > pid; kill -${signal%:*} \$PPID; exec tail -f /dev/null"
		remember
		gives "${signal#*:}" tro edit "$c"
		[ -z "$(forms)" ] || wrong "left behind: $(forms)"
		! kill -0 "$(< pid)" 2> /dev/null || wrong "the editor is still there"
		only_read
	done
}

@test "a form goes away when whoever reads the answer has gone" {
	editor 'sed -i "s/^Operation Lantern\$/Operation Lamp/" "$1"'
	mkfifo answer
	# A reader that closes at once, and a writer that was there before.
	exec {both}<> answer
	exec {out}> answer
	exec {both}<&-
	code=0
	tro edit "$c" >&"$out" 2> errors || code=$?
	[ "$code" -eq 141 ] || wrong "exit $code"
	[ -z "$(forms)" ] || wrong "left behind: $(forms)"
	gives 0 tro show "$c"
	answers "Operation Lamp"
}

@test "what was typed into a form that is refused is kept, said where, and can be gone on with" {
	editor 'sed -i "/^== offence\$/{n;s/.*/nosuch/};s/^Operation Lantern\$/Operation Lamp/" "$1"; touch "$1~"'
	remember
	gives 7 tro edit "$c"
	says "'nosuch' is not one of" "what you wrote is kept" "tro edit $c --form $PWD/run/tro-form-"
	only_read
	form=$(find run -type f)
	[ "$(wc -l <<< "$form")" -eq 1 ] || wrong "not the form alone: $form"
	[ "$(stat -c %a "$form" "$(dirname "$form")" | xargs)" = "600 700" ] || wrong "others can read it"
	grep -q "Operation Lamp" "$form"
	# Gone on with, and refused again: it stays where it is.
	editor true
	gives 7 tro edit "$c" --form "$form"
	says "--form $form"
	EDITOR=false gives 1 tro edit "$c" --form "$form"
	[ -f "$form" ]
	editor 'sed -i "/^== offence\$/{n;s/.*/mda-4-3-a/}" "$1"'
	gives 0 tro edit "$c" --form "$form"
	gives 0 tro show "$c" --document
	answers "Operation Lamp" mda-4-3-a
	[ -z "$(forms)" ] || wrong "left behind: $(forms)"
}

@test "a form elsewhere is removed when it is recorded, and its folder is not" {
	editor 'cp "$1" mine; sed -i "s/^Operation Lantern\$/Operation Lamp/" mine'
	gives 0 tro edit "$c"
	mkdir folder
	mv mine folder
	editor true
	gives 0 tro edit "$c" --form folder/mine
	answers "recorded as seq"
	[ ! -e folder/mine ]
	[ -d folder ]
}

@test "VISUAL and EDITOR that are set to nothing are not set" {
	mkdir -p bin run
	printf '#!/bin/sh\necho "vi it is" > ran\n' > bin/vi
	chmod +x bin/vi
	PATH=$PWD/bin:$PATH XDG_RUNTIME_DIR=$PWD/run VISUAL="" EDITOR=" " gives 0 tro edit "$c"
	answers "nothing changed"
	[ "$(< ran)" = "vi it is" ]
}

# ---- what a terminal would obey ----

# Standard error holds no control but line ends and tabs, and is UTF-8.
tame() {
	! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]' <<< "$errors" || wrong "a control character"
	iconv -f UTF-8 -t UTF-8 <<< "$errors" > /dev/null || wrong "no UTF-8"
}

@test "nothing that a word holds is obeyed by the terminal that the message goes to" {
	local bad=$'\e[31m\xff\xc2\x9b\xed\xa0\x80'
	gives 4 tro "$bad" "$c"
	says "tro ?[31m???"
	tame
	gives 2 tro "$bad"
	says "is no command"
	tame
	gives 2 tro show "$c" --"$bad"
	tame
	gives 2 tro show "$c" --since "$bad"
	tame
	gives 2 tro log "$c" --record "$bad"
	tame
	gives 7 tro show "$bad"
	tame
	gives 2 tro do "$bad"
	tame
	gives 2 tro --store "$bad" "$bad"
	tame
}

@test "UTF-8 in a message stays as it is" {
	gives 4 tro "événement-日本-😀" "$c"
	says "événement-日本-😀"
}

# ---- an answer that cannot be written ----

full() { "$@" > /dev/full; }

@test "an act whose answer cannot be written says that it is recorded" {
	local count
	count=$(count_of "$c")
	gives 8 full tro set "$c" title=Lamp
	says "cannot write the answer" "was done and recorded all the same"
	[ "$(count_of "$c")" -eq $((count + 1)) ]
	gives 8 full tro set "$c" title=Lantern --json
	says "was done and recorded all the same"
	gives 8 full tro set "$c" title=Light --dry-run
	never_says "recorded all the same"
	gives 8 full tro show "$c"
	never_says "recorded all the same"
	as registrar
	gives 8 full tro role grant "$(id_of reader)" officer --force example-force
	says "was done and recorded all the same"
}

# ---- remedies that work, and files that are named ----

@test "an unknown field is told with a command that lists the fields" {
	gives 7 tro set "$c" nosuch=1
	says "'tro help draft.set CASE' lists them"
	gives 0 tro help draft.set "$c"
	answers "grounds"
}

# A witness "w", which the store asks for.
watched() {
	tro witness init w --name court.example/witness --log "$(tro key show store/keys/log.key)" \
		--clock 2026-11-02T09:00:00Z --passphrase-file "$world/keys/officer.pass" > w.vkey
	printf 'log %s\nwitness w %s\nquorum w\n' "$(tro key show store/keys/log.key)" "$(< w.vkey)" > policy
	as registrar
	tro checkpoint policy policy > /dev/null
	tro tick > /dev/null
}

@test "a witness whose passphrase nobody can be asked for is told what works" {
	watched
	tro checkpoint publish > request
	gives 6 setsid -w tro witness sign w request
	says "passphrase of w.key" "--passphrase-file"
	never_says "ssh-agent"
	gives 0 tro witness sign w request --passphrase-file "$world/keys/officer.pass"
	gives 7 tro witness clock w 2026-11-01T09:00:00Z
	says "never goes back"
}

@test "a wrong key of a witness is complained of as that" {
	watched
	tro extract "$c" folder > /dev/null
	log=$(tro key show store/keys/log.key)
	gives 7 tro verify --extract folder --log "$log" "$log"
	says "'$log' is no verifier key of a witness"
	gives 7 tro verify --extract folder --log "$log" "$(< w.vkey)" nonsense
	says "'nonsense' is no verifier key of a witness"
	never_says policy
}

@test "a file that is malformed is named" {
	watched
	: > empty
	gives 7 tro checkpoint import empty
	says "empty: "
	gives 7 tro checkpoint import - < empty
	says "standard input: "
	gives 7 tro sign empty
	says "empty: "
	gives 7 tro accept empty
	says "empty: "
	gives 7 tro checkpoint policy empty
	says "empty: "
	gives 7 tro person enrol empty
	says "empty: "
}

@test "what is given out is read by its group at most, whatever the umask" {
	tro submit "$c" > /dev/null
	umask 000
	gives 0 tro filing "$c" "$(tro show "$c" --json | jq -r '.filings[-1].id')" --out container
	gives 0 tro exhibit "$c" AE1 --out exhibit
	gives 0 tro filing "$c" "$(tro show "$c" --json | jq -r '.filings[-1].id')" --unpack members
	[ "$(stat -c %a container exhibit | xargs)" = "640 640" ] || wrong "$(stat -c '%a %n' container exhibit)"
	[ -z "$(find members -type f -perm /027)" ] || wrong "$(find members -type f -printf '%m %p\n')"
}

# ---- words that contradict each other, and codes ----

@test "one thing is shown at a time" {
	local words
	for words in "--since 1 --svg" "--since 1 --diagram" "--document --diagram" "--document --svg" "--since 0 --document"; do
		# shellcheck disable=SC2086
		gives 2 tro show "$c" $words
		says "one thing at a time"
	done
}

@test "a hold that nobody placed is not found" {
	remember
	gives 4 tro hold "$c" --release 3 --reason "no hold"
	says "no hold on case $c was placed by record 3"
	unchanged
}

@test "a rehearsal says what would be" {
	as registrar
	remember
	gives 0 tro role grant "$(id_of reader)" officer --force example-force --dry-run
	answers "role officer would be granted" "nothing is written"
	gives 0 tro role end "$(id_of reader)" second-reader --reason "left" --dry-run
	answers "role second-reader would be ended"
	gives 0 tro role acting accepted --reason "policy 7" --dry-run
	answers "acting rank would be: accepted"
	printf 'log %s\nquorum none\n' "$(tro key show store/keys/log.key)" > policy
	gives 0 tro checkpoint policy policy --dry-run
	answers "the witness policy would be adopted"
	unchanged
}
