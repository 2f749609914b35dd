// A product of one element type DSC_T from panels and tiles. No include guard.
//
// Every element of C is: for each block of k one chain of multiply-adds from 0, the blocks added
// in order, then alpha, beta and bias. The blocks depend on k alone, so neither layout nor the
// borders of tiles nor threads change a bit.

// Fetches part `index` of `parts` of the panel of B that comes after this one: weights are seldom
// in a cache, and their lines too short, or too far apart, for the processor to see where they
// lead.
static void DSC_TYPED(fetch_ahead)(const DSC_TYPED(Run) * run, int64_t k, int64_t j, int64_t index,
                                   int64_t parts) {
  const DscProduct *g = run->g;
  const int64_t size = run->source->size, line = 64 / size;
  const int64_t left = g->n - j, lines = left < DSC_TILE_COLUMNS ? left : DSC_TILE_COLUMNS;
  if (g->b_column == 1) {
    for (int64_t p = index * k / parts; p < (index + 1) * k / parts; p++)
      for (int64_t l = 0; l < lines; l += line)
        __builtin_prefetch(run->b + (p * g->b_row + j + l) * size, 0, 2);
    return;
  }
  for (int64_t l = index * lines / parts; l < (index + 1) * lines / parts; l++)
    for (int64_t p = 0; p < k; p += line)
      __builtin_prefetch(run->b + ((j + l) * g->b_column + p) * size, 0, 2);
}

// A few tiles of a panel ask for the next panel of B, whose columns are lines: each for as many
// columns as it has rows, a line of the cache of all of them at a time. In between multiply-adds a
// request costs nothing, in a row they wait for each other. The first of these tiles; `tiles` where
// there are too few whole ones, or steps in them.
enum { DSC_TYPED(tiles_for_b) = (DSC_TILE_COLUMNS + DSC_TILE_ROWS - 1) / DSC_TILE_ROWS };
static int64_t DSC_TYPED(first_for_b)(const DSC_TYPED(Run) * run, int64_t k, int64_t tiles) {
  const int64_t groups = DSC_TYPED(steps)(run, k) / DSC_TILE_ROWS - 2;
  const bool fits = k * run->source->size <= groups * DSC_LINE;
  const bool asks = run->fetches && run->g->b_row == 1 && fits;
  return asks && tiles >= 3 * DSC_TYPED(tiles_for_b) ? tiles / 3 : tiles;
}

static DscComing DSC_TYPED(next_of_b)(const DSC_TYPED(Run) * run, int64_t column) {
  const int64_t step = run->g->b_column * run->source->size;
  return (DscComing){run->b + column * step, step, DSC_LINE};
}

// Packs the panels of A from row `i` on that come next and returns the row behind them: one, or of
// a transposed A, whose lines hold the elements of several tiles, some whole ones.
static int64_t DSC_TYPED(pack_next_of_a)(const DSC_TYPED(Run) * run, int64_t k, int64_t i,
                                         DSC_T *out) {
  enum { ROWS = DSC_TILE_ROWS, SEVERAL = 4 };
  const DscProduct *g = run->g;
  const int64_t left = g->m - i;
  int64_t rows = DSC_TYPED(tile_height)(left);
  if (g->a_row == 1 && rows == ROWS) {
    // The last two tiles share what is left; the first of them may be whole.
    const int64_t whole = left % ROWS == 0 ? left / ROWS : left / ROWS - 1;
    rows = ROWS * (whole < 1 ? 1 : whole < SEVERAL ? whole : SEVERAL);
  }
  run->source->pack_a(run->a + i * g->a_row * run->source->size, g->a_row, g->a_column, rows, k,
                      out);
  return i + rows;
}

