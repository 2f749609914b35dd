// Packing of one element type DSC_T: what is packed, and panels that the micro-kernels read from
// front to back. No include guard.

#include "copy_row.h"

// Whether lines of an operand fall into few sets of the first-level cache.
static bool DSC_TYPED(is_aligned)(int64_t row, int64_t column) {
  enum { ALIGNED = 1024 };
  row = row < 0 ? -row : row, column = column < 0 ? -column : column;
  return (row > column ? row : column) * (int64_t)sizeof(DSC_T) % ALIGNED == 0;
}

// Whether micro-kernels may read an operand of `rows` x `columns` where it lies, time and again: it
// stays in the second-level cache, and its lines in the first. With many tiles packing costs
// little, and reading where it lies waits for more.
static bool DSC_TYPED(is_near)(int64_t rows, int64_t row, int64_t columns, int64_t column,
                               bool many) {
  enum { NEAR = 512 << 10, NEAR_IF_MANY = 256 << 10, NEAR_IF_ALIGNED = 64 << 10 };
  const int64_t size = (int64_t)sizeof(DSC_T);
  const int64_t limit = DSC_TYPED(is_aligned)(row, column) ? NEAR_IF_ALIGNED
                        : many                             ? NEAR_IF_MANY
                                                           : NEAR;
  row = (row < 0 ? -row : row) * size, column = (column < 0 ? -column : column) * size;
  return rows * row + columns * column <= limit;
}

// Whether a B whose lines are far apart is read where it lies by so few tiles: packing it would
// take longer than what they lose.
static bool DSC_TYPED(are_few)(const DscProduct *g) {
  enum { FEW = 8, FEW_IF_ALIGNED = 3 };
  return g->m <=
         (DSC_TYPED(is_aligned)(g->b_row, g->b_column) ? FEW_IF_ALIGNED : FEW) * DSC_TILE_ROWS;
}

// Writes `count` lines of k elements to panels of `width`: out[p * width + i] = line i, element p.
// The last panel is filled up to the width with lines that a tile computes and drops.
//
// Here lines are next to each other in memory. Of all panels a few rows at a time are copied:
// rows lie pages apart, and so each page is looked up once.
static inline __attribute__((always_inline)) void DSC_TYPED(pack_rows)(int width,
                                                                       const DSC_T *source,
                                                                       int64_t step, int64_t count,
                                                                       int64_t k, DSC_T *out) {
  enum { ROWS = 32 };
  for (int64_t start = 0; start < k; start += ROWS) {
    int64_t rows = k - start < ROWS ? k - start : ROWS;
    for (int64_t first = 0; first < count; first += width) {
      const DSC_T *from = source + first + start * step;
      DSC_T *to = out + first * k + start * width;
      if (first + width <= count) {
        for (int64_t p = 0; p < rows; p++) {
          __builtin_prefetch(
              from + (p + ROWS) * step);  // of the next few rows: the processor does not guess them
          memcpy(to + p * width, from + p * step, (size_t)width * sizeof(DSC_T));
        }
        continue;
      }
      for (int64_t p = 0; p < rows; p++) {
        memset(to + p * width, 0, (size_t)width * sizeof(DSC_T));
        DSC_TYPED(copy_row)(to + p * width, from + p * step, count - first);
      }
    }
  }
}

