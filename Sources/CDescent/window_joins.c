// Loops that join the rows of a window, then its columns.
#include "dsc_loop_macros.h"
#include "dsc_windows.h"

#define DSC_SUM(a, b)     ((a) + (b))
#define DSC_LARGER(a, b)  ((b) > (a) ? (b) : (a))
#define DSC_SMALLER(a, b) ((b) < (a) ? (b) : (a))

#define DSC_BODY          "window_joins_body.h"
#include "dsc_for_each_window_lane.h"

void dsc_window_sum_rows(DscLane lane, const DscWindowRows *rows, void *sums) {
  DSC_IN_LANE(sum_rows, rows, sums);
}

void dsc_window_max_rows(DscLane lane, const DscWindowRows *rows, void *best, int32_t *numbers) {
  DSC_IN_LANE(max_rows, rows, best, numbers);
}

void dsc_window_sum_columns(DscLane lane, const DscSpan *spans, int64_t count, const void *row,
                            void *sums) {
  DSC_IN_LANE(sum_columns, spans, count, row, sums);
}

bool dsc_window_max_columns(DscLane lane, const DscSpan *spans, int64_t count, const void *row,
                            void *best) {
  return DSC_IN_LANE(max_columns, spans, count, row, best);
}

bool dsc_window_max_places(DscLane lane, const DscSpan *spans, int64_t count, int64_t width,
                           const void *row, const int32_t *rows, void *best, int32_t *places) {
  return DSC_IN_LANE(max_places, spans, count, width, row, rows, best, places);
}

int64_t dsc_window_max_place(DscLane lane, const DscSpan *span, int64_t width, const void *row,
                             const int32_t *rows, void *best) {
  return DSC_IN_LANE(max_place, span, width, row, rows, best);
}
