// A row vector times a matrix of elements of a type DSC_S (gemm_each_source.h), which are converted
// in registers; the vector is of DSC_T. No include guard.

// How far ahead the columns of a product are fetched, in elements: short ones, for the processor
// sees no further than a column's end; 0: not at all. `count` columns are read: where they are more
// than the second-level cache keeps, it pays for somewhat longer ones, and for long ones where a
// line of the cache takes two loads.
static int64_t DSC_FROM(vector_ahead)(int64_t column, int64_t count) {
  enum { NEAR = 8 << 10, FAR = 12 << 10, FARTHER = 16 << 10, WITHIN = 2 << 10 };
  enum { LARGE = 512 << 10, LARGER = 2 << 20 };
  const int64_t size = (int64_t)sizeof(DSC_S), group = DSC_TYPED(streams) * column;
  const int64_t all = count * column * size;
  if (group <= 0) return 0;
  if (group * size <= (all > LARGE ? FARTHER : FAR)) return group * (1 + NEAR / (group * size));
  const bool loads_parts = DSC_VECTOR_BYTES == 32 || sizeof(DSC_S) < sizeof(DSC_T);
  return all > LARGER && loads_parts ? WITHIN / size : 0;
}

static inline __attribute__((always_inline)) void DSC_FROM(read_chains)(const DSC_S *from,
                                                                        DSC_TYPED(Chains) * to) {
  typedef DSC_S Elements __attribute__((ext_vector_type(DSC_CHAINS), aligned(sizeof(DSC_S))));
  *to = DSC_WIDEN(*(const Elements *)from, DSC_TYPED(Chains));
}

// The same of the last `count` elements, or all of them.
static inline __attribute__((always_inline)) void DSC_FROM(read_some)(const DSC_S *from,
                                                                      int64_t count,
                                                                      DSC_TYPED(Chains) * to) {
  typedef DSC_S Elements __attribute__((ext_vector_type(DSC_CHAINS), aligned(sizeof(DSC_S))));
  Elements some = (Elements)((DSC_S)0);
  memcpy(&some, from, (size_t)count * sizeof(DSC_S));
  *to = DSC_WIDEN(some, DSC_TYPED(Chains));
}

// Asks for what columns begin with. Of long ones that is enough, as the processor goes on by
// itself; whole ones, 4 KB apart, would share too few sets of the first-level cache.
static __attribute__((noinline)) void DSC_FROM(ask_for_columns)(const DSC_S *b, int64_t column) {
  enum { LINE = 64 / sizeof(DSC_S), ASKED = 1024 / sizeof(DSC_S) };
  for (int64_t l = 0; l < ASKED; l += LINE)
#pragma clang loop unroll(full)
    for (int s = 0; s < DSC_TYPED(streams); s++) __builtin_prefetch(b + s * column + l);
}

// Adds the products of the last `left` elements to chains. Apart, so that others stay in registers.
static __attribute__((noinline)) void DSC_FROM(add_rest)(const DSC_S *a, const DSC_T *x,
                                                         int64_t left, DSC_TYPED(Chains) * chains) {
  DSC_TYPED(Chains) u, v;
  DSC_FROM(read_some)(a, left, &u);
  DSC_TYPED(read_some)(x, left, &v);
  *chains = DSC_MULTIPLY_ADD(u, v, *chains);
}

