// Gradients of convolutions by the input, added where taps lead: which they serve, their pieces and
// their memory. A piece is some channels of an image, whole, so pieces may follow the threads.
#include <stdatomic.h>

#include "dsc_product.h"
#include "dsc_spread.h"
#include "dsc_sizes.h"
#include "include/dsc_pool.h"

static int64_t channels_of(const DscConvolution *call) { return call->in_channels / call->groups; }
static int64_t outputs_of(const DscConvolution *call) { return call->out_channels / call->groups; }
static int64_t size_of(const DscConvolution *call) { return (int64_t)dsc_dtype_size(call->dtype); }

// With strides, each phase would be a convolution of its own, of few taps; of few channels, tiles
// of other kinds have too few rows. A sum of few outputs is not worth being added to the grid.
bool dsc_spread_serves(const DscConvolution *call) {
  enum { CHANNELS = 3, OUTPUTS = 5 };
  const bool is_strided = dsc_volume(call->stride) > 1;
  const bool has_few = channels_of(call) <= CHANNELS && dsc_volume(call->taps) > 1;
  return (is_strided || has_few) && outputs_of(call) >= OUTPUTS;
}

typedef struct {
  const DscConvolution *call;
  DscGrid grid;
  int64_t blocks, channels;  // channels of a block
  int64_t panel_bytes;       // of a block's packed weights
  atomic_int status;
} Plan;

static Plan plan_of(const DscConvolution *call) {
  enum { GRID_BYTES = 384 << 10 };
  Plan plan = {.call = call, .grid = dsc_grid(call)};
  const int64_t channels = channels_of(call), taps = dsc_volume(call->taps);
  const int64_t rows = dsc_tile_size(call->dtype).rows;
  const int64_t threads = dsc_thread_count(), images = call->batch * call->groups;
  // Blocks stay near; the panels of gradients, which each one packs, shall serve several tiles.
  const int64_t least = dsc_parts(8 * rows, taps);
  int64_t most = dsc_larger(GRID_BYTES / (plan.grid.channel * size_of(call)), least);
  if (threads > 1) most = dsc_smaller(most, dsc_parts(channels * images, 2 * threads));
  plan.blocks = dsc_parts(channels, dsc_larger(most, 1));
  plan.channels = dsc_parts(channels, plan.blocks);
  plan.blocks = dsc_parts(channels, plan.channels);
  plan.panel_bytes = dsc_up_to_line((dsc_parts(plan.channels * taps, rows) + 1) * rows *
                                    outputs_of(call) * size_of(call));
  atomic_init(&plan.status, DSC_OK);
  return plan;
}

static int64_t channels_at(const Plan *plan, int64_t block) {
  return dsc_smaller(plan->channels, channels_of(plan->call) - block * plan->channels);
}

static void pack_block(void *context, int64_t piece) {
  const Plan *plan = context;
  const int64_t block = piece % plan->blocks;
  dsc_spread_pack(plan->call, piece / plan->blocks, block * plan->channels,
                  channels_at(plan, block),
                  (char *)plan->call->workspace + piece * plan->panel_bytes);
}

static void run_block(void *context, int64_t piece) {
  Plan *plan = context;
  const DscConvolution *call = plan->call;
  const int64_t block = piece % plan->blocks, group = piece / plan->blocks % call->groups;
  const int64_t panels = group * plan->blocks + block, taps = dsc_volume(call->taps);
  DscSpread work = {
      .call = call,
      .grid = plan->grid,
      .image = piece / plan->blocks / call->groups,
      .group = group,
      .channel = block * plan->channels,
      .channels = channels_at(plan, block),
      .weights = (const char *)call->workspace + panels * plan->panel_bytes,
  };
  const int64_t rows = work.channels * taps;
  const int64_t bytes = dsc_up_to_line(dsc_spread_memory(&work) * size_of(call));
  char *memory = dsc_product_scratch((size_t)(bytes + (rows + taps) * (int64_t)sizeof(int64_t)));
  if (memory == NULL) {
    atomic_store(&plan->status, DSC_OUT_OF_MEMORY);
    return;
  }
  int64_t *places = (int64_t *)(memory + bytes), *offsets = places + rows;
  dsc_grid_offsets(call, &plan->grid, offsets);
  for (int64_t i = 0; i < rows; i++) {
    const DscSpreadRow row = dsc_spread_row(call, work.channels, i);
    places[i] = row.channel * plan->grid.channel + offsets[row.tap];
  }
  work.places = places, work.memory = memory;
  dsc_spread(&work);
}

int64_t dsc_spread_workspace(const DscConvolution *call) {
  const Plan plan = plan_of(call);
  return call->groups * plan.blocks * plan.panel_bytes;
}

int dsc_convolve_spread(const DscConvolution *call) {
  Plan plan = plan_of(call);
  dsc_parallel(call->groups * plan.blocks, pack_block, &plan);
  dsc_parallel(call->batch * call->groups * plan.blocks, run_block, &plan);
  return atomic_load(&plan.status);
}
