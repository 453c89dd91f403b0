#!/bin/sh
# shellcheck disable=SC2015,SC2154,SC2034,SC2013,SC2046,SC2059 # || after && is meant; fields_of sets the fields; no name has blanks
# Checks an extract of one case with a shell, coreutils, grep, sed, awk and openssl 3. usage: sh verify.sh DIR LOG_VKEY [WITNESS_VKEY]...
# The keys must come to you by another way than DIR. It prints findings, then one word with its exit code: VALID 0, UNWITNESSED 10,
# PAYLOAD-WITHHELD 11, PAYLOAD-ERASED 12, KEY-DISPUTED 14, INCOMPLETE 15 (something is missing), INVALID 17 (something is wrong); 2 is wrong usage.
# It checks every file, hash and signature, who could sign at that place of the log, order, inclusion and that nothing is missing.
# It cannot run the steps again under the rules of their time, nor check what rests on that: `tro verify --extract` does.
set -u && export LC_ALL=C && [ $# -ge 2 ] && cd "$1" && t=$(mktemp -d) || exit 2; trap 'rm -rf "$t"' EXIT
vkey=$2 origin=${2%%+*} worst=0 count=0 head=- c_id='' c_seq=-1 c_hash=- c_time=0 r_time=0 size=0 root='' withheld='' pending='' day_of='' control='[[:cntrl:]]'
shift 2 && mkdir "$t/p" "$t/k" "$t/leaf" "$t/proofs" "$t/heads" && acting_rank=refused && touch "$t/suspects" "$t/signed" "$t/policies" "$t/erasures" "$t/lost" "$t/cosigned"
say() { printf '%s\n' "$2" && { [ "$1" -le "$worst" ] || worst=$1; }; }		# CODE FINDING
each() { while read -r line; do say "$1" "$2: $line"; done < "$t/list"; }	# CODE FINDING, for each line of the list
value() { while IFS= read -r v && [ -n "$v" ]; do case $v in "$1 "*) printf '%s\n' "${v#* }" ;; esac; done < "$2"; } # NAME FILE: what stands after it
before() { [ "$1" != "$2" ] && expr "$1" '<' "$2" > /dev/null; }; is_number() { case $1 in '' | 0?* | *[!0-9]*) return 1 ;; esac; }; is_id() { case $1 in '' | *[!A-Za-z0-9-]*) return 1 ;; esac; }
# Notes: text, empty line, then lines "— NAME BASE64", of the key's id and the signature. A witness signs the text with a time.
is_base64() { [ $((${#1} % 4)) -eq 0 ] && case $1 in '' | *[!A-Za-z0-9+/=]* | *=[!=]* | *===) return 1 ;; # as it is written, unused bits zero
	*==) case $1 in *[!AQgw]==) return 1 ;; esac ;; *[!AEIMQUYcgkosw048]=) return 1 ;; esac; }
is_hash() { case ${#1}$1 in 44*[!=]=) is_base64 "$1" ;; *) return 1 ;; esac; }; decode() { base64 -d | od -An -v -tx1 -w32 | tr -d ' '; }; in_hex() { is_hash "$1" && printf %s "$1" | decode; }
take_key() { # VKEY: the parts of a verifier key, whose id must be that of its name and its 33 bytes; what openssl wants of it in $t/k/ID.der
	name=${1%%+*} key=${1#*+*+} && id=${1#*+} && id=${id%%+*} len=92 && case $key in B[A-P]*) len=104 ;; esac; case $id in *[!0-9a-f]*) return 1 ;; esac
	if [ -f "$t/k/$id" ] && read -r as < "$t/k/$id" && [ "$as" = "$1" ]; then return; fi
	case ${#key}$key in 44*=) return 1 ;; 44*) is_base64 "$key" && printf %s "$key" | base64 -d > "$t/key" ;; *) return 1 ;; esac &&
		sum=$({ printf '%s\n' "$name" && cat "$t/key"; } | sha256sum) && [ "$id" = "${sum%"${sum#????????}"}" ] && [ "$1" = "$name+$id+$key" ] &&
		{ printf '\060\052\060\005\006\003\053\145\160\003\041\000' && tail -c 32 "$t/key"; } > "$t/k/$id.der" && printf '%s\n' "$1" > "$t/k/$id"; }
signed() { take_key "$2" && found=1 lines=0 || return 2 # NOTE VKEY: 0 when this key signed it, 1 when not, 2 when the note is malformed or the signature bad
	{ while IFS= read -r line && [ -n "$line" ]; do printf '%s\n' "$line"; done > "$t/text"
		while [ -z "$line" ] && IFS= read -r line; do
			sig=${line##* } by=${line#— } && by=${by% *} && [ "$line" = "— $by $sig" ] && is_base64 "$sig" && [ $((lines += 1)) -le 100 ] || return 2
			case $sig in ???? | ??????==) return 2 ;; esac; case $by in '' | *' '* | *+*) return 2 ;; "$name") printf %s "$sig" | base64 -d > "$t/sig" ;; *) line='' && continue ;; esac
			line='' && first=$(od -An -v -tx1 -N12 "$t/sig" | tr -d ' ') && case $first in "$id"*) ;; *) continue ;; esac
			message=$t/text && [ "$len" -eq 92 ] || { message=$t/timed && printf 'cosignature/v1\ntime %s\n' "$((0x${first#????????}))" && cat "$t/text"; } > "$t/timed"
			[ "${#sig}" -eq "$len" ] && tail -c 64 "$t/sig" > "$t/64" && openssl pkeyutl -verify -rawin \
				-pubin -keyform DER -inkey "$t/k/$id.der" -in "$message" -sigfile "$t/64" > "$t/openssl" 2>&1 && found=0 || return 2
		done; } < "$1" && [ -z "$line" ] && return "$found" || return 2; }
# The Merkle tree of RFC 9162 (2.1.3.2); hashes are in hex. What was computed is kept: proofs share most of it.
node() { eval "node=\${node_$1$2-}"; [ -z "$node" ] || return 0; bytes='' hex=$1$2 # LEFT RIGHT: sets $node
	while [ -n "$hex" ]; do b=$((0x${hex%"${hex#??}"})) hex=${hex#??} && bytes=$bytes\\$((b / 64))$((b / 8 % 8))$((b % 8)); done
	node=$(printf "\\1$bytes" | sha256sum) && node=${node%% *} && eval "node_$1$2=\$node"; }
included() { is_number "$1" && is_number "$2" && fn=$1 sn=$(($2 - 1)) node=$3 && [ "$fn" -le "$sn" ] || return 1 # INDEX SIZE LEAF ROOT < HASHES
	while read -r step; do [ "$sn" -ne 0 ] || return 1
		if [ $((fn % 2)) -eq 0 ] && [ "$fn" -ne "$sn" ]; then node "$node" "$step"; else node "$step" "$node"; fi
		while [ $((fn % 2)) -eq 0 ] && [ "$fn" -eq "$sn" ] && [ "$fn" -ne 0 ]; do fn=$((fn / 2)) sn=$((sn / 2)); done
		fn=$((fn / 2)) sn=$((sn / 2)); done && [ "$sn" -eq 0 ] && [ "$node" = "$4" ]; }
proof() { f=$1 rest=$2 && shift 2 && { for want; do IFS= read -r line && [ "$line" = "$want" ] || return 1; done # FILE REST LINE...: it is the lines, hashes, an empty line and REST
		while IFS= read -r line && [ -n "$line" ]; do is_hash "$line" || return 1; done && cmp -s - "$rest"; } < "$f"; }
may_act() { [ -e "$t/p/$1/key" ] && [ -e "$t/p/$1/$2.role" ] && while read -r from until acting; do # PERSON ROLE DAY; acting rank counts where the policy says so
		if [ "$from" -le "$3" ] && [ "$3" -le "$until" ] && { [ "$acting" = no ] || [ "$acting_rank" = accepted ]; }; then return 0; fi; done < "$t/p/$1/$2.role"; return 1; }
others() { for o in "$t"/p/*; do [ "${o##*/}" = "$1" ] || ! may_act "${o##*/}" registrar "$2" || return 0; done; return 1; } # Who may act, as the registry's records say one after the other: p/PERSON/ has key, spare and ROLE.role, of lines FROM UNTIL ACTING.
put_key() { # PERSON key|spare BASE64: of an enrolment that the new key signed itself; none changes nothing
	[ -z "$3" ] || { printf %s "$3" | base64 -d > "$t/enrol" 2> /dev/null && ! grep -q "$control" "$t/enrol" && new=$(value public "$t/enrol") && signed "$t/enrol" "$new" &&
		[ "$(value log "$t/enrol")" = "$origin" ] && printf '%s\n' "$new" > "$t/p/$1/$2"; }; }
apply() { # EVENT PAYLOAD: what the record changes
	who=$(value person "$2") which=$(value role "$2") && { [ "$1" != enrol ] || { is_id "$who" && mkdir "$t/p/$who"; }; } || return 1
	{ [ -z "$who" ] || { is_id "$who" && [ -d "$t/p/$who" ]; }; } && { [ -z "$which" ] || is_id "$which"; } || return 1
	case $1 in enrol | rotate) put_key "$who" key "$(value enrolment "$2")" && put_key "$who" spare "$(value spare "$2")" ;;
	grant) f=$(value from "$2" | tr -d -) u=$(value until "$2" | tr -d -) a=$(value acting "$2")
		is_number "${f:=0}" && is_number "${u:=99999999}" && echo "$f $u ${a:-no}" >> "$t/p/$who/$which.role" ;;
	end) rm -f "$t/p/$who/$which.role" ;; policy) acting_rank=$(value acting-rank "$2") ;; adopt) sed -n 's/^file \([0-9a-f]*\) witness-policy policy$/\1/p' "$2" >> "$t/policies" ;;
	revoke) for k in key spare; do ! value key "$2" | cmp -s - "$t/p/$who/$k" || rm "$t/p/$who/$k"; done
		[ -e "$t/p/$who/key" ] || [ ! -e "$t/p/$who/spare" ] || mv "$t/p/$who/spare" "$t/p/$who/key"
		s=$(value suspect-from "$2") && [ -z "$s" ] || printf '%s\n' "$who $(value key "$2") $s" >> "$t/suspects" ;;
	agree) [ "$(value record "$2")" = "$pending" ] && [ "$actor" != "$p_actor" ] && may_act "$p_actor" registrar "$day" && pending='' && apply "$p_event" "$p_file" ;;
	trust-clock) say 0 "registry seq $seq: a wrong clock was trusted: $(value reason "$2")" ;; clock) ;; *) return 1 ;; esac; }
