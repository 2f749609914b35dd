// Scattering: self[place of i] op= source[i], in row-major order of i.
#include <string.h>

#include "dsc_evaluate.h"
#include "dsc_indexing.h"

// One operation on `places` rows of columns. Vector code is made for neighbouring columns only.
typedef void (*Scatter)(char *self, const int64_t *offsets, int64_t places, int64_t self_stride,
                        const char *source, int64_t place_stride, int64_t stride, int64_t columns);

#define DEFINE_SCATTER(name, T, expression)                                                     \
  static void name(char *self, const int64_t *offsets, int64_t places, int64_t self_stride,     \
                   const char *source, int64_t place_stride, int64_t stride, int64_t columns) { \
    const T *from = (const T *)(const void *)source;                                            \
    for (int64_t k = 0; k < places; k++, from += place_stride) {                                \
      T *to = (T *)(void *)self + offsets[k];                                                   \
      if (columns == 1) {                                                                       \
        const T a = *to, b = *from;                                                             \
        (void)a, *to = (T)(expression);                                                         \
      } else if (self_stride == 1 && stride == 1) {                                             \
        _Pragma("clang loop vectorize(assume_safety)") for (int64_t c = 0; c < columns; c++) {  \
          const T a = to[c], b = from[c];                                                       \
          (void)a, to[c] = (T)(expression);                                                     \
        }                                                                                       \
      } else {                                                                                  \
        for (int64_t c = 0; c < columns; c++) {                                                 \
          const T a = to[c * self_stride], b = from[c * stride];                                \
          (void)a, to[c * self_stride] = (T)(expression);                                       \
        }                                                                                       \
      }                                                                                         \
    }                                                                                           \
  }

