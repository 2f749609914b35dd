// The element at one place of a row's order, without ordering the row: the keys are counted by
// their leading digit, those of the place's digit are kept, and so on, until a few are left.
#include <string.h>

#include "dsc_sorting.h"

enum {
  FEW = 32,            // keys that are compared with each other
  LONG_ROW = 1 << 14,  // from here on digits are longer
  LONG_DIGIT = 11,
  DIGIT = 8,
  TABLES = 4,  // counts of neighbours: equal digits would wait for each other
};

// Counts, from the least digit on, up to the one in which place `k` lies: returns the digit and
// leaves the place among its keys.
static uint32_t find_digit(uint32_t (*counts)[1 << LONG_DIGIT], int digits, int64_t *k) {
  for (int d = 0; d < digits; d++) {
    int64_t own = 0;
    for (int t = 0; t < TABLES; t++) own += counts[t][d];
    if (*k < own) return (uint32_t)d;
    *k -= own;
  }
  return 0;  // not reached: the place is one of the row's
}

// The index of the element at place `k`, counted from 0, in the stable order of `count` keys of
// `bits` bits, which are overwritten, as are `places`.
#define DEFINE_KTH(name, K, PLACE)                                                          \
  static int64_t name(K *keys, PLACE *places, int64_t count, int64_t k, int bits) {         \
    uint32_t counts[TABLES][1 << LONG_DIGIT];                                               \
    bool all = true;                                                                        \
    for (int shift = bits; count > FEW && shift > 0;) {                                     \
      const int wanted = count < LONG_ROW ? DIGIT : LONG_DIGIT;                             \
      const int digit = wanted < shift ? wanted : shift;                                    \
      const K mask = ((K)1 << digit) - 1;                                                   \
      shift -= digit;                                                                       \
      for (int t = 0; t < TABLES; t++) memset(counts[t], 0, sizeof(counts[t][0]) << digit); \
      for (int64_t i = 0; i < count; i++) counts[i % TABLES][keys[i] >> shift & mask]++;    \
      const K own = find_digit(counts, 1 << digit, &k);                                     \
      int64_t kept = 0;                                                                     \
      for (int64_t i = 0; i < count; i++) {                                                 \
        const K key = keys[i];                                                              \
        keys[kept] = key;                                                                   \
        places[kept] = all ? (PLACE)i : places[i];                                          \
        kept += (key >> shift & mask) == own;                                               \
      }                                                                                     \
      count = kept;                                                                         \
      all = false;                                                                          \
      if (shift == 0) return (int64_t)places[k];                                            \
    }                                                                                       \
    int64_t found = 0;                                                                      \
    for (int64_t i = 0; i < count; i++) {                                                   \
      int64_t before = 0;                                                                   \
      for (int64_t j = 0; j < count; j++)                                                   \
        before += keys[j] < keys[i] || (keys[j] == keys[i] && j < i);                       \
      if (before == k) found = i;                                                           \
    }                                                                                       \
    return all ? found : (int64_t)places[found];                                            \
  }
DEFINE_KTH(kth_narrow, uint32_t, uint32_t)
DEFINE_KTH(kth_wide, uint64_t, int64_t)

static bool is_floating(DscDType dtype) {
  return dtype == DSC_FLOAT16 || dtype == DSC_BFLOAT16 || dtype == DSC_FLOAT32 ||
         dtype == DSC_FLOAT64;
}

// Where the median of a row with so many NaN lies, which are the last.
static int64_t median_place(int64_t rule, int64_t length, int64_t nans) {
  const int64_t numbers = length - nans;
  if (rule == DSC_NANMEDIAN) return numbers > 0 ? (numbers - 1) / 2 : 0;
  return nans > 0 ? numbers : (length - 1) / 2;
}

static size_t key_bytes(const DscRows *rows) {
  return dsc_sorts_narrow(rows->dtype, rows->length) ? sizeof(uint32_t) : sizeof(uint64_t);
}

static size_t kth_scratch(const DscRows *rows) {
  return 2 * (size_t)rows->length * key_bytes(rows);
}

// The key of NaN is all ones.
#define DEFINE_KTH_ROW(name, K, PLACE, keys_of, kth)                     \
  static int64_t name(const DscRows *rows, const char *input, K *keys) { \
    const int64_t n = rows->length;                                      \
    const int bits = dsc_key_bits(rows->dtype);                          \
    keys_of(rows->dtype, input, rows->stride, n, false, keys);           \
    int64_t k = rows->k - 1;                                             \
    if (rows->k < 0) {                                                   \
      const K nan = (K) ~(K)0 >> (8 * (int)sizeof(K) - bits);            \
      int64_t nans = 0;                                                  \
      if (is_floating(rows->dtype))                                      \
        for (int64_t i = 0; i < n; i++) nans += keys[i] == nan;          \
      k = median_place(rows->k, n, nans);                                \
    }                                                                    \
    return kth(keys, (PLACE *)(void *)(keys + n), n, k, bits);           \
  }
DEFINE_KTH_ROW(row_narrow, uint32_t, uint32_t, dsc_sort_keys_32, kth_narrow)
DEFINE_KTH_ROW(row_wide, uint64_t, int64_t, dsc_sort_keys_64, kth_wide)

static void kth_row(const DscRows *rows, const DscWalkPlace *place, void *scratch) {
  const char *input = rows->input + place->offsets[0] * rows->size;
  const bool narrow = dsc_sorts_narrow(rows->dtype, rows->length);
  const int64_t index =
      (narrow ? row_narrow(rows, input, scratch) : row_wide(rows, input, scratch));
  if (rows->values)
    memcpy(rows->values + place->offsets[1] * rows->size, input + index * rows->stride * rows->size,
           (size_t)rows->size);
  if (rows->indices) rows->indices[place->offsets[2]] = index;
}

int dsc_kth(int64_t k, int ndim, const int64_t *shape, int dim, const DscView *input,
            const DscView *values, const DscView *indices) {
  if (k == 0 || k < DSC_NANMEDIAN || k > (ndim == 0 ? 1 : shape[dim])) return DSC_UNSUPPORTED;
  return dsc_sort_rows(false, k, ndim, shape, dim, input, values, indices, kth_scratch, kth_row);
}