// What a tile asks for: the next tile's panel of A, or a part of the elements that will be packed,
// which begin at row `next`; `turn` counts the tiles since panels were packed. Nothing new of rows
// where they lie, which the tile asks for itself.
static DscComing DSC_TYPED(next_of_a)(const DSC_TYPED(Run) * run, bool packs, int64_t steps,
                                      const DSC_T *panel, int64_t next, int64_t turn) {
  enum { ROWS = DSC_TILE_ROWS, LINE = 64 };
  const int64_t panel_row = ROWS * (int64_t)sizeof(DSC_T);
  if (!run->pack_a) return (DscComing){(const char *)panel, 0, 0};
  if (!packs)
    return (DscComing){(const char *)panel + panel_row * steps, panel_row, ROWS * panel_row};
  const DscProduct *g = run->g;
  const int64_t size = run->source->size, row = run->source->pairs ? 2 * size : size;
  const char *from = run->a + next * g->a_row * size;
  if (g->a_row == 1)
    return (DscComing){from + turn * LINE, g->a_column * row, ROWS * g->a_column * row};
  return (DscComing){from, g->a_row * size, ROWS * row};
}

// The tiles of C in `columns` columns from j on, for one block of k.
static void DSC_TYPED(panel)(const DSC_TYPED(Run) * run, int64_t k, int64_t j, int64_t columns) {
  DSC_T buffer[2 * DSC_TILE_ROWS * DSC_TILE_COLUMNS] __attribute__((aligned(64)));
  const DscProduct *g = run->g;
  const DSC_TYPED(Source) *source = run->source;
  const int64_t steps = DSC_TYPED(steps)(run, k);
  int vectors = (int)((columns + DSC_LANES_PER_VECTOR - 1) / DSC_LANES_PER_VECTOR);
  bool full = columns == vectors * DSC_LANES_PER_VECTOR, direct = run->direct && full;
  bool packed = run->pack_b || !full;
  const DSC_T *b = run->pack_b && !run->in_turn ? run->b_panels + j * steps
                   : packed                     ? run->b_panels
                                                : (const DSC_T *)run->b + j;
  int64_t b_row = packed ? DSC_TILE_COLUMNS : g->b_row;
  DSC_T *sums = run->sums == NULL ? NULL : run->sums + (run->direct ? 0 : j * g->m);
  const DSC_T *a = run->pack_a ? run->a_panels : (const DSC_T *)run->a;
  int64_t a_row = run->pack_a ? 1 : g->a_row;
  int64_t a_column = run->pack_a ? DSC_TILE_ROWS : g->a_column;
  const bool adds = !run->first || (direct && g->beta != 0), packs = run->a_in_turn && j == 0;
  const DscInto into = adds                                                    ? DSC_ADD
                       : run->streams && direct && columns == DSC_TILE_COLUMNS ? DSC_STREAM
                                                                               : DSC_REPLACE;
  const bool copies = run->in_turn && g->b_column == 1 && columns == DSC_TILE_COLUMNS;
  const char *from = run->b + j * g->b_column * source->size;
  if (run->in_turn && !copies)
    source->pack_b(from, g->b_column, g->b_row, columns, k, run->b_panels);
  const int64_t next = j + DSC_TILE_COLUMNS, tiles = (g->m + DSC_TILE_ROWS - 1) / DSC_TILE_ROWS;
  const bool is_last = next >= g->n, whole = vectors == DSC_TILE_VECTORS && packed;
  const int64_t asking = is_last || !whole || packs ? tiles : DSC_TYPED(first_for_b)(run, k, tiles);
  const bool thin = DSC_TYPED(thin_pairs) && vectors == 1 && !packs && !source->pairs;
  int64_t next_row = 0, packed_at = 0;
  for (int64_t i = 0, rows, index = 0; i < g->m; i += rows, index++) {
    rows = DSC_TYPED(tile_height)(g->m - i);
    const bool pair =
        thin && rows == DSC_TILE_ROWS && DSC_TYPED(tile_height)(g->m - i - rows) == DSC_TILE_ROWS;
    if (run->fetches && !is_last && asking == tiles)
      DSC_TYPED(fetch_ahead)(run, k, next, index, tiles);
    DSC_T *out = buffer;
    int64_t out_row = DSC_TILE_COLUMNS;
    if (direct) {
      out = (DSC_T *)g->c + i * g->c_row + j, out_row = g->c_row;
    } else if (run->several) {
      out = sums + i * DSC_TILE_COLUMNS;
    }
    if (packs && i == next_row) {
      next_row =
          DSC_TYPED(pack_next_of_a)(run, k, i, run->a_panels + index * DSC_TILE_ROWS * steps);
      packed_at = index;
    }
    if (pair) {
      const int64_t below = run->pack_a ? DSC_TILE_ROWS * steps : rows * a_row;
      DSC_TYPED(tile_pair)
      (steps, a, a + below, a_row, a_column, b, b_row, out, out_row, into);
      a += below, rows += DSC_TILE_ROWS;
    } else if (copies && i == 0) {
      source->copying_tiles[rows - 1](k, a, a_row, a_column, from, g->b_row, run->b_panels, out,
                                      out_row, into);
    } else if (whole && rows == DSC_TILE_ROWS && (run->pack_a || a_column == 1)) {
      const int64_t turn = index - asking;
      const bool asks = turn >= 0 && turn < DSC_TYPED(tiles_for_b);
      const DscComing ahead =
          asks ? DSC_TYPED(next_of_b)(run, next + turn * DSC_TILE_ROWS)
               : DSC_TYPED(next_of_a)(run, packs, steps, a, next_row, index - packed_at);
      if (run->pack_a)
        source->tile_packed(steps, a, b, out, out_row, into, ahead);
      else
        DSC_TYPED(tile_placed)(steps, a, a_row, b, out, out_row, into, ahead);
    } else {
      source->tiles[rows - 1][vectors - 1](steps, a, a_row, a_column, b, b_row, out, out_row, into);
    }
    a += run->pack_a ? DSC_TILE_ROWS * steps : (pair ? DSC_TILE_ROWS : rows) * a_row;
    if (!run->last) continue;
    if (direct) {
      if (g->bias != NULL)
        DSC_TYPED(add_bias)(out, out_row, rows, vectors, (const DSC_T *)g->bias + j);
      continue;
    }
    source->finish_tile(g, out, out_row, i, rows, j, columns);
  }
}

