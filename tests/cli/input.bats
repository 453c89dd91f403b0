#!/usr/bin/env bats
# Values, files and tables that are wrong: each is named with its place, and nothing is written.

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() {
	world_copy
	remember
}

# Exit 7, a message for each of the texts, and a store that is as it was.
bad() { # COMMAND... -- TEXT...
	local command=()
	while [ "$1" != -- ]; do
		command+=("$1")
		shift
	done
	shift
	gives 7 "${command[@]}"
	[ -z "$output" ] || wrong "there is an answer"
	says "$@"
	unchanged
}

# A CSV file of items: its rows are given, in columns msisdn,imei,iccid,provider,actions,checked.
table() {
	printf '%s\n' msisdn,imei,iccid,provider,actions,checked "$@" > items.csv
}

# ---- types of parameters ----

@test "a date is an existing day and nothing else" {
	for text in tomorrow 2026-02-30 2026-13-01 2026-2-3 20260203 0000-01-01 2026-02-03T00:00:00Z "" " " "2026-02-03 " 99999-01-01; do
		bad tro order.propose "$c" --provider northway --until "$text" -- "until: '$text' is not a date" YYYY-MM-DD
	done
}

@test "a time of day is two digits, a colon and two digits of a 24-hour clock" {
	for text in noon 25:00 24:00 7:00 15.00 15:60 15:00:00 3pm "" -1:00; do
		bad tro order.propose "$c" --provider northway --comply-date 2026-11-13 --comply-time "$text" \
			-- "comply-time: '$text' is not a time of day" 15:00
	done
}

@test "a moment is RFC 3339 or a UK date and time" {
	for text in yesterday 2026-11-11 "2026-11-11 25:00" "2026-02-30 10:00" 2026-11-11T10:00:00 "2026-11-11  10:00" ""; do
		bad tro hearing.record "$c" --occurred "$text" -- "occurred: '" "is not a"
	done
}

@test "a UK time that the clocks skip does not exist" {
	bad tro hearing.record "$c" --occurred "2026-03-29 01:30" -- occurred 01:30
}

@test "a code is one of its list, and the list is shown" {
	for text in nosuch MDA-4-3-B "mda-4-3-b mda-4-3-a"; do
		bad tro set "$c" "offence=$text" -- "offence: '$text'"
	done
	bad tro set "$c" offence= -- "offence: a code is missing"
	bad tro set "$c" offence=nosuch -- "mda-4-3-a mda-4-3-b mda-4-3-c psa-5"
}

@test "codes are each of their list" {
	table "07700 900901,,,northway,bar-calls bar-cals," "07700 900902,,,northway,bar-calls;bar-texts,"
	bad tro item.add "$c" --items items.csv -- "items.csv, row 2, column actions: 'bar-cals'" \
		"items.csv, row 3, column actions: 'bar-calls;bar-texts'"
}

@test "a boolean is yes or no" {
	for text in maybe YES true 1 ""; do
		bad tro order.propose "$c" --provider northway --carve-out "$text" -- "carve-out: '$text': say yes or no"
	done
}

@test "a digest is 64 hexadecimal digits" {
	for text in xyz 12 "sha256:12" "$(printf '0%.0s' {1..65})" "$(printf 'g%.0s' {1..64})" ""; do
		bad tro approve "$c" --document "$text" -- "document: '$text' is not a SHA-256"
	done
}

@test "a person is somebody who is enrolled" {
	for text in nobody "Sam Example" P-27FF-NBBE ""; do
		bad tro set "$c" "applicant=$text" -- "applicant: " "tro person"
	done
}

@test "an identifier that breaks the rules of its type is told with the rule" {
	table "07700 90011,,,northway,bar-calls," "hello,,,northway,bar-calls," ",00499901064000,,northway,imei-block," \
		",004999010640001,,northway,imei-block," ",,8944000000000000002,northway,sim-off,"
	gives 7 tro item.add "$c" --items items.csv
	says "items.csv, row 2, column msisdn: '" "items.csv, row 3, column msisdn: 'hello'" "items.csv, row 5, column imei:" \
		"items.csv, row 6, column iccid:"
	unchanged
}

@test "a training store takes no identifier that could belong to somebody" {
	table "07700 912345,,,northway,bar-calls," "07911 123456,,,northway,bar-calls," "+447911123456,,,northway,bar-calls," \
		",356938035643809,,northway,imei-block," ",,8944110068256270054,northway,sim-off,"
	gives 7 tro item.add "$c" --items items.csv
	for line in 2 3 4 5 6; do
		says "items.csv, row $line, column"
	done
	says "could belong to somebody"
	unchanged
}

