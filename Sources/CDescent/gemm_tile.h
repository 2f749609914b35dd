// The register-tiled micro-kernels of one element type DSC_T. No include guard.

#undef DSC_TYPED
#undef DSC_LANES_PER_VECTOR
#undef DSC_TILE_COLUMNS
#undef DSC_MULTIPLY_ADD
#define DSC_TYPED(name)      DSC_NAME(DSC_PASTE(name, DSC_T_NAME))
#define DSC_LANES_PER_VECTOR ((int)(DSC_VECTOR_BYTES / sizeof(DSC_T)))
#define DSC_TILE_COLUMNS     (DSC_TILE_VECTORS * DSC_LANES_PER_VECTOR)

#if defined(DSC_PAIRS)
#define DSC_MULTIPLY_ADD(a, b, c) DSC_ADD_PAIRS(a, b, c)
#elif DSC_FMA
#define DSC_MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
#define DSC_MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

typedef DSC_T DSC_TYPED(Vector)
    __attribute__((ext_vector_type(DSC_VECTOR_BYTES / sizeof(DSC_T)), aligned(sizeof(DSC_T))));

typedef DSC_T DSC_TYPED(Whole) __attribute__((ext_vector_type(DSC_VECTOR_BYTES / sizeof(DSC_T))));

static DscTileSize DSC_TYPED(tile_size)(void) {
  return (DscTileSize){DSC_TILE_ROWS, DSC_TILE_COLUMNS};
}

// Rows of the next tile. A thin tile wastes the processor: the last two share what is left, unless
// what a whole one leaves is two thirds of a tile.
static int64_t DSC_TYPED(tile_height)(int64_t left) {
  const int64_t rest = left - DSC_TILE_ROWS;
  if (rest <= 0) return left;
  return 3 * rest >= 2 * DSC_TILE_ROWS ? DSC_TILE_ROWS : (left + 1) / 2;
}

// The first of every four of `rows` rows, which a tile reads from.
static inline __attribute__((always_inline)) void DSC_TYPED(find_fours)(int rows, const DSC_T *a,
                                                                        int64_t a_row,
                                                                        const DSC_T **four) {
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i += 4) four[i / 4] = a + i * a_row;
}

// The same where a tile steps through k: hides that the pointers are a stride apart. The compiler
// would step one pointer through all rows, a chain of additions longer than the multiply-adds take.
static inline __attribute__((always_inline)) void DSC_TYPED(find_stepping_fours)(
    int rows, const DSC_T *a, int64_t a_row, const DSC_T **four) {
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i += 4) {
    four[i / 4] = a + i * a_row;
    __asm__("" : "+r"(four[i / 4]));
  }
}

// Adds the products of an element of each row of A and a row of B; `rows`, `vectors` and what the
// callers make of them are literals, so the sums are registers. `four`: see find_fours.
static inline __attribute__((always_inline)) void DSC_TYPED(multiply_add_line)(
    int rows, int vectors, const DSC_T *const *four, int64_t a_row, const DSC_TYPED(Vector) * line,
    DSC_TYPED(Vector) sum[DSC_TILE_ROWS][DSC_TILE_VECTORS]) {
  typedef DSC_TYPED(Vector) Vector;
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    Vector x = (Vector)(four[i / 4][i % 4 * a_row]);
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[i][v] = DSC_MULTIPLY_ADD(x, line[v], sum[i][v]);
  }
}

static inline __attribute__((always_inline)) void DSC_TYPED(multiply_add)(
    int rows, int vectors, const DSC_T *const *four, int64_t a_row, const DSC_T *b,
    DSC_TYPED(Vector) sum[DSC_TILE_ROWS][DSC_TILE_VECTORS]) {
  typedef DSC_TYPED(Vector) Vector;
  Vector line[DSC_TILE_VECTORS];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) line[v] = *(const Vector *)(b + v * DSC_LANES_PER_VECTOR);
  DSC_TYPED(multiply_add_line)(rows, vectors, four, a_row, line, sum);
}

static inline __attribute__((always_inline)) void DSC_TYPED(clear_tile)(
    int rows, int vectors, DSC_TYPED(Vector) sum[DSC_TILE_ROWS][DSC_TILE_VECTORS]) {
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[i][v] = (DSC_TYPED(Vector))((DSC_T)0);
}

static inline __attribute__((always_inline)) void DSC_TYPED(store_tile)(
    int rows, int vectors, DSC_TYPED(Vector) sum[DSC_TILE_ROWS][DSC_TILE_VECTORS], DSC_T *out,
    int64_t out_row, DscInto into) {
  typedef DSC_TYPED(Vector) Vector;
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      Vector *place = (Vector *)(out + i * out_row + v * DSC_LANES_PER_VECTOR);
      if (into == DSC_STREAM)
        __builtin_nontemporal_store(sum[i][v], (DSC_TYPED(Whole) *)(void *)place);
      else
        *place = into == DSC_ADD ? *place + sum[i][v] : sum[i][v];
    }
  }
}

