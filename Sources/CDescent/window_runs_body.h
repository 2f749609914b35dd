// Neighbouring windows of channels that lie next to each other, in one element type DSC_T: see
// dsc_windows.h. Memory is what these loops wait for, and the fewer instructions an element takes,
// the further ahead the processor sees the loads to come. No include guard.
#include "window_vectors.h"

// What a loop is made for: literals in every caller, but for lines and columns of unusual windows.
typedef struct {
  bool is_max;
  bool shares;  // a window's last column is the next one's first
  int near;     // lines at the front that windows above have just read
  int lines, columns;
} DSC_TYPED(Kind);

// What a sum becomes, and how results are written.
typedef struct {
  bool multiplies, streams;
  DSC_T factor;
} DSC_TYPED(Result);

// What some elements of a block of channels have come to. Whether there is a NaN is kept apart from
// the largest number.
typedef struct {
  DSC_TYPED(Vector) value[4];
  DSC_TYPED(Mask) is_nan[4];
} DSC_TYPED(Joined);

DSC_INLINE void DSC_TYPED(join)(int vectors, bool is_max, DSC_TYPED(Joined) * to,
                                const DSC_TYPED(Joined) * from) {
  DSC_EACH {
    const DSC_TYPED(Vector) a = to->value[l], b = from->value[l];
    to->value[l] = !is_max ? a + b : b > a ? b : a;
    if (is_max) to->is_nan[l] |= from->is_nan[l];
  }
}

// One column of a window: two elements a comparison.
DSC_INLINE DSC_TYPED(Joined)
    DSC_TYPED(column)(int vectors, bool is_max, int lines, const DSC_T *const *starts, int64_t at) {
  typedef DSC_TYPED(Vector) Vector;
  typedef DSC_TYPED(Loaded) Loaded;
  DSC_TYPED(Joined) all;
  const Loaded *first = (const void *)(starts[0] + at);
  DSC_EACH all.value[l] = first[l];
  if (is_max) DSC_EACH all.is_nan[l] = DSC_ARE_NAN(all.value[l], all.value[l]);
  int k = 1;
  if (is_max) {
    if (lines % 2 == 0) {
      const Loaded *v = (const void *)(starts[1] + at);
      k = 2;
      DSC_EACH {
        const Vector a = all.value[l], b = v[l];
        all.is_nan[l] = DSC_ARE_NAN(a, b);
        all.value[l] = b > a ? b : a;
      }
    }
    DSC_UNROLL for (; k < lines; k += 2) {
      const Loaded *v = (const void *)(starts[k] + at), *w = (const void *)(starts[k + 1] + at);
      DSC_EACH {
        const Vector a = v[l], b = w[l], larger = b > a ? b : a;
        all.is_nan[l] |= DSC_ARE_NAN(a, b);
        all.value[l] = larger > all.value[l] ? larger : all.value[l];
      }
    }
  } else {
    DSC_UNROLL for (; k < lines; k++) {
      const Loaded *v = (const void *)(starts[k] + at);
      DSC_EACH all.value[l] += v[l];
    }
  }
  return all;
}

// By a power of two, the product with its inverse has the bits of the quotient.
static DSC_TYPED(Result) DSC_TYPED(result)(int64_t divisor, bool streams) {
  const bool multiplies = (DSC_T)0.5 != 0 && divisor > 0 && (divisor & (divisor - 1)) == 0;
  const DSC_T factor = multiplies ? 1 / (DSC_T)divisor : (DSC_T)divisor;
  return (DSC_TYPED(Result)){multiplies, streams, factor};
}

DSC_INLINE void DSC_TYPED(finish)(int vectors, bool is_max, DSC_TYPED(Joined) all,
                                  const DSC_TYPED(Result) * result, DSC_T *to) {
  typedef DSC_TYPED(Vector) Vector;
  Vector *value = all.value;
  if (is_max) {
    DSC_EACH value[l] = all.is_nan[l] ? (Vector)DSC_NO_NUMBER : value[l];
  } else if (result->multiplies) {
    DSC_EACH value[l] *= result->factor;
  } else {
    DSC_EACH value[l] /= result->factor;
  }
  if (result->streams) {
    DSC_EACH __builtin_nontemporal_store(value[l], (Vector *)(void *)to + l);
  } else {
    DSC_EACH((DSC_TYPED(Loaded) *)to)[l] = value[l];
  }
}

