#!/bin/sh
# shellcheck disable=SC2015,SC2154,SC2034,SC2013 # || after && is meant; fields_of sets the fields; no name has blanks
# Checks an extract of one case with a shell, coreutils, grep, sed, awk and openssl 3. usage: sh verify.sh DIR LOG_VKEY [WITNESS_VKEY]...
# The keys must come to you by another way than DIR. It prints findings, then one word with its exit code: VALID 0, UNWITNESSED 10,
# PAYLOAD-WITHHELD 11, PAYLOAD-ERASED 12, KEY-DISPUTED 14, INCOMPLETE 15 (something is missing), INVALID 17 (something is wrong); 2 is wrong usage.
# It checks every file, hash and signature, who could sign at that place of the log, order, inclusion and that nothing is missing.
# It cannot run the steps again under the rules of their time, nor check what rests on that: `tro verify --extract` does.
set -u && export LC_ALL=C && [ $# -ge 2 ] && cd "$1" && t=$(mktemp -d) || exit 2; trap 'rm -rf "$t"' EXIT
vkey=$2 origin=${2%%+*} worst=0 count=0 head=- c_id='' c_seq=-1 c_hash=- c_time=0 r_time=0 size=0 root='' withheld='' pending=''
shift 2 && mkdir "$t/p" && echo refused > "$t/acting" && touch "$t/suspects" "$t/signed" "$t/policies" "$t/erasures" "$t/lost"
say() { printf '%s\n' "$2" && { [ "$1" -le "$worst" ] || worst=$1; }; }		# CODE FINDING
each() { while read -r line; do say "$1" "$2: $line"; done < "$t/list"; }	# CODE FINDING, for each line of the list
value() { sed -n "/^\$/q; s/^$1 //p" "$2"; }					# NAME FILE: what stands after the name
is_number() { case $1 in '' | *[!0-9]*) return 1 ;; esac; }; is_id() { case $1 in '' | *[!A-Za-z0-9-]*) return 1 ;; esac; } # before use
# Notes: text, empty line, then lines "— NAME BASE64", of the key's id and the signature. A witness signs the text with a time.
known='' && take_key() { # VKEY: the parts of a verifier key, whose id must be that of its name and bytes
	name=${1%%+*} key=${1#*+*+} && printf %s "$key" | base64 -d > "$t/key" 2> /dev/null && [ "$(wc -c < "$t/key")" -eq 33 ] || return 1
	id=$({ printf '%s\n' "$name" && cat "$t/key"; } | sha256sum) && id=${id%"${id#????????}"} && [ "$1" = "$name+$id+$key" ] || return 1
	{ printf '\060\052\060\005\006\003\053\145\160\003\041\000' && tail -c 32 "$t/key"; } > "$t/der" && len=68 && [ "$(od -An -tu1 -N1 "$t/key")" -ne 4 ] || len=76; known=$1; }
signed() { # NOTE VKEY: 0 when this key signed it, 1 when not, 2 when the note is malformed or the signature bad
	[ "$2" = "$known" ] || { known='' && take_key "$2"; } && [ -z "$(tail -c 1 "$1")" ] && found=1 || return 2
	sed '/^$/,$d' "$1" > "$t/text" && sed '1,/^$/d' "$1" > "$t/lines"
	if tr -d '\n' < "$1" | grep -q '[[:cntrl:]]' || grep -qvE '^— [^ ]+ [A-Za-z0-9+/]+=*$' "$t/lines"; then return 2; fi
	while read -r _ who line; do
		printf %s "$line" | base64 -d > "$t/sig" 2> /dev/null && [ "$(base64 -w 0 "$t/sig")" = "$line" ] || return 2
		if [ "$who" != "$name" ] || [ "$(od -An -tx1 -N4 "$t/sig" | tr -d ' ')" != "$id" ]; then continue; fi
		at='' && [ "$len" -eq 68 ] || at=$(od -An -tu8 --endian=big -j4 -N8 "$t/sig" | tr -d ' ')
		{ [ -z "$at" ] || printf 'cosignature/v1\ntime %s\n' "$at"; cat "$t/text"; } > "$t/message"
		tail -c 64 "$t/sig" > "$t/64" && [ "$(wc -c < "$t/sig")" -eq "$len" ] && found=0 && openssl pkeyutl -verify -rawin \
			-pubin -keyform DER -inkey "$t/der" -in "$t/message" -sigfile "$t/64" > "$t/openssl" 2>&1 || return 2
	done < "$t/lines" && return "$found"; }
# The Merkle tree of RFC 9162 (2.1.3.2); hashes are in base64, one a line, up to an empty line.
leaf() { { printf '\000' && cat; } | openssl dgst -sha256 -binary | base64; }
node() { { printf '\001' && printf %s "$1$2" | base64 -d; } | openssl dgst -sha256 -binary | base64; } # LEFT RIGHT
included() { # INDEX SIZE LEAF ROOT < HASHES
	is_number "$1" && is_number "$2" && fn=$1 sn=$(($2 - 1)) r=$3 && [ "$fn" -le "$sn" ] || return 1
	while read -r p && [ -n "$p" ]; do # 43 digits, of the last of which two bits are zero
		case ${#p}$p in *[!A-Za-z0-9+/=]* | *=?*) return 1 ;; 44*[AEIMQUYcgkosw048]=) [ "$sn" -ne 0 ] || return 1 ;; *) return 1 ;; esac
		if [ $((fn % 2)) -eq 0 ] && [ "$fn" -ne "$sn" ]; then r=$(node "$r" "$p"); else r=$(node "$p" "$r"); fi
		while [ $((fn % 2)) -eq 0 ] && [ "$fn" -eq "$sn" ] && [ "$fn" -ne 0 ]; do fn=$((fn / 2)) sn=$((sn / 2)); done
		fn=$((fn / 2)) sn=$((sn / 2)); done && [ "$sn" -eq 0 ] && [ "$r" = "$4" ]; }
# Who may act, as the registry's records say one after the other: p/PERSON/ has key, spare and ROLE.role, of lines FROM UNTIL ACTING.
may_act() { # PERSON ROLE DAY; acting rank counts where the registry's policy says so
	[ -e "$t/p/$1/key" ] && [ -e "$t/p/$1/$2.role" ] && awk -v d="$3" -v acting="$(cat "$t/acting")" \
		'$1 <= d && d <= $2 && ($3 == "no" || acting == "accepted") { may = 1 } END { exit !may }' "$t/p/$1/$2.role"; }
others() { for o in "$t"/p/*; do [ "${o##*/}" = "$1" ] || ! may_act "${o##*/}" registrar "$2" || return 0; done; return 1; }
put_key() { # PERSON key|spare BASE64: of an enrolment that the new key signed itself; none changes nothing
	[ -z "$3" ] || { printf %s "$3" | base64 -d > "$t/enrol" 2> /dev/null && new=$(value public "$t/enrol") && signed "$t/enrol" "$new" &&
		[ "$(value log "$t/enrol")" = "$origin" ] && printf '%s\n' "$new" > "$t/p/$1/$2"; }; }
apply() { # EVENT PAYLOAD: what the record changes
	who=$(value person "$2") which=$(value role "$2") && { [ "$1" != enrol ] || { is_id "$who" && mkdir "$t/p/$who"; }; } || return 1
	{ [ -z "$who" ] || { is_id "$who" && [ -d "$t/p/$who" ]; }; } && { [ -z "$which" ] || is_id "$which"; } || return 1
	case $1 in
	enrol | rotate) put_key "$who" key "$(value enrolment "$2")" && put_key "$who" spare "$(value spare "$2")" ;;
	grant) f=$(value from "$2" | tr -d -) u=$(value until "$2" | tr -d -) a=$(value acting "$2")
		echo "${f:-0} ${u:-99999999} ${a:-no}" >> "$t/p/$who/$which.role" ;;
	end) rm -f "$t/p/$who/$which.role" ;;
	revoke) for k in key spare; do ! value key "$2" | cmp -s - "$t/p/$who/$k" || rm "$t/p/$who/$k"; done
		[ -e "$t/p/$who/key" ] || [ ! -e "$t/p/$who/spare" ] || mv "$t/p/$who/spare" "$t/p/$who/key"
		s=$(value suspect-from "$2") && [ -z "$s" ] || printf '%s\n' "$who $(value key "$2") $s" >> "$t/suspects" ;;
	policy) value acting-rank "$2" > "$t/acting" ;;
	agree) [ "$(value record "$2")" = "$pending" ] && [ "$actor" != "$p_actor" ] && may_act "$p_actor" registrar "$day" &&
		pending='' && apply "$p_event" "$p_file" ;;
	adopt) sed -n 's/^file \([0-9a-f]*\) witness-policy policy$/\1/p' "$2" >> "$t/policies" ;;
	trust-clock) say 0 "registry seq $seq: a wrong clock was trusted: $(value reason "$2")" ;; clock) ;; *) return 1 ;; esac; }
