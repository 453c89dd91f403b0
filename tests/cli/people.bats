#!/usr/bin/env bats
# Registrars at work: spare keys, rotation, revocation, acting rank, and changes that two of them make together.

load world
load extracts

setup_file() { world_make; }
teardown_file() { world_end; }
setup() { world_copy; }

# A key of its own passphrase in this test's folder, and its request by that name.
new_key() { # FILE NAME
	"$TRO_QUICK_KEY" "$1.key" "force.example/$1" "$world/keys/officer.pass" > "$1.vkey"
	tro person request --name "$2" --origin force.example/tro/training --key "$1.key" \
		--passphrase-file "$world/keys/officer.pass" > "$1.request"
}

# An act with a key that no agent holds.
with_key() { # FILE COMMAND...
	local key=$1
	shift
	env -u SSH_AUTH_SOCK "$@" --key "$key.key" --passphrase-file "$world/keys/officer.pass"
}

vkey_of() { tro person --json | jq -r ".people[] | select(.name == \"$1\").key"; }

@test "a spare key is enrolled with its own proof and signs for its person" {
	new_key dora "Dora Example"
	new_key dora-spare "Dora Example"
	new_key other "Another Example"
	as registrar
	gives 7 tro person enrol dora.request --spare other.request
	says "both are one person's"
	gives 7 tro person enrol dora.request --spare dora.request
	says "same key again"
	gives 0 tro person enrol dora.request --spare dora-spare.request
	dora=$output
	tro role grant "$dora" officer --rank sergeant --force example-force
	gives 0 tro person --json
	holds ".people[] | select(.id == \"$dora\") | .spare == \"$(< dora-spare.vkey)\""
	gives 0 with_key dora-spare tro draft.set "$c" --title "By the spare"
	gives 0 tro log "$c" --json
	holds ".records[-1].actor == \"$dora\""
	valid
}

@test "a key and its spare in one agent are one person" {
	new_key ann-spare "Ann Example"
	as registrar
	gives 0 tro person rotate "$(id_of officer)" --spare ann-spare.request
	gives 0 tro person rotate "$(id_of officer)" --spare ann-spare.request
	answers "nothing is changed"
	eval "$(ssh-agent -a "$PWD/agent" -s)" > /dev/null
	unset TRO_KEY
	tro key unlock ann-spare.key --passphrase-file "$world/keys/officer.pass" > /dev/null
	gives 0 tro draft.set "$c" --title "By the spare"
	tro key unlock "$world/keys/officer.key" --passphrase-file "$world/keys/officer.pass" > /dev/null
	gives 0 tro draft.set "$c" --title "By one of the two"
	gives 0 tro key list
	answers "$(< ann-spare.vkey)" "$(vkey_of "Ann Example")"
	ssh-agent -k > /dev/null
	valid
}

@test "after a rotation the old key is good for nothing more and what it signed stands" {
	new_key ann-new "Ann Example"
	new_key eve "Eve Example"
	as registrar
	gives 7 tro person rotate "$(id_of officer)" eve.request
	says "does not change the name"
	gives 0 tro person rotate "$(id_of officer)" ann-new.request
	as officer
	gives 6 tro draft.set "$c" --title "By the old key"
	says "not enrolled"
	gives 0 with_key ann-new tro draft.set "$c" --title "By the new key"
	valid
}

@test "a revoked key is denied, and what it signed since it was suspect is disputed" {
	vkey=$(vkey_of "Ann Example")
	as registrar
	tro clock set 2026-11-02T12:00:00Z
	as officer
	tro draft.set "$c" --title "Perhaps by the thief"
	as registrar
	gives 2 tro person revoke "$(id_of officer)" "$vkey"
	gives 7 tro person revoke "$(id_of officer)" "$vkey" --reason Stolen --suspect-from yesterday
	gives 7 tro person revoke "$(id_of reader)" "$vkey" --reason Stolen
	says "never had this key"
	gives 0 tro person revoke "$(id_of officer)" "$vkey" --reason Stolen --suspect-from 2026-11-02T11:00:00Z
	gives 0 tro person revoke "$(id_of officer)" "$vkey" --reason Stolen --suspect-from 2026-11-02T11:00:00Z
	answers "nothing is changed"
	as officer
	remember
	gives 6 tro draft.set "$c" --title "By the thief"
	unchanged
	gives 14 tro verify
	answers KEY-DISPUTED "key-disputed: case $c seq" "revoked as suspect from 2026-11-02T11:00:00.000000Z"
	gives 14 tro verify --json
	holds '[.findings[] | select(.id == "key-disputed")] | length == 1'
}

