// Blocks of scores, transposed: a row for each key, a column for each query, so that maxima and
// sums over the keys are sums of vectors. float32; no include guard.
//
// Scores are in units of ln 2: queries are scaled by log2(e) too, and exponentials are powers of 2.

enum {
  DSC_NAME(key_block) = 96,  // a multiple of the rows of every tile
};

// Columns of a block: their common stride, and how many of them are computed, as whole vectors.
typedef struct {
  int64_t first, count;  // queries
  int64_t stride;
  int vectors;
} DSC_NAME(Columns);

static int64_t DSC_NAME(whole_tiles)(int64_t count) {
  return DSC_TYPED(round_up)(count, DSC_TILE_COLUMNS);
}

// 2^x for x <= 0, 0 from -126.5 down, NaN for NaN.
static inline __attribute__((always_inline)) DSC_TYPED(Vector)
    DSC_NAME(power_of_two)(DSC_TYPED(Vector) x) {
  typedef DSC_TYPED(Vector) Vector;
  typedef int32_t Integers __attribute__((ext_vector_type(DSC_VECTOR_BYTES / 4), aligned(4)));
  const Vector low = (Vector)(-127.0f), magic = (Vector)(DSC_MAGIC32 + 127);
  x = x < low ? low : x;
  Vector shifted = x + magic;
  Vector r = x - (shifted - magic);
  Vector p = (Vector)(dsc_exp2_f32[5]);
#pragma clang loop unroll(full)
  for (int i = 4; i >= 0; i--) p = DSC_MULTIPLY_ADD(p, r, (Vector)(dsc_exp2_f32[i]));
  p = DSC_MULTIPLY_ADD(p, r, (Vector)(1.0f));
  return p * (Vector)((Integers)shifted << 23);
}

// out = A B for `rows` rows of A in any strides and a panel B of `k` rows, DSC_TILE_COLUMNS apart.
static void DSC_NAME(times_panel)(const float *a, int64_t row, int64_t column, int64_t rows,
                                  int64_t k, const float *b, int64_t b_row, int vectors, float *out,
                                  int64_t out_row, DscInto into) {
  for (int64_t i = 0, height; i < rows; i += height) {
    height = DSC_TYPED(tile_height)(rows - i);
    DSC_TYPED(tiles)
    [height - 1][vectors - 1](k, a + i * row, row, column, b, b_row, out + i * out_row, out_row,
                              into);
  }
}

// How many keys the queries up to `last` see.
static int64_t DSC_NAME(seen)(const DscAttention *call, int64_t last) {
  if (!call->causal) return call->keys;
  int64_t seen = last + call->causal_offset + 1;
  return seen < 0 ? 0 : seen < call->keys ? seen : call->keys;
}

// Adds the mask to the scores of keys from `key` on and hides keys that a query must not see.
// `buffer` holds as many elements as the block. The columns are whole tiles of `scores`.
static void DSC_NAME(shade)(const DscHead *head, const DSC_NAME(Columns) * columns, int64_t key,
                            int64_t keys, float *scores, float *buffer) {
  typedef DSC_TYPED(Vector) Vector;
  const DscAttention *call = head->call;
  const DscMatrices *mask = &head->mask;
  const Vector unit = (Vector)((float)DSC_LOG2E);
  if (mask->data != NULL) {
    const float *from = mask->data + columns->first * mask->row + key * mask->column;
    if (mask->row != 0)  // the mask as the scores: its rows are the lines of a panel
      DSC_TYPED(pack_b)(from, mask->row, mask->column, columns->count, keys, buffer);
    for (int64_t j = 0; j < keys; j++) {
      for (int v = 0; v < columns->vectors; v++) {
        Vector *score = (Vector *)(scores + j * columns->stride + v * DSC_LANES_PER_VECTOR);
        const float *place = buffer + j * DSC_TILE_COLUMNS + v * DSC_LANES_PER_VECTOR;
        Vector add = mask->row == 0 ? (Vector)(from[j * mask->column]) : *(const Vector *)place;
        *score = DSC_MULTIPLY_ADD(add, unit, *score);
      }
    }
  }
  if (!call->causal) return;
  // Before the diagonal no score is changed, behind it every one becomes -inf; NaN where it counts.
  float limits[2 * DSC_TILE_COLUMNS];
  for (int i = 0; i < DSC_TILE_COLUMNS; i++) {
    limits[i] = -INFINITY;
    limits[i + DSC_TILE_COLUMNS] = INFINITY;
  }
  for (int64_t j = 0; j < keys; j++) {
    int64_t hidden = key + j - columns->first - call->causal_offset;  // the first so many queries
    if (hidden <= 0) continue;
    if (hidden > DSC_TILE_COLUMNS) hidden = DSC_TILE_COLUMNS;
    const float *limit = limits + DSC_TILE_COLUMNS - hidden;
    for (int v = 0; v < columns->vectors; v++) {
      Vector *score = (Vector *)(scores + j * columns->stride + v * DSC_LANES_PER_VECTOR);
      Vector most = *(const Vector *)(limit + v * DSC_LANES_PER_VECTOR);
      *score = *score < most ? *score : most;
    }
  }
}