#define DEFINE_INTEGER(name, T, U)               \
  DEFINE_SCATTER(add_##name, T, (U)a + (U)b)     \
  DEFINE_SCATTER(multiply_##name, T, (U)a *(U)b) \
  DEFINE_SCATTER(max_##name, T, a > b ? a : b)   \
  DEFINE_SCATTER(min_##name, T, a < b ? a : b)
#define DEFINE_FLOATING(name, T)                         \
  DEFINE_SCATTER(add_##name, T, a + b)                   \
  DEFINE_SCATTER(multiply_##name, T, a *b)               \
  DEFINE_SCATTER(max_##name, T, a != a || a > b ? a : b) \
  DEFINE_SCATTER(min_##name, T, a != a || a < b ? a : b)

DEFINE_SCATTER(assign_8, uint8_t, b)
DEFINE_SCATTER(assign_16, uint16_t, b)
DEFINE_SCATTER(assign_32, uint32_t, b)
DEFINE_SCATTER(assign_64, uint64_t, b)
DEFINE_SCATTER(add_bool, uint8_t, a | b)
DEFINE_SCATTER(multiply_bool, uint8_t, a &b)
DEFINE_INTEGER(uint8, uint8_t, uint32_t)
DEFINE_INTEGER(int8, int8_t, uint32_t)
DEFINE_INTEGER(int16, int16_t, uint32_t)
DEFINE_INTEGER(int32, int32_t, uint32_t)
DEFINE_INTEGER(int64, int64_t, uint64_t)
DEFINE_FLOATING(float32, float)
DEFINE_FLOATING(float64, double)

static Scatter assignment(int64_t size) {
  return size == 1 ? assign_8 : size == 2 ? assign_16 : size == 4 ? assign_32 : assign_64;
}

#define ALL(name) \
  { add_##name, multiply_##name, max_##name, min_##name }
// Rows by dtype, columns by operation, ADD first; the half-precision types have their own loop.
static const Scatter scatters[DSC_DTYPE_COUNT][4] = {
    [DSC_BOOL] = {add_bool, multiply_bool, add_bool, multiply_bool},
    [DSC_UINT8] = ALL(uint8),
    [DSC_INT8] = ALL(int8),
    [DSC_INT16] = ALL(int16),
    [DSC_INT32] = ALL(int32),
    [DSC_INT64] = ALL(int64),
    [DSC_FLOAT32] = ALL(float32),
    [DSC_FLOAT64] = ALL(float64),
};

static void scatter_block(const void *context, const DscIndexing *plan, char *self, char *source,
                          const int64_t *offsets, int64_t first, int64_t places) {
  (void)first;
  const DscWalk *walk = &plan->walk;
  int last = walk->ndim - 1;
  (*(const Scatter *)context)(self, offsets, places, walk->strides[DSC_SELF][last], source,
                              walk->strides[DSC_OTHER][last - 1], walk->strides[DSC_OTHER][last],
                              walk->shape[last]);
}

enum { HALF_COLUMNS = 256 };

/// float16 and bfloat16: every step is made in float and rounded. `op` is ADD ... MIN of float32.
static void scatter_half_block(const void *context, const DscIndexing *plan, char *self,
                               char *source, const int64_t *offsets, int64_t first,
                               int64_t places) {
  (void)first;
  Scatter op = *(const Scatter *)context;
  const DscWalk *walk = &plan->walk;
  int last = walk->ndim - 1;
  int64_t columns = walk->shape[last], self_stride = walk->strides[DSC_SELF][last];
  int64_t place_stride = walk->strides[DSC_OTHER][last - 1];
  int64_t stride = walk->strides[DSC_OTHER][last];
  int64_t width = self_stride == 0 ? 1 : HALF_COLUMNS;  // columns of one place follow each other
  float a[HALF_COLUMNS], b[HALF_COLUMNS];
  const int64_t zero = 0;
  for (int64_t k = 0; k < places; k++) {
    for (int64_t c = 0; c < columns; c += width) {
      int64_t n = columns - c < width ? columns - c : width;
      char *to = self + (offsets[k] + c * self_stride) * plan->size;
      const char *from = source + (k * place_stride + c * stride) * plan->size;
      dsc_load_lane(plan->dtype, to, self_stride, n, a);
      dsc_load_lane(plan->dtype, from, stride, n, b);
      op((char *)a, &zero, 1, 1, (const char *)b, 0, 1, n);
      dsc_store_lane(DSC_LANE_F32, a, n, plan->dtype, to, self_stride);
    }
  }
}

static int scatter(DscScatter op, int ndim, const int64_t *shape, int count, const DscView *indices,
                   bool negative, const int64_t *index_size, const int64_t *index_stride,
                   const DscView *self, const DscView *source, int64_t *bad_index) {
  DscIndexing plan;
  int status = dsc_indexing_plan(ndim, shape, count, indices, negative, index_size, index_stride,
                                 self, source, &plan);
  if (status != DSC_OK) return status;
  // Nothing is written unless all indices are good.
  status = dsc_indexing_check(ndim, shape, count, indices, negative, index_size, bad_index);
  if (status != DSC_OK) return status;
  if (op == DSC_SCATTER_ASSIGN) {
    Scatter kernel = assignment(plan.size);
    dsc_indexing_run(&plan, true, scatter_block, NULL, &kernel);
  } else if (plan.dtype == DSC_FLOAT16 || plan.dtype == DSC_BFLOAT16) {
    Scatter kernel = scatters[DSC_FLOAT32][op - DSC_SCATTER_ADD];
    dsc_indexing_run(&plan, true, scatter_half_block, NULL, &kernel);
  } else {
    Scatter kernel = scatters[plan.dtype][op - DSC_SCATTER_ADD];
    dsc_indexing_run(&plan, true, scatter_block, NULL, &kernel);
  }
  return DSC_OK;
}

int dsc_index_scatter(DscScatter op, int ndim, const int64_t *shape, int count,
                      const DscView *indices, const int64_t *index_size,
                      const int64_t *index_stride, const DscView *self, const DscView *source,
                      int64_t *bad_index) {
  return scatter(op, ndim, shape, count, indices, true, index_size, index_stride, self, source,
                 bad_index);
}

int dsc_scatter(DscScatter op, int ndim, const int64_t *shape, int dim, int64_t self_size,
                const DscView *self, const DscView *index, const DscView *source,
                int64_t *bad_index) {
  DscView rest = *self;
  int64_t stride = ndim == 0 ? 0 : self->strides[dim];
  if (ndim > 0) rest.strides[dim] = 0;
  return scatter(op, ndim, shape, 1, index, false, &self_size, &stride, &rest, source, bad_index);
}
