// Loops that join the rows of a window, then its columns.
#include <math.h>

#include "dsc_loop_macros.h"
#include "dsc_windows.h"

#define DSC_SUM(a, b)     ((a) + (b))
#define DSC_LARGER(a, b)  ((b) > (a) ? (b) : (a))
#define DSC_SMALLER(a, b) ((b) < (a) ? (b) : (a))

#define DSC_BODY          "window_joins_body.h"
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

#define DSC_CALL(name, ...)                                       \
  (lane == DSC_LANE_F32   ? DSC_DISPATCH(name##_f32)(__VA_ARGS__) \
   : lane == DSC_LANE_F64 ? DSC_DISPATCH(name##_f64)(__VA_ARGS__) \
                          : DSC_DISPATCH(name##_i64)(__VA_ARGS__))

void dsc_window_sum_rows(DscLane lane, const DscWindowRows *rows, void *sums) {
  DSC_CALL(sum_rows, rows, sums);
}

void dsc_window_max_rows(DscLane lane, const DscWindowRows *rows, void *best, int32_t *numbers) {
  DSC_CALL(max_rows, rows, best, numbers);
}

void dsc_window_sum_columns(DscLane lane, const DscSpan *spans, int64_t count, const void *row,
                            void *sums) {
  DSC_CALL(sum_columns, spans, count, row, sums);
}

bool dsc_window_max_columns(DscLane lane, const DscSpan *spans, int64_t count, const void *row,
                            void *best) {
  return DSC_CALL(max_columns, spans, count, row, best);
}

bool dsc_window_max_places(DscLane lane, const DscSpan *spans, int64_t count, int64_t width,
                           const void *row, const int32_t *rows, void *best, int32_t *places) {
  return DSC_CALL(max_places, spans, count, width, row, rows, best, places);
}

int64_t dsc_window_max_place(DscLane lane, const DscSpan *span, int64_t width, const void *row,
                             const int32_t *rows, void *best) {
  return DSC_CALL(max_place, span, width, row, rows, best);
}
