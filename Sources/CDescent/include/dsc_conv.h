// Convolutions: products with patches of the input that are gathered while they are packed.
#ifndef DSC_CONV_H
#define DSC_CONV_H

#include "dsc_types.h"

#define DSC_CONV_DIMS 3

/// output[n, o, t] = bias[o] + sum over c and taps of
///     weight[o, c, tap] * input[n, c, t * stride + tap * dilation - padding],
/// where what lies outside of the input is 0.
///
/// Everything is contiguous and of one dtype, float32 or float64: input [batch, in_channels,
/// in_size], weight [out_channels, in_channels / groups, taps], output [batch, out_channels,
/// out_size]; `bias` may be NULL. Channel o sees the channels of its group only. Spatial dims that
/// do not exist have size 1, stride 1 and padding 0. `out_size` is any (it implies the padding at
/// the end); padding and dilation may be negative, which is what gradients by the input need. Those
/// also need `exchanged`: a weight [in_channels, out_channels / groups, taps], as it lies there.
typedef struct {
  DscDType dtype;
  bool exchanged;  // only for dsc_convolve
  int64_t batch, groups, in_channels, out_channels;
  int64_t in_size[DSC_CONV_DIMS], out_size[DSC_CONV_DIMS], taps[DSC_CONV_DIMS];
  int64_t stride[DSC_CONV_DIMS], dilation[DSC_CONV_DIMS], padding[DSC_CONV_DIMS];
  void *input;
  void *weight;
  const void *bias;
  void *output;
  void *workspace;
} DscConvolution;

/// Bytes of workspace, aligned to 64, that a call needs; 0 is none. `weights`: for
/// dsc_convolve_weights.
int64_t dsc_convolve_workspace(const DscConvolution *call, bool weights);

/// The same for dsc_convolve_input.
int64_t dsc_convolve_input_workspace(const DscConvolution *call);

/// Computes the output.
int dsc_convolve(const DscConvolution *call);

/// weight[o, c, tap] = sum over n and t of output[n, o, t] * input[n, c, t * stride + tap *
/// dilation
/// - padding]: the gradient by the weight if `output` is that by the output. Reads no bias.
int dsc_convolve_weights(const DscConvolution *call);

/// input[n, c, i] = sum over o and t, tap with t * stride + tap * dilation - padding = i of
/// weight[o, c, tap] * output[n, o, t]: the gradient by the input. Reads no bias.
int dsc_convolve_input(const DscConvolution *call);

#endif
