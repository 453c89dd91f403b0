#!/bin/sh
# Every header compiles alone, as C11 without extensions.
set -eu
cd "$1"
status=0
for header in $(find include engine -name '*.h' | sort); do
	# shellcheck disable=SC2086 # flags are words
	if ! ${CC:-cc} -std=c11 -pedantic-errors -Wall -Wextra -Werror -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE \
		-Iinclude -Iengine $2 -fsyntax-only -x c "$header"; then
		status=1
	fi
done
exit $status