// The chains of `streams` dot products of one length, side by side; those of a are fetched ahead,
// into the second-level cache or the first.
static inline __attribute__((always_inline)) void DSC_FROM(dot_asking)(
    int streams, const DSC_S *const *a, const DSC_T *const *x, int64_t count, int64_t ahead,
    bool second, DSC_TYPED(Chains) * out) {
  typedef DSC_TYPED(Chains) Chains;
  Chains sum[4];
#pragma clang loop unroll(full)
  for (int s = 0; s < streams; s++) sum[s] = (Chains)((DSC_T)0);
  const int64_t whole = count - count % DSC_CHAINS;
  int64_t p = 0;
  // Fewer turns: more of what the processor has in flight are loads.
#pragma clang loop unroll_count(4)
  for (; ahead != 0 && p < whole; p += DSC_CHAINS) {
#pragma clang loop unroll(full)
    for (int s = 0; s < streams; s++) {
      if (second)
        __builtin_prefetch(a[s] + p + ahead, 0, 2);
      else
        __builtin_prefetch(a[s] + p + ahead);
      Chains u;
      DSC_FROM(read_chains)(a[s] + p, &u);
      sum[s] = DSC_MULTIPLY_ADD(u, *(const Chains *)(x[s] + p), sum[s]);
    }
  }
#pragma clang loop unroll_count(4)
  for (; p < whole; p += DSC_CHAINS) {
#pragma clang loop unroll(full)
    for (int s = 0; s < streams; s++) {
      Chains u;
      DSC_FROM(read_chains)(a[s] + p, &u);
      sum[s] = DSC_MULTIPLY_ADD(u, *(const Chains *)(x[s] + p), sum[s]);
    }
  }
  if (whole < count) {
#pragma clang loop unroll(full)
    for (int s = 0; s < streams; s++) {
      Chains chains = sum[s];
      DSC_FROM(add_rest)(a[s] + whole, x[s] + whole, count - whole, &chains);
      sum[s] = chains;
    }
  }
#pragma clang loop unroll(full)
  for (int s = 0; s < streams; s++) out[s] = sum[s];
}

static inline __attribute__((always_inline)) void DSC_FROM(dot_chains)(int streams,
                                                                       const DSC_S *const *a,
                                                                       const DSC_T *const *x,
                                                                       int64_t count, int64_t ahead,
                                                                       DSC_TYPED(Chains) * out) {
  DSC_FROM(dot_asking)(streams, a, x, count, ahead, false, out);
}

// Dot products with `count` columns that are contiguous in memory, a multiple of `streams` that go
// side by side: alone, or with what comes asked for in one of three ways, `asked` elements ahead:
// what the next group begins with, all of it into the first-level cache, or into the second, since
// columns far apart share few sets of the first. Each is a function of its own: one for all is more
// than the compiler keeps in registers. Its stack is aligned, or chains that wait there between
// blocks lie across two lines of the cache.
#define DSC_COLUMNS(name, streams, ahead, second, begins)                                        \
  static __attribute__((noinline)) DSC_ALIGNED_STACK void DSC_FROM(name)(                        \
      const DSC_S *b, int64_t column, const DSC_T *x, int64_t k, int64_t asked, int64_t count,   \
      DSC_T *out) {                                                                              \
    enum { BLOCK = DSC_TYPED(vector_block) };                                                    \
    for (; count > 0; count -= (streams), b += (streams)*column, out += (streams)) {             \
      DSC_TYPED(Chains) total[4], part[4];                                                       \
      if (begins) DSC_FROM(ask_for_columns)(b + asked, column);                                  \
      const DSC_S *of[4] = {b, b + column, b + 2 * column, b + 3 * column};                      \
      const DSC_T *by[4] = {x, x, x, x};                                                         \
      DSC_FROM(dot_asking)(streams, of, by, k < BLOCK ? k : BLOCK, ahead, second, total);        \
      for (int64_t left = k - BLOCK; left > 0; left -= BLOCK) {                                  \
        for (int s = 0; s < (streams); s++) of[s] += BLOCK, by[s] += BLOCK;                      \
        DSC_FROM(dot_asking)(streams, of, by, left < BLOCK ? left : BLOCK, ahead, second, part); \
        for (int s = 0; s < (streams); s++) total[s] += part[s];                                 \
      }                                                                                          \
      for (int s = 0; s < (streams); s++) out[s] = DSC_TYPED(sum_chains)(&total[s]);             \
    }                                                                                            \
  }
DSC_COLUMNS(columns_single, 1, 0, false, false)
DSC_COLUMNS(columns_unasked, DSC_TYPED(streams), 0, false, false)
DSC_COLUMNS(columns_begun, DSC_TYPED(streams), 0, false, true)
DSC_COLUMNS(columns_near, DSC_TYPED(streams), asked, false, false)
DSC_COLUMNS(columns_far, DSC_TYPED(streams), asked, true, false)
#undef DSC_COLUMNS
typedef void DSC_FROM(Columns)(const DSC_S *, int64_t, const DSC_T *, int64_t, int64_t, int64_t,
                               DSC_T *);

