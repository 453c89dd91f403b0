#!/bin/sh
# The layers test can fail: a tree with each kind of fault is refused.
set -eu
check=$1/tests/layers.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/engine/base" "$tree/engine/store" "$tree/tools/tro"
cp "$1/engine/LAYERS" "$tree/engine/LAYERS"
printf '#include "base/text.h"\n#include <sqlite3.h>\n' > "$tree/engine/store/good.c"
sh "$check" "$tree"
fails() {
	printf '%s\n' "$2" > "$tree/$1"
	if sh "$check" "$tree" > /dev/null; then
		echo "not refused: $2 in $1" >&2
		exit 1
	fi
	rm "$tree/$1"
}
fails engine/base/a.c '#include "store/store.h"'
fails engine/base/a.c '#include <sqlite3.h>'
fails engine/base/a.c '#include "elsewhere/x.h"'
fails tools/tro/a.c '#include "store/store.h"'
fails tools/tro/a.c '#include <gcrypt.h>'
