#!/usr/bin/env bash
# Fails if an import points upwards or out of the rooms that Package.swift lists.
set -u
cd "$(dirname "$0")/.."
status=0
check() { # target, allowed imports as an extended regular expression
  local found
  found=$(grep -rnE '^[[:space:]]*(@[A-Za-z_]+ |public |internal |package |private )*import ' \
    "Sources/$1" --include='*.swift' | grep -vE "import ($2)\$")
  if [ -n "$found" ]; then
    printf '%s may not import:\n%s\n' "$1" "$found"
    status=1
  fi
}
platform='Glibc|Musl|Darwin|Synchronization'
check DescentZlib "$platform"
check DescentNN "DescentCore|$platform"
check DescentOptim "DescentCore|$platform"
check DescentData "DescentCore|DescentZlib|FoundationEssentials|$platform"
check DescentIO "DescentCore|FoundationEssentials|$platform"
check DescentPlot "DescentCore|DescentZlib|FoundationEssentials|$platform"
check Descent "Descent(Core|NN|Optim|Data|IO|Plot)"
check DescentCore/Backend "CDescent|$platform"
for room in Storage Autograd Tensor Ops Random Checks; do check "DescentCore/$room" "$platform"; done
headers=$(grep -rhoE '#include *<[^>]+>' Sources/CDescent |
  grep -vE '<(assert|cpuid|errno|fenv|float|immintrin|arm_neon|inttypes|limits|math|pthread|sched|stdalign|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|unistd|time|sys/[a-z]+|linux/futex)\.h>' | sort -u)
if [ -n "$headers" ]; then
  printf 'CDescent includes:\n%s\n' "$headers"
  status=1
fi
exit $status
