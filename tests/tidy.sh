#!/bin/sh
# clang-tidy over the library and the client, with the flags of a build folder. usage: tidy.sh SOURCE BUILD
set -eu
cd "$1"
find engine tools/tro -name '*.c' -print0 | xargs -0 -P "$(nproc)" -n 8 clang-tidy -p "$2" --quiet 2>/dev/null
