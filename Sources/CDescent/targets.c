#include "dsc_targets.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// 0 until the processor has been probed, then 1 + the target. Racing first calls find the same.
static _Atomic int chosen;

#if defined(__x86_64__)
#include <cpuid.h>

// Which state the operating system saves: the low half of extended control register 0.
__attribute__((target("xsave"))) static unsigned saved_state(void) {
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

// Intel 64 manual, volume 2A, CPUID; volume 1, 14.3 (AVX) and 15.2 (AVX-512).
static DscTarget probe(void) {
  enum { XMM_YMM = 0x06, ZMM = 0xe6 };
  const unsigned fma = 1u << 12, osxsave = 1u << 27, avx = 1u << 28, f16c = 1u << 29;
  const unsigned bmi = 1u << 3, avx2 = 1u << 5, bmi2 = 1u << 8;
  const unsigned f = 1u << 16, dq = 1u << 17, bw = 1u << 30, vl = 1u << 31;
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return DSC_TARGET_PORTABLE;
  const unsigned first = fma | osxsave | avx | f16c;
  if ((c & first) != first) return DSC_TARGET_PORTABLE;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return DSC_TARGET_PORTABLE;
  const unsigned second = bmi | avx2 | bmi2, third = f | dq | bw | vl;
  const unsigned saved = saved_state();
  if ((b & second) != second || (saved & XMM_YMM) != XMM_YMM) return DSC_TARGET_PORTABLE;
  return (b & third) == third && (saved & ZMM) == ZMM ? DSC_TARGET_AVX512 : DSC_TARGET_AVX2;
}

static bool probe_pairs(void) {
  const unsigned bf16 = 1u << 5;
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & bf16) != 0;
}

// AMD64 manual, volume 3, E.3.2: family 25 is Zen 3 and Zen 4, of which Zen 4 was measured.
static bool probe_fetching(void) {
  const unsigned zen4 = 25;
  unsigned a, b, c, d;
  const bool is_amd = __get_cpuid(0, &a, &b, &c, &d) && b == signature_AMD_ebx;
  if (!is_amd || !__get_cpuid(1, &a, &b, &c, &d)) return false;
  return (a >> 8 & 0xf) + (a >> 20 & 0xff) == zen4;
}
#elif defined(__aarch64__)
static DscTarget probe(void) { return DSC_TARGET_NEON; }
static bool probe_pairs(void) { return false; }
static bool probe_fetching(void) { return false; }
#else
static DscTarget probe(void) { return DSC_TARGET_PORTABLE; }
static bool probe_pairs(void) { return false; }
static bool probe_fetching(void) { return false; }
#endif

// DESCENT_CPU_CAPABILITY (default, avx2, avx512) asks for less than the processor has, as PyTorch's
// ATEN_CPU_CAPABILITY does; what is not there is refused aloud.
static DscTarget choose(void) {
  const char *wish = getenv("DESCENT_CPU_CAPABILITY");
  const DscTarget best = probe();
  if (!wish) return best;
  if (!strcmp(wish, "default")) return DSC_TARGET_PORTABLE;
  if (best != DSC_TARGET_NEON && !strcmp(wish, "avx2") && best >= DSC_TARGET_AVX2)
    return DSC_TARGET_AVX2;
  if (best == DSC_TARGET_AVX512 && !strcmp(wish, "avx512")) return best;
  fprintf(stderr,
          "DESCENT_CPU_CAPABILITY: not a capability of this processor. Got %s. Try default%s.\n",
          wish,
          best == DSC_TARGET_AVX512 ? ", avx2 or avx512"
          : best == DSC_TARGET_AVX2 ? " or avx2"
                                    : "");
  return best;
}

DscTarget dsc_target(void) {
  int known = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (known == 0) {
    known = 1 + (int)choose();
    atomic_store_explicit(&chosen, known, memory_order_relaxed);
  }
  return (DscTarget)(known - 1);
}

// `known` is 0 until the processor has been probed, then 1 + the answer.
static bool remembered(_Atomic int *known, bool (*probe_it)(void)) {
  int answer = atomic_load_explicit(known, memory_order_relaxed);
  if (answer == 0) {
    answer = 1 + (int)probe_it();
    atomic_store_explicit(known, answer, memory_order_relaxed);
  }
  return answer == 2;
}

bool dsc_multiplies_pairs(void) {
  static _Atomic int known;
  return remembered(&known, probe_pairs) && dsc_target() == DSC_TARGET_AVX512;
}

bool dsc_fetches_alone(void) {
  static _Atomic int known;
  return remembered(&known, probe_fetching);
}

bool dsc_set_target_for_testing(DscTarget target) {
  const DscTarget best = probe();
  const bool has = best == DSC_TARGET_NEON ? target == best : target <= best;
  if (has) atomic_store_explicit(&chosen, 1 + (int)target, memory_order_relaxed);
  return has;
}
