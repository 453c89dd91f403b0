#!/bin/sh
# Spin, another program, searches the exported graphs: of every question it must find what tro workflow check finds.
# usage: spin.sh SOURCE_DIR TRO CC
set -eu
source=$1
tro=$2
cc=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
asked=0

# -E: that nothing is left to do is no error here; -c1: the first find is enough.
search() { # DEPTH
	TRO_ASK=$number ./pan -E -c1 -w18 "-m$1" > answer 2>&1
}

gave_up() { grep -q 'max search depth too small\|out of memory' answer; }

# Runs every question of a model; the answers that differ are said.
compare() { # NAME FILE...
	name=$1
	shift
	"$tro" workflow promela "$@" > model.pml
	spin -a model.pml > spin.log || { cat spin.log >&2; exit 1; }
	"$cc" -O1 -w -DSAFETY -DNOREDUCE -DMEMLIM=2048 -DTRO_TABLES -DTRO_MODEL='"model.pml"' -o pan pan.c
	sed -n 's|^/\* ask \(.*\) \*/$|\1|p' model.pml > questions
	[ -s questions ] || { echo "$name: no question" >&2; exit 1; }
	while read -r number expected id rest; do
		search 20000
		# What was found in a search that was cut short is found; that nothing is there takes a whole one.
		if gave_up && ! grep -q 'errors: 1' answer; then
			search 4000000
			if gave_up; then
				echo "$name: spin gave up on $id $rest" >&2
				exit 1
			fi
		fi
		case $(sed -n 's/.*errors: \([0-9]*\).*/\1/p' answer) in
		0) found=none ;;
		1) found=found ;;
		*) cat answer >&2; exit 1 ;;
		esac
		if [ "$found" != "$expected" ]; then
			echo "$name: $id $rest: spin says $found, we say $expected" >&2
			exit 1
		fi
		asked=$((asked + 1))
		# What of this is a fault, and so must be among the findings.
		case $id/$expected in
		unreachable/none | wait/none | event/none | deadline/found | rest/found | dead-end/none) echo "$id" ;;
		property/*) echo "property:$rest:$expected" ;;
		esac >> faults
	done < questions
}

# The kinds of fault that a search can see, of a definition by itself: as many as check finds.
same_kinds() { # FILE
	"$tro" workflow check "$1" --json > findings || true
	for id in unreachable wait event deadline rest dead-end; do
		told=$(jq "[.findings[] | select(.id == \"$id\" and .level == \"block\")] | length > 0" findings)
		seen=false
		if grep -qx "$id" faults; then seen=true; fi
		# A wait is a dead end too, which is not said twice; a state in one that never comes is not said at all.
		if [ "$told" != "$seen" ] && [ "$id" != dead-end ]; then
			echo "$1: $id: check says $told, the model $seen" >&2
			exit 1
		fi
	done
}

: > faults
compare shipped "$source"/workflows/ddtro-ew/application.scxml "$source"/workflows/ddtro-ew/order.scxml \
	"$source"/workflows/ddtro-ew/item.scxml
if grep -v '^property:' faults >&2; then
	echo "shipped: the model has faults" >&2
	exit 1
fi
# Each declared property holds: no way was found that breaks it, or all was found that must reach something.
cat > holds <<'END'
property:ddtro-ew/application can-close:found
property:ddtro-ew/application closes:found
property:ddtro-ew/application reviewed:none
property:ddtro-ew/application two-people:none
property:ddtro-ew/item restored:found
property:ddtro-ew/order ends:found
property:ddtro-ew/order no-notice:none
property:ddtro-ew/order order-first:none
property:ddtro-ew/order second-reader:none
END
sort faults | diff holds - >&2
[ "$(wc -l < holds)" -eq "$(cat "$source"/workflows/ddtro-ew/*.scxml | grep -c '<tro:property ')" ]

count=0
for file in "$source"/tests/data/bad-workflows/*.scxml; do
	: > faults
	compare "$(basename "$file")" "$file"
	same_kinds "$file"
	count=$((count + 1))
done
[ "$count" -ge 12 ]
echo "$asked questions, one answer each"