@test "wrong values are all told at once" {
	bad tro order.propose "$c" --provider northway --comply-date 2026-02-30 --comply-time 25:00 --until tomorrow \
		--carve-out maybe --earlier perhaps -- "5 things are wrong" comply-date: comply-time: until: carve-out: earlier:
}

@test "what is required must be given, and say something" {
	bad tro exhibit.add "$c" -- "4 things are wrong" "file: this is required" "ref: this is required" \
		"title: this is required" "class: this is required"
	bad tro new ddtro-ew -- "title: this is required" "court: this is required" "force: this is required"
	for text in "" " " "$(printf ' \n\t')"; do
		bad tro new ddtro-ew --title "$text" --court exampletown --force example-force -- "title: this is required"
	done
}

@test "a field that the form does not have is told with where to look" {
	bad tro set "$c" colour=red -- "colour: " "tro help draft.set"
	bad tro set "$c" title=One title=Two -- "title: given twice"
}

@test "a request's key is of letters, digits and hyphens, and not too long" {
	for text in "a b" "" - "a/b" "$(printf 'a\nb')" "$(printf 'a%.0s' {1..300})" ä; do
		bad tro draft.set "$c" --title One --request "$text" -- "request"
		gives 7 tro draft.set "$c" --title One --request "$text" --dry-run
	done
}

# ---- text ----

@test "control characters, broken UTF-8 and NUL are no text, from wherever they come" {
	printf 'a\033[2Jb' > escape.txt
	printf 'a\302\205b' > c1.txt
	printf 'a\377b' > latin.txt
	printf 'a\300\257b' > overlong.txt
	printf 'a\355\240\200b' > surrogate.txt
	printf 'a\0b' > nul.txt
	printf 'a\177b' > delete.txt
	for file in *.txt; do
		bad tro set "$c" "grounds=@$file" -- "grounds from $file:"
	done
	bad tro set "$c" "title=$(< escape.txt)" -- "title: not plain UTF-8 text"
	never_says $'\033'
}

@test "text of more than 64 KiB and files of more than 64 MiB are refused" {
	head -c 65537 /dev/zero | tr '\0' a > large.txt
	bad tro set "$c" grounds=@large.txt -- "grounds from large.txt: the text is longer than 65536 bytes"
	truncate -s 65M huge
	bad tro set "$c" grounds=@huge -- "huge is larger than 64 MiB"
	bad tro item.add "$c" --items huge -- "huge is larger than 64 MiB"
}

@test "a folder is not a file" {
	mkdir folder
	bad tro set "$c" grounds=@folder -- folder
	bad tro item.add "$c" --items folder -- folder
	bad tro exhibit.add "$c" --file folder --ref AE9 --title Folder --class witness -- folder
	unset SSH_AUTH_SOCK # so that a passphrase is asked for
	bad tro draft.set "$c" --title One --passphrase-file folder -- folder
	bad tro draft.set "$c" --title One --key folder -- folder
}

@test "markup in a text is text" {
	gives 0 tro set "$c" 'grounds=<approval person="P"/> &amp; ]]> <!-- -->' 'prevent=$(id) `id` %s%n'
	gives 0 tro show "$c" --document
	answers '&lt;approval person="P"/&gt; &amp;amp; ]]&gt; &lt;!-- --&gt;' '$(id) `id` %s%n'
	valid
}

@test "two values cannot come from one stream" {
	twice() { # COMMAND...
		gives 2 "$@" < "$papers/grounds.txt"
		one_message
		says "was read already"
		gives 2 "$@" < <(cat "$papers/grounds.txt")
		one_message
		unchanged
	}
	twice tro set "$c" candour=@- grounds=@-
	twice tro draft.set "$c" --candour @- --grounds @-
	gives 2 tro set "$c" candour=@- grounds=@/dev/stdin < <(cat "$papers/grounds.txt")
	gives 2 tro set "$c" candour=@/dev/fd/5 grounds=@/dev/fd/5 5< <(cat "$papers/grounds.txt")
	unchanged
	gives 0 tro set "$c" candour=@<(echo one) grounds=@<(echo two) prevent=@- <<< three
	gives 0 tro show "$c" --document
	answers "<candour>one</candour>" "<grounds>two</grounds>" "<prevent>three</prevent>"
}

