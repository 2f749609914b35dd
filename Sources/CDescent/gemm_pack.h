// Packing of elements of a type DSC_S (gemm_each_source.h) into panels of DSC_T that the
// micro-kernels read from front to back. No include guard.

// Elements next to each other, and the last of a row.
static inline __attribute__((always_inline)) DSC_TYPED(Vector) DSC_FROM(read)(const DSC_S *from) {
  typedef DSC_S Vector
      __attribute__((ext_vector_type(DSC_LANES_PER_VECTOR), aligned(_Alignof(DSC_S))));
  return DSC_WIDEN(*(const Vector *)from, DSC_TYPED(Vector));
}

static inline __attribute__((always_inline)) void DSC_FROM(read_four)(const DSC_S *from,
                                                                      DSC_TYPED(Quarter) * to) {
  typedef DSC_S Four __attribute__((ext_vector_type(4), aligned(_Alignof(DSC_S))));
  *to = DSC_WIDEN(*(const Four *)from, DSC_TYPED(Quarter));
}

static inline __attribute__((always_inline)) void DSC_FROM(read_row)(const DSC_S *from,
                                                                     int64_t count, DSC_T *to) {
  if (sizeof(DSC_S) == sizeof(DSC_T)) {
    DSC_TYPED(copy_row)(to, (const DSC_T *)(const void *)from, count);
    return;
  }
  int64_t j = 0;
  for (; j + DSC_LANES_PER_VECTOR <= count; j += DSC_LANES_PER_VECTOR)
    *(DSC_TYPED(Vector) *)(to + j) = DSC_FROM(read)(from + j);
  for (; j + 4 <= count; j += 4) DSC_FROM(read_four)(from + j, (DSC_TYPED(Quarter) *)(to + j));
  for (; j < count; j++) to[j] = DSC_WIDE_ONE(from[j]);
}

// Writes `count` lines of k elements to panels of `width`: out[p * width + i] = line i, element p.
// The last panel is filled up to the width with lines that a tile computes and drops.
//
// Here lines are next to each other in memory. Of all panels a few rows at a time are copied:
// rows lie pages apart, and so each page is looked up once.
static inline __attribute__((always_inline)) void DSC_FROM(pack_rows)(int width,
                                                                      const DSC_S *source,
                                                                      int64_t step, int64_t count,
                                                                      int64_t k, DSC_T *out) {
  enum { ROWS = 32 };
  for (int64_t start = 0; start < k; start += ROWS) {
    int64_t rows = k - start < ROWS ? k - start : ROWS;
    for (int64_t first = 0; first < count; first += width) {
      const DSC_S *from = source + first + start * step;
      DSC_T *to = out + first * k + start * width;
      if (first + width <= count) {
        for (int64_t p = 0; p < rows; p++) {
          __builtin_prefetch(
              from + (p + ROWS) * step);  // of the next few rows: the processor does not guess them
          DSC_FROM(read_row)(from + p * step, width, to + p * width);
        }
        continue;
      }
      for (int64_t p = 0; p < rows; p++) {
        memset(to + p * width, 0, (size_t)width * sizeof(DSC_T));
        DSC_FROM(read_row)(from + p * step, count - first, to + p * width);
      }
    }
  }
}

#if DSC_TRANSPOSES
// Lane l of out[e] is element e of line l.
static inline __attribute__((always_inline)) void DSC_FROM(load_fours)(const DSC_S *from,
                                                                       int64_t line,
                                                                       DSC_TYPED(Vector) out[4]) {
  typedef DSC_S Four __attribute__((ext_vector_type(4), aligned(_Alignof(DSC_S))));
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
    const DSC_S *at = from + i * line;
    const Four a = *(const Four *)at, b = *(const Four *)(at + 4 * line);
#if DSC_VECTOR_BYTES / DSC_T_BYTES == 16
    const Four c = *(const Four *)(at + 8 * line), d = *(const Four *)(at + 12 * line);
    out[i] =
        DSC_WIDEN(__builtin_shufflevector(__builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7),
                                          __builtin_shufflevector(c, d, 0, 1, 2, 3, 4, 5, 6, 7), 0,
                                          1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                  DSC_TYPED(Vector));
#else
    out[i] = DSC_WIDEN(__builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7), DSC_TYPED(Vector));
#endif
  }
  DSC_TYPED(transpose_fours)(out);
}

// Packs `width` lines of k contiguous elements, whole vectors of lines at a time. What comes next,
// behind the ends of lines the beginnings of as many others, is asked for into the second-level
// cache: lines are often whole kilobytes apart, and share few sets of the first.
static inline __attribute__((always_inline)) void DSC_FROM(pack_whole_lines)(
    int width, const DSC_S *from, int64_t line, int64_t k, DSC_T *out) {
  enum { LINE = 64 / sizeof(DSC_S), AHEAD = 2 * LINE };
  typedef DSC_TYPED(Vector) Vector;
  for (int64_t start = 0; start < k; start += LINE) {
    for (int i = 0; i < width; i += DSC_LANES_PER_VECTOR) {
      const DSC_S *lines = from + i * line;
      const DSC_S *next = lines + start + AHEAD;
      if (start + AHEAD >= k) next += width * line - k;
      for (int l = 0; l < DSC_LANES_PER_VECTOR; l++) __builtin_prefetch(next + l * line, 0, 2);
      const int64_t stop = k - start < LINE ? k : start + LINE;
      for (int64_t at = start; at < stop; at += 4) {
        // The last four may have been packed in part.
        const int64_t p = at + 4 <= k ? at : k - 4;
        Vector x[4];
        DSC_FROM(load_fours)(lines + p, line, x);
#pragma clang loop unroll(full)
        for (int e = 0; e < 4; e++) *(Vector *)(out + (p + e) * width + i) = x[e];
      }
    }
  }
}
#endif

