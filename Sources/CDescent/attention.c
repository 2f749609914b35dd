// Attention: turns a call into pieces, panels of queries or whole positions of the batch, and runs
// them on the pool. Each piece is a whole output, so their number changes no bit.
#include <stdatomic.h>
#include <string.h>

#include "dsc_product.h"
#include "dsc_scores.h"
#include "include/dsc_pool.h"

enum { WORTH = 1 << 18 };  // multiply-adds worth handing out

typedef struct {
  const DscAttention *call;
  const DscMatrices *gradient, *query_gradient, *key_gradient, *value_gradient;
  int64_t batch, panels;  // positions of the batch, panels of each
  int64_t group;          // pieces that are run together
  size_t memory;
  bool few;
  atomic_int status;
} Plan;

static DscMatrices at(const DscMatrices *all, const DscAttention *call, int64_t position) {
  DscMatrices one = *all;
  if (one.data == NULL) return one;
  for (int d = call->batch_ndim - 1; d >= 0; d--) {
    one.data += position % call->batch_shape[d] * all->batch[d];
    position /= call->batch_shape[d];
  }
  return one;
}

static DscHead head_at(const DscAttention *call, int64_t position) {
  return (DscHead){
      .call = call,
      .query = at(&call->query, call, position),
      .key = at(&call->key, call, position),
      .value = at(&call->value, call, position),
      .mask = at(&call->mask, call, position),
      .output = at(&call->output, call, position),
      .log_sums = call->log_sums == NULL ? NULL : call->log_sums + position * call->queries,
  };
}

static void forward_piece(void *context, int64_t group) {
  Plan *plan = context;
  float *scratch = dsc_product_scratch(plan->memory);
  if (scratch == NULL) {
    atomic_fetch_or(&plan->status, DSC_OUT_OF_MEMORY);
    return;
  }
  int64_t end = (group + 1) * plan->group, total = plan->batch * plan->panels;
  for (int64_t i = group * plan->group; i < end && i < total; i++) {
    DscHead head = head_at(plan->call, i / plan->panels);
    if (plan->few) {
      dsc_attention_few(&head, scratch);
      continue;
    }
    // The last panel first: under a causal mask it has most to do.
    int64_t size = dsc_attention_panel_size();
    int64_t first = (plan->panels - 1 - i % plan->panels) * size;
    int64_t left = plan->call->queries - first;
    dsc_attention_panel(&head, first, left < size ? left : size, scratch);
  }
}

static void backward_piece(void *context, int64_t group) {
  Plan *plan = context;
  float *scratch = dsc_product_scratch(plan->memory);
  if (scratch == NULL) {
    atomic_fetch_or(&plan->status, DSC_OUT_OF_MEMORY);
    return;
  }
  int64_t end = (group + 1) * plan->group;
  for (int64_t i = group * plan->group; i < end && i < plan->batch; i++) {
    DscHead head = head_at(plan->call, i);
    DscHeadGradients gradients = {
        .output = at(plan->gradient, plan->call, i),
        .query = at(plan->query_gradient, plan->call, i),
        .key = at(plan->key_gradient, plan->call, i),
        .value = at(plan->value_gradient, plan->call, i),
    };
    dsc_attention_gradients(&head, &gradients, scratch);
  }
}

static int run(Plan *plan, void (*body)(void *, int64_t)) {
  const DscAttention *call = plan->call;
  plan->batch = 1;
  for (int d = 0; d < call->batch_ndim; d++) plan->batch *= call->batch_shape[d];
  int64_t pieces = plan->batch * plan->panels;
  if (pieces == 0) return DSC_OK;
  int64_t work = call->queries * call->keys * (call->size + call->value_size) / plan->panels;
  plan->group = work < WORTH ? WORTH / (work + 1) + 1 : 1;
  atomic_init(&plan->status, DSC_OK);
  dsc_parallel((pieces + plan->group - 1) / plan->group, body, plan);
  return atomic_load(&plan->status);
}

int dsc_attention(const DscAttention *call) {
  if (call->queries == 0 || call->value_size == 0) return DSC_OK;
  bool few = dsc_attention_has_few(call);
  int64_t size = dsc_attention_panel_size();
  Plan plan = {
      .call = call,
      .panels = few ? 1 : (call->queries + size - 1) / size,
      .memory = (size_t)(few ? dsc_attention_few_memory(call) : dsc_attention_panel_memory(call)),
      .few = few,
  };
  return run(&plan, forward_piece);
}

int dsc_attention_backward(const DscAttention *call, const DscMatrices *gradient,
                           const DscMatrices *query_gradient, const DscMatrices *key_gradient,
                           const DscMatrices *value_gradient) {
  Plan plan = {
      .call = call,
      .gradient = gradient,
      .query_gradient = query_gradient,
      .key_gradient = key_gradient,
      .value_gradient = value_gradient,
      .panels = 1,
      .memory = (size_t)dsc_attention_gradients_memory(call),
  };
  return run(&plan, backward_piece);
}
