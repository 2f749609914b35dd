// Kept and reduced dims, and their values.
#include "dsc_split.h"

#include <string.h>

#include "dsc_loops.h"

// Runs worth a copy of their own.
enum { LONG_RUN = 128 };

static inline int64_t magnitude(int64_t stride) { return stride < 0 ? -stride : stride; }

// Appends a dim, or merges it with the last one where every operand walks both as one.
static inline void append_dim(DscDims *dims, int64_t size, int dim, const DscView *const *views,
                              int count) {
  const int last = dims->ndim - 1;
  bool merges = last >= 0;
  for (int i = 0; i < count && merges; i++)
    merges = dims->strides[i][last] == views[i]->strides[dim] * size;
  const int to = merges ? last : dims->ndim++;
  dims->shape[to] = merges ? dims->shape[to] * size : size;
  for (int i = 0; i < count; i++) dims->strides[i][to] = views[i]->strides[dim];
  dims->total *= size;
}

void dsc_dims(DscDims *dims, int ndim, const int64_t *shape, uint32_t mask, bool by_stride,
              const DscView *const *views, int count) {
  int order[DSC_MAX_DIMS], kept = 0;
  for (int d = 0; d < ndim; d++) {
    if (!(mask >> d & 1) || shape[d] == 1) continue;
    int at = kept++;
    if (by_stride) {
      const int64_t *strides = views[0]->strides;
      for (; at > 0 && magnitude(strides[order[at - 1]]) < magnitude(strides[d]); at--)
        order[at] = order[at - 1];
    }
    order[at] = d;
  }
  dims->ndim = 0;
  dims->total = 1;
  for (int d = 0; d < kept; d++) append_dim(dims, shape[order[d]], order[d], views, count);
  if (dims->ndim > 0) return;
  dims->ndim = 1;
  dims->shape[0] = 1;
  for (int i = 0; i < count; i++) dims->strides[i][0] = 1;
}

static void number_dims(DscSplit *split, const DscDims *dims, int from, int to) {
  for (int d = from; d < to; d++) {
    if (dims->shape[d] == 1) continue;
    split->shape[split->ndim] = dims->shape[d];
    for (int i = 0; i < split->input_count; i++)
      split->inputs[i].strides[split->ndim] = dims->strides[i][d];
    split->ndim++;
  }
}

// Whether the fastest dim of the first input is a kept one.
static bool goes_by_columns(const DscSplit *split) {
  const DscDims *kept = &split->kept, *reduced = &split->reduced;
  const int64_t across = magnitude(kept->strides[0][kept->ndim - 1]);
  const int64_t along = magnitude(reduced->strides[0][reduced->ndim - 1]);
  if (kept->total == 1 || reduced->total == 1 || across == 0) return false;
  return along == 0 || across < along;
}

void dsc_split(DscSplit *split, const DscProgram *program, DscLane lane, int ndim,
               const int64_t *shape, uint32_t reduced, bool keep_order, const DscView *inputs,
               int input_count, const DscScalar *scalars, const DscView *const *outputs,
               int output_count) {
  const DscView *views[DSC_SPLIT_OPERANDS];
  for (int i = 0; i < input_count; i++) views[i] = &inputs[i];
  for (int k = 0; k < output_count; k++) views[input_count + k] = outputs[k];
  const int count = input_count + output_count;
  dsc_dims(&split->kept, ndim, shape, ~reduced, true, views, count);
  dsc_dims(&split->reduced, ndim, shape, reduced, !keep_order, views, input_count);
  split->lane = lane;
  split->widen = false;
  split->size = dsc_lane_size(lane);
  split->chunk = DSC_CHUNK_BYTES / (int64_t)split->size;
  if (split->chunk > DSC_MAX_CHUNK) split->chunk = DSC_MAX_CHUNK;
  split->program = program ? program : dsc_copy_program(lane);
  split->scalars = scalars;
  split->input_count = input_count;
  split->ndim = 0;
  for (int i = 0; i < input_count; i++) {
    split->inputs[i].data = inputs[i].data;
    split->inputs[i].dtype = inputs[i].dtype;
  }
  const bool by_columns = goes_by_columns(split);
  const int last = split->kept.ndim - 1;
  split->columns = by_columns ? split->kept.shape[last] : 0;
  number_dims(split, &split->kept, 0, by_columns ? last : last + 1);
  number_dims(split, &split->reduced, 0, split->reduced.ndim);
  if (by_columns) number_dims(split, &split->kept, last, last + 1);
  const int fast = split->ndim - 1;
  split->copies = !program && dsc_dtype_lane(inputs[0].dtype) == lane && fast >= 0 &&
                  split->inputs[0].strides[fast] == 1 && split->shape[fast] >= LONG_RUN;
  const DscDims *fastest = by_columns ? &split->kept : &split->reduced;
  split->native = !program && dsc_is_native(inputs[0].dtype, lane) &&
                  fastest->strides[0][fastest->ndim - 1] == 1;
}