@test "acting rank gives authority by the recorded policy alone, and verification says where" {
	as registrar
	gives 7 tro role grant "$(id_of reader)" authorising-officer --rank superintendent --acting
	says "no policy" "tro role acting accepted"
	gives 2 tro role acting perhaps --reason x
	gives 2 tro role acting accepted
	gives 2 tro role grant "$(id_of reader)" officer --acting
	gives 0 tro role acting accepted --reason "Force policy 12"
	gives 0 tro role grant "$(id_of reader)" officer --rank superintendent --force example-force --acting
	gives 0 tro person
	answers "acting rank superintendent" "acting rank gives authority, by recorded policy"
	valid
	never_says "acting-rank"
	as reader
	gives 0 tro draft.set "$c" --title "By an acting superintendent" --role officer
	valid
	answers "acting-rank: case $c" "recorded policy"
	as registrar
	gives 0 tro role acting refused --reason "Advice of counsel"
	as reader
	gives 6 tro draft.set "$c" --title "Once more" --role officer
	says "acting"
	valid
}

@test "where two registrars are required one proposes and another agrees" {
	export TRO_STORE=$PWD/two
	as registrar
	gives 0 tro agree --store store
	answers "nothing waits"
	tro init two --training --two-registrars --origin force.example/tro/training --name "Robin Example"
	for person in officer reader; do
		tro person enrol "$world/$person.enrol" > "$person.id"
	done
	gives 0 tro role grant "$(< officer.id)" registrar
	never_says "waits"
	gives 0 tro role grant "$(< reader.id)" registrar
	answers "waits for a second registrar"
	gives 0 tro agree --json
	holds ".pending.event == \"grant\" and (.pending.payload | contains(\"$(< reader.id)\"))"
	hash=$(jq -r .pending.sha256 <<< "$output")
	gives 6 tro agree "$hash"
	says "another registrar has to agree"
	as reader
	gives 6 tro agree "$hash"
	as officer
	gives 7 tro agree "${hash/?/g}"
	gives 7 tro agree "$(printf '0%.0s' {1..64})"
	says "no record of that hash waits"
	gives 0 tro agree
	answers "role registrar" "$hash"
	before=$(fingerprint two)
	gives 0 tro agree "$hash" --dry-run
	answers "the change would be in effect" "nothing is written"
	[ "$(fingerprint two)" = "$before" ] || wrong "the store has changed"
	gives 0 tro agree "$hash"
	answers "in effect"
	as reader
	gives 0 tro role grant "$(< officer.id)" officer --rank sergeant
	gives 0 tro agree --json
	holds '.pending == null'
	# The service is no registrar: one replaces its key.
	gives 0 tro person rotate service
	never_says "waits"
	gives 0 tro status
	valid two
}

# The key that the service had until now, as the registrar's answer names it.
old_key() { sed -n 's/^the one .*: //p' <<< "$output"; }

@test "the service goes on under a new key, and a store, its extract and its rebuild hold across the change" {
	as registrar
	first=$(vkey_of service)
	gives 2 tro person rotate "$(tro person --json | jq -r '.people[] | select(.name == "service").id')"
	gives 7 tro person rotate service "$world/officer.enrol"
	says "without a file"
	gives 0 tro person rotate service
	[ "$(old_key)" = "$first" ] || wrong "the old key is not named"
	[ "$(vkey_of service)" != "$first" ] || wrong "the key is as before"
	[ "$(tro key show store/keys/service.key)" = "$(vkey_of service)" ] || wrong "the file holds another key"
	[ "$(stat -c %a store/keys/service.key)" = 640 ] || wrong "the file's mode"
	[ "$(ls store/keys)" = "$(printf 'log.key\nservice.key')" ] || wrong "$(ls store/keys)"
	as officer
	gives 0 tro show "$c"
	gives 0 tro tick
	answers "published a checkpoint"
	valid
	log=$(log_key store)
	gives 0 tro extract "$c" extract
	agree 0 0 extract
	gives 0 tro rebuild
	valid
}

@test "the service's stolen key opens nothing, and what it signed since it was suspect is disputed" {
	cp store/keys/service.key stolen
	as registrar
	tro clock set 2026-11-02T12:00:00Z > /dev/null
	as officer
	tro show "$c" > /dev/null
	as registrar
	gives 0 tro person rotate service
	stolen=$(old_key)
	gives 0 tro person revoke service "$stolen" --reason Stolen --suspect-from 2026-11-02T11:00:00Z
	as officer
	gives 0 tro show "$c"
	gives 14 tro verify
	[ "$(grep -c "key-disputed: case access-" <<< "$output")" -eq 1 ] || wrong "not one entry is in dispute"
	cp stolen store/keys/service.key
	gives 6 tro show "$c"
	says "not the key of this store's service" "tro person rotate service"
	as registrar
	gives 0 tro person rotate service
	as officer
	gives 0 tro show "$c"
}

@test "who is no registrar, or rehearses, replaces no key of the service, and a lost one is replaced" {
	remember
	gives 6 tro person rotate service
	unchanged
	as registrar
	gives 0 tro person rotate service --dry-run
	answers "can be replaced" "nothing is written"
	unchanged
	rm store/keys/service.key
	gives 4 tro show "$c"
	says "tro person rotate service"
	gives 0 tro person rotate service
	gives 0 tro show "$c"
	valid
}
