// A product of one type; see gemm_integer_body.h for its names. No include guard.
#define DSC_TYPED(name) DSC_NAME(DSC_PASTE(name, DSC_T_NAME))
#define SUMS            DSC_TYPED(Sums)
#define LINE            DSC_TYPED(Line)
#define LANES           (DSC_VECTOR_BYTES / DSC_T_BYTES)
#define COLUMNS         (VECTORS * LANES)
#define UNROLLED        DSC_PRAGMA(clang loop unroll(full))

typedef DSC_T SUMS __attribute__((vector_size(DSC_VECTOR_BYTES)));
typedef DSC_M LINE __attribute__((vector_size(LANES * sizeof(DSC_M)), aligned(sizeof(DSC_M))));

// sums[r][j] += the sum over l of a[r][l] panel[l][j]; rows behind `last` repeat it.
static inline __attribute__((always_inline)) void DSC_TYPED(integer_tile)(
    int rows, int64_t last, int64_t k, const DSC_M *a, int64_t a_row, int64_t a_column,
    const DSC_M *panel, DSC_T *sums) {
  const DSC_M *line[ROWS];
  SUMS sum[ROWS][VECTORS];
  UNROLLED for (int r = 0; r < rows; r++) {
    line[r] = a + (r < last ? r : last) * a_row;
    memcpy(sum[r], sums + r * COLUMNS, sizeof(sum[r]));
  }
  for (int64_t l = 0; l < k; l++, panel += COLUMNS) {
    SUMS b[VECTORS];
    UNROLLED for (int v = 0; v < VECTORS; v++) {
      const LINE *from = (const LINE *)(const void *)(panel + v * LANES);
      b[v] = __builtin_convertvector(*from, SUMS);
    }
    UNROLLED for (int r = 0; r < rows; r++) {
      const SUMS x = (SUMS){0} + (DSC_T)line[r][l * a_column];
      UNROLLED for (int v = 0; v < VECTORS; v++) {
        sum[r][v] = DSC_PLUS(sum[r][v], DSC_TIMES(x, b[v]));
      }
    }
  }
  UNROLLED for (int r = 0; r < rows; r++) memcpy(sums + r * COLUMNS, sum[r], sizeof(sum[r]));
}

// Columns first ..< first + count of a row of C, from their sums.
static void DSC_TYPED(integer_finish)(const DscProduct *p, int64_t row, int64_t first,
                                      int64_t count, const DSC_T *sums) {
  const DSC_W alpha = (DSC_W)(int64_t)p->alpha, beta = (DSC_W)(int64_t)p->beta;
  const DSC_M *bias = (const DSC_M *)p->bias;
  DSC_M *out = (DSC_M *)p->c + row * p->c_row + first * p->c_column;
  if (alpha == 1 && beta == 0 && bias == NULL && p->c_column == 1) {
    for (int64_t j = 0; j < count; j++) out[j] = (DSC_M)sums[j];
    return;
  }
  if (bias) bias += row * p->bias_row + first * p->bias_column;
  DSC_SCALAR for (int64_t j = 0; j < count; j++, out += p->c_column) {
    DSC_W value = DSC_TIMES(alpha, sums[j]);
    if (beta != 0) value = DSC_PLUS(value, DSC_TIMES(beta, *out));
    if (bias) value = DSC_PLUS(value, bias[j * p->bias_column]);
    *out = (DSC_M)value;
  }
}

// A column of B that is contiguous, as A's row is.
static DSC_T DSC_TYPED(integer_dot)(int64_t k, const DSC_M *a, const DSC_M *b) {
  DSC_T sum = 0;
  for (int64_t l = 0; l < k; l++) sum = (DSC_T)DSC_PLUS(sum, DSC_TIMES((DSC_W)a[l], b[l]));
  return sum;
}

