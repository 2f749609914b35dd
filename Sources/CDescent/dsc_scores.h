// What the attention family asks of the kernels of one instruction set.
#ifndef DSC_SCORES_H
#define DSC_SCORES_H

#include "include/dsc_attention.h"

/// One position of the batch: all data is that position's.
typedef struct {
  const DscAttention *call;
  DscMatrices query, key, value, mask, output;
  float *log_sums;  // of this position; may be NULL
} DscHead;

/// The gradients of one position; each may be without data.
typedef struct {
  DscMatrices output, query, key, value;
} DscHeadGradients;

/// How many queries a panel holds.
int64_t dsc_attention_panel_size(void);
/// `count` queries from `first` on, as one panel. Bytes of scratch: dsc_attention_panel_memory.
void dsc_attention_panel(const DscHead *head, int64_t first, int64_t count, float *scratch);
int64_t dsc_attention_panel_memory(const DscAttention *call);

/// All queries, where they are so few that each reads the keys by itself.
bool dsc_attention_has_few(const DscAttention *call);
void dsc_attention_few(const DscHead *head, float *scratch);
int64_t dsc_attention_few_memory(const DscAttention *call);

/// The gradients of one position of the batch.
void dsc_attention_gradients(const DscHead *head, const DscHeadGradients *gradients,
                             float *scratch);
int64_t dsc_attention_gradients_memory(const DscAttention *call);

#endif
