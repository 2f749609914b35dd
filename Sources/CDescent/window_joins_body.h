// Rows of a window joined column by column, then columns of a row, in one element type DSC_T: see
// dsc_windows.h. Rows are read one after the other, as memory holds them, into results that stay in
// registers. No include guard.
#include "window_vectors.h"

typedef int32_t DSC_TYPED(Numbers) __attribute__((ext_vector_type(DSC_VECTOR_BYTES / sizeof(DSC_T)),
                                                  aligned(sizeof(int32_t)), may_alias));
// Columns of a row are joined in this many lanes whatever the instruction set: sums depend on it.
enum { DSC_TYPED(LINE) = DSC_LINE / (int)sizeof(DSC_T) };
typedef DSC_T DSC_TYPED(Line)
    __attribute__((ext_vector_type(DSC_TYPED(LINE)), aligned(sizeof(DSC_T)), may_alias));
#if DSC_T_BYTES == 4
typedef int32_t DSC_TYPED(Truth);
#else
typedef int64_t DSC_TYPED(Truth);
#endif
typedef DSC_TYPED(Truth) DSC_TYPED(LineMask)
    __attribute__((ext_vector_type(DSC_TYPED(LINE)), aligned(sizeof(DSC_T)), may_alias));

// What rows are asked for.
enum { DSC_TYPED(SUM), DSC_TYPED(LARGEST), DSC_TYPED(NUMBERED) };

// Columns from `from` on, as many as `vectors` hold; both are literals in every caller.
DSC_INLINE void DSC_TYPED(join_block)(int kind, int vectors, const DscWindowRows *rows,
                                      int64_t from, DSC_T *joined, int32_t *numbers) {
  typedef DSC_TYPED(Vector) Vector;
  typedef DSC_TYPED(Loaded) Loaded;
  typedef DSC_TYPED(Mask) Mask;
  typedef DSC_TYPED(Numbers) Numbers;
  enum { LANES = DSC_LANES_PER_VECTOR };
  Vector all[8];
  Mask is_nan[8];
  Numbers number[8];
  const char *row = (const char *)rows->values + from * (int64_t)sizeof(DSC_T);
  int64_t r = 0;
  DSC_EACH {
    if (kind == DSC_TYPED(SUM) && !rows->continues)
      all[l] = 0;
    else
      all[l] = ((const Loaded *)(rows->continues ? (const void *)(joined + from) : row))[l];
    if (kind == DSC_TYPED(LARGEST)) is_nan[l] = DSC_ARE_NAN(all[l], all[l]);
    if (kind == DSC_TYPED(NUMBERED))
      number[l] =
          rows->continues ? *(const Numbers *)(numbers + from + l * LANES) : (Numbers)rows->number;
  }
  if (kind != DSC_TYPED(SUM) && !rows->continues) r++, row += rows->pitch;
  for (; r < rows->rows; r++, row += rows->pitch) {
    DSC_EACH {
      const Vector v = ((const Loaded *)(const void *)row)[l];
      if (kind == DSC_TYPED(SUM)) {
        all[l] += v;
      } else if (kind == DSC_TYPED(LARGEST)) {
        is_nan[l] |= DSC_ARE_NAN(v, v);
        all[l] = v > all[l] ? v : all[l];
      } else {
        const Mask takes = (v > all[l]) | DSC_ARE_NAN(v, v);  // a NaN wins over all before it
        all[l] = takes ? v : all[l];
        number[l] = __builtin_convertvector(takes, Numbers)
                        ? (Numbers)(rows->number + (int32_t)r * rows->number_step)
                        : number[l];
      }
    }
  }
  DSC_EACH {
    if (kind == DSC_TYPED(LARGEST)) all[l] = is_nan[l] ? (Vector)DSC_NO_NUMBER : all[l];
    ((Loaded *)(joined + from))[l] = all[l];
    if (kind == DSC_TYPED(NUMBERED)) *(Numbers *)(numbers + from + l * LANES) = number[l];
  }
}

