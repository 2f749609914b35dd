// Max pooling and its gradient in one element type DSC_T, from lines that are read where they lie.
// A vector holds neighbouring outputs; with a stride of 2 the columns that they meet are every
// other one of two vectors. No include guard.

#define DSC_TYPED(name)      DSC_NAME(DSC_PASTE(name, DSC_T_NAME))
#define DSC_LANES_PER_VECTOR ((int)(DSC_VECTOR_BYTES / sizeof(DSC_T)))

#include "copy_row.h"

#define DSC_VECTOR_OF(type, count) \
  __attribute__((ext_vector_type(count), aligned(sizeof(type)), may_alias))
typedef DSC_T DSC_TYPED(Vector) DSC_VECTOR_OF(DSC_T, DSC_VECTOR_BYTES / sizeof(DSC_T));
typedef DSC_T DSC_TYPED(Pair) DSC_VECTOR_OF(DSC_T, 2 * DSC_VECTOR_BYTES / sizeof(DSC_T));
typedef __typeof__((DSC_TYPED(Vector))(DSC_T)0 < (DSC_TYPED(Vector))(DSC_T)0) DSC_TYPED(Mask);
typedef int32_t DSC_TYPED(Numbers) DSC_VECTOR_OF(int32_t, DSC_VECTOR_BYTES / sizeof(DSC_T));
typedef uint8_t DSC_TYPED(Bytes) DSC_VECTOR_OF(uint8_t, DSC_VECTOR_BYTES / sizeof(DSC_T));
#undef DSC_VECTOR_OF

// Lanes whose place, `first` + lane * step, lies from 0 to `size`.
static inline __attribute__((always_inline)) DSC_TYPED(Mask)
    DSC_TYPED(inside)(int64_t first, int step, int64_t size) {
  DSC_TYPED(Mask) lane;
#pragma clang loop unroll(full)
  for (int l = 0; l < DSC_LANES_PER_VECTOR; l++) lane[l] = l * step;
  const DSC_TYPED(Mask) place = lane + (DSC_TYPED(Mask))first;
  return (place >= 0) & (place < (DSC_TYPED(Mask))size);
}

// Stores some lanes of a vector: all of them where what lies behind is written later.
static inline __attribute__((always_inline)) void DSC_TYPED(store)(DSC_TYPED(Vector) values,
                                                                   int64_t count, DSC_T *to,
                                                                   const void *limit) {
  if ((const char *)(to + DSC_LANES_PER_VECTOR) <= (const char *)limit)
    *(DSC_TYPED(Vector) *)to = values;
  else
    DSC_TYPED(copy_row)(to, (const DSC_T *)&values, count);
}

// A line of `count` elements from `from` on of which `before` and `behind` more may be read:
// itself, or a copy with zeros around it.
static inline const void *DSC_TYPED(readable)(const char *from, int64_t count, int64_t before,
                                              int64_t behind, int64_t size, const DscExtent *extent,
                                              char *copy) {
  if (from - before * size >= extent->begin && from + (count + behind) * size <= extent->end)
    return from;
  memset(copy, 0, (size_t)((before + count + behind) * size));
  return memcpy(copy + before * size, from, (size_t)(count * size));
}

