// Products a tap (dsc_taps.h) of one element type DSC_T. No include guard.
//
// A sum goes over blocks of the source's channels, within these over the taps in order; each is a
// chain of multiply-adds, so that neither borders of tiles nor threads change a bit.

static bool DSC_TYPED(tap_pack)(const DscTapSide *s, int64_t n) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  typedef DSC_TYPED(Vector) Vector;
  DSC_T *packed = dsc_product_scratch((size_t)(s->positions * LANES) * sizeof(DSC_T));
  if (packed == NULL) return false;
  const DSC_T *image = (const DSC_T *)s->from + n * s->image;
  for (int64_t c = 0; c < s->channels; c += LANES) {
    const int64_t last = s->channels - c < LANES ? s->channels - c - 1 : LANES - 1;
    DSC_TYPED(pack_lines)
    (LANES, image + c * s->positions, s->positions, last, s->positions, packed);
    DSC_T *to = (DSC_T *)s->rows + n * s->pitch + c;
    const DSC_T *from = packed;
    for (int64_t line = 0; line < s->positions; line += s->width) {
      for (int64_t x = 0; x < s->width; x++, from += LANES) {
        const int64_t place = line + dsc_tap_column(x, s->width, s->stride);
        *(Vector *)(to + place * s->images * s->pitch) = *(const Vector *)from;
      }
    }
  }
  return true;
}

// Packs the weights of up to a tile's columns of targets, [channel][tap][target].
static void DSC_TYPED(pack_tap_weights)(const DscTapProducts *p, int64_t first, int64_t last,
                                        int64_t start, int64_t k, DSC_T *out) {
  enum { AHEAD = 4, LINE = 64 / sizeof(DSC_T) };
  const int64_t row = p->steps.channel, taps = p->taps;
  const DSC_T *from = (const DSC_T *)p->weight + first * p->steps.output + start * row;
  if (taps == 1) {
    DSC_TYPED(pack_b)(from, p->steps.output, row, last + 1, k, out);
    return;
  }
  if (row == taps) {
    DSC_TYPED(pack_lines)(DSC_TILE_COLUMNS, from, p->steps.output, last, k * taps, out);
    return;
  }
  for (int64_t c = 0; c < k; c++, from += row, out += taps * DSC_TILE_COLUMNS) {
    // Channels lie pages apart: the processor does not fetch the next ones by itself.
    const uintptr_t ahead = (uintptr_t)from + (uintptr_t)(AHEAD * row) * sizeof(DSC_T);
    for (int64_t i = 0; i < (last + 1) * p->steps.output; i += LINE)
      __builtin_prefetch((const void *)(ahead + (uintptr_t)i * sizeof(DSC_T)));
    DSC_TYPED(pack_lines)(DSC_TILE_COLUMNS, from, p->steps.output, last, taps, out);
  }
}

// Adds the products of one block of the source's channels.
static void DSC_TYPED(add_taps)(const DscTapProducts *p, int64_t start, int64_t k, int vectors,
                                const DSC_T *weights, DSC_T *sums) {
  const DscTapSide *s = p->source;
  for (int64_t t = 0, r = 0; t < p->taps; t++, weights += DSC_TILE_COLUMNS) {
    for (; r < p->ends[t]; r++) {
      const DscTapRun *run = &p->runs[r];
      const int64_t from = p->by_input ? run->output : run->input;
      const int64_t to = p->by_input ? run->input : run->output, count = run->count * s->images;
      const DSC_T *a = (const DSC_T *)s->rows + from * s->images * s->pitch + start;
      DSC_T *out = sums + to * s->images * DSC_TILE_COLUMNS;
      for (int64_t i = 0, rows; i < count; i += rows) {
        rows = DSC_TYPED(tile_height)(count - i);
        DSC_TYPED(tiles)
        [rows - 1][vectors - 1](k, a + i * s->pitch, s->pitch, 1, weights,
                                p->taps * DSC_TILE_COLUMNS, out + i * DSC_TILE_COLUMNS,
                                DSC_TILE_COLUMNS, DSC_ADD);
      }
    }
  }
}