// How columns are read, and what is asked for meanwhile, depends on the processor and on where they
// come from.
static __attribute__((noinline)) void DSC_FROM(vector_columns)(const DscProduct *g, const DSC_S *b,
                                                               int64_t count, DSC_T *out) {
  enum { SIZE = sizeof(DSC_S), SECOND = 512 << 10, LONG = 4 << 10 };
  const DSC_T *x = (const DSC_T *)(const void *)g->a;
  const int64_t column = g->b_column, group = DSC_TYPED(streams) * column, bytes = group * SIZE;
  int64_t ahead = 0;
  DSC_FROM(Columns) *columns = DSC_FROM(columns_unasked);
  if (group <= 0 || g->n < DSC_TYPED(streams)) {
    // nothing comes
  } else if (!dsc_fetches_alone()) {
    ahead = DSC_FROM(vector_ahead)(column, g->n);
    if (ahead != 0) columns = ahead == group ? DSC_FROM(columns_begun) : DSC_FROM(columns_near);
  } else if (!g->far) {  // one after the other is what such a processor fetches best
    if (SIZE == sizeof(DSC_T) && g->k * SIZE >= LONG) columns = DSC_FROM(columns_single);
  } else if (bytes <= SECOND) {  // but from memory it fetches too late
    ahead = 4 * bytes <= SECOND ? 4 * group : group, columns = DSC_FROM(columns_far);
  }
  columns(b, column, x, g->k, ahead, count, out);
}

// The same with columns that are not: they are first made so, block by block.
static void DSC_FROM(vector_gathered)(const DscProduct *g, int64_t j, DSC_T *out) {
  enum { STREAMS = DSC_TYPED(streams), BLOCK = DSC_TYPED(vector_block), PAD = 4 };
  DSC_T columns[STREAMS * BLOCK + PAD];
  DSC_TYPED(Chains) total[4] = {0}, part[4];
  const DSC_T *b[4], *x[4];
  for (int64_t start = 0; start < g->k; start += BLOCK) {
    const int64_t count = g->k - start < BLOCK ? g->k - start : BLOCK;
    const DSC_S *from = (const DSC_S *)(const void *)g->b + j * g->b_column + start * g->b_row;
    // Rows of B are the lines, so that panels are columns.
    DSC_FROM(pack)((int)count, from, g->b_row, g->b_column, count, STREAMS, columns);
    for (int s = 0; s < STREAMS; s++)
      x[s] = (const DSC_T *)(const void *)g->a + start, b[s] = columns + s * count;
    DSC_TYPED(dot_chains)(STREAMS, b, x, count, 0, part);
    for (int s = 0; s < STREAMS; s++) total[s] = start == 0 ? part[s] : total[s] + part[s];
  }
  for (int s = 0; s < STREAMS; s++) out[s] = DSC_TYPED(sum_chains)(&total[s]);
}

// One dot product: several blocks at a time.
static DSC_T DSC_FROM(vector_dot)(const DscProduct *g, int64_t j) {
  enum { STREAMS = DSC_TYPED(streams), BLOCK = DSC_TYPED(vector_block) };
  DSC_T gathered[BLOCK];
  DSC_TYPED(Chains) total = (DSC_TYPED(Chains))((DSC_T)0), part[4];
  const DSC_S *column = (const DSC_S *)(const void *)g->b + j * g->b_column, *b[4];
  const DSC_T *x[4], *one = gathered;
  int64_t start = 0;
  for (; g->b_row == 1 && start + STREAMS * BLOCK <= g->k; start += STREAMS * BLOCK) {
    x[0] = (const DSC_T *)(const void *)g->a + start;
    for (int s = 0; s < STREAMS; s++) {
      x[s] = x[0] + s * BLOCK;
      b[s] = column + start + s * BLOCK;
    }
    DSC_FROM(dot_chains)(STREAMS, b, x, BLOCK, 0, part);
    for (int s = 0; s < STREAMS; s++) total = start + s == 0 ? part[s] : total + part[s];
  }
  for (; start < g->k; start += BLOCK) {
    int64_t count = g->k - start < BLOCK ? g->k - start : BLOCK;
    x[0] = (const DSC_T *)(const void *)g->a + start;
    b[0] = column + start * g->b_row;
    if (g->b_row == 1) {
      DSC_FROM(dot_chains)(1, b, x, count, 0, part);
    } else {
      for (int64_t p = 0; p < count; p++) gathered[p] = DSC_WIDE_ONE(b[0][p * g->b_row]);
      DSC_TYPED(dot_chains)(1, &one, x, count, 0, part);
    }
    total = start == 0 ? part[0] : total + part[0];
  }
  return DSC_TYPED(sum_chains)(&total);
}

