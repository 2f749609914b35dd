// How panels are made of an operand of elements of a type DSC_S, and tiles of sums rounded to C
// (gemm_each_source.h). No include guard.

// Copies fewer elements than a vector has.
static inline __attribute__((always_inline)) void DSC_FROM(copy_rest)(DSC_S *to, const DSC_S *from,
                                                                      int64_t count) {
#pragma clang loop unroll(full)
  for (int half = DSC_LANES_PER_VECTOR / 2; half > 0; half /= 2) {
    if ((count & half) == 0) continue;
    memcpy(to, from, (size_t)half * sizeof(DSC_S));
    to += half, from += half;
  }
}

// Writes a tile of sums to C like finish_tile, rounded to DSC_S once: whole vectors where rows of C
// and of bias are contiguous.
static void DSC_FROM(round_tile)(const DscProduct *g, DSC_T *sums, int64_t sums_row, int64_t i,
                                 int64_t rows, int64_t j, int64_t columns) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  typedef DSC_TYPED(Vector) Vector;
  typedef DSC_S Narrow __attribute__((ext_vector_type(LANES), aligned(sizeof(DSC_S))));
  const DSC_S *bias = (const DSC_S *)(const void *)g->bias;
  const bool one = bias != NULL && g->bias_column == 0;
  if (g->c_column != 1 || (bias != NULL && !one && (g->bias_row != 0 || g->bias_column != 1))) {
    for (int64_t r = 0; r < rows; r++)
      DSC_TYPED(finish_row)(g, sums + r * sums_row, i + r, j, columns);
    return;
  }
  const Vector alpha = (Vector)((DSC_T)g->alpha), beta = (Vector)((DSC_T)g->beta);
  if (bias == NULL && g->beta == 0 && columns == DSC_TILE_COLUMNS) {
    DSC_S *c = (DSC_S *)(void *)g->c + i * g->c_row + j;
    for (int64_t r = 0; r < rows; r++, sums += sums_row, c += g->c_row)
#pragma clang loop unroll(full)
      for (int v = 0; v < DSC_TILE_COLUMNS; v += LANES)
        *(Narrow *)(c + v) = DSC_NARROW(alpha * *(const Vector *)(sums + v), Narrow);
    return;
  }
  for (int64_t r = 0; r < rows; r++, sums += sums_row) {
    DSC_S *c = (DSC_S *)(void *)g->c + (i + r) * g->c_row + j;
    const Vector all = (Vector)(one ? DSC_WIDE_ONE(bias[(i + r) * g->bias_row]) : 0);
    for (int64_t v = 0; v < columns; v += LANES) {
      const int64_t left = columns - v;
      Vector value = alpha * *(const Vector *)(sums + v);
      DSC_S part[2][LANES] = {0};  // of C and of bias, at the end of a row
      const bool whole = left >= LANES;
      if (!whole && g->beta != 0) DSC_FROM(copy_rest)(part[0], c + v, left);
      if (!whole && bias != NULL && !one) DSC_FROM(copy_rest)(part[1], bias + j + v, left);
      if (g->beta != 0) value += beta * DSC_FROM(read)(whole ? c + v : part[0]);
      if (bias != NULL) value += one ? all : DSC_FROM(read)(whole ? bias + j + v : part[1]);
      const Narrow narrow = DSC_NARROW(value, Narrow);
      if (whole) {
        *(Narrow *)(c + v) = narrow;
        continue;
      }
      memcpy(part[0], &narrow, sizeof(part[0]));
      DSC_FROM(copy_rest)(c + v, part[0], left);
    }
  }
}

static void DSC_FROM(read_line)(const void *from, int64_t count, DSC_T *to) {
  DSC_FROM(read_row)(from, count, to);
}

static const DSC_TYPED(Source) DSC_FROM(source) = {
    .size = sizeof(DSC_S),
    .read_line = DSC_FROM(read_line),
    .pack_a = DSC_FROM(pack_a),
    .pack_b = DSC_FROM(pack_b),
    .copying_tiles = DSC_FROM(copying_tiles),
    .tiles = DSC_TYPED(tiles),
    .tile_packed = DSC_TYPED(tile_packed),
    .finish_tile = sizeof(DSC_S) == sizeof(DSC_T) ? DSC_TYPED(finish_tile) : DSC_FROM(round_tile),
};
