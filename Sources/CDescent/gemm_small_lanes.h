// The product of matrices whose elements are vectors, a lane each of another matrix, for one
// element type DSC_T. No include guard.

#undef DSC_TYPED
#undef DSC_LANES
#undef DSC_MULTIPLY_ADD
#define DSC_TYPED(name) DSC_NAME(DSC_PASTE(name, DSC_T_NAME))
#define DSC_LANES       (DSC_VECTOR_BYTES / DSC_T_BYTES < 4 ? 4 : DSC_VECTOR_BYTES / DSC_T_BYTES)
#if DSC_FMA
#define DSC_MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
#define DSC_MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

typedef DSC_T DSC_TYPED(Vector) __attribute__((ext_vector_type(DSC_LANES), aligned(sizeof(DSC_T))));

#include "gemm_transpose.h"

// The matrices of a group of products, in lanes.
typedef struct {
  int64_t m, n, k;
  Shape a, b, c;
  DSC_TYPED(Vector) * a_lanes, *b_lanes, *c_lanes, *old;  // old: what C was, where beta is not 0
} DSC_TYPED(Group);

// Elements of C in some columns of a row; `columns` is a literal.
static inline __attribute__((always_inline)) void DSC_TYPED(small_columns)(
    int columns, const DSC_TYPED(Group) * g, int64_t i, int64_t j) {
  typedef DSC_TYPED(Vector) Vector;
  const Vector *a = g->a_lanes + i * g->a.row, *b = g->b_lanes + j * g->b.column;
  Vector *c = g->c_lanes + i * g->c.row + j * g->c.column;
  const int64_t b_column = g->b.column, c_column = g->c.column;
  Vector sum[4];
#pragma clang loop unroll(full)
  for (int l = 0; l < columns; l++) sum[l] = (Vector)((DSC_T)0);
  for (int64_t p = 0; p < g->k; p++, a += g->a.column, b += g->b.row) {
    const Vector x = *a;
#pragma clang loop unroll(full)
    for (int l = 0; l < columns; l++) sum[l] = DSC_MULTIPLY_ADD(x, b[l * b_column], sum[l]);
  }
#pragma clang loop unroll(full)
  for (int l = 0; l < columns; l++) c[l * c_column] = sum[l];
}

static void DSC_TYPED(small_group)(const DSC_TYPED(Group) * g) {
  for (int64_t i = 0; i < g->m; i++) {
    int64_t j = 0;
    for (; j + 4 <= g->n; j += 4) DSC_TYPED(small_columns)(4, g, i, j);
    switch (g->n - j) {
      case 3:
        DSC_TYPED(small_columns)(3, g, i, j);
        break;
      case 2:
        DSC_TYPED(small_columns)(2, g, i, j);
        break;
      case 1:
        DSC_TYPED(small_columns)(1, g, i, j);
        break;
    }
  }
}
