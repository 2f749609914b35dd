// Convolutions over a grid: which they serve, their pieces and their memory.
//
// Forward, a piece is a band of output lines of an image; it fills the grid of the input that the
// band meets, which stays in the second-level cache, and multiplies from there. For the weights'
// gradient a piece is a block of input channels, whose grids are filled image by image. Sums are
// never split, so pieces may follow the number of threads.
#include <stdatomic.h>
#include <string.h>

#include "dsc_direct.h"
#include "dsc_product.h"
#include "dsc_sizes.h"
#include "include/dsc_pool.h"

enum { GRID_BYTES = 384 << 10, WAVE_BYTES = 4 << 20 };

static int64_t channels_of(const DscConvolution *call) { return call->in_channels / call->groups; }
static int64_t outputs_of(const DscConvolution *call) { return call->out_channels / call->groups; }
static int64_t size_of(const DscConvolution *call) { return (int64_t)dsc_dtype_size(call->dtype); }

// Below, or where the places between lines are too many, patches are gathered. A patch's element
// costs about as much as multiplying `tile.columns` elements of a column.
bool dsc_direct_serves(const DscConvolution *call) {
  enum { POSITIONS = 64, TOTAL = 256 };
  int64_t positions = dsc_volume(call->out_size), outputs = outputs_of(call);
  DscTileSize tile = dsc_tile_size(call->dtype);
  int64_t columns = dsc_parts(dsc_grid(call).count, tile.columns) * tile.columns;
  return dsc_volume(call->taps) > 1 && positions >= POSITIONS && positions * call->batch >= TOTAL &&
         columns * outputs <= positions * (outputs + tile.columns);
}

bool dsc_direct_serves_weights(const DscConvolution *call) {
  return dsc_direct_serves(call) || (dsc_grid(call).is_input && dsc_volume(call->out_size) >= 64);
}

// The call whose output is only the lines from `first` on, along the outermost dim that has
// several.
static DscConvolution lines_of(const DscConvolution *call, int64_t first, int64_t lines) {
  DscConvolution band = *call;
  int d = call->out_size[0] > 1 ? 0 : 1;
  band.out_size[d] = dsc_smaller(lines, call->out_size[d] - first);
  band.padding[d] -= first * call->stride[d];
  return band;
}

typedef struct {
  const DscConvolution *call;
  int64_t bands, lines, blocks, rows;  // rows: output channels of a block
  int64_t panels;                      // bytes of a group's packed weights
  int64_t tile;                        // rows of a panel
  DscLines kind;
  bool by_lines;  // sums go by lines of taps
  atomic_int status;
} Forward;

static void pack_block(void *context, int64_t piece) {
  Forward *plan = context;
  const DscConvolution *call = plan->call;
  int64_t k = channels_of(call) * dsc_volume(call->taps), outputs = outputs_of(call);
  int64_t group = piece / plan->blocks, row = piece % plan->blocks * plan->rows;
  int64_t rows = dsc_smaller(plan->rows, outputs - row);
  char *panels = (char *)call->workspace + group * plan->panels + row * k * size_of(call);
  if (plan->kind != DSC_LINES_NONE)
    dsc_lines_pack(call, group, row, rows, plan->kind, plan->by_lines, panels);
  else
    dsc_pack_weights(call, group, row, rows, panels);
}

static void run_band(void *context, int64_t piece) {
  Forward *plan = context;
  const DscConvolution *call = plan->call;
  int64_t block = piece % plan->blocks, rest = piece / plan->blocks;
  int64_t band = rest % plan->bands, group = rest / plan->bands % call->groups;
  DscConvolution lines = lines_of(call, band * plan->lines, plan->lines);
  int64_t channels = channels_of(call), taps = dsc_volume(call->taps), row = block * plan->rows;
  DscBand work = {
      .call = &lines,
      .grid = dsc_grid(&lines),
      .image = rest / plan->bands / call->groups,
      .group = group,
      .first =
          band * plan->lines * call->out_size[2] * (call->out_size[0] > 1 ? call->out_size[1] : 1),
      .positions = dsc_volume(call->out_size),
      .row = row,
      .rows = dsc_smaller(plan->rows, outputs_of(call) - row),
      .weights = (const char *)call->workspace + group * plan->panels +
                 row * channels * taps * size_of(call),
      .kind = plan->kind,
      .by_lines = plan->by_lines,
  };
  int64_t elements =
      plan->kind != DSC_LINES_NONE ? dsc_lines_memory(&work) : dsc_direct_memory(&work);
  int64_t bytes = dsc_up_to_line(elements * size_of(call));
  int64_t offset_bytes = (channels + 1) * taps * (int64_t)sizeof(int64_t);
  char *memory = dsc_product_scratch((size_t)(bytes + offset_bytes));
  if (memory == NULL) {
    atomic_store(&plan->status, DSC_OUT_OF_MEMORY);
    return;
  }
  int64_t *offsets = (int64_t *)(memory + bytes), *of_taps = offsets + channels * taps;
  dsc_grid_offsets(&lines, &work.grid, of_taps);
  int64_t line = plan->by_lines ? call->taps[2] : taps;  // taps between changes of the channel
  int64_t *next = offsets;
  for (int64_t first = 0; first < taps; first += line)
    for (int64_t c = 0; c < channels; c++)
      for (int64_t t = first; t < first + line; t++) *next++ = of_taps[t] + c * work.grid.channel;
  work.offsets = offsets, work.memory = memory;
  if (plan->kind != DSC_LINES_NONE)
    dsc_lines_band(&work);
  else
    dsc_direct_band(&work);
}