@test "a named pipe is refused at once, and a shell's pipe is read" {
	mkfifo pipe
	bad timeout 20 tro set "$c" grounds=@pipe -- "pipe is not a regular file"
	bad timeout 20 tro item.add "$c" --items pipe -- "pipe is not a regular file"
	bad timeout 20 tro item.add "$c" --items /dev/zero -- "/dev/zero is not a regular file"
	bad timeout 20 tro person enrol pipe -- "pipe is not a regular file"
	cp -R "$TRO_SOURCE_DIR/workflows" "$TRO_SOURCE_DIR/templates" .
	rm workflows/registers/courts.xml
	mkfifo workflows/registers/courts.xml
	as registrar
	bad timeout 20 tro adopt --data "$PWD" -- "courts.xml is not a regular file"
	as officer
	unset SSH_AUTH_SOCK
	bad timeout 20 tro draft.set "$c" --title One --passphrase-file pipe -- "pipe is not a regular file"
	gives 0 tro draft.set "$c" --title One --passphrase-file <(cat "$world/keys/officer.pass")
	table "07700 900901,,,northway,bar-calls,"
	gives 0 tro item.add "$c" --items <(cat items.csv) --passphrase-file "$world/keys/officer.pass"
}

@test "standard descriptors that are closed do not become other files" {
	gives 2 sh -c 'tro item.add "$0" --items - <&-' "$c"
	says "cannot read standard input, which is closed"
	gives 2 sh -c 'tro set "$0" grounds=@- <&-' "$c"
	gives 8 sh -c 'tro status >&-'
	says "cannot write the answer"
	gives 8 sh -c 'tro status --json >&-'
	only_read
	gives 0 sh -c 'tro draft.set "$0" --title One <&- 2>&-' "$c"
	valid
}

@test "an @ begins a file, and two an @" {
	printf 'from a file\r\nof two lines\r\n' > text
	gives 0 tro set "$c" grounds=@text prevent=@@home
	gives 0 tro show "$c" --document
	answers $'<grounds>from a file\nof two lines</grounds>' "<prevent>@home</prevent>"
	tro set "$c" grounds=@- <<< "from standard input"
	gives 0 tro show "$c" --document
	answers "<grounds>from standard input</grounds>"
}

# ---- tables ----

@test "of a table all bad cells are told, each with row and column" {
	local rows=() i
	for i in $(seq 1 40); do
		if [ $((i % 3)) -eq 0 ]; then
			rows+=("07700 9009,,,northway,bar-cals,2026-02-30")
		else
			rows+=("07700 900$((800 + i)),,,northway,bar-calls,2026-10-30")
		fi
	done
	table "${rows[@]}"
	gives 7 tro item.add "$c" --items items.csv
	says "39 things are wrong"
	for i in $(seq 3 3 40); do
		says "items.csv, row $((i + 1)), column msisdn:" "items.csv, row $((i + 1)), column actions:" \
			"items.csv, row $((i + 1)), column checked:"
	done
	[ "$(grep -c 'items.csv, row' <<< "$errors")" -eq 39 ]
	unchanged
}

@test "rows that cannot be read hide no other row, and each place is told once" {
	table "07700 9009,,,northway,bar-calls," "07700 900902" "07700 900903,,,northway,bar-cals," \
		'"07700 900904"x,,,northway,bar-calls,' "07700 900905,,,northway,$(printf '\377')," \
		"07700 900906,,,northway,bar-calls,2026-02-30"
	bad tro item.add "$c" --items items.csv -- "6 things are wrong" "items.csv, row 2, column msisdn: " \
		" items.csv:3: this row has 1 fields" "items.csv, row 4, column actions: " \
		" items.csv:5: text follows a closing quote" " items.csv:6: not plain UTF-8" "items.csv, row 7, column checked: "
	never_says "items.csv: items.csv"
}

@test "with --json the bad cells are findings" {
	table "07700 9009,,,northway,bar-calls," "07700 900902,,,northway,bar-cals,"
	gives 7 tro item.add "$c" --items items.csv --json
	holds '.tro == 1 and .exit == 7 and (.findings | length) == 2'
	holds '.findings[0].place == "items.csv, row 2, column msisdn" and .findings[1].place == "items.csv, row 3, column actions"'
	unchanged
}

@test "a table may come from a spreadsheet: byte order mark, CRLF, quotes, empty lines" {
	printf '\357\273\277actions,provider,msisdn\r\n"bar-calls bar-texts",northway,"07700 900901"\r\n\r\nbar-calls,"northway",+44 7700 900902\r\n' > items.csv
	gives 0 tro item.add "$c" --items items.csv
	gives 0 tro show "$c" --document
	answers "<msisdn>+447700900901</msisdn>" "<msisdn>+447700900902</msisdn>"
}

