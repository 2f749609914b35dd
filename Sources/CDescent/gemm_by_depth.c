// Products whose blocks of k go to threads, where C is small and B, often weights, is large.
//
// Each block has a C of its own; these are added in order afterwards, as a thread alone adds them,
// so that not a bit depends on who made them. A thread packs and keeps only its own rows of B, and
// these are the ones that it also updates.
#include <stdatomic.h>

#include "dsc_product.h"
#include "dsc_sizes.h"
#include "include/dsc_pool.h"

typedef struct {
  const DscProduct *product;
  int64_t size;           // bytes of an element
  int64_t depth, blocks;  // of k
  int64_t runs;           // of blocks, one for each thread
  int64_t row_pieces;     // of a run, where there are more threads than blocks
  int64_t adding;         // pieces of the additions
  char *sums;             // a C of each block, in contiguous rows
  atomic_int status;
} Work;

// Multiplies rows first ..< end of A by a block of B.
static void multiply(Work *work, int64_t block, int64_t first, int64_t end) {
  DscProduct part = *work->product;
  const int64_t start = block * work->depth;
  part.k = dsc_smaller(work->depth, part.k - start);
  part.a += (first * part.a_row + start * part.a_column) * work->size;
  part.b += start * part.b_row * work->size;
  part.c = work->sums + (block * part.m + first) * part.n * work->size;
  part.c_row = part.n, part.c_column = 1;
  part.m = end - first;
  part.alpha = 1, part.beta = 0, part.bias = NULL;
  const int status = dsc_product_tiled(&part);
  if (status != DSC_OK) atomic_fetch_or(&work->status, status);
}

static void multiply_piece(void *context, int64_t piece) {
  Work *work = context;
  const int64_t run = piece / work->row_pieces, row = piece % work->row_pieces;
  const int64_t m = work->product->m;
  for (int64_t b = run * work->blocks / work->runs; b < (run + 1) * work->blocks / work->runs; b++)
    multiply(work, b, m * row / work->row_pieces, m * (row + 1) / work->row_pieces);
}

static void add_piece(void *context, int64_t piece) {
  const Work *work = context;
  const int64_t m = work->product->m;
  dsc_product_add_blocks(work->product, work->sums, work->blocks, m * piece / work->adding,
                         m * (piece + 1) / work->adding);
}

static int64_t blocks_of(const DscProduct *p) {
  return dsc_parts(p->k, dsc_product_depth(p->dtype, p->k));
}

bool dsc_product_goes_by_depth(const DscProduct *p, int64_t threads) {
  // LARGE in multiply-adds of a thread. Panels and all sums stay in a cache.
  enum { LARGE = 1 << 22, MOST_COLUMNS = 2048, MOST_SUMS = 1 << 20 };
  if (threads == 1 || p->patches != NULL) return false;
  if (p->dtype != DSC_FLOAT32 && p->dtype != DSC_FLOAT64) return false;
  if (p->b_column != 1 || p->n > MOST_COLUMNS || p->m * p->n * p->k < LARGE * threads) return false;
  const int64_t blocks = blocks_of(p);
  if (blocks * p->m * p->n > MOST_SUMS) return false;
  const bool is_even = blocks % threads == 0 || (blocks > 1 && threads % blocks == 0);
  return is_even && 2 * p->m * blocks <= p->k;
}

int dsc_product_by_depth(const DscProduct *p, int64_t threads) {
  enum { WORTH = 1 << 12 };  // elements of C that are worth another thread
  const int64_t size = (int64_t)dsc_dtype_size(p->dtype), blocks = blocks_of(p);
  Work work = {.product = p,
               .size = size,
               .depth = dsc_product_depth(p->dtype, p->k),
               .blocks = blocks,
               .runs = dsc_smaller(blocks, threads),
               .row_pieces = threads / dsc_smaller(blocks, threads),
               .adding = p->m * p->n < 2 * WORTH ? 1 : threads,
               .sums = dsc_product_sums((size_t)(blocks * p->m * p->n * size))};
  if (work.sums == NULL) return DSC_OUT_OF_MEMORY;
  atomic_init(&work.status, DSC_OK);
  dsc_parallel(work.runs * work.row_pieces, multiply_piece, &work);
  dsc_parallel_brief(work.adding, add_piece, &work);
  return atomic_load(&work.status);
}
