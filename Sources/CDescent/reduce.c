// Reductions over any dims. Elements are combined along rows, where a reduced dim is the fastest in
// memory, or by columns, where a kept one is.
//
// Work is cut into pieces, pieces into chunks, and each level is combined pairwise; all sizes
// depend on the shape alone.
#include "include/dsc_reduce.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "dsc_loops.h"
#include "dsc_reduce_loops.h"
#include "dsc_split.h"
#include "include/dsc_pool.h"

enum {
  PIECE = 1 << 16,  // elements of one piece of parallel work
  EVALUATED_PIECE = 1 << 14,
  BATCH = 1024,          // results made at once
  LEAF = 32,             // rows summed one after the other; leaves are combined pairwise
  TILE_BYTES = 4096,     // sums of a tile of columns
  EVALUATED_TILE = 512,  // columns, where rows are evaluated
  LEVELS = 12,           // of the tree over leaves
  NARROW = 128,          // fewer columns than this are folded into wider rows
  WIDE = 512,
  ENOUGH_PIECES = 64,
  STACK_BYTES = 4096,
};

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
} Reduction;

static void divide(DscLane lane, double divisor, int64_t count, void *values) {
  if (lane == DSC_LANE_F32) {
    float *x = values;
    for (int64_t i = 0; i < count; i++) x[i] /= (float)divisor;
  } else if (lane == DSC_LANE_F64) {
    double *x = values;
    for (int64_t i = 0; i < count; i++) x[i] /= divisor;
  }
}

// Divides and stores the results `first` ..< first + count.
static void finish(const Reduction *reduction, int64_t first, int64_t count, void *values) {
  const DscSplit *split = &reduction->split;
  if (reduction->divisor != 1) divide(split->lane, reduction->divisor, count, values);
  dsc_split_store(split, 0, split->lane, first, count, values, reduction->output);
}

// Pairwise combination of values that arrive one after the other.
typedef struct {
  const DscReduceLoops *loops;
  size_t size;
  int64_t count;
  int depth;
  _Alignas(8) char values[64 * sizeof(int64_t)];
} Tree;

static inline void *tree_slot(Tree *tree) {
  return tree->values + (size_t)tree->depth * tree->size;
}

static inline void tree_merge(Tree *tree) {
  char *last = tree->values + (size_t)(tree->depth - 2) * tree->size;
  tree->loops->rows(last, 0, 1, 2, last);
  tree->depth--;
}

static inline void tree_pushed(Tree *tree) {
  tree->depth++;
  for (int64_t n = ++tree->count; n % 2 == 0; n /= 2) tree_merge(tree);
}

static inline void tree_result(Tree *tree, void *out) {
  while (tree->depth > 1) tree_merge(tree);
  memcpy(out, tree->values, tree->size);
}

// Combines `count` contiguous values.
static void reduce_run(const Reduction *reduction, const char *values, int64_t count, void *out) {
  const DscReduceLoops *loops = reduction->loops;
  const int64_t chunk = reduction->split.chunk, size = (int64_t)reduction->split.size;
  if (count <= chunk) {
    loops->rows(values, 0, 1, count, out);
    return;
  }
  Tree tree = {.loops = loops, .size = (size_t)size};
  for (int64_t i = 0; i < count; i += chunk) {
    loops->rows(values + i * size, 0, 1, dsc_smaller(chunk, count - i), tree_slot(&tree));
    tree_pushed(&tree);
  }
  tree_result(&tree, out);
}

// One result from reduced elements first ..< first + count of `row`, where these are more than a
// chunk or lie in several places.
static int reduce_long_row(const Reduction *reduction, int64_t row, int64_t first, int64_t count,
                           void *out) {
  const DscSplit *split = &reduction->split;
  const DscDims *reduced = &split->reduced;
  const DscReduceLoops *loops = reduction->loops;
  const int64_t size = (int64_t)split->size, run = reduced->shape[reduced->ndim - 1];
  _Alignas(64) char scratch[DSC_CHUNK_BYTES];
  Tree tree = {.loops = loops, .size = split->size};
  int status = DSC_OK;
  const char *base = (const char *)split->inputs[0].data;
  if (split->native) base += dsc_offset(&split->kept, 0, row) * size;
  for (int64_t i = first, end = first + count, step; i < end; i += step) {
    if (!split->native) {
      step = dsc_smaller(split->chunk, end - i);
      const void *values =
          dsc_split_values(split, row * reduced->total + i, step, scratch, &status);
      loops->rows(values, 0, 1, step, tree_slot(&tree));
    } else {
      const char *values = base + dsc_offset(reduced, 0, i) * size;
      if (reduced->ndim == 1 || run > split->chunk) {
        step =
            dsc_smaller(split->chunk, reduced->ndim == 1 ? end - i : dsc_run(reduced, i, end - i));
        loops->rows(values, 0, 1, step, tree_slot(&tree));
      } else {
        const int64_t next = reduced->shape[reduced->ndim - 2];
        const int64_t runs =
            dsc_smaller(dsc_smaller(BATCH, next - i / run % next), (end - i) / run);
        loops->rows(values, reduced->strides[0][reduced->ndim - 2], runs, run, scratch);
        loops->rows(scratch, 0, 1, runs, tree_slot(&tree));
        step = runs * run;
      }
    }
    tree_pushed(&tree);
  }
  tree_result(&tree, out);
  return status;
}

