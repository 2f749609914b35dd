// Convolutions by Winograd's F(2 x 2, 3 x 3): which they serve, their pieces and their memory.
//
// Forward, a piece is a rectangle of tiles for all output channels; what lies between its two
// transforms stays in the second-level cache. For the weights' gradient the tiles are cut into
// slices by sizes alone, each with sums of its own; a piece is a slice for some input channels.
#include <stdatomic.h>

#include "dsc_product.h"
#include "dsc_sizes.h"
#include "dsc_winograd.h"
#include "include/dsc_pool.h"

enum { TAPS = 3 };

static int64_t channels_of(const DscConvolution *call) { return call->in_channels / call->groups; }
static int64_t outputs_of(const DscConvolution *call) { return call->out_channels / call->groups; }

// Below, the transforms cost more than the products save. In float64 the direct sum stays: who asks
// for it asks for exactness.
bool dsc_winograd_serves(const DscConvolution *call) {
  enum { CHANNELS = 16, TILES = 24 };
  bool fits = call->dtype == DSC_FLOAT32 && call->taps[0] == 1 && call->in_size[0] == 1 &&
              call->out_size[0] == 1 && call->padding[0] == 0;
  for (int d = 1; d < DSC_CONV_DIMS; d++)
    fits = fits && call->taps[d] == TAPS && call->stride[d] == 1 &&
           (call->dilation[d] == 1 || call->dilation[d] == -1);
  return fits && channels_of(call) >= CHANNELS && outputs_of(call) >= CHANNELS &&
         call->batch * dsc_parts(call->out_size[1], 2) * dsc_parts(call->out_size[2], 2) >= TILES;
}

// How the tiles of a call are cut into blocks of about equal size.
typedef struct {
  int64_t across, along, down;  // blocks in the batch, in an image's columns and rows
  int64_t height, width;        // tiles of an image
} Blocks;

static Blocks cut(const DscConvolution *call, int64_t most) {
  Blocks b = {.height = dsc_parts(call->out_size[1], 2), .width = dsc_parts(call->out_size[2], 2)};
  b.along = dsc_parts(b.width, most);
  const int64_t columns = dsc_parts(b.width, b.along);
  b.down = dsc_parts(b.height, most / columns > 1 ? most / columns : 1);
  const int64_t images = most / (dsc_parts(b.height, b.down) * columns);
  b.across = dsc_parts(call->batch, b.down > 1 || b.along > 1 || images < 1 ? 1 : images);
  return b;
}

static int64_t block_count(const Blocks *b) { return b->across * b->along * b->down; }

// Where part `index` of `parts` equal ones begins; the first is not smaller than another.
static int64_t begin(int64_t length, int64_t parts, int64_t index) {
  return dsc_parts(length * index, parts);
}

static DscTiles block_at(const DscConvolution *call, const Blocks *b, int64_t index) {
  const int64_t x = index % b->along, y = index / b->along % b->down;
  const int64_t z = index / b->along / b->down;
  DscTiles tiles = {
      .image = begin(call->batch, b->across, z),
      .y = begin(b->height, b->down, y),
      .x = begin(b->width, b->along, x),
  };
  tiles.images = begin(call->batch, b->across, z + 1) - tiles.image;
  tiles.rows = begin(b->height, b->down, y + 1) - tiles.y;
  tiles.columns = begin(b->width, b->along, x + 1) - tiles.x;
  return tiles;
}

// Some more blocks, if so many are a multiple of the threads.
static Blocks shared_out(const DscConvolution *call, Blocks b, int64_t threads) {
  enum { FEWEST = 24 };  // tiles of a block
  const DscTiles largest = block_at(call, &b, 0);
  const bool by_images = largest.images > 1;
  int64_t *parts = by_images ? &b.across : &b.down;
  const int64_t others = call->groups * block_count(&b) / *parts;
  const int64_t tiles = largest.images * largest.rows * largest.columns * *parts;
  const int64_t most = dsc_smaller(by_images ? call->batch : b.height, tiles / FEWEST);
  for (int64_t wanted = *parts; wanted <= most; wanted++) {
    if (others * wanted % threads != 0) continue;
    *parts = wanted;
    break;
  }
  return b;
}

typedef struct {
  const DscConvolution *call;
  Blocks blocks;
  int64_t panels, group;  // of the transformed weights; elements of a group's
  atomic_int status;
  atomic_bool infinite;
} Forward;

static Forward plan_forward(const DscConvolution *call) {
  // Tiles: with more, the cache is left; with fewer, weights are read more often.
  enum { BYTES = 512 << 10, FEWEST = 48, MOST = 256 };
  int64_t tile = DSC_PLACES * (channels_of(call) + 32) * (int64_t)sizeof(float);
  int64_t most = BYTES / tile, threads = dsc_thread_count();
  int64_t total = call->batch * dsc_parts(call->out_size[1], 2) * dsc_parts(call->out_size[2], 2);
  if (threads > 1) most = dsc_smaller(most, dsc_parts(total, 2 * threads));
  Forward plan = {
      .call = call,
      .blocks =
          shared_out(call, cut(call, most < FEWEST ? FEWEST : dsc_smaller(most, MOST)), threads),
      .group = dsc_winograd_weights_size(call),
  };
  plan.panels = dsc_parts(outputs_of(call), dsc_tile_size(call->dtype).columns);
  atomic_init(&plan.status, DSC_OK);
  atomic_init(&plan.infinite, false);
  return plan;
}

static float *weights_of(const Forward *plan, int64_t group) {
  return (float *)plan->call->workspace + group * plan->group;
}

