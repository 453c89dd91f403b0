#!/usr/bin/env bats
# Refusals that explain themselves, questions that are answered alike, and JSON as the manual has it.

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() { world_copy; }

# One answer for each requirement that is not met: the sentence, its basis, what to do.
explained() {
	local blocks
	blocks=$(grep -c '^  block ' <<< "$errors")
	[ "$blocks" -eq "$(grep -c '^        basis: ' <<< "$errors")" ] || wrong "a reason without a basis"
	[ "$blocks" -eq "$(grep -c '^        do: ' <<< "$errors")" ] || wrong "a reason without a remedy"
	[ "$blocks" -ge "$1" ] || wrong "only $blocks reasons"
}

approve_filing() { tro show "$c" --json | jq -r '[.filings[] | select(.name == "application")][-1].sha256'; }

@test "a draft that lacks everything is refused with every reason at once" {
	remember
	gives 3 tro submit "$other"
	[ -z "$output" ]
	explained 10
	says "tro submit: submit is refused" "R1:" "uksi/2017/1240/regulation/4/1" "R5:" "candour:" "R44:" "do: draft.set" "do: statement.sign"
	unchanged
}

@test "a refusal over rows of a table names every row at fault" {
	printf 'msisdn,provider,actions\n' > items.csv
	printf '%s\n' '07700 900801,northway,bar-calls' '07700 900802,nobody,bar-calls' '07700 900803,northway,port-lock' \
		',northway,bar-calls' '07700 900801,northway,bar-calls' '07700 900806,northway,bar-calls' \
		'07700 900807,somebody,bar-calls' ',northway,bar-calls' '07700 900801,northway,bar-calls' >> items.csv
	remember
	gives 3 tro item.add "$c" --items items.csv
	says "row 3: 'nobody' is not in the register" "row 8: 'somebody' is not in the register" \
		"row 5 identifies no item" "row 9 identifies no item" "row 6 repeats a number" "row 10 repeats a number"
	[ "$(grep -c 'row [1247][ :]' <<< "$errors")" -eq 0 ] || wrong "a good row is named"
	unchanged
}

@test "a bad cell and a refused row are found under the same number" {
	printf 'msisdn,provider,actions\n07700 900801,northway,bar-calls\n\n07700 900802,nobody,bar-cals\n' > items.csv
	remember
	gives 7 tro item.add "$c" --items items.csv
	says "items.csv, row 3, column actions: 'bar-cals'"
	sed -i s/bar-cals/bar-calls/ items.csv
	gives 3 tro item.add "$c" --items items.csv
	says "row 3: 'nobody' is not in the register"
	unchanged
}

@test "a mark that is too long for the documents is refused where it is given" {
	remember
	gives 3 tro exhibit.add "$c" --file "$papers/notebook.txt" --ref "AE$(printf '%03000d' 0)" --title t --class witness
	explained 1
	says "an exhibit's mark has at most 40 characters, and this one has 3002"
	unchanged
	gives 0 tro exhibit.add "$c" --file "$papers/notebook.txt" --ref "$(printf '\xf0\x9f\x93\xb1%.0s' {1..40})" --title t --class witness
	tro statement.sign "$c"
	gives 0 tro submit "$c"
}

@test "a title that was emptied is missing when the draft is submitted" {
	tro set "$c" title=
	tro statement.sign "$c"
	gives 3 tro submit "$c"
	explained 1
	[ "$(grep -c '^  block ' <<< "$errors")" -eq 1 ]
	says "title: the case has no title"
}

@test "one thing that is missing is the one reason" {
	tro set "$c" candour=" "
	tro statement.sign "$c"
	remember
	gives 3 tro submit "$c"
	explained 1
	[ "$(grep -c '^  block ' <<< "$errors")" -eq 1 ]
	says "candour:"
	unchanged
	tro set "$c" "candour=What tells against it"
	tro statement.sign "$c"
	gives 0 tro submit "$c"
	answers "submit recorded as seq" "made application"
}

