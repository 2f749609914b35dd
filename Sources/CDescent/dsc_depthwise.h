// The gradient by the input of a strided depthwise convolution, a channel at a time.
#ifndef DSC_DEPTHWISE_H
#define DSC_DEPTHWISE_H

#include "dsc_grid.h"

/// Inputs whose coordinates are equal modulo the stride meet the same taps: a phase. Each tap is of
/// one phase; taps are listed phase by phase, those of all outputs of a channel.
typedef struct {
  int64_t lowest[3],
      size[3];              // of an output with the zeros around it: coordinates that inputs meet
  int64_t *starts;          // of a phase's taps in the list, and their end
  int64_t *offsets, *taps;  // of each tap in the list, from place 0; its place in the weights
} DscPhases;

/// Elements that a channel's kernel takes: its outputs with the zeros around, weights, lines.
int64_t dsc_depthwise_input_memory(const DscConvolution *call, const DscPhases *phases);
void dsc_depthwise_input_channel(const DscConvolution *call, const DscPhases *phases, int64_t image,
                                 int64_t channel, void *memory);

/// Convolutions whose gradients by the input are made so.
bool dsc_depthwise_serves_input(const DscConvolution *call);
int64_t dsc_depthwise_input_workspace(const DscConvolution *call);
int dsc_convolve_depthwise_input(const DscConvolution *call);

#endif
