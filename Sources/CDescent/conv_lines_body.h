// Convolutions whose lines begin with a vector of their own, for one element type DSC_T: outputs
// are stored where the line ends, taps that meet padding only are left out, and tiles of few
// channels are wide instead of high. No include guard.

#define DSC_TYPED(name)      DSC_NAME(DSC_PASTE(name, DSC_T_NAME))
#define DSC_LANES_PER_VECTOR ((int)(DSC_VECTOR_BYTES / sizeof(DSC_T)))
// The sums that registers hold, in rows (channels) of two vectors; what is left holds operands.
#if DSC_VECTOR_BYTES == 64
#define DSC_LINE_ROWS 12
#elif DSC_VECTOR_BYTES == 32
#define DSC_LINE_ROWS 6
#elif DSC_FMA
#define DSC_LINE_ROWS 12
#else
#define DSC_LINE_ROWS 4
#endif
#if DSC_FMA
#define DSC_MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
#define DSC_MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

#include "copy_row.h"
#include "conv_fill_body.h"

typedef DSC_T DSC_TYPED(Vector)
    __attribute__((ext_vector_type(DSC_VECTOR_BYTES / sizeof(DSC_T)), aligned(sizeof(DSC_T))));

enum {
  DSC_TYPED(SUMS) = 2 * DSC_LINE_ROWS,
  DSC_TYPED(STRETCHES) = 4,  // the most vectors of columns of a tile
  DSC_TYPED(DEPTH) = 256,    // of a part of a sum: its weights stay in the first-level cache
};

// Rows of the next tile: the last two share what is left.
static int64_t DSC_TYPED(height)(int64_t left) {
  if (left >= 2 * DSC_LINE_ROWS) return DSC_LINE_ROWS;
  return left > DSC_LINE_ROWS ? (left + 1) / 2 : left;
}

// How many vectors of columns a tile of so many rows has.
static inline int DSC_TYPED(stretches)(int64_t rows) {
  const int64_t fitting = DSC_TYPED(SUMS) / rows;
  return fitting < DSC_TYPED(STRETCHES) ? (int)fitting : DSC_TYPED(STRETCHES);
}

// out = (accumulate ? out : 0) + A B: `a` a packed panel, row p of B `offsets[p]` behind `b`, its
// vectors each `at[v]` behind that.
static inline __attribute__((always_inline)) void DSC_TYPED(grid_tile)(
    int rows, int vectors, int64_t k, const DSC_T *a, const DSC_T *b, const int64_t *at,
    const int64_t *offsets, DSC_T *out, bool accumulate) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[DSC_LINE_ROWS][DSC_TYPED(STRETCHES)];
  const DSC_T *from[DSC_TYPED(STRETCHES)];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) from[v] = b + at[v];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[i][v] = (Vector)((DSC_T)0);
  for (int64_t p = 0; p < k; p++, a += DSC_LINE_ROWS) {
    Vector line[DSC_TYPED(STRETCHES)];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) line[v] = *(const Vector *)(from[v] + offsets[p]);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      Vector x = (Vector)(a[i]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sum[i][v] = DSC_MULTIPLY_ADD(x, line[v], sum[i][v]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      Vector *place = (Vector *)(out + (i * vectors + v) * DSC_LANES_PER_VECTOR);
      *place = accumulate ? *place + sum[i][v] : sum[i][v];
    }
  }
}

#define DSC_LINE_TILE(rows, vectors)                                                             \
  static void DSC_TYPED(grid_tile_##rows##_##vectors)(int64_t k, const DSC_T *a, const DSC_T *b, \
                                                      const int64_t *at, const int64_t *offsets, \
                                                      DSC_T *out, bool accumulate) {             \
    if (rows * vectors > DSC_TYPED(SUMS)) return; /* never asked for */                          \
    DSC_TYPED(grid_tile)(rows, vectors, k, a, b, at, offsets, out, accumulate);                  \
  }
#define DSC_LINE_TILES(rows) \
  DSC_LINE_TILE(rows, 1) DSC_LINE_TILE(rows, 2) DSC_LINE_TILE(rows, 3) DSC_LINE_TILE(rows, 4)
