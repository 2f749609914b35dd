#!/usr/bin/env bash
# Runs the rows (or those named) for Descent and PyTorch in turn, three rounds, and prints the best
# median of each with their ratio. PYTHON names an interpreter that has torch; without one only Descent runs.
#
#   Benchmarks/run.sh [ROW...]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
swift build -c release --package-path "$here" >&2
bin=$(swift build -c release --package-path "$here" --show-bin-path)
python=${PYTHON:-python3}
results=$(mktemp)
trap 'rm -f "$results"' EXIT
has_torch=yes
"$python" -c 'import torch' 2>/dev/null || has_torch=no
for _ in 1 2 3; do
  "$bin/bench" "$@" | sed 's/^/descent /' >>"$results"
  if [ $has_torch = yes ]; then
    MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=99999999999 "$python" "$here/torch_rows.py" "$@" |
      sed 's/^/torch /' >>"$results"
  fi
done
awk '
  { key = $1 " " $2; if (!(key in best) || $3 < best[key]) best[key] = $3; if (!($2 in seen)) { seen[$2] = 1; order[++n] = $2 } }
  function show(s) { return s < 1e-6 ? sprintf("%.0f ns", s * 1e9) : s < 1e-3 ? sprintf("%.2f us", s * 1e6) : sprintf("%.2f ms", s * 1e3) }
  END {
    printf "%-28s %12s %12s %8s\n", "row", "Descent", "PyTorch", "ratio"
    for (i = 1; i <= n; i++) {
      d = best["descent " order[i]]; t = best["torch " order[i]]
      printf "%-28s %12s %12s %8s\n", order[i], show(d), t ? show(t) : "-", t ? sprintf("%.3f", d / t) : "-"
    }
  }' "$results"
[ $has_torch = yes ] || echo "PyTorch is not here: pip install torch==2.13.0"
