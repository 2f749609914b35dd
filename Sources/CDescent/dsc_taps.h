// Convolutions of small images as products a tap: what conv_taps.c shares with its kernels
// (gemm_taps.h).
//
// Channels lie next to each other here: a side of the convolution is packed to rows of channels,
// for each place those of all images. What a tap joins are then products of whole runs of rows, so
// that padding is never multiplied and images, however small, fill tiles together:
//     output rows += input rows . weight of the tap    (and so each gradient)
#ifndef DSC_TAPS_H
#define DSC_TAPS_H

#include "dsc_grid.h"

/// Neighbouring places of the input and the output that a tap joins. Columns of the input are
/// sorted by their coordinate modulo the stride, so that they are neighbours at any stride.
typedef struct {
  int64_t input, output, count;
} DscTapRun;

/// One side of some images: the channels of a group, [place][image][channel].
typedef struct {
  DscDType dtype;
  const void *from;  // the group's first channel of the first image
  int64_t image;     // elements from an image to the next
  int64_t channels, positions, width, stride;
  int64_t images, pitch;  // pitch: elements of a row
  void *rows;
} DscTapSide;

/// The place of a column of a line of `width`, sorted by its coordinate modulo the stride.
static inline int64_t dsc_tap_column(int64_t x, int64_t width, int64_t stride) {
  const int64_t phase = x % stride, more = width % stride;
  return phase * (width / stride) + (phase < more ? phase : more) + x / stride;
}

/// The products of a group and some images. Forward, the source is the input; by the input, the
/// output's gradient.
typedef struct {
  DscDType dtype;
  int64_t taps;
  const DscTapRun *runs;
  const int64_t *ends;  // of each tap's runs
  bool by_input;
  const DscTapSide *source;
  const void *weight;    // of the group
  DscWeightSteps steps;  // of the weight: `output` goes along the target's channels
  const void *bias;      // of the group, or NULL
  // The target's channels, and its images as a side has them.
  int64_t targets, target_image, positions, width, stride;
  void *target;
} DscTapProducts;

int64_t dsc_tap_pitch(DscDType dtype, int64_t channels);  // elements
/// Packs image `n` of a side; false without memory.
bool dsc_tap_pack(const DscTapSide *side, int64_t n);
/// Computes the channels of a tile's columns from `first` on; false without memory.
bool dsc_tap_panel(const DscTapProducts *products, int64_t first);
/// The weights' gradient of the outputs from `start` to `end` of a group: `weight` is the group's.
bool dsc_tap_weights(const DscTapProducts *products, const DscTapSide *gradients, int64_t start,
                     int64_t end, void *weight);

bool dsc_taps_serve(const DscConvolution *call);
bool dsc_taps_serve_weights(const DscConvolution *call);
bool dsc_taps_serve_input(const DscConvolution *call);
int64_t dsc_taps_workspace(const DscConvolution *call);
int dsc_convolve_taps(const DscConvolution *call);
int dsc_convolve_taps_weights(const DscConvolution *call);
int dsc_convolve_taps_input(const DscConvolution *call);

#endif
