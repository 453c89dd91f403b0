#!/usr/bin/env bats
# Keys, passphrases and powers: without the right one nothing is done, and nothing secret is shown.

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() {
	world_copy
	remember
}

# Exit 6, one message with these texts, an unchanged store.
denied() { # COMMAND... -- TEXT...
	local command=()
	while [ "$1" != -- ]; do
		command+=("$1")
		shift
	done
	shift
	gives 6 "${command[@]}"
	one_message
	says "$@"
	unchanged
}

# The officer's act with another key, and no agent that could help out.
act_with() { # KEY PASSPHRASE_FILE
	env -u SSH_AUTH_SOCK tro draft.set "$c" --title Changed --key "$1" --passphrase-file "$2"
}

# A copy of the officer's key file that sed has changed.
altered_key() { # SED
	sed "$1" "$world/keys/officer.key" > altered.key
	chmod 600 altered.key
}

@test "a wrong passphrase is denied" {
	denied act_with "$world/keys/officer.key" "$world/keys/reader.pass" -- "passphrase is wrong"
	printf '%s \n' "$(< "$world/keys/officer.pass")" > nearly.pass
	denied act_with "$world/keys/officer.key" nearly.pass -- "passphrase is wrong"
}

@test "an empty passphrase, or one longer than a kilobyte, is malformed" {
	: > empty.pass
	gives 7 act_with "$world/keys/officer.key" empty.pass
	says "is empty"
	head -c 5000 /dev/zero | tr '\0' a > long.pass
	gives 7 act_with "$world/keys/officer.key" long.pass
	says "longer than"
	unchanged
}

@test "a passphrase comes from a file, a descriptor or the terminal, and else is not asked for" {
	unset SSH_AUTH_SOCK
	gives 4 tro draft.set "$c" --title Changed --passphrase-file nowhere.pass
	says nowhere.pass
	gives 2 tro draft.set "$c" --title Changed --passphrase-fd 77
	says "not open"
	denied setsid -w tro draft.set "$c" --title Changed -- "no terminal" --passphrase-file --passphrase-fd "tro key unlock"
	tro draft.set "$c" --title Changed --passphrase-fd 5 5< "$world/keys/officer.pass"
}

@test "each byte of the sealed key counts" {
	altered_key 's/^ct ./ct A/; s/^ct A\(.*\)$/ct A\1/'
	cmp -s altered.key "$world/keys/officer.key" && altered_key 's/^ct ./ct B/'
	denied act_with altered.key "$world/keys/officer.pass" -- "altered"
	altered_key 's/nonce=./nonce=A/'
	cmp -s altered.key "$world/keys/officer.key" && altered_key 's/nonce=./nonce=B/'
	denied act_with altered.key "$world/keys/officer.pass" -- "altered"
	altered_key 's/^name .*/name force.example\/superintendent/'
	denied act_with altered.key "$world/keys/officer.pass" -- "altered"
}

@test "a key file with another's public half is denied" {
	cp "$world/keys/officer.key" altered.key
	sed -i "s|^public .*|$(grep '^public' "$world/keys/superintendent.key")|" altered.key
	denied act_with altered.key "$world/keys/officer.pass" -- altered
}

@test "what is no key file is malformed" {
	altered_key 's/m=[0-9]*/m=999999999/'
	gives 7 act_with altered.key "$world/keys/officer.pass"
	says "out of bounds"
	altered_key 's/m=[0-9]* t=[0-9]*/m=8 t=1/'
	gives 7 act_with altered.key "$world/keys/officer.pass"
	altered_key 's/argon2id/scrypt/'
	gives 7 act_with altered.key "$world/keys/officer.pass"
	altered_key '/^ct /d'
	gives 7 act_with altered.key "$world/keys/officer.pass"
	altered_key 's/$/\r/'
	gives 7 act_with altered.key "$world/keys/officer.pass"
	for content in '' hello '\0\0\0' '-----BEGIN OPENSSH PRIVATE KEY-----\n' 'tro-key/v1\n'; do
		# shellcheck disable=SC2059 # the content is written as a format
		printf -- "$content" > altered.key
		gives 7 act_with altered.key "$world/keys/officer.pass"
	done
	head -c 1000000 /dev/urandom > altered.key
	gives 7 act_with altered.key "$world/keys/officer.pass"
	rm altered.key
	mkfifo altered.key
	chmod 600 altered.key
	gives 7 act_with altered.key "$world/keys/officer.pass"
	gives 7 act_with . "$world/keys/officer.pass"
	ln -s "$world/keys/officer.key" link.key
	gives 7 act_with link.key "$world/keys/officer.pass"
	says "symbolic link"
	gives 4 act_with nowhere.key "$world/keys/officer.pass"
	says nowhere.key
	unchanged
}