genesis() { [ "$event" = genesis ] && [ "$(value log "$1")" = "$origin" ] && [ "$(value log-key "$1")" = "$vkey" ] && # PAYLOAD: its registrar signs it; our key
		required=$(value registrars-required "$1") && for w in registrar service; do
		value $w "$1" > "$t/line" && read -r service key _ < "$t/line" && is_id "$service" && mkdir "$t/p/$service" &&
			printf '%s\n' "$key" > "$t/p/$service/key" && echo 0 99999999 no > "$t/p/$service/$w.role" || return 1; done; }
by_actor() { is_id "$actor" && is_id "$role" && may_act "$actor" "$role" "$day" && for k in key spare; do # POSITION: signed by its actor, who may
		if [ -e "$t/p/$actor/$k" ] && read -r k < "$t/p/$actor/$k" && signed "records/$1.note" "$k"; then
			printf '%s\n' "$1 $actor $k $time" >> "$t/signed" && return; fi; done && return 1; }
registry() { f=records/$1.payload about='' && [ "$role" = registrar ] && ! before "$time" "$r_time" || return 1 # POSITION: judged by what stands before it
	if [ "$count" -eq 0 ]; then genesis "$f"; fi && by_actor "$1" || return 1
	case $event in genesis) return ;; grant | end) about=$(value role "$f") ;; trust-clock) about=2,registrar && others "$actor" "$day" || return 1 ;;
		rotate | revoke) about=$(ls "$t/p/$(value person "$f")") ;; esac; case $required,$about in *2,*registrar*) ! others "$actor" "$day" || { # it waits for a second registrar
		pending=${hash#sha256:} p_actor=$actor p_event=$event p_file=$f && return; } ;; esac; apply "$event" "$f"; }
fields='log case seq prev request matter event actor role time registry anchor workflow payload outcome'
fields_of() { { IFS= read -r line && [ "$line" = tro-record/v1 ] && for f in $fields; do IFS= read -r line || return 1 # NOTE: sets the fields; no other lines, one signature
		case $line in "$f  "* | *' ') return 1 ;; "$f "*) eval "$f=\${line#* }" ;; *) return 1 ;; esac; done &&
		IFS= read -r line && [ -z "$line" ] && IFS= read -r line && [ -n "$line" ] && ! IFS= read -r line && [ -z "$line" ]; } < "$1" && is_number "$seq" || return 1
	case $time in *[!0-9TZ:.-]*) return 1 ;; ????-??-??T??:??:??.??????Z) [ "$time" = "$day_of" ] || { day=$(TZ=Europe/London date -d "$time" +%Y%m%d) && day_of=$time; } ;; *) return 1 ;; esac; }
