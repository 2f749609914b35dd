// Convolutions over a grid (dsc_grid.h) for one element type DSC_T: the micro-kernels read the grid
// where a product would read packed panels. The order of every sum is that of gemm_block.h.
// No include guard.

// Like tile: `a` is a packed panel, row p of B lies `offsets[p]` behind `b`.
static inline __attribute__((always_inline)) void DSC_TYPED(grid_tile)(int rows, int64_t k,
                                                                       const DSC_T *a,
                                                                       const DSC_T *b,
                                                                       const int64_t *offsets,
                                                                       DSC_T *out, DscInto into) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[DSC_TILE_ROWS][DSC_TILE_VECTORS];
  DSC_TYPED(clear_tile)(rows, DSC_TILE_VECTORS, sum);
  for (int64_t p = 0; p < k; p++, a += DSC_TILE_ROWS) {
    const DSC_T *four[(DSC_TILE_ROWS + 3) / 4];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i += 4) four[i / 4] = a + i;
    DSC_TYPED(multiply_add)(rows, DSC_TILE_VECTORS, four, 1, b + offsets[p], sum);
  }
  DSC_TYPED(store_tile)(rows, DSC_TILE_VECTORS, sum, out, DSC_TILE_COLUMNS, into);
}

// out += A B for lines of `width` places `pitch` apart: row i of A is the grid from `rows_at[i]`
// on, B is packed. Few outputs fit in one vector of the packed panel. Unless `ahead` is 0, what
// lies so far behind each row is asked for.
static inline __attribute__((always_inline)) void DSC_TYPED(weight_tile)(
    int rows, int vectors, int64_t lines, int64_t width, int64_t pitch, int64_t ahead,
    const DSC_T *const *rows_at, const DSC_T *b, DSC_T *out, int64_t out_row) {
  enum { LINE = 64 / sizeof(DSC_T) };
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[DSC_TILE_ROWS][DSC_TILE_VECTORS];
  DSC_TYPED(clear_tile)(rows, vectors, sum);
  for (int64_t line = 0; line < lines; line++) {
    int64_t end = line * pitch + width;
    for (int64_t p = line * pitch; p < end; p++, b += DSC_TILE_COLUMNS) {
      if (ahead != 0)
        __builtin_prefetch(rows_at[p % LINE < rows ? p % LINE : rows - 1] + p + ahead);
      Vector value[DSC_TILE_VECTORS];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) value[v] = *(const Vector *)(b + v * DSC_LANES_PER_VECTOR);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) {
        Vector x = (Vector)(rows_at[i][p]);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[i][v] = DSC_MULTIPLY_ADD(x, value[v], sum[i][v]);
      }
    }
  }
  DSC_TYPED(store_tile)(rows, vectors, sum, out, out_row, DSC_ADD);
}

#define DSC_WEIGHT_TILE(rows, vectors, name)                                                       \
  static void DSC_TYPED(name##_##rows)(int64_t lines, int64_t width, int64_t pitch, int64_t ahead, \
                                       const DSC_T *const *rows_at, const DSC_T *b, DSC_T *out,    \
                                       int64_t out_row) {                                          \
    DSC_TYPED(weight_tile)(rows, vectors, lines, width, pitch, ahead, rows_at, b, out, out_row);   \
  }
#define DSC_DIRECT(rows)                                                                      \
  static void DSC_TYPED(grid_tile_##rows)(int64_t k, const DSC_T *a, const DSC_T *b,          \
                                          const int64_t *offsets, DSC_T *out, DscInto into) { \
    DSC_TYPED(grid_tile)(rows, k, a, b, offsets, out, into);                                  \
  }                                                                                           \
  DSC_WEIGHT_TILE(rows, 1, weight_vector)                                                     \
  DSC_WEIGHT_TILE(rows, DSC_TILE_VECTORS, weight_tile)
DSC_FOR_TILE_ROWS(DSC_DIRECT)
#undef DSC_DIRECT
#undef DSC_WEIGHT_TILE

#define DSC_GRID_ENTRY(rows)   DSC_TYPED(grid_tile_##rows),
#define DSC_WEIGHT_ENTRY(rows) {DSC_TYPED(weight_vector_##rows), DSC_TYPED(weight_tile_##rows)},
static void (*const DSC_TYPED(grid_tiles)[DSC_TILE_ROWS])(int64_t, const DSC_T *, const DSC_T *,
                                                          const int64_t *, DSC_T *, DscInto) = {
    DSC_FOR_TILE_ROWS(DSC_GRID_ENTRY)};