// Here each line is contiguous: 4 x 4 elements at a time are transposed, from the last four lines
// to the first. Where the width is no multiple of four, what a store writes beyond it is
// overwritten by the next. Lines are often short and far apart: the next four are fetched ahead.
// Of long ones a part at a time is packed, so that what is written stays in the cache.
static inline __attribute__((always_inline)) void DSC_FROM(pack_lines)(int width, const DSC_S *from,
                                                                       int64_t line, int64_t last,
                                                                       int64_t k, DSC_T *out) {
#if DSC_TRANSPOSES
  if (width % DSC_LANES_PER_VECTOR == 0 && last == width - 1 && k >= 4) {
    DSC_FROM(pack_whole_lines)(width, from, line, k, out);
    return;
  }
#endif
  typedef DSC_TYPED(Quarter) Four;
  enum { LINE = 64 / sizeof(DSC_S), PART = 256 };
  const int top = (width - 1) / 4 * 4;
  for (int64_t start = 0; start < k; start += PART) {
    const int64_t stop = k - start < PART ? k : start + PART;
    for (int i = top; i >= 0; i -= 4) {
      const DSC_S *r0 = from + (i < last ? i : last) * line;
      const DSC_S *r1 = from + (i + 1 < last ? i + 1 : last) * line;
      const DSC_S *r2 = from + (i + 2 < last ? i + 2 : last) * line;
      const DSC_S *r3 = from + (i + 3 < last ? i + 3 : last) * line;
      DSC_T *to = out + start * width + i;
      const DSC_S *next = from + (i >= 4 ? i - 4 : stop < k ? top : width + top) * line;
      if (i < 4) next += stop < k ? PART : -start;
      // Behind the very last elements nothing may be written: others may be packing there.
      int64_t p = start, end = i + 4 > width && stop == k ? k - 1 : stop;
      for (; p + 4 <= end; p += 4, to += 4 * width) {
        if (p % LINE == 0)
          for (int l = 0; l < 4; l++) __builtin_prefetch(next + l * line + p);
        Four x[4];
        DSC_FROM(read_four)(r0 + p, &x[0]);
        DSC_FROM(read_four)(r1 + p, &x[1]);
        DSC_FROM(read_four)(r2 + p, &x[2]);
        DSC_FROM(read_four)(r3 + p, &x[3]);
        DSC_TYPED(transpose_four)(x);
        *(Four *)to = x[0];
        *(Four *)(to + width) = x[1];
        *(Four *)(to + 2 * width) = x[2];
        *(Four *)(to + 3 * width) = x[3];
      }
      for (; p < end; p++, to += width)
        *(Four *)to = (Four){DSC_WIDE_ONE(r0[p]), DSC_WIDE_ONE(r1[p]), DSC_WIDE_ONE(r2[p]),
                             DSC_WIDE_ONE(r3[p])};
      if (p == stop) continue;
      Four last_of_all = {DSC_WIDE_ONE(r0[p]), DSC_WIDE_ONE(r1[p]), DSC_WIDE_ONE(r2[p]),
                          DSC_WIDE_ONE(r3[p])};
      for (int l = 0; l < width - i; l++) to[l] = last_of_all[l];
    }
  }
}

static inline __attribute__((always_inline)) void DSC_FROM(pack)(int width, const DSC_S *source,
                                                                 int64_t line, int64_t step,
                                                                 int64_t count, int64_t k,
                                                                 DSC_T *out) {
  if (line == 1) {
    DSC_FROM(pack_rows)(width, source, step, count, k, out);
    return;
  }
  for (int64_t first = 0; first < count; first += width, out += width * k) {
    const DSC_S *from = source + first * line;
    int64_t last = count - first < width ? count - first - 1 : width - 1;
    if (step == 1) {
      DSC_FROM(pack_lines)(width, from, line, last, k, out);
      continue;
    }
    for (int64_t p = 0; p < k; p++)
      for (int64_t i = 0; i < width; i++)
        out[p * width + i] = DSC_WIDE_ONE(from[(i < last ? i : last) * line + p * step]);
  }
}

static void DSC_FROM(pack_a)(const void *source, int64_t line, int64_t step, int64_t count,
                             int64_t k, DSC_T *out) {
  DSC_FROM(pack)(DSC_TILE_ROWS, source, line, step, count, k, out);
}

static void DSC_FROM(pack_b)(const void *source, int64_t line, int64_t step, int64_t count,
                             int64_t k, DSC_T *out) {
  DSC_FROM(pack)(DSC_TILE_COLUMNS, source, line, step, count, k, out);
}
