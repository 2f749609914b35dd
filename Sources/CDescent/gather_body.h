// Rows of single elements for one instruction set, as DscIndexingRow. No include guard.
//
// A line of the result is made at a time: its indices are looked at as vectors, then it is picked.
// What is fetched meanwhile are the indices to come, and the same places of the next row, since no
// processor sees the pattern of reads within a row.
#define DEFINE_PICK(name, T)                                                                     \
  static inline bool DSC_NAME(name##_few)(const T *from, const int64_t *index, uint64_t last,    \
                                          int64_t count, T *to) {                                \
    for (int64_t k = 0; k < count; k++) {                                                        \
      if (((uint64_t)index[k] | (last - (uint64_t)index[k])) >> 63) return false;                \
      to[k] = from[index[k]];                                                                    \
    }                                                                                            \
    return true;                                                                                 \
  }                                                                                              \
  static inline __attribute__((always_inline)) bool DSC_NAME(name##_lines)(                      \
      bool streams, const T *from, uintptr_t next, const int64_t *index, uint64_t last,          \
      int64_t places, T *to) {                                                                   \
    typedef T Vector __attribute__((vector_size(DSC_VECTOR_BYTES)));                             \
    typedef uint64_t Indices __attribute__((vector_size(DSC_VECTOR_BYTES), aligned(8)));         \
    enum { LINE = DSC_LINE / sizeof(T), NEAR = DSC_LINE / sizeof(int64_t) };                     \
    enum { LANES = DSC_VECTOR_BYTES / sizeof(int64_t), VECTORS = DSC_LINE / DSC_VECTOR_BYTES };  \
    const int64_t before = streams ? (int64_t)(-(uintptr_t)to % DSC_LINE / sizeof(T)) : 0;       \
    int64_t k = before < places ? before : places;                                               \
    if (!DSC_NAME(name##_few)(from, index, last, k, to)) return false;                           \
    for (; k + LINE <= places; k += LINE) {                                                      \
      for (int64_t i = 0; i < LINE; i += NEAR)                                                   \
        __builtin_prefetch(                                                                      \
            (const void *)((uintptr_t)index + (uintptr_t)(k + i + DSC_AHEAD) * sizeof(*index))); \
      __builtin_prefetch((const void *)(next + (uintptr_t)k * sizeof(T)));                       \
      Indices signs = {0};                                                                       \
      for (int i = 0; i < LINE; i += LANES) {                                                    \
        const Indices some = *(const Indices *)(const void *)(index + k + i);                    \
        signs |= some | (last - some);                                                           \
      }                                                                                          \
      if (__builtin_reduce_or(signs) >> 63) return false;                                        \
      _Alignas(DSC_LINE) T line[LINE];                                                           \
      DSC_UNROLL DSC_SCALAR for (int i = 0; i < LINE; i++) line[i] = from[index[k + i]];         \
      for (int v = 0; v < VECTORS && streams; v++)                                               \
        __builtin_nontemporal_store(((const Vector *)(const void *)line)[v],                     \
                                    (Vector *)(void *)(to + k) + v);                             \
      if (!streams) memcpy(to + k, line, DSC_LINE);                                              \
    }                                                                                            \
    return DSC_NAME(name##_few)(from, index + k, last, places - k, to + k);                      \
  }                                                                                              \
  static bool DSC_NAME(name)(const DscIndexing *plan, const char *self, char *other,             \
                             const int64_t *index, int64_t places) {                             \
    const DscWalk *walk = &plan->walk;                                                           \
    const int64_t row = walk->ndim > 2 ? walk->strides[DSC_SELF][walk->ndim - 3] : 0;            \
    const uintptr_t next = (uintptr_t)self + (uintptr_t)row * sizeof(T);                         \
    const uint64_t last = (uint64_t)plan->index_size[0] - 1;                                     \
    const T *from = (const T *)(const void *)self;                                               \
    T *to = (T *)(void *)other;                                                                  \
    return plan->streams ? DSC_NAME(name##_lines)(true, from, next, index, last, places, to)     \
                         : DSC_NAME(name##_lines)(false, from, next, index, last, places, to);   \
  }
DEFINE_PICK(pick_8, uint8_t)
DEFINE_PICK(pick_16, uint16_t)
DEFINE_PICK(pick_32, uint32_t)
DEFINE_PICK(pick_64, uint64_t)
#undef DEFINE_PICK