// One vector of outputs. `stride`, `numbered` and `masked` are literals in every caller.
static inline __attribute__((always_inline)) void DSC_TYPED(best_of)(
    int stride, bool numbered, bool masked, const DscMaxLines *plan, const DSC_T *const *lines,
    const int32_t *line_numbers, int count, int64_t x, DSC_TYPED(Vector) * best_out,
    DSC_TYPED(Numbers) * numbers) {
  typedef DSC_TYPED(Vector) Vector;
  typedef DSC_TYPED(Mask) Mask;
  typedef DSC_TYPED(Numbers) Numbers;
  const int64_t width = plan->pooling->window.input[DSC_WIDTH];
  Vector best = (Vector)(DSC_T)-INFINITY;
  Numbers best_number = *numbers;
  for (int i = 0; i < count; i++) {
    for (int k = 0; k < plan->groups; k++) {
      const DscColumns *group = &plan->group[k];
      const int64_t first = stride * (x + group->shift);
      Vector values[2];
      if (stride == 1) {
        values[0] = *(const Vector *)(lines[i] + first);
      } else {
        const DSC_TYPED(Pair) both = *(const DSC_TYPED(Pair) *)(lines[i] + first);
        values[0] = both.even, values[1] = both.odd;
      }
#pragma clang loop unroll(full)
      for (int phase = 0; phase < stride; phase++) {
        if (group->column[phase] < 0) continue;
        Vector v = values[phase];
        if (masked)
          v = DSC_TYPED(inside)(first + phase, stride, width) ? v : (Vector)(DSC_T)-INFINITY;
        const Mask takes = (v > best) | (v != v);  // a NaN wins over everything before it
        best = takes ? v : best;
        if (numbered)
          best_number = __builtin_convertvector(takes, Numbers)
                            ? (Numbers)(line_numbers[i] + group->column[phase])
                            : best_number;
      }
    }
  }
  *best_out = best;
  *numbers = best_number;
}

static inline __attribute__((always_inline)) void DSC_TYPED(max_rows)(int stride, bool numbered,
                                                                      const DscMaxPiece *piece) {
  typedef DSC_TYPED(Numbers) Numbers;
  enum { LANES = DSC_LANES_PER_VECTOR, SIZE = sizeof(DSC_T) };
  const DscMaxLines *plan = piece->plan;
  const DscPooling *pooling = plan->pooling;
  const DscWindow *w = &pooling->window;
  const DscView *source = pooling->source;
  const int64_t width = w->output[DSC_WIDTH], in_width = w->input[DSC_WIDTH];
  const int64_t reach = (w->size[DSC_WIDTH] - 1) * w->dilation[DSC_WIDTH] - w->padding[DSC_WIDTH];
  const int64_t before = -stride * plan->low;
  const int64_t behind = stride * ((width + LANES - 1) / LANES * LANES + plan->high) - in_width;
  const int64_t pitch = in_width + before + (behind > 0 ? behind : 0) + DSC_LINE_MARGIN;
  DscWindowRow last = dsc_window_row(w, w->output, piece->end - 1);
  const char *limit = dsc_window_row_at(pooling->target, &last, 0) + width * SIZE;
  DscWindowRow row = dsc_window_row(w, w->output, piece->begin);
  DSC_T *out = NULL;
  uint8_t *numbers = NULL;
  DscSpan depth = {0};
  for (int64_t unit = piece->begin; unit < piece->end; unit++) {
    if (unit == piece->begin || row.h == 0) {
      depth = dsc_window_span(w, DSC_DEPTH, row.d);
      out = (DSC_T *)(void *)dsc_window_row_at(pooling->target, &row, 0);
      if (numbered) numbers = (uint8_t *)dsc_window_row_at(pooling->numbers, &row, 0);
    }
    const DscSpan height = piece->spans[row.h];
    const DSC_T *lines[DSC_MOST_LINES];
    int32_t line_numbers[DSC_MOST_LINES];
    int count = 0;
    int64_t slice = depth.number * w->size[1];
    for (int64_t d = depth.from; d < depth.to; d += depth.step, slice += w->size[1]) {
      int64_t number = slice + height.number;
      const char *line = dsc_window_at(source, row.n, row.c, d, height.from, 0);
      for (int64_t h = height.from; h < height.to; h += height.step, count++) {
        lines[count] = DSC_TYPED(readable)(line, in_width, before, behind > 0 ? behind : 0, SIZE,
                                           &plan->source, piece->lines + count * pitch * SIZE);
        line_numbers[count] = (int32_t)(number++ * w->size[2]);
        line += height.step * source->strides[3] * SIZE;
      }
    }
    const int32_t first = (int32_t)((depth.number * w->size[1] + height.number) * w->size[2]);
    const char *end = plan->runs_on ? limit : (const char *)(out + width);
    for (int64_t x = 0; x < width; x += LANES) {
      const int64_t some = dsc_smaller(LANES, width - x);
      const bool is_clear =
          x * stride >= w->padding[DSC_WIDTH] && (x + some - 1) * stride + reach < in_width;
      DSC_TYPED(Vector) best;
      Numbers n = (Numbers)0;
      if (numbered) n = *(const Numbers *)(piece->firsts + x) + (Numbers)first;
      if (is_clear)
        DSC_TYPED(best_of)(stride, numbered, false, plan, lines, line_numbers, count, x, &best, &n);
      else
        DSC_TYPED(best_of)(stride, numbered, true, plan, lines, line_numbers, count, x, &best, &n);
      DSC_TYPED(store)(best, some, out + x, end);
      if (!numbered) continue;
      const DSC_TYPED(Bytes) bytes = __builtin_convertvector(n, DSC_TYPED(Bytes));
      if ((const char *)(out + x + LANES) <= end)
        *(DSC_TYPED(Bytes) *)(numbers + x) = bytes;
      else
        for (int64_t i = 0; i < some; i++) numbers[x + i] = bytes[i];
    }
    out += pooling->target->strides[3];
    if (numbered) numbers += pooling->numbers->strides[3];
    dsc_window_next_row(w, w->output, &row);
  }
}

