// Reductions over any set of dimensions, with an optional program in front, and scans along one.
//
// The tree in which values are combined depends on the sizes only, never on the threads. Floating
// sums are blocked and pairwise (error grows with log n), float16 and bfloat16 accumulate in
// float32.
#ifndef DSC_REDUCE_H
#define DSC_REDUCE_H

#include "dsc_pointwise.h"

typedef enum DSC_CLOSED_ENUM {
  DSC_REDUCE_SUM,   // 0 for none; values of the BOOL lane are counted in the I64 lane
  DSC_REDUCE_PROD,  // 1 for none; BOOL as SUM
  DSC_REDUCE_MAX,   // NaN wins; DSC_UNSUPPORTED for none; BOOL: or
  DSC_REDUCE_MIN,   // BOOL: and
  DSC_REDUCE_ANY,   // BOOL lane; false for none
  DSC_REDUCE_ALL,   // true for none
} DscReduction;

/// output = op over the dims whose bit is set in `reduced` of program(inputs)[0], divided by
/// `divisor` where that is not 1 (mean; floating lanes only). `program` has exactly one output,
/// whose register's lane is the lane of the reduction; NULL means the only input itself (lane: that
/// of the input's dtype; for ANY/ALL BOOL: x != 0). The output's strides are 0 in reduced dims. If
/// every reduced size is 1, the input is copied. Output dtype is converted from the lane as in
/// dsc_pointwise.
int dsc_reduce(DscReduction op, const DscProgram *program, int ndim, const int64_t *shape,
               uint32_t reduced, const DscView *inputs, int input_count, const DscScalar *scalars,
               double divisor, const DscView *output);

/// Index of the largest (or smallest) element over the reduced dims, and that element: `values` and
/// `indices` (int64) may each be NULL. The index counts row-major over the reduced dims in order.
/// The first of equal elements wins; the first NaN wins over all. None to choose from gives
/// DSC_UNSUPPORTED.
int dsc_arg_reduce(bool largest, int ndim, const int64_t *shape, uint32_t reduced,
                   const DscView *input, const DscView *values, const DscView *indices);

/// Mean and variance (two passes, or Welford combined in a fixed tree) over the reduced dims of a
/// floating input: variance = sum (x - mean)^2 / max(0, n - correction); either output may be NULL.
/// DSC_UNSUPPORTED for other inputs.
int dsc_moments(int ndim, const int64_t *shape, uint32_t reduced, const DscView *input,
                double correction, const DscView *mean, const DscView *variance);

typedef enum DSC_CLOSED_ENUM {
  DSC_SCAN_SUM,
  DSC_SCAN_PROD,
  DSC_SCAN_MAX,  // running maximum; also writes the index of its last occurrence (PyTorch's cummax:
                 // >=, NaN sticks)
  DSC_SCAN_MIN,
  DSC_SCAN_LOGSUMEXP,
} DscScan;

/// Inclusive scan along `dim`. `indices` (int64) is written by MAX and MIN (where not NULL) and
/// NULL otherwise. Bool is scanned as int64; totals of floating dtypes are double, as PyTorch's
/// are. LOGSUMEXP is for floating dtypes. The output is converted from the lane.
int dsc_scan(DscScan op, int ndim, const int64_t *shape, int dim, const DscView *input,
             const DscView *output, const DscView *indices);

/// softmax or logSoftmax along `dim`, for floating dtypes of one lane (maximum subtracted; sums in
/// a fixed order). The output may be the input.
int dsc_softmax(bool logarithm, int ndim, const int64_t *shape, int dim, const DscView *input,
                const DscView *output);
/// Their gradients from the result y: softmax y * (g - sum(g * y)); logSoftmax g - exp(y) * sum(g).
int dsc_softmax_backward(bool logarithm, int ndim, const int64_t *shape, int dim,
                         const DscView *grad, const DscView *result, const DscView *gradInput);

#endif
