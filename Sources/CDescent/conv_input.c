// dsc_convolve_input, the gradient of a convolution by its input: itself a convolution, that walks
// backward over the taps.
//
// With a stride s, inputs whose places are equal modulo s meet the same taps: each such phase is a
// convolution of its own, with stride 1, and no zero is multiplied. Small images need no phases:
// their products a tap (conv_taps.c) reach any places. Nor do products that are added where the
// taps lead (conv_spread.c), nor what has one channel a group (conv_depthwise_input.c): what is
// left for phases has few outputs.
#include <string.h>

#include "dsc_depthwise.h"
#include "dsc_sizes.h"
#include "dsc_spread.h"
#include "dsc_taps.h"
#include "include/dsc_pool.h"

// In one dim: the inputs start, start + stride, ... and the taps that they meet.
typedef struct {
  int64_t start, count;
  int64_t tap, tap_step, taps;
  int64_t dilation, padding;
} Phase;

// False where no tap meets them.
static bool find_phase(const DscConvolution *call, int d, int64_t start, Phase *phase) {
  const int64_t stride = call->stride[d], dilation = call->dilation[d];
  // Input i meets tap k at output (i + padding - k dilation) / stride, if that is whole.
  const int64_t from = start + call->padding[d];
  int64_t tap = 0, step = 1;
  while (tap < stride && tap < call->taps[d] && (from - tap * dilation) % stride != 0) tap++;
  if (tap == stride || tap >= call->taps[d]) return false;
  while (step * dilation % stride != 0) step++;
  *phase = (Phase){
      .start = start,
      .count = (call->in_size[d] - start + stride - 1) / stride,
      .tap = tap,
      .tap_step = step,
      .taps = (call->taps[d] - tap + step - 1) / step,
      .dilation = -(step * dilation / stride),
      .padding = -((from - tap * dilation) / stride),
  };
  return true;
}

static int64_t phase_count(const DscConvolution *call) {
  return call->stride[0] * call->stride[1] * call->stride[2];
}

// The phases of all dims; false where some tap is missing, or input.
static bool find_phases(const DscConvolution *call, int64_t index, Phase phases[3]) {
  for (int d = 2; d >= 0; index /= call->stride[d], d--) {
    const int64_t start = index % call->stride[d];
    if (start >= call->in_size[d] || !find_phase(call, d, start, &phases[d])) return false;
  }
  return true;
}

// The convolution of a phase, from the output's gradient to its part of the input's.
static DscConvolution phase_call(const DscConvolution *call, const Phase phases[3]) {
  DscConvolution part = *call;
  part.exchanged = true;
  part.in_channels = call->out_channels, part.out_channels = call->in_channels;
  part.input = call->output, part.output = call->input, part.bias = NULL;
  for (int d = 0; d < 3; d++) {
    part.in_size[d] = call->out_size[d], part.out_size[d] = phases[d].count;
    part.taps[d] = phases[d].taps, part.stride[d] = 1;
    part.dilation[d] = phases[d].dilation, part.padding[d] = phases[d].padding;
  }
  return part;
}

typedef struct {
  const DscConvolution *call;
  Phase phases[3];
  DscConvolution part;
  int64_t size, per_piece;
} Run;

static inline void copy_element(int64_t size, char *to, const char *from) {
  memcpy(to, from, size == 8 ? 8 : 4);
}

// Copies the phase's taps of some pairs of channels next to each other.
static void gather_taps(void *context, int64_t piece) {
  const Run *run = context;
  const DscConvolution *call = run->call;
  const int64_t taps = dsc_volume(call->taps), count = dsc_volume(run->part.taps);
  const int64_t pairs = call->out_channels * (call->in_channels / call->groups);
  const Phase *p = run->phases;
  int64_t end = (piece + 1) * run->per_piece;
  if (end > pairs) end = pairs;
  for (int64_t i = piece * run->per_piece; i < end; i++) {
    const char *from = (const char *)call->weight + i * taps * run->size;
    char *to = (char *)run->part.weight + i * count * run->size;
    for (int64_t z = 0; z < p[0].taps; z++)
      for (int64_t y = 0; y < p[1].taps; y++)
        for (int64_t x = 0; x < p[2].taps; x++, to += run->size) {
          const int64_t line =
              (p[0].tap + z * p[0].tap_step) * call->taps[1] + p[1].tap + y * p[1].tap_step;
          const int64_t tap = line * call->taps[2] + p[2].tap + x * p[2].tap_step;
          copy_element(run->size, to, from + tap * run->size);
        }
  }
}

