// The mathematical functions in float64: the most used ones as vector code, the others as calls of
// the C library.
#include "dsc_math_macros.h"
#include "dsc_special.h"

// ROW(NAME, function)
#define VECTOR_ROWS(ROW)    \
  ROW(EXP, exp_f64)         \
  ROW(LOG, log_f64)         \
  ROW(TANH, tanh_f64)       \
  ROW(SIGMOID, sigmoid_f64) \
  ROW(SILU, silu_f64)       \
  ROW(SILU_SLOPE, silu_slope_f64)

// ROW(NAME, function, C library's function for arguments too large to reduce quickly)
#define PERIODIC_ROWS(ROW) \
  ROW(SIN, sin_f64, sin)   \
  ROW(COS, cos_f64, cos)

#define SCALAR_ROWS(ROW)      \
  ROW(EXP2, exp2)             \
  ROW(EXPM1, expm1)           \
  ROW(LOG2, log2)             \
  ROW(LOG10, log10)           \
  ROW(LOG1P, log1p)           \
  ROW(TAN, tan)               \
  ROW(ASIN, asin)             \
  ROW(ACOS, acos)             \
  ROW(ATAN, atan)             \
  ROW(SINH, dsc_sinh)         \
  ROW(COSH, dsc_cosh)         \
  ROW(ASINH, asinh)           \
  ROW(ACOSH, acosh)           \
  ROW(ATANH, atanh)           \
  ROW(ERF, erf)               \
  ROW(ERFC, erfc)             \
  ROW(ERFINV, dsc_erfinv)     \
  ROW(LGAMMA, dsc_lgamma)     \
  ROW(DIGAMMA, dsc_digamma)   \
  ROW(TRIGAMMA, dsc_trigamma) \
  ROW(I0, dsc_i0)             \
  ROW(I1, dsc_i1)             \
  ROW(I0E, dsc_i0e)           \
  ROW(I1E, dsc_i1e)           \
  ROW(ERFCX, dsc_erfcx)       \
  ROW(NDTRI, dsc_ndtri)

#define SCALAR_ROWS2(ROW)   \
  ROW(POW, pow)             \
  ROW(ATAN2, atan2)         \
  ROW(HYPOT, hypot)         \
  ROW(NEXTAFTER, nextafter) \
  ROW(ZETA, dsc_zeta)       \
  ROW(IGAMMA, dsc_igamma)   \
  ROW(IGAMMAC, dsc_igammac)

#define DSC_BODY "math_f64_body.h"
#include "dsc_for_each_target.h"

const DscLoop *const dsc_math_f64_loops[DSC_TARGET_COUNT] = DSC_PER_TARGET(math_f64_loops);