@test "a key file that others may read is denied, with what to do" {
	cp "$world/keys/officer.key" open.key
	for mode in 640 604 660 644 620; do
		chmod "$mode" open.key
		denied act_with open.key "$world/keys/officer.pass" -- "mode 0$mode" "chmod 600"
	done
	chmod 400 open.key
	gives 0 act_with open.key "$world/keys/officer.pass"
}

@test "a new key file is readable by its owner alone and overwrites nothing" {
	gives 0 tro key new new.key --name force.example/new --passphrase-file "$world/keys/officer.pass"
	[ "$(stat -c %a new.key)" = 600 ]
	grep -q '^kdf argon2id v=19 m=65536 t=3 p=1 salt=' new.key
	answers "force.example/new+"
	vkey=$output
	gives 0 tro key show new.key
	[ "$output" = "$vkey" ]
	sum=$(sha256sum < new.key)
	gives 2 tro key new new.key --name force.example/new --passphrase-file "$world/keys/officer.pass"
	says "is not overwritten"
	[ "$sum" = "$(sha256sum < new.key)" ]
	for name in "" "two words" plus+sign "$(printf 'a\nb')" ä; do
		gives 7 tro key new newer.key --name "$name" --passphrase-file "$world/keys/officer.pass"
		[ ! -e newer.key ]
	done
	gives 7 tro key new newer.key --name force.example/new --passphrase-file /dev/null
	[ ! -e newer.key ]
}

@test "without a key nothing is done" {
	unset TRO_KEY SSH_AUTH_SOCK
	denied tro draft.set "$c" --title Changed -- "no key" --key TRO_KEY "tro key unlock"
	denied tro new ddtro-ew --title Changed --court exampletown --force example-force -- "no key"
	denied tro next "$c" -- "no key"
	denied tro why "$c" submit -- "no key"
	denied tro role grant "$(id_of officer)" officer -- "no key"
	denied tro key list -- "no ssh-agent"
	denied tro key unlock "$world/keys/officer.key" --passphrase-file "$world/keys/officer.pass" -- "no ssh-agent"
}

@test "an agent that holds several enrolled keys cannot say who acts" {
	unset TRO_KEY
	gives 4 tro draft.set "$c" --title Changed
	says "several enrolled keys" --key
	unchanged
}

@test "an agent that holds one enrolled key acts for that person" {
	eval "$(ssh-agent -a "$PWD/agent" -s)" > /dev/null
	unset TRO_KEY
	gives 6 tro draft.set "$c" --title Changed
	says "no key that is enrolled"
	tro key unlock "$world/keys/officer.key" --passphrase-file "$world/keys/officer.pass"
	gives 0 tro key list
	answers "$(id_of officer)" "Ann Example"
	gives 0 tro draft.set "$c" --title Changed
	gives 0 tro log "$c" --json
	holds ".records[-1].actor == \"$(id_of officer)\""
	ssh-agent -k > /dev/null
}

@test "a key that is not enrolled may do and see nothing of its own" {
	make_key "stranger-$BATS_TEST_NUMBER"
	key=$world/keys/stranger-$BATS_TEST_NUMBER
	denied act_with "$key.key" "$key.pass" -- "not enrolled" "person"
	denied tro next "$c" --key "$key.key" -- "not enrolled"
	denied tro why "$c" submit --key "$key.key" -- "not enrolled"
	denied tro clock set 2026-12-01T00:00:00Z --key "$key.key" --passphrase-file "$key.pass" -- "not enrolled"
}