void dsc_split_columns(const DscSplit *split, int64_t first, int64_t width, DscSplit *tile) {
  *tile = *split;
  tile->columns = tile->shape[tile->ndim - 1] = width;
  for (int i = 0; i < tile->input_count; i++) {
    DscView *view = &tile->inputs[i];
    const int64_t offset = first * view->strides[tile->ndim - 1];
    view->data = (char *)view->data + offset * (int64_t)dsc_dtype_size(view->dtype);
  }
}

const void *dsc_split_values(const DscSplit *split, int64_t first, int64_t count, void *out,
                             int *status) {
  if (split->copies) {
    const DscView *view = &split->inputs[0];
    const int64_t width = split->shape[split->ndim - 1],
                  size = (int64_t)dsc_dtype_size(view->dtype);
    for (int64_t done = 0, some; done < count; done += some) {
      int64_t rest = first + done, offset = 0;
      some = dsc_smaller(count - done, width - rest % width);
      for (int d = split->ndim - 1; d >= 0; d--) {
        offset += rest % split->shape[d] * view->strides[d];
        rest /= split->shape[d];
      }
      dsc_load_lane(view->dtype, (const char *)view->data + offset * size, 1, some,
                    (char *)out + done * (int64_t)split->size);
    }
    return out;
  }
  if (!split->widen) {
    *status |= dsc_evaluate(split->program, split->ndim, split->shape, split->inputs,
                            split->scalars, first, count, out);
    return out;
  }
  uint8_t values[DSC_MAX_CHUNK];
  *status |= dsc_evaluate(split->program, split->ndim, split->shape, split->inputs, split->scalars,
                          first, count, values);
  int64_t *to = out;
  for (int64_t i = 0; i < count; i++) to[i] = values[i];
  return out;
}

const void *dsc_split_run(const DscSplit *split, int64_t row, int64_t first, int64_t end,
                          void *scratch, int64_t *count, int *status) {
  const DscDims *reduced = &split->reduced;
  *count = dsc_smaller(split->chunk, end - first);
  if (!split->native)
    return dsc_split_values(split, row * reduced->total + first, *count, scratch, status);
  *count = dsc_run(reduced, first, *count);
  const int64_t offset = dsc_offset(&split->kept, 0, row) + dsc_offset(reduced, 0, first);
  return (const char *)split->inputs[0].data + offset * (int64_t)split->size;
}

const void *dsc_split_rows(const DscSplit *split, int64_t first, int64_t end, void *scratch,
                           int64_t *count, int64_t *stride, int *status) {
  const DscDims *kept = &split->kept;
  const int64_t width = split->reduced.total;
  if (!split->native) {
    *count = dsc_smaller(split->chunk / width, end - first);
    *stride = width;
    return dsc_split_values(split, first * width, *count * width, scratch, status);
  }
  *count = dsc_run(kept, first, end - first);
  *stride = kept->strides[0][kept->ndim - 1];
  return (const char *)split->inputs[0].data + dsc_offset(kept, 0, first) * (int64_t)split->size;
}

void dsc_split_store(const DscSplit *split, int output, DscLane lane, int64_t first, int64_t count,
                     const void *values, const DscView *view) {
  const DscDims *kept = &split->kept;
  const int operand = split->input_count + output;
  const int64_t size = (int64_t)dsc_dtype_size(view->dtype), width = (int64_t)dsc_lane_size(lane);
  for (int64_t i = 0, some; i < count; i += some) {
    some = dsc_run(kept, first + i, count - i);
    dsc_store_lane(lane, (const char *)values + i * width, some, view->dtype,
                   (char *)view->data + dsc_offset(kept, operand, first + i) * size,
                   kept->strides[operand][kept->ndim - 1]);
  }
}

DscRectangle dsc_rectangle(const DscDims *dims, int operand, const DscView *view, int64_t first,
                           int64_t along, int64_t from, bool by_column) {
  const int64_t inner = dims->strides[operand][dims->ndim - 1];
  const int64_t offset = dsc_offset(dims, operand, first) + from * along;
  return (DscRectangle){(char *)view->data + offset * (int64_t)dsc_dtype_size(view->dtype),
                        view->dtype, by_column ? along : inner, by_column ? inner : along};
}

void dsc_load_rectangle(const DscRectangle *from, int64_t rows, int64_t columns, void *out) {
  const int64_t size = (int64_t)dsc_dtype_size(from->dtype);
  const int64_t width = (int64_t)dsc_lane_size(dsc_dtype_lane(from->dtype));
  if (from->row_stride == columns * from->column_stride) columns *= rows, rows = 1;
  for (int64_t r = 0; r < rows; r++)
    dsc_load_lane(from->dtype, from->data + r * from->row_stride * size, from->column_stride,
                  columns, (char *)out + r * columns * width);
}

void dsc_store_rectangle(DscLane lane, const void *values, int64_t rows, int64_t columns,
                         const DscRectangle *to) {
  const int64_t size = (int64_t)dsc_dtype_size(to->dtype), width = (int64_t)dsc_lane_size(lane);
  if (to->row_stride == columns * to->column_stride) columns *= rows, rows = 1;
  for (int64_t r = 0; r < rows; r++)
    dsc_store_lane(lane, (const char *)values + r * columns * width, columns, to->dtype,
                   to->data + r * to->row_stride * size, to->column_stride);
}