#define DSC_LINE_ENTRY(rows)                                         \
  {DSC_TYPED(grid_tile_##rows##_1), DSC_TYPED(grid_tile_##rows##_2), \
   DSC_TYPED(grid_tile_##rows##_3), DSC_TYPED(grid_tile_##rows##_4)},
#if DSC_LINE_ROWS == 12
#define DSC_FOR_LINE_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12)
#elif DSC_LINE_ROWS == 6
#define DSC_FOR_LINE_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6)
#else
#define DSC_FOR_LINE_ROWS(X) X(1) X(2) X(3) X(4)
#endif
DSC_FOR_LINE_ROWS(DSC_LINE_TILES)
typedef void (*DSC_TYPED(GridTile))(int64_t k, const DSC_T *a, const DSC_T *b, const int64_t *at,
                                    const int64_t *offsets, DSC_T *out, bool accumulate);
static const DSC_TYPED(GridTile) DSC_TYPED(grid_tiles)[DSC_LINE_ROWS][DSC_TYPED(STRETCHES)] = {
    DSC_FOR_LINE_ROWS(DSC_LINE_ENTRY)};

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

// Writes a tile of a band. What a vector writes behind its line is written again with the next one,
// which the band has not come to yet.
static void DSC_TYPED(store_lines)(const DSC_T *sums, DSC_T *out, int64_t apart, int64_t end,
                                   int64_t rows, const DSC_TYPED(Columns) * columns) {
  typedef DSC_TYPED(Vector) Vector;
  for (int64_t v = 0; v < columns->count; v++) {
    const DSC_T *from = sums + v * DSC_LANES_PER_VECTOR;
    const int64_t step = columns->count * DSC_LANES_PER_VECTOR;
    DSC_T *to = out + columns->to[v];
    if (columns->to[v] + DSC_LANES_PER_VECTOR <= end) {
      for (int64_t r = 0; r < rows; r++)
        *(Vector *)(to + r * apart) = *(const Vector *)(from + r * step);
    } else {
      for (int64_t r = 0; r < rows; r++)
        DSC_TYPED(copy_row)(to + r * apart, from + r * step, columns->valid[v]);
    }
  }
}

static void DSC_TYPED(store_tile)(const DscBand *band, DSC_T *sums, int64_t i, int64_t rows,
                                  const DSC_TYPED(Columns) * columns) {
  typedef DSC_TYPED(Vector) Vector;
  const DscConvolution *call = band->call;
  int64_t channel = band->group * (call->out_channels / call->groups) + band->row + i;
  if (call->bias != NULL) {
    Vector *at = (Vector *)sums;
    for (int64_t r = 0; r < rows; r++) {
      Vector bias = (Vector)(((const DSC_T *)call->bias)[channel + r]);
      for (int64_t v = 0; v < columns->count; v++) *at++ += bias;
    }
  }
  DSC_T *out = (DSC_T *)call->output +
               (band->image * call->out_channels + channel) * band->positions + band->first;
  DSC_TYPED(store_lines)(sums, out, band->positions, dsc_volume(call->out_size), rows, columns);
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

static void DSC_TYPED(columns_band)(const DscBand *band) {
  const DscConvolution *call = band->call;
  int64_t channels = call->in_channels / call->groups;
  const DSC_T *grid = DSC_TYPED(fill_band)(band);
  DSC_T *sums = (DSC_T *)band->memory + DSC_TYPED(grid_length)(band);
  int64_t k = channels * dsc_volume(call->taps), depth = DSC_TYPED(depth_of)(k);
  int64_t vectors = call->out_size[0] * call->out_size[1] * DSC_TYPED(line_vectors)(call);
  int64_t most = DSC_TYPED(stretches)(DSC_TYPED(height)(band->rows));
  for (int64_t start = 0; start < k; start += depth) {
    int64_t stop = k - start < depth ? k : start + depth;
    DSC_TYPED(Cursor) next = {0, 0, 0};
    for (int64_t j = 0, count; j < vectors; j += count) {
      DSC_TYPED(Columns)
      columns = DSC_TYPED(columns_from)(band, &next, vectors - j, most, k);
      count = columns.count;
      int64_t from = start > columns.start ? start : columns.start;
      int64_t to = stop < columns.end ? stop : columns.end;
      bool is_first = start <= columns.start;  // then nothing is there to be added to
      const DSC_T *a = (const DSC_T *)band->weights + from * DSC_LINE_ROWS;
      for (int64_t i = 0, rows; i < band->rows; i += rows, a += k * DSC_LINE_ROWS) {
        rows = DSC_TYPED(height)(band->rows - i);
        DSC_T *out = sums + (j * band->rows + i * count) * DSC_LANES_PER_VECTOR;
        if (from < to || is_first) DSC_TYPED(grid_tiles)
        [rows - 1][count - 1](to > from ? to - from : 0, a, grid, columns.at, band->offsets + from,
                              out, !is_first);
        if (stop == k) DSC_TYPED(store_tile)(band, out, i, rows, &columns);
      }
    }
  }
}

// out = (accumulate ? out : 0) + A B: row i of A is the grid from `from + i` on, its column p there
// `offsets[p]` behind; B has `vectors` vectors of outputs a row, as out has.
static inline __attribute__((always_inline)) void DSC_TYPED(place_tile)(
    int rows, int vectors, int64_t k, const DSC_T *from, const int64_t *offsets, const DSC_T *b,
    DSC_T *out, bool accumulate) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[DSC_LINE_ROWS][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[i][v] = (Vector)((DSC_T)0);
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
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      Vector *place = (Vector *)(out + (i * vectors + v) * DSC_LANES_PER_VECTOR);
      *place = accumulate ? *place + sum[i][v] : sum[i][v];
    }
  }
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

// Vectors of columns, or of outputs where that takes fewer multiply-adds by far.
static DscLines DSC_TYPED(lines_kind)(const DscConvolution *call) {
  const int64_t *out = call->out_size, outputs = call->out_channels / call->groups;
  const int64_t through = (dsc_grid(call).count + DSC_LANES_PER_VECTOR - 1) / DSC_LANES_PER_VECTOR;
  const int64_t cut = out[0] * out[1] * DSC_TYPED(line_vectors)(call);
  const int64_t width = DSC_TYPED(output_vectors)(call) * DSC_LANES_PER_VECTOR;
  const int64_t blocks = (outputs + width - 1) / width * (width / DSC_LANES_PER_VECTOR);
  if (5 * dsc_volume(out) * blocks <= 4 * (cut < through ? cut : through) * outputs)
    return DSC_LINES_OF_OUTPUTS;
  return 20 * cut <= 21 * through ? DSC_LINES_OF_COLUMNS : DSC_LINES_NONE;
}

static int64_t DSC_TYPED(lines_rows)(const DscConvolution *call, DscLines kind) {
  return kind == DSC_LINES_OF_COLUMNS ? DSC_LINE_ROWS
                                      : DSC_TYPED(output_vectors)(call) * DSC_LANES_PER_VECTOR;
}

static int64_t DSC_TYPED(lines_memory)(const DscBand *band) {
  const int64_t *out = band->call->out_size;
  const int64_t grid = DSC_TYPED(grid_length)(band);
  if (band->kind == DSC_LINES_OF_OUTPUTS) return grid;
  return grid +
         band->rows * out[0] * out[1] * DSC_TYPED(line_vectors)(band->call) * DSC_LANES_PER_VECTOR;
}

static void DSC_TYPED(lines_band)(const DscBand *band) {
  if (band->kind == DSC_LINES_OF_OUTPUTS)
    DSC_TYPED(outputs_band)(band);
  else
    DSC_TYPED(columns_band)(band);
}

// out += A B for lines of `width` places `pitch` apart: row i of A is the grid from `rows_at[i]`
// on, B a vector of outputs each `step` elements.
static inline __attribute__((always_inline)) void DSC_TYPED(weight_vector)(
    int rows, int64_t lines, int64_t width, int64_t pitch, const DSC_T *const *rows_at,
    const DSC_T *b, int64_t step, DSC_T *out, int64_t out_row) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[DSC_LINE_ROWS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) sum[i] = (Vector)((DSC_T)0);
  for (int64_t line = 0; line < lines; line++) {
    int64_t end = line * pitch + width;
    for (int64_t p = line * pitch; p < end; p++, b += step) {
      const Vector value = *(const Vector *)b;
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++)
        sum[i] = DSC_MULTIPLY_ADD((Vector)(rows_at[i][p]), value, sum[i]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) *(Vector *)(out + i * out_row) += sum[i];
}

#define DSC_WEIGHT_VECTOR(rows)                                                            \
  static void DSC_TYPED(weight_vector_##rows)(int64_t lines, int64_t width, int64_t pitch, \
                                              const DSC_T *const *rows_at, const DSC_T *b, \
                                              int64_t step, DSC_T *out, int64_t out_row) { \
    DSC_TYPED(weight_vector)(rows, lines, width, pitch, rows_at, b, step, out, out_row);   \
  }
#define DSC_WEIGHT_ENTRY(rows) DSC_TYPED(weight_vector_##rows),
DSC_FOR_LINE_ROWS(DSC_WEIGHT_VECTOR)
typedef void (*DSC_TYPED(WeightVector))(int64_t lines, int64_t width, int64_t pitch,
                                        const DSC_T *const *rows_at, const DSC_T *b, int64_t step,
                                        DSC_T *out, int64_t out_row);
static const DSC_TYPED(WeightVector)
    DSC_TYPED(weight_vectors)[DSC_LINE_ROWS] = {DSC_FOR_LINE_ROWS(DSC_WEIGHT_ENTRY)};

static bool DSC_TYPED(fit_vector)(int64_t outputs) { return outputs <= DSC_LANES_PER_VECTOR; }

// Adds some images' part to the weights' gradient of up to a vector of outputs, whose gradients lie
// `step` elements from place to place.
static void DSC_TYPED(few_weight_rows)(const DscWeightRows *w, int64_t step) {
  enum { PLACES = 256 };  // about as many are summed at a time: their panel is near then
  const DscConvolution *call = w->call;
  const DscGrid *g = &w->grid;
  int64_t channels = call->in_channels / call->groups, size = dsc_volume(call->in_size);
  int64_t taps = dsc_volume(call->taps), rows = w->channels * taps;
  int64_t width = call->out_size[2], height = call->out_size[1], pitch = g->size[2];
  int64_t most = (PLACES + width - 1) / width;
  DSC_T *sums = (DSC_T *)w->sums + w->channel * taps * step;
  for (int64_t n = 0; n < w->images; n++) {
    const DSC_T *input =
        (const DSC_T *)call->input +
        ((w->image + n) * call->in_channels + w->group * channels + w->channel) * size;
    for (int64_t c = 0; c < w->channels && !g->is_input; c++)
      DSC_TYPED(fill_grid)(call, g, input + c * size, (DSC_T *)w->memory + c * g->channel);
    const DSC_T *grid = g->is_input ? input : w->memory;
    const DSC_T *b = (const DSC_T *)w->gradients + n * dsc_volume(call->out_size) * step;
    for (int64_t z = 0; z < call->out_size[0]; z++) {
      for (int64_t y = 0, lines; y < height; y += lines, b += lines * width * step) {
        lines = height - y < most ? height - y : most;
        const DSC_T *at = grid + (z * g->size[1] + y) * pitch;
        int64_t channel = 0, tap = 0;
        for (int64_t i = 0, count; i < rows; i += count) {
          count = DSC_TYPED(height)(rows - i);
          const DSC_T *rows_at[DSC_LINE_ROWS];
          for (int64_t r = 0; r < count; r++) {
            rows_at[r] = at + channel * g->channel + w->offsets[tap];
            if (++tap == taps) tap = 0, channel++;
          }
          DSC_TYPED(weight_vectors)
          [count - 1](lines, width, pitch, rows_at, b, step, sums + i * step, step);
        }
      }
    }
  }
}

// Packs weights to panels of a tile's channels, in the order of the sums.
static void DSC_TYPED(lines_pack)(const DscConvolution *call, int64_t group, int64_t first,
                                  int64_t count, DscLines kind, bool by_lines, DSC_T *out) {
  DscWeightSteps steps = dsc_weight_steps(call);
  int64_t taps = dsc_volume(call->taps), channels = call->in_channels / call->groups;
  int64_t line = by_lines ? call->taps[2] : taps;  // taps between changes of the channel
  int64_t panel = DSC_TYPED(lines_rows)(call, kind);
  const DSC_T *from = (const DSC_T *)call->weight + group * steps.group + first * steps.output;
  for (int64_t i = 0, rows; i < count; i += rows, from += rows * steps.output) {
    rows = count - i < panel ? count - i : panel;
    if (kind == DSC_LINES_OF_COLUMNS) rows = DSC_TYPED(height)(count - i);
    for (int64_t p = 0; p < taps; p += line)
      for (int64_t c = 0; c < channels; c++)
        for (int64_t t = p; t < p + line; t++, out += panel) {
          for (int64_t r = 0; r < rows; r++)
            out[r] = from[r * steps.output + c * steps.channel + t];
          for (int64_t r = rows; r < panel; r++) out[r] = 0;
        }
  }
}

#undef DSC_PLACE_TILE
#undef DSC_PLACE_TILES
#undef DSC_PLACE_ENTRY
#undef DSC_LINE_TILE
#undef DSC_LINE_TILES
#undef DSC_LINE_ENTRY
#undef DSC_WEIGHT_VECTOR
#undef DSC_WEIGHT_ENTRY
#undef DSC_FOR_LINE_ROWS
#undef DSC_LINE_ROWS
#undef DSC_MULTIPLY_ADD
#undef DSC_TYPED
#undef DSC_LANES_PER_VECTOR