static void (*const DSC_TYPED(weight_tiles)[DSC_TILE_ROWS][2])(int64_t, int64_t, int64_t, int64_t,
                                                               const DSC_T *const *, const DSC_T *,
                                                               DSC_T *, int64_t) = {
    DSC_FOR_TILE_ROWS(DSC_WEIGHT_ENTRY)};
#undef DSC_GRID_ENTRY
#undef DSC_WEIGHT_ENTRY

static int64_t DSC_TYPED(band_columns)(const DscBand *band) {
  return DSC_TYPED(round_up)(band->grid.count, DSC_TILE_COLUMNS);
}

static int64_t DSC_TYPED(band_memory)(const DscBand *band) {
  int64_t channels = band->call->in_channels / band->call->groups;
  return DSC_TYPED(round_up)(channels * band->grid.channel + DSC_GRID_SLACK, 16) +
         band->rows * DSC_TYPED(band_columns)(band);
}

// Writes a tile of a band: the places between the lines are dropped.
static void DSC_TYPED(store_band)(const DscBand *band, DSC_T *sums, int64_t i, int64_t rows,
                                  int64_t column) {
  typedef DSC_TYPED(Vector) Vector;
  const DscConvolution *call = band->call;
  int64_t channel = band->group * (call->out_channels / call->groups) + band->row + i;
  if (call->bias != NULL) {
    for (int64_t r = 0; r < rows; r++) {
      Vector bias = (Vector)(((const DSC_T *)call->bias)[channel + r]);
      for (int v = 0; v < DSC_TILE_VECTORS; v++)
        *(Vector *)(sums + r * DSC_TILE_COLUMNS + v * DSC_LANES_PER_VECTOR) += bias;
    }
  }
  DSC_T *out = (DSC_T *)call->output +
               (band->image * call->out_channels + channel) * band->positions + band->first;
  int64_t pitch = band->grid.size[2], width = call->out_size[2], height = call->out_size[1];
  for (int64_t done = 0, count; done < DSC_TILE_COLUMNS; done += count) {
    int64_t line = (column + done) / pitch, x = (column + done) % pitch;
    count = pitch - x < DSC_TILE_COLUMNS - done ? pitch - x : DSC_TILE_COLUMNS - done;
    int64_t z = line / band->grid.size[1], y = line % band->grid.size[1];
    if (x >= width || y >= height || z >= call->out_size[0]) continue;
    int64_t valid = width - x < count ? width - x : count;
    DSC_T *to = out + (z * height + y) * width + x;
    for (int64_t r = 0; r < rows; r++)
      DSC_TYPED(copy_row)(to + r * band->positions, sums + r * DSC_TILE_COLUMNS + done, valid);
  }
}

static void DSC_TYPED(band)(const DscBand *band) {
  const DscConvolution *call = band->call;
  const DscGrid *g = &band->grid;
  int64_t channels = call->in_channels / call->groups;
  int64_t size = dsc_volume(call->in_size);
  const DSC_T *input = (const DSC_T *)call->input +
                       (band->image * call->in_channels + band->group * channels) * size;
  DSC_T *grid = band->memory;
  for (int64_t c = 0; c < channels; c++)
    DSC_TYPED(fill_grid)(call, g, input + c * size, grid + c * g->channel);
  DSC_T *sums = grid + DSC_TYPED(round_up)(channels * g->channel + DSC_GRID_SLACK, 16);
  int64_t k = channels * dsc_volume(call->taps);
  int64_t depth = DSC_TYPED(depth_of)(k), columns = DSC_TYPED(band_columns)(band);
  for (int64_t start = 0; start < k; start += depth) {
    int64_t count = k - start < depth ? k - start : depth;
    for (int64_t j = 0; j < columns; j += DSC_TILE_COLUMNS) {
      const DSC_T *a = (const DSC_T *)band->weights + start * DSC_TILE_ROWS;
      for (int64_t i = 0, rows; i < band->rows; i += rows, a += k * DSC_TILE_ROWS) {
        rows = DSC_TYPED(tile_height)(band->rows - i);
        DSC_T *out = sums + j * band->rows + i * DSC_TILE_COLUMNS;
        DSC_TYPED(grid_tiles)
        [rows - 1](count, a, grid + j, band->offsets + start, out,
                   start == 0 ? DSC_REPLACE : DSC_ADD);
        if (start + count == k) DSC_TYPED(store_band)(band, out, i, rows, j);
      }
    }
  }
}