@test "a table from standard input is called that" {
	local code=0
	table "07700 9009,,,northway,bar-calls,"
	tro item.add "$c" --items - < items.csv 2> errors || code=$?
	[ "$code" -eq 7 ]
	grep -q -- '-, row 2, column msisdn' errors
	unchanged
}

@test "hostile tables are refused with the line" {
	bad_table() { # CONTENT MESSAGE
		printf "$1" > items.csv
		bad tro item.add "$c" --items items.csv -- items.csv "$2"
	}
	bad_table '' "empty"
	bad_table '\n\n\n' "empty"
	bad_table 'msisdn,provider,actions\n' "there is no row"
	bad_table 'msisdn,provider,colour\n07700 900901,northway,red\n' "unknown column 'colour'"
	bad_table 'msisdn,msisdn,provider,actions\na,b,c,d\n' "column 'msisdn' stands twice"
	bad_table 'msisdn,provider,actions\n07700 900901,northway\n' "items.csv:2: this row has 2 fields"
	bad_table 'msisdn,provider,actions\n"07700 900901,northway,bar-calls\n' "items.csv:2: a quote is opened and never closed"
	bad_table 'msisdn,provider,actions\n"07700"900901,northway,bar-calls\n' "items.csv:2: text follows a closing quote"
	bad_table 'msisdn,provider,actions\n07700 "900901",northway,bar-calls\n' "items.csv:2: a quote stands inside"
	bad_table 'msisdn,provider,actions\r07700 900901,northway,bar-calls\r' "carriage return stands alone"
	bad_table 'msisdn,provider,actions\n07700 900901,northway,\0bar-calls\n' "not plain UTF-8"
	bad_table 'msisdn,provider,actions\n07700 900901,northway,\033[2J\n' "not plain UTF-8"
	bad_table 'msisdn,provider,actions\n07700 900901,\377,bar-calls\n' "not plain UTF-8"
	bad_table '%%PDF-1.7\n%%\342\343\317\323\n1 0 obj\n<<>>\nendobj\n' items.csv
	bad_table 'msisdn;provider;actions\n07700 900901;northway;bar-calls\n' "unknown column"
	head -c 200000 /dev/urandom > items.csv
	bad tro item.add "$c" --items items.csv -- items.csv
}

@test "a table of too many columns or rows is refused" {
	seq -s, 1 5000 > items.csv
	bad tro item.add "$c" --items items.csv -- "more than 64 columns"
	{
		echo msisdn,provider,actions
		yes '07700 900901,northway,bar-calls' | head -n 20000
	} > items.csv
	bad tro item.add "$c" --items items.csv -- "more than 10000 rows"
}

# ---- exhibits ----

exhibit_of() { # FILE
	tro exhibit.add "$c" --file "$1" --ref AE9 --title "An exhibit" --class witness
}

@test "an exhibit is a regular file with a plain name, of at most 2 GiB" {
	mkfifo pipe
	truncate -s 3G sparse
	cp "$papers/notebook.txt" "$(printf 'note\033[2Jbook')"
	ln -s "$papers/notebook.txt" link.txt
	bad exhibit_of nowhere.txt -- "file: there is no file nowhere.txt"
	bad exhibit_of pipe -- "not a regular file"
	bad exhibit_of /dev/zero -- "not a regular file"
	bad exhibit_of sparse -- "larger than 2 GiB"
	bad exhibit_of "$(printf 'note\033[2Jbook')" -- "the file's name is not plain text"
	never_says $'\033'
	gives 0 exhibit_of link.txt
}

@test "an exhibit is taken byte for byte, whatever is in it" {
	for content in '' '\0' '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>' '\033]0;title\007'; do
		printf "$content" > exhibit.xml
		gives 0 exhibit_of exhibit.xml
		tro exhibit "$c" AE9 | cmp - exhibit.xml
		gives 0 tro exhibit.remove "$c" --ref AE9
	done
	valid
}

@test "neither a wrong value nor a refusal nor a dry run leaves an exhibit behind" {
	printf 'not to be kept' > exhibit.txt
	bad tro exhibit.add "$c" --file exhibit.txt --ref AE9 --title Nine --class nosuch -- "class:"
	gives 3 tro exhibit.add "$c" --file exhibit.txt --ref "AE 9" --title Nine --class witness
	unchanged
	gives 3 tro exhibit.add "$c" --file exhibit.txt --ref AE1 --title Nine --class witness
	unchanged
	gives 0 tro exhibit.add "$c" --file exhibit.txt --ref AE9 --title Nine --class witness --dry-run
	unchanged
}

# ---- the acts of a registrar ----

