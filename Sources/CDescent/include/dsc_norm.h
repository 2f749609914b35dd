// Normalisation: values less their mean, divided by their standard deviation, then weight and bias.
//
// A set of values shares its statistics, which are taken in chunks that stay in the first-level
// cache (a mean, then the deviations from it) and combined in double. The work is cut by size
// alone, and so are the sums of the gradients of weight and bias.
#ifndef DSC_NORM_H
#define DSC_NORM_H

#include "dsc_types.h"

typedef enum DSC_CLOSED_ENUM {
  DSC_NORM_ROWS,      // [outer, inner]: a row is a set; weight [inner]
  DSC_NORM_GROUPS,    // [outer, channels, inner]: channels / groups neighbours; weight [channels]
  DSC_NORM_CHANNELS,  // [outer, channels, inner]: a channel is a set; weight [channels]
  DSC_NORM_CHANNELS_LAST,  // [outer, channels]: a column is a set; weight [channels]
} DscNormKind;

/// What is normalised. The tensors are contiguous; x, y and their gradients are of `dtype`, all
/// others of its lane.
typedef struct {
  DscNormKind kind;
  DscDType dtype;
  int64_t outer, channels, inner, groups;
  double eps;
  bool centred;  // false: no mean is subtracted (root mean square; rows only)
  bool given;    // mean and rstd are given, constants for the gradient (channels only)
  const void *x;
  const void *weight, *bias;  // NULL: 1, 0
  void *mean, *rstd;          // of each set: the mean, and 1 / sqrt(variance + eps)
} DscNorm;

/// y = (x - mean) * rstd * weight + bias. Writes mean and rstd unless they are given (rows: either
/// may be NULL), and to `variance` (may be NULL; channels only) that of each set with n - 1.
/// DSC_UNSUPPORTED for dtypes that are not floating.
int dsc_norm(const DscNorm *norm, void *y, void *variance);

/// The gradients for x, weight and bias from that of y; each may be NULL. Mean and rstd are those
/// that dsc_norm wrote; the bias is not read.
int dsc_norm_backward(const DscNorm *norm, const void *grad, void *dx, void *dweight, void *dbias);

#endif
