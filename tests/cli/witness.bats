#!/usr/bin/env bats
# A store and its witness as two commands: files and pipes between them, and every refusal with its exit code.
load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() {
	world_copy
	log=$(tro key show "$TRO_STORE/keys/log.key")
	# The witness's passphrase has nothing to do with anybody's of the store.
	printf 'passphrase of the court\n' > court.pass
	chmod 600 court.pass
}

court() { tro witness "$@" --passphrase-file court.pass; }

make_witness() {
	court init court --name court.example/witness --log "$log" --clock 2026-11-02T09:00:00Z > vkey
	printf '# ours\nlog %s\nwitness court %s\nquorum court\n' "$log" "$(cat vkey)" > policy
	as registrar
	gives 0 tro checkpoint policy policy
	as officer
}

# All clocks.
at() {
	as registrar
	gives 0 tro clock set "2026-11-02T$1:00Z"
	gives 0 tro witness clock court "2026-11-02T$1:00Z"
	as officer
}

witnessed() {
	gives 0 tro tick
	tro checkpoint publish > request
	court sign court request > answer
	gives 0 tro checkpoint import answer
}

# The witness has seen a newer store than the one that lies there now.
put_old_copy_back() {
	make_witness
	witnessed
	cp -a store old
	at 10:30
	gives 0 tro set "$other" "occupation=Police constable"
	witnessed
	rm -rf store
	mv old store
	forget "$PWD/store" # as on a host that had not seen the newer one
}

@test "from tick to witnessed through pipes, and status counts what is left" {
	gives 0 tro status
	answers "no witness is required"
	make_witness
	gives 0 tro checkpoint policy
	[ "$output" = "$(cat policy)" ]
	gives 10 tro verify
	gives 0 tro tick
	answers "published a checkpoint of"
	tro checkpoint publish | court sign court | tro checkpoint import > imported
	grep -q "1 new cosignatures; witnessed" imported
	gives 0 tro verify
	answers VALID
	gives 0 tro status
	answers "records are witnessed"
	gives 0 tro set "$other" "occupation=Police constable"
	at 10:12
	gives 0 tro status
	answers "3 of" # the entry of the first look among them
	answers "for 1 h 12 min"
	tro status --json | jq -e '.witnessing | .required and .records == .witnessed + 4 and .waiting_since == "2026-11-02T09:00:00.000000Z"'
	gives 10 tro verify
	answers UNWITNESSED
}

@test "an extract wants the quorum of the registry, whosoever's keys are given" {
	local verifier
	court init court --name court.example/witness --log "$log" --clock 2026-11-02T09:00:00Z > vkey
	court init peer --name peer.example/witness --log "$log" --clock 2026-11-02T09:00:00Z > peer.vkey
	printf 'log %s\nwitness court %s\nwitness peer %s\ngroup both all court peer\nquorum both\n' \
		"$log" "$(< vkey)" "$(< peer.vkey)" > policy
	as registrar
	gives 0 tro checkpoint policy policy
	as officer
	gives 0 tro tick
	tro checkpoint publish court.example/witness > request
	court sign court request > answer # one of two
	gives 0 tro checkpoint import answer
	gives 10 tro verify
	gives 0 tro extract "$c" half --recipient "A court"
	gives 10 tro verify --extract half --log "$log" "$(< vkey)"
	answers UNWITNESSED "the registry's witness policy" "case $c"
	gives 10 sh "$TRO_SOURCE_DIR/tools/verify.sh" half "$log" "$(< vkey)"
	answers UNWITNESSED "not cosigned as the registry asks" "case $c"
	tro checkpoint publish peer.example/witness > request
	court sign peer request > answer
	gives 0 tro checkpoint import answer
	gives 0 tro extract "$c" whole --recipient "A court"
	for verifier in "tro verify --extract whole --log" "sh $TRO_SOURCE_DIR/tools/verify.sh whole"; do
		# shellcheck disable=SC2086 # a command of words
		gives 0 $verifier "$log" "$(< vkey)"
		answers VALID "case $c"
	done
}

