#!/usr/bin/env bats
# What is asked of a case about its workflow: can, pictures, and which open cases a new definition concerns.

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() {
	world_copy
	remember
}
teardown() { only_read; }

@test "tro can answers for whoever asks, and for another person" {
	as officer
	gives 0 tro can submit "$c"
	answers yes
	gives 1 tro can review.pass "$c"
	answers no
	as reviewer
	gives 1 tro can submit "$c"
	gives 0 tro can submit "$c" --as "$(id_of officer)"
	gives 0 tro can submit "$c" --as "$(id_of officer)" --json
	holds ".possible and .event == \"submit\" and .person == \"$(id_of officer)\""
	gives 1 tro can submit "$c" --json
	holds '.possible | not'
}

@test "tro can and tro why say the same of every event and person" {
	local person event expected
	for person in officer reviewer superintendent; do
		as "$person"
		for event in $(tro next "$c" --json | jq -r '.events[].event') approve file; do
			expected=0
			tro why "$c" "$event" > /dev/null || expected=$?
			gives "$expected" tro can "$event" "$c"
		done
	done
}

@test "tro can says of what is not there that it is not found" {
	as officer
	gives 4 tro can submit "$c" --as P-0000-0000
	gives 4 tro can nosuch.event "$c"
	gives 2 tro can submit
}

@test "a case is drawn with its present states marked" {
	gives 0 tro show "$c" --diagram
	answers "digraph workflow {" 'label="application: ' '[label="Draft" fillcolor=gold penwidth=2]' '[label="Approved, to be filed"]'
	[ "$(grep -c fillcolor=gold <<< "$output")" -eq 1 ]
	gives 0 tro show "$c" --diagram --svg
	answers "<svg" ">Draft<"
}

@test "a difference of definitions names the open cases that it touches" {
	sed 's/target="awaiting-review"/target="awaiting-approval"/' "$TRO_SOURCE_DIR/workflows/ddtro-ew/application.scxml" > new.scxml
	gives 1 tro workflow diff "$TRO_SOURCE_DIR/workflows/ddtro-ew/application.scxml" new.scxml
	answers '- From "Draft", an officer may submit for legal review, which leads to "Awaiting legal review"' "open: $c" "application: Draft"
	sed 's/target="restored"/target="lapsed"/' "$TRO_SOURCE_DIR/workflows/ddtro-ew/item.scxml" > new.scxml
	gives 1 tro workflow diff "$TRO_SOURCE_DIR/workflows/ddtro-ew/item.scxml" new.scxml
	never_says "open: "
}