static void DSC_TYPED(max_lines)(const DscMaxPiece *piece) {
  const DscPooling *pooling = piece->plan->pooling;
  const bool by_two = pooling->window.stride[DSC_WIDTH] == 2, numbered = pooling->numbers != NULL;
  if (by_two && numbered)
    DSC_TYPED(max_rows)(2, true, piece);
  else if (by_two)
    DSC_TYPED(max_rows)(2, false, piece);
  else if (numbered)
    DSC_TYPED(max_rows)(1, true, piece);
  else
    DSC_TYPED(max_rows)(1, false, piece);
}

// The gradients of a vector of places: of one input each or, with a stride of 2, of two that are
// neighbours. `stride` and `masked` are literals in every caller.
static inline __attribute__((always_inline)) void DSC_TYPED(sum_of)(
    int stride, bool masked, const DscMaxLines *plan, const DSC_T *const *lines,
    const uint8_t *const *numbers, const int32_t *line_numbers, int count, int64_t x,
    DSC_TYPED(Vector) * sums) {
  typedef DSC_TYPED(Vector) Vector;
  typedef DSC_TYPED(Mask) Mask;
  typedef DSC_TYPED(Numbers) Numbers;
  const int64_t width = plan->pooling->window.output[DSC_WIDTH];
#pragma clang loop unroll(full)
  for (int phase = 0; phase < stride; phase++) sums[phase] = (Vector)(DSC_T)0;
  for (int i = 0; i < count; i++) {
    for (int k = 0; k < plan->groups; k++) {
      const DscColumns *group = &plan->group[k];
      const int64_t first = x - group->shift;
      Vector g = *(const Vector *)(lines[i] + first);
      const Numbers n =
          __builtin_convertvector(*(const DSC_TYPED(Bytes) *)(numbers[i] + first), Numbers);
      if (masked) g = DSC_TYPED(inside)(first, 1, width) ? g : (Vector)(DSC_T)0;
#pragma clang loop unroll(full)
      for (int phase = 0; phase < stride; phase++) {
        if (group->column[phase] < 0) continue;
        const Mask is_own =
            __builtin_convertvector(n == (Numbers)(line_numbers[i] + group->column[phase]), Mask);
        sums[phase] += is_own ? g : (Vector)(DSC_T)0;
      }
    }
  }
}

