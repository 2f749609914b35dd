// The weights' gradient of Winograd's convolution (dsc_winograd.h) for one element type DSC_T: for
// each place a product of transformed gradients and inputs, summed over the tiles. No include
// guard.

// A g A' of one vector of channels: `g` has lines of `line` elements.
static inline __attribute__((always_inline)) void DSC_TYPED(transform_gradient)(const DSC_T *g,
                                                                                int64_t line,
                                                                                DSC_T *out,
                                                                                int64_t step) {
  typedef DSC_TYPED(Vector) Vector;
  Vector t[4][2];
#pragma clang loop unroll(full)
  for (int j = 0; j < 2; j++) {
    const DSC_T *at = g + j * DSC_LANES_PER_VECTOR;
    Vector g0 = *(const Vector *)at, g1 = *(const Vector *)(at + line);
    t[0][j] = g0, t[1][j] = g0 + g1, t[2][j] = g0 - g1, t[3][j] = -g1;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++, out += 4 * step) {
    *(Vector *)out = t[i][0];
    *(Vector *)(out + step) = t[i][0] + t[i][1];
    *(Vector *)(out + 2 * step) = t[i][0] - t[i][1];
    *(Vector *)(out + 3 * step) = -t[i][1];
  }
}

// Packs and transforms the gradients of the tiles: [place][tile][output channel].
static void DSC_TYPED(transform_gradients)(const DscConvolution *call, int64_t group,
                                           const DscTiles *tiles, DSC_T *packed, DSC_T *out) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  int64_t outputs = call->out_channels / call->groups, pitch = DSC_TYPED(pitch_of)(outputs);
  int64_t step = DSC_TYPED(place_step)(dsc_tile_count(tiles), pitch);
  int64_t height = call->out_size[1], width = call->out_size[2];
  int64_t lines = 2 * tiles->rows, columns = 2 * tiles->columns;
  for (int64_t n = 0; n < tiles->images; n++) {
    const DSC_T *image =
        (const DSC_T *)call->output +
        ((tiles->image + n) * call->out_channels + group * outputs) * height * width;
    DSC_TYPED(pack_image)
    (image, outputs, height, width, 2 * tiles->y, lines, 2 * tiles->x, columns, packed);
    const DSC_T *from = packed;
    for (int64_t o = 0; o < outputs; o += LANES, from += lines * columns * LANES) {
      DSC_T *to = out + n * tiles->rows * tiles->columns * pitch + o;
      for (int64_t i = 0; i < tiles->rows; i++)
        for (int64_t j = 0; j < tiles->columns; j++, to += pitch) DSC_TYPED(transform_gradient)
      (from + (2 * i * columns + 2 * j) * LANES, columns * LANES, to, step);
    }
  }
}

static int64_t DSC_TYPED(winograd_sums_size)(const DscWinogradSums *w) {
  return DSC_PLACES * (w->call->out_channels / w->call->groups) *
         DSC_TYPED(round_up)(w->channels, DSC_LANES_PER_VECTOR);
}

static int64_t DSC_TYPED(winograd_sums_memory)(const DscWinogradSums *w, const DscTiles *t) {
  int64_t outputs = w->call->out_channels / w->call->groups, count = dsc_tile_count(t);
  int64_t lanes =
      DSC_TYPED(round_up)(w->channels > outputs ? w->channels : outputs, DSC_LANES_PER_VECTOR);
  return DSC_PLACES * (DSC_TYPED(place_step)(count, DSC_TYPED(pitch_of)(w->channels)) +
                       DSC_TYPED(place_step)(count, DSC_TYPED(pitch_of)(outputs))) +
         lanes * (2 * t->rows + 2) * (2 * t->columns + 2);
}

