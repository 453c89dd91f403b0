#!/usr/bin/env bats
# Words that make no sense, and names of things that are not there.

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() {
	world_copy
	remember
}
teardown() { only_read; }

# Each set of words is wrong usage: exit 2, one message, nothing else.
misused() {
	gives 2 tro "$@"
	one_message
}

@test "a command that is run without words lists the commands and exits 2" {
	gives 2 tro
	answers "usage: tro COMMAND" "verify" "status"
}

@test "options without a command are wrong usage" {
	misused --json
	says "say a command"
	misused --store store
	misused --bogus
	misused ""
}

@test "help is an answer, and exits 0" {
	gives 0 tro --help
	answers "usage: tro COMMAND"
	gives 0 tro help
	gives 0 tro submit "$c" --help
	answers "--matter" "--dry-run"
	gives 0 tro new ddtro-ew --help
	answers "--court"
	gives 0 tro help item.add "$c"
	answers "msisdn" "imei-block"
}

@test "every command explains itself with --help and through tro help" {
	for name in $(tro help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
		gives 0 tro "$name" --help
		answers "usage: tro $name"
		gives 0 tro help "$name"
		answers "usage: tro $name"
	done
}

@test "tro --version says the version" {
	gives 0 tro --version
	[[ $output =~ ^tro\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "an answer that cannot be written is a failure" {
	for words in --version --help "help submit $c" "submit $c --help" "status" "status --help"; do
		# shellcheck disable=SC2016 # words for the inner shell
		gives 8 sh -c 'tro $0 > /dev/full' "$words"
		says "cannot write the answer"
	done
}

@test "no command takes an option that it does not know" {
	for name in $(tro help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
		misused "$name" --bogus
		says "--bogus" "tro help $name"
	done
}

@test "no command takes an option without its value" {
	for name in $(tro help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
		misused "$name" --store
		says "--store"
	done
}

@test "no option with a value is taken twice" {
	misused status --store store --store elsewhere
	says "--store is given twice"
	misused show "$c" --since 0 --since 1
	misused draft.set "$c" --title One --title Two
	says "--title is given twice"
	misused new ddtro-ew --title One --title Two
	misused --store store status --store store
}

@test "no number is taken that is none" {
	misused log "$c" --record x
	misused log "$c" --record -5
	misused log "$c" --record 99999999999999999999
	misused show "$c" --since -1
	misused draft.set "$c" --title One --passphrase-fd x
	misused draft.set "$c" --title One --passphrase-fd -2
	misused key unlock "$TRO_KEY" --for -1
}

@test "tro adopt takes no words" { misused adopt somewhere; }

@test "tro clock takes nothing, or set and a time" {
	misused clock set
	misused clock back 2026-11-02T09:00:00Z
	misused clock set 2026-11-02T09:00:00Z now
}

@test "tro do wants an event and a case" {
	misused do
	misused do --json
	misused do submit
	misused do submit --json
}

@test "tro edit wants one case" {
	misused edit
	misused edit "$c" "$other"
}

@test "tro exhibit wants a case and at most one mark" {
	misused exhibit
	misused exhibit "$c" AE1 AE3
}

@test "tro filing wants a case and at most one id" {
	misused filing
	misused filing "$c" 1.1 1.2
}

@test "tro help explains a command, or an event of a case" {
	misused help nosuch
	says "tro help EVENT CASE"
	misused help submit "$c" now
}

@test "tro init wants a folder, the mode, an origin, a name and a key" {
	misused init
	misused init new
	misused init new --training
	misused init new --training --origin force.example/tro/training
	misused init new --training --name "Robin Example"
	misused init new --origin force.example/tro/training --name "Robin Example"
	misused init new newer --training --origin force.example/tro/training --name "Robin Example"
	unset TRO_KEY
	misused init new --training --origin force.example/tro/training --name "Robin Example"
	[ ! -e new ]
}

@test "tro init leaves nothing when what is asked for cannot be, and says when it is done" {
	as registrar
	long=$(printf 'a%.0s' {1..3000})
	cannot() { # OPTION... ; a later one would be given twice, so that all are given
		gives 7 tro init new --training "$@"
		one_message
		[ ! -e new ] || wrong "a store is there"
	}
	cannot --origin force.example/tro/training --name "$long"
	cannot --origin "${long:0:300}/training" --name "Robin Example"
	cannot --origin a+b/training --name "Robin Example"
	cannot --origin "caf$(printf '\303\251')/training" --name "Robin Example"
	cannot --origin force.example/tro/training --name "Robin Example" --clock never
	gives 0 tro init store --training --origin force.example/tro/training --name "Robin Example"
	answers "already, finished" "nothing is changed"
	gives 7 tro init store --training --origin other.example/training --name "Robin Example"
	says "of the origin force.example/tro/training"
	gives 7 tro init store --training --origin force.example/tro/training --name "Robin Sample"
	says "Robin Sample"
}

@test "tro key wants a verb that it knows and the file" {
	misused key
	misused key new
	misused key new new.key
	says "--name"
	misused key show
	misused key unlock
	misused key forge new.key
	misused key list new.key
	[ ! -e new.key ]
}

@test "options that do nothing together are wrong usage" {
	misused log "$c" --payload
	says "--payload goes with --record"
	misused show "$c" --since 0 --document
	misused exhibit "$c" --out new.txt
	says "say which one"
	misused filing "$c" --unpack new
	misused filing "$c" --out new.zip
	misused filing "$c" 1.1 --out new.zip --unpack new
	misused exhibit "$c" AE1 --json
	[ ! -e new.txt ] && [ ! -e new ] && [ ! -e new.zip ]
}

@test "a key is unlocked for some time or until the agent ends, and not for no time" {
	misused key unlock "$TRO_KEY" --for 0
	says "at least one second"
}

@test "what exists is not overwritten, which is wrong usage" {
	touch there
	mkdir folder
	misused key new there --name force.example/new --passphrase-file "$world/keys/officer.pass"
	misused exhibit "$c" AE1 --out there
	says "'there' exists already"
	tro submit "$c" > /dev/null
	remember
	id=$(tro filing "$c" | sed -n '1s/ .*//p')
	misused filing "$c" "$id" --out there
	misused filing "$c" "$id" --unpack folder
	says "'folder' exists already"
	[ ! -s there ]
	gives 8 tro exhibit "$c" AE1 --out ''
	says "cannot create ''"
}

@test "what is read can be read as JSON" {
	gives 0 tro exhibit "$c" --json
	holds '.case == "'"$c"'" and (.exhibits | length) == 2 and .exhibits[0].ref == "AE1"'
	gives 0 tro filing "$c" --json
	holds '.case == "'"$c"'" and .filings == []'
	gives 0 tro clock --json
	holds '.time == "2026-11-02T09:00:00.000000Z" and .set and (.already | not)'
	gives 0 tro key list --json
	holds '.people | length == 5 and all(.name != "" and .id != "" and .key != "")'
	gives 0 tro show "$c" --document --json
	[ "$(jq -r .document <<< "$output")" = "$(tro show "$c" --document)" ] || wrong "another document"
}

@test "the registry has a log, too" {
	gives 0 tro log registry
	answers genesis adopt enrol grant
	gives 0 tro log registry --record 0 --payload
	answers "log force.example/tro/training" "mode training"
	gives 0 tro log registry --json
	holds '.case == "registry" and .records[0].event == "genesis" and (.records | length) > 9'
	absent tro log registry --record 999
	says "the registry has no record 999: its last is"
}

@test "tro log wants one case" {
	misused log
	misused log "$c" "$other"
}

@test "tro new wants one workflow" {
	misused new
	misused new --title "Operation Lamp"
	misused new ddtro-ew ddtro-ew
}

@test "tro next wants one case" {
	misused next
	misused next "$c" "$other"
}

@test "tro person wants a verb that it knows" {
	misused person forge
	misused person request
	misused person request "Ann Example" --name "Ann Example"
	misused person enrol
	misused person list everybody
}

@test "tro rebuild takes no words" { misused rebuild "$c"; }

@test "tro role wants grant or end, a person and a role" {
	misused role
	misused role grant "$(id_of officer)"
	misused role give "$(id_of officer)" officer
	misused role end "$(id_of officer)" officer
	says "--reason"
}

@test "tro set wants a case and FIELD=VALUE" {
	misused set
	misused set "$c"
	misused set "$c" title
	says "FIELD=VALUE"
	misused set "$c" =title
}

@test "tro show wants one case" {
	misused show
	misused show "$c" "$other"
}

@test "tro status takes no words" { misused status "$c"; }

@test "tro tick takes at most one case" { misused tick "$c" "$other"; }

@test "tro verify takes at most one case" { misused verify "$c" "$other"; }

@test "tro why wants a case and one event" {
	misused why
	misused why "$c"
	misused why "$c" submit approve
}

@test "an event wants its case first" {
	misused submit
	misused submit --json "$c"
	says "needs a case first"
}

@test "an event takes no further word and no parameter that it does not declare" {
	misused submit "$c" "$other"
	misused submit "$c" --title "Operation Lamp"
	says "--title" "tro help submit"
}

# ---- what is not there ----

absent() { # COMMAND...
	gives 4 "$@"
	one_message
}

@test "a word that is neither command nor event is not found, with what to do" {
	misused frobnicate
	says "tro help"
	absent tro frobnicate "$c"
	says "frobnicate" "tro next $c"
	absent tro do show "$c"
}

@test "a case that is not there is not found, whatever asks for it" {
	cp -a store elsewhere
	gone=$(TRO_STORE=$PWD/elsewhere begin_case "Operation Lamp")
	for words in "show" "log" "next" "exhibit" "filing" "edit" "tick" "verify" "submit" "set title=Lamp"; do
		read -r name rest <<< "$words"
		# shellcheck disable=SC2086 # words
		gives 4 tro $name $gone $rest
		one_message
		says "$gone" "tro status"
	done
	absent tro why $gone submit
	absent tro help submit $gone
}

@test "an id that was mistyped is told from one that is not there" {
	last=${c: -1}
	[ "$last" = 2 ] && mistyped=${c%?}3 || mistyped=${c%?}2
	gives 7 tro show "$mistyped"
	one_message
	says "mistyped" "$mistyped"
	gives 7 tro submit "$mistyped"
	says mistyped
	gives 7 tro show not-a-case
	one_message
	says "'not-a-case' is not an id"
	gives 7 tro verify not-a-case
}

@test "an id may be typed small and without its dash" {
	gives 0 tro show "$(tr -d - <<< "$c" | tr '[:upper:]' '[:lower:]')"
	answers "case $c"
}

@test "a matter that is not there is not found" {
	absent tro submit "$c" --matter order.9
	says "order.9" "tro show $c"
	absent tro why "$c" submit --matter order.9
}

@test "an event of the workflow that no matter knows yet is not found, with what to do" {
	absent tro read-back "$c" --date 2026-11-11
	says "tro next $c"
}

@test "a workflow, a record, an exhibit, a filing that is not there is not found" {
	absent tro new nosuch --title "Operation Lamp"
	says "nosuch" "tro adopt"
	absent tro log "$c" --record 99
	says "record 99" "its last is"
	absent tro show "$c" --since 99
	absent tro exhibit "$c" AE9
	says "AE9" "tro exhibit $c"
	absent tro filing "$c" 9.9
}

@test "a person or a file that is not there is not found" {
	as registrar
	absent tro role grant P-27FF-NBBE officer
	says "P-27FF-NBBE" "tro person"
	absent tro role end P-27FF-NBBE officer --reason "Left"
	absent tro person enrol nowhere.enrol
	as officer
	absent tro set "$c" grounds=@nowhere.txt
	says nowhere.txt
	absent tro item.add "$c" --items nowhere.csv
	absent tro draft.set "$c" --title One --passphrase-file nowhere.pass --key "$world/keys/nowhere.key"
}
