// One matrix product (a batch position or a block of C) as it travels inside the GEMM family.
#ifndef DSC_PRODUCT_H
#define DSC_PRODUCT_H

#include "dsc_grid.h"
#include "include/dsc_gemm.h"

/// The patches of images that the taps of a convolution meet, as a matrix that is never written:
/// its rows are (channel, tap), its columns positions of all images, or the other way round.
/// Positions of an image are next to each other in the other operand, images `jump` elements apart.
typedef struct {
  int64_t in_size[3], out_size[3], taps[3], stride[3], dilation[3], padding[3];
  int64_t image;      // elements from an image of the input to the next
  int64_t positions;  // of an image: the product of out_size
  int64_t jump;
  bool transposed;  // rows are positions: they are k, and A is the other operand; else it is C
  bool exchanged;   // A's rows are not contiguous, but `weight` apart
  DscWeightSteps weight;  // where rows are not positions
} DscPatches;

/// The fields of DscGemm without the batch. A block of C is a product with its own m and n.
///
/// With `patches`, B is made of them (`b` is the first image), and the block's columns start at
/// `column` of the whole; the columns of C, or those of A, then lie in images.
typedef struct {
  DscDType dtype;
  int64_t m, n, k;
  const char *a, *b, *bias;
  char *c;
  int64_t a_row, a_column, b_row, b_column, c_row, c_column, bias_row, bias_column;
  double alpha, beta;
  const DscPatches *patches;
  int64_t column;
  bool streams;  // C, as a whole, is larger than what stays in the caches
  bool far;      // so is B
} DscProduct;

/// The same with exchanged roles: C^T = B^T A^T.
static inline DscProduct dsc_transposed(const DscProduct *p) {
  DscProduct t = *p;
  t.m = p->n, t.n = p->m;
  t.a = p->b, t.a_row = p->b_column, t.a_column = p->b_row;
  t.b = p->a, t.b_row = p->a_column, t.b_column = p->a_row;
  t.c_row = p->c_column, t.c_column = p->c_row;
  t.bias_row = p->bias_column, t.bias_column = p->bias_row;
  return t;
}

/// What becomes of the sums of a tile: they replace C's elements or are added to them. In
/// DSC_STREAM they replace them past the cache (dsc_stream.h); the tile's lines of C are then
/// whole.
typedef enum { DSC_REPLACE, DSC_ADD, DSC_STREAM } DscInto;

/// Whether the columns of C are positions of images.
bool dsc_columns_are_positions(const DscProduct *product);

/// dsc_gemm with a B that is made of patches. Floating point, no batch, beta == 0.
int dsc_gemm_with_patches(const DscGemm *call, const DscPatches *patches);

/// The rows and columns of a micro-tile of this processor.
typedef struct {
  int rows, columns;
} DscTileSize;
DscTileSize dsc_tile_size(DscDType dtype);

/// What a tile of whole packed panels asks for meanwhile: lines that are needed soon, one for each
/// row of its panels. They go in groups of as many as the tile has rows: `step` bytes apart within
/// a group, the groups `group` apart.
typedef struct {
  const char *from;
  int64_t step, group;
} DscComing;

/// Runs a product of a floating-point dtype on the calling thread, with packed panels and
/// register tiles. Its scratch grows with m * k-block + n * k-block (+ m * n): keep m and n
/// bounded.
int dsc_product_tiled(const DscProduct *product);

/// Elements of k in a block of its sums. float32 and float64.
int64_t dsc_product_depth(DscDType dtype, int64_t k);
/// Whether dsc_product_by_depth is the better way for so many threads of what dsc_product_tiled
/// does alone, to the same bits.
bool dsc_product_goes_by_depth(const DscProduct *product, int64_t threads);
/// dsc_product_tiled with blocks of k side by side. It uses the pool.
int dsc_product_by_depth(const DscProduct *product, int64_t threads);
/// Makes rows first ..< end of C of `sums`, contiguous [blocks, m, n], which it changes.
void dsc_product_add_blocks(const DscProduct *product, void *sums, int64_t blocks, int64_t first,
                            int64_t end);

/// Packs `count` columns from `first` on of the B of a product of float32 or float64, for any
/// number of products with it; `first` is a multiple of the tile's columns. `out`, the place of all
/// columns, holds dsc_packed_columns(dtype, k, n) elements.
void dsc_pack_columns(const DscProduct *product, int64_t first, int64_t count, void *out);
int64_t dsc_packed_columns(DscDType dtype, int64_t k, int64_t n);

/// Memory that the caller needs next: a product asks for it while it computes, so that nobody waits
/// for it afterwards. The last range comes first, and goes as it is asked for.
enum { DSC_NEEDED_RANGES = 6 };
typedef struct {
  int count;
  const char *range[DSC_NEEDED_RANGES];
  int64_t bytes[DSC_NEEDED_RANGES];
} DscNeeded;

/// Few rows times a [k, n] that dsc_pack_columns wrote, of float32 or float64. Rows come in
/// `groups`, the same number in each; lines of A and C are contiguous, strides in elements. A panel
/// serves the rows of all groups while it is in the first-level cache.
typedef struct {
  DscDType dtype;
  int64_t groups, rows, n, k;
  const void *a, *panels;
  void *c;
  int64_t a_row, a_group, c_row, c_group;
  DscNeeded *needed;  // or NULL; the product takes from it
} DscRowsProduct;
void dsc_rows_product(const DscRowsProduct *product);

/// Whether dsc_product_vector serves: m == 1 (swap the roles for n == 1) in a floating-point dtype.
/// It sums in another order than the tiles, so the choice depends on the sizes alone.
bool dsc_product_is_vector(const DscProduct *product);
/// A row vector times a matrix on the calling thread.
int dsc_product_vector(const DscProduct *product);

/// Whether a product has few columns that are long dot products: both operands are contiguous along
/// k. It sums in another order than the tiles, that of dsc_product_vector: the whole product
/// decides, not a block of it.
bool dsc_product_is_narrow(const DscProduct *product);
/// Such a product, or a block of its rows, on the calling thread.
int dsc_product_narrow(const DscProduct *product);

/// Integers and bool, on the calling thread.
int dsc_product_integer(const DscProduct *product);

/// At least `bytes` of memory, aligned to 64 bytes, that the calling thread keeps until it ends;
/// the next call may move it. NULL if there is none.
void *dsc_product_scratch(size_t bytes);
/// The same, apart from it, for what products of several threads are put together from.
void *dsc_product_sums(size_t bytes);

#endif