// Whole vectors, with what lies behind the last column: its results are nobody's.
DSC_INLINE void DSC_TYPED(join)(int kind, const DscWindowRows *rows, DSC_T *joined,
                                int32_t *numbers) {
  enum { LANES = DSC_LANES_PER_VECTOR, MOST = DSC_VECTOR_BYTES == 64 ? 8 : 4 };
  int64_t from = 0, left = (rows->count + LANES - 1) / LANES;
#define DSC_JOIN(vectors) DSC_TYPED(join_block)(kind, vectors, rows, from, joined, numbers)
  for (; left >= MOST; left -= MOST, from += MOST * LANES) DSC_JOIN(MOST);
  switch (left) {
    case 1:
      DSC_JOIN(1);
      break;
    case 2:
      DSC_JOIN(2);
      break;
    case 3:
      DSC_JOIN(3);
      break;
#if DSC_VECTOR_BYTES == 64
    case 4:
      DSC_JOIN(4);
      break;
    case 5:
      DSC_JOIN(5);
      break;
    case 6:
      DSC_JOIN(6);
      break;
    case 7:
      DSC_JOIN(7);
      break;
#endif
  }
#undef DSC_JOIN
}

static void DSC_TYPED(sum_rows)(const DscWindowRows *rows, DSC_T *sums) {
  DSC_TYPED(join)(DSC_TYPED(SUM), rows, sums, NULL);
}

static void DSC_TYPED(max_rows)(const DscWindowRows *rows, DSC_T *best, int32_t *numbers) {
  if (numbers)
    DSC_TYPED(join)(DSC_TYPED(NUMBERED), rows, best, numbers);
  else
    DSC_TYPED(join)(DSC_TYPED(LARGEST), rows, best, NULL);
}

static const DSC_TYPED(Truth) DSC_TYPED(lanes)[DSC_TYPED(LINE)] = {
    0, 1, 2,  3,  4,  5,  6,  7,
#if DSC_T_BYTES == 4
    8, 9, 10, 11, 12, 13, 14, 15,
#endif
};

// A line's values joined half by half.
#if DSC_T_BYTES == 4
#define DSC_HALF(JOIN, line) JOIN((line).lo, (line).hi)
#else
#define DSC_HALF(JOIN, line) line
#endif
#define DSC_FOLD(NAME, T, LINE, JOIN)                  \
  DSC_INLINE T DSC_TYPED(NAME)(const LINE *from) {     \
    const LINE line = *from;                           \
    const __auto_type eight = DSC_HALF(JOIN, line);    \
    const __auto_type four = JOIN(eight.lo, eight.hi); \
    const __auto_type two = JOIN(four.lo, four.hi);    \
    return JOIN(two.lo, two.hi);                       \
  }
DSC_FOLD(sum_of_line, DSC_T, DSC_TYPED(Line), DSC_SUM)
DSC_FOLD(largest_of_line, DSC_T, DSC_TYPED(Line), DSC_LARGER)
DSC_FOLD(least_of_line, DSC_TYPED(Truth), DSC_TYPED(LineMask), DSC_SMALLER)

static void DSC_TYPED(sum_columns)(const DscSpan *spans, int64_t count, const DSC_T *row,
                                   DSC_T *sums) {
  typedef DSC_TYPED(Line) Line;
  typedef DSC_TYPED(LineMask) Mask;
  typedef DSC_TYPED(Truth) Truth;
  const Mask lane = *(const Mask *)DSC_TYPED(lanes);
  enum { LINE = DSC_TYPED(LINE), FEW = LINE / 2 };
  for (int64_t w = 0; w < count; w++) {
    int64_t x = spans[w].from;
    const int64_t to = spans[w].to;
    if (to - x < FEW) {
      DSC_T sum = 0;
      for (; x < to; x++) sum += row[x];
      sums[w] = sum;
      continue;
    }
    Line all = 0;
    for (; x + LINE <= to; x += LINE) all += *(const Line *)(row + x);
    if (x < to) all += (lane < (Mask)(Truth)(to - x)) ? *(const Line *)(row + x) : (Line)(DSC_T)0;
    sums[w] = DSC_TYPED(sum_of_line)(&all);
  }
}

