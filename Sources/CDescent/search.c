// Insertion points in sorted rows by bisection, with PyTorch's comparisons: a value is passed by
// everything that is not known to be at or above it, so a NaN goes to the end.
#include "dsc_walk.h"
#include "include/dsc_index.h"
#include "include/dsc_pool.h"

enum { PIECE = 4096 };
enum { SORTED, SORTER, VALUES, OUT };  // operands of the walk

typedef struct {
  DscWalk walk;
  const char *data[3];  // sorted, sorter (or NULL), values
  char *out;
  bool wide_out;
  int64_t size, length, stride;
  int steps;  // of a search: the bits of the length
} Search;

/// One run of values that search the same row.
typedef void (*Bisect)(const Search *search, const char *sorted, const int64_t *sorter,
                       const char *values, int64_t value_stride, int64_t count, int64_t *out);

// REACHED(a, b): whether the search for b stops before a. The steps are those of a plain bisection
// (which matters where the row is not sorted, as around NaN), but without a branch that depends on
// the data, and as many for every value: so the searches of LANES values overlap.
enum { LANES = 4 };
#define DEFINE_BISECT(name, T, REACHED)                                                            \
  static inline __attribute__((always_inline)) void name##_lanes(                                  \
      const T *row, int64_t stride, const int64_t *sorter, int64_t size, int steps,                \
      const T *value, int64_t value_stride, int lanes, int64_t *out) {                             \
    int64_t low[LANES] = {0}, length[LANES];                                                       \
    T b[LANES];                                                                                    \
    for (int l = 0; l < lanes; l++) {                                                              \
      length[l] = size;                                                                            \
      b[l] = value[l * value_stride];                                                              \
    }                                                                                              \
    for (int step = 0; step < steps; step++) {                                                     \
      _Pragma("clang loop unroll(full)") for (int l = 0; l < lanes; l++) {                         \
        int64_t half = length[l] >> 1, next = low[l] + half + 1;                                   \
        int64_t at = __builtin_unpredictable(next <= size) ? next - 1 : size - 1; /* at the end */ \
        const T a = row[(sorter ? sorter[at * stride] : at) * stride];                             \
        bool pass = !(REACHED(a, b[l])) & (length[l] > 0);                                         \
        length[l] = __builtin_unpredictable(pass) ? length[l] - half - 1 : half;                   \
        low[l] = __builtin_unpredictable(pass) ? next : low[l];                                    \
      }                                                                                            \
    }                                                                                              \
    for (int l = 0; l < lanes; l++) out[l] = low[l];                                               \
  }                                                                                                \
  static void name(const Search *search, const char *sorted, const int64_t *sorter,                \
                   const char *values, int64_t value_stride, int64_t count, int64_t *out) {        \
    const T *row = (const T *)(const void *)sorted, *value = (const T *)(const void *)values;      \
    int64_t stride = search->stride, size = search->length, i = 0;                                 \
    int steps = search->steps;                                                                     \
    if (stride == 1 && !sorter) {                                                                  \
      for (; i + LANES <= count; i += LANES) {                                                     \
        name##_lanes(row, 1, NULL, size, steps, value + i * value_stride, value_stride, LANES,     \
                     out + i);                                                                     \
      }                                                                                            \
    }                                                                                              \
    for (; i < count; i++) {                                                                       \
      name##_lanes(row, stride, sorter, size, steps, value + i * value_stride, value_stride, 1,    \
                   out + i);                                                                       \
    }                                                                                              \
  }

// The half-precision types compare by sign and magnitude.
static inline int32_t ordered(uint16_t bits) {
  return bits & 0x8000 ? -(bits & 0x7fff) : bits & 0x7fff;
}
#define AT_LEAST(a, b)       ((a) >= (b))
#define ABOVE(a, b)          ((a) > (b))
#define IS_NAN(a, inf)       (((a)&0x7fff) > (inf))
#define HALF(a, b, op, inf)  (ordered(a) op ordered(b) && !IS_NAN(a, inf) && !IS_NAN(b, inf))
#define HALF_AT_LEAST(a, b)  HALF(a, b, >=, 0x7c00)
#define HALF_ABOVE(a, b)     HALF(a, b, >, 0x7c00)
#define BRAIN_AT_LEAST(a, b) HALF(a, b, >=, 0x7f80)
#define BRAIN_ABOVE(a, b)    HALF(a, b, >, 0x7f80)

// X(NAME, name, T, at least, above)
#define SEARCHES(X)                                            \
  X(BOOL, bool, uint8_t, AT_LEAST, ABOVE)                      \
  X(UINT8, uint8, uint8_t, AT_LEAST, ABOVE)                    \
  X(INT8, int8, int8_t, AT_LEAST, ABOVE)                       \
  X(INT16, int16, int16_t, AT_LEAST, ABOVE)                    \
  X(INT32, int32, int32_t, AT_LEAST, ABOVE)                    \
  X(INT64, int64, int64_t, AT_LEAST, ABOVE)                    \
  X(FLOAT16, float16, uint16_t, HALF_AT_LEAST, HALF_ABOVE)     \
  X(BFLOAT16, bfloat16, uint16_t, BRAIN_AT_LEAST, BRAIN_ABOVE) \
  X(FLOAT32, float32, float, AT_LEAST, ABOVE)                  \
  X(FLOAT64, float64, double, AT_LEAST, ABOVE)
