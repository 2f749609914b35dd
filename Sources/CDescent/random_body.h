// The engine's loops, compiled once for every instruction set.

/// The next 624 words of state. The loops are free of dependences closer than 227 words.
static void DSC_NAME(regenerate)(uint32_t *state) {
  for (int i = 0; i < 227; i++) state[i] = state[i + 397] ^ twist(state[i], state[i + 1]);
  for (int i = 227; i < 623; i++) state[i] = state[i - 227] ^ twist(state[i], state[i + 1]);
  state[623] = state[396] ^ twist(state[623], state[0]);
}

static void DSC_NAME(temper)(const uint32_t *restrict state, int64_t count,
                             uint32_t *restrict out) {
  for (int64_t i = 0; i < count; i++) out[i] = temper_word(state[i]);
}

static void DSC_NAME(temper_float)(const uint32_t *restrict state, int64_t count,
                                   float *restrict out) {
  for (int64_t i = 0; i < count; i++) {
    out[i] = (float)(int32_t)(temper_word(state[i]) & 0xffffff) * 0x1p-24f;
  }
}

/// Both terms and their sum are exact: 21 + 32 bits.
static void DSC_NAME(pair_double)(const uint32_t *restrict raw, int64_t count,
                                  double *restrict out) {
  for (int64_t i = 0; i < count; i++) {
    double high = (double)(int32_t)(raw[2 * i] & 0x1fffff);
    out[i] = high * 0x1p-21 + (double)raw[2 * i + 1] * 0x1p-53;
  }
}

/// u * (high - low) + low with one rounding, the excluded bound (met by rounding) replaced by low.
static void DSC_NAME(scale_float)(const void *constants, int64_t count, void *values) {
  float low = ((const float *)constants)[0], high = ((const float *)constants)[1];
  float *value = values, width = high - low;
  for (int64_t i = 0; i < count; i++) {
    float x = __builtin_elementwise_fma(value[i], width, low);
    value[i] = x == high ? low : x;
  }
}

static void DSC_NAME(scale_double)(const void *constants, int64_t count, void *values) {
  double low = ((const double *)constants)[0], high = ((const double *)constants)[1];
  double *value = values, width = high - low;
  for (int64_t i = 0; i < count; i++) {
    double x = __builtin_elementwise_fma(value[i], width, low);
    value[i] = x == high ? low : x;
  }
}
