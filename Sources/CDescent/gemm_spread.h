// Gradients of convolutions by the input for one element type DSC_T: a product of the weights,
// whose rows are (channel, tap), and the output's gradients, whose columns are places of a line.
// Its tiles are added to a grid (dsc_grid.h) where the taps lead, so neither zeros between strides
// nor padding are multiplied, and one pass serves every phase of the strides. No include guard.

// Adds A B to rows of places: `a` and `b` are packed panels, `to` says where each row lies.
static inline __attribute__((always_inline)) void DSC_TYPED(spread_tile)(int rows, int vectors,
                                                                         int64_t k, const DSC_T *a,
                                                                         const DSC_T *b,
                                                                         DSC_T *const *to) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[DSC_TILE_ROWS][DSC_TILE_VECTORS];
  DSC_TYPED(clear_tile)(rows, vectors, sum);
  for (int64_t p = 0; p < k; p++, a += DSC_TILE_ROWS, b += DSC_TILE_COLUMNS) {
    const DSC_T *four[(DSC_TILE_ROWS + 3) / 4];
    DSC_TYPED(find_fours)(rows, a, 1, four);
    DSC_TYPED(multiply_add)(rows, vectors, four, 1, b, sum);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) *(Vector *)(to[i] + v * DSC_LANES_PER_VECTOR) += sum[i][v];
}

#define DSC_SPREAD_TILE(rows, vectors, name)                                      \
  static void DSC_TYPED(name##_##rows)(int64_t k, const DSC_T *a, const DSC_T *b, \
                                       DSC_T *const *to) {                        \
    DSC_TYPED(spread_tile)(rows, vectors, k, a, b, to);                           \
  }
#define DSC_SPREAD(rows)                  \
  DSC_SPREAD_TILE(rows, 1, spread_vector) \
  DSC_SPREAD_TILE(rows, DSC_TILE_VECTORS, spread_tile)
#define DSC_SPREAD_ENTRY(rows) {DSC_TYPED(spread_vector_##rows), DSC_TYPED(spread_tile_##rows)},
DSC_FOR_TILE_ROWS(DSC_SPREAD)
static void (*const DSC_TYPED(spread_tiles)[DSC_TILE_ROWS][2])(int64_t, const DSC_T *,
                                                               const DSC_T *, DSC_T *const *) = {
    DSC_FOR_TILE_ROWS(DSC_SPREAD_ENTRY)};
#undef DSC_SPREAD
#undef DSC_SPREAD_TILE
#undef DSC_SPREAD_ENTRY

// Elements of the packed gradients of a line.
static int64_t DSC_TYPED(spread_panels)(const DscSpread *work) {
  const DscConvolution *call = work->call;
  return DSC_TYPED(packed_columns)(call->out_channels / call->groups, call->out_size[2]);
}

static int64_t DSC_TYPED(spread_memory)(const DscSpread *work) {
  return DSC_TYPED(spread_panels)(work) + work->channels * work->grid.channel + DSC_GRID_SLACK;
}

static void DSC_TYPED(spread_pack)(const DscConvolution *call, int64_t group, int64_t first,
                                   int64_t count, DSC_T *out) {
  const int64_t outputs = call->out_channels / call->groups, taps = dsc_volume(call->taps);
  const DscWeightSteps steps = dsc_weight_steps(call);
  const DSC_T *weights = (const DSC_T *)call->weight + group * steps.group + first * steps.channel;
  for (int64_t i = 0, rows; i < count * taps; i += rows) {
    rows = DSC_TYPED(tile_height)(count * taps - i);
    const DSC_T *from[DSC_TILE_ROWS];
    for (int64_t r = 0; r < DSC_TILE_ROWS; r++) {
      const DscSpreadRow row = dsc_spread_row(call, count, i + (r < rows ? r : rows - 1));
      from[r] = weights + row.channel * steps.channel + row.tap;
    }
    for (int64_t p = 0; p < outputs; p++, out += DSC_TILE_ROWS)
      for (int64_t r = 0; r < DSC_TILE_ROWS; r++) out[r] = from[r][p * steps.output];
  }
}

