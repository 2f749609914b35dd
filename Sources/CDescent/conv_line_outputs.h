// Convolutions by vectors of outputs, for lines too short to fill vectors of columns. Part of
// conv_lines_body.h.

// Writes the sums row by row, or adds them to what is there.
static inline __attribute__((always_inline)) void DSC_TYPED(store_sums)(
    int rows, int vectors, DSC_TYPED(Vector) sum[DSC_LINE_ROWS][DSC_TYPED(STRETCHES)], DSC_T *out,
    bool accumulate) {
  typedef DSC_TYPED(Vector) Vector;
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      Vector *place = (Vector *)(out + (i * vectors + v) * DSC_LANES_PER_VECTOR);
      *place = accumulate ? *place + sum[i][v] : sum[i][v];
    }
  }
}

// out = (accumulate ? out : 0) + A B: row i of A is the grid from `from + i` on, its column p there
// `offsets[p]` behind; B has `vectors` vectors of outputs a row, as out has.
static inline __attribute__((always_inline)) void DSC_TYPED(place_tile)(
    int rows, int vectors, int64_t k, const DSC_T *from, const int64_t *offsets, const DSC_T *b,
    DSC_T *out, bool accumulate) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[DSC_LINE_ROWS][DSC_TYPED(STRETCHES)];
  DSC_TYPED(clear_sums)(rows, vectors, sum);
  for (int64_t p = 0; p < k; p++, b += vectors * DSC_LANES_PER_VECTOR) {
    const DSC_T *at = from + offsets[p];
    Vector line[2];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) line[v] = *(const Vector *)(b + v * DSC_LANES_PER_VECTOR);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      Vector x = (Vector)(at[i]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sum[i][v] = DSC_MULTIPLY_ADD(x, line[v], sum[i][v]);
    }
  }
  DSC_TYPED(store_sums)(rows, vectors, sum, out, accumulate);
}

#define DSC_PLACE_TILE(rows, vectors)                                                          \
  static void DSC_TYPED(place_tile_##rows##_##vectors)(int64_t k, const DSC_T *from,           \
                                                       const int64_t *offsets, const DSC_T *b, \
                                                       DSC_T *out, bool accumulate) {          \
    DSC_TYPED(place_tile)(rows, vectors, k, from, offsets, b, out, accumulate);                \
  }
#define DSC_PLACE_TILES(rows) DSC_PLACE_TILE(rows, 1) DSC_PLACE_TILE(rows, 2)
#define DSC_PLACE_ENTRY(rows) {DSC_TYPED(place_tile_##rows##_1), DSC_TYPED(place_tile_##rows##_2)},
DSC_FOR_LINE_ROWS(DSC_PLACE_TILES)
typedef void (*DSC_TYPED(PlaceTile))(int64_t k, const DSC_T *from, const int64_t *offsets,
                                     const DSC_T *b, DSC_T *out, bool accumulate);
static const DSC_TYPED(PlaceTile)
    DSC_TYPED(place_tiles)[DSC_LINE_ROWS][2] = {DSC_FOR_LINE_ROWS(DSC_PLACE_ENTRY)};

// Vectors of outputs of a tile.
static int DSC_TYPED(output_vectors)(const DscConvolution *call) {
  return call->out_channels / call->groups > DSC_LANES_PER_VECTOR ? 2 : 1;
}

// Writes a tile whose rows are places of a line and whose columns are outputs.
static void DSC_TYPED(store_places)(const DscBand *band, const DSC_T *sums, int64_t width,
                                    int64_t output, int64_t outputs, int64_t to, int64_t places) {
  const DscConvolution *call = band->call;
  int64_t channel = band->group * (call->out_channels / call->groups) + band->row + output;
  DSC_T *out = (DSC_T *)call->output +
               (band->image * call->out_channels + channel) * band->positions + band->first + to;
  for (int64_t o = 0; o < outputs; o++, out += band->positions) {
    const DSC_T bias = call->bias == NULL ? 0 : ((const DSC_T *)call->bias)[channel + o];
    for (int64_t x = 0; x < places; x++) out[x] = sums[x * width + o] + bias;
  }
}

static void DSC_TYPED(outputs_band)(const DscBand *band) {
  const DscConvolution *call = band->call;
  const int64_t *out = call->out_size;
  // Only places that count are read: what is its own grid needs no copy.
  const DSC_T *grid = band->grid.is_input ? DSC_TYPED(input_of)(band) : DSC_TYPED(fill_band)(band);
  int64_t k = call->in_channels / call->groups * dsc_volume(call->taps);
  int64_t depth = DSC_TYPED(depth_of)(k), vectors = DSC_TYPED(output_vectors)(call);
  int64_t width = vectors * DSC_LANES_PER_VECTOR;
  DSC_T sums[DSC_LINE_ROWS * 2 * DSC_LANES_PER_VECTOR];
  for (int64_t o = 0; o < band->rows; o += width) {
    const DSC_T *weights = (const DSC_T *)band->weights + o * k;
    int64_t outputs = band->rows - o < width ? band->rows - o : width;
    for (int64_t line = 0; line < out[0] * out[1]; line++) {
      int64_t z = line / out[1], y = line % out[1], start, end;
      DSC_TYPED(find_range)(band, y, y, k, &start, &end);
      const DSC_T *from = grid + (z * band->grid.size[1] + y) * band->grid.size[2];
      for (int64_t x = 0, places; x < out[2]; x += places) {
        places = DSC_TYPED(height)(out[2] - x);
        int64_t at = start;
        do {  // once where there is nothing to sum
          int64_t some = end - at < depth ? end - at : depth;
          DSC_TYPED(place_tiles)
          [places - 1][vectors - 1](some > 0 ? some : 0, from + x, band->offsets + at,
                                    weights + at * width, sums, at > start);
          at += depth;
        } while (at < end);
        DSC_TYPED(store_places)(band, sums, width, o, outputs, line * out[2] + x, places);
      }
    }
  }
}

#undef DSC_PLACE_TILE
#undef DSC_PLACE_TILES
#undef DSC_PLACE_ENTRY
