// softmax and logSoftmax with their gradients: how a call is seen and shared out.
#include "dsc_softmax.h"

#include "dsc_halves.h"
#include "dsc_loop_macros.h"
#include "dsc_stream.h"
#include "include/dsc_pool.h"

#define DSC_BODY "softmax_body.h"
#include "dsc_for_each_target.h"

static const DscSoftmaxLoops *const tables[DSC_TARGET_COUNT] = DSC_PER_TARGET(&softmax_loops);

enum { PIECE = 1 << 14 };  // elements of one piece of parallel work

static int64_t units_of(const DscSoftmax *call) {
  return call->by_column ? call->kept / call->columns * call->tiles : call->kept;
}

static void piece(void *context, int64_t index) {
  const DscSoftmax *call = context;
  const int64_t first = index * call->group;
  const int64_t end = dsc_smaller(first + call->group, units_of(call));
  if (call->whole_rows) {
    dsc_softmax_rows(call, first, end);
  } else {
    dsc_softmax_blocks(call, first, end);
  }
}

static inline int64_t magnitude(int64_t stride) { return stride < 0 ? -stride : stride; }

// Whether rows of the input and of the result are short and lie next to each other.
static bool is_narrow(const DscSoftmax *call) {
  bool narrow = call->operands == 2 && call->count <= DSC_STEP && call->dims.ndim == 1;
  for (int i = 0; i < call->operands; i++)
    narrow &= call->native[i] && call->dims.strides[i][0] == call->count;
  return narrow;
}

static int run(DscSoftmax *call, int ndim, const int64_t *shape, int dim) {
  const DscDType dtype = call->views[0]->dtype;
  call->lane = dsc_dtype_lane(dtype);
  if (call->lane != DSC_LANE_F32 && call->lane != DSC_LANE_F64) return DSC_UNSUPPORTED;
  for (int i = 1; i < call->operands; i++)
    if (dsc_dtype_lane(call->views[i]->dtype) != call->lane) return DSC_UNSUPPORTED;
  call->count = ndim > 0 ? shape[dim] : 1;
  const uint32_t others = ndim > 0 ? ~(1u << dim) : 0;
  dsc_dims(&call->dims, ndim, shape, others, true, call->views, call->operands);
  call->kept = call->dims.total;
  if (call->kept == 0 || call->count == 0) return DSC_OK;
  const int inner = call->dims.ndim - 1;
  for (int i = 0; i < call->operands; i++)
    call->along[i] = call->count > 1 ? call->views[i]->strides[dim] : 1;
  const int64_t across = magnitude(call->dims.strides[0][inner]);
  call->by_column = call->kept > 1 && call->count > 1 && across < magnitude(call->along[0]);
  call->columns = call->dims.shape[inner];
  for (int i = 0; i < call->operands; i++)
    call->native[i] = dsc_is_native(call->views[i]->dtype, call->lane) &&
                      (call->by_column ? call->dims.strides[i][inner] : call->along[i]) == 1;
  const DscTarget target = dsc_target();
  call->size = (int64_t)dsc_lane_size(call->lane);
  call->chunk = DSC_SOFTMAX_BYTES / call->size;
  call->loops = tables[target];
  call->sum = dsc_reduce_loops(DSC_REDUCE_SUM, call->lane);
  call->maximum = dsc_reduce_loops(DSC_REDUCE_MAX, call->lane);
  call->exp = dsc_find_loop(target, DSC_OP_EXP, call->lane);
  call->exp_sum = dsc_exp_sum_f32[target];
  call->log_gradient = dsc_log_gradient_f32[target];
  call->streams =
      call->native[call->operands - 1] && dsc_streams(call->kept * call->count * call->size);
  call->whole_rows = call->lane == DSC_LANE_F32 && !call->by_column && call->count <= call->chunk;
  for (int i = 0; i < call->operands; i++) call->whole_rows &= call->along[i] == 1;
  if (call->whole_rows && is_narrow(call)) call->narrow = dsc_narrow_softmax_f32[target];
  call->tile = dsc_smaller(DSC_SOFTMAX_COLUMNS, call->columns);
  call->tiles = dsc_parts(call->columns, call->tile);
  const int64_t work = call->by_column ? call->count * call->tile : call->count;
  call->group = PIECE > work ? PIECE / work : 1;
  dsc_parallel(dsc_parts(units_of(call), call->group), piece, call);
  return DSC_OK;
}

int dsc_softmax(bool logarithm, int ndim, const int64_t *shape, int dim, const DscView *input,
                const DscView *output) {
  DscSoftmax call = {.operands = 2, .views = {input, output}, .logarithm = logarithm};
  return run(&call, ndim, shape, dim);
}

int dsc_softmax_backward(bool logarithm, int ndim, const int64_t *shape, int dim,
                         const DscView *grad, const DscView *result, const DscView *gradInput) {
  DscSoftmax call = {.operands = 3, .views = {grad, result, gradInput}, .logarithm = logarithm};
  return run(&call, ndim, shape, dim);
}
