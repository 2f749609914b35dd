// A product of one element type DSC_T from panels and tiles. No include guard.
//
// Every element of C is: for each block of k one chain of multiply-adds from 0, the blocks added
// in order, then alpha, beta and bias. The blocks depend on k alone, so neither layout nor the
// borders of tiles nor threads change a bit.

// What a run over the blocks of k works with.
typedef struct {
  const DscProduct *g;
  int64_t depth;        // elements of k in a full block
  bool pack_a, pack_b;  // else the micro-kernels read the operand where it lies
  bool in_turn;         // a panel of B is packed when its tiles are next, not all before the first
  bool fetches;         // B is far, and read by several tiles: the next panel's lines are asked for
  bool a_in_turn;       // a panel of A is packed when it first meets one of B
  bool direct;          // tiles are written to C without a finish
  bool several;         // more than one block of k: sums wait in `sums` (or in C if direct)
  bool streams;         // whole tiles are written past the cache
  bool first, last;     // which block of k this is
  const DSC_TYPED(Source) * source;
  const char *a, *b;  // this block's operands
  DSC_T *a_panels, *b_panels, *sums, *gathered;
} DSC_TYPED(Run);

static int64_t DSC_TYPED(round_up)(int64_t value, int64_t unit) {
  return (value + unit - 1) / unit * unit;
}

// Rows of the panels of k elements.
static int64_t DSC_TYPED(steps)(const DSC_TYPED(Run) * run, int64_t k) {
  return run->source->pairs ? (k + 1) / 2 : k;
}

// Whether rows of C begin, and whole tiles end, where lines of the cache do.
static bool DSC_TYPED(has_whole_lines)(const DscProduct *g) {
  enum { SIZE = sizeof(DSC_T) };
  return DSC_TILE_COLUMNS * SIZE % DSC_LINE == 0 && g->c_row * SIZE % DSC_LINE == 0 &&
         (uintptr_t)g->c % DSC_LINE == 0;
}

// Decides what to pack and divides the scratch. False if there is no memory.
static bool DSC_TYPED(prepare)(DSC_TYPED(Run) * run) {
  enum { PAD = 16, FEW = 4, MANY_ROWS = 16, MANY_COLUMNS = 8 };
  const DscProduct *g = run->g;
  run->source = DSC_TYPED(source_of)(g);
  const bool half = run->source->size < (int64_t)sizeof(DSC_T);
  int64_t m = DSC_TYPED(round_up)(g->m, DSC_TILE_ROWS);
  int64_t n = DSC_TYPED(round_up)(g->n, DSC_TILE_COLUMNS);
  const bool many = g->m > MANY_ROWS * DSC_TILE_ROWS && g->n > MANY_COLUMNS * DSC_TILE_COLUMNS;
  const int64_t read = many ? g->k : run->depth;  // whole, an operand leaves the cache in between
  run->pack_a =
      half || (g->patches != NULL && (g->patches->transposed || g->patches->exchanged)) ||
      (g->n > 2 * DSC_TILE_COLUMNS && !DSC_TYPED(is_near)(g->m, g->a_row, read, g->a_column, many));
  const bool far = !DSC_TYPED(is_near)(read, g->b_row, g->n, g->b_column, many);
  run->pack_b = half || g->patches != NULL || g->b_column != 1 || (far && !DSC_TYPED(are_few)(g));
  run->in_turn = run->pack_b && g->patches == NULL &&
                 (g->b_row == 1 || (g->b_column == 1 && (half || g->m > FEW * DSC_TILE_ROWS)));
  // The tile that packs a panel of rows asks for the next one's itself.
  run->fetches = run->in_turn ? g->b_column != 1 : far && !run->pack_b && g->m > DSC_TILE_ROWS;
  run->a_in_turn = run->pack_a && g->patches == NULL && (g->a_row == 1 || g->a_column == 1);
  run->direct = !half && !dsc_columns_are_positions(g) && g->c_column == 1 && g->alpha == 1 &&
                (g->bias == NULL || (g->bias_row == 0 && g->bias_column == 1 && g->beta == 0)) &&
                (g->beta == 0 || (g->beta == 1 && !run->several));
  run->streams = g->streams && run->direct && !run->several && g->beta == 0 && g->bias == NULL &&
                 DSC_TYPED(has_whole_lines)(g);
  bool edge = g->n % DSC_LANES_PER_VECTOR != 0;
  const int64_t steps = DSC_TYPED(steps)(run, run->depth);
  int64_t lengths[4] = {
      run->pack_a ? m * steps + PAD : 0,
      run->in_turn || (edge && !run->pack_b) ? DSC_TILE_COLUMNS * steps + PAD
      : run->pack_b                          ? n * steps + PAD
                                             : 0,
      !run->several ? 0 : (run->direct ? (edge ? g->m * DSC_TILE_COLUMNS : 0) : g->m * n),
      g->patches == NULL ? 0 : DSC_TYPED(gathered_length)(g),
  };
  DSC_T **parts[4] = {&run->a_panels, &run->b_panels, &run->sums, &run->gathered};
  int64_t total = 0;
  for (int i = 0; i < 4; i++) total += DSC_TYPED(round_up)(lengths[i], PAD);
  if (total == 0) return true;
  DSC_T *next = dsc_product_scratch((size_t)total * sizeof(DSC_T));
  if (next == NULL) return false;
  for (int i = 0; i < 4; i++) {
    *parts[i] = next;
    next += DSC_TYPED(round_up)(lengths[i], PAD);
  }
  return true;
}

