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

@test "the shipped definitions are sound, and every property is said to hold, with what is assumed" {
	mapfile -t files < <(ddtro)
	gives 0 tro workflow check "${files[@]}"
	answers "two-people holds" "reviewed holds" "can-close holds" "order-first holds" "no-notice holds" \
		"second-reader holds" "ends holds" "restored holds" "sound: "
	answers "closes holds: what is rejected or withdrawn is closed or taken up again; assumed: whatever stays possible is done one day"
	gives 0 tro workflow check "${files[@]}" --json
	holds '.tro == 1 and .sound and .situations > 1000 and .steps > .situations'
	declared=$(cat "${files[@]}" | grep -c '<tro:property ')
	[ "$declared" -ge 9 ]
	holds ".findings | length == $declared and all(.level == \"note\" and .id == \"property\")"
}

@test "definitions that have nothing to do with telephones are sound, too" {
	for workflow in allotment parking; do
		gives 0 tro workflow check "$TRO_SOURCE_DIR/tests/data/$workflow/workflows/$workflow"/*.scxml
		answers "sound: "
	done
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

@test "a table has a sentence for each transition" {
	mapfile -t files < <(ddtro)
	gives 0 tro workflow table "${files[@]}"
	answers 'From "Awaiting the applicant'"'"'s decision", an authorising officer who has not done "begin a case", "submit for legal review"' \
		'may approve the application, which leads to "Approved, to be filed"; refused when it has to be said that: ' \
		'From "In force", when its time comes (expiry.reached), which leads to "Expired".' \
		'unless the order was released to the provider and is in force'
	[ "$(grep -c '^From ' <<< "$output")" -gt 60 ]
	gives 0 tro workflow table "$(bad wait)" --json
	holds '.rules | length == 3 and .[0].state == "dark" and .[0].event == "light" and .[0].line == 9'
	holds '.rules[0].sentence == "From \"dark\", a keeper may light, which leads to \"lit\"; policy:roles."'
}

@test "a picture is drawn as source, and as SVG where dot is" {
	mapfile -t files < <(ddtro)
	gives 0 tro workflow draw "${files[@]}"
	answers "digraph workflow {" 'label="Awaiting legal review"' 'label="Approve the application'
	answers 'label="Restored" peripheries=2' 'label="Closed" peripheries=2'
	gives 0 tro workflow draw "${files[@]}" --svg
	answers "<svg" "Awaiting legal review"
	mkdir nothing
	PATH=$BATS_TEST_TMPDIR/nothing gives 8 "$TRO" workflow draw "$(bad wait)" --svg
	says "the program dot is not here" "leave out --svg"
	gives 2 tro workflow check "$(bad wait)" --svg
}

@test "a model for Spin is of one root, and says what was found" {
	gives 0 tro workflow promela "$(bad deadline)"
	answers "/* ask 0 found unreachable bad/deadline open */" "found deadline bad/deadline remind" "init {"
	gives 0 tro workflow promela "$(bad property-words)"
	gives 2 tro workflow promela "$(bad deadline)" "$(bad wait)"
	says "a model is of one of them"
}

@test "a difference is told in sentences, and what they leave out is not forgotten" {
	sed 's/target="broken"/target="out"/' "$(bad wait)" > new.scxml
	gives 1 tro workflow diff "$(bad wait)" new.scxml
	answers '- From "lit", a keeper may break, which leads to "broken"; policy:roles.' '+ From "lit", a keeper may break, which leads to "out"; policy:roles.'
	says "open cases are not looked at"
	gives 0 tro workflow diff "$(bad wait)" "$(bad wait)"
	answers "both say the same"
	sed 's/lastchild/firstchild/' "$TRO_SOURCE_DIR/workflows/ddtro-ew/item.scxml" > new.scxml
	gives 1 tro workflow diff "$TRO_SOURCE_DIR/workflows/ddtro-ew/item.scxml" new.scxml --json
	holds '(.same | not) and .removed == [] and .added == [] and (.changed | length) == 1 and .cases == []'
	gives 2 tro workflow diff "$(bad wait)" "$(bad order)"
	says "not two versions of one definition"
}
