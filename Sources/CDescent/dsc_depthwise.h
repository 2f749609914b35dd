// Convolutions whose groups have one input channel.
#ifndef DSC_DEPTHWISE_H
#define DSC_DEPTHWISE_H

#include "include/dsc_conv.h"

int dsc_convolve_depthwise(const DscConvolution *call);
int dsc_convolve_depthwise_weights(const DscConvolution *call);

/// A channel of an image, copied with the zeros around it so that taps meet no border: lines of
/// `phases` parts of `width` elements each, where part f of a line holds the elements f, f + phases,
/// ... Neighbours of an output are then neighbours here at any stride.
typedef struct {
  int64_t size[2];       // planes and lines
  int64_t lowest[3];     // the input's coordinate of the first element
  int64_t phases, width;
  int64_t line, plane, total;  // elements
} DscPlanes;

#endif
