// What a product of one element type DSC_T does by the type of its operands' elements: how panels
// are made of them, and how tiles of sums become C. No include guard.
typedef struct {
  int64_t size;  // bytes of an element
  bool pairs;    // a row of a panel holds two elements of k of each line, else one
  void (*read_line)(const void *from, int64_t count, DSC_T *to);
  void (*pack_a)(const void *source, int64_t line, int64_t step, int64_t count, int64_t k,
                 DSC_T *out);
  void (*pack_b)(const void *source, int64_t line, int64_t step, int64_t count, int64_t k,
                 DSC_T *out);
  const DSC_TYPED(CopyingTile) * copying_tiles;
  const DSC_TYPED(Tile) (*tiles)[DSC_TILE_VECTORS];
  DSC_TYPED(PackedTile) tile_packed;
  void (*finish_tile)(const DscProduct *g, DSC_T *sums, int64_t sums_row, int64_t i, int64_t rows,
                      int64_t j, int64_t columns);
} DSC_TYPED(Source);

#define DSC_PART "gemm_store.h"
#include "gemm_each_source.h"

#if DSC_T_BYTES == 4 && DSC_VECTOR_BYTES == 64
static const DSC_TYPED(Source) DSC_TYPED(source_of_pairs);  // gemm_pairs.h

// Whether bfloat16 may be multiplied in pairs. Lines that are contiguous along k are read as pairs.
static bool DSC_TYPED(is_of_pairs)(const DscProduct *g) {
  return (g->a_row == 1 || (g->a_column == 1 && g->a_row % 2 == 0)) &&
         (g->b_column == 1 || (g->b_row == 1 && g->b_column % 2 == 0)) && dsc_multiplies_pairs();
}
#endif

static const DSC_TYPED(Source) * DSC_TYPED(source_of)(const DscProduct *g) {
#if DSC_T_BYTES == 4
#if DSC_VECTOR_BYTES == 64
  if (g->dtype == DSC_BFLOAT16 && DSC_TYPED(is_of_pairs)(g)) return &DSC_TYPED(source_of_pairs);
#endif
  if (g->dtype == DSC_FLOAT16) return &DSC_TYPED(DSC_PASTE(source, float16));
  if (g->dtype == DSC_BFLOAT16) return &DSC_TYPED(DSC_PASTE(source, bfloat16));
#endif
  (void)g;
  return &DSC_TYPED(source);
}
