#!/usr/bin/env bats
# Signing at a distance: the superintendent is at home at two in the morning, with a key and no store.

load world

setup_file() { world_make; }
teardown_file() { world_end; }

# The case waits for the superintendent's approval.
setup() {
	world_copy
	home=$PWD/home
	mkdir "$home"
	cp "$world/keys/superintendent.key" "$world/keys/superintendent.pass" "$home"
	tro submit "$c" > /dev/null
	as reviewer
	tro review.pass "$c" > /dev/null
	document=$(tro show "$c" --json | jq -r '[.filings[] | select(.name == "application")][-1].sha256')
	unset TRO_KEY
	remember
}

# On the superintendent's machine: no store, no agent, another folder.
at_home() { env -C "$home" -u SSH_AUTH_SOCK -u TRO_STORE "$@"; }

sign_at_home() { # FILE
	at_home tro sign "$1" --key superintendent.key --passphrase-file superintendent.pass
}

ask() { # [FILE]
	tro request approve "$c" --for "$(id_of superintendent)" --document "$document" \
		--decision "I am satisfied of both limbs" --out "${1:-$home/request}"
}

@test "an approval is requested, signed at home and accepted, as if it had been done here" {
	gives 0 ask
	says "tro sign" "tro accept"
	only_read
	[ "$(stat -c %a "$home/request")" = 600 ]
	gives 0 sign_at_home request
	answers "tro-record/v1" "case $c" "actor $(id_of superintendent)" "role authorising-officer" "$document" \
		"I am satisfied of both limbs" "Operation Lantern" "payload hmac-sha256:" "outcome hmac-sha256:"
	[ "$(stat -c %a "$home/request.signed")" = 600 ]
	only_read
	remember
	gives 0 tro accept "$home/request.signed" --dry-run
	answers "approve would be done as seq 12; nothing is written"
	unchanged
	gives 0 tro accept "$home/request.signed"
	answers "approve recorded as seq"
	gives 0 tro log "$c" --json
	holds ".records[-1] | .event == \"approve\" and .actor == \"$(id_of superintendent)\""
	gives 0 tro accept "$home/request.signed"
	answers "already recorded"
	valid
}

@test "what is shown is what is signed, and a dry run signs nothing" {
	ask
	gives 0 at_home tro sign request --dry-run
	text=$(sed '1,/^$/d' "$home/request")
	[[ $output == *"${text//$'\n'/$'\n'  }"* ]] || wrong "the text is not shown as it is"
	[ ! -e "$home/request.signed" ]
	gives 2 at_home tro sign -
	gives 0 at_home tro sign - --dry-run < "$home/request"
}

@test "the agent at home signs with the key that the request is for" {
	ask
	gives 0 env -C "$home" -u TRO_STORE tro sign request
	gives 0 tro accept "$home/request.signed"
	valid
}

@test "a request is not signed by somebody else, and not overwritten" {
	ask
	gives 6 at_home tro sign request --key "$world/keys/officer.key" --passphrase-file "$world/keys/officer.pass"
	says "yours is another"
	[ ! -e "$home/request.signed" ]
	gives 2 ask
	only_read
}

@test "a text with another first line is not signed, whoever asks" {
	ask
	for line in tro-enrol/v1 tro-record/v2 cosignature/v1 ""; do
		sed "s|^tro-record/v1\$|$line|" "$home/request" > "$home/altered"
		gives 6 sign_at_home altered
		says "does not begin with the line tro-record/v1"
		[ ! -e "$home/altered.signed" ]
	done
	sed 's/^payload \(.*\) .*/payload \1 PGFwcHJvdmUvPg==/' "$home/request" > "$home/altered"
	gives 7 sign_at_home altered
	says "not the one that the text commits to"
	printf 'anything\n' > "$home/altered"
	gives 7 sign_at_home altered
	gives 4 sign_at_home nowhere
}

@test "an act that came too late is not accepted, and a new request is" {
	ask
	sign_at_home request
	as superintendent
	tro approval.return "$c" --reason "One more thing" > /dev/null
	remember
	gives 5 tro accept "$home/request.signed"
	says "moved on"
	unchanged
	valid
}

@test "what could not be done here cannot be requested" {
	gives 3 tro request approve "$c" --for "$(id_of officer)" --document "$document" --decision x --out "$home/request"
	says authorising-officer
	gives 2 tro request approve "$c" --document "$document" --decision x --out "$home/request"
	says "--for"
	gives 2 tro request approve "$c" --for "$(id_of superintendent)" --document "$document" --decision x
	says "--out"
	gives 2 tro request
	gives 2 tro request approve
	gives 4 tro request approve "$c" --for P-2222-2222 --document "$document" --decision x --out "$home/request"
	[ ! -e "$home/request" ]
	gives 0 tro request approve "$c" --for "$(id_of superintendent)" --document "$document" \
		--decision "I am satisfied of both limbs" --dry-run
	answers "would be done"
	gives 6 tro accept <(ask - 2> /dev/null)
	only_read
}
