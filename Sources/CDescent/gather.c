// Gathering: out[i] = self[place of i].
#include <string.h>

#include "dsc_indexing.h"

// `places` rows of columns.
typedef void (*Gather)(const char *self, const int64_t *offsets, int64_t places,
                       int64_t self_stride, char *out, int64_t place_stride, int64_t stride,
                       int64_t columns);

#define DEFINE_GATHER(name, T)                                                                    \
  static void name(const char *self, const int64_t *offsets, int64_t places, int64_t self_stride, \
                   char *out, int64_t place_stride, int64_t stride, int64_t columns) {            \
    const T *from = (const T *)(const void *)self;                                                \
    T *to = (T *)(void *)out;                                                                     \
    if (columns == 1 && place_stride == 1) {                                                      \
      for (int64_t k = 0; k < places; k++) to[k] = from[offsets[k]];                              \
    } else if (columns == 1) {                                                                    \
      for (int64_t k = 0; k < places; k++) to[k * place_stride] = from[offsets[k]];               \
    } else if (self_stride == 1 && stride == 1) {                                                 \
      for (int64_t k = 0; k < places; k++) {                                                      \
        memcpy(to + k * place_stride, from + offsets[k], (size_t)columns * sizeof(T));            \
      }                                                                                           \
    } else {                                                                                      \
      for (int64_t k = 0; k < places; k++) {                                                      \
        const T *row = from + offsets[k];                                                         \
        T *row_out = to + k * place_stride;                                                       \
        for (int64_t c = 0; c < columns; c++) row_out[c * stride] = row[c * self_stride];         \
      }                                                                                           \
    }                                                                                             \
  }
DEFINE_GATHER(gather_8, uint8_t)
DEFINE_GATHER(gather_16, uint16_t)
DEFINE_GATHER(gather_32, uint32_t)
DEFINE_GATHER(gather_64, uint64_t)

static void gather_block(const void *context, const DscIndexing *plan, char *self, char *out,
                         const int64_t *offsets, int64_t places) {
  const DscWalk *walk = &plan->walk;
  int last = walk->ndim - 1;
  (*(const Gather *)context)(self, offsets, places, walk->strides[DSC_SELF][last], out,
                             walk->strides[DSC_OTHER][last - 1], walk->strides[DSC_OTHER][last],
                             walk->shape[last]);
}

static int gather(int ndim, const int64_t *shape, int count, const DscView *indices, bool negative,
                  const int64_t *index_size, const int64_t *index_stride, const DscView *self,
                  const DscView *out, int64_t *bad_index) {
  DscIndexing plan;
  int status = dsc_indexing_plan(ndim, shape, count, indices, negative, index_size, index_stride,
                                 self, out, &plan);
  if (status != DSC_OK) return status;
  Gather kernel = gather_64;
  if (plan.size == 1) kernel = gather_8;
  if (plan.size == 2) kernel = gather_16;
  if (plan.size == 4) kernel = gather_32;
  // Every block checks its indices before it reads; which is the first bad one is seen afterwards.
  if (dsc_indexing_run(&plan, false, gather_block, &kernel)) return DSC_OK;
  return dsc_indexing_check(ndim, shape, count, indices, negative, index_size, bad_index);
}

int dsc_index_gather(int ndim, const int64_t *shape, int count, const DscView *indices,
                     const int64_t *index_size, const int64_t *index_stride, const DscView *self,
                     const DscView *out, int64_t *bad_index) {
  return gather(ndim, shape, count, indices, true, index_size, index_stride, self, out, bad_index);
}

int dsc_gather(int ndim, const int64_t *shape, int dim, int64_t source_size, const DscView *source,
               const DscView *index, const DscView *out, int64_t *bad_index) {
  DscView rest = *source;
  int64_t stride = ndim == 0 ? 0 : source->strides[dim];
  if (ndim > 0) rest.strides[dim] = 0;
  return gather(ndim, shape, 1, index, false, &source_size, &stride, &rest, out, bad_index);
}
