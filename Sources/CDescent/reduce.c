// Reductions over any dims. Elements are combined along rows, where a reduced dim is the fastest in
// memory, or by columns, where a kept one is.
//
// Work is cut into pieces, pieces into chunks, and each level is combined pairwise; all sizes
// depend on the shape alone.
#include "include/dsc_reduce.h"

#include <stdlib.h>
#include <string.h>

#include "dsc_loops.h"
#include "dsc_reduction.h"
#include "include/dsc_pool.h"

enum {
  PIECE = 1 << 16,            // elements of one piece of parallel work
  EVALUATED_PIECE = 1 << 14,  // the same, with a program in front
  MOST_PIECES = 64,           // of large work: memory prefers long runs
  MEMORY_CHUNKS = 4,          // chunks of a run in memory that are combined at once
  BATCH = 1024,               // results made at once
  STACK_BYTES = 4096,         // partial results that need no memory of their own
};

static void divide(DscLane lane, double divisor, int64_t count, void *values) {
  if (lane == DSC_LANE_F32) {
    float *x = values;
    for (int64_t i = 0; i < count; i++) x[i] /= (float)divisor;
  } else if (lane == DSC_LANE_F64) {
    double *x = values;
    for (int64_t i = 0; i < count; i++) x[i] /= divisor;
  }
}

void dsc_reduction_finish(const DscReductionCall *reduction, int64_t first, int64_t count,
                          void *values) {
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
static void reduce_run(const DscReductionCall *reduction, const char *values, int64_t count,
                       void *out) {
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
static int reduce_long_row(const DscReductionCall *reduction, int64_t row, int64_t first,
                           int64_t count, void *out) {
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
        const int64_t left = reduced->ndim == 1 ? end - i : dsc_run(reduced, i, end - i);
        step = dsc_smaller(MEMORY_CHUNKS * split->chunk, left);
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
static int reduce_rows(const DscReductionCall *reduction, int64_t row, int64_t rows, void *out) {
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
  DscReductionCall *reduction = context;
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
      dsc_reduction_finish(reduction, row, rows, values);
    }
  }
  if (status) atomic_fetch_or(&reduction->status, status);
}

static int run_rows(DscReductionCall *reduction) {
  const DscSplit *split = &reduction->split;
  const DscDims *reduced = &split->reduced;
  const int64_t rows = split->kept.total, count = reduced->total;
  const int64_t fair = rows * count / MOST_PIECES / split->chunk * split->chunk;
  if (reduction->piece < fair) reduction->piece = fair;
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
  const size_t bytes = (size_t)(pieces * size);
  reduction->partials = bytes <= STACK_BYTES ? stack : malloc(bytes);
  if (!reduction->partials) return DSC_OUT_OF_MEMORY;
  dsc_parallel(pieces, rows_piece, reduction);
  for (int64_t row = 0; row < rows; row++) {
    int64_t value;
    reduce_run(reduction, reduction->partials + row * reduction->pieces * size, reduction->pieces,
               &value);
    dsc_reduction_finish(reduction, row, 1, &value);
  }
  if (reduction->partials != stack) free(reduction->partials);
  return atomic_load(&reduction->status);
}

// Every result is the value for no elements.
static int reduce_nothing(DscReduction op, DscReductionCall *reduction) {
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
    dsc_reduction_finish(reduction, i, 1, &value);
  }
  return DSC_OK;
}

// The stride, 0 or 1, at which an operand is walked if all of it is reduced: it repeats one
// element, or lies in one run. Otherwise -1.
static int64_t flat_stride(int ndim, const int64_t *shape, uint32_t reduced, const DscView *view) {
  int64_t count = 1;
  bool runs = true, repeats = true;
  for (int d = ndim - 1; d >= 0; d--) {
    if (!(reduced >> d & 1)) return -1;
    if (shape[d] == 1) continue;
    runs &= view->strides[d] == count;
    repeats &= view->strides[d] == 0;
    count *= shape[d];
  }
  if (runs) return 1;
  return repeats ? 0 : -1;
}

// All of short operands that lie in one run, to a result of the lane: nothing to plan or to share.
// Tells whether it was so.
static bool reduce_small(const DscReduceLoops *loops, DscLane lane, const DscProgram *program,
                         int ndim, const int64_t *shape, uint32_t reduced, const DscView *inputs,
                         int input_count, const DscScalar *scalars, double divisor,
                         const DscView *output, int *status) {
  if (!dsc_is_native(output->dtype, lane)) return false;
  int64_t count = 1;
  for (int d = 0; d < ndim; d++) count *= shape[d];
  if (count == 0 || count > DSC_CHUNK_BYTES / 8) return false;
  DscView flat[DSC_MAX_INPUTS];
  for (int i = 0; i < input_count; i++) {
    flat[i].data = inputs[i].data;
    flat[i].dtype = inputs[i].dtype;
    flat[i].strides[0] = flat_stride(ndim, shape, reduced, &inputs[i]);
    if (flat[i].strides[0] < 0) return false;
  }
  _Alignas(64) char values[DSC_CHUNK_BYTES];
  const void *from = inputs[0].data;
  if (program) {
    const DscView to = {.data = values, .dtype = dsc_native_dtype(lane), .strides = {1}};
    *status = dsc_pointwise_flat(program, count, flat, scalars, &to);
    if (*status) return true;
    from = values;
  } else if (!dsc_is_native(inputs[0].dtype, lane) || flat[0].strides[0] != 1) {
    return false;
  }
  loops->rows(from, 0, 1, count, output->data);
  if (divisor != 1) divide(lane, divisor, 1, output->data);
  return true;
}

int dsc_reduce(DscReduction op, const DscProgram *program, int ndim, const int64_t *shape,
               uint32_t reduced, const DscView *inputs, int input_count, const DscScalar *scalars,
               double divisor, const DscView *output) {
  const bool logical = op == DSC_REDUCE_ANY || op == DSC_REDUCE_ALL;
  const bool extreme = op == DSC_REDUCE_MAX || op == DSC_REDUCE_MIN;
  DscLane lane = dsc_dtype_lane(inputs[0].dtype);
  if (extreme && !program && lane == DSC_LANE_I64) {
    lane = (DscLane)dsc_memory_lane(inputs[0].dtype);
  } else if (program) {
    lane = (DscLane)program->register_lane[program->output_register[0]];
  } else if (logical) {
    lane = DSC_LANE_BOOL;
  }
  const bool counts = lane == DSC_LANE_BOOL && (op == DSC_REDUCE_SUM || op == DSC_REDUCE_PROD);
  if (counts) lane = DSC_LANE_I64;
  DscView bytes;
  if (counts && !program) {  // bool is summed as the numbers that it is in memory
    bytes = inputs[0];
    bytes.dtype = DSC_UINT8;
    inputs = &bytes;
  }
  const DscReduceLoops *loops = dsc_reduce_loops(op, lane);
  if (!loops) return DSC_UNSUPPORTED;
  int status = DSC_OK;
  if (!(program && counts) && reduce_small(loops, lane, program, ndim, shape, reduced, inputs,
                                           input_count, scalars, divisor, output, &status))
    return status;
  DscReductionCall reduction;
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
  return split->columns ? dsc_reduce_by_columns(&reduction) : run_rows(&reduction);
}