// out = A B, or more as `into` says, for a tile of rows x (vectors of columns). A is read in any
// strides, B and out in rows. Each element is one chain of multiply-adds over k. If there is
// something `needed`, DSC_ASKED_BYTES of it are asked for with each element of k, into the
// second-level cache: a few at a time, as many at once would keep the operands waiting.
#define DSC_ASKED_BYTES 16
static inline __attribute__((always_inline)) void DSC_TYPED(tile)(
    int rows, int vectors, int64_t k, const DSC_T *a, int64_t a_row, int64_t a_column,
    const DSC_T *b, int64_t b_row, DSC_T *out, int64_t out_row, DscInto into, const char *needed) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[DSC_TILE_ROWS][DSC_TILE_VECTORS];
  const DSC_T *four[(DSC_TILE_ROWS + 3) / 4];
  DSC_TYPED(find_stepping_fours)(rows, a, a_row, four);
  DSC_TYPED(clear_tile)(rows, vectors, sum);
  for (int64_t p = 0; p < k; p++, b += b_row) {
    if (needed != NULL) __builtin_prefetch(needed + p * DSC_ASKED_BYTES, 0, 2);
    DSC_TYPED(multiply_add)(rows, vectors, four, a_row, b, sum);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i += 4) four[i / 4] += a_column;
  }
  DSC_TYPED(store_tile)(rows, vectors, sum, out, out_row, into);
}

typedef void (*DSC_TYPED(Tile))(int64_t k, const DSC_T *a, int64_t a_row, int64_t a_column,
                                const DSC_T *b, int64_t b_row, DSC_T *out, int64_t out_row,
                                DscInto into);

#define DSC_TILE(rows, vectors)                                                                   \
  static void DSC_TYPED(tile_##rows##_##vectors)(int64_t k, const DSC_T *a, int64_t a_row,        \
                                                 int64_t a_column, const DSC_T *b, int64_t b_row, \
                                                 DSC_T *out, int64_t out_row, DscInto into) {     \
    DSC_TYPED(tile)                                                                               \
    (rows, vectors, k, a, a_row, a_column, b, b_row, out, out_row, into, NULL);                   \
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

// The same for all vectors, from a B of any type, which is copied to `panel`: see gemm_copying.h.
typedef void (*DSC_TYPED(CopyingTile))(int64_t k, const DSC_T *a, int64_t a_row, int64_t a_column,
                                       const void *b, int64_t b_row, DSC_T *panel, DSC_T *out,
                                       int64_t out_row, DscInto into);

// The same for all vectors, with something needed.
typedef void (*DSC_TYPED(AskingTile))(int64_t k, const DSC_T *a, int64_t a_row, int64_t a_column,
                                      const DSC_T *b, int64_t b_row, DSC_T *out, int64_t out_row,
                                      DscInto into, const char *needed);
#define DSC_ASKING_TILE(rows)                                                                    \
  static void DSC_TYPED(asking_tile_##rows)(                                                     \
      int64_t k, const DSC_T *a, int64_t a_row, int64_t a_column, const DSC_T *b, int64_t b_row, \
      DSC_T *out, int64_t out_row, DscInto into, const char *needed) {                           \
    if (needed == NULL) __builtin_unreachable();                                                 \
    DSC_TYPED(tile)                                                                              \
    (rows, DSC_TILE_VECTORS, k, a, a_row, a_column, b, b_row, out, out_row, into, needed);       \
  }
#define DSC_ASKING_ENTRY(rows) DSC_TYPED(asking_tile_##rows),
DSC_FOR_TILE_ROWS(DSC_ASKING_TILE)
static const DSC_TYPED(AskingTile)
    DSC_TYPED(asking_tiles)[DSC_TILE_ROWS] = {DSC_FOR_TILE_ROWS(DSC_ASKING_ENTRY)};
#undef DSC_ASKING_TILE
#undef DSC_ASKING_ENTRY

// Two tiles of whole height and a single vector, which alone are too few chains to hide the latency
// of the multiply-add. The second one's rows of A begin at `below`, those of C follow the first's.
enum { DSC_TYPED(thin_pairs) = DSC_TILE_ROWS < 8 };
static void DSC_TYPED(tile_pair)(int64_t k, const DSC_T *a, const DSC_T *below, int64_t a_row,
                                 int64_t a_column, const DSC_T *b, int64_t b_row, DSC_T *out,
                                 int64_t out_row, DscInto into) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[2][DSC_TILE_ROWS][DSC_TILE_VECTORS];
  const DSC_T *four[2][(DSC_TILE_ROWS + 3) / 4];
#pragma clang loop unroll(full)
  for (int h = 0; h < 2; h++) {
    DSC_TYPED(clear_tile)(DSC_TILE_ROWS, 1, sum[h]);
#pragma clang loop unroll(full)
    for (int i = 0; i < DSC_TILE_ROWS; i += 4) {
      four[h][i / 4] = (h == 0 ? a : below) + i * a_row;
      __asm__("" : "+r"(four[h][i / 4]));  // see tile
    }
  }
  for (int64_t p = 0; p < k; p++, b += b_row) {
#pragma clang loop unroll(full)
    for (int h = 0; h < 2; h++) {
      DSC_TYPED(multiply_add)(DSC_TILE_ROWS, 1, four[h], a_row, b, sum[h]);
#pragma clang loop unroll(full)
      for (int i = 0; i < DSC_TILE_ROWS; i += 4) four[h][i / 4] += a_column;
    }
  }
#pragma clang loop unroll(full)
  for (int h = 0; h < 2; h++) DSC_TYPED(store_tile)
  (DSC_TILE_ROWS, 1, sum[h], out + h * DSC_TILE_ROWS * out_row, out_row, into);
}

#undef DSC_TILE
#undef DSC_TILE_ROW
#undef DSC_TILE_ENTRY
