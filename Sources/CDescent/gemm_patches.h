// Packing of patches for one element type DSC_T: a convolution's second operand, gathered from the
// images straight into panels. No include guard.

// A position of the output: where a run of them starts.
typedef struct {
  int64_t image, z, y, x;
} DSC_TYPED(Position);

static DSC_TYPED(Position) DSC_TYPED(position)(const DscPatches *s, int64_t index) {
  DSC_TYPED(Position) at;
  at.x = index % s->out_size[2], index /= s->out_size[2];
  at.y = index % s->out_size[1], index /= s->out_size[1];
  at.z = index % s->out_size[0], at.image = index / s->out_size[0];
  return at;
}

// A row of the patches: a channel seen through one tap.
typedef struct {
  const DSC_T *channel;
  int64_t tap[3];
} DSC_TYPED(Row);

static DSC_TYPED(Row) DSC_TYPED(row)(const DscProduct *g, int64_t index) {
  const DscPatches *s = g->patches;
  DSC_TYPED(Row) row;
  for (int d = 2; d >= 0; d--) row.tap[d] = index % s->taps[d], index /= s->taps[d];
  row.channel = (const DSC_T *)g->b + index * s->in_size[0] * s->in_size[1] * s->in_size[2];
  return row;
}

static void DSC_TYPED(next_row)(const DscPatches *s, DSC_TYPED(Row) * row) {
  for (int d = 2; d >= 0; d--) {
    if (++row->tap[d] < s->taps[d]) return;
    row->tap[d] = 0;
  }
  row->channel += s->in_size[0] * s->in_size[1] * s->in_size[2];
}

static int64_t DSC_TYPED(limited)(int64_t value, int64_t low, int64_t high) {
  return value < low ? low : (value > high ? high : value);
}

// Gathers the elements that `count` positions from `at` on see through a tap.
static void DSC_TYPED(gather)(const DscPatches *s, const DSC_TYPED(Row) * row,
                              DSC_TYPED(Position) at, int64_t count, DSC_T *out) {
  int64_t offset[3];
  for (int d = 0; d < 3; d++) offset[d] = row->tap[d] * s->dilation[d] - s->padding[d];
  int64_t stride = s->stride[2], width = s->out_size[2], size = s->in_size[2];
  // The positions of a line from `low` to `high` lie inside; dividing rounds down.
  int64_t low = offset[2] >= 0 ? 0 : (stride - 1 - offset[2]) / stride;
  int64_t high = size - 1 < offset[2] ? 0 : (size - 1 - offset[2]) / stride + 1;
  low = DSC_TYPED(limited)(low, 0, width);
  high = DSC_TYPED(limited)(high, low, width);
  while (count > 0) {
    int64_t length = width - at.x < count ? width - at.x : count;
    int64_t y = at.y * s->stride[1] + offset[1], z = at.z * s->stride[0] + offset[0];
    bool inside = y >= 0 && y < s->in_size[1] && z >= 0 && z < s->in_size[0];
    int64_t from = inside ? DSC_TYPED(limited)(low - at.x, 0, length) : length;
    int64_t to = DSC_TYPED(limited)(high - at.x, from, length);
    const DSC_T *line = row->channel + at.image * s->image + (z * s->in_size[1] + y) * size;
    for (int64_t x = 0; x < from; x++) out[x] = 0;
    if (stride == 1) {
      DSC_TYPED(copy_row)(out + from, line + at.x + from + offset[2], to - from);
    } else {
      for (int64_t x = from; x < to; x++) out[x] = line[(at.x + x) * stride + offset[2]];
    }
    for (int64_t x = to; x < length; x++) out[x] = 0;
    out += length, count -= length, at.x = 0;
    if (++at.y < s->out_size[1]) continue;
    at.y = 0;
    if (++at.z < s->out_size[0]) continue;
    at.z = 0, at.image++;
  }
}

enum { DSC_TYPED(CHUNK) = 128 };  // positions gathered at a time where they are transposed

