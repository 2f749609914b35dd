// Scaled dot-product attention in blocks: the scores are never written to memory as a whole.
//
// Dao et al. 2022, FlashAttention (arXiv 2205.14135): the softmax runs along while keys are read
// block by block, and the backward computes the scores again from their logarithmic sums.
#ifndef DSC_ATTENTION_H
#define DSC_ATTENTION_H

#include "dsc_types.h"

/// A stack of float32 matrices: its address, the strides of rows and columns, and those of the
/// batch, 0 where it is broadcast. Elements, not bytes.
typedef struct {
  float *data;
  int64_t row, column;
  int64_t batch[DSC_MAX_DIMS];
} DscMatrices;

/// output = softmax(query key^T scale + mask) value, for every position of the batch.
///
/// Query is [queries, size], key [keys, size], value [keys, value_size], output
/// [queries, value_size] with columns next to each other. `mask` [queries, keys] is added to the
/// scores; its data may be NULL. With `causal`, query i sees the keys up to i + causal_offset. A
/// query that sees no key gives 0.
/// `log_sums` [batch, queries], contiguous: the base-2 logarithm of each query's sum of
/// exponentials, infinite where there is none; NULL: not wanted.
typedef struct {
  int batch_ndim;
  int64_t batch_shape[DSC_MAX_DIMS];
  int64_t queries, keys, size, value_size;
  DscMatrices query, key, value, mask, output;
  float *log_sums;
  double scale;
  bool causal;
  int64_t causal_offset;
} DscAttention;

/// Runs it. Every query is summed over its keys in an order that depends on the sizes only.
int dsc_attention(const DscAttention *call);

/// The gradients for query, key and value from that of the output, each with columns next to each
/// other, or with NULL for data where it is not wanted. Output and log_sums are those of the
/// forward.
int dsc_attention_backward(const DscAttention *call, const DscMatrices *gradient,
                           const DscMatrices *query_gradient, const DscMatrices *key_gradient,
                           const DscMatrices *value_gradient);

#endif