@test "a request to be enrolled that is none, or was tampered with, is refused" {
	as registrar
	printf 'hello\n' > request
	bad tro person enrol request -- enrolment
	: > request
	bad tro person enrol request -- enrolment
	head -c 100000 /dev/urandom > request
	bad tro person enrol request -- enrol
	make_key "stranger-$BATS_TEST_NUMBER"
	key=$world/keys/stranger-$BATS_TEST_NUMBER
	tro person request --name "Eve Example" --key "$key.key" --passphrase-file "$key.pass" > request
	sed 's/Eve/Ada/' request > altered
	gives 6 tro person enrol altered
	unchanged
	tro person request --name "Eve Example" --origin other.example/tro/training --key "$key.key" \
		--passphrase-file "$key.pass" > elsewhere
	bad tro person enrol elsewhere -- other.example
	bad tro person enrol "$world/officer.enrol" -- "enrolled before"
	gives 0 tro person enrol request
}

@test "names of people are one line of text" {
	for name in "" "$(printf 'Ann\nExample')" "$(printf 'Ann\033[2J')" "$(printf 'a%.0s' {1..300})"; do
		bad tro person request --name "$name" -- " "
	done
}

@test "a role, a rank, a term that does not exist is refused" {
	as registrar
	officer=$(id_of officer)
	bad tro role grant "$officer" emperor -- "no role emperor"
	bad tro role grant "$officer" officer --rank emperor -- "'emperor' is not in the adopted list of ranks"
	bad tro role grant "$officer" officer --force nosuch -- "'nosuch' is not in the adopted register of forces"
	bad tro role grant "$officer" officer --from yesterday -- "from"
	bad tro role grant "$officer" officer --until 2026-02-30 -- "until"
	bad tro role grant "$officer" officer --from 2026-12-01 --until 2026-11-01 -- "ends before it begins"
	bad tro role grant "$officer" officer --office "$(printf 'a\nb')" -- " "
	bad tro role end "$officer" legal-reviewer --reason "Left" -- "does not hold the role legal-reviewer"
	bad tro role end "$(id_of reader)" second-reader --reason "$(printf 'a\033b')" -- " "
}

@test "a dry run of a registrar's act judges it and writes nothing" {
	as registrar
	officer=$(id_of officer)
	dry() { # COMMAND...
		gives 0 "$@" --dry-run
		answers "nothing is written"
		unchanged
	}
	dry tro role grant "$officer" legal-reviewer
	dry tro role end "$officer" officer --reason "Left"
	dry tro clock set 2026-12-01T00:00:00Z
	dry tro rebuild
	gives 7 tro role grant "$officer" emperor --dry-run
	gives 7 tro clock set 2026-11-02T08:59:59Z --dry-run
	make_key "stranger-$BATS_TEST_NUMBER"
	key=$world/keys/stranger-$BATS_TEST_NUMBER
	tro person request --name "Eve Example" --key "$key.key" --passphrase-file "$key.pass" > request
	dry tro person enrol request
	cp -R "$TRO_SOURCE_DIR/workflows" "$TRO_SOURCE_DIR/templates" .
	sed -i 's/Exampletown/Sampletown/' workflows/registers/courts.xml
	dry tro adopt --data "$PWD"
	answers "1 files would be adopted"
	gives 0 tro tick --dry-run
	answers "nothing is due"
	as officer
	gives 6 tro role grant "$officer" legal-reviewer --dry-run
	unchanged
}

