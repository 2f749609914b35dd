// Winograd's convolution (dsc_winograd.h) for one element type DSC_T. Vectors run along channels:
// images are packed to [vector of channels][line][column][lane], which pads them as well,
// transformed to [place][tile][channel], and multiplied by the micro-kernels where they lie. No
// include guard.

// Elements from a place to the next: not a multiple of a page.
static int64_t DSC_TYPED(place_step)(int64_t tiles, int64_t pitch) {
  return tiles * pitch + DSC_LANES_PER_VECTOR;
}

// Packs `channels` channels of an image's rectangle from (y, x) on, zeros outside of the image.
static void DSC_TYPED(pack_image)(const DSC_T *image, int64_t channels, int64_t height,
                                  int64_t width, int64_t y, int64_t lines, int64_t x,
                                  int64_t columns, DSC_T *out) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  int64_t low = x < 0 ? (-x < columns ? -x : columns) : 0;
  int64_t high = width - x < columns ? width - x : columns;
  if (high < low) high = low;
  for (int64_t first = 0; first < channels; first += LANES) {
    int64_t last = channels - first < LANES ? channels - first - 1 : LANES - 1;
    const DSC_T *from = image + first * height * width + x;
    for (int64_t line = y; line < y + lines; line++, out += columns * LANES) {
      bool inside = line >= 0 && line < height;
      int64_t start = inside ? low : 0, end = inside ? high : 0;
      memset(out, 0, (size_t)(start * LANES) * sizeof(DSC_T));
      if (end > start) DSC_TYPED(pack_lines)
      (LANES, from + line * width + start, height * width, last, end - start, out + start * LANES);
      memset(out + end * LANES, 0, (size_t)((columns - end) * LANES) * sizeof(DSC_T));
    }
  }
}

// B' d B of one vector of channels: `d` has lines of `line` elements.
static inline __attribute__((always_inline)) void DSC_TYPED(transform_input)(const DSC_T *d,
                                                                             int64_t line,
                                                                             DSC_T *out,
                                                                             int64_t step) {
  typedef DSC_TYPED(Vector) Vector;
  Vector t[4][4];
#pragma clang loop unroll(full)
  for (int j = 0; j < 4; j++) {
    const DSC_T *at = d + j * DSC_LANES_PER_VECTOR;
    Vector d0 = *(const Vector *)at, d1 = *(const Vector *)(at + line);
    Vector d2 = *(const Vector *)(at + 2 * line), d3 = *(const Vector *)(at + 3 * line);
    t[0][j] = d0 - d2, t[1][j] = d1 + d2, t[2][j] = d2 - d1, t[3][j] = d1 - d3;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++, out += 4 * step) {
    *(Vector *)out = t[i][0] - t[i][2];
    *(Vector *)(out + step) = t[i][1] + t[i][2];
    *(Vector *)(out + 2 * step) = t[i][2] - t[i][1];
    *(Vector *)(out + 3 * step) = t[i][1] - t[i][3];
  }
}

// Packs and transforms the inputs that the tiles meet: [place][tile][channel].
static void DSC_TYPED(transform_inputs)(const DscConvolution *call, int64_t channel,
                                        int64_t channels, const DscTiles *tiles, DSC_T *packed,
                                        DSC_T *out) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  int64_t pitch = DSC_TYPED(pitch_of)(channels);
  int64_t step = DSC_TYPED(place_step)(dsc_tile_count(tiles), pitch);
  int64_t height = call->in_size[1], width = call->in_size[2];
  int64_t lines = 2 * tiles->rows + 2, columns = 2 * tiles->columns + 2;
  // Taps that walk backward begin two before their last.
  int64_t y = 2 * tiles->y - call->padding[1] - (call->dilation[1] < 0 ? 2 : 0);
  int64_t x = 2 * tiles->x - call->padding[2] - (call->dilation[2] < 0 ? 2 : 0);
  for (int64_t n = 0; n < tiles->images; n++) {
    const DSC_T *image = (const DSC_T *)call->input +
                         ((tiles->image + n) * call->in_channels + channel) * height * width;
    DSC_TYPED(pack_image)(image, channels, height, width, y, lines, x, columns, packed);
    const DSC_T *from = packed;
    for (int64_t c = 0; c < channels; c += LANES, from += lines * columns * LANES) {
      DSC_T *to = out + n * tiles->rows * tiles->columns * pitch + c;
      for (int64_t i = 0; i < tiles->rows; i++)
        for (int64_t j = 0; j < tiles->columns; j++, to += pitch) DSC_TYPED(transform_input)
      (from + (2 * i * columns + 2 * j) * LANES, columns * LANES, to, step);
    }
  }
}