genesis() { # PAYLOAD: its registrar signs it; the log's key must be the one that was given to us
	[ "$event" = genesis ] && [ "$(value log "$1")" = "$origin" ] && [ "$(value log-key "$1")" = "$vkey" ] &&
		required=$(value registrars-required "$1") && for w in registrar service; do
		value $w "$1" > "$t/line" && read -r service key _ < "$t/line" && is_id "$service" && mkdir "$t/p/$service" &&
			printf '%s\n' "$key" > "$t/p/$service/key" && echo 0 99999999 no > "$t/p/$service/$w.role" || return 1
	done; }
by_actor() { # POSITION: signed with a key that the actor has at this place, in a role that they may act in
	is_id "$actor" && is_id "$role" && may_act "$actor" "$role" "$day" && for k in key spare; do
		if [ -e "$t/p/$actor/$k" ] && read -r k < "$t/p/$actor/$k" && signed "records/$1.note" "$k"; then
			printf '%s\n' "$1 $actor $k $time" >> "$t/signed" && return; fi; done && return 1; }
registry() { # POSITION: judges a record of the registry by those before it, and lets it change what it may
	f=records/$1.payload about='' && [ "$role" = registrar ] && ! expr "$time" '<' "$r_time" > /dev/null || return 1
	if [ "$count" -eq 0 ]; then genesis "$f"; fi && by_actor "$1" || return 1
	case $event in genesis) return ;; grant | end) about=$(value role "$f") ;; trust-clock) about=2,registrar && others "$actor" "$day" || return 1 ;;
		rotate | revoke) about=$(ls "$t/p/$(value person "$f")") ;; esac; case $required,$about in *2,*registrar*) ! others "$actor" "$day" || { # it waits for a second registrar
		pending=$(sha256sum < "records/$1.note" | cut -c 1-64) p_actor=$actor p_event=$event p_file=$f && return; } ;; esac
	apply "$event" "$f"; }
