// A row vector times a matrix whose rows are contiguous, of elements of a type DSC_S
// (gemm_each_source.h): rows are added up, each to one of the chains. No include guard.

// sum[j] = x[0] row0[j] + sum[j], then x[1] row1[j] and so on; sum starts at 0 if `first`.
static inline __attribute__((always_inline)) void DSC_FROM(add_rows)(int rows, bool first,
                                                                     const DSC_T *x, const DSC_S *b,
                                                                     int64_t row, int64_t count,
                                                                     DSC_T *restrict sum) {
  for (int64_t j = 0; j < count; j++) {
    DSC_T value = first ? 0 : sum[j];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
      value = DSC_MULTIPLY_ADD(x[r], DSC_WIDE_ONE(b[r * row + j]), value);
    sum[j] = value;
  }
}

// Up to four rows of one chain, from `p` of k elements on.
static void DSC_FROM(chain_rows)(const DscProduct *g, int64_t start, int64_t p, int64_t k,
                                 bool first, int64_t j, int64_t count, DSC_T *sum) {
  int64_t row = DSC_CHAINS * g->b_row, have = (k - p + DSC_CHAINS - 1) / DSC_CHAINS;
  const DSC_S *from = (const DSC_S *)(const void *)g->b + (start + p) * g->b_row + j;
  const DSC_T *x = (const DSC_T *)g->a + (start + p) * g->a_column;
  if (have > 4) have = 4;
  if (have <= 0 && first) memset(sum, 0, (size_t)count * sizeof(DSC_T));
  DSC_T v[4];
  for (int64_t r = 0; r < have; r++) v[r] = x[r * DSC_CHAINS * g->a_column];
  if (have == 4 && first) {
    DSC_FROM(add_rows)(4, true, v, from, row, count, sum);
  } else if (have == 4) {
    DSC_FROM(add_rows)(4, false, v, from, row, count, sum);
  } else {
    for (int64_t r = 0; r < have; r++)
      DSC_FROM(add_rows)(1, first && r == 0, v + r, from + r * row, row, count, sum);
  }
}

// `count` columns from j on, of a matrix whose rows are contiguous: rows are added up, from front
// to back in groups of four a chain.
static void DSC_FROM(vector_rows)(const DscProduct *g, int64_t j, int64_t count, DSC_T *out) {
  enum { BLOCK = DSC_TYPED(vector_block), CHUNK = DSC_TYPED(vector_chunk) };
  DSC_T total[DSC_CHAINS][CHUNK], part[DSC_CHAINS][CHUNK];
  for (int64_t start = 0; start < g->k; start += BLOCK) {
    int64_t k = g->k - start < BLOCK ? g->k - start : BLOCK;
    for (int64_t p = 0; p < k; p += 4 * DSC_CHAINS)
      for (int64_t chain = 0; chain < DSC_CHAINS; chain++) DSC_FROM(chain_rows)
    (g, start, p + chain, k, p == 0, j, count, start == 0 ? total[chain] : part[chain]);
    for (int64_t chain = 0; start > 0 && chain < DSC_CHAINS; chain++)
      for (int64_t l = 0; l < count; l++) total[chain][l] += part[chain][l];
  }
  for (int half = DSC_CHAINS / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++)
      for (int64_t l = 0; l < count; l++) total[i][l] += total[i + half][l];
  memcpy(out, total[0], (size_t)count * sizeof(DSC_T));
}

// One pass over the rows of four chains, `chain` and those 8, 4 and 12 behind it, for some vectors
// of columns: their totals as the tree adds them.
static inline __attribute__((always_inline)) void DSC_FROM(add_four_chains)(
    int vectors, const DSC_S *b, int64_t row, const DSC_T *x, int64_t k, int chain,
    DSC_TYPED(Vector) * out) {
  enum { BLOCK = DSC_TYPED(vector_block), LANES = DSC_LANES_PER_VECTOR };
  typedef DSC_TYPED(Vector) Vector;
  const int of[4] = {chain, chain + 8, chain + 4, chain + 12};
  Vector total[4][2], part[4][2];
  for (int64_t start = 0; start < k; start += BLOCK) {
    const int64_t end = k - start < BLOCK ? k : start + BLOCK;
#pragma clang loop unroll(full)
    for (int c = 0; c < 4; c++) part[c][0] = part[c][1] = (Vector)((DSC_T)0);
    int64_t p = start;
    for (; p + DSC_CHAINS <= end; p += DSC_CHAINS) {
#pragma clang loop unroll(full)
      for (int c = 0; c < 4; c++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++)
          part[c][v] = DSC_MULTIPLY_ADD(
              (Vector)x[p + of[c]], DSC_FROM(read)(b + (p + of[c]) * row + v * LANES), part[c][v]);
    }
#pragma clang loop unroll(full)
    for (int c = 0; c < 4; c++) {
      if (p + of[c] >= end) continue;
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++)
        part[c][v] = DSC_MULTIPLY_ADD(
            (Vector)x[p + of[c]], DSC_FROM(read)(b + (p + of[c]) * row + v * LANES), part[c][v]);
    }
#pragma clang loop unroll(full)
    for (int c = 0; c < 4; c++)
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++)
        total[c][v] = start == 0 ? part[c][v] : total[c][v] + part[c][v];
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++)
    out[v] = (total[0][v] + total[1][v]) + (total[2][v] + total[3][v]);
}

static inline __attribute__((always_inline)) void DSC_FROM(vector_strip)(
    int vectors, const DSC_S *b, int64_t row, const DSC_T *x, int64_t k, DSC_T *out) {
  DSC_TYPED(Vector) sum[4][2];
#pragma clang loop unroll(disable)
  for (int chain = 0; chain < 4; chain++)
    DSC_FROM(add_four_chains)(vectors, b, row, x, k, chain, sum[chain]);
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++)
    *(DSC_TYPED(Vector) *)(out + v * DSC_LANES_PER_VECTOR) =
        (sum[0][v] + sum[2][v]) + (sum[1][v] + sum[3][v]);
}

// Whether the rows of a matrix are sooner added in registers, strip by strip: their totals need
// not wait in memory, but lines are read by parts.
static bool DSC_FROM(is_read_by_strips)(const DscProduct *g) {
  enum {
    NEAR = DSC_VECTOR_BYTES >= 32 ? 16 << 10 : 8 << 10,
    SHORT = 64,
    NEAR_IF_SHORT = 256 << 10
  };
  const int64_t bytes = g->k * g->b_row * (int64_t)sizeof(DSC_S);
  return bytes >= 0 && bytes <= (g->k <= SHORT && DSC_VECTOR_BYTES >= 32 ? NEAR_IF_SHORT : NEAR);
}

// The same, strip by strip.
static void DSC_FROM(vector_strips)(const DscProduct *g, int64_t j, int64_t count, DSC_T *out) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  const DSC_S *b = (const DSC_S *)(const void *)g->b + j;
  const DSC_T *x = (const DSC_T *)(const void *)g->a;
  int64_t l = 0;
  for (; l + 2 * LANES <= count; l += 2 * LANES)
    DSC_FROM(vector_strip)(2, b + l, g->b_row, x, g->k, out + l);
  for (; l < count; l += LANES) {
    const int64_t at = l + LANES <= count ? l : count - LANES;
    DSC_FROM(vector_strip)(1, b + at, g->b_row, x, g->k, out + at);
  }
}
