#!/bin/sh
# clang-tidy over the library and the client, with the flags of a build folder. usage: tidy.sh SOURCE BUILD
#
# Nearly all of its time goes into following the paths of a few long functions until clang's analyzer gives up, at 225,000 nodes of a
# function. Here it gives up at a third of that; the preset "analyze" builds with clang's own limit.
set -eu
cd "$1"
find engine tools/tro -name '*.c' -print0 | xargs -0 -P "$(nproc)" -n 4 clang-tidy -p "$2" --quiet \
	--extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang --extra-arg=max-nodes=75000 2>/dev/null
