#!/usr/bin/env bash
# Holds what warm calls of the benchmarks' rows take, in counts, against Benchmarks/thresholds.txt: more than
# that fails; instructions (counted where valgrind is there) may exceed it by a twentieth, since C libraries
# differ. With --update the file is written anew: do that when a count has fallen, and say why if one rises.
set -euo pipefail
cd "$(dirname "$0")/.."
thresholds=Benchmarks/thresholds.txt
bin=$(Scripts/build-programs.sh Benchmarks)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mapfile -t rows < <(awk '!/^#/ && NF { print $1 }' "$thresholds")
"$bin/counts" "${rows[@]}" >"$folder/counts"

if command -v valgrind >/dev/null; then
  strip -o "$folder/stripped" "$bin/counts"  # valgrind cannot read every compiler's notes for debuggers
  collected() { # CALLS ROW
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$folder/stripped" --repeat "$1" "$2" 2>&1 |
      awk '/Collected/ { print $NF }'
  }
  awk '!/^#/ && NF && $6 != "-" { print $1 }' "$thresholds" | while read -r row; do
    few=$(collected 20 "$row") many=$(collected 120 "$row")
    echo "$row $(((many - few) / 100))"
  done >"$folder/instructions"
else
  echo "instructions are not counted: valgrind is not here"
  : >"$folder/instructions"
fi

if [ "${1:-}" = --update ]; then
  awk -v counts="$folder/counts" -v instructions="$folder/instructions" '
    BEGIN {
      while ((getline line < counts) > 0) { n = index(line, " "); count[substr(line, 1, n - 1)] = substr(line, n + 1) }
      while ((getline line < instructions) > 0) { split(line, word, " "); called[word[1]] = word[2] }
    }
    /^#/ || !NF { print; next }
    { print $1, count[$1], ($1 in called) ? called[$1] : $6 }' "$thresholds" >"$folder/new"
  cp "$folder/new" "$thresholds"
  exit
fi
awk -v counts="$folder/counts" -v instructions="$folder/instructions" '
  BEGIN {
    while ((getline line < counts) > 0) { n = index(line, " "); count[substr(line, 1, n - 1)] = substr(line, n + 1) }
    while ((getline line < instructions) > 0) { split(line, word, " "); called[word[1]] = word[2] }
    split("allocations blocks kernels faults instructions", name, " ")
  }
  /^#/ || !NF { next }
  {
    if (!($1 in count)) { print "no such row: " $1; failed = 1; next }
    split(count[$1] " " called[$1], now, " ")
    for (i = 1; i <= 5; i++) {
      most = $(i + 1)
      if (most == "-" || now[i] == "") continue
      if (now[i] > most * (i == 5 ? 1.05 : 1)) { print $1 ": " name[i] " " now[i] ", at most " most; failed = 1 }
      if (now[i] < most * (i == 5 ? 0.9 : 1)) print $1 ": " name[i] " fell to " now[i] " from " most " (--update)"
    }
    held++
  }
  END { if (!failed) print held " rows within their counts"; exit failed }' "$thresholds"
