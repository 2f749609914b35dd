// Tiles of convolutions over lines: channels by vectors of columns. Part of conv_lines_body.h.

typedef DSC_T DSC_TYPED(Vector)
    __attribute__((ext_vector_type(DSC_VECTOR_BYTES / sizeof(DSC_T)), aligned(sizeof(DSC_T))));
typedef DSC_T DSC_TYPED(Whole) __attribute__((ext_vector_type(DSC_VECTOR_BYTES / sizeof(DSC_T))));

enum {
  DSC_TYPED(SUMS) = 2 * DSC_LINE_ROWS,
  DSC_TYPED(STRETCHES) = 4,  // the most vectors of columns of a tile
  DSC_TYPED(DEPTH) = 256,    // of a part of a sum: its weights stay in the first-level cache
};

// Rows of the next tile: the last two share what is left.
static int64_t DSC_TYPED(height)(int64_t left) {
  if (left >= 2 * DSC_LINE_ROWS) return DSC_LINE_ROWS;
  return left > DSC_LINE_ROWS ? (left + 1) / 2 : left;
}

// How many vectors of columns a tile of so many rows has.
static inline int DSC_TYPED(stretches)(int64_t rows) {
  const int64_t fitting = DSC_TYPED(SUMS) / rows;
  return fitting < DSC_TYPED(STRETCHES) ? (int)fitting : DSC_TYPED(STRETCHES);
}

static inline __attribute__((always_inline)) void DSC_TYPED(clear_sums)(
    int rows, int vectors, DSC_TYPED(Vector) sum[DSC_LINE_ROWS][DSC_TYPED(STRETCHES)]) {
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[i][v] = (DSC_TYPED(Vector))((DSC_T)0);
}

// Where a tile of sums goes: rows `apart`, a row's vectors each at `to[v]`.
typedef struct {
  DSC_T *out;
  int64_t apart;
  const int64_t *to;
  DscInto into;       // in DSC_STREAM each vector is a line of the cache
  const DSC_T *bias;  // one a row, or NULL
} DSC_TYPED(Place);

static inline __attribute__((always_inline)) void DSC_TYPED(place_sums)(
    int rows, int vectors, DSC_TYPED(Vector) sum[DSC_LINE_ROWS][DSC_TYPED(STRETCHES)],
    const DSC_TYPED(Place) * place) {
  typedef DSC_TYPED(Vector) Vector;
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    DSC_T *row = place->out + i * place->apart;
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      Vector *at = (Vector *)(row + place->to[v]);
      if (place->into == DSC_ADD) sum[i][v] += *at;
      if (place->bias != NULL) sum[i][v] += (Vector)(place->bias[i]);
      if (place->into == DSC_STREAM)
        __builtin_nontemporal_store(sum[i][v], (DSC_TYPED(Whole) *)(void *)at);
      else
        *at = sum[i][v];
    }
  }
}

// The sums of A B: `a` a packed panel, row p of B `offsets[p]` behind `b`, its vectors each `at[v]`
// behind that.
static inline __attribute__((always_inline)) void DSC_TYPED(grid_tile)(
    int rows, int vectors, int64_t k, const DSC_T *a, const DSC_T *b, const int64_t *at,
    const int64_t *offsets, const DSC_TYPED(Place) * place) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[DSC_LINE_ROWS][DSC_TYPED(STRETCHES)];
  const DSC_T *from[DSC_TYPED(STRETCHES)];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) from[v] = b + at[v];
  DSC_TYPED(clear_sums)(rows, vectors, sum);
  for (int64_t p = 0; p < k; p++, a += DSC_LINE_ROWS) {
    Vector line[DSC_TYPED(STRETCHES)];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) line[v] = *(const Vector *)(from[v] + offsets[p]);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      Vector x = (Vector)(a[i]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sum[i][v] = DSC_MULTIPLY_ADD(x, line[v], sum[i][v]);
    }
  }
  DSC_TYPED(place_sums)(rows, vectors, sum, place);
}

#define DSC_LINE_TILE(rows, vectors)                                                             \
  static void DSC_TYPED(grid_tile_##rows##_##vectors)(int64_t k, const DSC_T *a, const DSC_T *b, \
                                                      const int64_t *at, const int64_t *offsets, \
                                                      const DSC_TYPED(Place) * place) {          \
    if (rows * vectors > DSC_TYPED(SUMS)) return; /* never asked for */                          \
    DSC_TYPED(grid_tile)(rows, vectors, k, a, b, at, offsets, place);                            \
  }
#define DSC_LINE_TILES(rows) \
  DSC_LINE_TILE(rows, 1) DSC_LINE_TILE(rows, 2) DSC_LINE_TILE(rows, 3) DSC_LINE_TILE(rows, 4)
#define DSC_LINE_ENTRY(rows)                                         \
  {DSC_TYPED(grid_tile_##rows##_1), DSC_TYPED(grid_tile_##rows##_2), \
   DSC_TYPED(grid_tile_##rows##_3), DSC_TYPED(grid_tile_##rows##_4)},
#if DSC_LINE_ROWS == 12
#define DSC_FOR_LINE_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12)
#elif DSC_LINE_ROWS == 6
#define DSC_FOR_LINE_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6)
#else
#define DSC_FOR_LINE_ROWS(X) X(1) X(2) X(3) X(4)
#endif
DSC_FOR_LINE_ROWS(DSC_LINE_TILES)
typedef void (*DSC_TYPED(GridTile))(int64_t k, const DSC_T *a, const DSC_T *b, const int64_t *at,
                                    const int64_t *offsets, const DSC_TYPED(Place) * place);
static const DSC_TYPED(GridTile) DSC_TYPED(grid_tiles)[DSC_LINE_ROWS][DSC_TYPED(STRETCHES)] = {
    DSC_FOR_LINE_ROWS(DSC_LINE_ENTRY)};

#undef DSC_LINE_TILE
#undef DSC_LINE_TILES
#undef DSC_LINE_ENTRY
