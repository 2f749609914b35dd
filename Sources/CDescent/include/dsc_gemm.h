// Matrix products: one packed GEMM for every layout.
#ifndef DSC_GEMM_H
#define DSC_GEMM_H

#include "dsc_types.h"

/// C[b] = alpha * A[b] B[b] + beta * C[b] (+ bias), for b over `batch` positions.
///
/// A is m x k, B is k x n, C is m x n, in any row and column strides (elements; 0 and negative
/// allowed for A and B; C does not overlap itself). All three share `dtype`. float16 and bfloat16
/// convert while packing and accumulate in float32 (processors that multiply pairs of bfloat16 take
/// numbers below 2^-126 for zeros; small matrices keep them); integers multiply and wrap; bool is
/// and/or. With beta == 0 C is not read (NaN there does not matter). k == 0 gives beta * C (+
/// bias). `batch_shape` has `batch_ndim` sizes (0 dims: one product); each operand has its own
/// batch strides, 0 where broadcast. `bias` may be NULL; bias element (i, j) is at i * bias_row + j
/// * bias_column (0 where broadcast; no batch).
typedef struct {
  DscDType dtype;
  int64_t m, n, k;
  const void *a, *b;
  void *c;
  int64_t a_row, a_column, b_row, b_column, c_row, c_column;
  int batch_ndim;
  int64_t batch_shape[DSC_MAX_DIMS], a_batch[DSC_MAX_DIMS], b_batch[DSC_MAX_DIMS],
      c_batch[DSC_MAX_DIMS];
  const void *bias;
  int64_t bias_row, bias_column;
  double alpha, beta;
} DscGemm;

/// Runs it. Each element of C is summed over k in an order that depends on (m, n, k) only, or, with
/// at most 12 columns, on whether both operands are contiguous along k as well.
int dsc_gemm(const DscGemm *call);

#endif