@test "every reason of a refusal is a finding with --json, with the same exit code" {
	remember
	gives 3 tro submit "$other" --json
	[ -z "$errors" ]
	holds '.tro == 1 and .exit == 3 and .error == "submit is refused"'
	holds '[.findings[] | select(.level == "block")] | length >= 10'
	holds 'all(.findings[]; has("level") and has("id") and has("place") and has("message") and has("basis") and has("remedy"))'
	holds 'all(.findings[] | select(.level == "block"); .message != "" and .basis != "" and .remedy != "")'
	unchanged
}

@test "tro why gives the reasons that the act would meet" {
	remember
	gives 1 tro why "$other" submit
	answers "submit: not now" "R1:"
	reasons=$(grep '^  block ' <<< "$output" | sort)
	gives 3 tro submit "$other"
	[ "$reasons" = "$(grep '^  block ' <<< "$errors" | sort)" ] || wrong "$reasons"
	gives 0 tro why "$c" submit
	answers "nothing stands against it"
	only_read
}

@test "tro why answers in JSON" {
	gives 1 tro why "$other" submit --json
	holds '.tro == 1 and .event == "submit" and .possible == false and (.findings | length) > 9'
	gives 0 tro why "$c" submit --json
	holds '.possible == true and ([.findings[] | select(.level == "block")] | length) == 0'
}

@test "tro why asks for whoever asks" {
	as reader
	gives 1 tro why "$c" submit
	answers "officer"
	as reviewer
	gives 1 tro why "$c" submit
}

@test "an event that the present state does not take says so" {
	as reviewer
	gives 3 tro review.pass "$c"
	says "review.pass"
	gives 1 tro why "$c" review.pass
	as officer
}

@test "tro next says what can be done, by whom, and what stands against the rest" {
	gives 0 tro next "$other"
	answers "? draft.set" "- submit" "+ withdraw" "tro why"
	gives 0 tro next "$c"
	answers "+ submit"
	gives 0 tro next "$c" --json
	holds ".tro == 1 and .case == \"$c\""
	holds 'all(.events[]; has("event") and has("matter") and has("title") and has("roles") and has("ready") and has("depends") and has("unmet"))'
	holds '[.events[] | select(.event == "submit")][0] | .ready and .unmet == 0 and .matter == "application" and .roles == "officer"'
	gives 0 tro next "$other" --json
	holds '[.events[] | select(.event == "submit")][0] | (.ready | not) and .unmet > 9'
}

@test "what tro next calls possible without parameters is possible" {
	for event in $(tro next "$c" --json | jq -r '.events[] | select(.ready and (.depends | not)).event'); do
		gives 0 tro why "$c" "$event"
	done
	for event in $(tro next "$c" --json | jq -r '.events[] | select(.ready | not).event'); do
		gives 1 tro why "$c" "$event"
	done
}

@test "nobody reviews or approves their own work, whatever roles they hold" {
	tro submit "$c"
	as registrar
	tro role grant "$(id_of officer)" legal-reviewer
	tro role grant "$(id_of officer)" authorising-officer --rank superintendent
	as officer
	gives 3 tro review.pass "$c" --role legal-reviewer
	says "draft.set"
	gives 3 tro review.return "$c" --reason "More" --role legal-reviewer
	as reviewer
	tro review.pass "$c"
	as officer
	remember
	gives 3 tro approve "$c" --document "$(approve_filing)" --decision "I am satisfied" --role authorising-officer
	explained 1
	only_read
	valid
}

@test "the applicant approves the bytes that were shown and no others" {
	tro submit "$c"
	as reviewer
	tro review.pass "$c"
	as superintendent
	remember
	gives 3 tro approve "$c" --document "$(printf '0%.0s' {1..64})" --decision "I am satisfied"
	explained 1
	unchanged
	gives 0 tro approve "$c" --document "$(approve_filing)" --decision "I am satisfied of both limbs"
	filing=$(tro show "$c" --json | jq -r '[.filings[] | select(.name == "application")][-1].id')
	tro filing "$c" "$filing" --out shown.zip
	[ "$(sha256sum < shown.zip | cut -d ' ' -f 1)" = "$(approve_filing)" ]
	as officer
	gives 0 tro set "$c" "grounds=Other grounds" --dry-run
	answers "voids the approval"
}