// Writes the sums of `some` targets from `first` on, [place][image][target]; `line` holds an
// image's.
static void DSC_TYPED(write_taps)(const DscTapProducts *p, int64_t first, int64_t some,
                                  const DSC_T *sums, DSC_T *line) {
  typedef DSC_TYPED(Vector) Vector;
  enum { WIDTH = DSC_TILE_COLUMNS };
  DSC_T bias[WIDTH] = {0};
  if (p->bias != NULL) memcpy(bias, (const DSC_T *)p->bias + first, (size_t)some * sizeof(DSC_T));
  const int64_t images = p->source->images;
  for (int64_t n = 0; n < images; n++) {
    DSC_T *to = line;
    for (int64_t y = 0; y < p->positions; y += p->width) {
      for (int64_t x = 0; x < p->width; x++, to += WIDTH) {
        const int64_t place = y + dsc_tap_column(x, p->width, p->stride);
        const DSC_T *from = sums + (place * images + n) * WIDTH;
        for (int v = 0; v < WIDTH; v += DSC_LANES_PER_VECTOR)
          *(Vector *)(to + v) = *(const Vector *)(from + v) + *(const Vector *)(bias + v);
      }
    }
    DSC_TYPED(unpack)
    (line, DSC_LANES_PER_VECTOR, WIDTH, some, p->positions,
     (DSC_T *)p->target + n * p->target_image + first * p->positions, p->positions);
  }
}

static bool DSC_TYPED(tap_panel)(const DscTapProducts *p, int64_t first) {
  enum { WIDTH = DSC_TILE_COLUMNS };
  const int64_t k = p->source->channels, depth = DSC_TYPED(depth_of)(k);
  const int64_t left = p->targets - first, some = left < WIDTH ? left : WIDTH;
  const int vectors = (int)((some + DSC_LANES_PER_VECTOR - 1) / DSC_LANES_PER_VECTOR);
  const int64_t size = p->positions * p->source->images * WIDTH;
  DSC_T *sums = dsc_product_scratch(
      (size_t)(size + p->positions * WIDTH + depth * p->taps * WIDTH) * sizeof(DSC_T));
  if (sums == NULL) return false;
  DSC_T *line = sums + size, *weights = line + p->positions * WIDTH;
  memset(sums, 0, (size_t)size * sizeof(DSC_T));
  for (int64_t start = 0; start < k; start += depth) {
    const int64_t count = k - start < depth ? k - start : depth;
    DSC_TYPED(pack_tap_weights)(p, first, some - 1, start, count, weights);
    DSC_TYPED(add_taps)(p, start, count, vectors, weights, sums);
  }
  DSC_TYPED(write_taps)(p, first, some, sums, line);
  return true;
}

// out = A B for the rows that runs join: `a` and `b` the first place's rows of a tile's columns.
static inline __attribute__((always_inline)) void DSC_TYPED(run_tile)(
    int height, const DscTapRun *run, const DscTapRun *end, int64_t images, const DSC_T *a,
    int64_t a_pitch, const DSC_T *b, int64_t b_pitch, DSC_T *out) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[DSC_TILE_ROWS][DSC_TILE_VECTORS];
  DSC_TYPED(clear_tile)(height, DSC_TILE_VECTORS, sum);
  for (; run < end; run++) {
    const DSC_T *at = a + run->output * images * a_pitch, *from = b + run->input * images * b_pitch;
    for (int64_t left = run->count * images; left > 0; left--, at += a_pitch, from += b_pitch) {
      const DSC_T *four[(DSC_TILE_ROWS + 3) / 4];
#pragma clang loop unroll(full)
      for (int i = 0; i < height; i += 4) four[i / 4] = at + i;
      DSC_TYPED(multiply_add)(height, DSC_TILE_VECTORS, four, 1, from, sum);
    }
  }
  DSC_TYPED(store_tile)(height, DSC_TILE_VECTORS, sum, out, DSC_TILE_COLUMNS, DSC_REPLACE);
}