#define X(NAME, name, T, at_least, above) \
  DEFINE_BISECT(left_##name, T, at_least) \
  DEFINE_BISECT(right_##name, T, above)
SEARCHES(X)
#undef X

static const Bisect bisections[DSC_DTYPE_COUNT][2] = {
#define X(NAME, name, T, at_least, above) [DSC_##NAME] = {left_##name, right_##name},
    SEARCHES(X)
#undef X
};

typedef struct {
  Search search;
  Bisect bisect;
  int64_t total;
} SearchRun;

static void search_piece(void *context, int64_t piece) {
  const SearchRun *run = context;
  const Search *search = &run->search;
  const DscWalk *walk = &search->walk;
  int outer = walk->ndim - 1;
  int64_t columns = walk->shape[outer], at = piece * PIECE;
  int64_t end = at + PIECE < run->total ? at + PIECE : run->total, column = at % columns;
  // A run of values ends where the row that is searched changes.
  bool shared = walk->strides[SORTED][outer] == 0 && walk->strides[SORTER][outer] == 0;
  int64_t longest = shared ? 512 : 1, found[512];
  DscWalkPlace place;
  dsc_walk_seek(walk, outer, at / columns, &place);
  while (at < end) {
    int64_t n = columns - column < end - at ? columns - column : end - at, offsets[4];
    n = n < longest ? n : longest;
    for (int i = 0; i < 4; i++) offsets[i] = place.offsets[i] + column * walk->strides[i][outer];
    const int64_t *sorter = (const int64_t *)(const void *)search->data[SORTER];
    run->bisect(search, search->data[SORTED] + offsets[SORTED] * search->size,
                sorter ? sorter + offsets[SORTER] : NULL,
                search->data[VALUES] + offsets[VALUES] * search->size, walk->strides[VALUES][outer],
                n, found);
    int64_t stride = walk->strides[OUT][outer];
    if (search->wide_out) {
      int64_t *out = (int64_t *)(void *)search->out + offsets[OUT];
      for (int64_t i = 0; i < n; i++) out[i * stride] = found[i];
    } else {
      int32_t *out = (int32_t *)(void *)search->out + offsets[OUT];
      for (int64_t i = 0; i < n; i++) out[i * stride] = (int32_t)found[i];
    }
    at += n;
    column += n;
    if (column == columns) {
      column = 0;
      dsc_walk_next(walk, outer, &place);
    }
  }
}

/// Whether every value of the sorter is an index into its row.
static bool sorter_is_good(int ndim, const int64_t *shape, const DscView *sorter, int64_t length,
                           int64_t stride) {
  DscWalk walk = dsc_walk(ndim, shape);
  for (int d = 0; d < ndim; d++) walk.shape[d] = sorter->strides[d] == 0 ? 1 : shape[d];
  dsc_walk_add(&walk, sorter->strides);
  dsc_walk_merge(&walk);
  DscWalkPlace place;
  dsc_walk_seek(&walk, walk.ndim, 0, &place);
  int64_t rows = dsc_walk_count(&walk, walk.ndim);
  for (int64_t row = 0; row < rows; row++, dsc_walk_next(&walk, walk.ndim, &place)) {
    const int64_t *index = (const int64_t *)sorter->data + place.offsets[0];
    for (int64_t i = 0; i < length; i++) {
      if (index[i * stride] < 0 || index[i * stride] >= length) return false;
    }
  }
  return true;
}

int dsc_searchsorted(bool right, int ndim, const int64_t *shape, const DscView *sorted,
                     int64_t sorted_size, int64_t sorted_stride, const DscView *sorter,
                     const DscView *values, const DscView *out) {
  bool wide = out->dtype == DSC_INT64;
  if (sorted->dtype != values->dtype || !(wide || out->dtype == DSC_INT32)) return DSC_UNSUPPORTED;
  if (sorter && sorter->dtype != DSC_INT64) return DSC_UNSUPPORTED;
  SearchRun run = {.bisect = bisections[sorted->dtype][right]};
  Search *search = &run.search;
  search->walk = dsc_walk(ndim, shape);
  run.total = dsc_walk_count(&search->walk, search->walk.ndim);
  if (run.total == 0) return DSC_OK;
  if (sorter && !sorter_is_good(ndim, shape, sorter, sorted_size, sorted_stride)) {
    return DSC_BAD_INDEX;
  }
  dsc_walk_add(&search->walk, sorted->strides);
  dsc_walk_add(&search->walk, (sorter ? sorter : sorted)->strides);
  dsc_walk_add(&search->walk, values->strides);
  dsc_walk_add(&search->walk, out->strides);
  dsc_walk_merge(&search->walk);
  search->data[SORTED] = sorted->data;
  search->data[SORTER] = sorter ? sorter->data : NULL;
  search->data[VALUES] = values->data;
  search->out = out->data;
  search->wide_out = wide;
  search->size = (int64_t)dsc_dtype_size(sorted->dtype);
  search->length = sorted_size;
  while (sorted_size >> search->steps) search->steps++;
  search->stride = sorted_stride;
  int64_t pieces = (run.total + PIECE - 1) / PIECE;
  if (pieces == 1) {
    search_piece(&run, 0);
  } else {
    dsc_parallel(pieces, search_piece, &run);
  }
  return DSC_OK;
}
