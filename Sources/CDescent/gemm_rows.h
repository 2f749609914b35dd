// Few rows times panels that are packed already, for one element type DSC_T. No include guard.
//
// Rows are read where they lie. A panel of B, a block of k deep, stays in the first-level cache for
// the rows of all groups. Meanwhile tiles ask for what the caller needs next or, if there are
// enough of them, for the panel behind.

// A tile whose columns end within a vector.
static void DSC_TYPED(narrow_tile)(int64_t rows, int64_t columns, int64_t k, const DSC_T *a,
                                   int64_t a_row, const DSC_T *b, DSC_T *c, int64_t c_row,
                                   DscInto into) {
  DSC_T sums[DSC_TILE_ROWS * DSC_TILE_COLUMNS] __attribute__((aligned(64)));
  const int64_t vectors = (columns + DSC_LANES_PER_VECTOR - 1) / DSC_LANES_PER_VECTOR;
  DSC_TYPED(tiles)
  [rows - 1][vectors - 1](k, a, a_row, 1, b, DSC_TILE_COLUMNS, sums, DSC_TILE_COLUMNS, DSC_REPLACE);
  for (int64_t r = 0; r < rows; r++, c += c_row) {
    const DSC_T *sum = sums + r * DSC_TILE_COLUMNS;
    for (int64_t j = 0; j < columns; j++) c[j] = into == DSC_ADD ? c[j] + sum[j] : sum[j];
  }
}

// The part of what the caller needs next that a tile of k elements asks for.
static const char *DSC_TYPED(take_needed)(DscNeeded *needed, int64_t k) {
  const int last = needed->count - 1;
  const char *from = needed->range[last];
  const int64_t bytes = k * DSC_ASKED_BYTES;
  needed->range[last] += bytes, needed->bytes[last] -= bytes;
  if (needed->bytes[last] <= 0) needed->count = last;
  return from;
}

// The rows of all groups times a whole panel; `a` and `c` are where they meet it.
static void DSC_TYPED(rows_panel)(const DscRowsProduct *g, int64_t k, const DSC_T *a,
                                  const DSC_T *b, DSC_T *c, DscInto into) {
  enum { ENOUGH = 8 * DSC_TILE_ROWS };
  const char *end = (const char *)(b + 2 * k * DSC_TILE_COLUMNS);
  const char *behind =
      g->groups * g->rows < ENOUGH ? end : (const char *)(b + k * DSC_TILE_COLUMNS);
  for (int64_t group = 0; group < g->groups; group++, a += g->a_group, c += g->c_group) {
    for (int64_t i = 0, rows; i < g->rows; i += rows) {
      rows = DSC_TYPED(tile_height)(g->rows - i);
      const DSC_T *from = a + i * g->a_row;
      DSC_T *to = c + i * g->c_row;
      const char *asked = NULL;
      if (g->needed != NULL && g->needed->count > 0)
        asked = DSC_TYPED(take_needed)(g->needed, k);
      else if (behind < end)
        asked = behind, behind += k * DSC_ASKED_BYTES;
      if (asked != NULL) DSC_TYPED(asking_tiles)
      [rows - 1](k, from, g->a_row, 1, b, DSC_TILE_COLUMNS, to, g->c_row, into, asked);
      else DSC_TYPED(tiles)[rows - 1][DSC_TILE_VECTORS - 1](k, from, g->a_row, 1, b,
                                                            DSC_TILE_COLUMNS, to, g->c_row, into);
    }
  }
}

// Tiles of rows of several groups: each few of them are told where they lie.
#define DSC_FEW (DSC_TILE_ROWS % 4 == 0 ? 4 : 2)

typedef struct {
  const DSC_T *from[DSC_TILE_ROWS / DSC_FEW];
  DSC_T *to[DSC_TILE_ROWS / DSC_FEW];
} DSC_TYPED(Fews);

// `count` elements of k. With each, DSC_ASKED_BYTES of what comes are asked for or, to be
// `written`, all lines of a row of C; `step` bytes further each time.
static inline __attribute__((always_inline)) void DSC_TYPED(group_of_fews)(
    bool written, int rows, int64_t count, int64_t a_row, DSC_TYPED(Fews) * at, const DSC_T **b,
    const char *ahead, int64_t step, DSC_TYPED(Vector) sum[DSC_TILE_ROWS][DSC_TILE_VECTORS]) {
  typedef DSC_TYPED(Vector) Vector;
  enum { WIDTH = DSC_TILE_COLUMNS * sizeof(DSC_T) };
  Vector line[DSC_TILE_VECTORS];
#pragma clang loop unroll(disable)
  for (int64_t p = 0; p < count; p++, *b += DSC_TILE_COLUMNS, ahead += step) {
    if (!written) __builtin_prefetch(ahead, 0, 2);
#pragma clang loop unroll(full)
    for (int l = 0; written && l < WIDTH; l += DSC_LINE) __builtin_prefetch(ahead + l, 1);
#pragma clang loop unroll(full)
    for (int v = 0; v < DSC_TILE_VECTORS; v++)
      line[v] = *(const Vector *)(*b + v * DSC_LANES_PER_VECTOR);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      const Vector x = (Vector)(at->from[i / DSC_FEW][i % DSC_FEW * a_row]);
#pragma clang loop unroll(full)
      for (int v = 0; v < DSC_TILE_VECTORS; v++)
        sum[i][v] = DSC_MULTIPLY_ADD(x, line[v], sum[i][v]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows / DSC_FEW; i++) at->from[i]++;
  }
}