#if DSC_TRANSPOSES
// Packs `width` lines of k contiguous elements, whole vectors of lines at a time.
static inline __attribute__((always_inline)) void DSC_TYPED(pack_whole_lines)(
    int width, const DSC_T *from, int64_t line, int64_t k, DSC_T *out) {
  enum { LINE = 64 / sizeof(DSC_T), AHEAD = 4 * LINE };
  typedef DSC_TYPED(Vector) Vector;
  for (int64_t start = 0; start < k; start += LINE) {
    for (int i = 0; i < width; i += DSC_LANES_PER_VECTOR) {
      const DSC_T *lines = from + i * line;
      for (int l = 0; l < DSC_LANES_PER_VECTOR; l++)
        __builtin_prefetch(lines + l * line + start + AHEAD);
      const int64_t stop = k - start < LINE ? k : start + LINE;
      for (int64_t at = start; at < stop; at += 4) {
        // The last four may have been packed in part.
        const int64_t p = at + 4 <= k ? at : k - 4;
        Vector x[4];
        DSC_TYPED(load_fours)(lines + p, line, x);
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
static inline __attribute__((always_inline)) void DSC_TYPED(pack_lines)(int width,
                                                                        const DSC_T *from,
                                                                        int64_t line, int64_t last,
                                                                        int64_t k, DSC_T *out) {
#if DSC_TRANSPOSES
  if (width % DSC_LANES_PER_VECTOR == 0 && last == width - 1 && k >= 4) {
    DSC_TYPED(pack_whole_lines)(width, from, line, k, out);
    return;
  }
#endif
  typedef DSC_TYPED(Quarter) Four;
  enum { LINE = 64 / sizeof(DSC_T), PART = 256 };
  const int top = (width - 1) / 4 * 4;
  for (int64_t start = 0; start < k; start += PART) {
    const int64_t stop = k - start < PART ? k : start + PART;
    for (int i = top; i >= 0; i -= 4) {
      const DSC_T *r0 = from + (i < last ? i : last) * line;
      const DSC_T *r1 = from + (i + 1 < last ? i + 1 : last) * line;
      const DSC_T *r2 = from + (i + 2 < last ? i + 2 : last) * line;
      const DSC_T *r3 = from + (i + 3 < last ? i + 3 : last) * line;
      DSC_T *to = out + start * width + i;
      const DSC_T *next = from + (i >= 4 ? i - 4 : stop < k ? top : width + top) * line;
      if (i < 4) next += stop < k ? PART : -start;
      // Behind the very last elements nothing may be written: others may be packing there.
      int64_t p = start, end = i + 4 > width && stop == k ? k - 1 : stop;
      for (; p + 4 <= end; p += 4, to += 4 * width) {
        if (p % LINE == 0)
          for (int l = 0; l < 4; l++) __builtin_prefetch(next + l * line + p);
        Four x[4] = {*(const Four *)(r0 + p), *(const Four *)(r1 + p), *(const Four *)(r2 + p),
                     *(const Four *)(r3 + p)};
        DSC_TYPED(transpose_four)(x);
        *(Four *)to = x[0];
        *(Four *)(to + width) = x[1];
        *(Four *)(to + 2 * width) = x[2];
        *(Four *)(to + 3 * width) = x[3];
      }
      for (; p < end; p++, to += width) *(Four *)to = (Four){r0[p], r1[p], r2[p], r3[p]};
      if (p == stop) continue;
      Four last_of_all = {r0[p], r1[p], r2[p], r3[p]};
      for (int l = 0; l < width - i; l++) to[l] = last_of_all[l];
    }
  }
}

static inline __attribute__((always_inline)) void DSC_TYPED(pack)(int width, const DSC_T *source,
                                                                  int64_t line, int64_t step,
                                                                  int64_t count, int64_t k,
                                                                  DSC_T *out) {
  if (line == 1) {
    DSC_TYPED(pack_rows)(width, source, step, count, k, out);
    return;
  }
  for (int64_t first = 0; first < count; first += width, out += width * k) {
    const DSC_T *from = source + first * line;
    int64_t last = count - first < width ? count - first - 1 : width - 1;
    if (step == 1) {
      DSC_TYPED(pack_lines)(width, from, line, last, k, out);
      continue;
    }
    for (int64_t p = 0; p < k; p++)
      for (int64_t i = 0; i < width; i++)
        out[p * width + i] = from[(i < last ? i : last) * line + p * step];
  }
}

static void DSC_TYPED(pack_a)(const DSC_T *source, int64_t line, int64_t step, int64_t count,
                              int64_t k, DSC_T *out) {
  DSC_TYPED(pack)(DSC_TILE_ROWS, source, line, step, count, k, out);
}

static void DSC_TYPED(pack_b)(const DSC_T *source, int64_t line, int64_t step, int64_t count,
                              int64_t k, DSC_T *out) {
  DSC_TYPED(pack)(DSC_TILE_COLUMNS, source, line, step, count, k, out);
}
