#!/usr/bin/env bash
# Runs the tests of Core and the kernels under AddressSanitizer (with leaks) and ThreadSanitizer.
#   Scripts/check-sanitizers.sh [address|thread ...]
set -euo pipefail
cd "$(dirname "$0")/.."
for sanitizer in "${@:-address}" ; do
  printf '%s sanitizer\n' "$sanitizer"
  swift test --sanitize="$sanitizer" --scratch-path ".build-$sanitizer" -Xcc -O2 \
    --filter 'DescentCoreTests|DescentDataTests|DescentIOTests'
done
