// A product of few columns for one element type DSC_T: see dsc_product_is_narrow. No include guard.
//
// A tile would fill but a part of its vectors. Here vectors lie along k, where both operands are
// contiguous: each element of C is a dot product, in the order of gemm_chains.h, whatever the
// numbers of rows and columns are. Of halves B is converted first, and A some rows at a time: every
// element meets several others.

enum {
  DSC_TYPED(chain_registers) = (int)(DSC_CHAINS * sizeof(DSC_T) / DSC_VECTOR_BYTES),
  // Dot products side by side: their chains stay in registers, and the elements of a row that are
  // loaded meet those of several columns.
  DSC_TYPED(narrow_rows) = DSC_TYPED(chain_registers) == 1   ? 4
                           : DSC_TYPED(chain_registers) == 2 ? 2
                                                             : 1,
  DSC_TYPED(narrow_columns) = DSC_VECTOR_BYTES == 64 ? 5 : 3,
};

typedef struct {
  DSC_TYPED(Chains) chains[DSC_TYPED(narrow_rows)][DSC_TYPED(narrow_columns)];
} DSC_TYPED(Dots);

static inline __attribute__((always_inline)) void DSC_TYPED(add_products)(int rows, int columns,
                                                                          const DSC_T *const *a,
                                                                          const DSC_T *const *b,
                                                                          int64_t p, int64_t count,
                                                                          DSC_TYPED(Dots) * to) {
  typedef DSC_TYPED(Chains) Chains;
  Chains x[DSC_TYPED(narrow_rows)];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
    x[r] = (Chains)((DSC_T)0);
    memcpy(&x[r], a[r] + p, (size_t)count * sizeof(DSC_T));
  }
#pragma clang loop unroll(full)
  for (int c = 0; c < columns; c++) {
    Chains y = (Chains)((DSC_T)0);
    memcpy(&y, b[c] + p, (size_t)count * sizeof(DSC_T));
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) to->chains[r][c] = DSC_MULTIPLY_ADD(y, x[r], to->chains[r][c]);
  }
}

// The dot products of some rows and columns; `rows` and `columns` are literals.
static inline __attribute__((always_inline)) void DSC_TYPED(dots)(int rows, int columns,
                                                                  const DSC_T *first, int64_t a_row,
                                                                  const DSC_T *second,
                                                                  int64_t b_column, int64_t k,
                                                                  DSC_T *out) {
  enum { BLOCK = DSC_TYPED(vector_block), ROWS = DSC_TYPED(narrow_rows) };
  const DSC_T *a[ROWS], *b[DSC_TYPED(narrow_columns)];
  DSC_TYPED(Dots) total;
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) a[r] = first + r * a_row;
#pragma clang loop unroll(full)
  for (int c = 0; c < columns; c++) b[c] = second + c * b_column;
  for (int64_t start = 0; start < k; start += BLOCK) {
    const int64_t end = k - start < BLOCK ? k : start + BLOCK;
    DSC_TYPED(Dots) part = {0};
    int64_t p = start;
    for (; p + DSC_CHAINS <= end; p += DSC_CHAINS)
      DSC_TYPED(add_products)(rows, columns, a, b, p, DSC_CHAINS, &part);
    if (p < end) DSC_TYPED(add_products)(rows, columns, a, b, p, end - p, &part);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * columns; i++) {
      DSC_TYPED(Chains) *to = &total.chains[i / columns][i % columns];
      const DSC_TYPED(Chains) of = part.chains[i / columns][i % columns];
      *to = start == 0 ? of : *to + of;
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows * columns; i++)
    out[i / columns * DSC_CHAINS + i % columns] =
        DSC_TYPED(sum_chains)(&total.chains[i / columns][i % columns]);
}

// What every row of C gets besides its sums, in the common case: a row of bias, or zeros.
typedef struct {
  bool is_common;
  DSC_TYPED(Chains) bias;
} DSC_TYPED(RowEnd);

static DSC_TYPED(RowEnd) DSC_TYPED(row_end)(const DscProduct *g) {
  const bool own = dsc_dtype_size(g->dtype) == sizeof(DSC_T);
  DSC_TYPED(RowEnd)
  end = {.is_common =
             own && g->c_column == 1 && g->beta == 0 && (g->bias == NULL || g->bias_row == 0)};
  const DSC_T *bias = (const DSC_T *)g->bias;
  DSC_T row[DSC_CHAINS] = {0};
  for (int64_t j = 0; end.is_common && bias != NULL && j < g->n; j++)
    row[j] = bias[j * g->bias_column];
  memcpy(&end.bias, row, sizeof(row));
  return end;
}

