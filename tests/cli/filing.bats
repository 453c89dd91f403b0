#!/usr/bin/env bats
# What goes to the court: the bytes that were approved, and copies of exhibits in place of originals.

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() { world_copy; }

# Unpacks the newest filing of a name.
unpack() { # NAME FOLDER
	tro filing "$c" "$(tro show "$c" --json | jq -r --arg n "$1" '[.filings[] | select(.name == $n)][-1].id')" --unpack "$2"
}

approve_it() {
	tro submit "$c"
	as reviewer
	tro review.pass "$c"
	as superintendent
	tro approve "$c" --document "$(newest_filing)" --decision "I am satisfied of both limbs"
}

@test "what was approved is filed byte for byte, whatever is adopted before the filing" {
	approve_it
	unpack application shown
	as registrar
	cp -R "$TRO_SOURCE_DIR/workflows" "$TRO_SOURCE_DIR/templates" .
	sed -i 's/What the court is asked to order/What else the court is asked for/' templates/application.xsl
	sed -i 's/Northway Mobile Limited/Westway Mobile Limited/' workflows/registers/providers.xml
	gives 0 tro adopt --data "$PWD"
	as reviewer
	gives 0 tro file "$c"
	unpack court-bundle filed
	rm shown/README.txt shown/filing.xml
	(cd shown && find . -type f) | while read -r member; do
		cmp "shown/$member" "filed/$member"
	done
	grep -q "I am satisfied of both limbs" filed/court/approval.html
	grep -q "What the court is asked to order" filed/court/application.html
	(cd filed && sha256sum --quiet -c README.txt 2> /dev/null)
	valid
	# In an extract, too, the step is run again and gives the same bundle.
	gives 0 tro tick
	gives 0 tro extract "$c" extract
	gives 0 tro verify --extract extract --log "$(tro key show store/keys/log.key)"
}

@test "an application whose evidence cites a row that is not there is refused when it is submitted" {
	tro exhibit.add "$c" --file "$papers/calls.csv" --ref AE9 --title "Call data" --class witness
	printf 'msisdn,provider,actions,exhibit,row,use\n07700 900801,northway,bar-calls,AE9,99,past\n' > items.csv
	tro item.add "$c" --items items.csv
	tro statement.sign "$c"
	remember
	gives 7 tro submit "$c"
	says "exhibit AE9: row 99 is cited, and it has 12"
	unchanged
}

@test "the court gets the cited rows, pictures without their metadata, and sheets in place of the rest" {
	local picture='\xff\xdd\x00\x04\x00\x01\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x0012\xff\xd9'
	printf '%b' '\xff\xd8\xff\xe1\x00\x0eExif GPS 51.' "$picture" 'after the end' > photo.jpg
	printf '%%PDF-1.7 a report\n' > report.pdf
	tro exhibit.add "$c" --file photo.jpg --ref AE4 --title Photograph --class witness
	tro exhibit.add "$c" --file report.pdf --ref AE5 --title Report --class witness
	tro exhibit.add "$c" --file "$papers/handset.png" --ref AE6 --title Handset --class witness
	tro statement.sign "$c"
	approve_it
	as reviewer
	tro file "$c"
	unpack court-bundle filed
	# Every row of the table is cited.
	[ "$(wc -l < filed/exhibits/1-AE1.csv)" -eq "$(wc -l < "$papers/calls.csv")" ]
	grep -q '^2,"1","07700 900101",' filed/exhibits/1-AE1.csv
	cmp "$papers/notebook.txt" filed/exhibits/2-AE3.txt
	cmp filed/exhibits/3-AE4.jpg <(printf '%b' '\xff\xd8' "$picture")
	grep -q "of files of this type no copy without hidden parts can be made" filed/exhibits/4-AE5.txt
	grep -q "$(sha256sum < report.pdf | cut -d ' ' -f 1)" filed/exhibits/4-AE5.txt
	[ "$(head -c 8 filed/exhibits/5-AE6.png | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ]
	# The manifest says of which original each copy was made, and how.
	for ref in AE1:derived AE3:exact AE4:derived AE5:withheld AE6:derived; do
		sha=$(tro exhibit "$c" --json | jq -r --arg ref "${ref%:*}" '.exhibits[] | select(.ref == $ref).sha256')
		grep -q "copy=\"${ref#*:}\"[^>]*original=\"$sha\"" filed/filing.xml
	done
	run ! grep -rq "report.pdf\|photo.jpg\|calls.csv" filed
}

@test "what a copy lacks is said to the officer before the court sees it, and to the court" {
	printf '1,07700 900802,secret\n2,07700 900803,-2+3\n' > headless.csv
	printf 'msisdn,provider,actions,exhibit,row,use\n07700 900803,northway,bar-calls,AE9,2,past\n' > items.csv
	tro exhibit.add "$c" --file headless.csv --ref AE9 --title "Call data" --class witness
	tro item.add "$c" --items items.csv
	tro statement.sign "$c"
	gives 0 tro submit "$c"
	answers "exhibit AE9 is not whole in the copy: its first row holds numbers"
	as reviewer
	tro review.pass "$c"
	as superintendent
	tro approve "$c" --document "$(newest_filing)" --decision "I am satisfied of both limbs"
	as reviewer
	gives 0 tro file "$c"
	unpack court-bundle filed
	printf '"row","","",""\n2,"2","07700 900803","'\''-2+3"\n' | cmp - filed/exhibits/3-AE9.csv
	run ! grep -rq "900802" filed
	grep -q 'left-out="its first row holds numbers[^"]*" ' filed/filing.xml
	grep -q "exhibits/3-AE9.csv is not whole: its first row holds numbers" filed/README.txt
	valid
}

@test "an application of five hundred items is drafted, approved and filed, with every row in its place" {
	echo "record,number,contacts" > large.csv
	echo "msisdn,provider,actions,exhibit,row,use,checked" > items.csv
	for n in {200..688}; do
		row=$((n - 198))
		echo "$((row - 1)),07700 900$n,12" >> large.csv
		[ $((n % 2)) -eq 0 ] && provider=northway || provider=southern-cross
		echo "07700 900$n,$provider,bar-calls bar-texts bar-data port-lock quarantine,AE7,$row,past,2026-10-30" >> items.csv
	done
	gives 0 tro exhibit.add "$c" --file large.csv --ref AE7 --title "Call data" --class witness
	gives 0 tro item.add "$c" --items items.csv
	[ "$(tro show "$c" --document | grep -o '<item ' | wc -l)" -eq 500 ]
	tro statement.sign "$c"
	approve_it
	as reviewer
	gives 0 tro file "$c"
	unpack court-bundle filed
	[ "$(sed 1d filed/court/items.csv | cut -d , -f 2 | sort -u | wc -l)" -eq 500 ]
	cmp filed/exhibits/3-AE7.csv <(awk -F , -v q='"' 'NR == 1 { print q "row" q "," q $1 q "," q $2 q "," q $3 q; next }
		{ print NR "," q $1 q "," q $2 q "," q $3 q }' large.csv)
	[ "$(grep -o '+447700900[0-9]*' filed/court/draft-order-1-northway.html | sort -u | wc -l)" -eq 252 ]
	gives 0 tro show "$c"
	valid
}
