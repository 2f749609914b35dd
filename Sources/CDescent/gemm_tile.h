// The register-tiled micro-kernels of one element type DSC_T. No include guard.

#undef DSC_TYPED
#undef DSC_LANES_PER_VECTOR
#undef DSC_TILE_COLUMNS
#undef DSC_MULTIPLY_ADD
#define DSC_TYPED(name)      DSC_NAME(DSC_PASTE(name, DSC_T_NAME))
#define DSC_LANES_PER_VECTOR ((int)(DSC_VECTOR_BYTES / sizeof(DSC_T)))
#define DSC_TILE_COLUMNS     (DSC_TILE_VECTORS * DSC_LANES_PER_VECTOR)

#if DSC_FMA
#define DSC_MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
#define DSC_MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

typedef DSC_T DSC_TYPED(Vector)
    __attribute__((ext_vector_type(DSC_VECTOR_BYTES / sizeof(DSC_T)), aligned(sizeof(DSC_T))));

static DscTileSize DSC_TYPED(tile_size)(void) {
  return (DscTileSize){DSC_TILE_ROWS, DSC_TILE_COLUMNS};
}

// Rows of the next tile: the last two share what is left, for a thin tile wastes the processor.
static int64_t DSC_TYPED(tile_height)(int64_t left) {
  if (left >= 2 * DSC_TILE_ROWS) return DSC_TILE_ROWS;
  return left > DSC_TILE_ROWS ? (left + 1) / 2 : left;
}

// out = (accumulate ? out : 0) + A B for a tile of rows x (vectors of columns); `packed`, `rows`
// and `vectors` are literals in every caller, so the accumulators are registers. A is read in any
// strides, B and out in rows. Each element is one chain of multiply-adds over k.
static inline __attribute__((always_inline)) void DSC_TYPED(tile)(
    bool packed, int rows, int vectors, int64_t k, const DSC_T *a, int64_t a_row, int64_t a_column,
    const DSC_T *b, int64_t b_row, DSC_T *out, int64_t out_row, bool accumulate) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[DSC_TILE_ROWS][DSC_TILE_VECTORS];
  const DSC_T *four[(DSC_TILE_ROWS + 3) / 4];  // the first of every four rows
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    if (i % 4 == 0) four[i / 4] = a + i * a_row;
    // Hides that the pointers are a stride apart: the compiler would step one pointer through all
    // rows, a chain of additions longer than the multiply-adds take.
    if (i % 4 == 0 && !packed) __asm__("" : "+r"(four[i / 4]));
    if (packed) __builtin_prefetch(out + i * out_row, 1);
    if (packed) __builtin_prefetch(out + i * out_row + (vectors - 1) * DSC_LANES_PER_VECTOR, 1);
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[i][v] = (Vector)((DSC_T)0);
  }
  for (int64_t p = 0; p < k; p++) {
    Vector line[DSC_TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) line[v] = *(const Vector *)(b + v * DSC_LANES_PER_VECTOR);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      Vector x = (Vector)(four[i / 4][i % 4 * a_row]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sum[i][v] = DSC_MULTIPLY_ADD(x, line[v], sum[i][v]);
      if (i % 4 == 3 || i == rows - 1) four[i / 4] += a_column;
    }
    b += b_row;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      Vector *place = (Vector *)(out + i * out_row + v * DSC_LANES_PER_VECTOR);
      *place = accumulate ? *place + sum[i][v] : sum[i][v];
    }
  }
}

typedef void (*DSC_TYPED(Tile))(int64_t k, const DSC_T *a, int64_t a_row, int64_t a_column,
                                const DSC_T *b, int64_t b_row, DSC_T *out, int64_t out_row,
                                bool accumulate);

#define DSC_TILE(rows, vectors)                                                                   \
  static void DSC_TYPED(tile_##rows##_##vectors)(int64_t k, const DSC_T *a, int64_t a_row,        \
                                                 int64_t a_column, const DSC_T *b, int64_t b_row, \
                                                 DSC_T *out, int64_t out_row, bool accumulate) {  \
    DSC_TYPED(tile)                                                                               \
    (false, rows, vectors, k, a, a_row, a_column, b, b_row, out, out_row, accumulate);            \
  }
#if DSC_TILE_VECTORS == 3
#define DSC_TILE_ROW(rows) DSC_TILE(rows, 1) DSC_TILE(rows, 2) DSC_TILE(rows, 3)
#define DSC_TILE_ENTRY(rows) \
  {DSC_TYPED(tile_##rows##_1), DSC_TYPED(tile_##rows##_2), DSC_TYPED(tile_##rows##_3)},
#else
#define DSC_TILE_ROW(rows)   DSC_TILE(rows, 1) DSC_TILE(rows, 2)
#define DSC_TILE_ENTRY(rows) {DSC_TYPED(tile_##rows##_1), DSC_TYPED(tile_##rows##_2)},
#endif
#if DSC_TILE_ROWS == 12
#define DSC_FOR_TILE_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12)
#elif DSC_TILE_ROWS == 8
#define DSC_FOR_TILE_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8)
#elif DSC_TILE_ROWS == 6
#define DSC_FOR_TILE_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6)
#else
#define DSC_FOR_TILE_ROWS(X) X(1) X(2) X(3) X(4)
#endif

DSC_FOR_TILE_ROWS(DSC_TILE_ROW)

static const DSC_TYPED(Tile)
    DSC_TYPED(tiles)[DSC_TILE_ROWS][DSC_TILE_VECTORS] = {DSC_FOR_TILE_ROWS(DSC_TILE_ENTRY)};

// The whole tile from packed panels: with the strides known the addresses cost nothing.
static void DSC_TYPED(tile_packed)(int64_t k, const DSC_T *a, const DSC_T *b, DSC_T *out,
                                   int64_t out_row, bool accumulate) {
  DSC_TYPED(tile)
  (true, DSC_TILE_ROWS, DSC_TILE_VECTORS, k, a, 1, DSC_TILE_ROWS, b, DSC_TILE_COLUMNS, out, out_row,
   accumulate);
}

#undef DSC_TILE
#undef DSC_TILE_ROW
#undef DSC_TILE_ENTRY
