// Convolutions of small images as products a tap: which they serve, their pieces and their memory.
//
// Both sides are packed to rows of channels first. Forward and by the input, a piece is a panel of
// the target's channels for some images; it packs the weights that it needs. For the weights'
// gradient a piece is a block of output channels. Sums are never split.
#include <stdatomic.h>

#include "dsc_product.h"
#include "dsc_sizes.h"
#include "dsc_taps.h"
#include "dsc_winograd.h"
#include "include/dsc_pool.h"

// SLACK: elements behind the rows that tiles may read. BLOCK_BYTES: of a block of images, whose
// rows and sums stay in the second-level cache each; ALL_BYTES: of all rows, which the third holds.
enum { SLACK = 64, BLOCK_BYTES = 512 << 10, ALL_BYTES = 32 << 20 };

static int64_t channels_of(const DscConvolution *call) { return call->in_channels / call->groups; }
static int64_t outputs_of(const DscConvolution *call) { return call->out_channels / call->groups; }
static int64_t size_of(const DscConvolution *call) { return (int64_t)dsc_dtype_size(call->dtype); }

// The outputs whose windows have a tap inside the input, along one dim: `from` to `to`.
static void find_span(const DscConvolution *call, int d, int64_t tap, int64_t *from, int64_t *to) {
  const int64_t stride = call->stride[d], offset = tap * call->dilation[d] - call->padding[d];
  const int64_t last = call->in_size[d] - 1 - offset;
  *from = dsc_smaller(offset >= 0 ? 0 : dsc_parts(-offset, stride), call->out_size[d]);
  *to = dsc_larger(*from, last < 0 ? 0 : dsc_smaller(last / stride + 1, call->out_size[d]));
}

// Finds the runs of all taps and where each tap's end.
static void find_runs(const DscConvolution *call, DscTapRun *runs, int64_t *ends) {
  const int64_t *in = call->in_size, *out = call->out_size, *taps = call->taps;
  int64_t count = 0;
  for (int64_t t = 0; t < dsc_volume(taps); t++) {
    const int64_t tap[3] = {t / taps[2] / taps[1], t / taps[2] % taps[1], t % taps[2]};
    int64_t from[3], to[3], offset[3];
    for (int d = 0; d < 3; d++) {
      find_span(call, d, tap[d], &from[d], &to[d]);
      offset[d] = tap[d] * call->dilation[d] - call->padding[d];
    }
    const int64_t first = count, length = to[2] - from[2];
    const int64_t column =
        dsc_tap_column(from[2] * call->stride[2] + offset[2], in[2], call->stride[2]);
    for (int64_t z = from[0]; z < to[0] && length > 0; z++) {
      for (int64_t y = from[1]; y < to[1]; y++) {
        const int64_t line =
            (z * call->stride[0] + offset[0]) * in[1] + y * call->stride[1] + offset[1];
        const DscTapRun run = {line * in[2] + column, (z * out[1] + y) * out[2] + from[2], length};
        DscTapRun *before = count > first ? runs + count - 1 : NULL;
        const bool goes_on = before != NULL && before->input + before->count == run.input &&
                             before->output + before->count == run.output;
        if (goes_on)
          before->count += length;
        else
          runs[count++] = run;
      }
    }
    ends[t] = count;
  }
}

typedef struct {
  const DscConvolution *call;
  DscTapProducts products;
  DscTapSide input, output;  // of all images of the first group; which are rows depends on the call
  int64_t input_bytes, output_bytes;  // of a group's rows, or 0
  int64_t images, blocks;             // images of a block
  int64_t panels, rows;               // rows: outputs of a piece of the weights' gradient
  atomic_int status;
} Plan;

static DscTapSide side_of(const DscConvolution *call, bool is_input) {
  const int64_t *size = is_input ? call->in_size : call->out_size;
  DscTapSide side = {
      .dtype = call->dtype,
      .from = is_input ? call->input : call->output,
      .channels = is_input ? channels_of(call) : outputs_of(call),
      .positions = dsc_volume(size),
      .width = size[2],
      .stride = is_input ? call->stride[2] : 1,
  };
  side.image = (is_input ? call->in_channels : call->out_channels) * side.positions;
  side.pitch = dsc_tap_pitch(call->dtype, side.channels);
  return side;
}

static int64_t run_bytes(const DscConvolution *call) {
  const int64_t taps = dsc_volume(call->taps);
  return dsc_up_to_line(taps * (int64_t)sizeof(int64_t)) +
         dsc_up_to_line(taps * call->out_size[0] * call->out_size[1] * (int64_t)sizeof(DscTapRun));
}

static int64_t side_bytes(const DscConvolution *call, const DscTapSide *side) {
  return dsc_up_to_line((call->batch * side->positions * side->pitch + SLACK) * size_of(call));
}

int64_t dsc_taps_workspace(const DscConvolution *call) {
  const DscTapSide input = side_of(call, true), output = side_of(call, false);
  return run_bytes(call) + call->groups * (side_bytes(call, &input) + side_bytes(call, &output));
}

