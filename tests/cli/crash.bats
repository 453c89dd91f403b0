#!/usr/bin/env bats
# Commands that are killed at any point, or that find the disk full from any point on: the store opens and verifies, and the
# same words again complete the act or say that it is done. libdisk (disk.c) counts what a command does to the disk.
#
# TRO_DISK is that library, TRO_DISK_ROUNDS how many points of a command are tried, spread over all of it; or "all".

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() {
	world_copy
	set_aside
}

# The store as each round begins.
set_aside() {
	rm -rf before
	cp -a store before
}
begin_round() {
	rm -rf store
	forget "$PWD/store"
	cp -a before store
}

on_disk() { LD_PRELOAD=$TRO_DISK "$@"; }

# How many points there are in the command.
points_of() { # COMMAND...
	begin_round
	TRO_DISK_COUNT=$PWD/points on_disk "$@" > /dev/null
	points=$(< points)
	[ "$points" -gt 3 ] || wrong "the disk saw nothing of it" "$*"
	result=$(count_records)
}

# Whatever the act does, it does it once.
count_records() { sqlite3 store/tro.db "SELECT count(*) FROM record WHERE case_id NOT LIKE 'access-%'"; } # not what was read

# Which points are tried, of those from FIRST to LAST: the first, the last, and what lies evenly between them.
spread() { # COUNT FIRST LAST
	local count=$1 first=$2 last=$3 i
	if [ "$count" = all ] || [ "$count" -gt $((last - first)) ]; then
		seq "$first" "$last"
		return
	fi
	for ((i = 0; i < count; i++)); do
		echo $((first + i * (last - first) / (count - 1)))
	done
}
tried() { spread "$TRO_DISK_ROUNDS" 1 "$points"; }

# Rounds in which the command meets TRO_DISK_$1 at one point after the other; it must end with the code or go through. Again, it
# must end with 0, or with the other code when it says that it is done.
rounds() { # KILL|FULL CODE [DONE_CODE DONE_TEXT] -- COMMAND...
	local what=$1 expected=$2 point struck=0 done_code=0 done_text=
	shift 2
	if [ "$1" != -- ]; then
		done_code=$1 done_text=$2
		shift 2
	fi
	shift
	points_of "$@"
	for point in $(tried); do
		begin_round
		code=0
		output=$(env "TRO_DISK_$what=$point" LD_PRELOAD="$TRO_DISK" "$@" 2> errors) || code=$?
		errors=$(< errors)
		[ "$code" -eq 0 ] || [ "$code" -eq "$expected" ] || wrong "exit $code at point $point of $points" "$*"
		[ "$code" -eq 0 ] || struck=$((struck + 1))
		if [ "$code" -eq 8 ]; then
			[[ $errors == tro* ]] || wrong "no message at point $point" "$*"
		fi
		check_opens
		again "$done_code" "$done_text" "$@"
		[ "$(count_records)" -eq "$result" ] || wrong "$(count_records) records, not $result, at point $point" "$*"
		valid
	done
	[ "$struck" -gt 0 ] || wrong "nothing was struck" "$*"
}

# The store after a command that failed.
check_opens() { valid; }

# The command once more: done now, or done before.
again() { # DONE_CODE DONE_TEXT COMMAND...
	local done_code=$1 done_text=$2 code=0
	shift 2
	output=$("$@" 2> errors) || code=$?
	errors=$(< errors)
	[ "$code" -eq 0 ] || { [ "$code" -eq "$done_code" ] && [[ $errors == *"$done_text"* ]]; } ||
		wrong "again: exit $code" "$*"
}

killed() { rounds KILL 137 "$@"; }
full() { rounds FULL 8 "$@"; }

@test "an edit" {
	killed -- tro set "$c" title=Changed
	full -- tro set "$c" title=Changed
}

@test "an act that makes a filing" {
	killed -- tro submit "$c"
	full -- tro submit "$c"
}

@test "an act that takes a file in" {
	printf 'an exhibit\n' > exhibit.txt
	killed -- tro exhibit.add "$c" --file exhibit.txt --ref AE9 --title Nine --class witness
	full -- tro exhibit.add "$c" --file exhibit.txt --ref AE9 --title Nine --class witness
}

