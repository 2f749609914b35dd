#!/usr/bin/env bash
# Runs the tutorial programs with seed 0 and compares what they print with what PyTorch's originals
# print: text exactly, numbers to five significant digits. Then trains the digits.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
bin=$("$root/Scripts/build-programs.sh" Examples) || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
status=0

for expected in "$root"/Tests/Fixtures/tutorials/*.txt; do
  name=$(basename "$expected" .txt)
  if ! "$bin/tutorial" "$name" --seed 0 >"$name.txt"; then
    echo "$name: the program failed"
    status=1
    continue
  fi
  # Numbers are split off; the text between them must be the same.
  if awk '
    function clean(s) { gsub(/\r/, "", s); return s }
    NR == FNR { want[++n] = clean($0); next }
    { got[++m] = clean($0) }
    END {
      number = "-?[0-9]+(\\.[0-9]*)?(e[-+]?[0-9]+)?"
      if (m < n) { printf "%d lines instead of %d\n", m, n; exit 1 }
      for (i = 1; i <= n; i++) {
        a = want[i]; b = got[i]
        while (match(a, number)) {
          x = substr(a, RSTART, RLENGTH); before = substr(a, 1, RSTART - 1); a = substr(a, RSTART + RLENGTH)
          if (!match(b, number) || substr(b, 1, RSTART - 1) != before) { bad(i); exit 1 }
          y = substr(b, RSTART, RLENGTH); b = substr(b, RSTART + RLENGTH)
          d = x - y; if (d < 0) d = -d
          size = x < 0 ? -x : x + 0
          if (d > 1.00001e-5 * size && d > 1e-7) { bad(i); exit 1 }
        }
        if (a != b) { bad(i); exit 1 }
      }
    }
    function bad(i) { printf "line %d:\n  PyTorch  %s\n  Descent  %s\n", i, want[i], got[i] }
  ' "$expected" "$name.txt" >difference; then
    echo "ok $name ($(wc -l <"$expected") lines)"
  else
    echo "$name differs from PyTorch: $(cat difference)"
    status=1
  fi
done

for name in $("$bin/tutorial" | awk 'NR > 2 { print $1 }'); do
  if ! "$bin/tutorial" "$name" --seed 0 >/dev/null; then
    echo "$name: the program failed"
    status=1
  fi
done

"$bin/digits" >digits.txt || status=1
if awk '/^epoch/ { test = $(NF - 1) } END { exit !(test >= 97) }' digits.txt && [ -s digits.safetensors ] && [ -s digits.svg ]; then
  echo "ok digits ($(grep '^epoch' digits.txt | tail -1))"
else
  echo "digits: less than 97 % on the test images, or a file is missing"
  cat digits.txt
  status=1
fi
exit $status
