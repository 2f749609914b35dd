// Sums of the rows that share an index: the gradient of looking rows up.
//
// Every row of the result is written once, by one thread: what belongs to it is found in a list
// made beforehand, so nothing is cleared first and no two threads meet.
#include <string.h>

#include "dsc_indexing.h"
#include "dsc_reduce_loops.h"
#include "dsc_split.h"
#include "dsc_stream.h"
#include "include/dsc_pool.h"

enum {
  PIECE_BYTES = 1 << 18,  // of the result, in one piece of parallel work
  NARROW_BYTES = 512,     // shorter rows are added one after the other to zeros
  CHUNK_BYTES = 8192,     // of a row, summed at once
  ROWS_AHEAD = 4,
};
static const int64_t NONE = -1;

typedef struct {
  const char *source;
  char *out;
  int64_t rows, row_bytes, group, size;
  const int64_t *first;  // of each row of the result: its first source row
  const int64_t *next;   // of each source row: the next one of the same result
  const DscReduceLoops *sum;
  bool streams;
} RowSums;

// Lists the source rows of every result in ascending order; false where an index is out of bounds.
static bool list_rows(const int64_t *index, int64_t count, int64_t rows, int64_t *first,
                      int64_t *next, int64_t *bad_index) {
  for (int64_t r = 0; r < rows; r++) first[r] = NONE;
  int64_t bad = NONE;
  for (int64_t k = count - 1; k >= 0; k--) {
    const int64_t row = index[k];
    if (row < 0 || row >= rows) {
      bad = k;
    } else {
      next[k] = first[row];
      first[row] = k;
    }
  }
  if (bad != NONE) *bad_index = index[bad];
  return bad == NONE;
}

// One chunk of a result whose list begins with `k`; `later` is what will be read soon.
static void sum_chunk(const RowSums *call, int64_t k, int64_t from, int64_t bytes,
                      const char *later, char *to) {
  _Alignas(64) char values[CHUNK_BYTES];
  const int64_t count = bytes / call->size;
  const char *source = values;
  if (k == NONE) {
    memset(values, 0, (size_t)bytes);
  } else if (call->next[k] == NONE) {
    source = call->source + k * call->row_bytes + from;
  } else {
    for (bool fresh = true; k != NONE; k = call->next[k], fresh = false)
      call->sum->columns(values, call->source + k * call->row_bytes + from, 0, 1, count, fresh);
  }
  if (!call->streams) {
    memcpy(to, source, (size_t)bytes);
    return;
  }
  const DscAhead ahead = {later, call->size};
  dsc_stream((size_t)call->size, source, count, to, &ahead, later != NULL);
}

static void piece(void *context, int64_t index) {
  const RowSums *call = context;
  const int64_t begin = index * call->group, end = dsc_smaller(begin + call->group, call->rows);
  for (int64_t row = begin; row < end; row++) {
    const int64_t k = call->first[dsc_smaller(row + ROWS_AHEAD, end - 1)];
    for (int64_t from = 0; from < call->row_bytes; from += CHUNK_BYTES) {
      const char *later = k == NONE ? NULL : call->source + k * call->row_bytes + from;
      sum_chunk(call, call->first[row], from, dsc_smaller(CHUNK_BYTES, call->row_bytes - from),
                later, call->out + row * call->row_bytes + from);
    }
  }
  if (call->streams) dsc_stream_finish();
}

// Short rows: it is quicker to read the source in order than to look the rows of a result up.
static int add_to_zeros(DscDType dtype, int64_t count, const int64_t *index, int64_t rows,
                        int64_t columns, const void *source, void *out, int64_t *bad_index) {
  const int64_t shape[2] = {count, columns};
  const DscView self = {.data = out, .dtype = dtype, .strides = {columns, 1}};
  const DscView values = {
      .data = (void *)(uintptr_t)source, .dtype = dtype, .strides = {columns, 1}};
  const DscView places = {.data = (void *)(uintptr_t)index, .dtype = DSC_INT64, .strides = {1, 0}};
  memset(out, 0, (size_t)(rows * columns) * dsc_dtype_size(dtype));
  return dsc_scatter(DSC_SCATTER_ADD, true, 2, shape, 0, rows, &self, &places, &values, bad_index);
}

static bool is_narrow(DscDType dtype, int64_t columns) {
  return columns * (int64_t)dsc_dtype_size(dtype) < NARROW_BYTES;
}

int64_t dsc_sum_rows_workspace(DscDType dtype, int64_t count, int64_t rows, int64_t columns) {
  return is_narrow(dtype, columns) ? 0 : count + rows;
}

int dsc_sum_rows(DscDType dtype, int64_t count, const int64_t *index, int64_t rows, int64_t columns,
                 const void *source, void *out, int64_t *workspace, int64_t *bad_index) {
  if (dtype != DSC_FLOAT32 && dtype != DSC_FLOAT64) return DSC_UNSUPPORTED;
  const int64_t size = (int64_t)dsc_dtype_size(dtype), row_bytes = columns * size;
  if (is_narrow(dtype, columns))
    return add_to_zeros(dtype, count, index, rows, columns, source, out, bad_index);
  RowSums call = {.source = source,
                  .out = out,
                  .rows = rows,
                  .row_bytes = row_bytes,
                  .size = size,
                  .first = workspace,
                  .next = workspace + rows,
                  .sum = dsc_reduce_loops(DSC_REDUCE_SUM, dsc_dtype_lane(dtype)),
                  .streams = dsc_streams(rows * row_bytes)};
  if (!list_rows(index, count, rows, workspace, workspace + rows, bad_index)) return DSC_BAD_INDEX;
  if (rows == 0) return DSC_OK;
  call.group = row_bytes < PIECE_BYTES ? PIECE_BYTES / row_bytes : 1;
  dsc_parallel(dsc_parts(rows, call.group), piece, &call);
  return DSC_OK;
}