// Four rows of B, or one, times their elements of A are added to the sums.
static void DSC_TYPED(integer_four)(const DscProduct *p, int64_t l, const DSC_M *b, int64_t count,
                                    DSC_M *sums) {
  const DSC_M *a = (const DSC_M *)p->a + l * p->a_column;
  const DSC_M *b1 = b + p->b_row, *b2 = b1 + p->b_row, *b3 = b2 + p->b_row;
  const DSC_W x0 = a[0], x1 = a[p->a_column], x2 = a[2 * p->a_column], x3 = a[3 * p->a_column];
  DSC_FREE for (int64_t j = 0; j < count; j++) {
    const DSC_W low = DSC_PLUS(DSC_TIMES(x0, b[j]), DSC_TIMES(x1, b1[j]));
    const DSC_W high = DSC_PLUS(DSC_TIMES(x2, b2[j]), DSC_TIMES(x3, b3[j]));
    sums[j] = (DSC_M)DSC_PLUS(sums[j], DSC_PLUS(low, high));
  }
}
static void DSC_TYPED(integer_one)(const DscProduct *p, int64_t l, const DSC_M *b, int64_t count,
                                   DSC_M *sums) {
  const DSC_W x = ((const DSC_M *)p->a)[l * p->a_column];
  DSC_SCALAR for (int64_t j = 0; j < count; j++) sums[j] =
      (DSC_M)DSC_PLUS(sums[j], DSC_TIMES(x, b[j * p->b_column]));
}

// A single row, in pieces that stay in the first-level cache.
static void DSC_TYPED(integer_row)(const DscProduct *p) {
  const bool dots = p->b_row == 1 && p->b_column != 1 && p->a_column == 1;
  DSC_M sums[CHUNK];
  DSC_T wide[CHUNK];
  for (int64_t first = 0; first < p->n; first += CHUNK) {
    const int64_t count = dsc_smaller(CHUNK, p->n - first);
    const DSC_M *b = (const DSC_M *)p->b + first * p->b_column;
    if (dots) {
      for (int64_t j = 0; j < count; j++)
        wide[j] = DSC_TYPED(integer_dot)(p->k, (const DSC_M *)p->a, b + j * p->b_column);
    } else {
      int64_t l = 0;
      memset(sums, 0, sizeof(sums));
      for (; p->b_column == 1 && l + 4 <= p->k; l += 4)
        DSC_TYPED(integer_four)(p, l, b + l * p->b_row, count, sums);
      for (; l < p->k; l++) DSC_TYPED(integer_one)(p, l, b + l * p->b_row, count, sums);
      for (int64_t j = 0; j < count; j++) wide[j] = sums[j];
    }
    DSC_TYPED(integer_finish)(p, 0, first, count, wide);
  }
}

// A panel of columns at a time, packed over some of k.
static int DSC_TYPED(integer_product)(const DscProduct *p) {
  if (p->m == 1) return DSC_TYPED(integer_row)(p), DSC_OK;
  const size_t sums_bytes = (size_t)dsc_up_to(p->m, ROWS) * COLUMNS * sizeof(DSC_T);
  DSC_T *sums = dsc_product_scratch(sums_bytes + DEPTH * COLUMNS * sizeof(DSC_M));
  if (sums == NULL) return DSC_OUT_OF_MEMORY;
  DSC_M *panel = (DSC_M *)(void *)((char *)sums + sums_bytes);
  for (int64_t j = 0; j < p->n; j += COLUMNS) {
    const int64_t columns = dsc_smaller(COLUMNS, p->n - j);
    memset(sums, 0, sums_bytes);
    for (int64_t l = 0; l < p->k; l += DEPTH) {
      const int64_t depth = dsc_smaller(DEPTH, p->k - l);
      const DSC_M *a = (const DSC_M *)p->a + l * p->a_column;
      const DSC_M *b = (const DSC_M *)p->b + l * p->b_row + j * p->b_column;
      pack(sizeof(DSC_M), b, p->b_row, p->b_column, depth, columns, COLUMNS, panel);
      int64_t i = 0;
      for (; i + ROWS <= p->m; i += ROWS) DSC_TYPED(integer_tile)
      (ROWS, ROWS, depth, a + i * p->a_row, p->a_row, p->a_column, panel, sums + i * COLUMNS);
      for (; i < p->m; i += FEW_ROWS) DSC_TYPED(integer_tile)
      (FEW_ROWS, p->m - 1 - i, depth, a + i * p->a_row, p->a_row, p->a_column, panel,
       sums + i * COLUMNS);
    }
    for (int64_t i = 0; i < p->m; i++)
      DSC_TYPED(integer_finish)(p, i, j, columns, sums + i * COLUMNS);
  }
  return DSC_OK;
}

#undef DSC_TYPED
#undef SUMS
#undef LINE
#undef LANES
#undef COLUMNS
#undef UNROLLED
#undef DSC_M
#undef DSC_T
#undef DSC_T_NAME
#undef DSC_T_BYTES
