// Products of integers (wrapping) and bool (and/or): tiles of sums in registers over packed panels
// of B's columns.
#include <string.h>

#include "dsc_loop_macros.h"
#include "dsc_product.h"
#include "dsc_sizes.h"
#include "dsc_strided.h"
#include "dsc_targets.h"

enum {
  ROWS = 6,      // of a tile: twelve sums, and a line of the panel beside them
  FEW_ROWS = 2,  // where fewer are left
  VECTORS = 2,
  DEPTH = 512,  // of a panel, which stays in the second-level cache
  CHUNK = 512,  // sums of a single row
};

// panel[l * pitch + j] = b[l * row + j * column]; columns from `columns` on, which nobody reads,
// are 0.
static void pack(size_t size, const void *b, int64_t row, int64_t column, int64_t depth,
                 int64_t columns, int64_t pitch, void *panel) {
  if (columns < pitch) memset(panel, 0, (size_t)(depth * pitch) * size);
  if (row == 1 && column != 1)
    dsc_gather_tile(size, b, row, column, depth, columns, pitch, panel);
  else
    dsc_copy_rows(size, b, row, column, depth, columns, panel, pitch, 1);
}

// What is written is not read as anything else.
#define DSC_FREE DSC_PRAGMA(clang loop vectorize(assume_safety) interleave_count(1))

#define DSC_BODY "gemm_integer_body.h"
#include "dsc_for_each_target.h"

int dsc_product_integer(const DscProduct *product) {
  switch (product->dtype) {
    case DSC_UINT8:
    case DSC_INT8:
      return DSC_DISPATCH(integer_product_u8)(product);
    case DSC_INT16:
      return DSC_DISPATCH(integer_product_u16)(product);
    case DSC_INT32:
      return DSC_DISPATCH(integer_product_u32)(product);
    case DSC_INT64:
      return DSC_DISPATCH(integer_product_u64)(product);
    case DSC_BOOL: {
      DscProduct masks = *product;  // any factor but 0 is true
      masks.alpha = product->alpha != 0, masks.beta = product->beta != 0;
      return DSC_DISPATCH(integer_product_mask)(&masks);
    }
    case DSC_FLOAT16:
    case DSC_BFLOAT16:
    case DSC_FLOAT32:
    case DSC_FLOAT64:
      return DSC_UNSUPPORTED;
  }
  return DSC_UNSUPPORTED;
}
