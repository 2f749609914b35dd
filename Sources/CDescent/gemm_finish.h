// What happens to operands of halves on their way in, and to sums on their way to C, for one
// element type DSC_T: alpha, beta, bias, rounding. No include guard.

// Reads `count` elements `step` apart of a dtype as DSC_T.
static void DSC_TYPED(load)(DscDType dtype, const char *source, int64_t step, int64_t count,
                            DSC_T *out) {
  if (dtype == DSC_FLOAT16 || dtype == DSC_BFLOAT16) {
    dsc_load_lane(dtype, source, step, count, out);
    return;
  }
  const DSC_T *from = (const DSC_T *)source;
  if (step == 1) {
    for (int64_t j = 0; j < count; j++) out[j] = from[j];
  } else {
    for (int64_t j = 0; j < count; j++) out[j] = from[j * step];
  }
}

// Writes part of a row of C: alpha * sums + beta * C + bias, rounded to the dtype once.
static void DSC_TYPED(finish_row)(const DscProduct *g, const DSC_T *sums, int64_t i, int64_t j,
                                  int64_t count) {
  enum { CHUNK = 64 };
  size_t size = dsc_dtype_size(g->dtype);
  DSC_T value[CHUNK], other[CHUNK];
  for (int64_t end = j + count; j < end; j += CHUNK, sums += CHUNK) {
    int64_t columns = end - j < CHUNK ? end - j : CHUNK;
    char *c = g->c + (i * g->c_row + j * g->c_column) * (int64_t)size;
    DSC_T alpha = (DSC_T)g->alpha, beta = (DSC_T)g->beta;
    for (int64_t l = 0; l < columns; l++) value[l] = alpha * sums[l];
    if (g->beta != 0) {
      DSC_TYPED(load)(g->dtype, c, g->c_column, columns, other);
      for (int64_t l = 0; l < columns; l++) value[l] += beta * other[l];
    }
    if (g->bias != NULL) {
      const char *bias = g->bias + (i * g->bias_row + j * g->bias_column) * (int64_t)size;
      DSC_TYPED(load)(g->dtype, bias, g->bias_column, columns, other);
      for (int64_t l = 0; l < columns; l++) value[l] += other[l];
    }
    if (g->dtype == DSC_FLOAT16 || g->dtype == DSC_BFLOAT16) {
      dsc_store_lane(DSC_LANE_F32, value, columns, g->dtype, c, g->c_column);
    } else if (g->c_column == 1) {
      memcpy(c, value, (size_t)columns * sizeof(DSC_T));
    } else {
      for (int64_t l = 0; l < columns; l++) ((DSC_T *)c)[l * g->c_column] = value[l];
    }
  }
}

// Adds the sums of the blocks of k for rows first ..< end, in order, and makes rows of C of them.
static void DSC_TYPED(add_blocks)(const DscProduct *g, DSC_T *sums, int64_t blocks, int64_t first,
                                  int64_t end) {
  const int64_t n = g->n;
  for (int64_t i = first; i < end; i++) {
    DSC_T *row = sums + i * n;
    for (int64_t b = 1; b < blocks; b++)
      for (int64_t j = 0; j < n; j++) row[j] += row[b * g->m * n + j];
    DSC_TYPED(finish_row)(g, row, i, 0, n);
  }
}

// Adds a row of bias to a tile of whole vectors that was written to C.
static void DSC_TYPED(add_bias)(DSC_T *out, int64_t out_row, int64_t rows, int vectors,
                                const DSC_T *bias) {
  typedef DSC_TYPED(Vector) Vector;
  for (int v = 0; v < vectors; v++) {
    const Vector line = *(const Vector *)(bias + v * DSC_LANES_PER_VECTOR);
    for (int64_t r = 0; r < rows; r++)
      *(Vector *)(out + r * out_row + v * DSC_LANES_PER_VECTOR) += line;
  }
}

// Writes a tile of sums to C, whose columns from j on lie next to each other in `sums`. The common
// cases are whole vectors; `sums` is readable, and may be written, up to full vectors.
static void DSC_TYPED(finish_tile)(const DscProduct *g, DSC_T *sums, int64_t sums_row, int64_t i,
                                   int64_t rows, int64_t j, int64_t columns) {
  typedef DSC_TYPED(Vector) Vector;
  const DSC_T *bias = (const DSC_T *)g->bias;
  if (g->beta != 0 || (bias != NULL && g->bias_row != 0 && g->bias_column != 0)) {
    for (int64_t r = 0; r < rows; r++)
      DSC_TYPED(finish_row)(g, sums + r * sums_row, i + r, j, columns);
    return;
  }
  bool positions = dsc_columns_are_positions(g);
  int vectors = (int)((columns + DSC_LANES_PER_VECTOR - 1) / DSC_LANES_PER_VECTOR);
  Vector line[DSC_TILE_VECTORS] = {0};
  if (bias != NULL && g->bias_row == 0)
    for (int64_t l = 0; l < columns; l++) ((DSC_T *)line)[l] = bias[(j + l) * g->bias_column];
  for (int64_t r = 0; r < rows; r++) {
    DSC_T *sum = sums + r * sums_row;
    Vector all = (Vector)(bias != NULL && g->bias_row != 0 ? bias[(i + r) * g->bias_row] : 0);
    for (int v = 0; v < vectors; v++) {
      Vector *place = (Vector *)(sum + v * DSC_LANES_PER_VECTOR);
      Vector value = *place * (DSC_T)g->alpha;
      if (bias != NULL) {
        Vector add = g->bias_row == 0 ? line[v] : all;
        value = value + add;
      }
      *place = value;
    }
    if (positions) continue;
    DSC_T *c = (DSC_T *)g->c + (i + r) * g->c_row + j * g->c_column;
    if (g->c_column == 1) {
      DSC_TYPED(copy_row)(c, sum, columns);
    } else {
      for (int64_t l = 0; l < columns; l++) c[l * g->c_column] = sum[l];
    }
  }
  if (positions) DSC_TYPED(store_positions)(g, sums, sums_row, i, rows, j, columns);
}