fields='log case seq prev request matter event actor role time registry anchor workflow payload outcome'
fields_of() { # NOTE: sets the fields; a record has these lines, no others, and one signature
	{ read -r _ && for f in $fields; do read -r _ v && eval "$f=\$v"; done; } < "$1"
	{ echo tro-record/v1 && for f in $fields; do eval "printf '%s %s\n' $f \"\$$f\""; done; } > "$t/record" # as it must be
	case $time in *[!0-9TZ:.-]*) return 1 ;; ????-??-??T??:??:??.??????Z) ;; *) return 1 ;; esac
	sed '/^$/,$d' "$1" | cmp -s - "$t/record" && is_number "$seq" && [ "$(sed '1,/^$/d' "$1" | wc -l)" -eq 1 ] && day=$(TZ=Europe/London date -d "$time" +%Y%m%d); }
# Files: those that SHA256SUMS gives, with the names that an extract has, and no others.
n='(0|[1-9][0-9]*)' x='[0-9a-f]{64}' && find . ! -type d -printf '%P\n' | sort > "$t/here"
find . ! -type d -printf '%y %P\n' | grep -vE "^f (README.txt|SHA256SUMS|checkpoint|heads/(registry|case)|records/$n\.(note|payload|salt|\
outcome-salt)|proofs/$n|(blobs|exhibits|filings)/$x)\$" > "$t/list"; each 17 'no extract has such a file'
sed -nE "s,^(.*/)($x)\$,\2  \1\2,p" "$t/here" > "$t/sums" && [ -f SHA256SUMS ] || say 15 'SHA256SUMS is missing'
[ ! -f SHA256SUMS ] || { cat SHA256SUMS >> "$t/sums" && cut -c 67- SHA256SUMS | sort > "$t/listed" && [ -z "$(tail -c 1 SHA256SUMS)" ] &&
	! grep -qvE "^$x  [^\\\\]+\$" SHA256SUMS && [ -z "$(uniq -d "$t/listed")" ] || say 17 'SHA256SUMS: malformed'
	{ cat "$t/listed" && echo SHA256SUMS; } | sort | comm -13 - "$t/here" > "$t/list" && each 17 'not in SHA256SUMS'; comm -13 "$t/here" "$t/listed" > "$t/list" && each 15 missing; }