// How deep the blocks of a sum over k are: about equal, and none of them empty. The ends of a tile
// take as long as some ten elements of k; the panels of a block this deep stay in the second-level
// cache, from where lines come faster than a tile needs them.
static int64_t DSC_TYPED(depth_of)(int64_t k) {
  enum { DEPTH = 512 };
  int64_t blocks = k <= DEPTH ? 1 : (k + DEPTH - 1) / DEPTH;
  return (k + blocks - 1) / blocks;
}

static int DSC_TYPED(tiled)(const DscProduct *g) {
  int64_t depth = DSC_TYPED(depth_of)(g->k);
  int64_t blocks = g->k == 0 ? 1 : (g->k + depth - 1) / depth;
  DSC_TYPED(Run) run = {.g = g, .depth = depth, .several = blocks > 1};
  if (!DSC_TYPED(prepare)(&run)) return DSC_OUT_OF_MEMORY;
  for (int64_t block = 0; block < blocks; block++) {
    int64_t start = block * run.depth;
    int64_t k = g->k - start < run.depth ? g->k - start : run.depth;
    run.first = block == 0, run.last = block == blocks - 1;
    DSC_TYPED(fetch)(&run, start, k);
    for (int64_t j = 0; j < g->n; j += DSC_TILE_COLUMNS)
      DSC_TYPED(panel)(&run, k, j, g->n - j < DSC_TILE_COLUMNS ? g->n - j : DSC_TILE_COLUMNS);
  }
  if (run.streams) dsc_stream_finish();
  return DSC_OK;
}

static int64_t DSC_TYPED(packed_columns)(int64_t k, int64_t n) {
  return k * DSC_TYPED(round_up)(n, DSC_TILE_COLUMNS);
}

static void DSC_TYPED(pack_columns)(const DscProduct *g, int64_t first, int64_t count, DSC_T *out) {
  int64_t depth = DSC_TYPED(depth_of)(g->k), columns = DSC_TYPED(packed_columns)(1, g->n);
  for (int64_t start = 0; start < g->k; start += depth) {
    int64_t k = g->k - start < depth ? g->k - start : depth;
    const DSC_T *b = (const DSC_T *)g->b + start * g->b_row + first * g->b_column;
    DSC_TYPED(pack_b)(b, g->b_column, g->b_row, count, k, out + start * columns + first * k);
  }
}
