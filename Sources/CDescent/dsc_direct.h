// What convolutions over a grid share with their kernels (gemm_direct.h).
#ifndef DSC_DIRECT_H
#define DSC_DIRECT_H

#include "dsc_grid.h"

/// What vectors hold: columns of a line, which begins with a vector of its own, or output channels.
/// Otherwise vectors go through the places between lines (gemm_direct.h).
typedef enum { DSC_LINES_NONE, DSC_LINES_OF_COLUMNS, DSC_LINES_OF_OUTPUTS } DscLines;

/// Some lines (or planes, where there are several) of the output of one image, for some of a
/// group's channels.
typedef struct {
  const DscConvolution *call;  // its output and padding are those of the band
  DscGrid grid;                // of a channel of the band
  int64_t image, group;
  int64_t first;           // position of the band's first output in the whole image
  int64_t positions;       // of the whole image
  int64_t row, rows;       // output channels of the group
  const void *weights;     // panels of the group's weights from `row` on
  const int64_t *offsets;  // of the taps of all channels of the group
  DscLines kind;
  bool by_lines;  // see dsc_lines_pack
  void *memory;   // dsc_direct_memory or dsc_lines_memory
} DscBand;

enum { DSC_NEAR_PLACES = 256 };  // about as many are summed at a time: their panel is near then

/// Rows of the weights' gradient, which are (channel, tap) here, over some images.
typedef struct {
  const DscConvolution *call;
  DscGrid grid;
  int64_t group;
  int64_t image, images;
  int64_t channel, channels;  // input channels of the group
  const void *gradients;      // of these images, packed: see pack_gradients
  const int64_t *offsets;     // of a channel's taps
  void *sums;                 // [channel, tap][outputs rounded up to a tile], of the whole group
  void *memory;
} DscWeightRows;

int64_t dsc_direct_memory(const DscBand *band);         // elements
int64_t dsc_weight_rows_memory(const DscWeightRows *);  // elements
void dsc_direct_band(const DscBand *band);
void dsc_direct_weight_rows(const DscWeightRows *rows);
/// Packs the weights of `count` output channels of a group from `first` on to panels of a tile's
/// rows.
void dsc_pack_weights(const DscConvolution *call, int64_t group, int64_t first, int64_t count,
                      void *out);
/// Packs the gradients of one image: for each tile of output channels, positions x tile columns.
void dsc_pack_gradients(const DscConvolution *call, int64_t group, int64_t image, int64_t tile,
                        void *out);

/// The kind that serves a forward best, which the functions below then do.
DscLines dsc_lines_kind(const DscConvolution *call);
int64_t dsc_lines_rows(const DscConvolution *call, DscLines kind);  // of a panel of weights
int64_t dsc_lines_memory(const DscBand *band);                      // elements
void dsc_lines_band(const DscBand *band);
/// Like dsc_pack_weights; `by_lines` orders the sums by (line of taps, channel, column), so that
/// lines which meet padding only can be left out.
void dsc_lines_pack(const DscConvolution *call, int64_t group, int64_t first, int64_t count,
                    DscLines kind, bool by_lines, void *out);

#endif
