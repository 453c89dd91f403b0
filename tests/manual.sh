#!/bin/sh
# The manual page and the program say the same, both ways: commands, their options, the options of every event, the keys of JSON
# answers, exit codes, verdicts, environment.
# usage: manual.sh SOURCE_DIR TRO
set -eu
page=$1/tools/tro/tro.1.scd
client=$1/tools/tro
tro=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A section of the page without its heading.
section() { awk -v name="# $1" '/^# / { in_it = $0 == name; next } in_it' "$page"; }

# Reads what the program has from standard input; the page's side lies in $work/page.
compare() {
	sort -u > "$work/program"
	sort -u -o "$work/page" "$work/page"
	if [ ! -s "$work/program" ]; then
		echo "manual.sh: nothing found in the program: $1" | tee -a "$work/bad" >&2
	elif ! diff -u --label "the manual, $1" --label "the program" "$work/page" "$work/program" >&2; then
		echo "$1" >> "$work/bad"
	fi
}

# "name ARGUMENT" a line, from what popt prints.
options_of() {
	"$tro" "$1" --help 2> /dev/null | sed -n 's/^  *--\([a-z-]*\)=\{0,1\}\([A-Z]*\)\( .*\)\{0,1\}$/\1 \2/p' || true
}

"$tro" help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' > "$work/commands"
section COMMANDS | sed -n 's/^\*\([a-z-]*\)\*.*/\1/p' > "$work/page"
compare commands < "$work/commands"

# help has none but the common ones.
options_of help | sort > "$work/common"
section "COMMON OPTIONS" | sed -n 's/^\*--\([a-z-]*\)\* *_*\([A-Z]*\)_*$/\1 \2/p' > "$work/page"
compare "common options" < "$work/common"

section COMMANDS | awk '
	match($0, /^\*[a-z-]+\*/) { command = substr($0, 2, RLENGTH - 2) }
	/^\t\*--/ { gsub(/[*_\t]/, ""); sub(/^--/, ""); print command, $1, $2 }' > "$work/page"
while read -r command; do
	options_of "$command" | sort | comm -23 - "$work/common" | sed "s/^/$command /"
done < "$work/commands" | compare "options of commands"

# Parameters come from the workflow; the rest is one table.
section EVENTS | sed -n 's/^\*--\([a-z-]*\)\* *_*\([A-Z]*\)_*$/\1 \2/p' > "$work/page"
tr -d '\n' < "$client/event.c" | grep -o '{"[a-z-]*", [^{}]*}' |
	sed 's/^{"\([a-z-]*\)",.*, NULL}$/\1 /; s/^{"\([a-z-]*\)",.*"\([A-Z]*\)"}$/\1 \2/' | compare "options of events"

section "JSON ANSWERS" | grep -o '"[a-z_]\{1,\}"' > "$work/page"
{
	cat "$client"/*.c | tr -d '\n' | grep -o 'json_[a-z_]*([^;]*;' | grep -o '"[a-z_]\{1,\}"'
	# These stand in the examples as values.
	printf '"submit"\n"block"\n'
} | compare "keys of JSON answers"

section "EXIT STATUS" | sed -n 's/^\*\([0-9]\)\*$/\1/p' > "$work/page"
sed -n 's/^\tEXIT_[A-Z_]* = \([0-9]*\),$/\1/p' "$client/cli.h" | compare "exit codes"

section VERIFICATION | sed -n 's/^[|:][[<]* *\**\([A-Z0-9-]*\)\**$/\1/p' | paste -d ' ' - - > "$work/page"
sed -n 's/^\tTRO_VERDICT_\([A-Z_]*\) = \([0-9]*\),$/\2 \1/p' "$1/include/tro/verify.h" | tr _ - | compare verdicts

section ENVIRONMENT | sed -n '/^\*/p' | grep -o '[A-Z_]\{4,\}' > "$work/page"
cat "$client"/*.c | grep -o 'getenv("[A-Z_]*")' | grep -o '[A-Z_]\{4,\}' | compare environment

# The pages on one matter each: their commands and options are the program's; tro(1) and the README name every page, and no other.
for part in "$client"/tro-*.1.scd; do
	name=$(basename "$part" .1.scd)
	grep -o '^\*tro [a-z-]*' "$part" | sed 's/.* //' | sort -u > "$work/part"
	if [ ! -s "$work/part" ]; then
		echo "manual.sh: $name has no synopsis" | tee -a "$work/bad" >&2
	fi
	comm -23 "$work/part" "$work/commands" | sed "s/$/: $name names no command/" >> "$work/wrong"
	while read -r command; do
		options_of "$command"
	done < "$work/part" | sed 's/ .*//' | sort -u > "$work/program"
	grep -o '\*--[a-z-]*\*' "$part" | tr -d '*' | sed 's/^--//' | sort -u |
		comm -23 - "$work/program" | sed "s/$/: $name has this option and the program does not/" >> "$work/wrong"
	echo "$name"
done | sort -u > "$work/parts"
if [ -s "$work/wrong" ]; then
	cat "$work/wrong" >&2
	cp "$work/wrong" "$work/bad"
fi
section "SEE ALSO" | grep -o 'tro-[a-z]*(1)' | sed 's/(1)//' | sort -u > "$work/page"
compare "pages that tro(1) names" < "$work/parts"
grep -o 'tro-[a-z]*\.1' "$1/README.md" | sed 's/\.1//' | sort -u > "$work/page"
compare "pages that the README names" < "$work/parts"
sed -n 's/^\tforeach(page \(.*\))$/\1/p' "$1/tools/CMakeLists.txt" | tr ' ' '\n' | sed -n 's/^\(tro-.*\)\.1$/\1/p' > "$work/page"
compare "pages that are installed" < "$work/parts"

[ ! -e "$work/bad" ]