@test "a rank below superintendent does not approve" {
	as registrar
	tro role end "$(id_of superintendent)" authorising-officer --reason "Corrected"
	tro role grant "$(id_of superintendent)" authorising-officer --rank inspector
	as officer
	tro submit "$c"
	as reviewer
	tro review.pass "$c"
	as superintendent
	gives 3 tro approve "$c" --document "$(approve_filing)" --decision "I am satisfied"
	explained 1
	says "superintendent"
}

@test "show, show --since, status, log, person and verify answer in the JSON of the manual" {
	gives 0 tro show "$c" --json
	holds ".tro == 1 and .case == \"$c\" and .title == \"Operation Lantern\" and .workflow == \"ddtro-ew\" and .finished == false"
	holds '.records == 10 and (.matters | length) == 1 and .matters[0].id == "application" and .matters[0].finished == false'
	holds '.exhibits | length == 2 and all(.[]; has("ref") and has("title") and has("name") and has("media") and (.sha256 | length == 64) and has("size"))'
	holds '(.deadlines | type) == "array" and (.findings | type) == "array" and (.filings | type) == "array"'
	gives 0 tro show "$c" --since 3 --json
	holds ".case == \"$c\" and .since == 3 and any(.changes[]; .path | contains(\"grounds\"))"
	holds 'all(.changes[]; has("path") and has("before") and has("after"))'
	gives 0 tro status --json
	holds '.log == "force.example/tro/training" and .training and (.cases | length) == 2'
	holds 'all(.cases[]; has("case") and has("title") and has("states") and has("updated") and has("next_due") and .finished == false)'
	gives 0 tro log "$c" --json
	holds '[.records[].seq] == [range(10)] and .records[0].event == "create" and (.records[0].text | startswith("tro-record/v1\n"))'
	gives 0 tro log "$c" --record 3 --json
	holds '(.records | length) == 1 and .records[0].seq == 3 and .records[0].event == "item.add"'
	gives 0 tro person --json
	holds ".people | any(.id == \"$(id_of officer)\" and .name == \"Ann Example\" and .grants[0].role == \"officer\" and .grants[0].rank == \"sergeant\")"
	gives 0 tro verify --json
	holds '.verdict == "VALID" and .exit == 0 and .cases == 2 and .records == .signatures and (.root | test("^[0-9a-f]{64}$"))'
}

@test "acts answer in the JSON of the manual" {
	gives 0 tro set "$c" title=Renamed --json
	holds ".tro == 1 and .case == \"$c\" and .event == \"draft.set\" and .seq == 10 and (.already | not) and (.dry_run | not)"
	holds '.timers == 0 and .filings == 0 and (.findings | type) == "array"'
	gives 0 tro set "$c" title=Renamed --json
	holds '.already and .seq == 10'
	tro statement.sign "$c"
	gives 0 tro submit "$c" --json --dry-run
	holds '.dry_run and .seq == 12 and .filings == 1'
	gives 0 tro new ddtro-ew --title Third --court exampletown --force example-force --json
	holds '.event == "create" and .seq == 0 and (.case | test("^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$"))'
}

@test "a mark that two files have must be told apart by their hashes" {
	to_court
	tro order.made "$c" --matter order.1 --date 2026-11-02 --sealed "$papers/sealed-northway.pdf"
	gives 0 tro exhibit "$c" sealed --out one.pdf
	cmp one.pdf "$papers/sealed-northway.pdf"
	tro order.made "$c" --matter order.2 --date 2026-11-02 --sealed "$papers/sealed-southern-cross.pdf"
	gives 4 tro exhibit "$c" sealed --out two.pdf
	one_message
	says "several exhibits sealed" "SHA-256"
	[ ! -e two.pdf ]
	gives 0 tro exhibit "$c" "$(sha256sum < "$papers/sealed-southern-cross.pdf" | cut -d ' ' -f 1)" --out two.pdf
	cmp two.pdf "$papers/sealed-southern-cross.pdf"
}

@test "two matters that take one event must be told apart" {
	to_court
	remember
	gives 4 tro order.refused "$c" --date 2026-11-11 || gives 4 tro order.made "$c" --date 2026-11-11
	says "order.1" "order.2" "--matter"
	unchanged
	gives 4 tro why "$c" order.made
	says "--matter"
}