static inline __attribute__((always_inline)) void DSC_TYPED(end_row)(const DscProduct *g,
                                                                     const DSC_TYPED(RowEnd) * end,
                                                                     DSC_T *sums, int64_t i) {
  if (!end->is_common) {
    DSC_TYPED(finish_row)(g, sums, i, 0, g->n);
    return;
  }
  DSC_TYPED(Chains) *row = (DSC_TYPED(Chains) *)sums;
  const DSC_TYPED(Chains) scaled = *row * (DSC_T)g->alpha;
  *row = g->bias != NULL ? scaled + end->bias : scaled;
  DSC_TYPED(copy_row)((DSC_T *)g->c + i * g->c_row, sums, g->n);
}

// What all rows of a product have in common: where the columns are, as DSC_T, and, of halves, where
// rows are converted to.
typedef struct {
  const DSC_TYPED(Source) * source;
  DSC_TYPED(RowEnd) end;
  const DSC_T *b;
  DSC_T *rows;
  int64_t a_row, b_column;
} DSC_TYPED(Narrow);

// All columns of some rows, whose number is a literal; the last two groups of columns share what
// is left.
static inline __attribute__((always_inline)) void DSC_TYPED(narrow_group)(
    int rows, const DscProduct *g, const DSC_TYPED(Narrow) * of, int64_t i) {
  enum { COLUMNS = DSC_TYPED(narrow_columns) };
  DSC_T out[DSC_TYPED(narrow_rows) * DSC_CHAINS] = {0};
  const DSC_T *a = (const DSC_T *)(const void *)g->a + i * g->a_row;
  if (of->rows != NULL) {
    const char *from = g->a + i * g->a_row * of->source->size;
    for (int r = 0; r < rows; r++)
      of->source->read_line(from + r * g->a_row * of->source->size, g->k, of->rows + r * of->a_row);
    a = of->rows;
  }
  for (int64_t j = 0, columns; j < g->n; j += columns) {
    const int64_t left = g->n - j;
    columns = left >= 2 * COLUMNS ? COLUMNS : left > COLUMNS ? (left + 1) / 2 : left;
    const DSC_T *b = of->b + j * of->b_column;
#define DSC_CASE(count)                                                         \
  case count:                                                                   \
    DSC_TYPED(dots)(rows, count, a, of->a_row, b, of->b_column, g->k, out + j); \
    break;
    switch (columns) {
      DSC_CASE(1)
      DSC_CASE(2)
#if DSC_VECTOR_BYTES == 64
      DSC_CASE(3)
      DSC_CASE(4)
#endif
      default:
        DSC_TYPED(dots)(rows, COLUMNS, a, of->a_row, b, of->b_column, g->k, out + j);
    }
#undef DSC_CASE
  }
  if (of->rows != NULL) {
    of->source->finish_tile(g, out, DSC_CHAINS, i, rows, 0, g->n);
    return;
  }
  for (int r = 0; r < rows; r++) DSC_TYPED(end_row)(g, &of->end, out + r * DSC_CHAINS, i + r);
}

static int DSC_TYPED(narrow)(const DscProduct *g) {
  enum { ROWS = DSC_TYPED(narrow_rows) };
  DSC_TYPED(Narrow)
  of = {.source = DSC_TYPED(source_of)(g),
        .end = DSC_TYPED(row_end)(g),
        .b = (const DSC_T *)(const void *)g->b,
        .a_row = g->a_row,
        .b_column = g->b_column};
  if (of.source->size != sizeof(DSC_T)) {
    of.a_row = of.b_column = DSC_TYPED(round_up)(g->k, DSC_CHAINS);
    DSC_T *b = dsc_product_scratch((size_t)((g->n + ROWS) * of.b_column) * sizeof(DSC_T));
    if (b == NULL) return DSC_OUT_OF_MEMORY;
    for (int64_t j = 0; j < g->n; j++)
      of.source->read_line(g->b + j * g->b_column * of.source->size, g->k, b + j * of.b_column);
    of.b = b, of.rows = b + g->n * of.b_column;
  }
  int64_t i = 0;
  for (; i + ROWS <= g->m; i += ROWS) DSC_TYPED(narrow_group)(ROWS, g, &of, i);
  for (; i < g->m; i++) DSC_TYPED(narrow_group)(1, g, &of, i);
  return DSC_OK;
}