// Bytes of an image: of the source's rows, or of a panel of sums where that is more.
static int64_t image_bytes(const DscConvolution *call, bool from_input) {
  const DscTapSide source = side_of(call, from_input), target = side_of(call, !from_input);
  const int64_t columns = dsc_tile_size(call->dtype).columns;
  return dsc_larger(source.positions * source.pitch, target.positions * columns) * size_of(call);
}

// A side's part: some images of a group.
static DscTapSide part_of(const Plan *plan, bool is_input, int64_t group, int64_t block) {
  DscTapSide side = is_input ? plan->input : plan->output;
  const int64_t first = block * plan->images, size = size_of(plan->call);
  const int64_t bytes = is_input ? plan->input_bytes : plan->output_bytes;
  side.from = (const char *)side.from +
              (first * side.image + group * side.channels * side.positions) * size;
  side.rows = (char *)side.rows + group * bytes + first * side.positions * side.pitch * size;
  side.images = dsc_smaller(plan->images, plan->call->batch - first);
  return side;
}

static void pack_image(void *context, int64_t piece) {
  Plan *plan = context;
  const int64_t batch = plan->call->batch, image = piece % batch, group = piece / batch;
  for (int i = 0; i < 2; i++) {
    if ((i == 0 ? plan->input_bytes : plan->output_bytes) == 0) continue;
    const DscTapSide side = part_of(plan, i == 0, group, image / plan->images);
    if (!dsc_tap_pack(&side, image % plan->images)) atomic_store(&plan->status, DSC_OUT_OF_MEMORY);
  }
}

static void run_panel(void *context, int64_t piece) {
  Plan *plan = context;
  const int64_t panel = piece % plan->panels, rest = piece / plan->panels;
  const int64_t block = rest % plan->blocks, group = rest / plan->blocks;
  const int64_t size = size_of(plan->call);
  DscTapProducts products = plan->products;
  const DscTapSide source = part_of(plan, !products.by_input, group, block);
  const DscTapSide target = part_of(plan, products.by_input, group, block);
  products.source = &source;
  products.target = (void *)target.from;
  products.weight = (const char *)products.weight + group * products.steps.group * size;
  if (products.bias != NULL)
    products.bias = (const char *)products.bias + group * products.targets * size;
  if (!dsc_tap_panel(&products, panel * dsc_tile_size(plan->call->dtype).columns))
    atomic_store(&plan->status, DSC_OUT_OF_MEMORY);
}

static void run_rows(void *context, int64_t piece) {
  Plan *plan = context;
  const DscConvolution *call = plan->call;
  const int64_t start = piece % plan->panels * plan->rows, group = piece / plan->panels;
  DscTapProducts products = plan->products;
  const DscTapSide inputs = part_of(plan, true, group, 0),
                   gradients = part_of(plan, false, group, 0);
  products.source = &inputs;
  char *weight = (char *)call->weight +
                 group * outputs_of(call) * inputs.channels * products.taps * size_of(call);
  if (!dsc_tap_weights(&products, &gradients, start,
                       dsc_smaller(start + plan->rows, outputs_of(call)), weight))
    atomic_store(&plan->status, DSC_OUT_OF_MEMORY);
}

// Divides the workspace, finds the runs and packs the sides that are rows.
static Plan prepare(const DscConvolution *call, bool input_rows, bool output_rows) {
  Plan plan = {.call = call, .input = side_of(call, true), .output = side_of(call, false)};
  const int64_t taps = dsc_volume(call->taps);
  char *memory = call->workspace;
  int64_t *ends = (int64_t *)memory;
  DscTapRun *runs = (DscTapRun *)(memory + dsc_up_to_line(taps * (int64_t)sizeof(int64_t)));
  find_runs(call, runs, ends);
  plan.products = (DscTapProducts){.dtype = call->dtype, .taps = taps, .runs = runs, .ends = ends};
  memory += run_bytes(call);
  plan.input.rows = memory;
  plan.input_bytes = input_rows ? side_bytes(call, &plan.input) : 0;
  plan.output.rows = memory + call->groups * plan.input_bytes;
  plan.output_bytes = output_rows ? side_bytes(call, &plan.output) : 0;
  plan.images = call->batch;
  if (!(input_rows && output_rows)) {
    plan.blocks = dsc_parts(
        call->batch, dsc_larger(1, BLOCK_BYTES / dsc_larger(1, image_bytes(call, input_rows))));
    plan.images = dsc_parts(call->batch, plan.blocks);
  }
  plan.blocks = dsc_parts(call->batch, plan.images);
  atomic_init(&plan.status, DSC_OK);
  return plan;
}

static int run_products(Plan *plan, const DscTapSide *target) {
  DscTapProducts *p = &plan->products;
  p->targets = target->channels, p->target_image = target->image;
  p->positions = target->positions, p->width = target->width, p->stride = target->stride;
  plan->panels = dsc_parts(p->targets, dsc_tile_size(plan->call->dtype).columns);
  dsc_parallel(plan->call->groups * plan->call->batch, pack_image, plan);
  dsc_parallel(plan->call->groups * plan->blocks * plan->panels, run_panel, plan);
  return atomic_load(&plan->status);
}