// A' m A of one vector of channels: the four outputs, with the bias.
static inline __attribute__((always_inline)) void DSC_TYPED(transform_output)(
    const DSC_T *m, int64_t step, DSC_TYPED(Vector) bias, DSC_TYPED(Vector) * out) {
  typedef DSC_TYPED(Vector) Vector;
  Vector t[2][4];
#pragma clang loop unroll(full)
  for (int j = 0; j < 4; j++) {
    const DSC_T *at = m + j * step;
    Vector m0 = *(const Vector *)at, m1 = *(const Vector *)(at + 4 * step);
    Vector m2 = *(const Vector *)(at + 8 * step), m3 = *(const Vector *)(at + 12 * step);
    t[0][j] = m0 + m1 + m2, t[1][j] = m1 - m2 - m3;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 2; i++) {
    out[2 * i] = t[i][0] + t[i][1] + t[i][2] + bias;
    out[2 * i + 1] = t[i][1] - t[i][2] - t[i][3] + bias;
  }
}

// Whether no lane has met an infinity or a NaN, if x * 0 was added to it for each number.
static bool DSC_TYPED(is_zero)(DSC_TYPED(Vector) trace) {
  bool zero = true;
  for (int l = 0; l < DSC_LANES_PER_VECTOR; l++) zero = zero && trace[l] == 0;
  return zero;
}

typedef struct {
  int64_t lines, columns;  // of the rectangle's outputs
  int64_t pitch, step;     // of the transformed inputs
  int64_t sums_step;
  DSC_T *inputs, *sums, *packed;
} DSC_TYPED(Winograd);

// The sizes; gives how many elements of memory. Packed images serve before and after the products.
static int64_t DSC_TYPED(winograd_plan)(const DscWinogradTiles *w, DSC_TYPED(Winograd) * plan) {
  const DscConvolution *call = w->call;
  const DscTiles *t = &w->tiles;
  int64_t channels = call->in_channels / call->groups, count = dsc_tile_count(t);
  int64_t height = call->out_size[1] - 2 * t->y, width = call->out_size[2] - 2 * t->x;
  plan->lines = 2 * t->rows < height ? 2 * t->rows : height;
  plan->columns = 2 * t->columns < width ? 2 * t->columns : width;
  plan->pitch = DSC_TYPED(pitch_of)(channels);
  plan->step = DSC_TYPED(place_step)(count, plan->pitch);
  plan->sums_step = DSC_TYPED(place_step)(count, DSC_TILE_COLUMNS);
  int64_t input = DSC_TYPED(round_up)(channels, DSC_LANES_PER_VECTOR) * (2 * t->rows + 2) *
                  (2 * t->columns + 2);
  int64_t output = DSC_TILE_COLUMNS * plan->lines * plan->columns;
  return DSC_PLACES * (plan->step + plan->sums_step) + (input > output ? input : output);
}

static int64_t DSC_TYPED(winograd_tiles_memory)(const DscWinogradTiles *work) {
  DSC_TYPED(Winograd) plan;
  return DSC_TYPED(winograd_plan)(work, &plan);
}

