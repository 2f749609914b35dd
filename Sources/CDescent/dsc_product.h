// One matrix product (a batch position or a block of C) as it travels inside the GEMM family.
#ifndef DSC_PRODUCT_H
#define DSC_PRODUCT_H

#include "include/dsc_gemm.h"

/// The fields of DscGemm without the batch. A block of C is a product with its own m and n.
typedef struct {
  DscDType dtype;
  int64_t m, n, k;
  const char *a, *b, *bias;
  char *c;
  int64_t a_row, a_column, b_row, b_column, c_row, c_column, bias_row, bias_column;
  double alpha, beta;
} DscProduct;

/// The rows and columns of a micro-tile of this processor.
typedef struct {
  int rows, columns;
} DscTileSize;
DscTileSize dsc_tile_size(DscDType dtype);

/// Runs a product of a floating-point dtype on the calling thread, with packed panels and
/// register tiles. Its scratch grows with m * k-block + n * k-block (+ m * n): keep m and n
/// bounded.
int dsc_product_tiled(const DscProduct *product);

/// Whether dsc_product_vector serves: m == 1 (swap the roles for n == 1) in float32 or float64.
/// It sums in another order than the tiles, so the choice depends on the sizes alone.
bool dsc_product_is_vector(const DscProduct *product);
/// A row vector times a matrix on the calling thread.
int dsc_product_vector(const DscProduct *product);

/// Integers and bool, on the calling thread.
int dsc_product_integer(const DscProduct *product);

/// At least `bytes` of memory, aligned to 64 bytes, that the calling thread keeps until it ends;
/// the next call may move it. NULL if there is none.
void *dsc_product_scratch(size_t bytes);

#endif