// Results of `rows` whole rows from `row` on, at most a batch.
static int reduce_rows(const Reduction *reduction, int64_t row, int64_t rows, void *out) {
  const DscSplit *split = &reduction->split;
  const DscReduceLoops *loops = reduction->loops;
  const int64_t size = (int64_t)split->size, count = split->reduced.total;
  int status = DSC_OK;
  if (count > split->chunk || (split->native && split->reduced.ndim > 1)) {
    for (int64_t r = 0; r < rows; r++)
      status |= reduce_long_row(reduction, row + r, 0, count, (char *)out + r * size);
  } else if (split->native) {
    const DscDims *kept = &split->kept;
    for (int64_t r = 0, some; r < rows; r += some) {
      some = dsc_run(kept, row + r, rows - r);
      const char *data = (const char *)split->inputs[0].data + dsc_offset(kept, 0, row + r) * size;
      loops->rows(data, kept->strides[0][kept->ndim - 1], some, count, (char *)out + r * size);
    }
  } else {
    _Alignas(64) char scratch[DSC_CHUNK_BYTES];
    const int64_t at_once = split->chunk / count;
    for (int64_t r = 0, some; r < rows; r += some) {
      some = dsc_smaller(at_once, rows - r);
      const void *values =
          dsc_split_values(split, (row + r) * count, some * count, scratch, &status);
      loops->rows(values, count, some, count, (char *)out + r * size);
    }
  }
  return status;
}

static void rows_piece(void *context, int64_t piece) {
  Reduction *reduction = context;
  const DscSplit *split = &reduction->split;
  int status = DSC_OK;
  if (reduction->pieces > 1) {
    const int64_t first = piece % reduction->pieces * reduction->piece;
    status = reduce_long_row(reduction, piece / reduction->pieces, first,
                             dsc_smaller(reduction->piece, split->reduced.total - first),
                             reduction->partials + piece * (int64_t)split->size);
  } else {
    _Alignas(64) char values[BATCH * sizeof(int64_t)];
    const int64_t first = piece * reduction->group;
    const int64_t end = dsc_smaller(first + reduction->group, split->kept.total);
    for (int64_t row = first, rows; row < end; row += rows) {
      rows = dsc_smaller(BATCH, end - row);
      status |= reduce_rows(reduction, row, rows, values);
      finish(reduction, row, rows, values);
    }
  }
  if (status) atomic_fetch_or(&reduction->status, status);
}

static int allocate_partials(Reduction *reduction, size_t bytes, char *stack) {
  reduction->partials = bytes <= STACK_BYTES ? stack : malloc(bytes);
  return reduction->partials ? DSC_OK : DSC_OUT_OF_MEMORY;
}

static int run_rows(Reduction *reduction) {
  const DscSplit *split = &reduction->split;
  const DscDims *reduced = &split->reduced;
  const int64_t rows = split->kept.total, count = reduced->total;
  if (split->native && reduced->ndim > 1 && reduced->shape[reduced->ndim - 1] <= split->chunk) {
    const int64_t run = reduced->shape[reduced->ndim - 1];
    reduction->piece = dsc_parts(reduction->piece, run) * run;
  }
  reduction->pieces = dsc_parts(count, reduction->piece);
  reduction->group = reduction->piece > count ? reduction->piece / count : 1;
  if (reduction->pieces == 1) {
    dsc_parallel(dsc_parts(rows, reduction->group), rows_piece, reduction);
    return atomic_load(&reduction->status);
  }
  _Alignas(64) char stack[STACK_BYTES];
  const int64_t pieces = rows * reduction->pieces, size = (int64_t)split->size;
  if (allocate_partials(reduction, (size_t)(pieces * size), stack)) return DSC_OUT_OF_MEMORY;
  dsc_parallel(pieces, rows_piece, reduction);
  for (int64_t row = 0; row < rows; row++) {
    int64_t value;
    reduce_run(reduction, reduction->partials + row * reduction->pieces * size, reduction->pieces,
               &value);
    finish(reduction, row, 1, &value);
  }
  if (reduction->partials != stack) free(reduction->partials);
  return atomic_load(&reduction->status);
}