// The gradients of the next line, which tiles ask for meanwhile: some channels each.
typedef struct {
  const DSC_T *from;
  int64_t channel, length;  // from channel to channel; of a line
  int64_t count, done;      // channels
  int64_t tiles, turn;
} DSC_TYPED(Coming);

static inline void DSC_TYPED(ask_for)(DSC_TYPED(Coming) * coming) {
  enum { LINE = 64 / sizeof(DSC_T) };
  const int64_t end = ++coming->turn * coming->count / coming->tiles;
  for (; coming->done < end; coming->done++)
    for (int64_t x = 0; x < coming->length; x += LINE)
      __builtin_prefetch(coming->from + coming->done * coming->channel + x, 0, 2);
}

// Adds a short row: whole vectors, then halves of what is left.
static inline void DSC_TYPED(add_row)(DSC_T *restrict to, const DSC_T *restrict from,
                                      int64_t count) {
  int64_t j = 0;
#pragma clang loop unroll(full)
  for (int some = DSC_LANES_PER_VECTOR; some > 0; some /= 2) {
#pragma clang loop vectorize(disable) unroll(disable)
    for (; j + some <= count; j += some)
#pragma clang loop unroll(full)
      for (int l = 0; l < some; l++) to[j + l] += from[j + l];
  }
}

// Adds the contributions of `valid` places of a line, whose gradients are packed: `at` is the first
// place in a channel's grid.
static void DSC_TYPED(spread_places)(const DscSpread *work, const DSC_T *panel, int64_t valid,
                                     DSC_T *at, DSC_TYPED(Coming) * coming) {
  const int64_t outputs = work->call->out_channels / work->call->groups;
  const int64_t depth = DSC_TYPED(depth_of)(outputs);
  const int64_t count = work->channels * dsc_volume(work->call->taps);
  const bool is_vector = valid <= DSC_LANES_PER_VECTOR;
  // Taps of a tile may lead to the same place, and which share a tile depends on the channels of
  // the piece: what a tap adds is whole, so that its order among the others is all that counts.
  const bool is_direct =
      depth >= outputs && valid == (is_vector ? DSC_LANES_PER_VECTOR : DSC_TILE_COLUMNS);
  DSC_T aside[DSC_TILE_ROWS * DSC_TILE_COLUMNS] __attribute__((aligned(64)));
  const DSC_T *a = work->weights;
  for (int64_t i = 0, rows; i < count; i += rows, a += DSC_TILE_ROWS * outputs) {
    rows = DSC_TYPED(tile_height)(count - i);
    DSC_T *to[DSC_TILE_ROWS];
    for (int64_t r = 0; r < rows; r++)
      to[r] = is_direct ? at + work->places[i + r] : aside + r * DSC_TILE_COLUMNS;
    if (!is_direct) memset(aside, 0, sizeof(aside));
    DSC_TYPED(ask_for)(coming);
    for (int64_t start = 0; start < outputs; start += depth) {
      const int64_t k = outputs - start < depth ? outputs - start : depth;
      DSC_TYPED(spread_tiles)
      [rows - 1][!is_vector](k, a + start * DSC_TILE_ROWS, panel + start * DSC_TILE_COLUMNS, to);
    }
    for (int64_t r = 0; !is_direct && r < rows; r++)
      DSC_TYPED(add_row)(at + work->places[i + r], to[r], valid);
  }
}

