// dsc_convolve and dsc_convolve_weights. Small images are products a tap (conv_taps.c) or, where
// that is faster, transformed tiles (conv_winograd.c); others are multiplied from a grid
// (conv_direct.c); small ones of few channels, and what has one tap, as products with gathered
// patches, a group at a time; convolutions of one channel a group have kernels of their own
// (conv_depthwise.c).
#include <string.h>

#include "dsc_grid.h"
#include "dsc_product.h"
#include "dsc_taps.h"
#include "dsc_winograd.h"
#include "include/dsc_conv.h"

// One group of a call as a product.
typedef struct {
  DscGemm gemm;
  DscPatches patches;
  int64_t input, weight, channels;  // elements of a group's parts; output channels of a group
} Group;

static Group describe(const DscConvolution *call) {
  int64_t channels = call->in_channels / call->groups, outputs = call->out_channels / call->groups;
  Group group = {.gemm = {.dtype = call->dtype, .alpha = 1, .beta = 0}};
  DscPatches *s = &group.patches;
  for (int d = 0; d < DSC_CONV_DIMS; d++) {
    s->in_size[d] = call->in_size[d], s->out_size[d] = call->out_size[d],
    s->taps[d] = call->taps[d];
    s->stride[d] = call->stride[d], s->dilation[d] = call->dilation[d];
    s->padding[d] = call->padding[d];
  }
  s->image = call->in_channels * dsc_volume(call->in_size);
  s->positions = dsc_volume(call->out_size);
  s->jump = call->out_channels * s->positions;
  s->weight = dsc_weight_steps(call), s->exchanged = call->exchanged;
  group.input = channels * dsc_volume(call->in_size);
  group.weight = outputs * channels * dsc_volume(call->taps);
  group.channels = outputs;
  return group;
}

static bool is_pointwise(const DscConvolution *call) {
  bool same = true;
  for (int d = 0; d < DSC_CONV_DIMS; d++)
    same = same && call->taps[d] == 1 && call->stride[d] == 1 && call->padding[d] == 0 &&
           call->in_size[d] == call->out_size[d];
  return same;
}

static bool is_depthwise(const DscConvolution *call, bool weights) {
  enum { OUTPUTS = 4, WEIGHTS = 8 };  // a channel: with more of them a product shares the patches
  return call->in_channels == call->groups &&
         call->out_channels / call->groups <= (weights ? WEIGHTS : OUTPUTS);
}

// A 1 x 1 convolution of one group is a product a image, with nothing to gather.
static int convolve_points(const DscConvolution *call) {
  int64_t positions = dsc_volume(call->in_size);
  DscWeightSteps weight = dsc_weight_steps(call);
  DscGemm gemm = {
      .dtype = call->dtype,
      .m = call->out_channels,
      .n = positions,
      .k = call->in_channels,
      .a = call->weight,
      .b = call->input,
      .c = call->output,
      .a_row = weight.output,
      .a_column = weight.channel,
      .b_row = positions,
      .b_column = 1,
      .c_row = positions,
      .c_column = 1,
      .bias = call->bias,
      .bias_row = 1,
      .alpha = 1,
      .batch_ndim = 1,
      .batch_shape = {call->batch},
      .b_batch = {call->in_channels * positions},
      .c_batch = {call->out_channels * positions},
  };
  return dsc_gemm(&gemm);
}

int64_t dsc_convolve_workspace(const DscConvolution *call, bool weights) {
  bool empty = call->batch == 0 || call->out_channels == 0 || dsc_volume(call->out_size) == 0;
  if (empty || is_depthwise(call, weights)) return 0;
  if (weights ? dsc_taps_serve_weights(call) : dsc_taps_serve(call))
    return dsc_taps_workspace(call);
  bool direct = weights ? dsc_direct_serves_weights(call) : dsc_direct_serves(call);
  int64_t bytes = direct ? dsc_direct_workspace(call, weights) : 0;
  int64_t winograd = dsc_winograd_serves(call) ? dsc_winograd_workspace(call, weights) : 0;
  return winograd > bytes ? winograd : bytes;
}

int dsc_convolve(const DscConvolution *call) {
  enum { POSITIONS = 128 };  // an image: with fewer of them, images are worth merging
  if (call->batch == 0 || call->out_channels == 0 || dsc_volume(call->out_size) == 0) return DSC_OK;
  if (is_depthwise(call, false)) return dsc_convolve_depthwise(call);
  if (dsc_taps_serve(call)) return dsc_convolve_taps(call);
  if (call->groups == 1 && is_pointwise(call) &&
      (call->batch == 1 || dsc_volume(call->out_size) >= POSITIONS))
    return convolve_points(call);
  // What is not finite is left to the direct sums, where it reaches its own outputs only.
  int status = DSC_OK;
  if (dsc_winograd_serves(call) && dsc_convolve_winograd(call, &status)) return status;
  if (dsc_direct_serves(call)) return dsc_convolve_direct(call);
  Group group = describe(call);
  int64_t size = (int64_t)dsc_dtype_size(call->dtype), outputs = group.channels;
  DscGemm *gemm = &group.gemm;
  gemm->m = outputs, gemm->n = call->batch * group.patches.positions;
  gemm->k = outputs == 0 ? 0 : group.weight / outputs;
  gemm->a_row = group.patches.weight.output, gemm->a_column = 1;
  gemm->c_row = group.patches.positions, gemm->c_column = 1, gemm->bias_row = 1;
  for (int64_t i = 0; i < call->groups; i++) {
    gemm->a = (const char *)call->weight + i * group.weight * size;
    gemm->b = (const char *)call->input + i * group.input * size;
    gemm->c = (char *)call->output + i * outputs * group.patches.positions * size;
    gemm->bias = call->bias == NULL ? NULL : (const char *)call->bias + i * outputs * size;
    status |= dsc_gemm_with_patches(gemm, &group.patches);
  }
  return status;
}

int dsc_convolve_weights(const DscConvolution *call) {
  if (call->batch == 0 || call->out_channels == 0 || dsc_volume(call->out_size) == 0) {
    int64_t count =
        call->out_channels * (call->in_channels / call->groups) * dsc_volume(call->taps);
    memset(call->weight, 0, (size_t)count * dsc_dtype_size(call->dtype));
    return DSC_OK;
  }
  if (is_depthwise(call, true)) return dsc_convolve_depthwise_weights(call);
  if (dsc_taps_serve_weights(call)) return dsc_convolve_taps_weights(call);
  int status = DSC_OK;
  if (dsc_winograd_serves(call) && dsc_convolve_winograd_weights(call, &status)) return status;
  if (dsc_direct_serves_weights(call)) return dsc_convolve_direct_weights(call);
  Group group = describe(call);
  group.patches.transposed = true;
  int64_t size = (int64_t)dsc_dtype_size(call->dtype), outputs = group.channels;
  if (group.weight == 0) return DSC_OK;
  DscGemm *gemm = &group.gemm;
  gemm->m = outputs, gemm->n = group.weight / outputs;
  gemm->k = call->batch * group.patches.positions;
  gemm->a_row = group.patches.positions, gemm->a_column = 1;
  gemm->c_row = gemm->n, gemm->c_column = 1;
  for (int64_t i = 0; i < call->groups; i++) {
    gemm->a = (const char *)call->output + i * outputs * group.patches.positions * size;
    gemm->b = (const char *)call->input + i * group.input * size;
    gemm->c = (char *)call->weight + i * group.weight * size;
    status |= dsc_gemm_with_patches(gemm, &group.patches);
  }
  return status;
}
