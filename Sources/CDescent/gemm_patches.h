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
    } else if (stride == 2) {
      DSC_TYPED(copy_second)(out + from, line + 2 * (at.x + from) + offset[2], to - from);
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

enum {
  DSC_TYPED(CHUNK) = 128,      // positions gathered at a time where they are transposed
  DSC_TYPED(TABLE_TAPS) = 32,  // with more of them a table would serve few channels
};

// Where lines are short or strided, the places that positions see are the same for all channels:
// they are found once a tap.
typedef struct {
  int64_t image;   // the first position's
  int64_t count;   // places a tap
  int32_t *place;  // behind a channel of that image; -1 outside. NULL: not used
} DSC_TYPED(Places);

// Positions that share a table.
static int64_t DSC_TYPED(table_count)(const DscProduct *g) {
  return g->patches->transposed ? DSC_TYPED(CHUNK) : g->n;
}

static bool DSC_TYPED(has_table)(const DscProduct *g) {
  enum { WIDTH = 16 };
  const DscPatches *s = g->patches;
  int64_t images = DSC_TYPED(table_count)(g) / s->positions + 2;
  return dsc_volume(s->taps) <= DSC_TYPED(TABLE_TAPS) &&
         (s->out_size[2] < WIDTH || s->stride[2] > 2) && images < INT32_MAX / (s->image + 1);
}

// Finds the places of `count` positions from `at` on for every tap.
static void DSC_TYPED(find_places)(const DscPatches *s, DSC_TYPED(Position) at, int64_t count,
                                   DSC_TYPED(Places) * places) {
  places->image = at.image, places->count = count;
  const int64_t *in = s->in_size, *taps = s->taps;
  int64_t number = dsc_volume(taps), from[DSC_TYPED(TABLE_TAPS)][3];
  for (int64_t t = 0; t < number; t++) {
    int64_t tap[3] = {t / taps[2] / taps[1], t / taps[2] % taps[1], t % taps[2]};
    for (int d = 0; d < 3; d++) from[t][d] = tap[d] * s->dilation[d] - s->padding[d];
  }
  for (int64_t j = 0; j < count; j++) {
    int64_t z = at.z * s->stride[0], y = at.y * s->stride[1], x = at.x * s->stride[2];
    int64_t image = (at.image - places->image) * s->image;
    int32_t *out = places->place + j;
    for (int64_t t = 0; t < number; t++, out += count) {
      int64_t d = z + from[t][0], h = y + from[t][1], w = x + from[t][2];
      bool inside = d >= 0 && d < in[0] && h >= 0 && h < in[1] && w >= 0 && w < in[2];
      *out = inside ? (int32_t)(image + (d * in[1] + h) * in[2] + w) : -1;
    }
    if (++at.x < s->out_size[2]) continue;
    at.x = 0;
    if (++at.y < s->out_size[1]) continue;
    at.y = 0;
    if (++at.z < s->out_size[0]) continue;
    at.z = 0, at.image++;
  }
}

// Gathers what `count` positions from `at` on see through a row's tap, by the table if there is
// one.
static void DSC_TYPED(gather_row)(const DscPatches *s, const DSC_TYPED(Row) * row,
                                  DSC_TYPED(Position) at, int64_t count,
                                  const DSC_TYPED(Places) * places, DSC_T *out) {
  if (places->place == NULL) {
    DSC_TYPED(gather)(s, row, at, count, out);
    return;
  }
  const DSC_T *channel = row->channel + places->image * s->image;
  int64_t tap = (row->tap[0] * s->taps[1] + row->tap[1]) * s->taps[2] + row->tap[2];
  const int32_t *place = places->place + tap * places->count;
  for (int64_t j = 0; j < count; j++) out[j] = place[j] < 0 ? 0 : channel[place[j]];
}

// Elements that are gathered before they are packed.
static int64_t DSC_TYPED(line_length)(const DscProduct *g) {
  if (g->patches->transposed) return DSC_TILE_COLUMNS * DSC_TYPED(CHUNK);
  return (g->n + DSC_TILE_COLUMNS - 1) / DSC_TILE_COLUMNS * DSC_TILE_COLUMNS;
}

// The same with the table.
static int64_t DSC_TYPED(gathered_length)(const DscProduct *g) {
  bool table = DSC_TYPED(has_table)(g);
  return DSC_TYPED(line_length)(g) +
         (table ? dsc_volume(g->patches->taps) * DSC_TYPED(table_count)(g) : 0);
}

// Packs rows `start` to `start + k` of the patches; `gathered` holds gathered_length elements.
static void DSC_TYPED(pack_patches)(const DscProduct *g, int64_t start, int64_t k, DSC_T *gathered,
                                    DSC_T *panels) {
  const DscPatches *s = g->patches;
  DSC_TYPED(Places) places = {0};
  if (DSC_TYPED(has_table)(g))
    places.place = (int32_t *)(void *)(gathered + DSC_TYPED(line_length)(g));
  if (!s->transposed) {
    int64_t length = DSC_TYPED(line_length)(g);
    for (int64_t j = g->n; j < length; j++) gathered[j] = 0;
    DSC_TYPED(Position) first = DSC_TYPED(position)(s, g->column);
    if (places.place != NULL) DSC_TYPED(find_places)(s, first, g->n, &places);
    DSC_TYPED(Row) row = DSC_TYPED(row)(g, start);
    for (int64_t p = 0; p < k; p++, DSC_TYPED(next_row)(s, &row)) {
      DSC_TYPED(gather_row)(s, &row, first, g->n, &places, gathered);
      DSC_T *to = panels + p * DSC_TILE_COLUMNS;
      for (int64_t j = 0; j < length; j += DSC_TILE_COLUMNS, to += DSC_TILE_COLUMNS * k)
        memcpy(to, gathered + j, DSC_TILE_COLUMNS * sizeof(DSC_T));
    }
    return;
  }
  for (int64_t done = 0; done < k; done += DSC_TYPED(CHUNK)) {
    int64_t count = k - done < DSC_TYPED(CHUNK) ? k - done : DSC_TYPED(CHUNK);
    DSC_TYPED(Position) first = DSC_TYPED(position)(s, start + done);
    if (places.place != NULL) DSC_TYPED(find_places)(s, first, count, &places);
    DSC_TYPED(Row) row = DSC_TYPED(row)(g, g->column);
    for (int64_t j = 0; j < g->n; j += DSC_TILE_COLUMNS) {
      int64_t columns = g->n - j < DSC_TILE_COLUMNS ? g->n - j : DSC_TILE_COLUMNS;
      for (int64_t i = 0; i < columns; i++, DSC_TYPED(next_row)(s, &row)) DSC_TYPED(gather_row)
      (s, &row, first, count, &places, gathered + i * DSC_TYPED(CHUNK));
      DSC_TYPED(pack_lines)
      (DSC_TILE_COLUMNS, gathered, DSC_TYPED(CHUNK), columns - 1, count,
       panels + j * k + done * DSC_TILE_COLUMNS);
    }
  }
}

// Packs weights of up to a tile's output channels, `from` the first one's: their elements `start`
// to `start + k` of (channel, tap).
static void DSC_TYPED(pack_taps)(const DSC_T *from, const DscWeightSteps *steps, int64_t taps,
                                 int64_t rows, int64_t start, int64_t k, DSC_T *out) {
  if (steps->channel == taps) {
    DSC_TYPED(pack_lines)(DSC_TILE_ROWS, from + start, steps->output, rows - 1, k, out);
    return;
  }
  enum { AHEAD = 8, LINE = 64 / sizeof(DSC_T) };
  for (int64_t end = start + k, some; start < end; start += some, out += some * DSC_TILE_ROWS) {
    int64_t tap = start % taps;
    some = taps - tap < end - start ? taps - tap : end - start;
    // Channels lie pages apart: the processor does not fetch the next ones by itself.
    uintptr_t ahead =
        (uintptr_t)from + (uintptr_t)((start / taps + AHEAD) * steps->channel) * sizeof(DSC_T);
    for (int64_t i = 0; i < (rows - 1) * steps->output + taps; i += LINE)
      __builtin_prefetch((const void *)(ahead + (uintptr_t)i * sizeof(DSC_T)));
    DSC_TYPED(pack_lines)
    (DSC_TILE_ROWS, from + start / taps * steps->channel + tap, steps->output, rows - 1, some, out);
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