@test "only a registrar enrols, grants, ends, adopts and sets the clock" {
	make_key "stranger-$BATS_TEST_NUMBER"
	key=$world/keys/stranger-$BATS_TEST_NUMBER
	tro person request --name "Eve Example" --key "$key.key" --passphrase-file "$key.pass" > eve.enrol
	mkdir data
	cp -R "$TRO_SOURCE_DIR/workflows" "$TRO_SOURCE_DIR/templates" data
	sed -i 's/Example Square/Sample Square/' data/workflows/registers/courts.xml
	for person in officer reviewer superintendent reader; do
		as $person
		denied tro person enrol eve.enrol -- "registrar"
		denied tro role grant "$(id_of $person)" registrar -- "registrar"
		denied tro role end "$(id_of reviewer)" legal-reviewer --reason "Left" -- "registrar"
		denied tro clock set 2026-12-01T00:00:00Z -- "registrar"
		denied tro adopt --data "$PWD/data" -- "registrar"
	done
}

@test "the last registrar stays registrar" {
	as registrar
	registrar=$(tro person --json | jq -r '.people[] | select(.name == "Robin Example").id')
	gives 7 tro role end "$registrar" registrar --reason "Left"
	says "$registrar"
	unchanged
}

@test "a role that one does not hold cannot be chosen" {
	denied tro submit "$c" --role legal-reviewer -- "does not hold the role legal-reviewer"
	denied tro submit "$c" --role nosuch -- "nosuch"
}

@test "somebody in the wrong role is refused by the workflow, with the role that it asks for" {
	as reader
	gives 3 tro submit "$c"
	says "officer"
	as officer
	gives 3 tro approve "$c" --document "$(printf '0%.0s' {1..64})"
	says "authorising-officer"
	unchanged
}

@test "a role that was ended is held no more, and what was done in it stands" {
	as registrar
	gives 0 tro role end "$(id_of officer)" officer --reason "Left the team"
	as officer
	remember
	denied tro submit "$c" -- "holds no role today"
	denied tro submit "$c" --role officer -- "officer"
	gives 0 tro next "$c"
	gives 0 tro person
	answers "ended"
	valid
}

@test "a term begins on its first day and ends with its last" {
	as registrar
	tro role end "$(id_of officer)" officer --reason "A new term"
	tro role grant "$(id_of officer)" officer --rank sergeant --from 2026-11-04 --until 2026-11-05
	remember
	as officer
	denied tro draft.set "$c" --title Early -- "holds no role today"
	as registrar
	tro clock set 2026-11-04T00:00:00Z
	as officer
	gives 0 tro draft.set "$c" --title "First day"
	as registrar
	tro clock set 2026-11-05T23:59:59Z
	as officer
	gives 0 tro draft.set "$c" --title "Last day"
	as registrar
	tro clock set 2026-11-06T00:00:00Z
	as officer
	remember
	denied tro draft.set "$c" --title Late -- "holds no role today"
	valid
}

@test "a passphrase is never seen in what the program says, writes or hands on" {
	secret=$(< "$world/keys/officer.pass")
	unset SSH_AUTH_SOCK
	for file in "$world/keys/officer.pass" "$world/keys/reader.pass"; do
		tro draft.set "$c" --title Changed --passphrase-file "$file" > said 2>&1 || true
		tro draft.set "$c" --title Changed --passphrase-file "$file" --json >> said 2>&1 || true
	done
	tro log "$c" --json >> said
	cp "$world/keys/officer.pass" secret
	! grep -aqF "$secret" said || wrong "said"
	! grep -arqF "$secret" store || wrong "stored"
	# What an editor is given knows nothing of it either.
	printf '#!/bin/sh\ntr "\\0" "\\n" < /proc/$PPID/cmdline > given\nenv >> given\ncat "$1" >> given\n' > editor
	chmod +x editor
	EDITOR=$PWD/editor tro edit "$c" --passphrase-file secret > /dev/null
	[ -s given ]
	! grep -aqF "$secret" given || wrong "handed on"
}

