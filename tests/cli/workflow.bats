#!/usr/bin/env bats
# The worked example of tro-workflow(5), run from end to end by the real program: an order type that has nothing to do with
# telephones, told in files alone.

load world

people=(registrar ann wim ida)
names=([registrar]="Robin Example" [ann]="Ann Example" [wim]="Wim Example" [ida]="Ida Example")

setup_file() {
	world_env
	unlock_keys "${people[@]}"
	as registrar
	tro init store --training --origin force.example/tro/training --name "Robin Example" --clock 2026-11-02T09:00:00Z \
		--data "$TRO_SOURCE_DIR/tests/data/allotment" > /dev/null
	for person in ann wim ida; do
		enrol "$person"
	done
	tro role grant "$(id_of ann)" clerk > /dev/null
	tro role grant "$(id_of wim)" clerk > /dev/null
	tro role grant "$(id_of wim)" warden > /dev/null
	tro role grant "$(id_of ida)" warden > /dev/null
	as wim
	tro new allotment --title "Pat Example" | sed -n '1s/:.*//p' > case
	cp case other
}
teardown_file() { world_end; }
setup() { world_copy; as ann; }

# The warden Ida has sent the request back, and the clerk Ann has put it to the wardens again.
resubmitted() {
	tro set "$c" street="1 Example Street" plots=2
	tro submit "$c"
	as ida
	tro return "$c" --reason "Which street?"
	as ann
	tro set "$c" street="2 Example Street"
	tro submit "$c"
}

@test "an incomplete request is refused with sentence, basis and remedy of each requirement" {
	remember
	gives 3 tro submit "$c"
	says "street: the street must be known" "by-law:1" "plots: it must be said" "by-law:3" "do: facts"
	unchanged
	gives 3 tro set "$c" plots=3
	says "nobody has more than two plots; 3 are asked for"
	unchanged
}

@test "who created a request may not let it though another returned and resubmitted it" {
	resubmitted
	as wim
	remember
	gives 3 tro let "$c"
	says "four-eyes" "policy:four-eyes" "do: let"
	unchanged
	as ida
	gives 0 tro let "$c"
}

@test "who wrote nothing lets the plots: a letter is made, a matter is opened, and what is done to it moves the request" {
	resubmitted
	as ida
	gives 0 tro let "$c"
	answers "Let, not yet dug"
	gives 0 tro show "$c" --json
	holds '.filings | length == 1 and .[0].name == "letter" and .[0].recipient == "applicant"'
	gives 3 tro close "$c"
	says "Let and dug" "A plot was dug" "do: tro next"
	gives 0 tro dig "$c"
	answers "Let and dug"
	gives 0 tro close "$c"
	answers "Closed"
	valid
}

@test "four weeks without a decision lead back, with a task" {
	tro set "$c" street="1 Example Street" plots=1
	tro submit "$c"
	as registrar
	tro clock set 2026-12-01T09:00:00Z
	gives 0 tro tick
	as ann
	gives 0 tro show "$c" --json
	holds 'any(.findings[]; .id == "late" and .level == "task" and .basis == "by-law:7" and .remedy == "submit")'
	gives 0 tro submit "$c"
	valid
}