// Fetches the operands of the k elements from `start` on: converts and packs as decided.
static void DSC_TYPED(fetch)(DSC_TYPED(Run) * run, int64_t start, int64_t k) {
  const DscProduct *g = run->g;
  const int64_t size = run->source->size;
  run->a = g->a + start * g->a_column * size;
  run->b = g->b + start * g->b_row * size;
  if (g->patches != NULL) {
    DSC_TYPED(pack_patches)(g, start, k, run->gathered, run->b_panels);
  } else if (run->in_turn) {
    // later
  } else if (run->pack_b) {
    run->source->pack_b(run->b, g->b_column, g->b_row, g->n, k, run->b_panels);
  } else {  // a vector at the edge must not read beyond the row
    int64_t edge = g->n % DSC_TILE_COLUMNS;
    if (edge % DSC_LANES_PER_VECTOR != 0)
      DSC_TYPED(pack_b)((const DSC_T *)run->b + g->n - edge, 1, g->b_row, edge, k, run->b_panels);
  }
  if (!run->pack_a || run->a_in_turn) return;
  if (g->patches != NULL && g->patches->transposed) {
    DSC_TYPED(pack_positions)(g, start, k, run->a_panels);
    return;
  }
  if (g->patches != NULL && g->patches->exchanged) {
    const DscPatches *patches = g->patches;
    DSC_T *to = run->a_panels;
    for (int64_t i = 0, rows; i < g->m; i += rows, to += DSC_TILE_ROWS * k) {
      rows = DSC_TYPED(tile_height)(g->m - i);
      DSC_TYPED(pack_taps)
      ((const DSC_T *)g->a + i * g->a_row, &patches->weight, dsc_volume(patches->taps), rows, start,
       k, to);
    }
    return;
  }
  // Whole tiles first, then the two that share what is left.
  int64_t whole = g->m / DSC_TILE_ROWS * DSC_TILE_ROWS;
  if (whole != g->m) whole = whole < DSC_TILE_ROWS ? 0 : whole - DSC_TILE_ROWS;
  run->source->pack_a(run->a, g->a_row, g->a_column, whole, k, run->a_panels);
  DSC_T *out = run->a_panels + whole * k;
  for (int64_t i = whole, rows; i < g->m; i += rows, out += DSC_TILE_ROWS * k) {
    rows = DSC_TYPED(tile_height)(g->m - i);
    run->source->pack_a(run->a + i * g->a_row * size, g->a_row, g->a_column, rows, k, out);
  }
}

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

// The tiles of a panel that ask for the next panel of B, whose columns are lines, from tile `first`
// on: each for as many columns as it has rows, a line of the cache of all of them at a time. In
// between multiply-adds a request costs nothing, in a row they wait for each other. None where
// there are too few whole tiles, or steps in them.
typedef struct {
  int64_t first, count;
} DSC_TYPED(TilesForB);

static DSC_TYPED(TilesForB)
    DSC_TYPED(tiles_for_b)(const DSC_TYPED(Run) * run, int64_t k, int64_t tiles) {
  enum { ROWS = DSC_TILE_ROWS, COUNT = (DSC_TILE_COLUMNS + ROWS - 1) / ROWS };
  const int64_t groups = DSC_TYPED(steps)(run, k) / ROWS - 2;
  const bool fits = k * run->source->size <= groups * DSC_LINE && tiles >= 3 * COUNT;
  const bool asks = run->fetches && run->g->b_row == 1 && run->pack_a && fits;
  return (DSC_TYPED(TilesForB)){tiles / 3, asks ? COUNT : 0};
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
// which begin at row `next`; `turn` counts the tiles since panels were packed.
static DscComing DSC_TYPED(next_of_a)(const DSC_TYPED(Run) * run, bool packs, int64_t steps,
                                      const DSC_T *panel, int64_t next, int64_t turn) {
  enum { ROWS = DSC_TILE_ROWS, LINE = 64 };
  const int64_t panel_row = ROWS * (int64_t)sizeof(DSC_T);
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
  const bool last = next >= g->n, whole = vectors == DSC_TILE_VECTORS && packed;
  DSC_TYPED(TilesForB) asking = {0};
  if (!last && whole && !packs) asking = DSC_TYPED(tiles_for_b)(run, k, tiles);
  const bool thin = DSC_TYPED(thin_pairs) && vectors == 1 && !packs && !source->pairs;
  int64_t next_row = 0, packed_at = 0;
  for (int64_t i = 0, rows, index = 0; i < g->m; i += rows, index++) {
    rows = DSC_TYPED(tile_height)(g->m - i);
    const bool pair =
        thin && rows == DSC_TILE_ROWS && DSC_TYPED(tile_height)(g->m - i - rows) == DSC_TILE_ROWS;
    if (run->fetches && !last && asking.count == 0)
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
    } else if (run->pack_a && whole && rows == DSC_TILE_ROWS) {
      const int64_t turn = index - asking.first;
      const bool asks = turn >= 0 && turn < asking.count;
      source->tile_packed(
          steps, a, b, out, out_row, into,
          asks ? DSC_TYPED(next_of_b)(run, next + turn * DSC_TILE_ROWS)
               : DSC_TYPED(next_of_a)(run, packs, steps, a, next_row, index - packed_at));
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

// How deep the blocks of a sum over k are: about equal, and none of them empty.
static int64_t DSC_TYPED(depth_of)(int64_t k) {
  enum { DEPTH = 256 };  // a panel of B of this depth stays in the first-level cache
  int64_t blocks = k <= DEPTH ? 1 : (k + DEPTH - 1) / DEPTH;
  return (k + blocks - 1) / blocks;
}

static int DSC_TYPED(product)(const DscProduct *g) {
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
