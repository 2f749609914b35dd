#!/usr/bin/env bash
# Runs the rows (or those whose names begin as given) for Descent and PyTorch in turn, ROUNDS times (3), and
# prints the median of the rounds' medians with their ratio, the part of the machine's limit, and whether the
# row's bar is passed. Both sides draw the same numbers, so their results are compared. PyTorch runs with memory
# kept by the C allocator (the honest rival on large tensors), in the first round as it comes as well. PYTHON
# names an interpreter that has torch; without one only Descent runs. All numbers are written to results.json
# beside this file (OUT names another one). DESCENT_CPU_CAPABILITY=avx2 with ATEN_CPU_CAPABILITY=avx2 and
# ONEDNN_MAX_CPU_ISA=AVX2 compares both sides on AVX2.
#
#   Benchmarks/run.sh [ROW...]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$("$here/../Scripts/build-programs.sh" Benchmarks)
python=${PYTHON:-python3}
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
has_torch=yes
"$python" -c 'import torch' 2>/dev/null || has_torch=no
tuned() { MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=99999999999 "$@"; }

both() {  # OPTION... ROW...
  "$bin/bench" "$@" >>"$lines"
  [ $has_torch = yes ] || return 0
  tuned "$python" "$here/torch_rows" torch-tuned "$@" >>"$lines"
  [ $round != 1 ] || "$python" "$here/torch_rows" torch-default "$@" >>"$lines"
}

asked() { # ROW: whether it is among those asked for
  [ ${#wanted[@]} = 0 ] && return 0
  local word
  for word in "${wanted[@]}"; do [[ $1 == "$word"* ]] && return 0; done
  return 1
}

wanted=("$@")
for round in $(seq "${ROUNDS:-3}"); do
  for threads in 2 1; do "$bin/limits" $threads >>"$lines"; done
  both "$@"
  for row in B3-matmul-1024 B3-matmul-2048 B3-bmm-64; do
    if asked $row; then both --threads 1 $row; fi
  done
done
for row in B5-lenet-train B5-resnet18-train B6-gpt-train B7-lstm-grad; do
  if asked $row; then
    "$bin/bench" --peak $row >>"$lines"
    [ $has_torch = no ] || "$python" "$here/torch_rows" torch-default --peak $row >>"$lines"
  fi
done
if asked B11-start; then
  "$bin/launch" descent B11-start "$bin/startup" >>"$lines"
  # As one ships it: with the Swift runtime inside.
  static() { swift build -c release --package-path "$here" --scratch-path "$here/.build-static" \
    --static-swift-stdlib --product startup "$@"; }
  static >&2
  "$bin/launch" descent B11-start-static "$(static --show-bin-path)/startup" >>"$lines"
  [ $has_torch = no ] ||
    "$bin/launch" torch-default B11-start "$python" -c 'import torch; print(torch.ones(2) + torch.ones(2))' >>"$lines"
fi
status=0
"$bin/report" "${OUT:-$here/results.json}" <"$lines" || status=$?
[ $has_torch = yes ] || echo "PyTorch is not here: pip install torch==2.13.0"
exit $status
