// Instructions of two operands of which one may be a single value for a whole row: no block is
// filled with it.
#include "dsc_broadcast.h"
#include "dsc_loop_macros.h"

// ROW(NAME, lane, operand type, result type, expression)
#define COMPARISON_ROWS(ROW, L, T) \
  ROW(EQ, L, T, uint8_t, a == b)   \
  ROW(NE, L, T, uint8_t, a != b)   \
  ROW(LT, L, T, uint8_t, a < b)    \
  ROW(LE, L, T, uint8_t, a <= b)   \
  ROW(GT, L, T, uint8_t, a > b)    \
  ROW(GE, L, T, uint8_t, a >= b)
#define ARITHMETIC_ROWS(ROW, L, T) \
  ROW(ADD, L, T, T, a + b)         \
  ROW(SUB, L, T, T, a - b)         \
  ROW(MUL, L, T, T, (a) * (b))
#define ALL_ROWS(ROW)                  \
  ARITHMETIC_ROWS(ROW, F32, float)     \
  ARITHMETIC_ROWS(ROW, F64, double)    \
  ARITHMETIC_ROWS(ROW, I64, uint64_t)  \
  ROW(DIV, F32, float, float, a / b)   \
  ROW(DIV, F64, double, double, a / b) \
  COMPARISON_ROWS(ROW, F32, float)     \
  COMPARISON_ROWS(ROW, F64, double)    \
  COMPARISON_ROWS(ROW, I64, int64_t)

#define DSC_BODY "broadcast_body.h"
#include "dsc_for_each_target.h"

const DscRowsLoop (*const dsc_rows_loops[DSC_TARGET_COUNT])[DSC_LANE_COUNT] =
    DSC_PER_TARGET(rows_loops);
