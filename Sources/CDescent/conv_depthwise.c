// Convolutions whose groups have one input channel: no product worth its packing, so the taps walk
// over the channel's grid. A piece is some channels (of an image), so that sums never split.
#include <stdatomic.h>
#include <string.h>

#include "dsc_depthwise.h"
#include "dsc_grid.h"
#include "dsc_product.h"
#include "dsc_sizes.h"
#include "dsc_stream.h"
#include "dsc_targets.h"
#include "include/dsc_pool.h"

// Some outputs of one channel of one image.
typedef struct {
  int64_t image, channel;
  int64_t output, outputs;
  void *plane;  // where an output is made before it goes past the cache, or NULL
} DscDepthwise;

#define DSC_BODY "conv_depthwise_body.h"
#include "dsc_for_each_float.h"

enum {
  CHANNELS = 4,  // of a piece: neighbours in memory
  FEW_TAPS = 64,
  MOST_PLANE = 1 << 14,  // bytes: one that is made, one that is read and the next stay in the cache
};

typedef struct {
  const DscConvolution *call;
  DscGrid grid;
  bool weights;
  bool streams;            // outputs go past the cache
  int64_t blocks;          // of channels
  int64_t parts, outputs;  // of a channel's outputs; outputs of a part
  size_t bytes;            // of a grid
  size_t plane;            // of an output, where it streams
  void (*run)(const DscConvolution *, const DscGrid *, const DscDepthwise *, void *memory,
              const int64_t *offsets);
  int64_t offsets[FEW_TAPS];  // of the taps, unless there are more
  atomic_int status;
} Plan;

static void run_channels(void *context, int64_t piece) {
  Plan *plan = context;
  const DscConvolution *call = plan->call;
  const int64_t taps = dsc_volume(call->taps);
  const size_t table = taps > FEW_TAPS ? (size_t)taps * sizeof(int64_t) : 0;
  char *memory = dsc_product_scratch(plan->bytes + plan->plane + table);
  if (memory == NULL) {
    atomic_store(&plan->status, DSC_OUT_OF_MEMORY);
    return;
  }
  const int64_t *offsets = plan->offsets;
  if (taps > FEW_TAPS) {
    offsets = (int64_t *)(memory + plan->bytes + plan->plane);
    dsc_grid_offsets(call, &plan->grid, (int64_t *)offsets);
  }
  int64_t part = piece % plan->parts * plan->outputs;
  piece /= plan->parts;
  int64_t first = piece % plan->blocks * CHANNELS;
  DscDepthwise work = {.image = piece / plan->blocks, .output = part};
  if (plan->streams) work.plane = memory + plan->bytes;
  work.outputs = dsc_smaller(plan->outputs, call->out_channels / call->groups - part);
  int64_t images = plan->weights ? call->batch : work.image + 1;
  int64_t end = dsc_smaller(first + CHANNELS, call->in_channels);
  for (; work.image < images; work.image++)
    for (work.channel = first; work.channel < end; work.channel++)
      plan->run(call, &plan->grid, &work, memory, offsets);
  if (plan->streams) dsc_stream_finish();
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
  int64_t plane = dsc_volume(call->out_size) * (int64_t)dsc_dtype_size(call->dtype);
  plan.streams =
      !weights && plane <= MOST_PLANE && dsc_streams(call->batch * call->out_channels * plane);
  if (plan.streams) plan.plane = (size_t)((plane + 63) / 64 * 64);
  // Few channels: their outputs are shared out.
  int64_t pieces = plan.blocks * (weights ? 1 : call->batch), wanted = dsc_thread_count();
  int64_t outputs = call->out_channels / call->groups;
  plan.parts = pieces >= wanted ? 1 : dsc_smaller((wanted + pieces - 1) / pieces, outputs);
  plan.outputs = (outputs + plan.parts - 1) / plan.parts;
  plan.parts = (outputs + plan.outputs - 1) / plan.outputs;
  if (dsc_volume(call->taps) <= FEW_TAPS) dsc_grid_offsets(call, &plan.grid, plan.offsets);
  atomic_init(&plan.status, DSC_OK);
  dsc_parallel(pieces * plan.parts, run_channels, &plan);
  return atomic_load(&plan.status);
}

int dsc_convolve_depthwise(const DscConvolution *call) { return run(call, false); }

int dsc_convolve_depthwise_weights(const DscConvolution *call) { return run(call, true); }

int64_t dsc_depthwise_input_memory(const DscConvolution *call, const DscPhases *phases) {
  return call->dtype == DSC_FLOAT64 ? DSC_DISPATCH(input_memory_f64)(call, phases)
                                    : DSC_DISPATCH(input_memory_f32)(call, phases);
}

void dsc_depthwise_input_channel(const DscConvolution *call, const DscPhases *phases, int64_t image,
                                 int64_t channel, void *memory) {
  if (call->dtype == DSC_FLOAT64)
    DSC_DISPATCH(depthwise_input_f64)(call, phases, image, channel, memory);
  else
    DSC_DISPATCH(depthwise_input_f32)(call, phases, image, channel, memory);
}