static int64_t DSC_TYPED(gathered_length)(const DscProduct *g) {
  if (g->patches->transposed) return DSC_TILE_COLUMNS * DSC_TYPED(CHUNK);
  return (g->n + DSC_TILE_COLUMNS - 1) / DSC_TILE_COLUMNS * DSC_TILE_COLUMNS;
}

// Packs rows `start` to `start + k` of the patches; `gathered` holds gathered_length elements.
static void DSC_TYPED(pack_patches)(const DscProduct *g, int64_t start, int64_t k, DSC_T *gathered,
                                    DSC_T *panels) {
  const DscPatches *s = g->patches;
  if (!s->transposed) {
    int64_t length = DSC_TYPED(gathered_length)(g);
    for (int64_t j = g->n; j < length; j++) gathered[j] = 0;
    DSC_TYPED(Position) first = DSC_TYPED(position)(s, g->column);
    DSC_TYPED(Row) row = DSC_TYPED(row)(g, start);
    for (int64_t p = 0; p < k; p++, DSC_TYPED(next_row)(s, &row)) {
      DSC_TYPED(gather)(s, &row, first, g->n, gathered);
      DSC_T *to = panels + p * DSC_TILE_COLUMNS;
      for (int64_t j = 0; j < length; j += DSC_TILE_COLUMNS, to += DSC_TILE_COLUMNS * k)
        memcpy(to, gathered + j, DSC_TILE_COLUMNS * sizeof(DSC_T));
    }
    return;
  }
  for (int64_t done = 0; done < k; done += DSC_TYPED(CHUNK)) {
    int64_t count = k - done < DSC_TYPED(CHUNK) ? k - done : DSC_TYPED(CHUNK);
    DSC_TYPED(Position) first = DSC_TYPED(position)(s, start + done);
    DSC_TYPED(Row) row = DSC_TYPED(row)(g, g->column);
    for (int64_t j = 0; j < g->n; j += DSC_TILE_COLUMNS) {
      int64_t columns = g->n - j < DSC_TILE_COLUMNS ? g->n - j : DSC_TILE_COLUMNS;
      for (int64_t i = 0; i < columns; i++, DSC_TYPED(next_row)(s, &row))
        DSC_TYPED(gather)(s, &row, first, count, gathered + i * DSC_TYPED(CHUNK));
      DSC_TYPED(pack_lines)
      (DSC_TILE_COLUMNS, gathered, DSC_TYPED(CHUNK), columns - 1, count,
       panels + j * k + done * DSC_TILE_COLUMNS);
    }
  }
}

// Packs A where its columns `start` to `start + k` are positions of images, tile by tile.
static void DSC_TYPED(pack_positions)(const DscProduct *g, int64_t start, int64_t k,
                                      DSC_T *panels) {
  const DscPatches *s = g->patches;
  for (int64_t i = 0, rows; i < g->m; i += rows, panels += DSC_TILE_ROWS * k) {
    rows = DSC_TYPED(tile_height)(g->m - i);
    for (int64_t done = 0, count; done < k; done += count) {
      int64_t image = (start + done) / s->positions, at = (start + done) % s->positions;
      count = s->positions - at < k - done ? s->positions - at : k - done;
      const DSC_T *from = (const DSC_T *)g->a + i * g->a_row + image * s->jump + at;
      DSC_TYPED(pack_lines)
      (DSC_TILE_ROWS, from, g->a_row, rows - 1, count, panels + done * DSC_TILE_ROWS);
    }
  }
}

// Writes a tile of C whose columns are positions of images.
static void DSC_TYPED(store_positions)(const DscProduct *g, const DSC_T *sums, int64_t sums_row,
                                       int64_t i, int64_t rows, int64_t j, int64_t columns) {
  const DscPatches *s = g->patches;
  for (int64_t done = 0, count; done < columns; done += count) {
    int64_t image = (g->column + j + done) / s->positions,
            at = (g->column + j + done) % s->positions;
    count = s->positions - at < columns - done ? s->positions - at : columns - done;
    DSC_T *to = (DSC_T *)g->c + i * g->c_row + image * s->jump + at;
    for (int64_t r = 0; r < rows; r++)
      DSC_TYPED(copy_row)(to + r * g->c_row, sums + r * sums_row + done, count);
  }
}
