// Scattering: self[place of i] op= source[i], in row-major order of i.
#include <string.h>

#include "dsc_evaluate.h"
#include "dsc_indexing.h"
#include "dsc_stream.h"

// One operation on `places` rows of columns. Vector code is made for neighbouring columns only.
typedef void (*Scatter)(char *self, const int64_t *offsets, int64_t places, int64_t self_stride,
                        const char *source, int64_t place_stride, int64_t stride, int64_t columns);

// Single elements, a line of offsets at a time; lines to come are fetched.
#define DEFINE_SINGLES(name, T, expression)                                                       \
  static void name(T *to, const int64_t *offsets, int64_t places, const T *from,                  \
                   int64_t place_stride) {                                                        \
    enum { LINE = DSC_LINE / sizeof(int64_t) };                                                   \
    int64_t k = 0;                                                                                \
    for (; k + LINE <= places; k += LINE) {                                                       \
      const uintptr_t source = (uintptr_t)(from + k * place_stride);                              \
      __builtin_prefetch((const void *)((uintptr_t)(offsets + k) + DSC_AHEAD * sizeof(int64_t))); \
      __builtin_prefetch((const void *)(source + DSC_AHEAD * sizeof(T)));                         \
      _Pragma("clang loop unroll(full)") for (int64_t i = k; i < k + LINE; i++) {                 \
        const T a = to[offsets[i]], b = from[i * place_stride];                                   \
        (void)a, to[offsets[i]] = (T)(expression);                                                \
      }                                                                                           \
    }                                                                                             \
    for (; k < places; k++) {                                                                     \
      const T a = to[offsets[k]], b = from[k * place_stride];                                     \
      (void)a, to[offsets[k]] = (T)(expression);                                                  \
    }                                                                                             \
  }

#define DEFINE_SCATTER(name, T, expression)                                                     \
  DEFINE_SINGLES(name##_singles, T, expression)                                                 \
  static void name(char *self, const int64_t *offsets, int64_t places, int64_t self_stride,     \
                   const char *source, int64_t place_stride, int64_t stride, int64_t columns) { \
    const T *from = (const T *)(const void *)source;                                            \
    T *all = (T *)(void *)self;                                                                 \
    if (columns == 1) {                                                                         \
      name##_singles(all, offsets, places, from, place_stride);                                 \
      return;                                                                                   \
    }                                                                                           \
    for (int64_t k = 0; k < places; k++, from += place_stride) {                                \
      T *to = all + offsets[k];                                                                 \
      if (self_stride == 1 && stride == 1) {                                                    \
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

static int scatter(DscScatter op, bool is_new, int ndim, const int64_t *shape, int count,
                   const DscView *indices, bool negative, const int64_t *index_size,
                   const int64_t *index_stride, const DscView *self, const DscView *source,
                   int64_t *bad_index) {
  DscIndexing plan;
  int status = dsc_indexing_plan(ndim, shape, count, indices, negative, index_size, index_stride,
                                 self, source, &plan);
  if (status != DSC_OK) return status;
  if (!is_new) {
    status = dsc_indexing_check(ndim, shape, count, indices, negative, index_size, bad_index);
    if (status != DSC_OK) return status;
    plan.checked = true;
  }
  const bool assigns = op == DSC_SCATTER_ASSIGN;
  const bool half = !assigns && (plan.dtype == DSC_FLOAT16 || plan.dtype == DSC_BFLOAT16);
  const Scatter kernel = assigns ? assignment(plan.size)
                                 : scatters[half ? DSC_FLOAT32 : plan.dtype][op - DSC_SCATTER_ADD];
  status = dsc_indexing_run(&plan, true, half ? scatter_half_block : scatter_block, NULL, &kernel);
  if (status != DSC_BAD_INDEX) return status;
  return dsc_indexing_check(ndim, shape, count, indices, negative, index_size, bad_index);
}

int dsc_index_scatter(DscScatter op, int ndim, const int64_t *shape, int count,
                      const DscView *indices, const int64_t *index_size,
                      const int64_t *index_stride, const DscView *self, const DscView *source,
                      int64_t *bad_index) {
  return scatter(op, false, ndim, shape, count, indices, true, index_size, index_stride, self,
                 source, bad_index);
}

int dsc_scatter(DscScatter op, bool is_new, int ndim, const int64_t *shape, int dim,
                int64_t self_size, const DscView *self, const DscView *index, const DscView *source,
                int64_t *bad_index) {
  DscView rest = *self;
  int64_t stride = ndim == 0 ? 0 : self->strides[dim];
  if (ndim > 0) rest.strides[dim] = 0;
  return scatter(op, is_new, ndim, shape, 1, index, false, &self_size, &stride, &rest, source,
                 bad_index);
}
