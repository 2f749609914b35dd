#!/usr/bin/env bash
# Runs every family of kernels against plain definitions (Tests/Kernels) for every instruction set of this
# processor, and for NEON where aarch64-linux-gnu-gcc (its headers and linker) and qemu-aarch64 are there.
#
#   Scripts/check-kernels.sh [FAMILY]
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
build() {  # NAME OPTION...
  local name=$1
  shift
  printf '%s\n' Sources/CDescent/*.c Tests/Kernels/*.c |
    xargs -P "$(nproc)" -I{} sh -c \
      'source=$1; shift; exec clang "$@" -c "$source" -o "'"$folder"'/$(echo "$source" | tr / _).'"$name"'.o"' \
      sh {} "$@" -std=gnu11 -O2 -Werror
}
build native
clang "$folder"/*.native.o -lm -lpthread -o "$folder/native"
programs=("$folder/native")
if command -v qemu-aarch64 >/dev/null && command -v aarch64-linux-gnu-gcc >/dev/null; then
  build arm --target=aarch64-linux-gnu -I/usr/aarch64-linux-gnu/include
  aarch64-linux-gnu-gcc -static "$folder"/*.arm.o -lm -lpthread -o "$folder/arm"
  programs=("qemu-aarch64 $folder/arm" "${programs[@]}")
else
  echo "NEON      not run: no cross compiler or no qemu here"
fi
# A process a family, the slow emulated ones first.
families=("$@")
[ $# -gt 0 ] || mapfile -t families < <("$folder/native" --families)
for program in "${programs[@]}"; do printf "$program %s\n" "${families[@]}"; done |
  xargs -P "$(nproc)" -I{} sh -c 'exec {}'
