// What a product of one element type DSC_T does by the type of its operands' elements: how panels
// are made of them, and how tiles of sums become C. No include guard.
typedef struct {
  int64_t size;  // bytes of an element
  void (*read_line)(const void *from, int64_t count, DSC_T *to);
  void (*pack_a)(const void *source, int64_t line, int64_t step, int64_t count, int64_t k,
                 DSC_T *out);
  void (*pack_b)(const void *source, int64_t line, int64_t step, int64_t count, int64_t k,
                 DSC_T *out);
  const DSC_TYPED(CopyingTile) * copying_tiles;
  void (*finish_tile)(const DscProduct *g, DSC_T *sums, int64_t sums_row, int64_t i, int64_t rows,
                      int64_t j, int64_t columns);
} DSC_TYPED(Source);

#define DSC_PART "gemm_store.h"
#include "gemm_each_source.h"

static const DSC_TYPED(Source) * DSC_TYPED(source_of)(DscDType dtype) {
#if DSC_T_BYTES == 4
  if (dtype == DSC_FLOAT16) return &DSC_TYPED(DSC_PASTE(source, float16));
  if (dtype == DSC_BFLOAT16) return &DSC_TYPED(DSC_PASTE(source, bfloat16));
#endif
  (void)dtype;
  return &DSC_TYPED(source);
}
