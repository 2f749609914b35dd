// Winograd's F(2 x 2, 3 x 3): what conv_winograd.c shares with its kernels
// (gemm_winograd.h, gemm_winograd_weights.h).
//
// A tile of 2 x 2 outputs is A' [(G g G') . (B' d B)] A for the 4 x 4 inputs d that it meets and
// the taps g, where . multiplies element by element: 16 multiplications where the sum over the taps
// has 36. Over channels and tiles these are 16 products of matrices, one for each of the 16 places
// of a transformed tile.
//     Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015
#ifndef DSC_WINOGRAD_H
#define DSC_WINOGRAD_H

#include "dsc_grid.h"

enum { DSC_PLACES = 16 };

/// A rectangle of tiles in some images.
typedef struct {
  int64_t image, images;
  int64_t y, rows;     // tiles
  int64_t x, columns;  // tiles
} DscTiles;

static inline int64_t dsc_tile_count(const DscTiles *t) { return t->images * t->rows * t->columns; }

/// Some tiles of the output, for all channels of a group.
typedef struct {
  const DscConvolution *call;
  int64_t group;
  DscTiles tiles;
  const void *weights;  // transformed: see dsc_winograd_weights
  void *memory;
} DscWinogradTiles;

/// Some input channels' weights' gradient, summed over some blocks of tiles.
typedef struct {
  const DscConvolution *call;
  int64_t group;
  int64_t channel, channels;  // input channels of the group
  void *sums;                 // [place][output][channel of these, rounded up to a vector]
  void *memory;
} DscWinogradSums;

/// Elements of a group's transformed weights.
int64_t dsc_winograd_weights_size(const DscConvolution *call);
/// Transforms the weights of a tile's columns of output channels: panels of
/// [place][channel][column].
void dsc_winograd_weights(const DscConvolution *call, int64_t group, int64_t panel, void *out);

int64_t dsc_winograd_tiles_memory(const DscWinogradTiles *work);  // elements
/// Computes the tiles; false where some result is not finite.
bool dsc_winograd_tiles(const DscWinogradTiles *work);

int64_t dsc_winograd_sums_size(const DscWinogradSums *work);                             // elements
int64_t dsc_winograd_sums_memory(const DscWinogradSums *work, const DscTiles *largest);  // elements
void dsc_winograd_add(const DscWinogradSums *work, const DscTiles *tiles, bool first);
/// Writes the weights' gradient of the outputs from `start` on from `count` sums, one behind the
/// other; false where some of it is not finite.
bool dsc_winograd_finish(const DscWinogradSums *work, int64_t count, int64_t start, int64_t end);

/// Which convolutions this serves, and their pieces. The functions that compute return false where
/// some result is not finite: there the transforms have spread an infinity, or made one.
bool dsc_winograd_serves(const DscConvolution *call);
int64_t dsc_winograd_workspace(const DscConvolution *call, bool weights);
bool dsc_convolve_winograd(const DscConvolution *call, int *status);
bool dsc_convolve_winograd_weights(const DscConvolution *call, int *status);

#endif
