// A softmax under way: what its ways by whole rows and by blocks share.
#ifndef DSC_SOFTMAX_H
#define DSC_SOFTMAX_H

#include "dsc_loops.h"
#include "dsc_reduce_loops.h"
#include "dsc_split.h"

// The parameters p and q of a step have a value for each row, or for each column.
typedef struct {
  int64_t rows, columns;
  int64_t a_row, b_row, out_row;  // strides of rows
  bool by_column;
} DscBlock;

typedef void (*DscSoftmaxStep)(const DscBlock *block, const void *a, const void *b, const void *p,
                               const void *q, void *out);

// ROW(NAME, expression)
#define DSC_SOFTMAX_STEPS(ROW) \
  ROW(SHIFT, a - p)            \
  ROW(SHIFT_TWICE, a - p - q)  \
  ROW(SCALE, a *p)             \
  ROW(PRODUCT, a *b)           \
  ROW(GRADIENT, b *(a - p))    \
  ROW(LOG_GRADIENT, a - b * p)

enum {
#define ROW(NAME, ...) STEP_##NAME,
  DSC_SOFTMAX_STEPS(ROW)
#undef ROW
      STEP_COUNT
};

typedef struct {
  DscSoftmaxStep steps[STEP_COUNT][DSC_LANE_COUNT];
  DscStreamLoop streamed[STEP_COUNT];  // of a row of float32, past the cache
  void (*dot[DSC_LANE_COUNT])(const DscBlock *block, const void *a, const void *b, void *out);
  // The gradient of a row where all are of one dtype of halves; NULL for others.
  void (*half_gradient[DSC_DTYPE_COUNT])(const void *g, const void *y, int64_t count, void *out);
} DscSoftmaxLoops;

enum {
  DSC_SOFTMAX_BYTES = DSC_CHUNK_BYTES / 2,  // of a block; several are in use at a time
  DSC_SOFTMAX_ROWS = 256,                   // of a block
  DSC_SOFTMAX_COLUMNS = 256,                // of a block
};

/// Values of a block, in the lane.
typedef struct {
  _Alignas(64) char bytes[DSC_SOFTMAX_BYTES];
} DscBlockValues;

typedef struct {
  int64_t kept, count;  // softmaxes, and the length of each
  DscDims dims;         // all but the one along which it goes
  int64_t along[3];     // strides of that one
  const DscView *views[3];
  int operands;  // the inputs, then the output
  DscLane lane;
  int64_t size;   // of a value
  int64_t chunk;  // values of a block
  bool by_column;
  int64_t columns;  // of the innermost kept dim, by columns
  bool native[3];   // operands whose rows are contiguous values of the lane
  const DscSoftmaxLoops *loops;
  const DscReduceLoops *sum, *maximum;
  DscLoop exp;
  DscExpSum exp_sum;
  DscLogGradient log_gradient;
  DscNarrowSoftmax narrow;  // NULL: rows are too long, or not next to each other
  bool logarithm;
  bool whole_rows;  // rows in float32 that fit in a block, worked on in memory
  bool streams;     // the result goes past the cache
  int64_t tile, tiles, group;
} DscSoftmax;

/// Rows first ..< end in float32, each of which stays in the first-level cache.
void dsc_softmax_rows(const DscSoftmax *call, int64_t first, int64_t end);
/// Units first ..< end: rows, or tiles of columns.
void dsc_softmax_blocks(const DscSoftmax *call, int64_t first, int64_t end);

#endif
