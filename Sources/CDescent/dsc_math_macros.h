// What the bodies of vector math share: bits, selection-free rounding, polynomials.
#ifndef DSC_MATH_MACROS_H
#define DSC_MATH_MACROS_H

#include <math.h>
#include <string.h>

#include "dsc_coefficients.h"
#include "dsc_loop_macros.h"

#define DSC_UNROLL DSC_PRAGMA(clang loop unroll(full))
#define DSC_INLINE static inline __attribute__((always_inline))

DSC_INLINE uint32_t bits32(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof(bits));
  return bits;
}
DSC_INLINE float float32(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof(x));
  return x;
}
DSC_INLINE uint64_t bits64(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof(bits));
  return bits;
}
DSC_INLINE double float64(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof(x));
  return x;
}

// Adding one and a half units of the last integer place rounds to an integer, which then also
// stands in the low bits.
#define DSC_MAGIC32 0x1.8p23f
#define DSC_MAGIC64 0x1.8p52

#define DSC_LOG2E   0x1.71547652b82fep+0
#define DSC_LOG10E  0x1.bcb7b1526e50ep-2
// The same in two parts, the first of 32 bits.
#define DSC_LOG2E_HI       0x1.71547652p+0
#define DSC_LOG2E_LO       0x1.705fc2eefa2p-33
#define DSC_LOG10E_HI      0x1.bcb7b152p-2
#define DSC_LOG10E_LO      0x1.b9438ca9aadd5p-36
#define DSC_LN2            0x1.62e42fefa39efp-1
#define DSC_PI             0x1.921fb54442d18p+1
#define DSC_PI_LO          0x1.1a62633145c07p-53
#define DSC_TWO_BY_PI      0x1.45f306dc9c883p-1
#define DSC_ROOT_OF_HALF   0x1.6a09e667f3bcdp-1
#define DSC_NORMAL_AT_0    0x1.9884533d43651p-2  // 1 / sqrt(2 pi)
#define DSC_ROOT_PI_HALVES 0x1.c5bf891b4ef6bp-1  // sqrt(pi) / 2
#define DSC_LN_ROOT_TWO_PI 0x1.d67f1c864beb5p-1  // ln(2 pi) / 2
#define DSC_ROOT_HALF      0x3fe6a09e667f3bcdu   // bits of sqrt(1/2)
#define DSC_ONE            0x3ff0000000000000u   // bits of 1
// ln 2, log10 2 and pi / 2 in parts whose products with small integers are exact.
#define DSC_LN2_HI32        0x1.62e4p-1f
#define DSC_LN2_LO32        0x1.7f7d1cp-20f
#define DSC_LN2_HI64        0x1.62e42feep-1
#define DSC_LN2_LO64        0x1.a39ef35793c76p-33
#define DSC_LOG10_2_HI      0x1.34413509f7p-2
#define DSC_LOG10_2_LO      0x1.3fde623e2566bp-43
#define DSC_HALF_PI_1       0x1.921fb544p+0
#define DSC_HALF_PI_2       0x1.0b4611a6p-34
#define DSC_HALF_PI_3       0x1.3198a2e037073p-69

#define DSC_ABS(x)          __builtin_elementwise_abs(x)
#define DSC_SQRT(x)         __builtin_elementwise_sqrt(x)
#define DSC_SIGNED_AS(x, s) __builtin_elementwise_copysign(x, s)

// Multiply-add in one instruction where there is one, else in two.
#define DSC_MULTIPLY_ADD(a, b, c) (DSC_FMA ? __builtin_elementwise_fma(a, b, c) : (a) * (b) + (c))
#define DSC_POLYNOMIAL(T, x, c)   DSC_NAME(polynomial_##T)(x, c, sizeof(c) / sizeof((c)[0]))

#endif
