// Combination of contiguous values: along rows and across them.
#include "dsc_reduce_loops.h"

#include <math.h>
#include <string.h>

#include "dsc_loop_macros.h"

// ROW(OP, lane, T, M, IDENTITY, BOTH, BOTH_VECTORS, NOTE): T is the value's type, M the integer of
// its size, BOTH combines the scalars a and b, BOTH_VECTORS the vectors a and b. Where the latter
// loses a NaN in b, NOTE marks it in `lost`. Wrapping sums are unsigned.
#define SUM_BOTH  a + b
#define PROD_BOTH a *b
// NaN wins over all; of equal values (zeros of either sign) the first stays.
#define MAX_BOTH   b != b ? b : b > a ? b : a
#define MIN_BOTH   b != b ? b : b < a ? b : a
#define PICK(take) ((V)(((take) & (W)b) | (~(take) & (W)a)))
#define NOTHING    (void)lost
#define NOTE_NAN   lost |= b != b
#define FLOAT_ROWS(ROW, L, T, M)                                \
  ROW(SUM, L, T, M, 0, SUM_BOTH, SUM_BOTH, NOTHING)             \
  ROW(PROD, L, T, M, 1, PROD_BOTH, PROD_BOTH, NOTHING)          \
  ROW(MAX, L, T, M, -INFINITY, MAX_BOTH, PICK(b > a), NOTE_NAN) \
  ROW(MIN, L, T, M, INFINITY, MIN_BOTH, PICK(b < a), NOTE_NAN)
#define ROWS(ROW)                                                                 \
  FLOAT_ROWS(ROW, F32, float, int32_t)                                            \
  FLOAT_ROWS(ROW, F64, double, int64_t)                                           \
  ROW(SUM, I64, uint64_t, int64_t, 0, SUM_BOTH, SUM_BOTH, NOTHING)                \
  ROW(PROD, I64, uint64_t, int64_t, 1, PROD_BOTH, PROD_BOTH, NOTHING)             \
  ROW(MAX, I64, int64_t, int64_t, INT64_MIN, b > a ? b : a, PICK(b > a), NOTHING) \
  ROW(MIN, I64, int64_t, int64_t, INT64_MAX, b < a ? b : a, PICK(b < a), NOTHING) \
  ROW(ANY, BOOL, uint8_t, int8_t, 0, a | b, a | b, NOTHING)                       \
  ROW(ALL, BOOL, uint8_t, int8_t, 1, a &b, a &b, NOTHING)

#define DSC_BODY "reduce_body.h"
#include "dsc_for_each_target.h"

static const DscReduceLoops (*const tables[DSC_TARGET_COUNT])[DSC_LANE_COUNT] =
    DSC_PER_TARGET(reduce_loops);

const DscReduceLoops *dsc_reduce_loops(DscReduction op, int lane) {
  if (lane >= DSC_LANE_COUNT) return dsc_narrow_reduce_loops(op, lane);
  if (lane == DSC_LANE_BOOL && op == DSC_REDUCE_MAX) op = DSC_REDUCE_ANY;
  if (lane == DSC_LANE_BOOL && op == DSC_REDUCE_MIN) op = DSC_REDUCE_ALL;
  const DscReduceLoops *loops = &tables[dsc_target()][op][lane];
  return loops->rows ? loops : NULL;
}
