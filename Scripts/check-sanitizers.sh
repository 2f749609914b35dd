#!/usr/bin/env bash
# Runs the tests of Core with the kernels, of data and of files under the sanitizers of the toolchain.
#   Scripts/check-sanitizers.sh [address|thread ...]
set -euo pipefail
cd "$(dirname "$0")/.."
# Leaks are not asked for: references in Swift's enums carry tags, which the detector takes for none. The
# release build's tests hold the resident memory flat instead; here it is the sanitizer's own.
export ASAN_OPTIONS=detect_leaks=0
[ $# -gt 0 ] || set -- address thread
for sanitizer in "$@"; do
  printf '%s sanitizer\n' "$sanitizer"
  swift test --sanitize="$sanitizer" --scratch-path ".build-$sanitizer" -Xcc -O2 \
    --filter 'DescentCoreTests|DescentDataTests|DescentIOTests|DescentTests' --skip flatMemory
done
