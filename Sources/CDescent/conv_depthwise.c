// Convolutions whose groups have one input channel: no product worth its packing, so the taps walk
// over the channel's grid. A piece is a channel (of an image), so that sums never split.
#include <stdatomic.h>
#include <string.h>

#include "dsc_grid.h"
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
  DscGrid grid;
  bool weights;
  size_t bytes;  // of a grid
  atomic_int status;
} Plan;

static void run_channel(void *context, int64_t piece) {
  Plan *plan = context;
  const DscConvolution *call = plan->call;
  int64_t taps = call->taps[0] * call->taps[1] * call->taps[2];
  char *memory = dsc_product_scratch(plan->bytes + (size_t)taps * sizeof(int64_t));
  if (memory == NULL) {
    atomic_store(&plan->status, DSC_OUT_OF_MEMORY);
    return;
  }
  int64_t *offsets = (int64_t *)(memory + plan->bytes);
  dsc_grid_offsets(call, &plan->grid, offsets);
  int64_t image = piece / call->in_channels, channel = piece % call->in_channels;
  bool wide = call->dtype == DSC_FLOAT64;
  if (plan->weights)
    (wide ? DSC_DISPATCH(depthwise_weights_f64)
          : DSC_DISPATCH(depthwise_weights_f32))(call, &plan->grid, channel, memory, offsets);
  else
    (wide ? DSC_DISPATCH(depthwise_f64)
          : DSC_DISPATCH(depthwise_f32))(call, &plan->grid, image, channel, memory, offsets);
}

static int run(const DscConvolution *call, bool weights) {
  Plan plan = {.call = call, .grid = dsc_grid(call), .weights = weights};
  plan.bytes = (size_t)(plan.grid.channel + DSC_GRID_SLACK) * dsc_dtype_size(call->dtype);
  plan.bytes = (plan.bytes + 63) / 64 * 64;
  atomic_init(&plan.status, DSC_OK);
  dsc_parallel(call->in_channels * (weights ? 1 : call->batch), run_channel, &plan);
  return atomic_load(&plan.status);
}

int dsc_convolve_depthwise(const DscConvolution *call) { return run(call, false); }

int dsc_convolve_depthwise_weights(const DscConvolution *call) { return run(call, true); }