@test "what a witness answers is a line that openssl verifies" {
	make_witness
	witnessed
	[ "$(wc -l < answer)" -eq 1 ]
	sed '1,/^$/d; /^$/,$d' request > text
	sed -n '$s/.* //p' answer | base64 -d > raw
	tail -c 64 raw > signature
	printf 'cosignature/v1\ntime %d\n' "$((16#$(head -c 12 raw | tail -c 8 | od -An -tx1 | tr -d ' \n')))" > message
	cat text >> message
	cut -d + -f 3- vkey | base64 -d | tail -c 32 > key
	{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'; cat key; } > key.der
	openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey key.der -in message -sigfile signature
}

@test "a copy that was restored is refused by the witness and convicted by it" {
	put_old_copy_back
	as registrar
	gives 0 tro clock set 2026-11-02T10:30:00Z
	gives 0 tro tick
	tro checkpoint publish > request
	gives 1 court sign court request
	says "records are gone"
	gives 0 tro witness status court --checkpoint
	printf '%s\n' "$output" > seen
	gives 1 tro checkpoint import seen
	says "records are missing"
	gives 15 tro verify
	answers INCOMPLETE
}

@test "a request from another size is told which, and --old goes on from there" {
	make_witness
	witnessed
	at 10:30
	gives 0 tro tick
	tro checkpoint publish --old 0 > request
	gives 5 court sign court request
	says "ask again from there"
	tro checkpoint publish --old "$(tro witness status court --json | jq .size)" > request
	gives 0 court sign court request
	gives 2 tro checkpoint publish --old seven
	gives 7 tro checkpoint publish --old 999999
}

@test "what is no request, no answer and no policy is refused, and nothing is changed" {
	make_witness
	gives 4 tro checkpoint publish
	says "tro tick"
	gives 0 tro tick
	cp court before
	echo nonsense > nonsense
	gives 7 court sign court nonsense
	gives 7 tro checkpoint import nonsense
	as registrar
	gives 7 tro checkpoint policy nonsense
	as officer
	gives 6 tro checkpoint policy <(cat policy; echo '# more')
	gives 4 tro checkpoint publish nobody.example/witness
	printf 'wrong\n' > court.pass
	tro checkpoint publish > request
	gives 6 court sign court request
	gives 4 court sign nowhere request
	cmp court before
	gives 8 court init court --name court.example/witness --log "$log"
	gives 7 tro witness clock court 2026-11-02T08:00:00Z
	gives 2 tro checkpoint
	gives 2 tro checkpoint frame
	gives 2 tro witness init other
	gives 2 tro witness frame court
}

@test "a clock that is behind the witness signs nothing and says so" {
	make_witness
	gives 0 tro witness clock court 2026-11-02T09:20:00Z
	witnessed
	gives 3 tro set "$other" "occupation=Police constable"
	says "20 minutes behind the witnesses'"
	as registrar
	gives 0 tro clock set 2026-11-02T09:20:00Z
	as officer
	gives 0 tro set "$other" "occupation=Police constable"
}

@test "a dry run on either side judges as the act does, and writes nothing" {
	files() { find . \( -path ./store -o -path ./look -o -path ./errors \) -prune -o -type f -exec sha256sum {} + | sort; }
	dry() { # COMMAND...
		local seen
		seen=$(files)
		remember
		gives 0 "$@" --dry-run
		answers "nothing is written"
		[ "$(files)" = "$seen" ] || wrong "a file was made or changed" "$*"
		unchanged
	}
	dry court init court --name court.example/witness --log "$log"
	[ "$output" = "that was a dry run: nothing is written" ] || wrong "a key is told that is not there"
	gives 8 court init no/court --name court.example/witness --log "$log" --dry-run
	gives 7 court init court --name "a b" --log "$log" --dry-run
	make_witness
	gives 8 court init court --name court.example/witness --log "$log" --dry-run
	gives 4 tro checkpoint publish --dry-run
	gives 0 tro tick
	dry tro checkpoint publish
	gives 4 tro checkpoint publish nobody.example/witness --dry-run
	tro checkpoint publish > request
	rm court.lock
	dry court sign court request
	never_says "—"
	gives 7 court sign court policy --dry-run
	gives 6 tro witness sign court request --passphrase-file policy --dry-run
	dry tro witness clock court 2026-11-02T09:00:00Z
	gives 7 tro witness clock court 2026-11-02T08:00:00Z --dry-run
	gives 2 tro witness status court --dry-run
	court sign court request > answer
	dry tro checkpoint import answer
	answers "1 new cosignatures would be kept"
	gives 7 tro checkpoint import policy --dry-run
	gives 0 tro checkpoint import answer
	dry tro checkpoint import answer
	answers "0 new cosignatures would be kept"
	gives 2 tro checkpoint policy --dry-run
}

@test "a rehearsed import of another history says so and keeps nothing" {
	put_old_copy_back
	tro witness status court --checkpoint > seen
	remember
	gives 1 tro checkpoint import seen --dry-run
	says "records are missing" "without --dry-run"
	unchanged
}

@test "a rehearsed extract says what would be written, and makes no folder and no entry" {
	gives 4 tro extract "$c" folder --dry-run
	says "no checkpoint covers"
	gives 0 tro tick
	remember
	gives 0 tro extract "$c" folder --dry-run
	answers "records of the case, as of the checkpoint" "nothing is written"
	[ ! -e folder ] || wrong "a folder was made"
	gives 0 tro extract "$c" folder --dry-run --json
	rehearsed=$output
	gives 2 tro extract "$c" store --dry-run
	gives 8 tro extract "$c" no/folder --dry-run
	gives 4 tro extract K7Q3-9F2M folder --dry-run
	unchanged
	gives 0 tro extract "$c" folder --json
	[ "$output" = "$rehearsed" ] || wrong "it was said otherwise: $rehearsed"
	# What is missing is missed by both.
	rm store/exhibits/*/*
	gives 4 tro extract "$c" second
	gives 4 tro extract "$c" second --dry-run
}