sha256sum -c --quiet --ignore-missing "$t/sums" 2> /dev/null | sort -u > "$t/list"; each 17 altered
if [ -f checkpoint ]; then { read -r _ && read -r size && read -r root; } < checkpoint; else say 15 'checkpoint is missing'; fi # the head of the log
[ ! -f checkpoint ] || { signed checkpoint "$vkey" && printf '%s\n' "$origin" "$size" "$root" | cmp -s - "$t/text" && is_number "$size"; } || { say 17 'checkpoint: not of this log' && size=0; }
for w; do [ ! -f checkpoint ] || signed checkpoint "$w" || case $? in 1) say 10 "checkpoint: not signed by $w" ;; *) say 17 "checkpoint: bad: $w" ;; esac; done
sed -nE "s,^records/$n\.note\$,\1,p" "$t/here" | sort > "$t/notes"
sed -nE "s,^(records/$n\..*|proofs/$n)\$,\2\3,p" "$t/here" | sort -u | comm -13 "$t/notes" - > "$t/list" && each 15 'the note is missing of record'
for n in $(sort -n "$t/notes"); do # each record, by its place in the log
	r=records/$n hash=sha256:$(sha256sum < "records/$n.note" | cut -c 1-64) && fields_of "$r.note" || { say 17 "$r.note: not a record" && continue; }
	for s in salt outcome-salt; do [ ! -f "$r.$s" ] || { [ "$s$outcome" != outcome-salt- ] && grep -qxE "$x" "$r.$s" && [ "$(wc -c < "$r.$s")" -eq 65 ]; } || say 17 "$r.$s: malformed, or of nothing"; done
	if [ -f "$r.payload" ]; then [ -f "$r.salt" ] || say 15 "$r.salt is missing"; [ "$outcome" = - ] || [ -f "$r.outcome-salt" ] || echo "salt $seq $r" >> "$t/lost"
		[ ! -f "$r.salt" ] || [ "$payload" = "hmac-sha256:$(openssl mac -digest SHA256 -macopt "hexkey:$(cat "$r.salt")" -in "$r.payload" \
			HMAC | tr A-F a-f)" ] || say 17 "$r.payload: not what the record commits to"
		[ "$matter $event" != '- erase' ] || grep -oE '<erasure [^>]*>' "$r.payload" | # outcomes FROM a record on, PAYLOADS "0-3 7"
			sed -nE 's/.* from="([0-9]+)" payloads="([0-9 -]*)".* seq="([0-9]+)".*/\3 \1 \2/p' | while read -r by from list; do
			echo "salt $from $by $by" && for p in $list; do echo "payload ${p%-*} ${p#*-} $by"; done; done >> "$t/erasures"
	elif [ "$payload" != - ]; then case $case in registry | log) say 15 "$r.payload is missing" ;; *) echo "payload $seq $r" >> "$t/lost" ;; esac; fi
	if [ "$case" = registry ]; then [ "$seq" -eq "$count" ] && [ -f "$r.payload" ] || { say 15 "registry seq $count is missing, and later records cannot be judged" && break; }
		[ "$log $prev $registry" = "$origin $head $head" ] && registry "$n" || { say 17 "$r.note: not a good record of the registry" && break; }
		count=$((count + 1)) head=$hash r_time=$time
	else [ "$log $registry" = "$origin $head" ] && by_actor "$n" || say 17 "$r.note: not signed by somebody who could sign it there"
		[ "$case" = log ] || { [ "$case" = "${c_id:=$case}" ] && [ "$seq" -gt "$c_seq" ] || say 17 "$r.note: not the next of the case"
			[ "$seq" -eq $((c_seq + 1)) ] || { say 15 "$r.note: others of the case are missing before it" && c_hash=$prev; }
			[ "$prev" = "$c_hash" ] && ! expr "$time" '<' "$c_time" > /dev/null || say 17 "$r.note: does not follow the one before it"
			c_seq=$seq c_hash=$hash c_time=$time; }; fi
	[ -f checkpoint ] && [ -f "proofs/$n" ] || { [ ! -f checkpoint ] || say 15 "proofs/$n is missing"; continue; }
	{ printf 'c2sp.org/tlog-proof@v1\nindex %s\n' "$n" && sed -n '3,/^$/p' "proofs/$n" && cat checkpoint; } | cmp -s - "proofs/$n" && { [ "$size" -eq 0 ] ||
		sed 1,2d "proofs/$n" | included "$n" "$size" "$(leaf < "$r.note")" "$root"; } || say 17 "proofs/$n: does not show that the record is in the log"
