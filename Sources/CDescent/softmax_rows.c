// softmax and logSoftmax of rows in float32 that stay in the first-level cache: exponentials and
// their sum are made in one loop.
#include <math.h>

#include "dsc_loop_macros.h"
#include "dsc_softmax.h"
#include "dsc_stream.h"
#include "dsc_targets.h"

static const char *row_of(const DscSoftmax *call, int operand, int64_t row) {
  const DscView *view = call->views[operand];
  return (const char *)view->data +
         dsc_offset(&call->dims, operand, row) * (int64_t)dsc_dtype_size(view->dtype);
}

// A row of an operand: in memory, or converted to `buffer`.
static const float *load_row(const DscSoftmax *call, int operand, int64_t row,
                             DscBlockValues *buffer) {
  const void *from = row_of(call, operand, row);
  if (call->native[operand]) return from;
  dsc_load_lane(call->views[operand]->dtype, from, 1, call->count, buffer);
  return (const float *)(const void *)buffer;
}

// Where a row of the result is made: in memory, or in a buffer that store_row() converts, or copies
// past the cache.
static float *place_of(const DscSoftmax *call, int64_t row, DscBlockValues *buffer) {
  const int output = call->operands - 1;
  const bool direct = call->native[output] && !call->streams;
  return (float *)(uintptr_t)(direct ? (const void *)row_of(call, output, row) : buffer);
}

// What the inputs of a gradient have further on, unless the processor fetches that itself. A
// forward row's exponentials do so.
static int find_ahead(const DscSoftmax *call, int64_t row, DscAhead *ahead) {
  if (call->operands == 2 || dsc_fetches_alone()) return 0;
  for (int i = 0; i < 2; i++) {
    const int64_t size = (int64_t)dsc_dtype_size(call->views[i]->dtype);
    const uintptr_t data = (uintptr_t)row_of(call, i, row) + (uintptr_t)(DSC_AHEAD * size);
    ahead[i] = (DscAhead){(const char *)data, size};
  }
  return 2;
}

static void store_row(const DscSoftmax *call, int64_t row, const DscBlockValues *buffer) {
  const int output = call->operands - 1;
  void *to = (void *)(uintptr_t)row_of(call, output, row);
  if (!call->native[output])
    dsc_store_lane(DSC_LANE_F32, buffer, call->count, call->views[output]->dtype, to, 1);
  if (!call->streams) return;
  DscAhead ahead[2];
  const int aheads = find_ahead(call, row, ahead);
  dsc_stream(sizeof(float), buffer, call->count, to, ahead, aheads);
}

// The step that makes the result of a row; a or b may be what place_of() gave.
static void last_step(const DscSoftmax *call, int step, int64_t row, const float *a, const float *b,
                      float p, float q, DscBlockValues *buffer) {
  const DscBlock block = {.rows = 1, .columns = call->count};
  const uintptr_t to = (uintptr_t)row_of(call, call->operands - 1, row);
  if (call->streams && to % DSC_LINE == 0 && call->count % DSC_STEP == 0) {
    DscAhead ahead[2];
    const int aheads = find_ahead(call, row, ahead);
    const float parameters[2] = {p, q};
    call->loops->streamed[step](call->count, a, b, parameters, (void *)to, ahead, aheads);
    return;
  }
  call->loops->steps[step][DSC_LANE_F32](&block, a, b, &p, &q, place_of(call, row, buffer));
  store_row(call, row, buffer);
}

static void forward_row(const DscSoftmax *call, int64_t row) {
  DscBlockValues values, buffer;
  const float *x = load_row(call, 0, row, &values);
  float *y = place_of(call, row, &buffer), largest;
  call->maximum->rows(x, 0, 1, call->count, &largest);
  const float sum = call->exp_sum(x, call->count, largest, y);
  if (call->logarithm)
    last_step(call, STEP_SHIFT_TWICE, row, x, x, largest, (float)log((double)sum), &buffer);
  else
    last_step(call, STEP_SCALE, row, y, y, 1 / sum, 0, &buffer);
}

static void backward_row(const DscSoftmax *call, int64_t row) {
  const DscBlock block = {.rows = 1, .columns = call->count};
  DscBlockValues grads, values, buffer;
  const float *g = load_row(call, 0, row, &grads), *y = load_row(call, 1, row, &values);
  float sum;
  if (call->logarithm) {
    call->sum->rows(g, 0, 1, call->count, &sum);
    call->log_gradient(g, y, call->count, sum, place_of(call, row, &buffer));
    store_row(call, row, &buffer);
  } else {
    call->loops->dot[DSC_LANE_F32](&block, g, y, &sum);
    last_step(call, STEP_GRADIENT, row, g, y, sum, 0, &buffer);
  }
}

static bool backward_half_row(const DscSoftmax *call, int64_t row) {
  const DscDType dtype = call->views[0]->dtype;
  if (call->logarithm || call->loops->half_gradient[dtype] == NULL) return false;
  if (call->views[1]->dtype != dtype || call->views[2]->dtype != dtype) return false;
  call->loops->half_gradient[dtype](row_of(call, 0, row), row_of(call, 1, row), call->count,
                                    (void *)(uintptr_t)row_of(call, 2, row));
  return true;
}

void dsc_softmax_rows(const DscSoftmax *call, int64_t first, int64_t end) {
  if (call->narrow != NULL) {
    float *out = (float *)(uintptr_t)(const void *)row_of(call, 1, first);
    call->narrow(call->logarithm, (const float *)(const void *)row_of(call, 0, first), end - first,
                 call->count, out);
    return;
  }
  for (int64_t row = first; row < end; row++) {
    if (call->operands == 2) {
      forward_row(call, row);
    } else if (!backward_half_row(call, row)) {
      backward_row(call, row);
    }
  }
  if (call->streams) dsc_stream_finish();
}