// The products of one panel of output channels.
static void DSC_TYPED(multiply_places)(const DSC_TYPED(Winograd) * plan, int64_t count,
                                       int64_t channels, int vectors, const DSC_T *weights) {
  int64_t depth = DSC_TYPED(depth_of)(channels);
  for (int place = 0; place < DSC_PLACES; place++, weights += channels * DSC_TILE_COLUMNS) {
    const DSC_T *a = plan->inputs + place * plan->step;
    DSC_T *out = plan->sums + place * plan->sums_step;
    for (int64_t start = 0; start < channels; start += depth) {
      int64_t k = channels - start < depth ? channels - start : depth;
      for (int64_t i = 0, rows; i < count; i += rows) {
        rows = DSC_TYPED(tile_height)(count - i);
        DSC_TYPED(tiles)
        [rows - 1][vectors - 1](k, a + i * plan->pitch + start, plan->pitch, 1,
                                weights + start * DSC_TILE_COLUMNS, DSC_TILE_COLUMNS,
                                out + i * DSC_TILE_COLUMNS, DSC_TILE_COLUMNS, start != 0);
      }
    }
  }
}

// Transforms one panel's sums to outputs of one image, [vector of channels][line][column][lane].
static void DSC_TYPED(transform_outputs)(const DSC_TYPED(Winograd) * plan, const DscTiles *t,
                                         const DSC_T *sums, int vectors, const DSC_T *bias,
                                         DSC_TYPED(Vector) * trace) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  typedef DSC_TYPED(Vector) Vector;
  for (int v = 0; v < vectors; v++) {
    const DSC_T *from = sums + v * LANES;
    Vector add = *(const Vector *)(bias + v * LANES);
    DSC_T *to = plan->packed + v * plan->lines * plan->columns * LANES;
    for (int64_t i = 0; i < t->rows; i++) {
      for (int64_t j = 0; j < t->columns; j++, from += DSC_TILE_COLUMNS) {
        Vector out[4];
        DSC_TYPED(transform_output)(from, plan->sums_step, add, out);
        *trace += (out[0] + out[1] + out[2] + out[3]) * (DSC_T)0;
        bool right = 2 * j + 1 < plan->columns, below = 2 * i + 1 < plan->lines;
        DSC_T *at = to + (2 * i * plan->columns + 2 * j) * LANES;
        *(Vector *)at = out[0];
        if (right) *(Vector *)(at + LANES) = out[1];
        if (below) *(Vector *)(at + plan->columns * LANES) = out[2];
        if (right && below) *(Vector *)(at + (plan->columns + 1) * LANES) = out[3];
      }
    }
  }
}

static bool DSC_TYPED(winograd_tiles)(const DscWinogradTiles *w) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  typedef DSC_TYPED(Vector) Vector;
  const DscConvolution *call = w->call;
  const DscTiles *t = &w->tiles;
  DSC_TYPED(Winograd) plan;
  (void)DSC_TYPED(winograd_plan)(w, &plan);
  plan.inputs = w->memory;
  plan.sums = plan.inputs + DSC_PLACES * plan.step;
  plan.packed = plan.sums + DSC_PLACES * plan.sums_step;
  int64_t channels = call->in_channels / call->groups, outputs = call->out_channels / call->groups;
  int64_t height = call->out_size[1], width = call->out_size[2], count = dsc_tile_count(t);
  DSC_TYPED(transform_inputs)(call, w->group * channels, channels, t, plan.packed, plan.inputs);
  Vector trace = (Vector)((DSC_T)0);
  for (int64_t o = 0; o < outputs; o += DSC_TILE_COLUMNS) {
    int64_t some = outputs - o < DSC_TILE_COLUMNS ? outputs - o : DSC_TILE_COLUMNS;
    int vectors = (int)((some + LANES - 1) / LANES);
    DSC_TYPED(multiply_places)
    (&plan, count, channels, vectors, (const DSC_T *)w->weights + o * DSC_PLACES * channels);
    DSC_T bias[DSC_TILE_COLUMNS] = {0};
    if (call->bias != NULL)
      memcpy(bias, (const DSC_T *)call->bias + w->group * outputs + o,
             (size_t)some * sizeof(DSC_T));
    for (int64_t n = 0; n < t->images; n++) {
      DSC_TYPED(transform_outputs)
      (&plan, t, plan.sums + n * t->rows * t->columns * DSC_TILE_COLUMNS, vectors, bias, &trace);
      DSC_T *out =
          (DSC_T *)call->output +
          (((t->image + n) * call->out_channels + w->group * outputs + o) * height + 2 * t->y) *
              width +
          2 * t->x;
      bool whole = plan.columns == width;  // then the lines are one
      int64_t length = whole ? plan.lines * width : plan.columns;
      for (int64_t line = 0; line < (whole ? 1 : plan.lines); line++) DSC_TYPED(unpack)
      (plan.packed + line * length * LANES, plan.lines * plan.columns * LANES, LANES, some, length,
       out + line * width, height * width);
    }
  }
  return DSC_TYPED(is_zero)(trace);
}