done
# What is lost was destroyed by a later erasure that says so; other salts are missing, other payloads were not disclosed.
awk 'FILENAME == ARGV[1] { what[++n] = $1; first[n] = $2; last[n] = $3; by[n] = $4; next }
	{ for (i = n; i; i--) if ($1 == what[i] && first[i] <= $2 && $2 <= last[i] && $2 < by[i]) next; print }' "$t/erasures" "$t/lost" > "$t/unsaid"
sed -n 's/^salt [0-9]* //p' "$t/unsaid" > "$t/list"; each 15 'the salt of the outcome is missing'; [ ! -s "$t/erasures" ] || say 12 'not checked: what was erased'
! grep -q '^payload' "$t/unsaid" || { withheld=yes && say 11 'not checked: what the records say, which was not disclosed'; }
# The last record under the checkpoint gives the newest record of every case: is anything missing? Is anything in excess?
newest() { # FILE SEQ HASH CASE: those of the newest record that is here
	[ -f "heads/$1" ] || { say 15 "heads/$1 is missing" && return; }; { read -r _ && read -r _ i && read -r _ id s sum; } < "heads/$1"
	{ printf 'tro-heads-proof/v1\nindex %s\nhead %s\n' "$i" "$id $s $sum" && sed -n '4,/^$/p' "heads/$1"; } | cmp -s - "heads/$1" &&
		sed 1,3d "heads/$1" | included "$i" "$of" "$(echo "$id $s $sum" | leaf)" "$top" && [ "$id" = "${4:-$id}" ] &&
		{ [ "$2" -lt "$s" ] || [ "$2 $3" = "$s sha256:$sum" ]; } || say 17 "heads/$1: does not fit the records"
	[ "$2" -ge "$s" ] || say 15 "heads/$1: the log had seq $s of $id, the newest that is here is $2"; }
h=$((size - 1)) p=records/$((size - 1)).payload && [ -n "$c_id" ] || say 15 'no record of a case is here'
if [ -f "records/$h.note" ] && [ -f "$p" ] && fields_of "records/$h.note" && [ "$count" -gt 0 ]; then
	of=$(value heads "$p") top=$(value root "$p") && [ "$case $event $actor $role" = "log heads $service service" ] &&
		printf 'size %s\nheads %s\nroot %s\n' "$h" "$of" "$top" | cmp -s - "$p" || say 17 "records/$h.note: does not say what is complete"
	newest registry "$((count - 1))" "$head" registry && newest case "$c_seq" "$c_hash" "$c_id"
else say 15 'the record that says what is complete is missing'; fi
grep -aohE '<[^<]* media="[^"]*"[^<]*' records/*.payload 2> /dev/null | sed -nE "s,.* sha256=\"($x)\".*,exhibits/\1,p" | sort -u | comm -23 - "$t/here" > "$t/list" && each 15 missing
for f in $(grep -E "^(blobs|exhibits${withheld:+|filings})/" "$t/here"); do grep -aqF "${f##*/}" records/*.payload 2> /dev/null || say 17 "$f: no record names it"; done
policy=$(tail -n 1 "$t/policies") && [ $# -gt 0 ] || [ -z "$policy" ] || if [ ! -f "blobs/$policy" ]; then say 15 "blobs/$policy is missing"
elif ! grep -qx 'quorum none' "blobs/$policy"; then say 10 'not checked: cosignatures; the registry asks for witnesses, and you gave no key'; fi
awk 'NR == FNR { from[$1, $2] = $3; next } $4 > latest { latest = $4 } ($2, $3) in from && latest >= from[$2, $3] { print $1 }' \
	"$t/suspects" "$t/signed" > "$t/list" && each 14 'signed by a key that was reported as stolen: record'
case $worst in 0) w=VALID ;; 10) w=UNWITNESSED ;; 11) w=PAYLOAD-WITHHELD ;; 12) w=PAYLOAD-ERASED ;; 14) w=KEY-DISPUTED ;; 15) w=INCOMPLETE ;; *) w=INVALID ;; esac
echo 'not checked: steps' && echo "$w" && exit "$worst"
