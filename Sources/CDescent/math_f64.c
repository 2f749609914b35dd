// The mathematical functions in float64.
#include <math.h>

#include "dsc_loop_macros.h"
#include "dsc_special.h"

#define FUNCTION_ROWS(ROW1, ROW2)                                                               \
  ROW1(EXP, exp(a))                                                                             \
  ROW1(EXP2, exp2(a))                                                                           \
  ROW1(EXPM1, expm1(a))                                                                         \
  ROW1(LOG, log(a))                                                                             \
  ROW1(LOG2, log2(a))                                                                           \
  ROW1(LOG10, log10(a))                                                                         \
  ROW1(LOG1P, log1p(a))                                                                         \
  ROW1(SIN, sin(a)) ROW1(COS, cos(a)) ROW1(TAN, tan(a)) ROW1(ASIN, asin(a)) ROW1(ACOS, acos(a)) \
      ROW1(ATAN, atan(a)) ROW1(SINH, sinh(a)) ROW1(COSH, cosh(a)) ROW1(TANH, tanh(a))           \
          ROW1(ASINH, asinh(a)) ROW1(ACOSH, acosh(a)) ROW1(ATANH, atanh(a))                     \
              ROW1(SIGMOID, 1 / (1 + exp(-a))) ROW1(ERF, erf(a)) ROW1(ERFC, erfc(a))            \
                  ROW1(ERFINV, dsc_erfinv(a)) ROW1(LGAMMA, dsc_lgamma(a))                       \
                      ROW1(DIGAMMA, dsc_digamma(a)) ROW1(TRIGAMMA, dsc_trigamma(a))             \
                          ROW1(I0, dsc_i0(a)) ROW1(I1, dsc_i1(a)) ROW2(POW, pow(a, b))          \
                              ROW2(ATAN2, atan2(a, b)) ROW2(HYPOT, hypot(a, b))                 \
                                  ROW2(NEXTAFTER, nextafter(a, b))

#define DSC_BODY "math_f64_body.h"
#include "dsc_for_each_target.h"

const DscLoop *const dsc_math_f64_loops[DSC_TARGET_COUNT] = DSC_PER_TARGET(math_f64_loops);