static inline __attribute__((always_inline)) void DSC_TYPED(tile_of_fews)(
    int rows, const DscRowsProduct *g, int64_t k, DSC_TYPED(Fews) at, const DSC_T *b, DscInto into,
    const char *asked) {
  const int64_t a_row = g->a_row, c_row = g->c_row * (int64_t)sizeof(DSC_T);
  const int64_t behind = rows;  // elements of k while the lines of C are on their way
  const bool asks = k >= rows + behind;
  const int64_t before = k - (asks ? rows + behind : 0);
  DSC_TYPED(Vector) sum[DSC_TILE_ROWS][DSC_TILE_VECTORS];
  DSC_TYPED(clear_tile)(rows, DSC_TILE_VECTORS, sum);
  DSC_TYPED(group_of_fews)(false, rows, before, a_row, &at, &b, asked, DSC_ASKED_BYTES, sum);
  if (asks) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows / DSC_FEW; i++) DSC_TYPED(group_of_fews)
    (true, rows, DSC_FEW, a_row, &at, &b, (const char *)at.to[i], c_row, sum);
    asked += before * DSC_ASKED_BYTES;
    DSC_TYPED(group_of_fews)(false, rows, behind, a_row, &at, &b, asked, DSC_ASKED_BYTES, sum);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows / DSC_FEW; i++) DSC_TYPED(store_tile)
  (DSC_FEW, DSC_TILE_VECTORS, sum + i * DSC_FEW, at.to[i], g->c_row, into);
}

// The rows of all groups, a multiple of DSC_FEW in each, times a whole panel.
static void DSC_TYPED(fews_panel)(const DscRowsProduct *g, int64_t k, const DSC_T *a,
                                  const DSC_T *b, DSC_T *c, DscInto into) {
  const char *panel = (const char *)b, *end = (const char *)(b + k * DSC_TILE_COLUMNS), *next = end;
  int64_t group = 0, row = 0;
  for (int64_t left = g->groups * g->rows, rows; left > 0; left -= rows) {
    const int64_t height = DSC_TYPED(tile_height)(left);
    rows = (height + DSC_FEW - 1) / DSC_FEW * DSC_FEW;
    DSC_TYPED(Fews) at;
    for (int64_t i = 0; i < rows / DSC_FEW; i++) {
      at.from[i] = a + group * g->a_group + row * g->a_row;
      at.to[i] = c + group * g->c_group + row * g->c_row;
      row += DSC_FEW;
      if (row == g->rows) row = 0, group++;
    }
    const char *asked = next - end < end - panel ? next : panel;
    next += k * DSC_ASKED_BYTES;
    if (rows == DSC_TILE_ROWS)
      DSC_TYPED(tile_of_fews)(DSC_TILE_ROWS, g, k, at, b, into, asked);
    else if (rows == 2 * DSC_FEW)
      DSC_TYPED(tile_of_fews)
    (2 * DSC_FEW < DSC_TILE_ROWS ? 2 * DSC_FEW : DSC_FEW, g, k, at, b, into, asked);
    else DSC_TYPED(tile_of_fews)(DSC_FEW, g, k, at, b, into, asked);
  }
}

// The same for the last columns, fewer than a panel's.
static void DSC_TYPED(rows_edge)(const DscRowsProduct *g, int64_t columns, int64_t k,
                                 const DSC_T *a, const DSC_T *b, DSC_T *c, DscInto into) {
  for (int64_t group = 0; group < g->groups; group++, a += g->a_group, c += g->c_group)
    for (int64_t i = 0, rows; i < g->rows; i += rows) {
      rows = DSC_TYPED(tile_height)(g->rows - i);
      DSC_TYPED(narrow_tile)
      (rows, columns, k, a + i * g->a_row, g->a_row, b, c + i * g->c_row, g->c_row, into);
    }
}

static void DSC_TYPED(rows_product)(const DscRowsProduct *g) {
  const int64_t depth = DSC_TYPED(depth_of)(g->k), all = DSC_TYPED(packed_columns)(1, g->n);
  const bool fews = g->groups > 1 && g->rows % DSC_TILE_ROWS != 0 && g->rows % DSC_FEW == 0;
  for (int64_t start = 0; start < g->k; start += depth) {
    const int64_t k = g->k - start < depth ? g->k - start : depth;
    const DSC_T *a = (const DSC_T *)g->a + start, *b = (const DSC_T *)g->panels + start * all;
    const DscInto into = start > 0 ? DSC_ADD : DSC_REPLACE;
    for (int64_t j = 0; j < g->n; j += DSC_TILE_COLUMNS) {
      const int64_t columns = g->n - j;
      DSC_T *c = (DSC_T *)g->c + j;
      if (columns < DSC_TILE_COLUMNS)
        DSC_TYPED(rows_edge)(g, columns, k, a, b + j * k, c, into);
      else if (fews)
        DSC_TYPED(fews_panel)(g, k, a, b + j * k, c, into);
      else
        DSC_TYPED(rows_panel)(g, k, a, b + j * k, c, into);
    }
  }
}
#undef DSC_FEW
