// Which operands of one element type DSC_T micro-kernels read where they lie. No include guard.

// Whether lines of an operand fall into few sets of the first-level cache.
static bool DSC_TYPED(is_aligned)(int64_t row, int64_t column) {
  enum { ALIGNED = 1024 };
  row = row < 0 ? -row : row, column = column < 0 ? -column : column;
  return (row > column ? row : column) * (int64_t)sizeof(DSC_T) % ALIGNED == 0;
}

// Whether micro-kernels may read an operand of `rows` x `columns` where it lies, time and again: it
// stays in the second-level cache, and its lines in the first. With many tiles packing costs
// little, and reading where it lies waits for more.
static bool DSC_TYPED(is_near)(int64_t rows, int64_t row, int64_t columns, int64_t column,
                               bool many) {
  enum { NEAR = 512 << 10, NEAR_IF_MANY = 256 << 10, NEAR_IF_ALIGNED = 64 << 10 };
  const int64_t size = (int64_t)sizeof(DSC_T);
  const int64_t limit = DSC_TYPED(is_aligned)(row, column) ? NEAR_IF_ALIGNED
                        : many                             ? NEAR_IF_MANY
                                                           : NEAR;
  row = (row < 0 ? -row : row) * size, column = (column < 0 ? -column : column) * size;
  return rows * row + columns * column <= limit;
}

// Whether tiles read a block of A's rows where it lies, each asking for its own lines to come: it
// stays in the second-level cache, or is read by so wide tiles that another does, and the rows of a
// tile, if they are not just whole pages apart, stay in the first.
static bool DSC_TYPED(is_placed)(const DscProduct *g, int64_t depth) {
  enum { PLACED_BY_COLUMN = 32 << 10, PAGE = 4096, SIZE = sizeof(DSC_T) };
  return g->a_column == 1 && g->a_row * SIZE % PAGE != 0 &&
         g->m * depth * SIZE <= PLACED_BY_COLUMN * DSC_TILE_COLUMNS;
}

// Whether a B whose lines are far apart is read where it lies by so few tiles: packing it would
// take longer than what they lose.
static bool DSC_TYPED(are_few)(const DscProduct *g) {
  enum { FEW = 8, FEW_IF_ALIGNED = 3 };
  return g->m <=
         (DSC_TYPED(is_aligned)(g->b_row, g->b_column) ? FEW_IF_ALIGNED : FEW) * DSC_TILE_ROWS;
}
