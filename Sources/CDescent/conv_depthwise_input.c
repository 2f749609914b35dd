// Gradients of strided depthwise convolutions by the input: which they are, their tables and their
// pieces. A piece is some channels of an image, whole.
#include <stdatomic.h>

#include "dsc_depthwise.h"
#include "dsc_product.h"
#include "dsc_sizes.h"
#include "include/dsc_pool.h"

static int64_t outputs_of(const DscConvolution *call) { return call->out_channels / call->groups; }

bool dsc_depthwise_serves_input(const DscConvolution *call) {
  enum { OUTPUTS = 4 };  // a channel: more are a product
  return call->in_channels == call->groups && outputs_of(call) <= OUTPUTS &&
         dsc_volume(call->stride) > 1;
}

// Whether inputs that begin at `start` meet a tap of a dim, and at which output the first one.
static bool meets(const DscConvolution *call, int d, int64_t start, int64_t tap, int64_t *output) {
  const int64_t from = start + call->padding[d] - tap * call->dilation[d];
  *output = from / call->stride[d];
  return from % call->stride[d] == 0;
}

// The outputs that inputs of a dim meet: from `lowest` on, `size`.
static void find_extent(const DscConvolution *call, int d, DscPhases *phases) {
  int64_t low = 0, high = 0;
  for (int64_t start = 0; start < dsc_smaller(call->stride[d], call->in_size[d]); start++) {
    const int64_t last = (call->in_size[d] - 1 - start) / call->stride[d];
    for (int64_t tap = 0, output; tap < call->taps[d]; tap++) {
      if (!meets(call, d, start, tap, &output)) continue;
      low = dsc_smaller(low, output), high = dsc_larger(high, output + last);
    }
  }
  phases->lowest[d] = low, phases->size[d] = high - low + 1;
}

static int64_t phase_count(const DscConvolution *call) { return dsc_volume(call->stride); }

// Fills the tables, which lie in the workspace.
static DscPhases find_phases(const DscConvolution *call) {
  const int64_t taps = dsc_volume(call->taps), outputs = outputs_of(call);
  DscPhases phases = {.starts = call->workspace};
  phases.offsets = phases.starts + phase_count(call) + 1;
  phases.taps = phases.offsets + taps * outputs;
  for (int d = 0; d < 3; d++) find_extent(call, d, &phases);
  int64_t count = 0;
  for (int64_t phase = 0; phase < phase_count(call); phase++) {
    phases.starts[phase] = count;
    for (int64_t i = 0; i < outputs * taps; i++) {
      int64_t start = phase, tap = i % taps, place = 0, step = 1, output;
      bool met = true;
      for (int d = 2; d >= 0 && met; d--) {
        met = meets(call, d, start % call->stride[d], tap % call->taps[d], &output);
        place += (output - phases.lowest[d]) * step, step *= phases.size[d];
        start /= call->stride[d], tap /= call->taps[d];
      }
      if (!met) continue;
      phases.offsets[count] = i / taps * dsc_volume(phases.size) + place;
      phases.taps[count++] = i;
    }
  }
  phases.starts[phase_count(call)] = count;
  return phases;
}

int64_t dsc_depthwise_input_workspace(const DscConvolution *call) {
  const int64_t taps = dsc_volume(call->taps) * outputs_of(call);
  return dsc_up_to_line((phase_count(call) + 1 + 2 * taps) * (int64_t)sizeof(int64_t));
}

typedef struct {
  const DscConvolution *call;
  DscPhases phases;
  int64_t blocks;
  atomic_int status;
} Plan;

enum { CHANNELS = 4 };  // of a piece: neighbours in memory

static void run_channels(void *context, int64_t piece) {
  Plan *plan = context;
  const DscConvolution *call = plan->call;
  const int64_t elements = dsc_depthwise_input_memory(call, &plan->phases);
  void *memory = dsc_product_scratch((size_t)elements * dsc_dtype_size(call->dtype));
  if (memory == NULL) {
    atomic_store(&plan->status, DSC_OUT_OF_MEMORY);
    return;
  }
  const int64_t first = piece % plan->blocks * CHANNELS;
  const int64_t end = dsc_smaller(first + CHANNELS, call->in_channels);
  for (int64_t channel = first; channel < end; channel++)
    dsc_depthwise_input_channel(call, &plan->phases, piece / plan->blocks, channel, memory);
}

int dsc_convolve_depthwise_input(const DscConvolution *call) {
  Plan plan = {.call = call, .phases = find_phases(call)};
  plan.blocks = dsc_parts(call->in_channels, CHANNELS);
  atomic_init(&plan.status, DSC_OK);
  dsc_parallel(call->batch * plan.blocks, run_channels, &plan);
  return atomic_load(&plan.status);
}
