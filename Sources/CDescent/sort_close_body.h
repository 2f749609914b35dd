// Items of integers counted from one of them, for one instruction set. No include guard.

static void DSC_NAME(widen)(const int64_t *in, int64_t stride, int64_t count, int64_t *least,
                            int64_t *largest) {
  int64_t low = *least, high = *largest;
  if (stride == 1) {
    for (int64_t i = 0; i < count; i++) {
      low = in[i] < low ? in[i] : low;
      high = in[i] > high ? in[i] : high;
    }
  } else {
    for (int64_t i = 0; i < count; i++) {
      low = in[i * stride] < low ? in[i * stride] : low;
      high = in[i * stride] > high ? in[i * stride] : high;
    }
  }
  *least = low, *largest = high;
}

// (x ^ sign) - sign is x, or -x where all bits of `sign` are set.
static void DSC_NAME(close_items)(const int64_t *restrict in, int64_t stride, int64_t count,
                                  uint64_t first, uint64_t sign, DscNarrowItem *restrict items) {
  if (stride == 1) {
    for (int64_t i = 0; i < count; i++)
      items[i] = ((((uint64_t)in[i] - first) ^ sign) - sign) << 32 | (uint64_t)i;
  } else {
    for (int64_t i = 0; i < count; i++)
      items[i] = ((((uint64_t)in[i * stride] - first) ^ sign) - sign) << 32 | (uint64_t)i;
  }
}

static void DSC_NAME(places_of)(const DscNarrowItem *restrict items, int64_t count,
                                int64_t *restrict indices, int64_t stride) {
  if (stride == 1) {
    for (int64_t i = 0; i < count; i++) indices[i] = (int64_t)(items[i] & 0xffffffff);
  } else {
    for (int64_t i = 0; i < count; i++) indices[i * stride] = (int64_t)(items[i] & 0xffffffff);
  }
}

static void DSC_NAME(values_of)(const DscNarrowItem *restrict items, int64_t count, uint64_t first,
                                uint64_t sign, int64_t *restrict values, int64_t stride) {
  if (stride == 1) {
    for (int64_t i = 0; i < count; i++)
      values[i] = (int64_t)(first + (((items[i] >> 32) ^ sign) - sign));
  } else {
    for (int64_t i = 0; i < count; i++)
      values[i * stride] = (int64_t)(first + (((items[i] >> 32) ^ sign) - sign));
  }
}
