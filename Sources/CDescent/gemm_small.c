// Many products of small matrices: a register holds the same element of as many matrices as it has
// lanes, so that matrices of any size fill it.
#include <string.h>

#include "dsc_halves.h"
#include "dsc_product.h"
#include "dsc_sizes.h"
#include "dsc_small.h"
#include "dsc_targets.h"

// Elements of a matrix as runs of `length` elements `step` apart, the runs `run` apart.
typedef struct {
  int64_t runs, run, length, step;
  int64_t row, column;  // what lanes of elements in this order have for strides
} Shape;

static Shape shape_of(int64_t rows, int64_t row, int64_t columns, int64_t column) {
  if (rows == 1) row = columns * column;
  if (columns == 1) column = rows * row;
  if (column == 1 && row == columns) return (Shape){1, 0, rows * columns, 1, columns, 1};
  if (row == 1 && column == rows) return (Shape){1, 0, rows * columns, 1, 1, rows};
  if (row == 1) return (Shape){columns, column, rows, row, 1, rows};
  return (Shape){rows, row, columns, column, columns, 1};
}

// Where the next matrices of a batch begin: elements from the first matrix of A, B and C.
typedef struct {
  const DscGemm *call;
  int64_t index[DSC_MAX_DIMS], a, b, c;
} Walk;

static Walk walk_from(const DscGemm *call, int64_t position) {
  Walk walk = {.call = call};
  for (int d = call->batch_ndim - 1; d >= 0; d--) {
    const int64_t index = position % call->batch_shape[d];
    position /= call->batch_shape[d];
    walk.index[d] = index;
    walk.a += index * call->a_batch[d];
    walk.b += index * call->b_batch[d];
    walk.c += index * call->c_batch[d];
  }
  return walk;
}

// Goes on by some positions within the last dim of the batch, up to its end.
static void walk_on(Walk *walk, int64_t count) {
  const DscGemm *call = walk->call;
  for (int d = call->batch_ndim - 1; d >= 0; d--, count = 1) {
    walk->index[d] += count;
    walk->a += count * call->a_batch[d];
    walk->b += count * call->b_batch[d];
    walk->c += count * call->c_batch[d];
    const int64_t size = call->batch_shape[d];
    if (walk->index[d] < size) return;
    walk->index[d] = 0;
    walk->a -= size * call->a_batch[d];
    walk->b -= size * call->b_batch[d];
    walk->c -= size * call->c_batch[d];
  }
}

#define DSC_BODY "gemm_small_body.h"
#include "dsc_for_each_target.h"

bool dsc_products_are_small(const DscGemm *call) {
  // Bytes of the three matrices that are sooner moved into lanes than multiplied where they lie:
  // more if B had to be packed for it. CHAIN, CHAIN_OF_ROW: the first sums of another order, of a
  // row.
  enum { FEWEST = 16, CHAIN = 256, CHAIN_OF_ROW = 32, MOST_BYTES = 1280, MOST_IF_PACKED = 2560 };
  if (call->dtype != DSC_FLOAT32 && call->dtype != DSC_FLOAT64 && call->dtype != DSC_FLOAT16 &&
      call->dtype != DSC_BFLOAT16)
    return false;
  const int64_t m = call->m, n = call->n, k = call->k;
  const bool is_row = m == 1 || n == 1;
  const int64_t most = (!is_row && call->b_column != 1 ? MOST_IF_PACKED : MOST_BYTES) /
                       (call->dtype == DSC_FLOAT64 ? 8 : 4);
  if (m == 0 || n == 0 || k >= (is_row ? CHAIN_OF_ROW : CHAIN)) return false;
  if (m > most || n > most || m * k + k * n + m * n > most) return false;
  int64_t batch = 1;
  for (int d = 0; d < call->batch_ndim; d++) batch *= call->batch_shape[d];
  return batch >= FEWEST;
}

DscGemm dsc_merged_batch(const DscGemm *call) {
  DscGemm merged = *call;
  merged.batch_ndim = 0;
  for (int d = 0; d < call->batch_ndim; d++) {
    const int64_t size = call->batch_shape[d];
    if (size == 1) continue;
    int last = merged.batch_ndim - 1;
    const bool joins = last >= 0 && merged.a_batch[last] == size * call->a_batch[d] &&
                       merged.b_batch[last] == size * call->b_batch[d] &&
                       merged.c_batch[last] == size * call->c_batch[d];
    if (!joins) last = merged.batch_ndim++, merged.batch_shape[last] = 1;
    merged.batch_shape[last] *= size;
    merged.a_batch[last] = call->a_batch[d];
    merged.b_batch[last] = call->b_batch[d];
    merged.c_batch[last] = call->c_batch[d];
  }
  return merged;
}

int dsc_small_products(const DscGemm *call, int64_t first, int64_t count) {
  switch (call->dtype) {
    case DSC_FLOAT32:
      return DSC_DISPATCH(small_products_f32)(call, first, count);
    case DSC_FLOAT64:
      return DSC_DISPATCH(small_products_f64)(call, first, count);
    case DSC_FLOAT16:
      return DSC_DISPATCH(small_products_float16_f32)(call, first, count);
    case DSC_BFLOAT16:
      return DSC_DISPATCH(small_products_bfloat16_f32)(call, first, count);
    default:
      return DSC_UNSUPPORTED;
  }
}