// Writes a line of the input from the grid: the phases of its columns, `apart` from each other.
static void DSC_TYPED(gather_line)(const DscSpread *work, const DSC_T *from, int64_t apart,
                                   DSC_T *to) {
  const int64_t step = work->grid.phases[2], size = work->call->in_size[2];
  const int64_t before = -work->grid.lowest[2], covered = work->grid.size[2] * step - before;
  const int64_t end = covered < size ? covered : size;
  int64_t x = before < 0 ? -before : 0;
  x = x < end ? x : end;
  DSC_TYPED(fill_zeros)(to, x);
  if (step == 1) {
    DSC_TYPED(copy_row)(to + x, from + before + x, end - x);
  } else if (step == 2) {
    if ((before + x) % 2 != 0 && x < end) to[x] = from[apart + (before + x) / 2], x++;
    DSC_TYPED(join_lines)(from + (before + x) / 2, apart, 2, end - x, to + x);
  } else {
    for (; x < end; x++) to[x] = from[(before + x) % step * apart + (before + x) / step];
  }
  DSC_TYPED(fill_zeros)(to + end, size - end);
}

// Writes a channel of the input from its grid.
static void DSC_TYPED(gather_channel)(const DscSpread *work, const DSC_T *grid, DSC_T *to) {
  const DscGrid *g = &work->grid;
  const int64_t *in = work->call->in_size, width = g->size[2];
  for (int64_t z = 0; z < in[0]; z++) {
    for (int64_t y = 0; y < in[1]; y++, to += in[2]) {
      const int64_t i = z - g->lowest[0], j = y - g->lowest[1];
      if (i < 0 || i >= g->size[0] * g->phases[0] || j < 0 || j >= g->size[1] * g->phases[1]) {
        DSC_TYPED(fill_zeros)(to, in[2]);
        continue;
      }
      const int64_t phase = i % g->phases[0] * g->phases[1] + j % g->phases[1];
      const int64_t line = i / g->phases[0] * g->size[1] + j / g->phases[1];
      DSC_TYPED(gather_line)
      (work, grid + phase * g->phases[2] * g->phase + line * width, g->phase, to);
    }
  }
}

static void DSC_TYPED(spread)(const DscSpread *work) {
  const DscConvolution *call = work->call;
  const DscGrid *g = &work->grid;
  const int64_t outputs = call->out_channels / call->groups, *out = call->out_size;
  const int64_t channels = call->in_channels / call->groups, size = dsc_volume(call->in_size);
  const int64_t positions = dsc_volume(out), lines = out[0] * out[1];
  const int64_t rows = work->channels * dsc_volume(call->taps);
  const int64_t tiles = (rows + DSC_TILE_ROWS - 1) / DSC_TILE_ROWS *
                        ((out[2] + DSC_TILE_COLUMNS - 1) / DSC_TILE_COLUMNS);
  const DSC_T *from = (const DSC_T *)call->output +
                      (work->image * call->out_channels + work->group * outputs) * positions;
  DSC_T *panels = work->memory, *grid = panels + DSC_TYPED(spread_panels)(work);
  memset(grid, 0, (size_t)(work->channels * g->channel) * sizeof(DSC_T));
  for (int64_t line = 0; line < lines; line++, from += out[2]) {
    DSC_TYPED(pack_b)(from, 1, positions, out[2], outputs, panels);
    DSC_TYPED(Coming)
    coming = {from + out[2], positions, out[2], line + 1 < lines ? outputs : 0, 0, tiles, 0};
    DSC_T *at = grid + (line / out[1] * g->size[1] + line % out[1]) * g->size[2];
    for (int64_t x = 0; x < out[2]; x += DSC_TILE_COLUMNS) {
      const int64_t left = out[2] - x, valid = left < DSC_TILE_COLUMNS ? left : DSC_TILE_COLUMNS;
      DSC_TYPED(spread_places)(work, panels + x * outputs, valid, at + x, &coming);
    }
  }
  DSC_T *input = (DSC_T *)call->input +
                 (work->image * call->in_channels + work->group * channels + work->channel) * size;
  for (int64_t c = 0; c < work->channels; c++)
    DSC_TYPED(gather_channel)(work, grid + c * g->channel, input + c * size);
}