// Whether enough lines of taps meet padding only for sums to go line by line.
static bool goes_by_lines(const DscConvolution *call) {
  enum { PART = 8 };
  if (call->taps[0] > 1 || call->out_size[0] > 1) return false;
  int64_t outside = 0;
  for (int64_t y = 0; y < call->out_size[1]; y++) {
    for (int64_t p = 0; p < call->taps[1]; p++) {
      int64_t line = y * call->stride[1] + p * call->dilation[1] - call->padding[1];
      outside += line < 0 || line >= call->in_size[1];
    }
  }
  return outside * PART > call->out_size[1] * call->taps[1];
}

static Forward plan_forward(const DscConvolution *call) {
  Forward plan = {.call = call, .kind = dsc_lines_kind(call)};
  bool lines = plan.kind != DSC_LINES_NONE;
  plan.tile = lines ? dsc_lines_rows(call, plan.kind) : dsc_tile_size(call->dtype).rows;
  plan.by_lines = lines && goes_by_lines(call);
  int64_t outputs = outputs_of(call), total = call->out_size[call->out_size[0] > 1 ? 0 : 1];
  plan.bands = 1;
  for (;; plan.bands++) {
    plan.lines = dsc_parts(total, plan.bands);
    DscConvolution lines = lines_of(call, 0, plan.lines);
    if (plan.lines <= 4 ||
        channels_of(call) * dsc_grid(&lines).channel * size_of(call) <= GRID_BYTES)
      break;
  }
  plan.bands = dsc_parts(total, plan.lines);
  plan.panels = dsc_up_to_line(dsc_parts(outputs, plan.tile) * plan.tile * channels_of(call) *
                               dsc_volume(call->taps) * size_of(call));
  int64_t wanted = dsc_thread_count() == 1 ? 1 : 2 * dsc_thread_count();
  int64_t pieces = call->batch * call->groups * plan.bands;
  int64_t most = dsc_parts(outputs, 2 * plan.tile);
  plan.blocks = dsc_smaller(pieces >= wanted ? 1 : dsc_parts(wanted, pieces), most);
  plan.rows = dsc_parts(dsc_parts(outputs, plan.blocks), plan.tile) * plan.tile;
  plan.blocks = dsc_parts(outputs, plan.rows);
  atomic_init(&plan.status, DSC_OK);
  return plan;
}

int dsc_convolve_direct(const DscConvolution *call) {
  Forward plan = plan_forward(call);
  dsc_parallel(call->groups * plan.blocks, pack_block, &plan);
  dsc_parallel(call->batch * call->groups * plan.bands * plan.blocks, run_band, &plan);
  return atomic_load(&plan.status);
}

typedef struct {
  const DscConvolution *call;
  DscGrid grid;
  int64_t group, image, images, wave;  // images at hand, and at most
  int64_t tile, tiles, tile_bytes;     // output channels of a tile; of a tile's packed gradients
  int64_t blocks, channels;            // input channels of a block
  int64_t sum_bytes;
  bool is_swapped;  // see swapped
  char *sums, *gradients;
  atomic_int status;
} Backward;

static void pack_tile(void *context, int64_t piece) {
  Backward *plan = context;
  dsc_pack_gradients(plan->call, plan->group, plan->image + piece / plan->tiles,
                     piece % plan->tiles, plan->gradients + piece * plan->tile_bytes);
}

static void run_rows(void *context, int64_t block) {
  Backward *plan = context;
  const DscConvolution *call = plan->call;
  int64_t taps = dsc_volume(call->taps), channel = block * plan->channels;
  DscWeightRows work = {
      .call = call,
      .grid = plan->grid,
      .group = plan->group,
      .image = plan->image,
      .images = plan->images,
      .channel = channel,
      .channels = dsc_smaller(plan->channels, channels_of(call) - channel),
      .gradients = plan->gradients,
      .sums = plan->sums,
  };
  int64_t bytes = dsc_up_to_line(dsc_weight_rows_memory(&work) * size_of(call));
  char *memory = dsc_product_scratch((size_t)(bytes + taps * (int64_t)sizeof(int64_t)));
  if (memory == NULL) {
    atomic_store(&plan->status, DSC_OUT_OF_MEMORY);
    return;
  }
  int64_t *offsets = (int64_t *)(memory + bytes);
  dsc_grid_offsets(call, &plan->grid, offsets);
  work.offsets = offsets, work.memory = memory;
  dsc_direct_weight_rows(&work);
}