commits() { read -r salt < "$2.salt" || :; case ${#salt}$salt in 64*[!0-9a-f]*) return 1 ;; 64*) ;; *) return 1 ;; esac # COMMITMENT RECORD: of its payload, with its salt
	sum=$(openssl dgst -sha256 -mac HMAC -macopt "hexkey:$salt" < "$2.payload") && [ "$1" = "hmac-sha256:${sum##* }" ]; }
n='(0|[1-9][0-9]*)' x='[0-9a-f]{64}' && find . ! -type d -printf '%P\n' | sort > "$t/here" # Files: those that SHA256SUMS gives, with the names that an extract has, and no others.
find . ! -type d -printf '%y %P\n' | grep -vE "^f (README.txt|SHA256SUMS|checkpoint|heads/(registry|case)|records/$n\.(note|payload|salt|\
outcome-salt)|proofs/$n|(blobs|exhibits|filings)/$x)\$" > "$t/list"; each 17 'no extract has such a file'
sed -nE "s,^(.*/)($x)\$,\2  \1\2,p" "$t/here" > "$t/sums" && [ -f SHA256SUMS ] || say 15 'SHA256SUMS is missing'
[ ! -f SHA256SUMS ] || { cat SHA256SUMS >> "$t/sums" && cut -c 67- SHA256SUMS | sort > "$t/listed" && [ -z "$(tail -c 1 SHA256SUMS)" ] &&
	! grep -qvE "^$x  [^\\\\]+\$" SHA256SUMS && [ -z "$(uniq -d "$t/listed")" ] || say 17 'SHA256SUMS: malformed'
	{ cat "$t/listed" && echo SHA256SUMS; } | sort | comm -13 - "$t/here" > "$t/list" && each 17 'not in SHA256SUMS'; comm -13 "$t/here" "$t/listed" > "$t/list" && each 15 missing; }
sha256sum -c --quiet --ignore-missing "$t/sums" 2> /dev/null | sort -u > "$t/list"; each 17 altered
find checkpoint heads proofs records -type f ! -name '*.payload' -exec grep -alE "$control" {} + > "$t/list" 2> /dev/null; each 17 'a control character'
if [ -f checkpoint ]; then { read -r _ && read -r size && read -r top; } < checkpoint; else say 15 'checkpoint is missing'; fi # the head of the log
[ ! -f checkpoint ] || { signed checkpoint "$vkey" && printf '%s\n' "$origin" "$size" "$top" | cmp -s - "$t/text" && is_number "$size" && root=$(in_hex "$top"); } || { say 17 'checkpoint: not of this log' && size=0; }
for w; do [ ! -f checkpoint ] || signed checkpoint "$w" || case $? in 1) say 10 "checkpoint: not signed by $w" ;; *) say 17 "checkpoint: bad: $w" ;; esac; done
sed -nE "s,^records/$n\.note\$,\1,p" "$t/here" | sort > "$t/notes"
sed -nE "s,^(records/$n\..*|proofs/$n)\$,\2\3,p" "$t/here" | sort -u | comm -13 "$t/notes" - > "$t/list" && each 15 'the note is missing of record'
# Programs take long to start, so one makes for all files at once: hash_N and tree_N, of a note and of the leaf that it is; the hashes in proofs, in hex.
sed 's,.*,records/&.note,' "$t/notes" | xargs -r cp -t "$t/leaf" && (cd "$t/leaf" && sha256sum -- *.note > ../hash && sed -i '1s/^/\x00/' -- *.note && sha256sum -- *.note > ../tree) 2> /dev/null
for what in hash tree; do while read -r sum name; do eval "${what}_${name%.note}=$sum"; done < "$t/$what"; done; find proofs heads -type f 2> /dev/null | grep -xE "proofs/$n|heads/(registry|case)" > "$t/list"
xargs -r cat < "$t/list" | grep -axE '[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=' | sort -u > "$t/base64" && decode < "$t/base64" > "$t/hex" && paste -d ' ' "$t/base64" "$t/hex" |
	awk -v t="$t" 'FILENAME == "-" { hex[$1] = $2; next } FNR == 1 { close(to); to = t "/" FILENAME; path = 1; printf "" > to }
	/^$/ { path = 0 } path && $0 in hex { print hex[$0] > to }' - $(cat "$t/list")
