// dsc_gemm: turns a call into pieces of C and runs them on the pool.
//
// Pieces are blocks of rows and columns or runs of batch positions, never parts of a sum (but see
// gemm_by_depth.c), so their number (which follows the number of threads) cannot change a bit of
// the result.
#include <stdatomic.h>

#include "dsc_product.h"
#include "dsc_sizes.h"
#include "dsc_small.h"
#include "dsc_stream.h"
#include "include/dsc_pool.h"

typedef int Runner(const DscProduct *product);

typedef struct {
  const DscGemm *call;
  DscProduct product;     // batch position 0, whole
  bool swapped;           // the roles of A and B are exchanged
  Runner *run;            // chosen for the whole: a block of one row is summed as the others are
  int64_t size;           // bytes of an element
  int64_t batch;          // number of batch positions
  int64_t batch_step;     // positions a piece covers
  int64_t rows, columns;  // of C that a piece covers at most
  int64_t row_pieces, column_pieces;
  bool is_whole;  // a piece covers whole positions
  DscTileSize tile;
  int64_t row_unit;  // pieces have so many rows, or a multiple
  atomic_int status;
} Plan;

static bool is_floating(DscDType dtype) {
  return dtype == DSC_FLOAT16 || dtype == DSC_BFLOAT16 || dtype == DSC_FLOAT32 ||
         dtype == DSC_FLOAT64;
}

static Runner *runner_of(const DscProduct *product) {
  if (!is_floating(product->dtype)) return dsc_product_integer;
  if (dsc_product_is_vector(product)) return dsc_product_vector;
  return dsc_product_is_narrow(product) ? dsc_product_narrow : dsc_product_tiled;
}

static void move_to_batch(const Plan *plan, int64_t position, DscProduct *product) {
  const DscGemm *call = plan->call;
  int64_t a = 0, b = 0, c = 0;
  for (int d = call->batch_ndim - 1; d >= 0; d--) {
    int64_t index = position;
    if (d > 0) index %= call->batch_shape[d], position /= call->batch_shape[d];
    a += index * call->a_batch[d];
    b += index * call->b_batch[d];
    c += index * call->c_batch[d];
  }
  product->a = plan->product.a + (plan->swapped ? b : a) * plan->size;
  product->b = plan->product.b + (plan->swapped ? a : b) * plan->size;
  product->c = plan->product.c + c * plan->size;
}

// Where a piece of a length begins: whole units, shared out evenly.
static int64_t border(int64_t length, int64_t pieces, int64_t unit, int64_t piece) {
  return dsc_smaller(length, dsc_parts(length, unit) * piece / pieces * unit);
}

static void run_piece(void *context, int64_t piece) {
  Plan *plan = context;
  int64_t column = piece % plan->column_pieces;
  piece /= plan->column_pieces;
  int64_t row = piece % plan->row_pieces;
  int64_t position = piece / plan->row_pieces * plan->batch_step;
  int64_t end = position + plan->batch_step;
  if (end > plan->batch) end = plan->batch;
  DscProduct whole = plan->product;
  for (; plan->is_whole && position < end; position++) {
    move_to_batch(plan, position, &whole);
    const int status = plan->run(&whole);
    if (status != DSC_OK) atomic_fetch_or(&plan->status, status);
  }
  for (; position < end; position++) {
    DscProduct product = plan->product;
    if (plan->batch > 1) move_to_batch(plan, position, &product);
    int64_t i = border(product.m, plan->row_pieces, plan->row_unit, row);
    int64_t j = border(product.n, plan->column_pieces, plan->tile.columns, column);
    product.m = border(product.m, plan->row_pieces, plan->row_unit, row + 1) - i;
    product.n = border(product.n, plan->column_pieces, plan->tile.columns, column + 1) - j;
    product.a += i * product.a_row * plan->size;
    product.c += i * product.c_row * plan->size;
    product.column = j;
    if (product.patches == NULL) product.b += j * product.b_column * plan->size;
    if (!dsc_columns_are_positions(&product)) product.c += j * product.c_column * plan->size;
    if (product.bias != NULL)
      product.bias += (i * product.bias_row + j * product.bias_column) * plan->size;
    int status = plan->run(&product);
    if (status != DSC_OK) atomic_fetch_or(&plan->status, status);
  }
}