// A source of rows of columns: memory, or values to be evaluated.
typedef struct {
  const Reduction *reduction;
  const DscSplit *values;  // NULL: memory
  const DscDims *dims;     // memory: of the rows; NULL: rows are `stride` apart
  const char *data;
  int64_t stride;
  int64_t first;    // number of the first element to be evaluated
  int64_t columns;  // of a row (times fold)
} Rows;

// Adds rows first ..< first + count to the sums of the columns.
static int add_rows(const Rows *rows, int64_t first, int64_t count, void *sums, bool fresh) {
  const Reduction *reduction = rows->reduction;
  const DscReduceLoops *loops = reduction->loops;
  const int64_t size = (int64_t)reduction->split.size, columns = rows->columns;
  int status = DSC_OK;
  if (rows->values) {
    _Alignas(64) char scratch[DSC_CHUNK_BYTES];
    const int64_t at_once = reduction->split.chunk / columns;
    for (int64_t r = 0; r < count; r += at_once) {
      const int64_t some = dsc_smaller(at_once, count - r);
      const void *values = dsc_split_values(rows->values, rows->first + (first + r) * columns,
                                            some * columns, scratch, &status);
      loops->columns(sums, values, columns, some, columns, fresh && r == 0);
    }
  } else if (!rows->dims) {
    const char *data = rows->data + first * rows->stride * size;
    loops->columns(sums, data, rows->stride, count, columns, fresh);
  } else {
    const int64_t stride = rows->dims->strides[0][rows->dims->ndim - 1];
    for (int64_t r = first, end = first + count, some; r < end; r += some) {
      some = dsc_run(rows->dims, r, end - r);
      const char *data = rows->data + dsc_offset(rows->dims, 0, r) * size;
      loops->columns(sums, data, stride, some, columns, fresh && r == first);
    }
  }
  return status;
}

// The sums of rows first ..< first + count, at the beginning of `levels`: leaves of some rows,
// combined pairwise.
static int reduce_columns(const Rows *rows, int64_t first, int64_t count, char *levels) {
  const DscReduceLoops *loops = rows->reduction->loops;
  const int64_t columns = rows->columns;
  const size_t bytes = TILE_BYTES;
  int depth = 0, status = DSC_OK;
  for (int64_t leaf = 0; leaf * LEAF < count; leaf++) {
    status |= add_rows(rows, first + leaf * LEAF, dsc_smaller(LEAF, count - leaf * LEAF),
                       levels + (size_t)depth++ * bytes, true);
    for (int64_t n = leaf + 1; (n % 2 == 0 && depth > 1) || depth == LEVELS; n /= 2, depth--) {
      char *last = levels + (size_t)(depth - 1) * bytes;
      loops->columns(last - bytes, last, 0, 1, columns, false);
    }
  }
  for (; depth > 1; depth--) {
    char *last = levels + (size_t)(depth - 1) * bytes;
    loops->columns(last - bytes, last, 0, 1, columns, false);
  }
  return status;
}

// Sums of the first `columns` of one row that holds `fold` rows.
static void unfold(const DscReduceLoops *loops, int64_t fold, int64_t columns, size_t size,
                   char *sums) {
  for (int64_t half = fold / 2; half > 0; half /= 2)
    loops->columns(sums, sums + (size_t)(half * columns) * size, 0, 1, half * columns, false);
}

