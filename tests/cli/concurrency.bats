#!/usr/bin/env bats
# Several commands at once: of those that meet on a case one wins, and the others change nothing.

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() { world_copy; }

# Runs one command a word at once; NAME.out and NAME.code say what came of each.
at_once() { # FUNCTION NAME...
	local run=$1 name
	shift
	for name; do
		{
			code=0
			"$run" "$name" > "$name.out" 2>&1 || code=$?
			echo "$code" > "$name.code"
		} &
	done
	wait
}

# Each ended with one of the exit codes.
ended() { # REGEX NAME...
	local allowed=$1 name
	shift
	for name; do
		grep -qxE "$allowed" "$name.code" || {
			output=$(< "$name.out") errors=
			wrong "exit $(< "$name.code")" "$name"
		}
	done
}

@test "of eight acts on a case exactly those are recorded that say so" {
	act() { tro set "$c" occupation="$1"; }
	for round in 1 2 3 4; do
		tasks=()
		for n in $(seq 8); do tasks+=("round-$round-$n"); done
		at_once act "${tasks[@]}"
		ended '0|5' "${tasks[@]}"
		won=0
		for name in "${tasks[@]}"; do
			if [ "$(< "$name.code")" -eq 0 ]; then
				won=$((won + 1))
				grep -q 'recorded as seq' "$name.out"
				tro log "$c" --json | jq -r '.records[].payload' | grep -qF ">$name<" || wrong "$name is lost"
			else
				grep -q 'tro set: ' "$name.out"
				! tro log "$c" --json | jq -r '.records[].payload' | grep -qF ">$name<" || wrong "$name was recorded"
			fi
		done
		[ "$won" -ge 1 ]
	done
	[ "$(cat ./*.out | grep -c 'recorded as seq')" -eq $(($(count_of "$c") - 10)) ]
	valid
}

@test "commands on different cases all succeed" {
	act() { begin_case "$1" > /dev/null; }
	tasks=(one two three four five six seven eight)
	at_once act "${tasks[@]}"
	ended 0 "${tasks[@]}"
	[ "$(tro status --json | jq '.cases | length')" -eq 10 ]
	valid
}

@test "acts of a registrar and of others at once leave a store that verifies" {
	act() {
		case $1 in
		registrar*) as registrar && tro role grant "$(id_of reader)" officer --office "$1" ;;
		*) tro set "$c" occupation="$1" ;;
		esac
	}
	for round in 1 2 3 4 5; do
		tasks=("registrar-$round-a" "registrar-$round-b" "act-$round-a" "act-$round-b" "act-$round-c")
		at_once act "${tasks[@]}"
		ended '0|5' "${tasks[@]}"
	done
	[ "$(grep -l 'recorded as seq' act-*.out | wc -l)" -eq $(($(count_of "$c") - 10)) ]
	[ "$(grep -l 'granted' registrar-*.out | wc -l)" -eq "$(tro person --json | jq '[.people[].grants[] | select(.role == "officer" and .rank == "")] | length')" ]
	valid
}

@test "a store verifies while others write to it" {
	act() {
		local n
		if [ "$1" = verify ]; then
			for n in $(seq 20); do
				tro verify || return
			done
		else
			for n in $(seq 30); do
				tro set "$c" occupation="$n" || return
			done
		fi
	}
	at_once act verify write
	ended 0 verify write
}

@test "reading goes on while others write" {
	act() {
		local n
		for n in $(seq 15); do
			case $1 in
			write) tro set "$c" occupation="$n" ;;
			show) tro show "$c" --json | jq -e '.matters | length == 1' ;;
			status) tro status --json | jq -e '.cases | length == 2' ;;
			log) tro log "$c" --json | jq -e '[.records[].seq] == [range(.records | length)]' ;;
			esac || return
		done
	}
	at_once act write show status log
	ended 0 write show status log
	valid
}

@test "rebuilding while others write loses nothing" {
	act() {
		local n
		for n in $(seq 10); do
			if [ "$1" = rebuild ]; then
				tro rebuild || return
			else
				tro set "$c" occupation="$n" || [ $? -eq 5 ] || return
			fi
		done
	}
	at_once act rebuild write
	ended 0 rebuild write
	gives 0 tro rebuild
	answers "came out as they were"
	valid
}

@test "a store that is locked for long is busy, exit 5, and nothing is written" {
	remember
	coproc LOCK { sqlite3 store/tro.db 2>&1; }
	printf 'BEGIN IMMEDIATE;\nSELECT 1;\n' >&"${LOCK[1]}"
	read -r answer <&"${LOCK[0]}"
	[ "$answer" = 1 ]
	gives 5 tro set "$c" title=Changed
	one_message
	gives 5 tro show "$c"
	one_message
	says "nothing is shown"
	pid=$LOCK_PID
	printf 'ROLLBACK;\n.quit\n' >&"${LOCK[1]}"
	wait "$pid"
	unchanged
	gives 0 tro set "$c" title=Changed
}
