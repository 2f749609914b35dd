// Convolutions by vectors of columns: each begins in a line and is stored where the line ends. Part
// of conv_lines_body.h.

// Vectors of a line of outputs.
static int64_t DSC_TYPED(line_vectors)(const DscConvolution *call) {
  return (call->out_size[2] + DSC_LANES_PER_VECTOR - 1) / DSC_LANES_PER_VECTOR;
}

static int64_t DSC_TYPED(grid_length)(const DscBand *band) {
  int64_t channels = band->call->in_channels / band->call->groups;
  return (channels * band->grid.channel + DSC_GRID_SLACK + 15) / 16 * 16;
}

// A vector's place among the outputs of a band.
typedef struct {
  int64_t z, y, x;
} DSC_TYPED(Cursor);

// Some vectors of a band's columns.
typedef struct {
  int64_t count;                        // of vectors
  int64_t at[DSC_TYPED(STRETCHES)];     // places of the grid
  int64_t to[DSC_TYPED(STRETCHES)];     // places of a channel of the output
  int64_t valid[DSC_TYPED(STRETCHES)];  // elements of the line
  int64_t start, end;                   // of the sum: taps that meet padding only are left out
} DSC_TYPED(Columns);

// Whether outputs are many, and vectors of them whole lines of the cache.
static bool DSC_TYPED(band_streams)(const DscBand *band) {
  const DscConvolution *call = band->call;
  const int64_t channel = band->positions * (int64_t)sizeof(DSC_T);
  return DSC_VECTOR_BYTES == DSC_LINE && call->out_size[2] % DSC_LANES_PER_VECTOR == 0 &&
         channel % DSC_LINE == 0 && (uintptr_t)call->output % DSC_LINE == 0 &&
         dsc_streams(call->batch * call->out_channels * channel);
}

// Where a tile of a band belongs, the channels from `i` on.
static DSC_TYPED(Place)
    DSC_TYPED(place_of)(const DscBand *band, int64_t i, const int64_t *to, DscInto into) {
  const DscConvolution *call = band->call;
  const int64_t channel = band->group * (call->out_channels / call->groups) + band->row + i;
  const DSC_T *bias = (const DSC_T *)call->bias;
  return (DSC_TYPED(Place)){
      .out = (DSC_T *)call->output +
             (band->image * call->out_channels + channel) * band->positions + band->first,
      .apart = band->positions,
      .to = to,
      .into = into,
      .bias = bias == NULL ? NULL : bias + channel,
  };
}

// Writes the sums of a tile to its place, of which a channel ends at `end`.
static void DSC_TYPED(store_lines)(const DSC_T *sums, const DSC_TYPED(Place) * place, int64_t end,
                                   int64_t rows, const DSC_TYPED(Columns) * columns) {
  typedef DSC_TYPED(Vector) Vector;
  for (int64_t r = 0; r < rows; r++) {
    const Vector bias = (Vector)(place->bias == NULL ? 0 : place->bias[r]);
    for (int64_t v = 0; v < columns->count; v++, sums += DSC_LANES_PER_VECTOR) {
      const Vector sum = place->bias == NULL ? *(const Vector *)sums : *(const Vector *)sums + bias;
      DSC_T *to = place->out + r * place->apart + columns->to[v];
      if (columns->to[v] + DSC_LANES_PER_VECTOR <= end)
        *(Vector *)to = sum;
      else
        DSC_TYPED(copy_row)(to, (const DSC_T *)&sum, columns->valid[v]);
    }
  }
}

// The part of a sum of `k` terms that lines `top` to `bottom` of the outputs need: all of it, or
// the lines of taps that meet a line of the image.
static void DSC_TYPED(find_range)(const DscBand *band, int64_t top, int64_t bottom, int64_t k,
                                  int64_t *start, int64_t *end) {
  const DscConvolution *call = band->call;
  *start = 0, *end = k;
  if (!band->by_lines) return;
  int64_t taps = call->taps[1], from = taps, to = 0;
  for (int64_t p = 0; p < taps; p++) {
    for (int64_t y = top; y <= bottom; y++) {
      int64_t line = y * call->stride[1] + p * call->dilation[1] - call->padding[1];
      if (line < 0 || line >= call->in_size[1]) continue;
      if (from > p) from = p;
      to = p + 1;
    }
  }
  *start = from < to ? from * (k / taps) : 0, *end = to * (k / taps);
}

// The next columns: up to `most` vectors, of the `left` that the band has.
static DSC_TYPED(Columns) DSC_TYPED(columns_from)(const DscBand *band, DSC_TYPED(Cursor) * next,
                                                  int64_t left, int64_t most, int64_t k) {
  const DscConvolution *call = band->call;
  const int64_t *out = call->out_size;
  DSC_TYPED(Columns) columns = {.end = k};
  const int64_t parts = (left + most - 1) / most;  // as even as they come
  columns.count = (left + parts - 1) / parts;
  int64_t top = next->y, bottom = top;
  for (int64_t v = 0; v < columns.count; v++) {
    columns.at[v] = (next->z * band->grid.size[1] + next->y) * band->grid.size[2] + next->x;
    columns.to[v] = (next->z * out[1] + next->y) * out[2] + next->x;
    columns.valid[v] = out[2] - next->x;
    bottom = next->y;
    next->x += DSC_LANES_PER_VECTOR;
    if (next->x < out[2]) continue;
    next->x = 0;
    if (++next->y < out[1]) continue;
    next->y = 0, next->z++;
  }
  DSC_TYPED(find_range)(band, top, bottom, k, &columns.start, &columns.end);
  return columns;
}

