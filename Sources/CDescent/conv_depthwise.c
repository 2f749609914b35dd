// Convolutions whose groups have one input channel: no product worth its packing, so the taps walk
// over a padded copy of the channel. A piece is a channel (of an image), so that sums never split.
#include <stdatomic.h>
#include <string.h>

#include "dsc_depthwise.h"
#include "dsc_product.h"
#include "dsc_targets.h"
#include "include/dsc_pool.h"

#define DSC_T      float
#define DSC_T_NAME f32
#define DSC_BODY   "conv_depthwise_body.h"
#include "dsc_for_each_target.h"
#undef DSC_T
#undef DSC_T_NAME
#undef DSC_DISPATCH

#define DSC_T      double
#define DSC_T_NAME f64
#include "dsc_for_each_target.h"
#undef DSC_T
#undef DSC_T_NAME

typedef struct {
  const DscConvolution *call;
  DscPlanes planes;
  int64_t taps;
  size_t bytes;
  atomic_int status;
} Plan;

static void measure(Plan *plan, const DscConvolution *call) {
  enum { SLACK = 32 };  // what a vector may read beyond the last line
  DscPlanes *p = &plan->planes;
  int64_t extent[3];
  for (int d = 0; d < 3; d++) {
    int64_t reach = (call->taps[d] - 1) * call->dilation[d];
    p->lowest[d] = (reach < 0 ? reach : 0) - call->padding[d];
    extent[d] = (call->out_size[d] - 1) * call->stride[d] + (reach < 0 ? -reach : reach) + 1;
  }
  p->phases = call->stride[2];
  p->width = (extent[2] + p->phases - 1) / p->phases;
  p->size[0] = extent[0], p->size[1] = extent[1];
  p->line = p->phases * p->width;
  p->plane = p->line * extent[1];
  p->total = p->plane * extent[0] + SLACK;
  plan->taps = call->taps[0] * call->taps[1] * call->taps[2];
  plan->bytes = (size_t)p->total * dsc_dtype_size(call->dtype);
  plan->bytes = (plan->bytes + 63) / 64 * 64;
  plan->call = call;
  atomic_init(&plan->status, DSC_OK);
}

static void *scratch(Plan *plan, int64_t **offsets) {
  char *memory = dsc_product_scratch(plan->bytes + (size_t)plan->taps * sizeof(int64_t));
  if (memory == NULL) atomic_store(&plan->status, DSC_OUT_OF_MEMORY);
  *offsets = memory == NULL ? NULL : (int64_t *)(memory + plan->bytes);
  return memory;
}

static void run_channel(void *context, int64_t piece) {
  Plan *plan = context;
  const DscConvolution *call = plan->call;
  int64_t *offsets;
  void *memory = scratch(plan, &offsets);
  if (memory == NULL) return;
  int64_t image = piece / call->in_channels, channel = piece % call->in_channels;
  if (call->dtype == DSC_FLOAT64)
    DSC_DISPATCH(depthwise_f64)(call, &plan->planes, image, channel, memory, offsets);
  else
    DSC_DISPATCH(depthwise_f32)(call, &plan->planes, image, channel, memory, offsets);
}

static void run_weights(void *context, int64_t channel) {
  Plan *plan = context;
  int64_t *offsets;
  void *memory = scratch(plan, &offsets);
  if (memory == NULL) return;
  if (plan->call->dtype == DSC_FLOAT64)
    DSC_DISPATCH(depthwise_weights_f64)(plan->call, &plan->planes, channel, memory, offsets);
  else
    DSC_DISPATCH(depthwise_weights_f32)(plan->call, &plan->planes, channel, memory, offsets);
}

int dsc_convolve_depthwise(const DscConvolution *call) {
  Plan plan;
  measure(&plan, call);
  dsc_parallel(call->batch * call->in_channels, run_channel, &plan);
  return atomic_load(&plan.status);
}

int dsc_convolve_depthwise_weights(const DscConvolution *call) {
  Plan plan;
  measure(&plan, call);
  dsc_parallel(call->in_channels, run_weights, &plan);
  return atomic_load(&plan.status);
}