find records -name '*salt' ! -size 65c > "$t/list" && find records -name '*salt' -exec grep -LxE "$x" {} + >> "$t/list"; each 17 malformed
for n in $(sort -n "$t/notes"); do r=records/$n && eval "hash=sha256:\$hash_$n leaf=\$tree_$n" && fields_of "$r.note" || { say 17 "$r.note: not a record" && continue; }
	[ "$outcome" != - ] || [ ! -f "$r.outcome-salt" ] || say 17 "$r.outcome-salt: of nothing"
	if [ -f "$r.payload" ]; then [ -f "$r.salt" ] || say 15 "$r.salt is missing"; [ "$outcome" = - ] || [ -f "$r.outcome-salt" ] || echo "salt $seq $r" >> "$t/lost"
		[ ! -f "$r.salt" ] || commits "$payload" "$r" || say 17 "$r.payload: not what the record commits to"
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
			[ "$prev" = "$c_hash" ] && ! before "$time" "$c_time" || say 17 "$r.note: does not follow the one before it"
			c_seq=$seq c_hash=$hash c_time=$time; }; fi
	[ -f checkpoint ] && [ -f "proofs/$n" ] || { [ ! -f checkpoint ] || say 15 "proofs/$n is missing"; continue; }
	proof "proofs/$n" checkpoint c2sp.org/tlog-proof@v1 "index $n" && { [ "$size" -eq 0 ] || included "$n" "$size" "$leaf" "$root" < "$t/proofs/$n"; } || say 17 "proofs/$n: does not show that it is in the log"
