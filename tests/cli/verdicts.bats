#!/usr/bin/env bats
# Verdicts of extracts that are neither good nor forged: data were erased, or a key was reported as stolen.

load world
load extracts

# A store whose log is as short as can be: the script takes a while for each record.
setup_file() {
	world_env
	unlock_keys registrar officer reviewer
	as registrar
	tro init store --training --origin force.example/tro/training --name "Robin Example" --clock 2026-11-02T09:00:00Z > /dev/null
	enrol officer
	enrol reviewer
	tro role grant "$(id_of officer)" officer --rank sergeant --force example-force > /dev/null
	tro role grant "$(id_of reviewer)" legal-reviewer --force example-force > /dev/null
	as officer
	begin_case "Operation Lantern" > case
	cp case other
	tro exhibit.add "$(< case)" --file "$papers/notebook.txt" --ref AE1 --title Notebook --class witness > /dev/null
	tro set "$(< case)" "grounds=@$papers/grounds.txt" > /dev/null
	log_key store > log
}
teardown_file() { world_end; }
setup() {
	world_copy
	log=$(< "$world/log")
}

erase() { # [PATH...]
	local proposal
	as officer
	gives 0 tro erase "$c" "$@" --reason "kept longer than needed"
	proposal=$(sed -n '1s/.* seq //p' <<< "$output")
	as reviewer
	gives 0 tro erase "$c" --confirm "$proposal"
	as officer
}

extract() { # DIR [OPTION...]
	tro tick > /dev/null
	gives 0 tro extract "$c" "$@"
}

# The position of the case's record of this event.
position_of() { grep -lx "event $1" good/records/*.note | sed -n '1s,.*/\([0-9]*\)\.note,\1,p'; }

remove_data() { rm -f "records/$1.payload" "records/$1.salt" "records/$1.outcome-salt"; }

@test "an extract of a case that was erased says so, and both verifiers agree" {
	erase
	extract good
	agree 12 12 good
	gives 12 tro verify --extract good --log "$log"
	answers "erased the data of records 0-3"
	extract withheld --without-payloads
	agree 11 11 withheld
}

@test "where a part was erased, the rest is judged: erased is not withheld, and withheld not erased" {
	erase /case/application/grounds
	extract good
	agree 12 12 good
	forged 12 remove_data "$(position_of exhibit.add)" # beside what was erased, something is not disclosed
	answers "not disclosed" "erased"
	forged 15 remove_data "$(position_of erase)" # outcomes whose salts are gone, and nobody says why
}

@test "a record that was signed by a key reported as stolen is named by both verifiers" {
	as registrar
	tro person revoke "$(id_of officer)" "$(< "$world/keys/officer.vkey")" --reason Stolen --suspect-from 2026-11-02T08:00:00Z > /dev/null
	extract good
	agree 14 14 good
	[ "$TRO_SCRIPT" = no ] || answers "reported as stolen: record: $(position_of create)"
	gives 14 tro verify --extract good --log "$log"
	answers "case $c seq 0" "it is signed by the key force.example/officer"
}

@test "a spare key is known as its person's to both verifiers" {
	local key dora pass=$world/keys/officer.pass
	for key in dora spare; do
		"$TRO_QUICK_KEY" "$key.key" "force.example/$key" "$pass" > /dev/null
		tro person request --name "Dora Example" --origin force.example/tro/training --key "$key.key" \
			--passphrase-file "$pass" > "$key.request"
	done
	as registrar
	dora=$(tro person enrol dora.request --spare spare.request)
	tro role grant "$dora" officer --rank sergeant --force example-force > /dev/null
	for key in dora spare; do
		env -u SSH_AUTH_SOCK tro set "$c" title="By $key" --key "$key.key" --passphrase-file "$pass" > /dev/null
	done
	as officer
	extract good
	agree 0 0 good
}