// Copies a phase's part to its places, some channels of images at a time.
static void spread_part(void *context, int64_t piece) {
  const Run *run = context;
  const DscConvolution *call = run->call;
  const int64_t *in = call->in_size, *stride = call->stride,
                planes = call->batch * call->in_channels;
  const Phase *p = run->phases;
  int64_t end = (piece + 1) * run->per_piece;
  if (end > planes) end = planes;
  for (int64_t i = piece * run->per_piece; i < end; i++) {
    const char *from =
        (const char *)run->part.output + i * dsc_volume(run->part.out_size) * run->size;
    char *plane = (char *)call->input + i * dsc_volume(in) * run->size;
    for (int64_t z = p[0].start; z < in[0]; z += stride[0])
      for (int64_t y = p[1].start; y < in[1]; y += stride[1])
        for (int64_t x = p[2].start; x < in[2]; x += stride[2], from += run->size)
          copy_element(run->size, plane + ((z * in[1] + y) * in[2] + x) * run->size, from);
  }
}

// Runs `body` over `count` runs of `length` elements, some at a time.
static void in_pieces(Run *run, int64_t count, int64_t length, void (*body)(void *, int64_t)) {
  enum { ELEMENTS = 1 << 14 };
  run->per_piece = ELEMENTS / length + 1;
  dsc_parallel((count + run->per_piece - 1) / run->per_piece, body, run);
}

static bool is_empty(const DscConvolution *call) {
  return call->batch == 0 || call->in_channels == 0 || dsc_volume(call->in_size) == 0;
}

// Bytes of the weights and the part of a phase, as they lie in the workspace.
static int64_t weight_bytes(const DscConvolution *part, int64_t size) {
  return dsc_up_to_line(part->in_channels * (part->out_channels / part->groups) *
                        dsc_volume(part->taps) * size);
}
static int64_t part_bytes(const DscConvolution *part, int64_t size) {
  return dsc_up_to_line(part->batch * part->out_channels * dsc_volume(part->out_size) * size);
}

int64_t dsc_convolve_input_workspace(const DscConvolution *call) {
  if (is_empty(call) || call->out_channels == 0) return 0;
  if (dsc_depthwise_serves_input(call)) return dsc_depthwise_input_workspace(call);
  if (dsc_taps_serve_input(call)) return dsc_taps_workspace(call);
  if (dsc_spread_serves(call)) return dsc_spread_workspace(call);
  const int64_t size = (int64_t)dsc_dtype_size(call->dtype), count = phase_count(call);
  int64_t bytes = 0;
  for (int64_t i = 0; i < count; i++) {
    Phase phases[3];
    if (!find_phases(call, i, phases)) continue;
    const DscConvolution part = phase_call(call, phases);
    const int64_t copies = count == 1 ? 0 : weight_bytes(&part, size) + part_bytes(&part, size);
    const int64_t all = copies + dsc_convolve_workspace(&part, false);
    bytes = all > bytes ? all : bytes;
  }
  return bytes;
}

int dsc_convolve_input(const DscConvolution *call) {
  if (is_empty(call)) return DSC_OK;
  if (call->out_channels > 0 && dsc_depthwise_serves_input(call))
    return dsc_convolve_depthwise_input(call);
  if (call->out_channels > 0 && dsc_taps_serve_input(call)) return dsc_convolve_taps_input(call);
  if (call->out_channels > 0 && dsc_spread_serves(call)) return dsc_convolve_spread(call);
  Run run = {.call = call, .size = (int64_t)dsc_dtype_size(call->dtype)};
  if (phase_count(call) == 1 && find_phases(call, 0, run.phases)) {
    run.part = phase_call(call, run.phases);
    return dsc_convolve(&run.part);
  }
  memset(call->input, 0,
         (size_t)(call->batch * call->in_channels * dsc_volume(call->in_size) * run.size));
  int status = DSC_OK;
  for (int64_t i = 0; i < phase_count(call) && call->out_channels > 0; i++) {
    if (!find_phases(call, i, run.phases)) continue;
    run.part = phase_call(call, run.phases);
    char *memory = call->workspace;
    run.part.weight = memory, memory += weight_bytes(&run.part, run.size);
    run.part.output = memory, memory += part_bytes(&run.part, run.size);
    run.part.workspace = memory;
    in_pieces(&run, call->out_channels * (call->in_channels / call->groups),
              dsc_volume(run.part.taps), gather_taps);
    status |= dsc_convolve(&run.part);
    in_pieces(&run, call->batch * call->in_channels, dsc_volume(run.part.out_size), spread_part);
  }
  return status;
}