@test "a key file holds no part of its seed or passphrase in the clear" {
	! grep -qF "$(< "$world/keys/officer.pass")" "$world/keys/officer.key" || wrong "the passphrase"
	grep -q '^kdf argon2id v=19 m=[0-9]* t=[0-9]* p=1 salt=' "$world/keys/officer.key"
	grep -q '^aead aes-256-gcm-siv' "$world/keys/officer.key"
}

@test "a signature of another's key does not pass for one's own" {
	as registrar
	gives 6 tro person enrol <(sed 's/Ann Example/Eva Example/' "$world/officer.enrol")
	unchanged
}

@test "a passphrase is changed, and the key stays the same" {
	printf 'quite another\n' > new.pass
	cp "$world/keys/officer.key" ann.key
	cp ann.key before.key
	gives 6 tro key passphrase ann.key --passphrase-file "$world/keys/reader.pass" --new-passphrase-file new.pass
	gives 7 tro key passphrase ann.key --passphrase-file "$world/keys/officer.pass" --new-passphrase-file /dev/null
	cmp ann.key before.key
	gives 0 tro key passphrase ann.key --passphrase-file "$world/keys/officer.pass" --new-passphrase-file new.pass
	[ "$(stat -c %a ann.key)" = 600 ]
	[ "$(tro key show ann.key)" = "$(< "$world/keys/officer.vkey")" ]
	unset SSH_AUTH_SOCK
	gives 6 act_with ann.key "$world/keys/officer.pass"
	unchanged
	gives 0 act_with ann.key new.pass
	valid
}

@test "a key is tried without a store, with the agent and without" {
	cd /
	unset TRO_STORE
	gives 0 tro key test "$world/keys/officer.key"
	answers "$(< "$world/keys/officer.vkey")"
	unset SSH_AUTH_SOCK
	gives 0 tro key test "$world/keys/officer.key" --passphrase-file "$world/keys/officer.pass"
	answers "$(< "$world/keys/officer.vkey")"
	gives 6 tro key test "$world/keys/officer.key" --passphrase-file "$world/keys/reader.pass"
	gives 2 tro key test
	gives 4 tro key test nowhere.key --passphrase-file "$world/keys/reader.pass"
}

@test "other programs read the public half that is exported" {
	gives 0 tro key export "$world/keys/officer.key"
	openssl pkey -pubin -noout -text <<< "$output" | grep -q ED25519
	tro log "$c" --record 0 > note
	sed '/^$/,$d' note > text
	sed -n '$s/.* //p' note | base64 -d | tail -c 64 > signature
	openssl pkeyutl -verify -rawin -pubin -inkey <(printf '%s\n' "$output") -in text -sigfile signature
	gives 0 tro key export "$world/keys/officer.key" --ssh
	ssh-keygen -l -f <(printf '%s\n' "$output") | grep -q 'force.example/officer (ED25519)'
	ssh-add -L | grep -qF "$(cut -d ' ' -f 2 <<< "$output")"
}

@test "an agent that hangs, or dies after it was asked, costs five seconds at most and gives no signature" {
	eval "$(ssh-agent -a "$PWD/agent" -s)" > /dev/null
	tro key unlock "$world/keys/officer.key" --passphrase-file "$world/keys/officer.pass"
	kill -STOP "$SSH_AGENT_PID"
	denied timeout 5 setsid -w tro draft.set "$c" --title Changed -- "no terminal"
	unset TRO_KEY
	denied timeout 5 tro draft.set "$c" --title Changed -- "did not answer"
	denied timeout 5 tro key list -- "did not answer"
	kill -KILL "$SSH_AGENT_PID"
	gives 8 tro draft.set "$c" --title Changed
	unchanged
}