// The largest of some columns; `is_nan` is set where there is a NaN.
DSC_INLINE DSC_T DSC_TYPED(largest_of)(const DSC_T *row, int64_t from, int64_t to,
                                       DSC_TYPED(LineMask) * is_nan) {
  typedef DSC_TYPED(Line) Line;
  typedef DSC_TYPED(LineMask) Mask;
  typedef DSC_TYPED(Truth) Truth;
  const Mask lane = *(const Mask *)DSC_TYPED(lanes);
  Line all = (Line)DSC_LOWEST;
  for (int64_t x = from; x < to; x += DSC_TYPED(LINE)) {
    const Line v = (lane < (Mask)(Truth)(to - x)) ? *(const Line *)(row + x) : (Line)DSC_LOWEST;
    *is_nan |= DSC_ARE_NAN(v, v);
    all = DSC_LARGER(all, v);
  }
  return DSC_TYPED(largest_of_line)(&all);
}

// The largest values of neighbouring windows; false where one is a NaN or a zero, of which there
// are several: which it is depends on the order.
static bool DSC_TYPED(max_columns)(const DscSpan *spans, int64_t count, const DSC_T *row,
                                   DSC_T *best) {
  enum { FEW = DSC_TYPED(LINE) / 2 };
  DSC_TYPED(LineMask) is_nan = 0;
  bool has_zero = false, has_nan = false;
  for (int64_t w = 0; w < count; w++) {
    const int64_t from = spans[w].from, to = spans[w].to;
    if (to - from < FEW) {
      DSC_T largest = DSC_LOWEST;
      for (int64_t x = from; x < to; x++) {
        const DSC_T v = row[x];
        has_nan |= DSC_ARE_NAN(v, v);
        largest = DSC_LARGER(largest, v);
      }
      best[w] = largest;
      has_zero |= largest == 0;
      continue;
    }
    best[w] = DSC_TYPED(largest_of)(row, from, to, &is_nan);
    has_zero |= best[w] == 0;
  }
  return (DSC_T)0.5 == 0 || !(has_zero || has_nan || DSC_TYPED(least_of_line)(&is_nan) < 0);
}

// The largest of a window's columns and its place in the plane: the first of equal ones, but the
// last NaN.
static int64_t DSC_TYPED(max_place)(const DscSpan *span, int64_t width, const DSC_T *row,
                                    const int32_t *rows, DSC_T *best) {
  int64_t at = span->from;
  for (int64_t x = at + span->step; x < span->to; x += span->step) {
    const DSC_T v = row[x], b = row[at];
    const bool is_last_nan = DSC_ARE_NAN(v, v) && (!DSC_ARE_NAN(b, b) || rows[x] >= rows[at]);
    if (v > b || is_last_nan || (v == b && rows[x] < rows[at])) at = x;
  }
  *best = row[at];
  return rows[at] * width + at;
}

// The same of windows without NaN whose columns follow each other.
static bool DSC_TYPED(max_places)(const DscSpan *spans, int64_t count, int64_t width,
                                  const DSC_T *row, const int32_t *rows, DSC_T *best,
                                  int32_t *places) {
  typedef DSC_TYPED(Line) Line;
  typedef DSC_TYPED(LineMask) Mask;
  typedef DSC_TYPED(Truth) Truth;
  const Mask lane = *(const Mask *)DSC_TYPED(lanes);
  typedef int32_t Places
      __attribute__((ext_vector_type(DSC_TYPED(LINE)), aligned(sizeof(int32_t)), may_alias));
  enum { LINE = DSC_TYPED(LINE) };
  Mask is_nan = 0;
  for (int64_t w = 0; w < count; w++) {
    const int64_t from = spans[w].from, to = spans[w].to;
    best[w] = DSC_TYPED(largest_of)(row, from, to, &is_nan);
    Mask place = (Mask)(Truth)INT32_MAX;
    for (int64_t x = from; x < to; x += LINE) {
      const Mask found =
          (lane < (Mask)(Truth)(to - x)) & (*(const Line *)(row + x) == (Line)best[w]);
      const Mask at =
          __builtin_convertvector(*(const Places *)(rows + x), Mask) * (Mask)(Truth)width + lane +
          (Mask)(Truth)x;
      place = (found & (at < place)) ? at : place;
    }
    places[w] = (int32_t)DSC_TYPED(least_of_line)(&place);
  }
  return !(DSC_TYPED(least_of_line)(&is_nan) < 0);
}

#undef DSC_HALF
#undef DSC_FOLD
#undef DSC_TYPED
#undef DSC_LANES_PER_VECTOR
#undef DSC_INLINE
#undef DSC_UNROLL
#undef DSC_EACH