@test "a dry run of what makes stores, keys and files judges it and leaves nothing behind" {
	printf 'a passphrase of sixteen words\n' > pass
	printf 'another passphrase\n' > new
	gone() { # PATH... must not be there; COMMAND after --
		local paths=()
		while [ "$1" != -- ]; do paths+=("$1"); shift; done
		shift
		gives 0 "$@" --dry-run
		answers "nothing is written"
		for path in "${paths[@]}"; do [ ! -e "$path" ] || wrong "$path was made" "$*"; done
		[ "$(files)" = "$seen" ] || wrong "a file was made" "$*"
		unchanged
	}
	files() { find . \( -path ./store -o -path ./look \) -prune -o -type f -not -name errors -print | sort; }
	seen=$(files)
	gone fresh -- tro init fresh --training --origin force.example/tro/training --name "Robin Example" --key "$world/keys/registrar.key"
	answers "a training store can be made in fresh"
	gives 2 tro init "$world/keys" --training --origin force.example/tro/training --name "Robin Example" \
		--key "$world/keys/registrar.key" --dry-run
	gives 4 tro init nowhere/fresh --training --origin force.example/tro/training --name "Robin Example" \
		--key "$world/keys/registrar.key" --dry-run
	as registrar
	gone -- tro init store --training --origin force.example/tro/training --name "Robin Example"
	answers "is this training store already"
	gives 7 tro init store --training --origin force.example/other/training --name "Robin Example" --dry-run
	as officer
	gone new.key -- tro key new new.key --name force.example/new --passphrase-file pass
	gives 7 tro key new new.key --name "a b" --passphrase-file pass --dry-run
	gives 2 tro key new "$world/keys/officer.key" --name force.example/new --passphrase-file pass --dry-run
	gives 8 tro key new nowhere/new.key --name force.example/new --passphrase-file pass --dry-run
	cp "$world/keys/officer.key" mine.key
	seen=$(files)
	mine=$(sha256sum mine.key)
	gone -- tro key passphrase mine.key --passphrase-file "$world/keys/officer.pass" --new-passphrase-file new
	gives 6 tro key passphrase mine.key --passphrase-file pass --new-passphrase-file new --dry-run
	[ "$(sha256sum mine.key)" = "$mine" ]
	gone -- tro key export mine.key
	[ "$output" = "that was a dry run: nothing is written" ]
	gone -- tro key unlock mine.key --passphrase-file "$world/keys/officer.pass"
	gives 6 tro key unlock mine.key --passphrase-file pass --dry-run
	gives 2 tro key show mine.key --dry-run
	gone -- tro person request --name "Ann Example"
	[ "$output" = "that was a dry run: nothing is written" ]
	gives 7 tro person request --name "$(printf 'a\033b')" --dry-run
	gone copy.txt -- tro exhibit "$c" AE3 --out copy.txt
	gives 2 tro exhibit "$c" AE3 --out mine.key --dry-run
	gives 4 tro exhibit "$c" AE99 --out copy.txt --dry-run
	gone copy.backup -- tro backup copy.backup
	gives 2 tro backup mine.key --dry-run
	tro backup kept.backup > tmp
	remember
	seen=$(files)
	gone restored -- tro restore-store kept.backup restored
	head -c 5000 kept.backup > cut.backup
	gives 7 tro restore-store cut.backup restored --dry-run
}

@test "a clock is set to a time, and never backwards" {
	as registrar
	bad tro clock set tomorrow -- "'tomorrow' is not a time"
	bad tro clock set 2026-11-03 -- "is not a time"
	bad tro clock set 2026-02-30T00:00:00Z -- "is not a time"
	bad tro clock set 2026-11-02T08:59:59Z -- "does not go back"
	bad tro clock set 9999-12-31T00:00:00Z -- "cannot be set back" "covers 2019 to 2028, not 9999-12-31"
	bad tro clock set 2029-01-01T00:00:00Z -- "covers 2019 to 2028"
	gives 0 tro clock set 2026-11-02T10:00:00+01:00
	gives 0 tro clock set 2026-11-02T09:00:00.5Z
	gives 7 tro clock set 2026-11-02T09:00:00Z
}

@test "data that cannot be adopted are refused, and then nothing is adopted" {
	as registrar
	data=$PWD/data
	cp -R "$TRO_SOURCE_DIR/workflows" "$TRO_SOURCE_DIR/templates" -t . && mkdir data && mv workflows templates data
	sed -i 's/target="approved"/target="nowhere"/; s/<scxml /<scxml nonsense="1" /' data/workflows/ddtro-ew/application.scxml
	sed -i 's/Exampletown/Sampletown/' data/workflows/registers/courts.xml
	gives 7 tro adopt --data "$data"
	says application.scxml
	unchanged
	printf '<register' > data/workflows/registers/courts.xml
	gives 7 tro adopt --data "$data"
	unchanged
	gives 4 tro adopt --data "$PWD/nowhere"
	unchanged
	gives 0 tro adopt
	answers "adopted already"
	unchanged
}

@test "every fault of a definition is told, each with its place, which is told once" {
	as registrar
	cp -R "$TRO_SOURCE_DIR/workflows" "$TRO_SOURCE_DIR/templates" .
	item=workflows/ddtro-ew/item.scxml
	sed -i 's/target="/target="no-/g; 0,/<state /s//<state nonsense="1" /' $item
	gives 7 tro adopt --data "$PWD"
	faults=$(grep -c "item.scxml:[0-9]*: " <<< "$errors")
	[ "$faults" -gt 3 ] || wrong "$faults faults"
	says "$PWD: $faults faults" "the attribute nonsense is unknown"
	printf '<a' > $item
	gives 7 tro adopt --data "$PWD"
	[ "$(grep -o item.scxml <<< "$errors" | wc -l)" -eq 1 ] || wrong "the place"
	truncate -s 200M workflows/ddtro-ew/codes.xml
	cp "$TRO_SOURCE_DIR/$item" $item
	gives 7 tro adopt --data "$PWD"
	says "codes.xml is larger than 8 MiB"
	unchanged
}

