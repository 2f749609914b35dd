#!/bin/sh
# Builds the programs of a package beside this one, warnings being errors, and prints the folder they lie in.
# The packages share a scratch folder and their options, so the library is built once for all of them.
#
#   Scripts/build-programs.sh PACKAGE [OPTION...]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
package=$1
shift
build() {
  swift build -c release --package-path "$root/$package" --scratch-path "$root/.build-programs" \
    -Xswiftc -warnings-as-errors -Xcc -Werror "$@"
}
build "$@" >&2
build --show-bin-path
