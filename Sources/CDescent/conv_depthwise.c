// Convolutions whose groups have one input channel: no product worth its packing, so the taps walk
// over the channel's grid. A piece is some channels (of an image), so that sums never split.
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
  int64_t blocks;  // of channels
  size_t bytes;    // of a grid
  void (*run)(const DscConvolution *, const DscGrid *, int64_t image, int64_t channel, void *memory,
              const int64_t *offsets);
  atomic_int status;
} Plan;

enum { CHANNELS = 4 };  // of a piece: neighbours in memory

static void run_channels(void *context, int64_t piece) {
  Plan *plan = context;
  const DscConvolution *call = plan->call;
  int64_t taps = dsc_volume(call->taps);
  char *memory = dsc_product_scratch(plan->bytes + (size_t)taps * sizeof(int64_t));
  if (memory == NULL) {
    atomic_store(&plan->status, DSC_OUT_OF_MEMORY);
    return;
  }
  int64_t *offsets = (int64_t *)(memory + plan->bytes);
  dsc_grid_offsets(call, &plan->grid, offsets);
  int64_t image = piece / plan->blocks, first = piece % plan->blocks * CHANNELS;
  int64_t images = plan->weights ? call->batch : image + 1;
  int64_t end = first + CHANNELS < call->in_channels ? first + CHANNELS : call->in_channels;
  for (; image < images; image++)
    for (int64_t c = first; c < end; c++) plan->run(call, &plan->grid, image, c, memory, offsets);
}

static int run(const DscConvolution *call, bool weights) {
  Plan plan = {.call = call, .grid = dsc_grid(call), .weights = weights};
  bool wide = call->dtype == DSC_FLOAT64;
  plan.run =
      weights ? (wide ? DSC_DISPATCH(depthwise_weights_f64) : DSC_DISPATCH(depthwise_weights_f32))
              : (wide ? DSC_DISPATCH(depthwise_f64) : DSC_DISPATCH(depthwise_f32));
  plan.blocks = (call->in_channels + CHANNELS - 1) / CHANNELS;
  plan.bytes = (size_t)(plan.grid.channel + DSC_GRID_SLACK) * dsc_dtype_size(call->dtype);
  plan.bytes = (plan.bytes + 63) / 64 * 64;
  atomic_init(&plan.status, DSC_OK);
  dsc_parallel(plan.blocks * (weights ? 1 : call->batch), run_channels, &plan);
  return atomic_load(&plan.status);
}

int dsc_convolve_depthwise(const DscConvolution *call) { return run(call, false); }

int dsc_convolve_depthwise_weights(const DscConvolution *call) { return run(call, true); }