// The input channels of a band.
static const DSC_T *DSC_TYPED(input_of)(const DscBand *band) {
  const DscConvolution *call = band->call;
  int64_t first =
      band->image * call->in_channels + band->group * (call->in_channels / call->groups);
  return (const DSC_T *)call->input + first * dsc_volume(call->in_size);
}

// Their grid, in the band's memory.
static const DSC_T *DSC_TYPED(fill_band)(const DscBand *band) {
  const DscConvolution *call = band->call;
  int64_t channels = call->in_channels / call->groups, size = dsc_volume(call->in_size);
  const DSC_T *input = DSC_TYPED(input_of)(band);
  DSC_T *grid = band->memory;
  for (int64_t c = 0; c < channels; c++)
    DSC_TYPED(fill_grid)(call, &band->grid, input + c * size, grid + c * band->grid.channel);
  return grid;
}

// Terms of a sum that are taken at once.
static int64_t DSC_TYPED(depth_of)(int64_t k) {
  int64_t parts = (k + DSC_TYPED(DEPTH) - 1) / DSC_TYPED(DEPTH);
  return parts == 0 ? 1 : (k + parts - 1) / parts;
}

// Tiles that meet a panel of weights one after the other, while it is in the first-level cache.
enum { DSC_TYPED(NEIGHBOURS) = 4 };

// The tiles of channels `i` to `i + rows` at `tiles` columns. What a vector writes behind its line
// is written again with the next one, which has not come yet; behind the last line nothing is
// written.
static void DSC_TYPED(neighbours)(const DscBand *band, int64_t i, int64_t rows, const DSC_T *a,
                                  const DSC_T *grid, int64_t k, const DSC_TYPED(Columns) * columns,
                                  int64_t tiles, DscInto into) {
  const int64_t depth = DSC_TYPED(depth_of)(k), end = dsc_volume(band->call->out_size);
  DSC_T sums[DSC_TYPED(NEIGHBOURS)][DSC_TYPED(SUMS) * DSC_LANES_PER_VECTOR]
      __attribute__((aligned(64)));
  int64_t in_order[DSC_TYPED(STRETCHES)];
  for (int v = 0; v < DSC_TYPED(STRETCHES); v++) in_order[v] = v * DSC_LANES_PER_VECTOR;
  for (int64_t start = 0; start < k; start += depth) {
    const int64_t stop = k - start < depth ? k : start + depth;
    for (int64_t t = 0; t < tiles; t++) {
      const DSC_TYPED(Columns) *at = &columns[t];
      const int64_t from = start > at->start ? start : at->start;
      const int64_t some = (stop < at->end ? stop : at->end) - from;
      const bool is_first = start <= at->start;  // then nothing is there to be added to
      const bool is_direct = depth >= k && at->to[at->count - 1] + DSC_LANES_PER_VECTOR <= end;
      const DSC_TYPED(Place) place = DSC_TYPED(place_of)(band, i, at->to, into);
      const DSC_TYPED(Place) waiting = {.out = sums[t],
                                        .apart = at->count * DSC_LANES_PER_VECTOR,
                                        .to = in_order,
                                        .into = is_first ? DSC_REPLACE : DSC_ADD};
      if (some > 0 || is_first) DSC_TYPED(grid_tiles)
      [rows - 1][at->count - 1](some > 0 ? some : 0, a + from * DSC_LINE_ROWS, grid, at->at,
                                band->offsets + from, is_direct ? &place : &waiting);
      if (stop == k && !is_direct) DSC_TYPED(store_lines)(sums[t], &place, end, rows, at);
    }
  }
}

static void DSC_TYPED(columns_band)(const DscBand *band) {
  const DscConvolution *call = band->call;
  const DSC_T *grid = DSC_TYPED(fill_band)(band);
  const int64_t k = call->in_channels / call->groups * dsc_volume(call->taps);
  const int64_t vectors = call->out_size[0] * call->out_size[1] * DSC_TYPED(line_vectors)(call);
  const int64_t most = DSC_TYPED(stretches)(DSC_TYPED(height)(band->rows));
  const bool streams = DSC_TYPED(band_streams)(band);
  DSC_TYPED(Cursor) next = {0, 0, 0};
  for (int64_t left = vectors; left > 0;) {
    DSC_TYPED(Columns) columns[DSC_TYPED(NEIGHBOURS)];
    int64_t tiles = 0;
    for (; tiles < DSC_TYPED(NEIGHBOURS) && left > 0; left -= columns[tiles++].count)
      columns[tiles] = DSC_TYPED(columns_from)(band, &next, left, most, k);
    const DSC_T *a = band->weights;
    for (int64_t i = 0, rows; i < band->rows; i += rows, a += k * DSC_LINE_ROWS) {
      rows = DSC_TYPED(height)(band->rows - i);
      DSC_TYPED(neighbours)
      (band, i, rows, a, grid, k, columns, tiles, streams ? DSC_STREAM : DSC_REPLACE);
    }
  }
  if (streams) dsc_stream_finish();
}
