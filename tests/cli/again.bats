#!/usr/bin/env bats
# A command whose answer was lost can be run again.

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() { world_copy; }

# The same words again: already recorded, and nothing is changed.
repeated() { # SEQ COMMAND...
	local seq=$1
	shift
	remember
	gives 0 "$@"
	answers "is already recorded as seq $seq; nothing is changed"
	unchanged
}

@test "an act that took effect is not done again" {
	tro set "$c" title=One occupation=Sergeant
	repeated 10 tro set "$c" title=One occupation=Sergeant
	repeated 10 tro draft.set "$c" --occupation Sergeant --title One
}

@test "an act with a file is not done again" {
	printf 'an exhibit\n' > exhibit.txt
	tro exhibit.add "$c" --file exhibit.txt --ref AE9 --title Nine --class witness
	repeated 10 tro exhibit.add "$c" --file exhibit.txt --ref AE9 --title Nine --class witness
	printf 'another\n' > exhibit.txt
	gives 3 tro exhibit.add "$c" --file exhibit.txt --ref AE9 --title Nine --class witness
}

@test "an act that the new state would refuse is known, not refused" {
	tro submit "$c"
	repeated 10 tro submit "$c"
	as reviewer
	tro review.pass "$c"
	repeated 11 tro review.pass "$c"
}

@test "the words of an act after another act are a new act" {
	tro set "$c" title=One
	tro set "$c" title=Two
	gives 0 tro set "$c" title=One
	answers "recorded as seq 12"
}

@test "the same words of another person are another act" {
	as registrar
	tro role grant "$(id_of reader)" officer
	as officer
	tro set "$c" title=One
	as reader
	gives 0 tro set "$c" title=One
	answers "recorded as seq 11"
}

@test "with --again an act is done again" {
	tro draft.set "$c" --title One
	gives 0 tro draft.set "$c" --title One --again
	answers "recorded as seq 11"
	valid
}

@test "a request's key tells two equal acts apart, and finds its own behind later ones" {
	tro draft.set "$c" --title One --request first
	gives 0 tro draft.set "$c" --title One --request second
	answers "recorded as seq 11"
	tro draft.set "$c" --title Two
	repeated 10 tro draft.set "$c" --title One --request first
	repeated 11 tro draft.set "$c" --title One --request second
	gives 0 tro log "$c" --record 10
	answers $'\nrequest first\n'
}

@test "a case is not begun twice" {
	gives 0 tro new ddtro-ew --title Third --court exampletown --force example-force
	third=${output%%:*}
	repeated 0 tro new ddtro-ew --title Third --court exampletown --force example-force
	[ "${output%%:*}" = "$third" ]
	gives 0 tro new ddtro-ew --title Third --court exampletown --force example-force --again
	[ "${output%%:*}" != "$third" ]
	gives 0 tro new ddtro-ew --title Fourth --court exampletown --force example-force
	valid
}

@test "a case that has gone on is not taken for a new one" {
	third=$(begin_case Third)
	tro set "$third" occupation=Sergeant
	gives 0 tro new ddtro-ew --title Third --court exampletown --force example-force
	[ "${output%%:*}" != "$third" ]
}

@test "a registrar's act that is run again is recorded, refused or not needed, and the store holds" {
	as registrar
	gives 7 tro person enrol "$world/officer.enrol"
	gives 0 tro adopt
	answers "adopted already"
	gives 0 tro clock set 2026-11-02T10:00:00Z
	gives 0 tro clock set 2026-11-02T10:00:00Z
	answers "already recorded"
	gives 0 tro role grant "$(id_of reader)" officer --rank sergeant
	gives 0 tro role grant "$(id_of reader)" officer --rank sergeant
	answers "already granted"
	gives 0 tro role end "$(id_of reader)" second-reader --reason Left
	gives 7 tro role end "$(id_of reader)" second-reader --reason Left
	gives 0 tro tick
	answers "nothing is due"
	gives 0 tro tick
	valid
}