int dsc_convolve_taps(const DscConvolution *call) {
  Plan plan = prepare(call, true, false);
  plan.products.steps = dsc_weight_steps(call);
  plan.products.weight = call->weight, plan.products.bias = call->bias;
  return run_products(&plan, &plan.output);
}

int dsc_convolve_taps_input(const DscConvolution *call) {
  Plan plan = prepare(call, false, true);
  const DscWeightSteps steps = dsc_weight_steps(call);
  plan.products.by_input = true;
  plan.products.steps = (DscWeightSteps){steps.group, steps.channel, steps.output};
  plan.products.weight = call->weight;
  return run_products(&plan, &plan.input);
}

int dsc_convolve_taps_weights(const DscConvolution *call) {
  Plan plan = prepare(call, true, true);
  const int64_t tile = dsc_tile_size(call->dtype).rows, outputs = outputs_of(call);
  const int64_t threads = dsc_thread_count(), wanted = threads == 1 ? 1 : 4 * threads;
  plan.rows = dsc_parts(dsc_parts(outputs, wanted), tile) * tile;
  plan.panels = dsc_parts(outputs, plan.rows);
  dsc_parallel(call->groups * call->batch, pack_image, &plan);
  dsc_parallel(call->groups * plan.panels, run_rows, &plan);
  return atomic_load(&plan.status);
}
// Places that taps join in all images: multiply-adds for each pair of channels.
static int64_t joined_places(const DscConvolution *call) {
  int64_t joined = call->batch;
  for (int d = 0; d < 3; d++) {
    int64_t sum = 0, from, to;
    for (int64_t tap = 0; tap < call->taps[d]; tap++) {
      find_span(call, d, tap, &from, &to);
      sum += to - from;
    }
    joined *= sum;
  }
  return joined;
}

// Whether transformed tiles take less time: they multiply less, but transform each weight and tile.
// The numbers are measured costs, in hundredths of a multiply-add; wide vectors make all but
// products dearer. Vectors hold the output channels, in the weights' gradient the input's.
static bool winograd_is_faster(const DscConvolution *call, bool weights) {
  enum { PLACES = 16, TRANSFORMED = 110, START = 4 };  // START: of a product, in channels
  if (!dsc_winograd_serves(call)) return false;
  const int64_t channels = channels_of(call), outputs = outputs_of(call),
                taps = dsc_volume(call->taps);
  const int64_t columns = dsc_tile_size(call->dtype).columns;
  const int64_t tiles =
      call->batch * dsc_parts(call->out_size[1], 2) * dsc_parts(call->out_size[2], 2);
  const int64_t product = weights ? 125 : 115, packed = 40 * columns;
  const int64_t weight = (weights ? 300 : 190) * columns, tile = (weights ? 500 : 620) * columns;
  const int64_t pairs = weights ? dsc_parts(channels, columns) * columns * outputs
                                : dsc_parts(outputs, columns) * columns * (channels + START);
  return TRANSFORMED * PLACES * tiles * channels * outputs + weight * taps * channels * outputs +
             tile * tiles * (channels + outputs) <
         product * joined_places(call) * pairs + packed * taps * channels * outputs;
}

// Vectors hold `vectors` channels of the one side, of which there have to be enough to fill a
// tile's columns; sums go over the others.
static bool fills_tiles(const DscConvolution *call, int64_t vectors, int64_t others) {
  enum { CHANNELS = 16 };
  const int64_t columns = dsc_tile_size(call->dtype).columns;
  return others >= CHANNELS && vectors >= CHANNELS &&
         2 * dsc_parts(vectors, columns) * columns <= 3 * vectors;
}

// Whether blocks of images fit in the caches.
static bool fits_caches(const DscConvolution *call, bool from_input) {
  const DscTapSide source = side_of(call, from_input);
  return image_bytes(call, from_input) <= BLOCK_BYTES && side_bytes(call, &source) <= ALL_BYTES;
}

// A single tap needs no packing elsewhere.
bool dsc_taps_serve(const DscConvolution *call) {
  return dsc_volume(call->taps) > 1 && fills_tiles(call, outputs_of(call), channels_of(call)) &&
         fits_caches(call, true) && !winograd_is_faster(call, false);
}

bool dsc_taps_serve_input(const DscConvolution *call) {
  return fills_tiles(call, channels_of(call), outputs_of(call)) && fits_caches(call, false) &&
         !winograd_is_faster(call, false);
}

bool dsc_taps_serve_weights(const DscConvolution *call) {
  // A tile's columns of all images stay in the second-level cache; long lines, which a grid serves
  // well too, only as far as there is room for the other side beside them.
  enum { PANEL_BYTES = 1 << 20, PANEL_IF_LONG = 256 << 10, LONG = 256 };
  const int64_t most = call->out_size[2] >= LONG ? PANEL_IF_LONG : PANEL_BYTES;
  const int64_t panel =
      call->batch * dsc_volume(call->in_size) * dsc_tile_size(call->dtype).columns * size_of(call);
  return dsc_volume(call->taps) > 1 && fills_tiles(call, channels_of(call), outputs_of(call)) &&
         panel <= most && !winograd_is_faster(call, true);
}