// A block of channels of some neighbouring windows: `parts` times `vectors`, whose sums are in
// registers at one time.
DSC_INLINE void DSC_TYPED(block)(int parts, int vectors, DSC_TYPED(Kind) kind,
                                 const DscWindowRun *run, const DSC_T *const *starts,
                                 int64_t places, const DSC_TYPED(Result) * result, DSC_T *to) {
  const int64_t column = run->column_step, step = run->step, out_step = run->out_step;
  const int64_t ahead = run->ahead;
  const int part_length = vectors * DSC_LANES_PER_VECTOR;
  DSC_TYPED(Joined) kept[2];
  DSC_UNROLL for (int part = 0; kind.shares && part < parts; part++) kept[part] =
      DSC_TYPED(column)(vectors, kind.is_max, kind.lines, starts, part * part_length);
  for (int64_t place = 0, at = 0; place < places; place++, at += step, to += out_step) {
    DSC_UNROLL for (int k = kind.near; k < kind.lines; k++)
        DSC_UNROLL for (int c = kind.shares; c < kind.columns; c++)
            DSC_UNROLL for (int b = 0; b < parts * vectors * DSC_VECTOR_BYTES; b += DSC_LINE)
                __builtin_prefetch((const char *)(starts[k] + at + c * column) + ahead + b);
    DSC_UNROLL for (int part = 0; part < parts; part++) {
      const int64_t from = at + part * part_length;
      DSC_TYPED(Joined) all = kept[part];
      if (!kind.shares) all = DSC_TYPED(column)(vectors, kind.is_max, kind.lines, starts, from);
      DSC_UNROLL for (int c = 1; c < kind.columns; c++) {
        kept[part] = DSC_TYPED(column)(vectors, kind.is_max, kind.lines, starts, from + c * column);
        DSC_TYPED(join)(vectors, kind.is_max, &all, &kept[part]);
      }
      DSC_TYPED(finish)(vectors, kind.is_max, all, result, to + part * part_length);
    }
  }
}

// Blocks from channel `from` on, as many as fit, of some neighbouring windows: where they end.
DSC_INLINE int64_t DSC_TYPED(blocks)(int parts, int vectors, DSC_TYPED(Kind) kind,
                                     const DscWindowRun *run, int64_t from, int64_t place,
                                     int64_t places, const DSC_TYPED(Result) * result, DSC_T *out) {
  const int64_t block = parts * vectors * DSC_LANES_PER_VECTOR;
  for (; from + block <= run->count; from += block) {
    const DSC_T *starts[DSC_MAX_TAPS];
    DSC_UNROLL for (int k = 0; k < kind.lines; k++) starts[k] =
        (const DSC_T *)run->lines[k] + place * run->step + from;
    DSC_TYPED(block)
    (parts, vectors, kind, run, starts, places, result, out + place * run->out_step + from);
  }
  return from;
}

// Where several blocks make a place, they take turns every few windows, so that lines stay near;
// windows of many elements that share none are read whole. One block goes along the whole line,
// which is how memory answers fastest: it is as long as the usual numbers of channels.
DSC_INLINE void DSC_TYPED(pool)(DSC_TYPED(Kind) kind, const DscWindowRun *run, int64_t divisor,
                                DSC_T *out) {
  enum { GROUP = 1 << 7, FEW = 4, PARTS = DSC_VECTOR_BYTES == 32 ? 2 : 1, VECTORS = 4 };
  const int64_t block = VECTORS * DSC_LANES_PER_VECTOR, count = run->count;
  const DSC_TYPED(Result) result = DSC_TYPED(result)(divisor, run->streams);
  const bool takes_turns = kind.shares || kind.lines * kind.columns <= FEW;
  const int64_t group = count == block || count == PARTS * block ? run->places
                        : takes_turns                            ? GROUP / count + 1
                                                                 : 1;
  int64_t from = 0;
  for (int64_t place = 0; place < run->places; place += group) {
    const int64_t places = dsc_smaller(group, run->places - place);
    from = DSC_TYPED(blocks)(PARTS, VECTORS, kind, run, 0, place, places, &result, out);
    if (PARTS > 1)
      from = DSC_TYPED(blocks)(1, VECTORS, kind, run, from, place, places, &result, out);
    from = DSC_TYPED(blocks)(1, 1, kind, run, from, place, places, &result, out);
  }
  for (int64_t place = 0; place < run->places && from < run->count; place++)
    for (int64_t i = from; i < run->count; i++) {
      DSC_T best = DSC_LOWEST, sum = 0;
      for (int c = 0; c < run->columns; c++)
        for (int k = 0; k < run->line_count; k++) {
          const DSC_T *line = run->lines[k], v = line[c * run->column_step + place * run->step + i];
          if (v > best || DSC_ARE_NAN(v, v)) best = v;
          sum += v;
        }
      out[place * run->out_step + i] = kind.is_max ? best : sum / (DSC_T)divisor;
    }
}

