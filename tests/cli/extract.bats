#!/usr/bin/env bats
# What a court or an auditor gets, and what two verifiers that share no code say of it: tro, and a shell script with openssl.
# Each good extract and each damaged one has the verdict that is written here; where the script cannot know, that is written too.

load world
load extracts

setup_file() {
	world_make
	cd "$world"
	tro submit "$(< case)" > tmp
	tro tick > tmp
	log_key store > log.vkey
	tro extract "$(< case)" large.extract 2> tmp > tmp
	witness
	small_world
}
teardown_file() { world_end; }
setup() {
	small_copy
	c=$(< "$world/case")
	export TRO_STORE=$world/store
}

# A witness, a policy that asks for it, and an extract as of a checkpoint that it cosigned.
witness() {
	echo "training passphrase of the witness" > w.pass
	tro witness init w.state --name court.example/witness --log "$(< log.vkey)" --clock 2026-11-02T11:00:00Z \
		--passphrase-file w.pass > w.vkey
	{
		echo "log $(< log.vkey)"
		echo "witness w $(< w.vkey)"
		echo "quorum w"
	} > policy
	as registrar
	tro clock set 2026-11-02T11:00:00Z > tmp
	tro checkpoint policy policy > tmp
	tro tick > tmp
	tro extract "$(< case)" unwitnessed.extract 2> tmp > tmp
	tro checkpoint publish > request
	tro witness sign w.state request --passphrase-file w.pass > answer
	tro checkpoint import answer > tmp
	tro extract "$(< case)" witnessed.extract > tmp
}

@test "good extracts verify without a store, also without payloads, and the sums are right" {
	local large
	large=$(< "$world/log.vkey")
	agree 0 0 good
	(cd good && sha256sum -c --quiet SHA256SUMS)
	agree 0 0 "$world/large.extract" "$large"
	[ -n "$(ls "$world/large.extract/filings")" ]
	tro extract "$c" withheld --without-payloads
	[ ! -e withheld/exhibits ] && [ ! -e withheld/filings ]
	gives 11 tro verify --extract withheld --log "$large"
	agree 11 11 withheld "$large" "$(< "$world/w.vkey")"
	grep -q "Lantern" -r "$world/large.extract/records"
	! grep -q "Lantern" -r withheld
}

@test "an extract names no other case" {
	grep -rq "$(< "$world/small.case")" good
	! grep -rq "$(< "$world/small.other")" good
}

@test "a folder that exists is not touched, and a failed extract leaves nothing" {
	mkdir there
	gives 2 tro extract "$c" there
	says "already"
	gives 4 tro extract K7Q3-9F2M new
	gives 8 tro extract "$c" no/such/folder
	[ "$(ls)" = "$(printf 'errors\ngood\nthere')" ] || wrong "$(ls)"
}

@test "who gives the wrong key of the log, or a key of a witness that did not sign, is told" {
	agree 17 17 good "$(tro person --json | jq -r '.people[0].key')"
	agree 10 10 good "$log" "$(< "$world/w.vkey")"
	log=$(< "$world/log.vkey")
	agree 0 0 "$world/witnessed.extract" "$log" "$(< "$world/w.vkey")"
	agree 10 10 "$world/unwitnessed.extract" "$log" "$(< "$world/w.vkey")"
	agree 10 10 "$world/witnessed.extract" "$log"
	gives 0 tro verify --extract "$world/witnessed.extract" --policy "$world/policy"
	gives 2 tro verify --extract good
	says "--log"
}

@test "a file that was cut, altered, lost or added by accident" {
	local f
	for f in README.txt SHA256SUMS checkpoint heads/case "records/$last.note" "records/$first.payload" "records/$last.salt" \
		"records/$last.outcome-salt" "proofs/$heads" "$(cd good && printf '%s\n' blobs/* | head -n 1)" "$(cd good && echo exhibits/*)"; do
		hurt 17 cut_byte "$f"
	done
	hurt 17 flip "records/$first.payload" 30
	hurt 17 flip README.txt 3
	for f in README.txt SHA256SUMS "records/$last.note" "$(cd good && printf '%s\n' blobs/* | head -n 1)"; do
		hurt 15 rm "$f"
	done
	hurt 17 touch records/note
	hurt 17 cp checkpoint blobs/0000000000000000000000000000000000000000000000000000000000000000
	hurt 17 ln -sf /dev/null README.txt
}
