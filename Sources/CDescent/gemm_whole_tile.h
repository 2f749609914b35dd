// Whole tiles of one element type DSC_T, from a packed panel of B, that ask for what comes next
// while they multiply. No include guard.

// How far ahead a row of A that is read where it lies is asked for, in bytes.
#define DSC_AHEAD_OF_A 128

// `count` elements of k. With each a line `ahead` is fetched, or `wide` all lines of a row of the
// tile, to be written; if A is `placed` where it lies, also what comes in one of its rows, all of
// them by turns. `four`: see find_fours.
static inline __attribute__((always_inline)) void DSC_TYPED(whole_group)(
    bool placed, bool wide, int64_t count, const DSC_T **four, int64_t a_row, const DSC_T **b,
    const char *ahead, int64_t step, DSC_TYPED(Vector) sum[DSC_TILE_ROWS][DSC_TILE_VECTORS]) {
  enum { WIDTH = DSC_TILE_COLUMNS * sizeof(DSC_T), TURN = DSC_TILE_ROWS * sizeof(DSC_T) };
  const char *own = (const char *)four[0] + DSC_AHEAD_OF_A;
#pragma clang loop unroll(disable)
  for (int64_t p = 0; p < count; p++, ahead += step, own += a_row * (int64_t)sizeof(DSC_T)) {
    if (!wide) __builtin_prefetch(ahead);
#pragma clang loop unroll(full)
    for (int l = 0; !wide && placed && l < TURN; l += DSC_LINE) __builtin_prefetch(own + l);
#pragma clang loop unroll(full)
    for (int l = 0; wide && l < WIDTH; l += DSC_LINE) __builtin_prefetch(ahead + l, 1);
    DSC_TYPED(multiply_add)(DSC_TILE_ROWS, DSC_TILE_VECTORS, four, a_row, *b, sum);
#pragma clang loop unroll(full)
    for (int i = 0; i < DSC_TILE_ROWS; i += 4) four[i / 4] += placed ? 1 : DSC_TILE_ROWS;
    *b += DSC_TILE_COLUMNS;
  }
}

// Lines of C are asked for shortly before the end: rows of C are often a power of two apart, and
// would not stay in the first-level cache for longer.
static inline __attribute__((always_inline)) void DSC_TYPED(whole_tile)(
    bool placed, int64_t k, const DSC_T **four, int64_t a_row, const DSC_T *b, DSC_T *out,
    int64_t out_row, DscInto into, DscComing ahead) {
  enum { ROWS = DSC_TILE_ROWS };
  DSC_TYPED(Vector) sum[DSC_TILE_ROWS][DSC_TILE_VECTORS];
  DSC_TYPED(clear_tile)(ROWS, DSC_TILE_VECTORS, sum);
  int64_t left = k;
  for (; left >= 3 * ROWS; left -= ROWS, ahead.from += ahead.group)
    DSC_TYPED(whole_group)(placed, false, ROWS, four, a_row, &b, ahead.from, ahead.step, sum);
  const int64_t most = left < ROWS ? left : ROWS;
  const int64_t rows = into == DSC_STREAM ? 0 : most;  // of C that are needed
  DSC_TYPED(whole_group)
  (placed, true, rows, four, a_row, &b, (const char *)out, out_row * (int64_t)sizeof(DSC_T), sum);
  DSC_TYPED(whole_group)
  (placed, false, left - rows, four, a_row, &b, ahead.from, ahead.step, sum);
  DSC_TYPED(store_tile)(ROWS, DSC_TILE_VECTORS, sum, out, out_row, into);
}

typedef void (*DSC_TYPED(PackedTile))(int64_t k, const DSC_T *a, const DSC_T *b, DSC_T *out,
                                      int64_t out_row, DscInto into, DscComing ahead);

// From a packed panel of A.
static void DSC_TYPED(tile_packed)(int64_t k, const DSC_T *a, const DSC_T *b, DSC_T *out,
                                   int64_t out_row, DscInto into, DscComing ahead) {
  const DSC_T *four[(DSC_TILE_ROWS + 3) / 4];
  DSC_TYPED(find_fours)(DSC_TILE_ROWS, a, 1, four);
  DSC_TYPED(whole_tile)(false, k, four, 1, b, out, out_row, into, ahead);
}

// From rows of A where they lie, contiguous along k.
static void DSC_TYPED(tile_placed)(int64_t k, const DSC_T *a, int64_t a_row, const DSC_T *b,
                                   DSC_T *out, int64_t out_row, DscInto into, DscComing ahead) {
  const DSC_T *four[(DSC_TILE_ROWS + 3) / 4];
  DSC_TYPED(find_stepping_fours)(DSC_TILE_ROWS, a, a_row, four);
  DSC_TYPED(whole_tile)(true, k, four, a_row, b, out, out_row, into, ahead);
}
#undef DSC_AHEAD_OF_A