// The usual windows have loops of their own, in which nothing but the elements is read. What a
// maximum keeps for the next window takes half of 16 registers: there it is read again.
DSC_INLINE void DSC_TYPED(run)(bool is_max, const DscWindowRun *run, int64_t divisor, DSC_T *out) {
  typedef DSC_TYPED(Kind) Kind;
  const int lines = run->line_count, columns = run->columns;
  if (lines == 2 && columns == 2)
    DSC_TYPED(pool)((Kind){is_max, false, 0, 2, 2}, run, divisor, out);
  else if (lines == 3 && columns == 3 && run->step == 2 * run->column_step)
    DSC_TYPED(pool)((Kind){is_max, !is_max || DSC_VECTOR_BYTES == 64, 1, 3, 3}, run, divisor, out);
  else
    DSC_TYPED(pool)((Kind){is_max, false, 0, lines, columns}, run, divisor, out);
}

static void DSC_TYPED(max_run)(const DscWindowRun *run, DSC_T *out) {
  DSC_TYPED(run)(true, run, 1, out);
}

static void DSC_TYPED(mean_run)(const DscWindowRun *run, int64_t divisor, DSC_T *out) {
  DSC_TYPED(run)(false, run, divisor, out);
}

// Elements of a block of channels of one window, and what came before.
DSC_INLINE void DSC_TYPED(elements)(int vectors, bool is_max, const DscWindowPart *part, int64_t at,
                                    DSC_T *to) {
  typedef DSC_TYPED(Joined) Joined;
  const DSC_T *values = (const DSC_T *)part->values + at;
  Joined all =
      DSC_TYPED(column)(vectors, is_max, 1, &(const DSC_T *){part->continues ? to : values}, 0);
  for (int64_t c = part->continues ? 0 : 1; c < part->columns; c++) {
    const DSC_T *from = values + c * part->step;
    for (int b = 0; b < vectors * DSC_VECTOR_BYTES; b += DSC_LINE)
      __builtin_prefetch((const char *)from + part->ahead + b);
    const Joined one = DSC_TYPED(column)(vectors, is_max, 1, &from, 0);
    DSC_TYPED(join)(vectors, is_max, &all, &one);
  }
  const DSC_TYPED(Result) result = DSC_TYPED(result)(part->divisor, false);
  DSC_TYPED(finish)(vectors, is_max, all, &result, to);
}

DSC_INLINE void DSC_TYPED(part)(bool is_max, const DscWindowPart *part, DSC_T *to) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  int64_t i = 0;
  for (; i + 4 * LANES <= part->count; i += 4 * LANES)
    DSC_TYPED(elements)(4, is_max, part, i, to + i);
  for (; i + LANES <= part->count; i += LANES) DSC_TYPED(elements)(1, is_max, part, i, to + i);
  for (; i < part->count; i++) {
    const DSC_T *values = (const DSC_T *)part->values + i;
    DSC_T best = part->continues ? to[i] : DSC_LOWEST, sum = part->continues ? to[i] : 0;
    for (int64_t c = 0; c < part->columns; c++) {
      const DSC_T v = values[c * part->step];
      if (v > best || DSC_ARE_NAN(v, v)) best = v;
      sum += v;
    }
    to[i] = is_max ? best : sum / (DSC_T)part->divisor;
  }
}

static void DSC_TYPED(max_part)(const DscWindowPart *part, DSC_T *to) {
  DSC_TYPED(part)(true, part, to);
}

static void DSC_TYPED(mean_part)(const DscWindowPart *part, DSC_T *to) {
  DSC_TYPED(part)(false, part, to);
}

#undef DSC_TYPED
#undef DSC_LANES_PER_VECTOR
#undef DSC_INLINE
#undef DSC_UNROLL
#undef DSC_EACH
