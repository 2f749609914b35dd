// The gradient of a convolution by its input as products whose results are added where each tap
// leads (gemm_spread.h).
#ifndef DSC_SPREAD_H
#define DSC_SPREAD_H

#include "dsc_grid.h"

/// Some input channels of a group of an image. `grid` is that of the convolution: what a tap
/// contributes to neighbouring outputs lies next to each other in it.
typedef struct {
  const DscConvolution *call;
  DscGrid grid;
  int64_t image, group;
  int64_t channel, channels;  // of the group
  const void *weights;        // panels of these channels
  const int64_t *places;      // of the grid, of each row of the product
  void *memory;               // dsc_spread_memory
} DscSpread;

/// A row of the product of some channels. Neighbours lead to different lines: what overlaps with
/// what was just stored would wait for it.
typedef struct {
  int64_t channel, tap;
} DscSpreadRow;

static inline DscSpreadRow dsc_spread_row(const DscConvolution *call, int64_t channels,
                                          int64_t index) {
  const int64_t lines = call->taps[0] * call->taps[1], column = index / (channels * lines);
  const int64_t line = index % (channels * lines);
  return (DscSpreadRow){line / lines, line % lines * call->taps[2] + column};
}

int64_t dsc_spread_memory(const DscSpread *work);  // elements
/// Makes the input's gradient.
void dsc_spread(const DscSpread *work);
/// Packs the weights of `count` channels of a group from `first` on.
void dsc_spread_pack(const DscConvolution *call, int64_t group, int64_t first, int64_t count,
                     void *out);

/// Convolutions whose gradients by the input are made so.
bool dsc_spread_serves(const DscConvolution *call);
int64_t dsc_spread_workspace(const DscConvolution *call);
int dsc_convolve_spread(const DscConvolution *call);

#endif