@test "the beginning of a case" {
	killed -- tro new ddtro-ew --title Third --court exampletown --force example-force
	full -- tro new ddtro-ew --title Third --court exampletown --force example-force
}

@test "a registrar's acts" {
	as registrar
	killed -- tro role grant "$(id_of reader)" officer --rank sergeant
	full -- tro role grant "$(id_of reader)" officer --rank sergeant
	killed -- tro clock set 2026-11-02T10:00:00Z
	make_key "newcomer-$BATS_TEST_NUMBER"
	key=$world/keys/newcomer-$BATS_TEST_NUMBER
	tro person request --name "New Example" --key "$key.key" --passphrase-file "$key.pass" > new.enrol
	killed 7 "was enrolled before" -- tro person enrol new.enrol
}

@test "the adoption of a new definition" {
	cp -R "$TRO_SOURCE_DIR/workflows" "$TRO_SOURCE_DIR/templates" .
	sed -i 's/>Submit for legal review</>Submit for review</; s/title="Submit for legal review"/title="Submit for review"/' \
		workflows/ddtro-ew/application.scxml
	as registrar
	killed -- tro adopt --data "$PWD"
	full -- tro adopt --data "$PWD"
}

@test "a tick" {
	to_court
	tro order.made "$c" --matter order.1 --date 2026-11-02 --sealed "$papers/sealed-northway.pdf"
	as registrar
	tro clock set 2026-11-20T10:00:00Z
	set_aside
	killed -- tro tick
	full -- tro tick
}

# Erased or not, and nothing between: whether its record is there says which.
@test "an erasure" {
	tro erase "$c" --reason "kept longer than needed"
	proposal=$(($(count_of "$c") - 1))
	as reviewer
	set_aside
	valid() {
		if sqlite3 store/tro.db "SELECT count(*) FROM outcome_salt" | grep -qx 2; then
			gives 12 tro verify
			return
		fi
		gives 0 tro verify
		tro show "$c" --since 5 > /dev/null || wrong "not erased, and something is gone"
		tro exhibit "$c" AE1 > /dev/null || wrong "not erased, and a file is gone"
	}
	finished() {
		[ ! -e store/erasing ] || wrong "it is not finished at point $point"
		! grep -raqE "900[ -]*101|Kit line" store || wrong "bytes are left at point $point"
		gives 12 tro verify
	}
	# The plan and the transaction are at the beginning; what follows writes page after page.
	tried() {
		spread "$TRO_DISK_ROUNDS" 1 60
		spread "${TRO_DISK_ROUNDS/all/100}" 61 "$points"
	}
	# Every other time some command that may write comes first, and has to finish what was begun.
	local turn=0
	again() {
		turn=$((turn + 1))
		if [ $((turn % 2)) -eq 0 ]; then
			tro status > /dev/null
			[ "$(count_records)" -ne "$result" ] || finished
		fi
		output=$(tro erase "$c" --confirm "$proposal" 2>&1) || wrong "again: $output"
		finished
	}
	killed -- tro erase "$c" --confirm "$proposal"
	full -- tro erase "$c" --confirm "$proposal"
}

@test "a rebuild" {
	killed -- tro rebuild
	full -- tro rebuild
}

@test "the making of a store" {
	make=(tro init store --training --origin force.example/tro/training --name "Robin Example" --clock 2026-11-02T09:00:00Z)
	as registrar
	begin_round() { rm -rf store; forget "$PWD/store"; }
	check_opens() { :; }
	killed 7 "finished store already" -- "${make[@]}"
	full 7 "finished store already" -- "${make[@]}"
}

@test "the making of a key" {
	begin_round() { rm -rf keys store; forget "$PWD/store"; cp -a before store; mkdir keys; }
	killed 2 "is not overwritten" -- tro key new keys/new.key --name force.example/new --passphrase-file "$world/keys/officer.pass"
	full 2 "is not overwritten" -- tro key new keys/new.key --name force.example/new --passphrase-file "$world/keys/officer.pass"
	gives 0 tro key show keys/new.key
	[ "$(ls -A keys)" = new.key ] || wrong "$(ls -A keys)"
}