# Changes a copy of the data folder, which then must not be adopted: each file that is named must be told with its line.
unsound() { # FILE SED-SCRIPT MESSAGE...
	rm -rf data && mkdir data && cp -R "$TRO_SOURCE_DIR/workflows" "$TRO_SOURCE_DIR/templates" data
	sed -i "$2" "data/$1"
	cmp -s "data/$1" "$TRO_SOURCE_DIR/$1" && wrong "nothing was changed in $1"
	gives 7 tro adopt --data "$PWD/data"
	grep -q "$1:[0-9]*: " <<< "$errors" || wrong "no place in $1"
	shift 2
	says "$@"
	unchanged
}

@test "what would only stop a case later is told when it is to be adopted" {
	as registrar
	app=workflows/ddtro-ew/application.scxml
	unsound $app '0,/codes="offences"/s//codes="offence"/' "there is no code list named 'offence'"
	unsound $app 's/<tro:filing name="court-bundle"/<tro:filing name="bundle"/' "there is no filing named 'bundle'"
	unsound $app 's/definition="ddtro-ew.order"/definition="ddtro-ew\/orders"/' "there is no definition named 'ddtro-ew/orders'"
	unsound $app "0,/tro:register('courts'/s//tro:register('court'/" "there is no register named 'court'"
	unsound $app "0,/tro:code('provenance'/s//tro:code('origin'/" "there is no code list named 'origin'"
	unsound workflows/ddtro-ew/order.scxml "0,/tro:deadline([^,]*, 5, tro:register('providers', [^,]*, 'division'))/s//tro:deadline(x, 5, 'wales')/" \
		"the calendar has no division 'wales'"
	unsound workflows/registers/providers.xml 's/division="scotland"/division="Scotland"/' "the calendar has no division 'Scotland'"
	unsound workflows/registers/providers.xml 's/id="southern-cross"/id="northway"/' "the id 'northway' stands in" "already"
	unsound workflows/registers/courts.xml '0,/ id="[^"]*"/s///' "needs an id"
	unsound workflows/registers/ranks.txt '$s/.*/constable again/; $a sergeant again' "the rank 'sergeant' stands in"
	unsound workflows/ddtro-ew/codes.xml 's/id="mda-4-3-b"/id="mda-4-3-a"/' "the code 'mda-4-3-a' stands in"
	unsound workflows/ddtro-ew/codes.xml 's/<list name="connections"/<list name="offences"/' "the code list 'offences' stands in" \
		"there is no code list named 'connections'"
	unsound templates/application.xsl '0,/select="[^"]*"/s//select="case["/' "application.xsl"
	unsound templates/application.xsl '0,/<xsl:call-template name="words"/s//<xsl:call-template name="wirds"/' "it calls the template 'wirds'"
	unsound templates/application.xsl "0,/tro:register('forces'/s//tro:register('force'/" "there is no register named 'force'"
	unsound templates/views/court.xml '0,/path="[^"]*"/s//path="\/case\/["/' "views/court.xml"
	unsound templates/views/court.xml '0,/<keep /s//<kept /' "a view holds <keep"
	unsound templates/filings/application.xml '0,/view="approver"/s//view="nobody"/' "there is no view named 'nobody'"
	unsound templates/filings/application.xml '0,/template="items-csv"/s//template="items-tsv"/' "there is no template named 'items-tsv'"
	unsound templates/filings/application.xml '0,/grammar="akn"/s//grammar="akm"/' "there is no grammar named 'akm'"
	unsound templates/filings/application.xml '0,/test="[^"]*"/s//test="1 +"/' "filings/application.xml"
	unsound templates/filings/application.xml '0,/{@ref}/s//{@ref/' "a '{' has no '}'"
	unsound workflows/ddtro-ew/workflow.xml '0,/grammar="[^"]*"/s//grammar="none"/' "there is none named 'none'"
}

