#!/usr/bin/env bash
# Runs PyTorch's test material and fails on any failure that Tests/Goldens/known-failures.txt does not
# name. The list only shrinks: an entry that passes again is reported, so that it is taken out.
set -u
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log" "$log.now" "$log.known"' EXIT
Scripts/goldens.sh --list >"$log" 2>&1
grep -E '^(section|[a-z ]+ +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+)' "$log"
if ! grep -qE '^all +[0-9]+' "$log"; then
  tail -40 "$log"
  echo "the runner did not come to its end"
  exit 1
fi
awk -F '\t' '$1 == "failed" { print $2 "\t" $3 }' "$log" | sed -E 's/: .*//' | sort -u >"$log.now"
grep -v "^#" Tests/Goldens/known-failures.txt | sort -u >"$log.known"
comm -13 "$log.now" "$log.known" | sed 's/^/passes again, take it out of known-failures.txt: /'
new=$(comm -23 "$log.now" "$log.known")
if [ -n "$new" ]; then
  printf 'new failures:\n%s\n' "$new"
  awk -F '\t' '$1 == "failed"' "$log" | head -60
  exit 1
fi
