// What a product of one element type DSC_T works with on its way through the blocks of k: which
// operands are packed and where they wait. No include guard.

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
  run->pack_a = half || (g->patches != NULL && (g->patches->transposed || g->patches->exchanged)) ||
                (g->n > 2 * DSC_TILE_COLUMNS && !DSC_TYPED(is_placed)(g, run->depth) &&
                 !DSC_TYPED(is_near)(g->m, g->a_row, read, g->a_column, many));
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