#define DSC_RUN_TILE(rows)                                                                \
  static void DSC_TYPED(run_tile_##rows)(const DscTapRun *run, const DscTapRun *end,      \
                                         int64_t images, const DSC_T *a, int64_t a_pitch, \
                                         const DSC_T *b, int64_t b_pitch, DSC_T *out) {   \
    DSC_TYPED(run_tile)(rows, run, end, images, a, a_pitch, b, b_pitch, out);             \
  }
#define DSC_RUN_ENTRY(rows) DSC_TYPED(run_tile_##rows),
DSC_FOR_TILE_ROWS(DSC_RUN_TILE)
static void (*const DSC_TYPED(run_tiles)[DSC_TILE_ROWS])(const DscTapRun *, const DscTapRun *,
                                                         int64_t, const DSC_T *, int64_t,
                                                         const DSC_T *, int64_t, DSC_T *) = {
    DSC_FOR_TILE_ROWS(DSC_RUN_ENTRY)};
#undef DSC_RUN_TILE
#undef DSC_RUN_ENTRY

// Writes the weights of some channels of an output, whose taps lie a tile apart, as [channel][tap].
static void DSC_TYPED(write_tap_weights)(int64_t taps, const DSC_T *sums, int64_t channels,
                                         DSC_T *out) {
  enum { TILE = DSC_TILE_ROWS * DSC_TILE_COLUMNS };
  int64_t c = 0;
#if DSC_TRANSPOSES
  enum { LANES = DSC_LANES_PER_VECTOR };
  typedef DSC_TYPED(Vector) Vector;
  for (; taps >= 4 && c + LANES <= channels; c += LANES) {
    for (int64_t at = 0; at < taps; at += 4) {
      // The last four may have been written in part.
      const int64_t t = at + 4 <= taps ? at : taps - 4;
      Vector x[4];
#pragma clang loop unroll(full)
      for (int e = 0; e < 4; e++) x[e] = *(const Vector *)(sums + (t + e) * TILE + c);
      DSC_TYPED(store_fours)(x, out + c * taps + t, taps);
    }
  }
#endif
  for (; c < channels; c++)
    for (int64_t t = 0; t < taps; t++) out[c * taps + t] = sums[t * TILE + c];
}

static bool DSC_TYPED(tap_weights)(const DscTapProducts *p, const DscTapSide *g, int64_t start,
                                   int64_t end, DSC_T *weight) {
  enum {
    WIDTH = DSC_TILE_COLUMNS,
    TILE = DSC_TILE_ROWS * DSC_TILE_COLUMNS,
    LINE = 64 / sizeof(DSC_T)
  };
  const DscTapSide *s = p->source;
  DSC_T *sums = dsc_product_scratch((size_t)(p->taps * TILE) * sizeof(DSC_T));
  if (sums == NULL) return false;
  for (int64_t c = 0; c < s->channels; c += WIDTH) {
    const int64_t some = s->channels - c < WIDTH ? s->channels - c : WIDTH;
    for (int64_t o = start, rows; o < end; o += rows) {
      rows = DSC_TYPED(tile_height)(end - o);
      DSC_T *to = weight + (o * s->channels + c) * p->taps;
      for (int64_t t = 0, first = 0; t < p->taps; first = p->ends[t++]) {
        // The lines that are written below are seldom in a cache.
        for (int64_t i = 0; i < rows; i++)
          for (int64_t l = t * some; l < (t + 1) * some; l += LINE)
            __builtin_prefetch(to + i * s->channels * p->taps + l, 1);
        DSC_TYPED(run_tiles)
        [rows - 1](p->runs + first, p->runs + p->ends[t], s->images, (const DSC_T *)g->rows + o,
                   g->pitch, (const DSC_T *)s->rows + c, s->pitch, sums + t * TILE);
      }
      for (int64_t i = 0; i < rows; i++) DSC_TYPED(write_tap_weights)
      (p->taps, sums + i * WIDTH, some, to + i * s->channels * p->taps);
    }
  }
  return true;
}
