#!/bin/sh
# tro-workflow(5) and the code say the same, both ways: elements and their attributes, types of parameters, functions, faults;
# and the worked example is the files that the tests run.
# usage: manual_workflow.sh SOURCE_DIR
set -eu
source=$1
page=$source/tools/tro/tro-workflow.5.scd
chart=$source/engine/chart
example=$source/tests/data/allotment/workflows/allotment
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A section of the page without its heading.
section() { awk -v name="# $1" '/^# / { in_it = $0 == name; next } in_it' "$page"; }

# Reads what the code has from standard input; the page's side lies in $work/page.
compare() {
	sort -u > "$work/code"
	sort -u -o "$work/page" "$work/page"
	if [ ! -s "$work/code" ]; then
		echo "manual_workflow.sh: nothing found in the code: $1" | tee -a "$work/bad" >&2
	elif ! diff -u --label "the manual, $1" --label "the code" "$work/page" "$work/code" >&2; then
		echo "$1" >> "$work/bad"
	fi
}

# ---- elements and attributes: the table of shapes in grammar.c; "name attribute" a line ----

# The rows of one table, as: name|attributes|attributes of ours.
rows() {
	awk -v table="$1" '$0 ~ "shape " table "\\[\\] = \\{" { in_it = 1; next } /^};/ { in_it = 0 } in_it' "$chart/grammar.c" |
		{ tr '\n\t' '  '; echo; } | sed 's/"  *"//g; s/} *, *{/}\n{/g' |
		sed -n 's/^ *{"\([a-z]*\)", *"\([^"]*\)", *"\([^"]*\)".*/\1|\2|\3/p'
}
words() { # PREFIX LIST
	for word in $2; do
		case $word in *expr) [ "$1" = send ] || continue ;; esac
		printf '%s %s\n' "$1" "$word"
	done
}

section "THE VOCABULARY" | sed -n 's/^\(\*.*\*\): *\(.*\)$/\1:\2/p' | tr -d '*[]' | sed 's/tro:event:/event:/; s/tro:param:/param:/; s/tro:require:/require:/; s/tro:matter:/matter:/; s/tro:filing:/filing:/; s/tro:property:/property:/' |
	while IFS=: read -r names attributes; do
		for name in $(echo "$names" | tr -d ','); do
			for attribute in $attributes; do
				echo "$name ${attribute#tro:}"
			done
		done
	done > "$work/page"
{
	rows our_shapes | while IFS='|' read -r name own _; do
		[ "$own" = any ] && own=id
		words "$name" "$own"
	done
	# Of SCXML's own elements, what the vocabulary adds to them.
	rows shapes | while IFS='|' read -r name _ added; do
		words "$name" "$added"
	done
} | compare "attributes of elements"

section "SCXML IN THE CLOSED PROFILE" | sed -n '1,/^\t/p' | grep -v '^	' | tr -d '\n' | tr ',' '\n' | tr -d ' ' | grep . > "$work/page"
rows shapes | cut -d '|' -f 1 | grep -vxE 'script|invoke|finalize' | compare "elements of the profile"

# ---- types, functions, faults ----

section TYPES | grep '^[a-z]' | tr -d ' ' | tr ',' '\n' > "$work/page"
sed -n '/^#define TYPES/,/[^\\]$/p' "$chart/load_tro.c" | grep -o '"[a-z ]*"' | tr -d '"' | tr ' ' '\n' | grep . | compare "types"

section EXPRESSIONS | grep '^tro:' | grep -o 'tro:[a-z0-9-]*' | sed 's/^tro://' > "$work/page"
sed -n '/^} functions\[/,/^};/s/^\t{"\([a-z0-9-]*\)", .*/\1/p' "$source/engine/case/functions.c" | compare "functions"

section FAULTS | grep -o '^chart/[a-z/, -]*' | tr -d ' ' | tr ',' '\n' > "$work/page"
cat "$chart"/load*.c "$chart"/grammar.c "$chart"/profile.c "$chart"/resolve.c "$chart"/check.c |
	grep -o '"chart/[a-z-]*"' | tr -d '"' | compare "faults"

for name in STATES HISTORIES TARGETS XPATH; do
	sed -n "s/^\tCHART_${name}_MAX = \([0-9]*\),.*/\1/p" "$chart/model.h"
done > "$work/limits"
sed -n 's/^enum { PARAMS_MAX = \([0-9]*\) };/\1/p' "$chart/load_tro.c" >> "$work/limits"
section FAULTS | tr -d '\n\t,' | grep -o 'Too large:.*' | grep -oE '[0-9]+' > "$work/page"
compare "limits" < "$work/limits"

# ---- the example ----

for file in workflow.xml request.scxml plot.scxml case.rng; do
	awk -v name="*workflows/allotment/$file*" '$0 == name { wanted = 1; next }
		wanted && /^```$/ { if (in_it) exit; in_it = 1; next } in_it' "$page" > "$work/example"
	if ! diff -u --label "the manual, $file" --label "$example/$file" "$work/example" "$example/$file" >&2; then
		echo "$file" >> "$work/bad"
	fi
done

[ ! -e "$work/bad" ]
