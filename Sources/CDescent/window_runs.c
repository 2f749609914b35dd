// Loops over neighbouring windows of channels that lie next to each other.
#include <math.h>

#include "dsc_loop_macros.h"
#include "dsc_windows.h"

#define DSC_BODY          "window_runs_body.h"
#define DSC_LOWEST        (DSC_T) - INFINITY
#define DSC_NO_NUMBER     NAN
#define DSC_ARE_NAN(a, b) (((a) != (a)) | ((b) != (b)))
#include "dsc_for_each_float.h"
#undef DSC_LOWEST
#undef DSC_NO_NUMBER
#undef DSC_ARE_NAN

#define DSC_T             int64_t
#define DSC_T_NAME        i64
#define DSC_LOWEST        INT64_MIN
#define DSC_NO_NUMBER     0
#define DSC_ARE_NAN(a, b) 0
#include "dsc_for_each_target.h"

#define CALL(name, ...)                        \
  do {                                         \
    switch (lane) {                            \
      case DSC_LANE_F32:                       \
        DSC_DISPATCH(name##_f32)(__VA_ARGS__); \
        break;                                 \
      case DSC_LANE_F64:                       \
        DSC_DISPATCH(name##_f64)(__VA_ARGS__); \
        break;                                 \
      default:                                 \
        DSC_DISPATCH(name##_i64)(__VA_ARGS__); \
        break;                                 \
    }                                          \
  } while (0)

void dsc_window_max_run(DscLane lane, const DscWindowRun *run, void *out) {
  CALL(max_run, run, out);
}

void dsc_window_mean_run(DscLane lane, const DscWindowRun *run, int64_t divisor, void *out) {
  CALL(mean_run, run, divisor, out);
}

void dsc_window_max_part(DscLane lane, const DscWindowPart *part, void *out) {
  CALL(max_part, part, out);
}

void dsc_window_mean_part(DscLane lane, const DscWindowPart *part, void *out) {
  CALL(mean_part, part, out);
}