static void DSC_TYPED(pack_weights)(const DscConvolution *call, int64_t group, int64_t first,
                                    int64_t count, DSC_T *out) {
  DscWeightSteps steps = dsc_weight_steps(call);
  int64_t taps = dsc_volume(call->taps), k = call->in_channels / call->groups * taps;
  const DSC_T *from = (const DSC_T *)call->weight + group * steps.group + first * steps.output;
  for (int64_t i = 0, rows; i < count; i += rows, out += DSC_TILE_ROWS * k) {
    rows = DSC_TYPED(tile_height)(count - i);
    DSC_TYPED(pack_taps)(from + i * steps.output, &steps, taps, rows, 0, k, out);
  }
}

static void DSC_TYPED(pack_gradients)(const DscConvolution *call, int64_t group, int64_t image,
                                      int64_t tile, DSC_T *out) {
  int64_t outputs = call->out_channels / call->groups, first = tile * DSC_TILE_COLUMNS;
  int64_t positions = dsc_volume(call->out_size);
  int64_t count = outputs - first < DSC_TILE_COLUMNS ? outputs - first : DSC_TILE_COLUMNS;
  const DSC_T *from = (const DSC_T *)call->output +
                      (image * call->out_channels + group * outputs + first) * positions;
  DSC_TYPED(pack_lines)(DSC_TILE_COLUMNS, from, positions, count - 1, positions, out);
}

static int64_t DSC_TYPED(weight_rows_memory)(const DscWeightRows *w) {
  return w->grid.is_input ? 0 : w->channels * w->grid.channel + DSC_GRID_SLACK;
}

static void DSC_TYPED(weight_rows)(const DscWeightRows *w) {
  const DscConvolution *call = w->call;
  const DscGrid *g = &w->grid;
  int64_t channels = call->in_channels / call->groups, outputs = call->out_channels / call->groups;
  int64_t size = dsc_volume(call->in_size);
  int64_t taps = dsc_volume(call->taps);
  int64_t width = call->out_size[2], height = call->out_size[1], pitch = g->size[2];
  int64_t positions = call->out_size[0] * height * width;
  int64_t columns = DSC_TYPED(round_up)(outputs, DSC_TILE_COLUMNS);
  int64_t some_lines = (DSC_NEAR_PLACES + width - 1) / width;
  int64_t lines = some_lines < height ? some_lines : height;
  DSC_T *sums = (DSC_T *)w->sums + w->channel * taps * columns;
  for (int64_t n = 0; n < w->images; n++) {
    const DSC_T *input =
        (const DSC_T *)call->input +
        ((w->image + n) * call->in_channels + w->group * channels + w->channel) * size;
    for (int64_t c = 0; c < w->channels && !g->is_input; c++)
      DSC_TYPED(fill_grid)(call, g, input + c * size, (DSC_T *)w->memory + c * g->channel);
    const DSC_T *grid = g->is_input ? input : w->memory;
    const DSC_T *gradients = (const DSC_T *)w->gradients + n * columns * positions;
    for (int64_t z = 0; z < call->out_size[0]; z++) {
      for (int64_t y = 0; y < height; y += lines) {
        int64_t some = height - y < lines ? height - y : lines;
        const DSC_T *at = grid + (z * g->size[1] + y) * pitch;
        for (int64_t j = 0; j < columns; j += DSC_TILE_COLUMNS) {
          const DSC_T *b = gradients + j * positions + (z * height + y) * width * DSC_TILE_COLUMNS;
          for (int64_t i = 0, rows; i < w->channels * taps; i += rows) {
            rows = DSC_TYPED(tile_height)(w->channels * taps - i);
            const DSC_T *rows_at[DSC_TILE_ROWS];
            for (int64_t r = 0; r < rows; r++)
              rows_at[r] = at + (i + r) / taps * g->channel + w->offsets[(i + r) % taps];
            // A grid is near; channels of the input itself come from memory.
            const int64_t ahead = g->is_input && taps == 1 ? rows * g->channel : 0;
            DSC_TYPED(weight_tiles)
            [rows - 1][outputs > DSC_LANES_PER_VECTOR](some, width, pitch, ahead, rows_at, b,
                                                       sums + i * columns + j, columns);
          }
        }
      }
    }
  }
}
