// Extremes of narrow integers in their own width: in any order, since they have neither rounding
// nor NaN.
#include <string.h>

#include "dsc_loop_macros.h"
#include "dsc_reduce_loops.h"

// ROW(OP, lane, T, comparison by which b wins over a)
#define NARROW_ROWS(ROW)    \
  ROW(MAX, U8, uint8_t, >)  \
  ROW(MAX, I8, int8_t, >)   \
  ROW(MAX, I16, int16_t, >) \
  ROW(MAX, I32, int32_t, >) \
  ROW(MIN, U8, uint8_t, <)  \
  ROW(MIN, I8, int8_t, <)   \
  ROW(MIN, I16, int16_t, <) \
  ROW(MIN, I32, int32_t, <)

#define DSC_BODY "reduce_narrow_body.h"
#include "dsc_for_each_target.h"

static const DscReduceLoops (*const tables[DSC_TARGET_COUNT])[DSC_NARROW_COUNT] =
    DSC_PER_TARGET(narrow_extremes);

const DscReduceLoops *dsc_narrow_reduce_loops(DscReduction op, int lane) {
  return &tables[dsc_target()][op == DSC_REDUCE_MIN][lane - DSC_LANE_COUNT];
}