@test "faults of all files are told at once, and init takes none of it either" {
	as registrar
	cp -R "$TRO_SOURCE_DIR/workflows" "$TRO_SOURCE_DIR/templates" .
	sed -i '0,/codes="offences"/s//codes="offence"/' workflows/ddtro-ew/application.scxml
	sed -i 's/id="southern-cross"/id="northway"/' workflows/registers/providers.xml
	sed -i '0,/path="[^"]*"/s//path="("/' templates/views/court.xml
	sed -i '0,/select="[^"]*"/s//select="case["/' templates/schedule.xsl
	gives 7 tro adopt --data "$PWD"
	says "4 faults" "application.scxml:" "providers.xml:" "views/court.xml:" "schedule.xsl"
	unchanged
	gives 7 tro init fresh --training --origin force.example/tro/training --name "Robin Example" --data "$PWD"
	says "4 faults"
	[ ! -e fresh ] || [ -z "$(ls -A fresh)" ]
}

# A store in which an adopted file has other bytes than its hash says.
spoil_blob() { # KIND NAME
	local sha
	sha=$(tro log registry --json | jq -r '.records[] | select(.event == "adopt").payload' | sed -n "s/^file \([0-9a-f]*\) $1 ${2//\//\\/}\$/\1/p")
	sqlite3 store/tro.db "SELECT sql || ';' FROM sqlite_master WHERE name = 'blob_is_never_changed'" > trigger.sql
	sqlite3 store/tro.db "DROP TRIGGER blob_is_never_changed; UPDATE blob SET bytes = CAST(bytes || x'0a' AS BLOB) WHERE sha256 = x'$sha'"
	sqlite3 store/tro.db < trigger.sql
}

@test "adopted bytes that are damaged are told as that, with the definition's name" {
	spoil_blob register courts
	remember
	bad tro rebuild -- "ddtro-ew/application:" "register courts" "is damaged"
}

# ---- the form ----

@test "the form is recorded as one act, and an editor that fails records nothing" {
	printf '#!/bin/sh\nsed -i "s/^Operation Lantern\$/Operation Lamp/" "$1"\n' > editor
	chmod +x editor
	export XDG_RUNTIME_DIR=$PWD
	EDITOR=false gives 1 tro edit "$c"
	says "nothing is recorded"
	only_read
	EDITOR=true gives 0 tro edit "$c"
	answers "nothing changed"
	only_read
	EDITOR=./editor gives 0 tro edit "$c"
	gives 0 tro show "$c"
	answers "Operation Lamp"
	[ -z "$(find . -maxdepth 1 -name 'tro-form-*')" ]
}

@test "a form with a heading of its own records nothing" {
	printf '#!/bin/sh\nprintf "\\n== colour\\nred\\n" >> "$1"\n' > editor
	chmod +x editor
	EDITOR=./editor gives 7 tro edit "$c"
	says "the form has no field 'colour'"
	only_read
	printf '#!/bin/sh\nsed -i "/^== offence\\$/{n;s/.*/nosuch/}" "$1"\n' > editor
	EDITOR=./editor gives 7 tro edit "$c"
	says "offence" "nosuch"
	only_read
	printf '#!/bin/sh\nprintf "\\n== offence\\nmda-4-3-a\\n" >> "$1"\n' > editor
	EDITOR=./editor gives 7 tro edit "$c"
	says "the heading 'offence' twice"
	only_read
	printf '#!/bin/sh\nprintf "a\\0b" >> "$1"\n' > editor
	EDITOR=./editor gives 7 tro edit "$c"
	says "NUL"
	only_read
}

@test "a text whose lines look like headings comes back from the form as it was" {
	text=$'He wrote:\n== candour\n\\== candour\n\\\\== x\n==\n=== no\n== anything'
	tro set "$c" "grounds=$text" > /dev/null
	remember
	export EDITOR=true
	gives 0 tro edit "$c"
	answers "nothing changed"
	only_read
	printf '#!/bin/sh\nsed -i "s/^Operation Lantern\\$/Operation Lamp/" "$1"\n' > editor
	chmod +x editor
	candour=$(tro show "$c" --document | tr '\n' ' ' | grep -o '<candour>[^<]*</candour>')
	EDITOR=./editor gives 0 tro edit "$c"
	gives 0 tro show "$c" --document
	answers "<grounds>$text</grounds>" "<title>Operation Lamp</title>"
	[[ $(tr '\n' ' ' <<< "$output") == *"$candour"* ]]
}

@test "a file that is not what its name says is refused" {
	printf 'just text\n' > sealed.pdf
	bad tro exhibit.add "$c" --file sealed.pdf --ref AE9 --title Nine --class witness -- "not what its name says"
	cp "$papers/sealed-northway.pdf" sealed.png
	bad tro exhibit.add "$c" --file sealed.png --ref AE9 --title Nine --class witness -- "not what its name says"
	gives 0 tro exhibit.add "$c" --file "$papers/sealed-northway.pdf" --ref AE9 --title Nine --class witness
}
