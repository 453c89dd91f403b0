#!/bin/sh
# Holds every include under engine/ and tools/ to engine/LAYERS: a module includes itself and the modules above it in the list, foreign
# libraries are included where the list allows them and nowhere else, and the client sees public headers alone.
# shellcheck disable=SC2046 # lists of files without blanks in their names
set -eu
cd "$1"

awk '
FNR == NR {
	if ($0 ~ /^#/ || $0 == "") next
	module = $1; sub(/:$/, "", module)
	order[module] = ++count
	for (i = 2; i <= NF; i++) owner[$i] = module
	next
}
function complain(what) { printf "%s:%d: %s\n", FILENAME, FNR, what; bad = 1 }
/^#include/ {
	split(FILENAME, path, "/")
	here = path[1] == "engine" ? path[2] : "client"
	name = $2; gsub(/[<>"]/, "", name)
	for (foreign in owner)
		if (index(name, foreign) == 1 && owner[foreign] != here)
			complain("only " owner[foreign] " may include " name)
	if ($2 ~ /^"/) {
		split(name, part, "/")
		if (here == "client") { if (name ~ /\//) complain("the client includes public headers only, not " name); next }
		if (!(part[1] in order)) complain("includes no module of engine/LAYERS: " name)
		else if (order[part[1]] > order[here]) complain(here " may not include " part[1] ", which stands above it")
	}
}
END { exit bad }
' engine/LAYERS $(find engine tools/tro -name '*.[ch]' | sort)
