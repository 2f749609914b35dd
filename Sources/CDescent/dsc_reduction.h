// A reduction under way: what its ways along rows and by columns share.
#ifndef DSC_REDUCTION_H
#define DSC_REDUCTION_H

#include <stdatomic.h>

#include "dsc_reduce_loops.h"
#include "dsc_split.h"

typedef struct {
  DscSplit split;
  const DscReduceLoops *loops;
  double divisor;
  const DscView *output;
  int64_t piece;
  int64_t pieces;       // of each row, or of each tile of columns
  char *partials;       // one for each piece of each result, where pieces > 1
  int64_t group;        // rows, or tiles, of one piece
  int64_t fold;         // by columns: neighbouring rows taken as one
  int64_t tile, tiles;  // by columns: columns of a tile, tiles of a folded row
  _Atomic int status;
} DscReductionCall;

/// Divides and stores the results `first` ..< first + count.
void dsc_reduction_finish(const DscReductionCall *reduction, int64_t first, int64_t count,
                          void *values);

/// Reduces by columns: a kept dim is the fastest.
int dsc_reduce_by_columns(DscReductionCall *reduction);

#endif
