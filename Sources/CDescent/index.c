// The plan of an advanced index: what its walk's dims mean.
#include "dsc_indexing.h"

int dsc_indexing_plan(int ndim, const int64_t *shape, int count, const DscView *indices,
                      bool negative, const int64_t *index_size, const int64_t *index_stride,
                      const DscView *self, const DscView *other, DscIndexing *plan) {
  if (self->dtype != other->dtype || count < 1 || count > DSC_MAX_INDICES) return DSC_UNSUPPORTED;
  *plan = (DscIndexing){
      .walk = dsc_walk(ndim, shape),
      .self = self->data,
      .other = other->data,
      .dtype = self->dtype,
      .size = (int64_t)dsc_dtype_size(self->dtype),
      .count = count,
      .negative = negative,
  };
  DscWalk *walk = &plan->walk;
  if (dsc_walk_count(walk, walk->ndim) == 0) return DSC_OK;
  dsc_walk_add(walk, self->strides);
  dsc_walk_add(walk, other->strides);
  for (int j = 0; j < count; j++) {
    if (indices[j].dtype != DSC_INT64) return DSC_UNSUPPORTED;
    dsc_walk_add(walk, indices[j].strides);
    plan->indices[j] = indices[j].data;
    plan->index_size[j] = index_size[j];
    plan->index_stride[j] = index_stride[j];
  }
  dsc_walk_merge(walk);
  // Columns share an index; where the last dim has one for each element, blocks have one column.
  bool shared = true;
  for (int j = 0; j < count; j++) {
    shared = shared && walk->strides[DSC_FIRST_INDEX + j][walk->ndim - 1] == 0;
  }
  if (!shared || walk->ndim == 1) {
    int from = shared ? 0 : walk->ndim, to = shared ? 1 : walk->ndim;
    if (shared) {  // a single dim of columns: one place
      walk->shape[to] = walk->shape[0];
      for (int i = 0; i < walk->operands; i++) walk->strides[i][to] = walk->strides[i][0];
    }
    walk->shape[from] = 1;
    for (int i = 0; i < walk->operands; i++) walk->strides[i][from] = 0;
    walk->ndim++;
  }
  return DSC_OK;
}