// Unit `unit` is a tile of one outer position: rows first ..< first + count of its folded rows.
static int reduce_tile(const Reduction *reduction, int64_t unit, int64_t first, int64_t count,
                       bool last, char *levels) {
  const DscSplit *split = &reduction->split;
  const DscDims *reduced = &split->reduced;
  const int64_t size = (int64_t)split->size, fold = reduction->fold, all = reduced->total;
  const int64_t outer = unit / reduction->tiles, from = unit % reduction->tiles * reduction->tile;
  const int64_t width = dsc_smaller(reduction->tile, split->columns - from);
  Rows rows = {.reduction = reduction, .columns = width * fold};
  DscSplit tile;
  if (split->native) {
    rows.data = (const char *)split->inputs[0].data +
                (dsc_offset(&split->kept, 0, outer * split->columns) + from) * size;
    rows.stride = reduced->strides[0][reduced->ndim - 1] * fold;
    rows.dims = reduced->ndim > 1 ? reduced : NULL;
  } else {
    rows.values = split;
    if (reduction->tiles > 1) {
      dsc_split_columns(split, from, width, &tile);
      rows.values = &tile;
    }
    rows.first = outer * all * width;
  }
  int status = reduce_columns(&rows, first, count, levels);
  if (fold == 1) return status;
  unfold(reduction->loops, fold, width, split->size, levels);
  const int64_t done = all / fold * fold;
  if (!last || done == all) return status;
  rows.columns = width;
  rows.stride /= fold;
  return status | add_rows(&rows, done, all - done, levels, false);
}

static void columns_piece(void *context, int64_t piece) {
  Reduction *reduction = context;
  const DscSplit *split = &reduction->split;
  const int64_t rows = split->reduced.total / reduction->fold, pieces = reduction->pieces;
  const int64_t outer_count = split->kept.total / split->columns;
  _Alignas(64) char levels[LEVELS * TILE_BYTES];
  int status = DSC_OK;
  if (pieces > 1) {
    const int64_t unit = piece / pieces, part = piece % pieces, first = part * reduction->piece;
    const int64_t from = unit % reduction->tiles * reduction->tile;
    const int64_t width = dsc_smaller(reduction->tile, split->columns - from);
    status = reduce_tile(reduction, unit, first, dsc_smaller(reduction->piece, rows - first),
                         part == pieces - 1, levels);
    const int64_t to = (unit / reduction->tiles * pieces + part) * split->columns + from;
    memcpy(reduction->partials + to * (int64_t)split->size, levels, (size_t)width * split->size);
  } else {
    const int64_t first = piece * reduction->group;
    const int64_t end = dsc_smaller(first + reduction->group, outer_count * reduction->tiles);
    for (int64_t unit = first; unit < end; unit++) {
      const int64_t from = unit % reduction->tiles * reduction->tile;
      status |= reduce_tile(reduction, unit, 0, rows, true, levels);
      finish(reduction, unit / reduction->tiles * split->columns + from,
             dsc_smaller(reduction->tile, split->columns - from), levels);
    }
  }
  if (status) atomic_fetch_or(&reduction->status, status);
}

// Combines the pieces of one tile.
static void columns_end(void *context, int64_t unit) {
  const Reduction *reduction = context;
  const DscSplit *split = &reduction->split;
  const int64_t columns = split->columns, from = unit % reduction->tiles * reduction->tile;
  const int64_t outer = unit / reduction->tiles, pieces = reduction->pieces;
  _Alignas(64) char levels[LEVELS * TILE_BYTES];
  const Rows rows = {
      .reduction = reduction,
      .data = reduction->partials + (outer * pieces * columns + from) * (int64_t)split->size,
      .stride = columns,
      .columns = dsc_smaller(reduction->tile, columns - from)};
  reduce_columns(&rows, 0, pieces, levels);
  finish(reduction, outer * columns + from, rows.columns, levels);
}

// Few columns are folded: so many rows, a power of two, are taken as one.
static int64_t fold_of(const DscSplit *split) {
  const DscDims *reduced = &split->reduced;
  if (split->columns > NARROW) return 1;
  if (split->native && (reduced->ndim > 1 || reduced->strides[0][0] != split->columns)) return 1;
  int64_t fold = 1;
  while (fold * 2 * split->columns <= WIDE && fold * 2 <= reduced->total) fold *= 2;
  return fold;
}