// The columns of a sum of k < DSC_SHORT.
static void DSC_FROM(vector_short)(const DscProduct *g, int64_t j, int64_t count, DSC_T *out) {
  const DSC_T *x = (const DSC_T *)g->a;
  const DSC_S *b = (const DSC_S *)(const void *)g->b + j * g->b_column;
  if (g->b_column == 1 && count > 1) {
    for (int64_t p = 0; p < g->k; p++) {
      DSC_T value = x[p * g->a_column];
      DSC_FROM(add_rows)(1, p == 0, &value, b + p * g->b_row, 0, count, out);
    }
    if (g->k == 0) memset(out, 0, (size_t)count * sizeof(DSC_T));
    return;
  }
  for (int64_t l = 0; l < count; l += 8) {
    DSC_T value[8] = {0};
    int have = count - l < 8 ? (int)(count - l) : 8;
    const DSC_S *from = b + l * g->b_column;
    for (int64_t p = 0; p < g->k; p++, from += g->b_row) {
      if (have == 8) {
#pragma clang loop unroll(full)
        for (int i = 0; i < 8; i++)
          value[i] =
              DSC_MULTIPLY_ADD(x[p * g->a_column], DSC_WIDE_ONE(from[i * g->b_column]), value[i]);
      } else {
        for (int i = 0; i < have; i++)
          value[i] =
              DSC_MULTIPLY_ADD(x[p * g->a_column], DSC_WIDE_ONE(from[i * g->b_column]), value[i]);
      }
    }
    memcpy(out + l, value, (size_t)have * sizeof(DSC_T));
  }
}

static int DSC_FROM(vector)(const DscProduct *product) {
  enum { STREAMS = DSC_TYPED(streams), CHUNK = DSC_TYPED(vector_chunk) };
  DSC_T out[CHUNK];
  DscProduct contiguous;
  const DscProduct *g = product;
  const bool converts = sizeof(DSC_S) != sizeof(DSC_T) || g->a_column != 1;
  if (converts && g->k > 0) {  // every column reads the vector
    DSC_T *x = dsc_product_scratch((size_t)g->k * sizeof(DSC_T));
    if (x == NULL) return DSC_OUT_OF_MEMORY;
    DSC_TYPED(load)(g->dtype, g->a, g->a_column, g->k, x);
    contiguous = *product, g = &contiguous;
    contiguous.a = (const char *)x, contiguous.a_column = 1;
  }
  const bool strips = DSC_FROM(is_read_by_strips)(g);
  for (int64_t j = 0, count; j < g->n; j += count) {
    const int64_t left = g->n - j;
    // No strip is left that is narrower than a vector.
    count = left <= CHUNK ? left : left < CHUNK + DSC_CHAINS ? CHUNK / 2 : CHUNK;
    const DSC_S *b = (const DSC_S *)(const void *)g->b + j * g->b_column;
    if (g->k < DSC_SHORT) {
      DSC_FROM(vector_short)(g, j, count, out);
    } else if (g->b_row == 1 || g->b_column != 1 || g->n < DSC_CHAINS) {
      int64_t l = 0;
      if (g->b_row == 1) {
        l = count / STREAMS * STREAMS;
        DSC_FROM(vector_columns)(g, b, l, out);
      }
      for (; l + STREAMS <= count; l += STREAMS) DSC_FROM(vector_gathered)(g, j + l, out + l);
      for (; l < count; l++) out[l] = DSC_FROM(vector_dot)(g, j + l);
    } else if (strips) {
      DSC_FROM(vector_strips)(g, j, count, out);
    } else {
      DSC_FROM(vector_rows)(g, j, count, out);
    }
    DSC_TYPED(finish_row)(g, out, 0, j, count);
  }
  return DSC_OK;
}
