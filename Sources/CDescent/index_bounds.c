// Looking for indices out of bounds before anything is read or written.
#include <stdatomic.h>

#include "dsc_indexing.h"
#include "dsc_loop_macros.h"
#include "dsc_sizes.h"
#include "dsc_stream.h"
#include "dsc_targets.h"
#include "include/dsc_pool.h"

#define DSC_BODY "index_bounds_body.h"
#include "dsc_for_each_target.h"

bool dsc_indices_within(const int64_t *index, int64_t count, int64_t low, int64_t high) {
  return DSC_DISPATCH(within)(index, count, low, high);
}

bool dsc_indices_of_stripe(const int64_t *index, int64_t count, int64_t high, int shift,
                           int64_t *offsets) {
  return DSC_DISPATCH(of_stripe)(index, count, high, shift, offsets);
}

// Dims in which the index is only repeated are looked at once.

enum { CHECK_PIECE = 32768 };

typedef struct {
  DscWalk walk;
  const int64_t *index;
  int64_t low, high;  // low <= index < high
  int64_t rows_per_piece;
  _Atomic int64_t first_bad;  // row-major number of the first element out of bounds
} IndexCheck;

/// The position of the first value out of bounds in a row, or -1.
static int64_t bad_in_row(const IndexCheck *check, const int64_t *index, int64_t stride,
                          int64_t count) {
  if (stride == 1) {
    if (dsc_indices_within(index, count, check->low, check->high)) return -1;
  } else {
    const uint64_t low = (uint64_t)check->low, last = (uint64_t)check->high - 1;
    uint64_t signs = 0;
    for (int64_t i = 0; i < count; i++)
      signs |= ((uint64_t)index[i * stride] - low) | (last - (uint64_t)index[i * stride]);
    if (signs >> 63 == 0) return -1;
  }
  int64_t i = 0;
  while (check->low <= index[i * stride] && index[i * stride] < check->high) i++;
  return i;
}

static void note_bad(IndexCheck *check, int64_t number) {
  int64_t first = atomic_load(&check->first_bad);
  while (number < first && !atomic_compare_exchange_weak(&check->first_bad, &first, number)) {
  }
}

static void check_piece(void *context, int64_t piece) {
  IndexCheck *check = context;
  const DscWalk *walk = &check->walk;
  int outer = walk->ndim - 1;
  int64_t columns = walk->shape[outer], stride = walk->strides[0][outer];
  int64_t rows = dsc_walk_count(walk, outer);
  // Rows are cut where there is but one; else whole rows make the pieces.
  int64_t first = 0, count = columns, row = piece * check->rows_per_piece;
  int64_t end = row + check->rows_per_piece < rows ? row + check->rows_per_piece : rows;
  if (rows == 1) {
    row = 0, end = 1, first = piece * CHECK_PIECE;
    count = columns - first < CHECK_PIECE ? columns - first : CHECK_PIECE;
  }
  DscWalkPlace place;
  dsc_walk_seek(walk, outer, row, &place);
  for (; row < end; row++, dsc_walk_next(walk, outer, &place)) {
    int64_t bad =
        bad_in_row(check, check->index + place.offsets[0] + first * stride, stride, count);
    if (bad >= 0) {
      note_bad(check, row * columns + first + bad);
      return;
    }
  }
}

static bool check_index(int ndim, const int64_t *shape, const DscView *index, int64_t low,
                        int64_t high, int64_t *bad_index) {
  int64_t distinct[DSC_MAX_DIMS];
  for (int d = 0; d < ndim; d++) distinct[d] = index->strides[d] == 0 ? 1 : shape[d];
  IndexCheck check = {.walk = dsc_walk(ndim, distinct), .index = index->data};
  dsc_walk_add(&check.walk, index->strides);
  dsc_walk_merge(&check.walk);
  check.low = low;
  check.high = high;
  atomic_init(&check.first_bad, INT64_MAX);
  int outer = check.walk.ndim - 1;
  int64_t columns = check.walk.shape[outer], rows = dsc_walk_count(&check.walk, outer);
  check.rows_per_piece = columns < CHECK_PIECE ? CHECK_PIECE / columns : 1;
  int64_t pieces = rows == 1 ? (columns + CHECK_PIECE - 1) / CHECK_PIECE
                             : (rows + check.rows_per_piece - 1) / check.rows_per_piece;
  if (pieces == 1) {
    check_piece(&check, 0);
  } else {
    dsc_parallel(pieces, check_piece, &check);
  }
  int64_t bad = atomic_load(&check.first_bad);
  if (bad == INT64_MAX) return true;
  DscWalkPlace place;
  dsc_walk_seek(&check.walk, check.walk.ndim, bad, &place);
  *bad_index = check.index[place.offsets[0]];
  return false;
}

int dsc_indexing_check(int ndim, const int64_t *shape, int count, const DscView *indices,
                       bool negative, const int64_t *index_size, int64_t *bad_index) {
  for (int d = 0; d < ndim; d++) {
    if (shape[d] == 0) return DSC_OK;
  }
  for (int j = 0; j < count; j++) {
    int64_t low = negative ? -index_size[j] : 0;
    if (!check_index(ndim, shape, &indices[j], low, index_size[j], bad_index)) return DSC_BAD_INDEX;
  }
  return DSC_OK;
}
