// Compiles the file named DSC_BODY for the lanes that windows are pooled in, and every instruction
// set: there DSC_LOWEST is what every number is larger than, DSC_NO_NUMBER a NaN, DSC_ARE_NAN(a, b)
// whether one of two is one. DSC_IN_LANE calls a function of a variable `lane`. No include guard.
#include <math.h>

#define DSC_LOWEST        (DSC_T) - INFINITY
#define DSC_NO_NUMBER     NAN
#define DSC_ARE_NAN(a, b) (((a) != (a)) | ((b) != (b)))
#include "dsc_for_each_float.h"
#undef DSC_LOWEST
#undef DSC_NO_NUMBER
#undef DSC_ARE_NAN

#define DSC_T             int64_t
#define DSC_T_NAME        i64
#define DSC_T_BYTES       8
#define DSC_LOWEST        INT64_MIN
#define DSC_NO_NUMBER     0
#define DSC_ARE_NAN(a, b) 0
#include "dsc_for_each_target.h"

#define DSC_IN_LANE(name, ...)                                    \
  (lane == DSC_LANE_F32   ? DSC_DISPATCH(name##_f32)(__VA_ARGS__) \
   : lane == DSC_LANE_F64 ? DSC_DISPATCH(name##_f64)(__VA_ARGS__) \
                          : DSC_DISPATCH(name##_i64)(__VA_ARGS__))
