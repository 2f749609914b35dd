// Stable sorting of items, once narrow and once wide: ITEM is the type, SORT_NAME(f) a name,
// KEY(x) the key, BEFORE(a, b) the whole order (which no two items share a place in).

/// For a few items.
static void SORT_NAME(insertion)(ITEM *items, int64_t count) {
  for (int64_t i = 1; i < count; i++) {
    ITEM item = items[i];
    int64_t j = i;
    for (; j > 0 && BEFORE(item, items[j - 1]); j--) items[j] = items[j - 1];
    items[j] = item;
  }
}

/// Least significant digit first; digits that all keys share are passed over.
static ITEM *SORT_NAME(radix)(ITEM *items, ITEM *scratch, int64_t count, int digits,
                              int digit_bits) {
  int64_t counts[DIGIT_COUNTS];
  uint64_t values = (uint64_t)1 << digit_bits, mask = values - 1;
  memset(counts, 0, (size_t)digits * values * sizeof(int64_t));
  for (int64_t i = 0; i < count; i++) {
    uint64_t key = KEY(items[i]);
    for (int d = 0; d < digits; d++) {
      counts[((uint64_t)d << digit_bits) + (key & mask)]++;
      key >>= digit_bits;
    }
  }
  for (int d = 0; d < digits; d++) {
    int shift = d * digit_bits;
    int64_t *starts = counts + ((uint64_t)d << digit_bits), before = 0;
    if (starts[KEY(items[0]) >> shift & mask] == count) continue;
    for (uint64_t v = 0; v < values; v++) {
      int64_t own = starts[v];
      starts[v] = before;
      before += own;
    }
    for (int64_t i = 0; i < count; i++) {
      ITEM item = items[i];
      scratch[starts[KEY(item) >> shift & mask]++] = item;
    }
    ITEM *swap = items;
    items = scratch;
    scratch = swap;
  }
  return items;
}

static ITEM *SORT_NAME(any)(ITEM *items, ITEM *scratch, int64_t count, int key_bits) {
  // Measured: from here on the counts of the digits cost less than mispredicted branches.
  if (count <= key_bits + 8) {
    SORT_NAME(insertion)(items, count);
    return items;
  }
  // 8 bits a digit keep the counts in the nearest cache; more bits save passes over long rows.
  const int widest = count < 16384 ? 8 : 11;
  const int digits = (key_bits + widest - 1) / widest;
  return SORT_NAME(radix)(items, scratch, count, digits, (key_bits + digits - 1) / digits);
}

/// Writes what was at the indices of the items; T has the size of an element.
#define DEFINE_WRITE(bits)                                                                        \
  static void SORT_NAME(write_##bits)(const ITEM *items, int64_t count, const uint##bits##_t *in, \
                                      int64_t stride, uint##bits##_t *out, int64_t out_stride) {  \
    for (int64_t i = 0; i < count; i++) out[i * out_stride] = in[INDEX(items[i]) * stride];       \
  }
DEFINE_WRITE(8)
DEFINE_WRITE(16)
DEFINE_WRITE(32)
DEFINE_WRITE(64)
#undef DEFINE_WRITE

static void SORT_NAME(write)(const ITEM *items, int64_t count, int64_t size, const void *in,
                             int64_t stride, void *values, int64_t value_stride, int64_t *indices,
                             int64_t index_stride) {
  if (indices) {
    for (int64_t i = 0; i < count; i++) indices[i * index_stride] = INDEX(items[i]);
  }
  if (!values) return;
  switch (size) {
    case 1:
      SORT_NAME(write_8)(items, count, in, stride, values, value_stride);
      break;
    case 2:
      SORT_NAME(write_16)(items, count, in, stride, values, value_stride);
      break;
    case 4:
      SORT_NAME(write_32)(items, count, in, stride, values, value_stride);
      break;
    default:
      SORT_NAME(write_64)(items, count, in, stride, values, value_stride);
  }
}