done
awk 'FILENAME == ARGV[1] { what[++n] = $1; first[n] = $2; last[n] = $3; by[n] = $4; next }
	{ for (i = n; i; i--) if ($1 == what[i] && first[i] <= $2 && $2 <= last[i] && $2 < by[i]) next; print }' "$t/erasures" "$t/lost" > "$t/unsaid" # What is lost was destroyed by a later erasure that says so; other salts are missing, other payloads were not disclosed.
sed -n 's/^salt [0-9]* //p' "$t/unsaid" > "$t/list"; each 15 'the salt of the outcome is missing'; [ ! -s "$t/erasures" ] || say 12 'not checked: what was erased'
! grep -q '^payload' "$t/unsaid" || { withheld=yes && say 11 'not checked: what the records say, which was not disclosed'; }
# The last record under the checkpoint gives the newest record of every case: is anything missing? Is anything in excess?
newest() { # FILE SEQ HASH CASE: those of the newest record that is here
	[ -f "heads/$1" ] || { say 15 "heads/$1 is missing" && return; }; { read -r _ && read -r _ i && read -r _ id s sum; } < "heads/$1"
	leaf=$({ printf '\000' && echo "$id $s $sum"; } | sha256sum) && proof "heads/$1" /dev/null tro-heads-proof/v1 "index $i" "head $id $s $sum" &&
		included "$i" "$of" "${leaf%% *}" "$top" < "$t/heads/$1" && [ "$id" = "${4:-$id}" ] &&
		{ [ "$2" -lt "$s" ] || [ "$2 $3" = "$s sha256:$sum" ]; } || say 17 "heads/$1: does not fit the records"
	[ "$2" -ge "$s" ] || say 15 "heads/$1: the log had seq $s of $id, the newest that is here is $2"; }