static void DSC_TYPED(winograd_add)(const DscWinogradSums *w, const DscTiles *tiles, bool first) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  const DscConvolution *call = w->call;
  int64_t channels = call->in_channels / call->groups, outputs = call->out_channels / call->groups;
  int64_t count = dsc_tile_count(tiles), columns = DSC_TYPED(round_up)(w->channels, LANES);
  int64_t pitch = DSC_TYPED(pitch_of)(w->channels), a_pitch = DSC_TYPED(pitch_of)(outputs);
  int64_t step = DSC_TYPED(place_step)(count, pitch);
  int64_t a_step = DSC_TYPED(place_step)(count, a_pitch);
  DSC_T *inputs = w->memory, *gradients = inputs + DSC_PLACES * step;
  DSC_T *packed = gradients + DSC_PLACES * a_step;
  DSC_TYPED(transform_inputs)
  (call, w->group * channels + w->channel, w->channels, tiles, packed, inputs);
  DSC_TYPED(transform_gradients)(call, w->group, tiles, packed, gradients);
  for (int place = 0; place < DSC_PLACES; place++) {
    DSC_T *sums = (DSC_T *)w->sums + place * outputs * columns;
    for (int64_t c = 0; c < columns; c += DSC_TILE_COLUMNS) {
      int vectors =
          columns - c < DSC_TILE_COLUMNS ? (int)((columns - c) / LANES) : DSC_TILE_VECTORS;
      for (int64_t o = 0, rows; o < outputs; o += rows) {
        rows = DSC_TYPED(tile_height)(outputs - o);
        DSC_TYPED(tiles)
        [rows - 1][vectors - 1](count, gradients + place * a_step + o, 1, a_pitch,
                                inputs + place * step + c, pitch, sums + o * columns + c, columns,
                                !first);
      }
    }
  }
}

// G' u G of one vector of channels, where u is the sum of `count` sums: the taps.
static inline __attribute__((always_inline)) void DSC_TYPED(transform_sums)(
    const DSC_T *sums, int64_t place, int64_t next, int64_t count, DSC_TYPED(Vector) * out) {
  typedef DSC_TYPED(Vector) Vector;
  Vector t[3][4], u[4];
#pragma clang loop unroll(full)
  for (int j = 0; j < 4; j++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
      const DSC_T *from = sums + (4 * i + j) * place;
      u[i] = *(const Vector *)from;
      for (int64_t s = 1; s < count; s++) u[i] += *(const Vector *)(from + s * next);
    }
    t[0][j] = u[0] + (u[1] + u[2]) * (DSC_T)0.5;
    t[1][j] = (u[1] - u[2]) * (DSC_T)0.5;
    t[2][j] = (u[1] + u[2]) * (DSC_T)0.5 + u[3];
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 3; i++) {
    out[3 * i] = t[i][0] + (t[i][1] + t[i][2]) * (DSC_T)0.5;
    out[3 * i + 1] = (t[i][1] - t[i][2]) * (DSC_T)0.5;
    out[3 * i + 2] = (t[i][1] + t[i][2]) * (DSC_T)0.5 + t[i][3];
  }
}

static bool DSC_TYPED(winograd_finish)(const DscWinogradSums *w, int64_t count, int64_t start,
                                       int64_t end) {
  enum { LANES = DSC_LANES_PER_VECTOR, TAPS = 9 };
  typedef DSC_TYPED(Vector) Vector;
  const DscConvolution *call = w->call;
  int64_t channels = call->in_channels / call->groups, outputs = call->out_channels / call->groups;
  int64_t columns = DSC_TYPED(round_up)(w->channels, LANES);
  Vector trace = (Vector)((DSC_T)0), taps[TAPS];
  for (int64_t o = start; o < end; o++) {
    DSC_T *out = (DSC_T *)call->weight + ((w->group * outputs + o) * channels + w->channel) * TAPS;
    for (int64_t c = 0; c < w->channels; c += LANES) {
      DSC_TYPED(transform_sums)
      ((const DSC_T *)w->sums + o * columns + c, outputs * columns, DSC_PLACES * outputs * columns,
       count, taps);
      int64_t some = w->channels - c < LANES ? w->channels - c : LANES;
      for (int t = 0; t < TAPS; t++) {
        trace += taps[t] * (DSC_T)0;
        int y = call->dilation[1] < 0 ? 2 - t / 3 : t / 3;
        int x = call->dilation[2] < 0 ? 2 - t % 3 : t % 3;
        for (int64_t l = 0; l < some; l++) out[(c + l) * TAPS + 3 * y + x] = taps[t][l];
      }
    }
  }
  return DSC_TYPED(is_zero)(trace);
}