// The size of `parts` about equal parts of a length, as a multiple of `unit`.
static int64_t part(int64_t length, int64_t parts, int64_t unit) {
  return dsc_parts(dsc_parts(length, parts), unit) * unit;
}

// Chooses the pieces. A block of C is bounded so that its panels stay in the caches, and split
// further only as long as the threads need more pieces and these are worth handing out. Each piece
// packs its rows of A and its columns of B anew: where that is most of what a piece costs besides
// its products, there is one for each thread if they come out even. The long way of packing, that
// of A, is split last, unless B's is as long: weights whose rows are split stay in the caches of
// the thread that also updates those.
static void divide(Plan *plan, int64_t threads) {
  // WORTH in multiply-adds. Patches are gathered as if of fewer columns: they are then near when
  // they are read.
  enum { ROWS = 512, COLUMNS = 2048, PATCH_COLUMNS = 512, WORTH = 1 << 17 };
  enum { LARGE = 1 << 22, COST_OF_A = 4 };  // multiply-adds of a piece; in elements of B
  const DscProduct *p = &plan->product;
  DscTileSize tile = {8, 64};
  const bool vector = plan->run == dsc_product_vector;
  const bool floats = is_floating(p->dtype) && !vector;
  if (floats) tile = dsc_tile_size(p->dtype);
  plan->tile = tile;
  plan->row_unit = floats ? 1 : tile.rows;  // tiles of floats are of any height
  int64_t limit = vector                         ? p->n + tile.columns
                  : dsc_columns_are_positions(p) ? PATCH_COLUMNS
                                                 : COLUMNS;
  int64_t wanted = threads == 1 ? 1 : 2 * threads;
  int64_t depth = p->k > 0 ? p->k : 1;
  const bool large = !vector && p->patches == NULL && p->m * p->n * depth >= LARGE * threads;
  int64_t row_parts = dsc_parts(p->m, ROWS);
  const int64_t even = dsc_parts(row_parts, threads) * threads;
  if (large && even < 2 * row_parts) row_parts = even;
  plan->rows = part(p->m, row_parts, tile.rows);
  plan->columns = part(p->n, dsc_parts(p->n, limit), tile.columns);
  for (;;) {
    plan->row_pieces = dsc_parts(p->m, plan->rows);
    plan->column_pieces = dsc_parts(p->n, plan->columns);
    int64_t blocks = plan->row_pieces * plan->column_pieces;
    if (blocks * plan->batch >= wanted) break;
    if (large && blocks * plan->batch % threads == 0) break;
    if (plan->rows * plan->columns * depth < 2 * WORTH) break;
    const int64_t cost = (large && p->b_row != 1 ? COST_OF_A : 1) * dsc_smaller(plan->rows, p->m);
    if (cost > dsc_smaller(plan->columns, p->n) && plan->rows > tile.rows) {
      plan->rows = part(plan->rows, 2, tile.rows);
    } else if (plan->columns > tile.columns) {
      plan->columns = part(plan->columns, 2, tile.columns);
    } else {
      break;
    }
  }
  plan->batch_step = 1;
  if (plan->row_pieces * plan->column_pieces == 1 && plan->batch > wanted) {
    int64_t work = p->m * p->n * depth;
    plan->batch_step = dsc_parts(WORTH, work);
    int64_t most = dsc_parts(plan->batch, 2 * wanted);
    if (plan->batch_step > most) plan->batch_step = most;
  }
}