static inline __attribute__((always_inline)) void DSC_TYPED(spread_rows)(int stride,
                                                                         const DscMaxPiece *piece) {
  typedef DSC_TYPED(Vector) Vector;
  enum { LANES = DSC_LANES_PER_VECTOR, SIZE = sizeof(DSC_T) };
  const DscMaxLines *plan = piece->plan;
  const DscPooling *pooling = plan->pooling;
  const DscWindow *w = &pooling->window;
  const DscView *source = pooling->source, *found = pooling->numbers;
  const int64_t width = w->output[DSC_WIDTH], in_width = w->input[DSC_WIDTH];
  const int64_t places = (in_width + stride - 1) / stride;
  const int64_t before = plan->high > 0 ? plan->high : 0;
  const int64_t over = (places + LANES - 1) / LANES * LANES - plan->low - width;
  const int64_t behind = over > 0 ? over : 0, pitch = width + before + behind + DSC_LINE_MARGIN;
  DscWindowRow last = dsc_window_row(w, w->input, piece->end - 1);
  const char *limit = dsc_window_row_at(pooling->target, &last, 0) + in_width * SIZE;
  DscWindowRow row = dsc_window_row(w, w->input, piece->begin);
  DSC_T *out = NULL;
  DscSpan depth = {0};
  for (int64_t unit = piece->begin; unit < piece->end; unit++) {
    if (unit == piece->begin || row.h == 0) {
      depth = dsc_window_owners(w, DSC_DEPTH, row.d);
      out = (DSC_T *)(void *)dsc_window_row_at(pooling->target, &row, 0);
    }
    const DscSpan height = piece->spans[row.h];
    const DSC_T *lines[DSC_MOST_LINES];
    const uint8_t *numbers[DSC_MOST_LINES];
    int32_t line_numbers[DSC_MOST_LINES];
    int count = 0;
    for (int64_t d = depth.from; d < depth.to; d++) {
      const int64_t slice = dsc_window_number(w, DSC_DEPTH, d, row.d);
      if (slice < 0) continue;
      const char *line = dsc_window_at(source, row.n, row.c, d, height.from, 0);
      const char *number = dsc_window_at(found, row.n, row.c, d, height.from, 0);
      for (int64_t h = height.from; h < height.to; h++) {
        const int64_t own = dsc_window_number(w, DSC_HEIGHT, h, row.h);
        if (own >= 0) {
          char *copy = piece->lines + count * pitch * (SIZE + 1);
          lines[count] =
              DSC_TYPED(readable)(line, width, before, behind, SIZE, &plan->source, copy);
          numbers[count] = DSC_TYPED(readable)(number, width, before, behind, 1, &plan->numbers,
                                               copy + pitch * SIZE);
          line_numbers[count++] = (int32_t)((slice * w->size[1] + own) * w->size[2]);
        }
        line += source->strides[3] * SIZE, number += found->strides[3];
      }
    }
    const char *end = plan->runs_on ? limit : (const char *)(out + in_width);
    for (int64_t x = 0; x < places; x += LANES) {
      const int64_t some = dsc_smaller(LANES, places - x);
      const bool is_clear = x >= plan->high && x + some - 1 - plan->low < width;
      Vector sums[2];
      if (is_clear)
        DSC_TYPED(sum_of)(stride, false, plan, lines, numbers, line_numbers, count, x, sums);
      else
        DSC_TYPED(sum_of)(stride, true, plan, lines, numbers, line_numbers, count, x, sums);
      if (stride == 1) {
        DSC_TYPED(store)(sums[0], some, out + x, end);
        continue;
      }
      DSC_TYPED(Pair) both;
      both.even = sums[0], both.odd = sums[1];
      const int64_t left = dsc_smaller(2 * LANES, in_width - 2 * x);
      if ((const char *)(out + 2 * x + 2 * LANES) <= end)
        *(DSC_TYPED(Pair) *)(out + 2 * x) = both;
      else
        DSC_TYPED(copy_row)(out + 2 * x, (const DSC_T *)&both, left);
    }
    out += pooling->target->strides[3];
    dsc_window_next_row(w, w->input, &row);
  }
}

static void DSC_TYPED(spread_lines)(const DscMaxPiece *piece) {
  if (piece->plan->pooling->window.stride[DSC_WIDTH] == 2)
    DSC_TYPED(spread_rows)(2, piece);
  else
    DSC_TYPED(spread_rows)(1, piece);
}

#undef DSC_TYPED
#undef DSC_LANES_PER_VECTOR
