// The first tile of a panel of B whose rows are contiguous, of elements of a type DSC_S
// (gemm_each_source.h): it packs the panel while it multiplies, which takes no time of its own. No
// include guard.

// Like tile for whole vectors of B, and a copy of B's rows to `panel`.
static inline __attribute__((always_inline)) void DSC_FROM(copying_tile)(
    int rows, int64_t k, const DSC_T *a, int64_t a_row, int64_t a_column, const DSC_S *b,
    int64_t b_row, DSC_T *panel, DSC_T *out, int64_t out_row, DscInto into) {
  enum { LINE = 64 / sizeof(DSC_S) };
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[DSC_TILE_ROWS][DSC_TILE_VECTORS];
  const DSC_T *four[(DSC_TILE_ROWS + 3) / 4];
  DSC_TYPED(find_stepping_fours)(rows, a, a_row, four);
  DSC_TYPED(clear_tile)(rows, DSC_TILE_VECTORS, sum);
  for (int64_t p = 0; p < k; p++, b += b_row, panel += DSC_TILE_COLUMNS) {
#pragma clang loop unroll(full)
    for (int l = 0; l < DSC_TILE_COLUMNS; l += LINE)
      __builtin_prefetch(b + DSC_TILE_COLUMNS + l, 0, 2);
    Vector line[DSC_TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < DSC_TILE_VECTORS; v++) {
      line[v] = DSC_FROM(read)(b + v * DSC_LANES_PER_VECTOR);
      *(Vector *)(panel + v * DSC_LANES_PER_VECTOR) = line[v];
    }
    DSC_TYPED(multiply_add_line)(rows, DSC_TILE_VECTORS, four, a_row, line, sum);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i += 4) four[i / 4] += a_column;
  }
  DSC_TYPED(store_tile)(rows, DSC_TILE_VECTORS, sum, out, out_row, into);
}
#include "gemm_copying_table.h"
