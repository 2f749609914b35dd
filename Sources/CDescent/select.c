// Selecting by truth: counting, listing and moving the elements that are not zero.
#include "dsc_sizes.h"
#include "dsc_walk.h"
#include "include/dsc_index.h"
#include "include/dsc_pool.h"

// A selection is walked twice in the same pieces: once to count, which tells every piece how many
// elements come before its own, and once to move. A piece is a range of elements, row-major.

enum { BLOCK = 1024, MAX_PIECES = 64, MIN_PIECE = 16384 };

typedef struct Selection Selection;
/// Does one run of elements of a row: `hits` positions in it are selected, `before` elements are
/// selected before it.
typedef void (*Mover)(const Selection *selection, const DscWalkPlace *place, int64_t first,
                      const uint16_t *positions, int64_t hits, int64_t before);

struct Selection {
  DscWalk walk;  // operand 0 is the one looked at
  const char *mask;
  DscDType mask_dtype;
  Mover move;  // NULL while counting
  int64_t pieces;
  int64_t counts[MAX_PIECES];  // of the elements before a piece, once all are counted
  char *strided, *packed;      // what a mover works on
};

// Truth of a run: 1 where not zero. NaN is true, -0 is not.
#define DEFINE_TRUTH(name, T, expression)                                           \
  static void name(const void *in, int64_t stride, int64_t count, uint8_t *truth) { \
    const T *value = in;                                                            \
    if (stride == 1) {                                                              \
      for (int64_t i = 0; i < count; i++) {                                         \
        const T x = value[i];                                                       \
        truth[i] = expression;                                                      \
      }                                                                             \
    } else {                                                                        \
      for (int64_t i = 0; i < count; i++) {                                         \
        const T x = value[i * stride];                                              \
        truth[i] = expression;                                                      \
      }                                                                             \
    }                                                                               \
  }
DEFINE_TRUTH(truth_8, uint8_t, x != 0)
DEFINE_TRUTH(truth_16, uint16_t, x != 0)
DEFINE_TRUTH(truth_32, uint32_t, x != 0)
DEFINE_TRUTH(truth_64, uint64_t, x != 0)
DEFINE_TRUTH(truth_half, uint16_t, (x & 0x7fff) != 0)
DEFINE_TRUTH(truth_float, uint32_t, (x & 0x7fffffff) != 0)
DEFINE_TRUTH(truth_double, uint64_t, (x & 0x7fffffffffffffff) != 0)

static void (*const truths[DSC_DTYPE_COUNT])(const void *, int64_t, int64_t, uint8_t *) = {
    [DSC_BOOL] = truth_8,         [DSC_UINT8] = truth_8,       [DSC_INT8] = truth_8,
    [DSC_INT16] = truth_16,       [DSC_INT32] = truth_32,      [DSC_INT64] = truth_64,
    [DSC_FLOAT16] = truth_half,   [DSC_BFLOAT16] = truth_half, [DSC_FLOAT32] = truth_float,
    [DSC_FLOAT64] = truth_double,
};

static int64_t count_true(const uint8_t *truth, int64_t count) {
  int64_t sum = 0;
  for (int64_t i = 0; i < count; i++) sum += truth[i];
  return sum;
}

/// Positions of the true elements of a run, without a branch on each.
static int64_t list_true(const uint8_t *truth, int64_t count, uint16_t *positions) {
  int64_t hits = 0;
  for (int64_t i = 0; i < count; i++) {
    positions[hits] = (uint16_t)i;
    hits += truth[i];
  }
  return hits;
}

static void select_piece(void *context, int64_t piece) {
  Selection *selection = context;
  const DscWalk *walk = &selection->walk;
  int outer = walk->ndim - 1;
  int64_t columns = walk->shape[outer], stride = walk->strides[0][outer];
  int64_t total = dsc_walk_count(walk, walk->ndim);
  int64_t size = (int64_t)dsc_dtype_size(selection->mask_dtype);
  int64_t at = total / selection->pieces * piece, end = total;
  if (piece + 1 < selection->pieces) end = at + total / selection->pieces;
  int64_t hits = selection->move ? selection->counts[piece] : 0;
  uint8_t truth[BLOCK];
  uint16_t positions[BLOCK];
  DscWalkPlace place;
  dsc_walk_seek(walk, outer, at / columns, &place);
  int64_t column = at % columns;
  while (at < end) {
    int64_t n = dsc_smaller(dsc_smaller(columns - column, end - at), BLOCK);
    const char *mask = selection->mask + (place.offsets[0] + column * stride) * size;
    truths[selection->mask_dtype](mask, stride, n, truth);
    if (selection->move) {
      int64_t found = list_true(truth, n, positions);
      if (found) selection->move(selection, &place, column, positions, found, hits);
      hits += found;
    } else {
      hits += count_true(truth, n);
    }
    at += n;
    column += n;
    if (column == columns) {
      column = 0;
      dsc_walk_next(walk, outer, &place);
    }
  }
  if (!selection->move) selection->counts[piece] = hits;
}

