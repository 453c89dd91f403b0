#!/usr/bin/env bats
# What somebody finds who trusts none of our programs: openssl, sha256sum, unzip, xmllint and the sqlite3 shell.

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() { world_copy; }

# As the manual has it: NOTE_FILE and whose signature it must be. Leaves text and signature.
openssl_accepts() { # NOTE PERSON_ID
	sed '/^$/,$d' "$1" > text
	sed -n '$s/.* //p' "$1" | base64 -d | tail -c 64 > signature
	tro person --json | jq -r --arg id "$2" '.people[] | select(.id == $id).key' |
		cut -d + -f 3- | base64 -d | tail -c 32 > key
	{
		printf '\060\052\060\005\006\003\053\145\160\003\041\000'
		cat key
	} > key.der
	openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey key.der -in text -sigfile signature > /dev/null 2>&1
}

@test "openssl verifies every record of a case by its actor's key, and no altered one" {
	local seq
	for ((seq = 0; seq < $(count_of "$c"); seq++)); do
		tro log "$c" --record "$seq" > note
		openssl_accepts note "$(id_of officer)" || wrong "record $seq"
		! openssl_accepts note "$(id_of reviewer)" || wrong "record $seq by another"
		sed 's/^seq .*/seq 99/' note > altered
		! openssl_accepts altered "$(id_of officer)" || wrong "an altered record $seq"
	done
}

@test "each record names the hash of the note before it" {
	local seq before
	tro log "$c" --record 0 > note
	grep -qx 'prev -' note
	for ((seq = 1; seq < $(count_of "$c"); seq++)); do
		before=$(sha256sum < note | cut -d ' ' -f 1)
		tro log "$c" --record "$seq" > note
		grep -qx "prev sha256:$before" note || wrong "record $seq"
	done
}

@test "a payload and its salt, from the database, give the commitment in the record" {
	local row
	tro log "$c" --record 5 > note
	row="WHERE position = (SELECT position FROM record WHERE case_id = '$c' AND seq = 5)"
	sqlite3 store/tro.db "SELECT writefile('payload', bytes) FROM payload $row" > /dev/null
	salt=$(sqlite3 store/tro.db "SELECT lower(hex(salt)) FROM payload $row")
	hmac=$(openssl mac -digest SHA256 -macopt "hexkey:$salt" -in payload HMAC | tr A-F a-f)
	grep -qx "payload hmac-sha256:$hmac" note || wrong "the commitment is not $hmac"
}

@test "one byte changed with the sqlite3 shell is found, and the record is named" {
	sqlite3 store/tro.db "DROP TRIGGER payload_is_never_changed;
		UPDATE payload SET bytes = CAST(replace(bytes, 'Lantern', 'Lentern') AS BLOB)
		WHERE position = (SELECT position FROM record WHERE case_id = '$c' AND seq = 0)"
	gives 17 tro verify
	answers "case $c seq 0" "payload_is_never_changed"
	[ "$(tail -n 1 <<< "$output")" = INVALID ]
	gives 7 tro set "$c" title=Changed
	says "was altered"
}

@test "the documents of a filing have the hashes that its manifest gives" {
	tro submit "$c"
	id=$(tro show "$c" --json | jq -r '.filings[-1].id')
	tro filing "$c" "$id" --out filing.zip
	unzip -q filing.zip -d unpacked
	tro filing "$c" "$id" --unpack ours
	diff -r unpacked ours
	xmllint --nonet --xpath '//*[@sha256 and @path]' unpacked/filing.xml > /dev/null
	for path in $(xmllint --nonet --xpath '//*[@sha256]/@path' unpacked/filing.xml | sed 's/.*="\(.*\)"/\1/'); do
		sum=$(sha256sum < "unpacked/$path" | cut -d ' ' -f 1)
		[ "$(xmllint --nonet --xpath "string(//*[@path = '$path']/@sha256)" unpacked/filing.xml)" = "$sum" ] || wrong "$path"
	done
	[ "$(find unpacked -type f | wc -l)" -gt 8 ]
	[ "$(sha256sum < filing.zip | cut -d ' ' -f 1)" = "$(tro show "$c" --json | jq -r '.filings[-1].sha256')" ]
}

@test "the same case gives the same bytes wherever and by whomever it is built" {
	tro submit "$c"
	TZ=Asia/Tokyo LC_ALL=C.UTF-8 gives 0 tro rebuild
	answers "came out as they were"
	valid
}

@test "the real program's texts keep to the schema of Akoma Ntoso" {
	local schema=$TRO_SOURCE_DIR/../shared/schemas/akn/akomantoso30.xsd
	[ -e "$schema" ] || skip "no $schema"
	tro submit "$c"
	tro filing "$c" "$(tro show "$c" --json | jq -r '.filings[-1].id')" --unpack unpacked
	xmllint --nonet --noout --schema "$schema" unpacked/court/*.akn.xml
}