static int run_columns(Reduction *reduction) {
  DscSplit *split = &reduction->split;
  const int64_t columns = split->columns;
  reduction->fold = fold_of(split);
  const int64_t rows = split->reduced.total / reduction->fold;
  const int64_t room = split->native ? TILE_BYTES / (int64_t)split->size : EVALUATED_TILE;
  reduction->tile = reduction->fold > 1 ? columns : dsc_smaller(room, columns);
  reduction->tiles = dsc_parts(columns, reduction->tile);
  const int64_t units = split->kept.total / columns * reduction->tiles;
  const int64_t work = rows * reduction->tile * reduction->fold;
  const int64_t pieces = dsc_smaller(dsc_parts(ENOUGH_PIECES, units), work / reduction->piece);
  reduction->group = reduction->piece > work ? reduction->piece / work : 1;
  reduction->piece = pieces > 1 ? dsc_parts(dsc_parts(rows, pieces), LEAF) * LEAF : rows;
  reduction->pieces = dsc_parts(rows, reduction->piece);
  if (reduction->pieces == 1) {
    dsc_parallel(dsc_parts(units, reduction->group), columns_piece, reduction);
    return atomic_load(&reduction->status);
  }
  _Alignas(64) char stack[STACK_BYTES];
  const int64_t partials = split->kept.total * reduction->pieces;
  if (allocate_partials(reduction, (size_t)partials * split->size, stack)) return DSC_OUT_OF_MEMORY;
  dsc_parallel(units * reduction->pieces, columns_piece, reduction);
  dsc_parallel(units, columns_end, reduction);
  if (reduction->partials != stack) free(reduction->partials);
  return atomic_load(&reduction->status);
}

// Every result is the value for no elements.
static int reduce_nothing(DscReduction op, Reduction *reduction) {
  if (op == DSC_REDUCE_MAX || op == DSC_REDUCE_MIN) return DSC_UNSUPPORTED;
  const bool one = op == DSC_REDUCE_PROD || op == DSC_REDUCE_ALL;
  const DscLane lane = reduction->split.lane;
  for (int64_t i = 0; i < reduction->split.kept.total; i++) {
    union {
      float f;
      double d;
      int64_t i;
      uint8_t b;
    } value = {.i = 0};
    if (lane == DSC_LANE_F32) {
      value.f = one;
    } else if (lane == DSC_LANE_F64) {
      value.d = one;
    } else if (lane == DSC_LANE_I64) {
      value.i = one;
    } else {
      value.b = one;
    }
    finish(reduction, i, 1, &value);
  }
  return DSC_OK;
}

// All of a short contiguous input in its own lane: nothing to plan.
static bool reduce_small(const DscReduceLoops *loops, DscLane lane, int ndim, const int64_t *shape,
                         uint32_t reduced, const DscView *input, double divisor,
                         const DscView *output) {
  if (!dsc_is_native(input->dtype, lane) || !dsc_is_native(output->dtype, lane)) return false;
  int64_t count = 1;
  for (int d = ndim - 1; d >= 0; d--) {
    if (!(reduced >> d & 1) || (shape[d] != 1 && input->strides[d] != count)) return false;
    count *= shape[d];
  }
  if (count == 0 || count > DSC_CHUNK_BYTES / 8) return false;
  loops->rows(input->data, 0, 1, count, output->data);
  if (divisor != 1) divide(lane, divisor, 1, output->data);
  return true;
}

int dsc_reduce(DscReduction op, const DscProgram *program, int ndim, const int64_t *shape,
               uint32_t reduced, const DscView *inputs, int input_count, const DscScalar *scalars,
               double divisor, const DscView *output) {
  const bool logical = op == DSC_REDUCE_ANY || op == DSC_REDUCE_ALL;
  DscLane lane = dsc_dtype_lane(inputs[0].dtype);
  if (program) {
    lane = (DscLane)program->register_lane[program->output_register[0]];
  } else if (logical) {
    lane = DSC_LANE_BOOL;
  }
  const bool counts = lane == DSC_LANE_BOOL && (op == DSC_REDUCE_SUM || op == DSC_REDUCE_PROD);
  if (counts) lane = DSC_LANE_I64;
  const DscReduceLoops *loops = dsc_reduce_loops(op, lane);
  if (!loops) return DSC_UNSUPPORTED;
  if (!program && reduce_small(loops, lane, ndim, shape, reduced, &inputs[0], divisor, output))
    return DSC_OK;
  Reduction reduction;
  DscSplit *split = &reduction.split;
  dsc_split(split, program, lane, ndim, shape, reduced, false, inputs, input_count, scalars,
            &output, 1);
  split->widen = program && counts;
  reduction.loops = loops;
  reduction.divisor = divisor;
  reduction.output = output;
  reduction.piece = program ? EVALUATED_PIECE : PIECE;
  atomic_init(&reduction.status, DSC_OK);
  if (split->reduced.total == 0) return reduce_nothing(op, &reduction);
  if (split->kept.total == 0) return DSC_OK;
  return split->columns ? run_columns(&reduction) : run_rows(&reduction);
}
