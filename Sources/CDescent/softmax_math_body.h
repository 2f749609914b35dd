// What softmax computes of exponentials in float32, for one instruction set.

// The step of sixteen is one of vectors; the sums of its lanes are added by halves, so every
// instruction set has the same bits. The next rows are fetched meanwhile: nothing else here waits
// for memory.
static float DSC_NAME(exp_sum_f32)(const float *x, int64_t count, float largest, float *out) {
  enum { WHOLE = 2 * DSC_STEP };
  float sums[WHOLE] = {0};
  int64_t i = 0;
  for (; i + WHOLE <= count; i += WHOLE) {
    for (int k = 0; k < WHOLE; k += DSC_STEP) __builtin_prefetch(x + i + DSC_AHEAD + k);
    DSC_LONG_VECTOR DSC_PRAGMA(clang loop unroll(disable)) for (int k = 0; k < WHOLE; k++) {
      const float e = DSC_NAME(exp_below_f32)(x[i + k] - largest);
      out[i + k] = e;
      sums[k] += e;
    }
  }
  if (i < count) {
    float last[WHOLE];
    for (int k = 0; k < WHOLE; k++) last[k] = i + k < count ? x[i + k] - largest : -INFINITY;
    DSC_LONG_VECTOR DSC_PRAGMA(clang loop unroll(disable)) for (int k = 0; k < WHOLE; k++) {
      last[k] = DSC_NAME(exp_below_f32)(last[k]);
      sums[k] += last[k];
    }
    memcpy(out + i, last, (size_t)(count - i) * sizeof(float));
  }
  for (int half = WHOLE / 2; half > 0; half /= 2)
    for (int k = 0; k < half; k++) sums[k] += sums[k + half];
  return sums[0];
}

static void DSC_NAME(log_gradient_f32)(const float *g, const float *y, int64_t count, float sum,
                                       float *out) {
  const int64_t whole = count & -DSC_STEP;
  DSC_LONG_VECTOR for (int64_t i = 0; i < whole; i++) out[i] =
      g[i] - DSC_NAME(exp_below_f32)(y[i]) * sum;
  DSC_SCALAR for (int64_t i = whole; i < count; i++) out[i] =
      g[i] - DSC_NAME(exp_below_f32)(y[i]) * sum;
}

// Rows of at most DSC_STEP numbers, next to each other: so many rows at a time, a lane for each.
// The sums are those of exp_sum_f32, whose further lanes are 0.
static void DSC_NAME(narrow_softmax_f32)(bool logarithm, const float *x, int64_t rows,
                                         int64_t count, float *out) {
  float values[DSC_STEP][DSC_STEP] = {0}, powers[DSC_STEP][DSC_STEP], sums[DSC_STEP][DSC_STEP];
  float largest[DSC_STEP], scale[DSC_STEP];
  for (int64_t done = 0; done < rows; done += DSC_STEP, x += DSC_STEP * count) {
    const int64_t lanes = dsc_smaller(DSC_STEP, rows - done);
    for (int64_t r = 0; r < lanes; r++)
      for (int64_t c = 0; c < count; c++) values[c][r] = x[r * count + c];
    memcpy(largest, values[0], sizeof(largest));
    for (int64_t c = 1; c < count; c++)
      for (int r = 0; r < DSC_STEP; r++) {
        const float value = values[c][r];
        largest[r] = value > largest[r] || value != value ? value : largest[r];
      }
    for (int64_t c = 0; c < count; c++)
      DSC_LONG_VECTOR DSC_PRAGMA(clang loop unroll(disable)) for (int r = 0; r < DSC_STEP; r++) {
        powers[c][r] = DSC_NAME(exp_below_f32)(values[c][r] - largest[r]);
        sums[c][r] = powers[c][r];
      }
    int64_t left = count;
    for (int64_t half = DSC_STEP / 2; half > 0; half /= 2) {
      for (int64_t c = half; c < left; c++)
        for (int r = 0; r < DSC_STEP; r++) sums[c - half][r] += sums[c][r];
      left = dsc_smaller(left, half);
    }
    if (logarithm)
      for (int r = 0; r < DSC_STEP; r++) scale[r] = (float)log((double)sums[0][r]);
    else
      for (int r = 0; r < DSC_STEP; r++) scale[r] = 1 / sums[0][r];
    for (int64_t c = 0; c < count; c++)
      for (int r = 0; r < DSC_STEP; r++)
        values[c][r] = logarithm ? values[c][r] - largest[r] - scale[r] : powers[c][r] * scale[r];
    for (int64_t r = 0; r < lanes; r++, out += count)
      for (int64_t c = 0; c < count; c++) out[c] = values[c][r];
  }
}
