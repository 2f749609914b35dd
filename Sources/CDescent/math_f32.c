// The mathematical functions in float32.
//
// The most used ones (exp, exp2, log, tanh, sigmoid, erf) are computed in float, the others in
// double, where short polynomials are accurate without tricks. All are without branches, so that
// ordinary loops over them become vector code.
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "dsc_halves.h"
#include "dsc_math_macros.h"
#include "dsc_sizes.h"
#include "dsc_special.h"

// ROW(NAME, function)
#define VECTOR_ROWS(ROW)          \
  ROW(EXP, exp_f32)               \
  ROW(EXP2, exp2_f32)             \
  ROW(EXPM1, expm1_f32)           \
  ROW(LOG, log_f32)               \
  ROW(LOG2, log2_f32)             \
  ROW(LOG10, log10_f32)           \
  ROW(LOG1P, log1p_f32)           \
  ROW(ASIN, asin_f32)             \
  ROW(ACOS, acos_f32)             \
  ROW(ATAN, atan_f32)             \
  ROW(SINH, sinh_f32)             \
  ROW(COSH, cosh_f32)             \
  ROW(TANH, tanh_f32)             \
  ROW(ASINH, asinh_f32)           \
  ROW(ACOSH, acosh_f32)           \
  ROW(ATANH, atanh_f32)           \
  ROW(SIGMOID, sigmoid_f32)       \
  ROW(SILU, silu_f32)             \
  ROW(SILU_SLOPE, silu_slope_f32) \
  ROW(ERFC, erfc_f32)             \
  ROW(ERFINV, erfinv_f32)

// The same, of so many operations that memory does not count.
#define LONG_ROWS(ROW) \
  ROW(I0, i0_f32)      \
  ROW(I1, i1_f32)      \
  ROW(I0E, i0e_f32)    \
  ROW(I1E, i1e_f32)

#define VECTOR_ROWS2(ROW) \
  ROW(POW, pow_f32)       \
  ROW(ATAN2, atan2_f32)   \
  ROW(HYPOT, hypot_f32)

// ROW(NAME, function, C library's function for arguments too large to reduce quickly)
#define PERIODIC_ROWS(ROW) \
  ROW(SIN, sin_f32, sinf)  \
  ROW(COS, cos_f32, cosf)  \
  ROW(TAN, tan_f32, tanf)

// ROW(NAME, function in double)
#define SCALAR_ROWS(ROW) ROW(ERFCX, dsc_erfcx)

// ROW(NAME, function of two arguments in double)
#define SCALAR_ROWS2(ROW)     \
  ROW(ZETA, dsc_zeta)         \
  ROW(IGAMMA, dsc_igamma_f32) \
  ROW(IGAMMAC, dsc_igammac_f32)

#define DSC_BODY "math_f32_body.h"
#include "dsc_for_each_target.h"

const DscLoop *const dsc_math_f32_loops[DSC_TARGET_COUNT] = DSC_PER_TARGET(math_f32_loops);
const DscStreamLoop *const dsc_math_stream_loops[DSC_TARGET_COUNT] =
    DSC_PER_TARGET(math_stream_loops);
const DscHalfLoop (*const dsc_math_half_loops[DSC_TARGET_COUNT])[2] =
    DSC_PER_TARGET(math_half_loops);
const DscExpSum dsc_exp_sum_f32[DSC_TARGET_COUNT] = DSC_PER_TARGET(exp_sum_f32);
const DscLogGradient dsc_log_gradient_f32[DSC_TARGET_COUNT] = DSC_PER_TARGET(log_gradient_f32);
const DscNarrowSoftmax dsc_narrow_softmax_f32[DSC_TARGET_COUNT] =
    DSC_PER_TARGET(narrow_softmax_f32);
