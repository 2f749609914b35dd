// The loops of normalisation over contiguous values of a lane, F32 or F64.
#ifndef DSC_NORM_LOOPS_H
#define DSC_NORM_LOOPS_H

#include "dsc_loops.h"
#include "dsc_split.h"
#include "include/dsc_norm.h"

/// The gradient of some neighbouring sets of equal extent, whose values lie `stride` apart:
/// dx = grad * weight * scale + (x - mean) * slope + offset, each a number a set.
typedef struct {
  int64_t sets, count, stride;
  const void *mean;
  const double *scale, *slope, *offset;
} DscNormRun;

/// Rows of contiguous values, and how far apart the rows lie in each operand.
typedef struct {
  int64_t rows, columns, x, grad, out;
} DscNormBlock;

typedef struct {
  double (*sum)(const DscNormBlock *block, const void *x);
  /// Sums of x - mean and of its square.
  void (*deviations)(const DscNormBlock *block, const void *x, double mean, double *sums);
  /// y = (x - mean) * scale + shift
  void (*apply)(const DscNormBlock *block, const void *x, double mean, double scale, double shift,
                void *y);
  /// y = (x - mean) * scale * weight + bias for one row; either may be NULL.
  void (*apply_each)(const void *x, int64_t count, double mean, double scale, const void *weight,
                     const void *bias, void *y);
  /// Sums of grad * weight and of grad * weight * (x - mean); the weight, of one row, may be NULL.
  void (*products)(const DscNormBlock *block, const void *grad, const void *x, const void *weight,
                   double mean, double *sums);
  /// For each of some segments that follow each other: the sums of grad and of grad * (x - mean).
  void (*products_segments)(const void *grad, const void *x, int64_t segments, int64_t length,
                            double mean, double *sums);
  /// dx = grad * scale + (x - mean) * slope + offset
  void (*gradient)(const DscNormBlock *block, const void *grad, const void *x, double mean,
                   double scale, double slope, double offset, void *dx);
  /// The same with weights, several sets at a time, adding grad * (x - mean) * scale to dweight
  /// and grad to dbias. dx, dweight with dbias, and weight may be NULL.
  void (*gradient_each)(const DscNormRun *sets, const void *grad, const void *x, const void *weight,
                        void *dx, void *dweight, void *dbias);
  /// The forms by columns: rows of `columns` values, a mean, scale … for each column.
  void (*apply_columns)(const void *x, int64_t rows, int64_t columns, const void *mean,
                        const void *scale, const void *shift, void *y);
  /// Adds grad and grad * (x - mean) to `sums` and `products`.
  void (*products_columns)(const void *grad, const void *x, int64_t rows, int64_t columns,
                           const void *mean, void *sums, void *products);
  void (*gradient_columns)(const void *grad, const void *x, int64_t rows, int64_t columns,
                           const void *mean, const void *scale, const void *slope,
                           const void *offset, void *dx);
  /// to += from
  void (*add)(const void *from, int64_t count, void *to);
} DscNormLoops;

/// The loops of this processor.
const DscNormLoops *dsc_norm_loops(DscLane lane);

/// dsc_norm and its gradient for DSC_NORM_CHANNELS_LAST.
int dsc_norm_columns(const DscNorm *norm, void *y, void *variance);
int dsc_norm_columns_backward(const DscNorm *norm, const void *grad, void *dx, void *dweight,
                              void *dbias);

/// Values of a lane in memory: float or double.
static inline double dsc_norm_get(DscLane lane, const void *values, int64_t index) {
  return lane == DSC_LANE_F32 ? (double)((const float *)values)[index]
                              : ((const double *)values)[index];
}
static inline void dsc_norm_set(DscLane lane, void *values, int64_t index, double value) {
  if (lane == DSC_LANE_F32) {
    ((float *)values)[index] = (float)value;
  } else {
    ((double *)values)[index] = value;
  }
}

/// Adds `parts` buffers of `count` values of a lane, one after the other in memory, into the first:
/// pairwise, in place.
void dsc_norm_fold(DscLane lane, void *buffers, int64_t parts, int64_t count);

#endif
