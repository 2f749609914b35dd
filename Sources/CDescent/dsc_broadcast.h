// Programs of one instruction on rows of which an operand may have a single value.
#ifndef DSC_BROADCAST_H
#define DSC_BROADCAST_H

#include "dsc_loops.h"

/// Rows of an instruction's two operands and its result, in order within a row and `step` bytes
/// from row to row. Where one_a or one_b is set (not both), the operand has one value a row.
typedef struct {
  int64_t count, columns;
  const char *a, *b;
  char *out;
  int64_t a_step, b_step, out_step;
  bool one_a, one_b;
} DscRows;

typedef void (*DscRowsLoop)(const DscRows *rows);
extern const DscRowsLoop (*const dsc_rows_loops[DSC_TARGET_COUNT])[DSC_LANE_COUNT];

#endif
