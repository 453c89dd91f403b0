#!/usr/bin/env bats
# What a court, a provider or another person outside the force does is recorded after the application was withdrawn and the
# case closed, and a store that holds it verifies and is rebuilt as it was.

load world

setup_file() {
	world_make
	c=$(< case)
	to_court > /dev/null
}
teardown_file() { world_end; }
setup() { world_copy; }

# The last answer tells of these findings.
tells() { # TEXT...
	local text
	for text; do
		[[ $output$errors == *"$text"* ]] || wrong "nothing is said of '$text'"
	done
}

withdrawn_and_closed() {
	as reviewer
	gives 0 tro withdraw "$c" --reason "The line has fallen silent"
	gives 0 tro close "$c"
	answers "Closed"
}

# What was derived from the records is what the records give, before and after it is made anew.
sound() {
	valid
	gives 0 tro rebuild
	answers "they came out as they were"
	valid
}

@test "a withdrawn application takes hearings, returned documents and notices, and stays withdrawn" {
	as reviewer
	gives 0 tro withdraw "$c" --reason "The line has fallen silent"
	gives 0 tro hearing.record "$c" --occurred 2026-11-02T09:00:00Z --private yes --absent yes
	tells "the application had been withdrawn on 2026-11-02" uksi/2017/1240/regulation/4/1
	gives 0 tro documents.returned "$c" --what "All forms and exhibits"
	gives 0 tro notice.reported "$c" --occurred 2026-11-02T08:00:00Z --by "The court's office" --to "Northway Mobile" --what "A draft"
	tells "tell the court" uksi/2017/1240/regulation/4/2
	gives 0 tro show "$c"
	answers "Withdrawn" "tell the court"
	sound
}

@test "a closed case is finished, and takes what comes all the same" {
	withdrawn_and_closed
	gives 0 tro show "$c" --json
	holds '.finished and (.matters | all(.finished))'
	gives 0 tro hearing.record "$c" --about costs --occurred 2026-11-02T08:00:00Z
	tells "the case was closed: what the court decided is recorded with the order" policy:closed
	gives 0 tro documents.returned "$c" --what "All forms and exhibits"
	tells "the case was closed: see that what came back is kept" policy:closed
	gives 0 tro notice.reported "$c" --occurred 2026-11-02T08:00:00Z --by "Another force" --to "Northway Mobile" --what "A copy"
	tells "the case was closed: see whether anything has to be done about the notice"
	gives 0 tro show "$c"
	answers "Closed (finished)" "policy:closed"
	gives 3 tro withdraw "$c" --reason "Once more"
	gives 0 tro next "$c"
	answers hearing.record documents.returned notice.reported
	sound
}

@test "a closed case is no more in the list, unless a deadline runs in it" {
	withdrawn_and_closed
	gives 0 tro status --json
	holds 'all(.cases[]; .case != "'"$c"'")'
	gives 0 tro status --all --json
	holds 'any(.cases[]; .case == "'"$c"'" and .finished)'
	gives 0 tro order.made "$c" --matter order.1 --date 2026-11-02 --comply-date 2026-11-09 --comply-time 15:00
	tells "the case was closed: the order is in force all the same"
	gives 0 tro status --json
	holds 'any(.cases[]; .case == "'"$c"'" and .finished and .next_due == "2026-11-09T15:00:00.000000Z")'
	gives 0 tro status
	answers "Closed" "(closed)" "next deadline"
	sound
}

@test "an order takes what was agreed after it has ended and its case is closed" {
	as reviewer
	gives 3 tro agree-earlier "$c" --matter order.1 --date 2026-11-05 --time 12:00 --applicant A --provider B
	says "no order has been made" "do: order.made" notice.reported
	gives 3 tro served "$c" --matter order.1 --occurred 2026-11-02T08:00:00Z --method hand --to desk
	says "no order has been made" notice.reported
	gives 0 tro order.made "$c" --matter order.1 --date 2026-11-02 --comply-date 2026-11-09 --comply-time 15:00 --earlier yes
	gives 0 tro order.discharged "$c" --matter order.1 --date 2026-11-02
	gives 0 tro agree-earlier "$c" --matter order.1 --date 2026-11-05 --time 12:00 --applicant A --provider B
	tells "had come to its end before (discharged, 2026-11-02)" uksi/2017/1240/regulation/3/2
	withdrawn_and_closed
	gives 0 tro agree-earlier "$c" --matter order.1 --date 2026-11-04 --time 12:00 --applicant A --provider B
	tells "the case was closed: the agreement is recorded all the same" policy:closed
	gives 0 tro show "$c" --document
	answers "2026-11-04T12:00:00.000000Z"
	sound
}

@test "an order to the last day of the calendar, or to its first, is recorded with what is odd" {
	as reviewer
	gives 0 tro order.made "$c" --matter order.1 --date 2026-11-02 --comply-date 2026-11-09 --comply-time 15:00 --until 9999-12-31
	tells "no end can be counted to the last day 9999-12-31" uksi/2017/1240/regulation/3/2
	gives 0 tro order.varied "$c" --matter order.1 --date 2026-11-02 --until 0001-01-01
	tells "the new last day 0001-01-01 is over already"
	gives 0 tro order.varied "$c" --matter order.1 --date 2026-11-02 --until 9999-12-31 --comply-date 9999-12-31
	tells "no end can be counted to the new last day 9999-12-31" "no time limit can be counted to the end of 9999-12-31"
	gives 0 tro order.made "$c" --matter order.2 --date 0001-01-01 --until 0001-01-01
	tells "the last day 0001-01-01 is over"
	gives 0 tro show "$c" --document
	answers "<until>9999-12-31</until>"
	sound
}

@test "what falls due after the end asks for nothing that cannot be done any more" {
	as reviewer
	gives 0 tro order.made "$c" --matter order.1 --date 2026-11-02 --comply-date 2026-11-09 --comply-time 15:00 --until 2026-12-31
	as registrar
	gives 0 tro clock set 2027-02-01T10:00:00Z
	gives 0 tro tick
	gives 0 tro show "$c"
	answers "Expired"
	[[ $output != *"an extension must be applied for"* ]] || wrong "an extension is asked for after the end"
	sound
}