static int run_plan(const DscGemm *call, const DscPatches *patches) {
  // Multiply-adds that one thread does faster than two, and those that take less time than waking
  // one: fewer of a vector's, which wait for the matrix.
  enum { SMALL = (1 << 18) - 1, BRIEF = 1 << 20, BRIEF_VECTOR = 1 << 18, SIDE = 512 };
  enum { FAR = 24 << 20 };  // bytes that the caches do not keep from call to call
  Plan plan = {
      .call = call,
      .product = {.dtype = call->dtype,
                  .m = call->m,
                  .n = call->n,
                  .k = call->k,
                  .a = call->a,
                  .b = call->b,
                  .bias = call->bias,
                  .c = call->c,
                  .a_row = call->a_row,
                  .a_column = call->a_column,
                  .b_row = call->b_row,
                  .b_column = call->b_column,
                  .c_row = call->c_row,
                  .c_column = call->c_column,
                  .bias_row = call->bias_row,
                  .bias_column = call->bias_column,
                  .alpha = call->alpha,
                  .beta = call->beta,
                  .patches = patches},
      .size = (int64_t)dsc_dtype_size(call->dtype),
      .batch = 1,
  };
  for (int d = 0; d < call->batch_ndim; d++) plan.batch *= call->batch_shape[d];
  DscProduct *p = &plan.product;
  if (p->m == 0 || p->n == 0 || plan.batch == 0) return DSC_OK;
  p->streams = dsc_streams(p->m * p->n * plan.batch * plan.size);
  // A column vector becomes a row; a transposed C is written by rows.
  plan.swapped = patches == NULL && p->m != 1 && (p->n == 1 || (p->c_row == 1 && p->c_column != 1));
  if (plan.swapped) *p = dsc_transposed(p);
  p->far = patches == NULL && p->k * p->n * plan.size > FAR;
  plan.run = runner_of(p);
  if (plan.batch == 1 && p->m <= SIDE && p->n <= SIDE && p->m * p->n * p->k <= SMALL)
    return plan.run(p);
  const int threads = dsc_thread_count();
  if (plan.batch == 1 && plan.run == dsc_product_tiled && dsc_product_goes_by_depth(p, threads))
    return dsc_product_by_depth(p, threads);
  atomic_init(&plan.status, DSC_OK);
  divide(&plan, threads);
  int64_t blocks = plan.row_pieces * plan.column_pieces;
  plan.is_whole = blocks == 1 && plan.batch > 1;
  const int64_t pieces = blocks * dsc_parts(plan.batch, plan.batch_step);
  const int64_t brief = plan.run == dsc_product_vector ? BRIEF_VECTOR : BRIEF;
  if (p->m * p->n * p->k * plan.batch <= brief)
    dsc_parallel_brief(pieces, run_piece, &plan);
  else
    dsc_parallel(pieces, run_piece, &plan);
  return atomic_load(&plan.status);
}

// Runs of positions of a batch of small products.
typedef struct {
  const DscGemm *call;
  int64_t batch, step;
  atomic_int status;
} Batch;

static void run_positions(void *context, int64_t piece) {
  Batch *batch = context;
  const int64_t first = piece * batch->step;
  const int64_t count = dsc_smaller(batch->step, batch->batch - first);
  const int status = dsc_small_products(batch->call, first, count);
  if (status != DSC_OK) atomic_fetch_or(&batch->status, status);
}

static int run_batch(const DscGemm *call) {
  // Elements of all operands: of a piece, and of what takes less time than waking a thread.
  enum { WORTH = 1 << 15, BRIEF = 1 << 18, UNIT = 64 };
  const DscGemm merged = dsc_merged_batch(call);
  Batch batch = {.call = &merged, .batch = 1};
  for (int d = 0; d < merged.batch_ndim; d++) batch.batch *= merged.batch_shape[d];
  const int64_t elements = call->m * call->k + call->k * call->n + call->m * call->n;
  batch.step = dsc_up_to(dsc_parts(WORTH, elements), UNIT);
  atomic_init(&batch.status, DSC_OK);
  const int64_t pieces = dsc_parts(batch.batch, batch.step);
  if (elements * batch.batch <= BRIEF)
    dsc_parallel_brief(pieces, run_positions, &batch);
  else
    dsc_parallel(pieces, run_positions, &batch);
  return atomic_load(&batch.status);
}

int dsc_gemm(const DscGemm *call) {
  const bool is_small = call->batch_ndim > 0 && dsc_products_are_small(call);
  return is_small ? run_batch(call) : run_plan(call, NULL);
}

int dsc_gemm_with_patches(const DscGemm *call, const DscPatches *patches) {
  return run_plan(call, patches);
}
