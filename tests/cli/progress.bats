#!/usr/bin/env bats
# What a long command says while it is at work.

load world

setup() {
	world_env
	cd "$BATS_TEST_TMPDIR"
	echo "training passphrase" > pass
	tro key new key --name force.example/registrar --passphrase-file pass > /dev/null
	tro init store --training --origin force.example/tro/training --name "Robin Example" --key key --passphrase-file pass > /dev/null
	export TRO_STORE=$PWD/store
}

# On a terminal, with a clock that goes on by so much at each look.
on_terminal() { # STEP_MS [COMMAND]
	script -qec "TRO_CLOCK_STEP_MS=$1 LD_PRELOAD=$TRO_CLOCK ${2:-tro verify}" typescript > /dev/null < /dev/null
}

@test "verify says how far it has come, on a terminal, once a second has passed" {
	on_terminal 1000
	grep -q '% checked' typescript || wrong "$(cat typescript)"
	grep -q VALID typescript
	tail -n 1 typescript | grep -qv '% checked'
	on_terminal 0
	! grep -q '% checked' typescript
	grep -q VALID typescript
}

@test "verify says nothing on the way where nobody watches" {
	TRO_CLOCK_STEP_MS=1000 LD_PRELOAD=$TRO_CLOCK gives 0 tro verify
	[ -z "$errors" ] || wrong "$errors"
}

@test "access-log says how far it has come, and wipes that before a line" {
	for _ in 1 2 3; do
		tro status > /dev/null
	done
	on_terminal 1000 "tro access-log --purpose lawfulness"
	grep -q '% read' typescript || wrong "$(cat typescript)"
	# What a carriage return goes back over is written over: no line begins with a per cent.
	sed 's/.*\r\(.\)/\1/' typescript | grep -q '% read' && wrong "$(cat typescript)"
	[ "$(grep -c 'combination *all cases' typescript)" -eq 3 ]
	on_terminal 0 "tro access-log --purpose lawfulness"
	! grep -q '% read' typescript
}
