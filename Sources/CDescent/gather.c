// Gathering: out[i] = self[place of i].
#include <string.h>

#include "dsc_indexing.h"
#include "dsc_math_macros.h"
#include "dsc_sizes.h"
#include "dsc_stream.h"
#include "dsc_targets.h"

#define DSC_BODY "gather_body.h"
#include "dsc_for_each_target.h"

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

// Rows worth a copy of their own, in bytes.
enum { LONG_ROW = 4 * DSC_LINE };

// Whole rows, while rows to come are fetched, or the beginning of a long one: no processor sees
// where they lie. The first-level cache, which also takes the result, is too small for a page of
// lines on their way: they wait in the second.
static void copy_rows(const DscIndexing *plan, const char *self, const int64_t *offsets,
                      int64_t places, int64_t place_stride, int64_t columns, char *out) {
  enum { PART = 64 * DSC_LINE, BYTES_AHEAD = 8 << 10 };
  const int64_t size = plan->size, bytes = columns * size;
  const int64_t places_ahead = bytes < BYTES_AHEAD ? BYTES_AHEAD / bytes : 1;
  const int64_t left_out = bytes < BYTES_AHEAD ? 0 : (bytes - BYTES_AHEAD) / PART * PART;
  for (int64_t k = 0; k < places; k++, out += place_stride * size) {
    const char *from = self + offsets[k] * size;
    const int64_t later = dsc_smaller(k + places_ahead, places - 1);
    const char *next = self + offsets[later] * size - left_out;
    if (left_out > 0) memcpy(out, from, (size_t)left_out);
    for (int64_t done = left_out; done < bytes; done += PART) {
      const int64_t count = dsc_smaller(PART, bytes - done);
      for (int64_t at = done; at < done + count; at += DSC_LINE)
        __builtin_prefetch(next + at, 0, 2);
      memcpy(out + done, from + done, (size_t)count);
    }
  }
}

// Whole rows past the cache; those of the places to come are fetched meanwhile.
static void stream_rows(const DscIndexing *plan, const char *self, const int64_t *offsets,
                        int64_t places, int64_t place_stride, int64_t columns, char *out) {
  enum { PLACES_AHEAD = 4 };
  const int64_t size = plan->size;
  for (int64_t k = 0; k < places; k++) {
    const int64_t later = k + PLACES_AHEAD < places ? k + PLACES_AHEAD : places - 1;
    const DscAhead ahead = {self + offsets[later] * size, size};
    dsc_stream((size_t)size, self + offsets[k] * size, columns, out + k * place_stride * size,
               &ahead, 1);
  }
}

// Single elements past the cache. What is fetched: the indices to come, and the same places of the
// next row, since no processor sees the pattern of reads within a row.
static void stream_elements(Gather kernel, const DscIndexing *plan, const char *self,
                            const int64_t *offsets, int64_t first, int64_t places, char *out) {
  _Alignas(64) char values[DSC_OFFSETS_BLOCK * sizeof(int64_t)];
  const DscWalk *walk = &plan->walk;
  const int64_t row = walk->ndim > 2 ? walk->strides[DSC_SELF][walk->ndim - 3] : 0;
  const uintptr_t next = (uintptr_t)self + (uintptr_t)((row + first) * plan->size);
  const DscAhead ahead[2] = {
      {(const char *)((uintptr_t)offsets + DSC_AHEAD * sizeof(int64_t)), sizeof(int64_t)},
      {(const char *)next, plan->size}};
  kernel(self, offsets, places, 1, values, 1, 1, 1);
  dsc_stream((size_t)plan->size, values, places, out, ahead, row != 0 ? 2 : 1);
}

static void gather_block(const void *context, const DscIndexing *plan, char *self, char *out,
                         const int64_t *offsets, int64_t first, int64_t places) {
  const Gather kernel = *(const Gather *)context;
  const DscWalk *walk = &plan->walk;
  const int last = walk->ndim - 1;
  const int64_t columns = walk->shape[last], self_stride = walk->strides[DSC_SELF][last];
  const int64_t stride = walk->strides[DSC_OTHER][last];
  const int64_t place_stride = walk->strides[DSC_OTHER][last - 1];
  if (plan->streams && columns == 1 && place_stride == 1) {
    stream_elements(kernel, plan, self, offsets, first, places, out);
  } else if (self_stride == 1 && stride == 1 && columns * plan->size >= LONG_ROW) {
    (plan->streams ? stream_rows : copy_rows)(plan, self, offsets, places, place_stride, columns,
                                              out);
  } else {
    kernel(self, offsets, places, self_stride, out, place_stride, stride, columns);
  }
}

static int gather(int ndim, const int64_t *shape, int count, const DscView *indices, bool negative,
                  const int64_t *index_size, const int64_t *index_stride, const DscView *self,
                  const DscView *out, int64_t *bad_index) {
  DscIndexing plan;
  int status = dsc_indexing_plan(ndim, shape, count, indices, negative, index_size, index_stride,
                                 self, out, &plan);
  if (status != DSC_OK) return status;
  if (dsc_walk_count(&plan.walk, plan.walk.ndim) == 0) return DSC_OK;
  const int outer = plan.walk.ndim - 2;
  const bool single = plan.walk.shape[outer + 1] == 1 && plan.walk.strides[DSC_OTHER][outer] == 1;
  plan.streams = dsc_streams(dsc_walk_count(&plan.walk, plan.walk.ndim) * plan.size);
  Gather kernel = gather_64;
  DscIndexingRow row = DSC_DISPATCH(pick_64);
  if (plan.size == 1) kernel = gather_8, row = DSC_DISPATCH(pick_8);
  if (plan.size == 2) kernel = gather_16, row = DSC_DISPATCH(pick_16);
  if (plan.size == 4) kernel = gather_32, row = DSC_DISPATCH(pick_32);
  // Blocks and rows check their indices before they read; which is the first bad one is seen
  // afterwards.
  status = dsc_indexing_run(&plan, false, gather_block, single ? row : NULL, &kernel);
  if (status != DSC_BAD_INDEX) return status;
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
