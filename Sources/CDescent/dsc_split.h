// How the families that work along dimensions see a call: its kept and its reduced dims, and a
// source of values in the lane.
#ifndef DSC_SPLIT_H
#define DSC_SPLIT_H

#include "dsc_evaluate.h"
#include "dsc_sizes.h"

enum {
  DSC_SPLIT_OPERANDS = DSC_MAX_INPUTS + 2,
  // Values are made at most this many bytes at a time, so that they stay in the first-level cache.
  DSC_CHUNK_BYTES = 16 * 1024,
  DSC_MAX_CHUNK = 4096,
};

/// Some of the dims of a call: those of one element dropped, neighbours merged where every operand
/// walks them as one. There is always at least one dim.
typedef struct {
  int ndim;
  int64_t total;
  int64_t shape[DSC_MAX_DIMS];
  int64_t strides[DSC_SPLIT_OPERANDS][DSC_MAX_DIMS];
} DscDims;

/// Gathers the dims whose bit is set in `mask`; `by_stride` orders them by the magnitude of the
/// first view's strides, largest first.
void dsc_dims(DscDims *dims, int ndim, const int64_t *shape, uint32_t mask, bool by_stride,
              const DscView *const *views, int count);

/// Where element `index`, row-major over the dims, lies in operand `view`, in elements.
static inline int64_t dsc_offset(const DscDims *dims, int view, int64_t index) {
  const int64_t *strides = dims->strides[view];
  int64_t offset = 0;
  for (int d = dims->ndim - 1; d > 0; d--) {
    offset += index % dims->shape[d] * strides[d];
    index /= dims->shape[d];
  }
  return offset + index * strides[0];
}

/// How many of the elements from `index` on lie in the same innermost row, at most `count`.
static inline int64_t dsc_run(const DscDims *dims, int64_t index, int64_t count) {
  const int64_t width = dims->shape[dims->ndim - 1], left = width - index % width;
  return left < count ? left : count;
}

/// A reduction's dims and values.
///
/// By rows the elements are numbered kept dims first, then reduced ones; by columns the innermost
/// kept dim (the columns) comes last.
typedef struct {
  DscDims kept, reduced;  // operands: the inputs, then the outputs
  int64_t columns;        // 0: by rows; otherwise the size of the innermost kept dim
  DscLane lane;           // of the values
  bool copies;            // the only input's values, in its dtype's lane, come in contiguous runs
  bool widen;             // evaluated as BOOL, wanted as I64
  bool native;    // the only input holds values of the lane and the fastest dim has stride 1
  size_t size;    // of a value
  int64_t chunk;  // values made at once
  const DscProgram *program;
  const DscScalar *scalars;
  int input_count;
  int ndim;
  int64_t shape[DSC_MAX_DIMS];
  DscView inputs[DSC_MAX_INPUTS];  // their strides in the order of `shape`
} DscSplit;

/// Values first ..< first + count, in order, to `out` (or, where that saves a copy, elsewhere).
/// Reports through `status`.
const void *dsc_split_values(const DscSplit *split, int64_t first, int64_t count, void *out,
                             int *status);

/// Some of the elements first ..< end of the reduced dims of `row`, at most a chunk: as many as lie
/// in one run, or as are made at once in `scratch` (DSC_CHUNK_BYTES). `count` says how many.
const void *dsc_split_run(const DscSplit *split, int64_t row, int64_t first, int64_t end,
                          void *scratch, int64_t *count, int *status);
/// Some of the whole rows first ..< end, of at most a chunk each: `count` of them, `stride` values
/// apart.
const void *dsc_split_rows(const DscSplit *split, int64_t first, int64_t end, void *scratch,
                           int64_t *count, int64_t *stride, int *status);

/// Stores values of a lane as results first ..< first + count of output `output`.
void dsc_split_store(const DscSplit *split, int output, DscLane lane, int64_t first, int64_t count,
                     const void *values, const DscView *view);

/// Fills a split. `lane` is what the program's register (or the input, for NULL) is computed in;
/// `keep_order` leaves the reduced dims in their order.
void dsc_split(DscSplit *split, const DscProgram *program, DscLane lane, int ndim,
               const int64_t *shape, uint32_t reduced, bool keep_order, const DscView *inputs,
               int input_count, const DscScalar *scalars, const DscView *const *outputs,
               int output_count);

/// A rectangle of an operand: where its first element lies and its strides in elements.
typedef struct {
  char *data;
  DscDType dtype;
  int64_t row_stride, column_stride;
} DscRectangle;

/// Neighbouring results of `dims` from `first` on, and the elements of each from `from` on along a
/// dim of stride `along`: a result a row, or a column.
DscRectangle dsc_rectangle(const DscDims *dims, int operand, const DscView *view, int64_t first,
                           int64_t along, int64_t from, bool by_column);
/// Values of a rectangle, converted to the dtype's lane and row after row.
void dsc_load_rectangle(const DscRectangle *from, int64_t rows, int64_t columns, void *out);
/// Stores values of a lane, row after row.
void dsc_store_rectangle(DscLane lane, const void *values, int64_t rows, int64_t columns,
                         const DscRectangle *to);

/// The same split for `width` columns from `first` on only.
void dsc_split_columns(const DscSplit *split, int64_t first, int64_t width, DscSplit *tile);

#endif
