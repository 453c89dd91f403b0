#!/bin/sh
# What is installed works from where it was put: program, data, manual page, and a client built with pkg-config alone.
# usage: install.sh BUILD_DIR CC CFLAGS
set -eu
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

DESTDIR=$work/root cmake --install "$build" > "$work/log"

# The one file below the new root whose path ends in $1.
placed() {
	found=$(find "$work/root" -path "*/$1")
	if [ -z "$found" ]; then
		echo "install.sh: not installed: $1" >&2
		exit 1
	fi
	echo "$found"
}
program=$(placed bin/tro)
placed share/tro/workflows/ddtro-ew/workflow.xml > /dev/null
placed share/tro/templates > /dev/null
(cd "$(dirname "$(placed share/tro/verify.sh)")" && sha256sum -c --quiet verify.sh.sha256)
grep -q '^\.TH "tro" "1"' "$(placed man/man1/tro.1)"
for page in backup erase extract witness; do
	grep -q "^\.TH \"tro-$page\" \"1\"" "$(placed "man/man1/tro-$page.1")"
done
grep -q '^\.TH "tro-workflow" "5"' "$(placed man/man5/tro-workflow.5)"
placed share/tro/workflows/workflow.rng > /dev/null
"$program" --version | grep -q '^tro [0-9]'

pc=$(placed pkgconfig/tro.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
[ "tro $(pkg-config --modversion tro)" = "$("$program" --version)" ]

# Every public header, and a call that reaches through the whole library.
headers=$(dirname "$(placed include/tro/registry.h)")
for header in "$headers"/*.h; do
	echo "#include <tro/$(basename "$header")>"
done > "$work/client.c"
cat >> "$work/client.c" <<'END'
int main(void)
{
	tro_registry *registry;
	return tro_registry_open(&registry, "/nonexistent", 0) != TRO_NOT_FOUND;
}
END
# shellcheck disable=SC2046,SC2086 # flags are words
"$2" -std=c11 -pedantic-errors -Wall -Wextra -Werror $3 $(pkg-config --cflags tro) "$work/client.c" \
	$(pkg-config --static --libs tro) -o "$work/client"
"$work/client"
