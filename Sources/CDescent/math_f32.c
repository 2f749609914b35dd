// The mathematical functions in float32.
#include <math.h>

#include "dsc_loop_macros.h"
#include "dsc_special.h"

#define FUNCTION_ROWS(ROW1, ROW2)                                                             \
  ROW1(EXP, expf(a))                                                                          \
  ROW1(EXP2, exp2f(a)) ROW1(EXPM1, expm1f(a)) ROW1(LOG, logf(a)) ROW1(LOG2, log2f(a))         \
      ROW1(LOG10, log10f(a)) ROW1(LOG1P, log1pf(a)) ROW1(SIN, sinf(a)) ROW1(COS, cosf(a))     \
          ROW1(TAN, tanf(a)) ROW1(ASIN, asinf(a)) ROW1(ACOS, acosf(a)) ROW1(ATAN, atanf(a))   \
              ROW1(SINH, sinhf(a)) ROW1(COSH, coshf(a)) ROW1(TANH, tanhf(a))                  \
                  ROW1(ASINH, asinhf(a)) ROW1(ACOSH, acoshf(a)) ROW1(ATANH, atanhf(a))        \
                      ROW1(SIGMOID, 1 / (1 + exp(-(double)a))) ROW1(ERF, erff(a))             \
                          ROW1(ERFC, erfcf(a)) ROW1(ERFINV, dsc_erfinv(a))                    \
                              ROW1(LGAMMA, dsc_lgamma(a)) ROW1(DIGAMMA, dsc_digamma(a))       \
                                  ROW1(TRIGAMMA, dsc_trigamma(a)) ROW1(I0, dsc_i0(a))         \
                                      ROW1(I1, dsc_i1(a)) ROW2(POW, powf(a, b))               \
                                          ROW2(ATAN2, atan2f(a, b)) ROW2(HYPOT, hypotf(a, b)) \
                                              ROW2(NEXTAFTER, nextafterf(a, b))

#define DSC_BODY "math_f32_body.h"
#include "dsc_for_each_target.h"

const DscLoop *const dsc_math_f32_loops[DSC_TARGET_COUNT] = DSC_PER_TARGET(math_f32_loops);
