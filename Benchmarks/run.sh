#!/usr/bin/env bash
# Runs the rows (or those whose names begin as given) for Descent and PyTorch in turn, three rounds, and
# prints the best median of each with their ratio. Both sides draw the same numbers, so their results are
# compared: by the sum of the elements and of their squares. PYTHON names an interpreter that has torch;
# without one only Descent runs.
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
    MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=99999999999 "$python" "$here/torch_rows" "$@" |
      sed 's/^/torch /' >>"$results"
  fi
done
awk '
  { key = $1 " " $2; if (!(key in best) || $3 < best[key]) best[key] = $3
    sum[key] = $4; squares[key] = $5; if (!($2 in seen)) { seen[$2] = 1; order[++n] = $2 } }
  function show(s) { return s < 1e-6 ? sprintf("%.0f ns", s * 1e9) : s < 1e-3 ? sprintf("%.2f us", s * 1e6) : sprintf("%.2f ms", s * 1e3) }
  # Sums differ by rounding: they are held beside the root of the squares.
  function far(a, b, size) { return (a > b ? a - b : b - a) > 1e-3 * size }
  END {
    printf "%-28s %12s %12s %8s\n", "row", "Descent", "PyTorch", "ratio"
    for (i = 1; i <= n; i++) {
      d = "descent " order[i]; t = "torch " order[i]; note = ""
      if (t in best) {
        size = sqrt(squares[t] + 0) + (sum[t] < 0 ? -sum[t] : sum[t]) + 1e-9
        if (far(sum[d], sum[t], size) || far(squares[d], squares[t], squares[t] + 1e-9)) {
          note = sprintf("  RESULTS DIFFER: sums %g and %g, of squares %g and %g", sum[d], sum[t], squares[d], squares[t])
          status = 1
        }
      }
      printf "%-28s %12s %12s %8s%s\n", order[i], show(best[d]), t in best ? show(best[t]) : "-", t in best ? sprintf("%.3f", best[d] / best[t]) : "-", note
    }
    exit status
  }' "$results" || status=1
[ $has_torch = yes ] || echo "PyTorch is not here: pip install torch==2.13.0"
exit ${status:-0}