static void run_pieces(Selection *selection) {
  if (selection->pieces == 1) {
    select_piece(selection, 0);
  } else {
    dsc_parallel(selection->pieces, select_piece, selection);
  }
}

/// Counts the pieces; returns the whole count and leaves the counts before each.
static int64_t count(Selection *selection) {
  int64_t total = dsc_walk_count(&selection->walk, selection->walk.ndim);
  if (total == 0) return 0;
  selection->pieces = dsc_smaller(1 + total / MIN_PIECE, MAX_PIECES);
  selection->move = NULL;
  run_pieces(selection);
  int64_t before = 0;
  for (int64_t i = 0; i < selection->pieces; i++) {
    int64_t own = selection->counts[i];
    selection->counts[i] = before;
    before += own;
  }
  return before;
}

static void move(Selection *selection, Mover mover) {
  int64_t total = dsc_walk_count(&selection->walk, selection->walk.ndim);
  if (total == 0) return;
  if (total <= MIN_PIECE) {  // one piece needs no count
    selection->pieces = 1;
    selection->counts[0] = 0;
  } else if (count(selection) == 0) {
    return;
  }
  selection->move = mover;
  run_pieces(selection);
}

static Selection select_by(int ndim, const int64_t *shape, const DscView *mask) {
  Selection selection = {.walk = dsc_walk(ndim, shape), .mask = mask->data};
  selection.mask_dtype = mask->dtype;
  dsc_walk_add(&selection.walk, mask->strides);
  return selection;
}

int64_t dsc_count_nonzero(int ndim, const int64_t *shape, const DscView *input) {
  Selection selection = select_by(ndim, shape, input);
  dsc_walk_merge(&selection.walk);
  return count(&selection);
}

static void move_coordinates(const Selection *selection, const DscWalkPlace *place, int64_t first,
                             const uint16_t *positions, int64_t hits, int64_t before) {
  int ndim = selection->walk.ndim;
  int64_t *out = (int64_t *)(void *)selection->packed + before * ndim;
  for (int64_t i = 0; i < hits; i++, out += ndim) {
    for (int d = 0; d < ndim - 1; d++) out[d] = place->coordinates[d];
    out[ndim - 1] = first + positions[i];
  }
}

void dsc_nonzero(int ndim, const int64_t *shape, const DscView *input, int64_t *out) {
  if (ndim == 0) return;  // no coordinates to write
  Selection selection = select_by(ndim, shape, input);
  selection.packed = (char *)out;
  move(&selection, move_coordinates);
}

#define DEFINE_MOVERS(bits)                                                                        \
  static void select_##bits(const Selection *selection, const DscWalkPlace *place, int64_t first,  \
                            const uint16_t *positions, int64_t hits, int64_t before) {             \
    int64_t stride = selection->walk.strides[1][selection->walk.ndim - 1];                         \
    const uint##bits##_t *from = (const uint##bits##_t *)(const void *)selection->strided;         \
    uint##bits##_t *to = (uint##bits##_t *)(void *)selection->packed + before;                     \
    from += place->offsets[1] + first * stride;                                                    \
    for (int64_t i = 0; i < hits; i++) to[i] = from[positions[i] * stride];                        \
  }                                                                                                \
  static void scatter_##bits(const Selection *selection, const DscWalkPlace *place, int64_t first, \
                             const uint16_t *positions, int64_t hits, int64_t before) {            \
    int64_t stride = selection->walk.strides[1][selection->walk.ndim - 1];                         \
    uint##bits##_t *to = (uint##bits##_t *)(void *)selection->strided;                             \
    const uint##bits##_t *from = (const uint##bits##_t *)(const void *)selection->packed;          \
    to += place->offsets[1] + first * stride;                                                      \
    for (int64_t i = 0; i < hits; i++) to[positions[i] * stride] = from[before + i];               \
  }
DEFINE_MOVERS(8)
DEFINE_MOVERS(16)
DEFINE_MOVERS(32)
DEFINE_MOVERS(64)

static void move_masked(int ndim, const int64_t *shape, const DscView *strided, const DscView *mask,
                        void *packed, const Mover movers[4]) {
  Selection selection = select_by(ndim, shape, mask);
  dsc_walk_add(&selection.walk, strided->strides);
  dsc_walk_merge(&selection.walk);
  selection.strided = strided->data;
  selection.packed = packed;
  size_t size = dsc_dtype_size(strided->dtype);
  move(&selection, movers[size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3]);
}

void dsc_masked_select(int ndim, const int64_t *shape, const DscView *source, const DscView *mask,
                       void *out) {
  static const Mover movers[4] = {select_8, select_16, select_32, select_64};
  move_masked(ndim, shape, source, mask, out, movers);
}

void dsc_masked_scatter(int ndim, const int64_t *shape, const DscView *self, const DscView *mask,
                        const void *source) {
  static const Mover movers[4] = {scatter_8, scatter_16, scatter_32, scatter_64};
  move_masked(ndim, shape, self, mask, (void *)source, movers);
}
