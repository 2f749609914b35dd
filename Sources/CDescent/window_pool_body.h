// One instruction set's loops of pooling; see dsc_windows.h.
#define DSC_FREE_VECTOR \
  DSC_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(DSC_STEP) interleave_count(1))

// A NaN wins over everything before it.
#define TAKES(v, best) (((v) > (best)) | ((v) != (v)))

#define DEFINE_TYPES(L, T, MASK, COUNT)                                                  \
  typedef T DSC_NAME(V##L) __attribute__((ext_vector_type(COUNT)));                      \
  typedef T DSC_NAME(U##L)                                                               \
      __attribute__((ext_vector_type(COUNT), aligned(__alignof__(T)), may_alias));       \
  typedef MASK DSC_NAME(M##L) __attribute__((ext_vector_type(COUNT)));                   \
  typedef int32_t DSC_NAME(I##L) __attribute__((ext_vector_type(COUNT)));                \
  typedef int32_t DSC_NAME(J##L)                                                         \
      __attribute__((ext_vector_type(COUNT), aligned(__alignof__(int32_t)), may_alias)); \
  typedef uint8_t DSC_NAME(B##L)                                                         \
      __attribute__((ext_vector_type(COUNT), aligned(__alignof__(uint8_t)), may_alias));

#define DEFINE_MAX(L, T, LOWEST, COUNT)                                                          \
  static void DSC_NAME(max_##L)(int64_t count, int taps, const void *const *values, void *out) { \
    T *best = out;                                                                               \
    int64_t i = 0;                                                                               \
    for (; i + COUNT <= count; i += COUNT) {                                                     \
      DSC_NAME(V##L) b = *(const DSC_NAME(U##L) *)(best + i);                                    \
      for (int t = 0; t < taps; t++) {                                                           \
        const DSC_NAME(V##L) v = *(const DSC_NAME(U##L) *)((const T *)values[t] + i);            \
        b = TAKES(v, b) ? v : b;                                                                 \
      }                                                                                          \
      *(DSC_NAME(U##L) *)(best + i) = b;                                                         \
    }                                                                                            \
    for (; i < count; i++)                                                                       \
      for (int t = 0; t < taps; t++) {                                                           \
        const T v = ((const T *)values[t])[i];                                                   \
        best[i] = TAKES(v, best[i]) ? v : best[i];                                               \
      }                                                                                          \
  }                                                                                              \
  static void DSC_NAME(max_numbers_##L)(int64_t count, int taps, const void *const *values,      \
                                        const int32_t *numbers, void *out,                       \
                                        int32_t *best_numbers) {                                 \
    T *best = out;                                                                               \
    int64_t i = 0;                                                                               \
    for (; i + COUNT <= count; i += COUNT) {                                                     \
      DSC_NAME(V##L) b = *(const DSC_NAME(U##L) *)(best + i);                                    \
      DSC_NAME(I##L) n = *(const DSC_NAME(J##L) *)(best_numbers + i);                            \
      for (int t = 0; t < taps; t++) {                                                           \
        const DSC_NAME(V##L) v = *(const DSC_NAME(U##L) *)((const T *)values[t] + i);            \
        const DSC_NAME(M##L) takes = TAKES(v, b);                                                \
        b = takes ? v : b;                                                                       \
        n = __builtin_convertvector(takes, DSC_NAME(I##L)) ? (DSC_NAME(I##L))numbers[t] : n;     \
      }                                                                                          \
      *(DSC_NAME(U##L) *)(best + i) = b;                                                         \
      *(DSC_NAME(J##L) *)(best_numbers + i) = n;                                                 \
    }                                                                                            \
    for (; i < count; i++)                                                                       \
      for (int t = 0; t < taps; t++) {                                                           \
        const T v = ((const T *)values[t])[i];                                                   \
        if (TAKES(v, best[i])) best[i] = v, best_numbers[i] = numbers[t];                        \
      }                                                                                          \
  }                                                                                              \
  static void DSC_NAME(fill_lowest_##L)(int64_t count, void *out) {                              \
    T *to = out;                                                                                 \
    for (int64_t i = 0; i < count; i++) to[i] = LOWEST;                                          \
  }

#define DEFINE_SUM(L, T, COUNT)                                                                  \
  static void DSC_NAME(sum_##L)(int64_t count, int taps, const void *const *values, void *out) { \
    T *sum = out;                                                                                \
    int64_t i = 0;                                                                               \
    for (; i + COUNT <= count; i += COUNT) {                                                     \
      DSC_NAME(V##L) s = *(const DSC_NAME(U##L) *)(sum + i);                                     \
      for (int t = 0; t < taps; t++) s += *(const DSC_NAME(U##L) *)((const T *)values[t] + i);   \
      *(DSC_NAME(U##L) *)(sum + i) = s;                                                          \
    }                                                                                            \
    for (; i < count; i++)                                                                       \
      for (int t = 0; t < taps; t++) sum[i] += ((const T *)values[t])[i];                        \
  }                                                                                              \
  static void DSC_NAME(mean_##L)(int64_t count, int taps, const void *const *values,             \
                                 int64_t divisor, void *out) {                                   \
    const T d = (T)divisor;                                                                      \
    T *sum = out;                                                                                \
    int64_t i = 0;                                                                               \
    for (; i + COUNT <= count; i += COUNT) {                                                     \
      DSC_NAME(V##L) s = *(const DSC_NAME(U##L) *)(sum + i);                                     \
      for (int t = 0; t < taps; t++) s += *(const DSC_NAME(U##L) *)((const T *)values[t] + i);   \
      *(DSC_NAME(U##L) *)(sum + i) = s / d;                                                      \
    }                                                                                            \
    for (; i < count; i++) {                                                                     \
      for (int t = 0; t < taps; t++) sum[i] += ((const T *)values[t])[i];                        \
      sum[i] /= d;                                                                               \
    }                                                                                            \
  }                                                                                              \
  static void DSC_NAME(add_to_row_##L)(int64_t from, int64_t to, const void *value, void *out) { \
    T *row = out;                                                                                \
    const T v = *(const T *)value;                                                               \
    for (int64_t x = from; x < to; x++) row[x] += v;                                             \
  }                                                                                              \
  static void DSC_NAME(divide_##L)(int64_t count, void *out, const void *in, int64_t factor) {   \
    T *values = out;                                                                             \
    const T *divisors = in;                                                                      \
    const T all = (T)factor;                                                                     \
    for (int64_t i = 0; i < count; i++) values[i] /= divisors[i] * all;                          \
  }

#define DEFINE_SUM_CHOSEN(NAME, L, T, NUMBER, NUMBERS, COUNT)                           \
  static void DSC_NAME(NAME##_##L)(int64_t count, int taps, const void *const *values,  \
                                   const NUMBER *const *chosen, const int32_t *numbers, \
                                   void *out) {                                         \
    T *sum = out;                                                                       \
    int64_t i = 0;                                                                      \
    for (; i + COUNT <= count; i += COUNT) {                                            \
      DSC_NAME(V##L) s = *(const DSC_NAME(U##L) *)(sum + i);                            \
      for (int t = 0; t < taps; t++) {                                                  \
        const DSC_NAME(V##L) v = *(const DSC_NAME(U##L) *)((const T *)values[t] + i);   \
        const DSC_NAME(I##L) n = __builtin_convertvector(                               \
            *(const DSC_NAME(NUMBERS##L) *)(chosen[t] + i), DSC_NAME(I##L));            \
        const DSC_NAME(M##L) is_own =                                                   \
            __builtin_convertvector(n == (DSC_NAME(I##L))numbers[t], DSC_NAME(M##L));   \
        s += is_own ? v : (DSC_NAME(V##L))0;                                            \
      }                                                                                 \
      *(DSC_NAME(U##L) *)(sum + i) = s;                                                 \
    }                                                                                   \
    for (; i < count; i++)                                                              \
      for (int t = 0; t < taps; t++)                                                    \
        sum[i] += chosen[t][i] == numbers[t] ? ((const T *)values[t])[i] : 0;           \
  }

// The last step goes over some pairs again rather than over single ones.
#define DEFINE_PAIRS(L, T)                                                                        \
  static inline void DSC_NAME(split_step_##L)(int64_t from, int64_t to, const T *pairs, T *even,  \
                                              T *odd) {                                           \
    DSC_FREE_VECTOR for (int64_t i = from; i < to; i++) {                                         \
      even[i] = pairs[2 * i];                                                                     \
      odd[i] = pairs[2 * i + 1];                                                                  \
    }                                                                                             \
  }                                                                                               \
  static void DSC_NAME(split_##L)(int64_t count, const void *pairs, void *even, void *odd) {      \
    const int64_t whole = count & -DSC_STEP;                                                      \
    DSC_NAME(split_step_##L)(0, whole, pairs, even, odd);                                         \
    if (whole == count) return;                                                                   \
    const int64_t from = count < DSC_STEP ? 0 : count - DSC_STEP;                                 \
    DSC_NAME(split_step_##L)(from, count, pairs, even, odd);                                      \
  }                                                                                               \
  static inline void DSC_NAME(join_step_##L)(int64_t from, int64_t to, const T *even,             \
                                             const T *odd, T *pairs) {                            \
    DSC_FREE_VECTOR for (int64_t i = from; i < to; i++) {                                         \
      pairs[2 * i] = even[i];                                                                     \
      pairs[2 * i + 1] = odd[i];                                                                  \
    }                                                                                             \
  }                                                                                               \
  static void DSC_NAME(join_##L)(int64_t count, const void *even, const void *odd, void *pairs) { \
    const int64_t whole = count & -DSC_STEP;                                                      \
    DSC_NAME(join_step_##L)(0, whole, even, odd, pairs);                                          \
    if (whole == count) return;                                                                   \
    const int64_t from = count < DSC_STEP ? 0 : count - DSC_STEP;                                 \
    DSC_NAME(join_step_##L)(from, count, even, odd, pairs);                                       \
  }

#define DEFINE_LANE(L, T, MASK, LOWEST, COUNT)                 \
  DEFINE_TYPES(L, T, MASK, COUNT)                              \
  DEFINE_MAX(L, T, LOWEST, COUNT)                              \
  DEFINE_SUM(L, T, COUNT)                                      \
  DEFINE_SUM_CHOSEN(sum_chosen, L, T, int32_t, J, COUNT)       \
  DEFINE_SUM_CHOSEN(sum_chosen_bytes, L, T, uint8_t, B, COUNT) \
  DEFINE_PAIRS(L, T)
DEFINE_LANE(F32, float, int32_t, -INFINITY, 16)
DEFINE_LANE(F64, double, int64_t, -INFINITY, 8)
DEFINE_LANE(I64, int64_t, int64_t, INT64_MIN, 8)

#define LANE_LOOPS(L)                                                   \
  [DSC_LANE_##L] = {.max = DSC_NAME(max_##L),                           \
                    .max_numbers = DSC_NAME(max_numbers_##L),           \
                    .sum = DSC_NAME(sum_##L),                           \
                    .sum_chosen = DSC_NAME(sum_chosen_##L),             \
                    .sum_chosen_bytes = DSC_NAME(sum_chosen_bytes_##L), \
                    .divide = DSC_NAME(divide_##L),                     \
                    .mean = DSC_NAME(mean_##L),                         \
                    .fill_lowest = DSC_NAME(fill_lowest_##L),           \
                    .split = DSC_NAME(split_##L),                       \
                    .join = DSC_NAME(join_##L),                         \
                    .add_to_row = DSC_NAME(add_to_row_##L)}
static const DscWindowLoops DSC_NAME(window_loops)[DSC_LANE_COUNT] = {
    LANE_LOOPS(F32), LANE_LOOPS(F64), LANE_LOOPS(I64)};

#undef DSC_FREE_VECTOR
#undef TAKES
#undef DEFINE_TYPES
#undef DEFINE_MAX
#undef DEFINE_SUM
#undef DEFINE_SUM_CHOSEN
#undef DEFINE_PAIRS
#undef DEFINE_LANE
#undef LANE_LOOPS
