// The input of a convolution laid out so that taps meet no border and outputs that are neighbours
// meet inputs that are neighbours, at any stride.
#ifndef DSC_GRID_H
#define DSC_GRID_H

#include "include/dsc_conv.h"

/// A channel with the zeros around it, its elements sorted by their coordinates modulo the stride:
/// a grid of `size` for each phase. Output (z, y, x) is position (z * size[1] + y) * size[2] + x
/// and meets a tap that many elements behind the tap's offset.
typedef struct {
  int64_t phases[3], size[3];
  int64_t lowest[3];  // the input's coordinate of the first element
  int64_t phase;      // elements of a phase
  int64_t channel;    // elements of a channel
  int64_t count;      // positions from the first output to the last, those between lines included
  bool is_input;      // the input is its own grid: nothing to copy
} DscGrid;

/// The number of elements of three sizes.
static inline int64_t dsc_volume(const int64_t *sizes) { return sizes[0] * sizes[1] * sizes[2]; }

/// Elements of the weight from a group, an output channel and an input channel to the next; taps
/// lie next to each other.
typedef struct {
  int64_t group, output, channel;
} DscWeightSteps;

static inline DscWeightSteps dsc_weight_steps(const DscConvolution *call) {
  int64_t taps = dsc_volume(call->taps);
  int64_t channels = call->in_channels / call->groups, outputs = call->out_channels / call->groups;
  return (DscWeightSteps){.group = channels * outputs * taps,
                          .output = call->exchanged ? taps : channels * taps,
                          .channel = call->exchanged ? outputs * taps : taps};
}

enum { DSC_GRID_SLACK = 64 };  // elements behind the last channel that kernels may read

DscGrid dsc_grid(const DscConvolution *call);

/// Where each tap lies in a channel's grid, from position 0: one offset a tap.
void dsc_grid_offsets(const DscConvolution *call, const DscGrid *grid, int64_t *offsets);

/// Convolutions whose groups have one input channel.
int dsc_convolve_depthwise(const DscConvolution *call);
int dsc_convolve_depthwise_weights(const DscConvolution *call);

/// Convolutions whose products read the grid in place of packed patches.
bool dsc_direct_serves(const DscConvolution *call);
bool dsc_direct_serves_weights(const DscConvolution *call);
int64_t dsc_direct_workspace(const DscConvolution *call, bool weights);
int dsc_convolve_direct(const DscConvolution *call);
int dsc_convolve_direct_weights(const DscConvolution *call);

#endif
