#!/usr/bin/env bats
# A wrong clock that two registrars trust: who may, who sees it, and that both verifiers say so.

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() {
	world_copy
	as registrar
}

trust() { tro clock trust --minutes 30 --reason "the time server is down" "$@"; }

pending() { tro agree --json | jq -r .pending.sha256; }

trusted() {
	tro role grant "$(id_of reader)" registrar > /dev/null
	trust > /dev/null
	as reader
	tro agree "$(pending)" > /dev/null
	as registrar
}

@test "one registrar proposes, another agrees, and status, clock and verify say so" {
	gives 7 trust
	says "there is no other"
	tro role grant "$(id_of reader)" registrar
	gives 0 trust --dry-run
	answers "nothing is written"
	gives 0 trust
	answers "waits for a second registrar"
	gives 0 tro status
	never_says "the clock is wrong"
	gives 6 tro agree "$(pending)"
	says "another registrar has to agree"
	as officer
	gives 6 tro agree "$(pending)"
	as reader
	gives 0 tro agree "$(pending)"
	gives 0 tro status
	answers "although the clock is wrong, until 2026-11-02 09:30" "$(id_of reader)" "the time server is down"
	gives 0 tro status --json
	holds '.clock_trusted_until == "2026-11-02T09:30:00.000000Z"'
	gives 0 tro clock
	answers "although the clock is wrong"
	gives 0 tro verify
	answers "clock-trusted" "the time server is down" "$(id_of reader)"
	as registrar
	tro clock set 2026-11-02T09:30:00Z
	gives 0 tro status
	never_says "the clock is wrong"
	gives 0 tro clock --json
	holds '.clock_trusted_until == null'
	valid
}

@test "words that make no sense are wrong usage" {
	gives 2 tro clock trust
	gives 2 tro clock trust --minutes 30
	gives 2 tro clock trust --reason why
	gives 2 tro clock trust --minutes 0 --reason why
	gives 2 tro clock --minutes 30
	gives 2 tro clock set 2026-11-02T09:30:00Z --reason why
	gives 7 tro clock trust --minutes 1441 --reason why
	gives 6 env TRO_KEY="$world/keys/officer.key" tro clock trust --minutes 30 --reason why
}

@test "the script and the program agree on an extract of such a store" {
	local script=$TRO_SOURCE_DIR/tools/verify.sh
	trusted
	as officer
	tro set "$c" title="Operation Lantern II"
	tro tick > /dev/null
	tro extract "$c" folder > /dev/null
	log=$(sed -n 's/^log-key //p' folder/records/0.payload)
	gives 0 tro verify --extract folder --log "$log"
	answers "clock-trusted" "the time server is down"
	gives 0 sh "$script" folder "$log"
	answers "a wrong clock was trusted: the time server is down" VALID
	# What waits for a second registrar changes nothing, and neither stumbles over it.
	as registrar
	trust --dry-run > /dev/null
	tro clock trust --minutes 5 --reason "once more" > /dev/null
	tro clock set 2026-11-02T10:00:00Z > /dev/null
	tro tick > /dev/null
	tro extract "$c" later > /dev/null
	gives 0 tro verify --extract later --log "$log"
	never_says "once more"
	gives 0 sh "$script" later "$log"
	never_says "once more"
	# One alone: the agreement is taken away with all that follows it.
	agreed=$(grep -lx "event agree" folder/records/*.note)
	sed -i "/$(basename "$agreed")/d" folder/SHA256SUMS
	rm "$agreed"
	code=0
	tro verify --extract folder --log "$log" > /dev/null || code=$?
	gives "$code" sh "$script" folder "$log"
	[ "$code" -ge 15 ] || wrong "an agreement that is missing is $code"
}