// With one tap that reads the input in place, input and gradient have the same part in the sums:
// the one with fewer channels is packed. As a call, the two change places.
static DscConvolution swapped(const DscConvolution *call) {
  DscConvolution other = *call;
  other.in_channels = call->out_channels, other.out_channels = call->in_channels;
  other.input = call->output, other.output = call->input;
  return other;
}

static bool is_swapped(const DscConvolution *call) {
  return dsc_volume(call->taps) == 1 && dsc_grid(call).is_input &&
         call->in_channels < call->out_channels;
}

// Writes some of the weights' gradient from the sums, whose rows are (channel, tap).
static void write_weights(void *context, int64_t piece) {
  enum { ROWS = 16 };
  Backward *plan = context;
  const DscConvolution *call = plan->call;
  int64_t k = channels_of(call) * dsc_volume(call->taps), outputs = outputs_of(call);
  int64_t columns = plan->tiles * plan->tile, size = size_of(call);
  int64_t end = dsc_smaller((piece + 1) * plan->tile, outputs);
  char *weights = (char *)call->weight + plan->group * outputs * k * size;
  if (plan->is_swapped) {
    for (int64_t i = 0; i < k; i++)
      memcpy(weights + (i * outputs + piece * plan->tile) * size,
             plan->sums + (i * columns + piece * plan->tile) * size,
             (size_t)((end - piece * plan->tile) * size));
    return;
  }
  for (int64_t start = 0; start < k; start += ROWS) {
    int64_t last = dsc_smaller(start + ROWS, k);
    for (int64_t o = piece * plan->tile; o < end; o++) {
      if (call->dtype == DSC_FLOAT64)
        for (int64_t i = start; i < last; i++)
          ((double *)weights)[o * k + i] = ((double *)plan->sums)[i * columns + o];
      else
        for (int64_t i = start; i < last; i++)
          ((float *)weights)[o * k + i] = ((float *)plan->sums)[i * columns + o];
    }
  }
}

static Backward plan_backward(const DscConvolution *call) {
  Backward plan = {.call = call, .grid = dsc_grid(call)};
  int64_t channels = channels_of(call), threads = dsc_thread_count();
  plan.tile = dsc_tile_size(call->dtype).columns;
  plan.tiles = dsc_parts(outputs_of(call), plan.tile);
  plan.tile_bytes = dsc_volume(call->out_size) * plan.tile * size_of(call);
  plan.wave = WAVE_BYTES / (plan.tiles * plan.tile_bytes);
  plan.wave = plan.wave < 1 ? 1 : dsc_smaller(plan.wave, call->batch);
  // Of an input that needs no grid, what some places of all channels meet shall be near.
  int64_t reach =
      plan.grid.is_input ? dsc_smaller(DSC_NEAR_PLACES, plan.grid.channel) : plan.grid.channel;
  int64_t bytes = channels * reach * size_of(call);
  plan.blocks = dsc_parts(dsc_parts(bytes, GRID_BYTES), threads) * threads;
  plan.blocks = dsc_smaller(plan.blocks, channels);
  plan.channels = dsc_parts(channels, plan.blocks);
  plan.blocks = dsc_parts(channels, plan.channels);
  plan.sum_bytes =
      dsc_up_to_line(channels * dsc_volume(call->taps) * plan.tiles * plan.tile * size_of(call));
  atomic_init(&plan.status, DSC_OK);
  return plan;
}

int dsc_convolve_direct_weights(const DscConvolution *original) {
  const DscConvolution other = swapped(original), *call = is_swapped(original) ? &other : original;
  Backward plan = plan_backward(call);
  plan.is_swapped = call == &other;
  plan.sums = call->workspace, plan.gradients = plan.sums + plan.sum_bytes;
  for (plan.group = 0; plan.group < call->groups; plan.group++) {
    memset(plan.sums, 0, (size_t)plan.sum_bytes);
    for (plan.image = 0; plan.image < call->batch; plan.image += plan.wave) {
      plan.images = dsc_smaller(plan.wave, call->batch - plan.image);
      dsc_parallel(plan.images * plan.tiles, pack_tile, &plan);
      dsc_parallel(plan.blocks, run_rows, &plan);
    }
    dsc_parallel(plan.tiles, write_weights, &plan);
  }
  return atomic_load(&plan.status);
}

int64_t dsc_direct_workspace(const DscConvolution *call, bool weights) {
  if (!weights) return call->groups * plan_forward(call).panels;
  const DscConvolution other = swapped(call);
  Backward plan = plan_backward(is_swapped(call) ? &other : call);
  return plan.sum_bytes + plan.wave * plan.tiles * plan.tile_bytes;
}