static int64_t DSC_TYPED(winograd_weights_size)(const DscConvolution *call) {
  return DSC_TYPED(round_up)(call->out_channels / call->groups, DSC_TILE_COLUMNS) *
         (call->in_channels / call->groups) * DSC_PLACES;
}

// G g G' of one vector of output channels: `g` has the taps DSC_TILE_COLUMNS apart, by `flip` in
// the order in which they walk.
static inline __attribute__((always_inline)) void DSC_TYPED(transform_weight)(const DSC_T *g,
                                                                              const int *order,
                                                                              DSC_T *out,
                                                                              int64_t step) {
  typedef DSC_TYPED(Vector) Vector;
  Vector t[4][3];
#pragma clang loop unroll(full)
  for (int j = 0; j < 3; j++) {
    Vector g0 = *(const Vector *)(g + order[j] * DSC_TILE_COLUMNS);
    Vector g1 = *(const Vector *)(g + order[3 + j] * DSC_TILE_COLUMNS);
    Vector g2 = *(const Vector *)(g + order[6 + j] * DSC_TILE_COLUMNS);
    Vector half = (g0 + g2) * (DSC_T)0.5, middle = g1 * (DSC_T)0.5;
    t[0][j] = g0, t[1][j] = half + middle, t[2][j] = half - middle, t[3][j] = g2;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++, out += 4 * step) {
    Vector half = (t[i][0] + t[i][2]) * (DSC_T)0.5, middle = t[i][1] * (DSC_T)0.5;
    *(Vector *)out = t[i][0];
    *(Vector *)(out + step) = half + middle;
    *(Vector *)(out + 2 * step) = half - middle;
    *(Vector *)(out + 3 * step) = t[i][2];
  }
}

static void DSC_TYPED(winograd_weights)(const DscConvolution *call, int64_t group, int64_t panel,
                                        DSC_T *out) {
  enum { CHANNELS = 8, TAPS = 9 };  // at a time
  DSC_T taps[CHANNELS * TAPS * DSC_TILE_COLUMNS] __attribute__((aligned(64)));
  int64_t channels = call->in_channels / call->groups, outputs = call->out_channels / call->groups;
  int64_t first = panel * DSC_TILE_COLUMNS, left = outputs - first;
  int64_t last = (left < DSC_TILE_COLUMNS ? left : DSC_TILE_COLUMNS) - 1;
  DscWeightSteps steps = dsc_weight_steps(call);
  const DSC_T *from = (const DSC_T *)call->weight + group * steps.group + first * steps.output;
  int order[TAPS];
  for (int t = 0; t < TAPS; t++)
    order[t] = (call->dilation[1] < 0 ? 2 - t / 3 : t / 3) * 3 +
               (call->dilation[2] < 0 ? 2 - t % 3 : t % 3);
  int64_t step = channels * DSC_TILE_COLUMNS;
  int64_t most = steps.channel == TAPS ? CHANNELS : 1;  // whose taps lie next to each other
  for (int64_t c = 0, some; c < channels; c += some) {
    some = channels - c < most ? channels - c : most;
    DSC_TYPED(pack_lines)
    (DSC_TILE_COLUMNS, from + c * steps.channel, steps.output, last, some * TAPS, taps);
    for (int64_t i = 0; i < some; i++)
      for (int v = 0; v < DSC_TILE_COLUMNS; v += DSC_LANES_PER_VECTOR) DSC_TYPED(transform_weight)
    (taps + i * TAPS * DSC_TILE_COLUMNS + v, order, out + (c + i) * DSC_TILE_COLUMNS + v, step);
  }
}