static void transform_panel(void *context, int64_t piece) {
  Forward *plan = context;
  int64_t group = piece / plan->panels, panel = piece % plan->panels;
  dsc_winograd_weights(plan->call, group, panel,
                       weights_of(plan, group) + plan->group / plan->panels * panel);
}

static void run_block(void *context, int64_t piece) {
  Forward *plan = context;
  int64_t count = block_count(&plan->blocks);
  DscWinogradTiles work = {
      .call = plan->call,
      .group = piece / count,
      .tiles = block_at(plan->call, &plan->blocks, piece % count),
      .weights = weights_of(plan, piece / count),
  };
  work.memory = dsc_product_scratch((size_t)dsc_winograd_tiles_memory(&work) * sizeof(float));
  if (work.memory == NULL)
    atomic_store(&plan->status, DSC_OUT_OF_MEMORY);
  else if (!dsc_winograd_tiles(&work))
    atomic_store(&plan->infinite, true);
}

bool dsc_convolve_winograd(const DscConvolution *call, int *status) {
  Forward plan = plan_forward(call);
  dsc_parallel(call->groups * plan.panels, transform_panel, &plan);
  dsc_parallel(call->groups * block_count(&plan.blocks), run_block, &plan);
  *status = atomic_load(&plan.status);
  return !atomic_load(&plan.infinite);
}

typedef struct {
  const DscConvolution *call;
  Blocks blocks;
  int64_t slices, parts;    // of the tiles; of the input channels
  int64_t channels, group;  // channels of a part; the group at hand
  int64_t size;             // elements of a part's sums
  int64_t outputs;          // of a piece that is finished
  atomic_int status;
  atomic_bool infinite;
} Backward;

static Backward plan_backward(const DscConvolution *call) {
  enum { TILES = 128, BYTES = 4 << 20, SLICES = 16, BLOCKS = 2, CHANNELS = 32 };
  Backward plan = {.call = call, .blocks = cut(call, TILES)};
  int64_t bytes = DSC_PLACES * channels_of(call) * outputs_of(call) * (int64_t)sizeof(float);
  plan.slices = dsc_smaller(dsc_smaller(BYTES / bytes, SLICES), block_count(&plan.blocks) / BLOCKS);
  if (plan.slices < 1) plan.slices = 1;
  int64_t threads = dsc_thread_count(), wanted = threads == 1 ? 1 : 2 * threads;
  plan.parts = dsc_smaller(dsc_parts(wanted, plan.slices), dsc_parts(channels_of(call), CHANNELS));
  plan.channels = dsc_parts(dsc_parts(channels_of(call), plan.parts), CHANNELS) * CHANNELS;
  plan.parts = dsc_parts(channels_of(call), plan.channels);
  DscWinogradSums work = {.call = call, .channels = plan.channels};
  plan.size = dsc_winograd_sums_size(&work);
  plan.outputs = dsc_parts(outputs_of(call), wanted);
  atomic_init(&plan.status, DSC_OK);
  atomic_init(&plan.infinite, false);
  return plan;
}

// A part's channels and its sums, of the first slice.
static DscWinogradSums part_of(const Backward *plan, int64_t part) {
  int64_t channel = part * plan->channels;
  return (DscWinogradSums){
      .call = plan->call,
      .group = plan->group,
      .channel = channel,
      .channels = dsc_smaller(plan->channels, channels_of(plan->call) - channel),
      .sums = (float *)plan->call->workspace + part * plan->slices * plan->size,
  };
}

static void add_slice(void *context, int64_t piece) {
  Backward *plan = context;
  int64_t slice = piece % plan->slices, count = block_count(&plan->blocks);
  DscWinogradSums work = part_of(plan, piece / plan->slices);
  work.sums = (float *)work.sums + slice * dsc_winograd_sums_size(&work);
  DscTiles largest = block_at(plan->call, &plan->blocks, 0);
  work.memory =
      dsc_product_scratch((size_t)dsc_winograd_sums_memory(&work, &largest) * sizeof(float));
  if (work.memory == NULL) {
    atomic_store(&plan->status, DSC_OUT_OF_MEMORY);
    return;
  }
  int64_t start = slice * count / plan->slices, end = (slice + 1) * count / plan->slices;
  for (int64_t i = start; i < end; i++) {
    DscTiles tiles = block_at(plan->call, &plan->blocks, i);
    dsc_winograd_add(&work, &tiles, i == start);
  }
}

static void finish_outputs(void *context, int64_t piece) {
  Backward *plan = context;
  int64_t start = piece * plan->outputs;
  int64_t end = dsc_smaller(start + plan->outputs, outputs_of(plan->call));
  for (int64_t part = 0; part < plan->parts; part++) {
    DscWinogradSums work = part_of(plan, part);
    if (!dsc_winograd_finish(&work, plan->slices, start, end)) atomic_store(&plan->infinite, true);
  }
}

bool dsc_convolve_winograd_weights(const DscConvolution *call, int *status) {
  Backward plan = plan_backward(call);
  for (plan.group = 0; plan.group < call->groups; plan.group++) {
    dsc_parallel(plan.slices * plan.parts, add_slice, &plan);
    dsc_parallel(dsc_parts(outputs_of(call), plan.outputs), finish_outputs, &plan);
  }
  *status = atomic_load(&plan.status);
  return !atomic_load(&plan.infinite);
}

int64_t dsc_winograd_workspace(const DscConvolution *call, bool weights) {
  if (!weights) return call->groups * dsc_winograd_weights_size(call) * (int64_t)sizeof(float);
  Backward plan = plan_backward(call);
  return plan.slices * plan.parts * plan.size * (int64_t)sizeof(float);
}
