// The compiled loops of the reductions.
//
// Vectors are 64 bytes in every instruction set (several registers where those are narrower), so
// the order of combination, and with it every bit of a result, is the same in all of them.
#ifndef DSC_REDUCE_LOOPS_H
#define DSC_REDUCE_LOOPS_H

#include "include/dsc_reduce.h"

typedef struct {
  /// out[r] = op over data[r * row_stride + 0 ..< count]; count is at least 1 and at most about
  /// 16384, longer rows are for the caller to cut.
  void (*rows)(const void *data, int64_t row_stride, int64_t rows, int64_t count, void *out);
  /// sums[c] = sums[c] op data[0 * row_stride + c] op ... op data[(rows - 1) * row_stride + c];
  /// `fresh` leaves out what was in sums. At most 32 or so rows, for the sake of precision.
  void (*columns)(void *sums, const void *data, int64_t row_stride, int64_t rows, int64_t columns,
                  bool fresh);
} DscReduceLoops;

/// The loops of a reduction in a lane, or NULL. MAX and MIN of BOOL are or and and. Of the lanes of
/// narrow integers there are MAX and MIN.
const DscReduceLoops *dsc_reduce_loops(DscReduction op, int lane);
const DscReduceLoops *dsc_narrow_reduce_loops(DscReduction op, int lane);

#endif
