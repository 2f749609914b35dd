// The mathematical functions in float64: most as vector code, the special ones as scalar code. The
// vector code is without branches and within about 2 ulp.
#include "dsc_math_macros.h"
#include "dsc_special.h"

// ROW(NAME, function)
#define VECTOR_ROWS(ROW)          \
  ROW(EXP, exp_f64)               \
  ROW(EXP2, exp2_f64)             \
  ROW(EXPM1, expm1_f64)           \
  ROW(LOG, log_f64)               \
  ROW(LOG2, log2_f64)             \
  ROW(LOG10, log10_f64)           \
  ROW(LOG1P, log1p_f64)           \
  ROW(ASIN, asin_f64)             \
  ROW(ACOS, acos_f64)             \
  ROW(ATAN, atan_f64)             \
  ROW(SINH, sinh_f64)             \
  ROW(COSH, cosh_f64)             \
  ROW(TANH, tanh_f64)             \
  ROW(ASINH, asinh_f64)           \
  ROW(ACOSH, acosh_f64)           \
  ROW(ATANH, atanh_f64)           \
  ROW(SIGMOID, sigmoid_f64)       \
  ROW(SILU, silu_f64)             \
  ROW(SILU_SLOPE, silu_slope_f64) \
  ROW(ERF, erf_f64)               \
  ROW(ERFC, erfc_f64)             \
  ROW(ERFINV, erfinv_f64)         \
  ROW(GELU, gelu_f64)             \
  ROW(GELU_SLOPE, gelu_slope_f64) \
  ROW(I0, bessel_i0)              \
  ROW(I1, bessel_i1)              \
  ROW(I0E, bessel_i0e)            \
  ROW(I1E, bessel_i1e)

#define VECTOR_ROWS2(ROW) \
  ROW(POW, pow_f64)       \
  ROW(ATAN2, atan2_f64)   \
  ROW(HYPOT, hypot_f64)

// ROW(NAME, function, C library's function for arguments too large to reduce quickly)
#define PERIODIC_ROWS(ROW) \
  ROW(SIN, sin_f64, sin)   \
  ROW(COS, cos_f64, cos)   \
  ROW(TAN, tan_f64, tan)

// ROW(NAME, lane, type, function in double, where it holds, scalar code for a run with others)
#define HAS_SHARE(p) (!((p) > 0 && (p) < DSC_LEAST_SHARE))
#define HAS_ANGLE(x) ((x) > -0x1p18)
#define SPECIAL_F64_ROWS(ROW)                                            \
  ROW(TRIGAMMA, F64, double, trigamma_f64, HAS_ANGLE, dsc_trigamma)      \
  ROW(LGAMMA, F64, double, lgamma_f64, DSC_HAS_QUICK_LGAMMA, dsc_lgamma) \
  ROW(NDTRI, F64, double, ndtri_f64, HAS_SHARE, dsc_ndtri)
#define SPECIAL_F32_ROWS(ROW)                                               \
  ROW(TRIGAMMA, F32, float, trigamma_f32, HAS_ANGLE, dsc_trigamma_f32)      \
  ROW(LGAMMA, F32, float, lgamma_f32, DSC_HAS_QUICK_LGAMMA_F32, dsc_lgamma) \
  ROW(NDTRI, F32, float, ndtri_f64, HAS_SHARE, dsc_ndtri)
#define SPECIAL_ROWS(ROW) SPECIAL_F64_ROWS(ROW) SPECIAL_F32_ROWS(ROW)

// ROW(NAME, function in double) of both dtypes
#define DIGAMMA_ROWS(ROW) ROW(DIGAMMA, digamma_f64)

#define SCALAR_ROWS(ROW)  ROW(ERFCX, dsc_erfcx)

#define SCALAR_ROWS2(ROW)   \
  ROW(NEXTAFTER, nextafter) \
  ROW(ZETA, dsc_zeta)       \
  ROW(IGAMMA, dsc_igamma)   \
  ROW(IGAMMAC, dsc_igammac)

#define DSC_BODY "math_f64_body.h"
#include "dsc_for_each_target.h"

const DscLoop *const dsc_math_f64_loops[DSC_TARGET_COUNT] = DSC_PER_TARGET(math_f64_loops);
const DscLoop *const dsc_math_special_loops[DSC_TARGET_COUNT] = DSC_PER_TARGET(math_special_loops);
