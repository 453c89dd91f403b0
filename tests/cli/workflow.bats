#!/usr/bin/env bats
# Definitions by themselves: tro workflow needs no store.

load world

setup_file() { world_env; }
setup() {
	world_env
	cd "$BATS_TEST_TMPDIR" || return
	unset TRO_STORE
	errors=
}

ddtro() { printf '%s\n' "$TRO_SOURCE_DIR/workflows/ddtro-ew/"{application,order,item}.scxml; }
bad() { printf '%s\n' "$TRO_SOURCE_DIR/tests/data/bad-workflows/$1.scxml"; }

@test "the shipped definitions are sound, and every property is said to hold" {
	mapfile -t files < <(ddtro)
	gives 0 tro workflow check "${files[@]}"
	answers "two-people holds" "can-close holds" "assumed: whatever stays possible is done one day" "sound: "
	gives 0 tro workflow check "${files[@]}" --json
	holds '.tro == 1 and .sound and .situations > 1000 and .steps > .situations'
	holds '.findings | length >= 7 and all(.level == "note" and .id == "property")'
}

@test "a fault is told with file, line, the way to it and what to do, and exits 1" {
	gives 1 tro workflow check "$(bad deadline)"
	answers "deadline: $(bad deadline):13: " "shortest way: bill, dispute" "do: <cancel>" "not sound: 1 finding"
	gives 1 tro workflow check "$(bad deadline)" --json
	holds '(.sound | not) and (.findings | length == 1 and .[0].level == "block" and .[0].id == "deadline")'
}

@test "every seeded fault is found" {
	for file in "$TRO_SOURCE_DIR"/tests/data/bad-workflows/*.scxml; do
		gives 1 tro workflow check "$file"
		answers "not sound: "
	done
}

@test "what a definition opens must be given" {
	gives 1 tro workflow check "$TRO_SOURCE_DIR/workflows/ddtro-ew/application.scxml"
	answers "ddtro-ew/order is not among the definitions"
}

@test "a file that is no definition is invalid, one that is not there is not found" {
	echo "<scxml/>" > none.scxml
	gives 7 tro workflow check none.scxml
	says "none.scxml:1"
	gives 4 tro workflow check nowhere.scxml
	says "nowhere.scxml"
}

@test "tro workflow wants a verb and files" {
	gives 2 tro workflow
	one_message
	gives 2 tro workflow check
	one_message
	gives 2 tro workflow improve "$(bad wait)"
	one_message
}