h=$((size - 1)) p=records/$((size - 1)).payload && [ -n "$c_id" ] || say 15 'no record of a case is here'
if [ -f "records/$h.note" ] && [ -f "$p" ] && fields_of "records/$h.note" && [ "$count" -gt 0 ]; then
	of=$(value heads "$p") top=$(value root "$p") && [ "$case $event $actor $role" = "log heads $service service" ] &&
		printf 'size %s\nheads %s\nroot %s\n' "$h" "$of" "$top" | cmp -s - "$p" && top=$(in_hex "$top") || say 17 "records/$h.note: does not say what is complete"
	newest registry "$((count - 1))" "$head" registry && newest case "$c_seq" "$c_hash" "$c_id"
else say 15 'the record that says what is complete is missing'; fi
{ grep -aohE '<[^<]* media="[^"]*"[^<]*' records/*.payload | sed -nE "s,.* sha256=\"($x)\".*,exhibits/\1,p" && { [ -n "$withheld" ] || [ -s "$t/erasures" ] || grep -ahE "^workflow sha256:$x\$" records/*.note | sed 's,.*:,blobs/,'; }; } 2> /dev/null | sort -u | comm -23 - "$t/here" > "$t/list" && each 15 missing
grep -aohE "$x" records/*.payload 2> /dev/null | sort -u > "$t/named" && sed -nE "s,^((blobs|exhibits${withheld:+|filings})/($x))\$,\3 \1,p" "$t/here" |
	sort | join -v 1 -o 1.2 - "$t/named" > "$t/list" && each 17 'no record names'
policy=blobs/$(tail -n 1 "$t/policies") && if [ "$policy" = blobs/ ]; then :; elif [ ! -f "$policy" ]; then say 15 "$policy is missing"; elif grep -qx 'quorum none' "$policy"; then :
elif [ $# -eq 0 ]; then say 10 'not checked: cosignatures; the registry asks for witnesses, and you gave no key'; elif [ -f checkpoint ]; then # the quorum of C2SP tlog-policy
	while read -r what who key _; do [ "$what" != witness ] || if signed checkpoint "$key"; then echo "$who" >> "$t/cosigned"; elif [ $? -eq 2 ]; then say 17 "checkpoint: bad: $key"; fi; done < "$policy"
	awk -v cosigned="$t/cosigned" 'FILENAME == cosigned { ok[$1] = 1; next } $1 == "quorum" { good = ok[$2] } $1 == "group" { k = $3 == "any" ? 1 : $3 == "all" ? NF - 3 : $3
		for (i = 4; i <= NF; i++) k -= ok[$i]; ok[$2] = k <= 0 } END { exit !good }' "$t/cosigned" "$policy" || say 10 'checkpoint: not cosigned as the registry asks'; fi
awk 'NR == FNR { from[$1, $2] = $3; next } $4 > last { last = $4 } ($2, $3) in from && last >= from[$2, $3] { print $1 }' "$t/suspects" "$t/signed" > "$t/list" && each 14 'by a key reported as stolen: record'
case $worst in 0) w=VALID ;; 10) w=UNWITNESSED ;; 11) w=PAYLOAD-WITHHELD ;; 12) w=PAYLOAD-ERASED ;; 14) w=KEY-DISPUTED ;; 15) w=INCOMPLETE ;; *) w=INVALID ;; esac
! is_id "$c_id" || echo "case $c_id"; echo 'not checked: steps' && echo "$w" && exit "$worst"
