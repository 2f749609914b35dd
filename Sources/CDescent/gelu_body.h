// One instruction set's gelu in float32: x times the standard normal's distribution function, and
// its slope. No include guard.
//
// A step of erf is made of vectors, what is made of it an ordinary loop.

#define DSC_STEP_LOOP \
  DSC_LONG_VECTOR DSC_PRAGMA(clang loop unroll(disable)) for (int i = 0; i < DSC_STEP; i++)

// y = x cdf(x) for a step of elements.
DSC_INLINE void DSC_NAME(gelu_step)(const float *x, float *y) {
  float z[DSC_STEP];
  DSC_STEP_LOOP z[i] = x[i] * (float)DSC_ROOT_OF_HALF;
  DSC_NAME(erf_step)(z, z);
  DSC_STEP_LOOP y[i] = 0.5f * x[i] * (1 + z[i]);
}

// y = cdf(x) + x pdf(x).
DSC_INLINE void DSC_NAME(gelu_slope_step)(const float *x, float *y) {
  float z[DSC_STEP];
  DSC_STEP_LOOP z[i] = x[i] * (float)DSC_ROOT_OF_HALF;
  DSC_NAME(erf_step)(z, z);
  DSC_STEP_LOOP {
    const float pdf = DSC_NAME(exp_below_f32)(-0.5f * x[i] * x[i]) * (float)DSC_NORMAL_AT_0;
    y[i] = DSC_MULTIPLY_ADD(x[i], pdf, 0.5f * (1 + z[i]));
  }
}

DSC_LOOP_HEAD(GELU, F32) {
  (void)pb, (void)pc;
  for (int64_t i = 0; i < count; i += DSC_STEP)
    DSC_NAME(gelu_step)((const float *)pa + i, (float *)po + i);
  return DSC_OK;
}

DSC_LOOP_HEAD(GELU_SLOPE, F32) {
  (void)pb, (void)pc;
  for (int64_t i = 0; i < count; i += DSC_STEP)
    DSC_NAME(gelu_slope_step)((const float *)pa + i, (float *)po + i);
  return DSC_OK;
}

static void DSC_STREAM_NAME(GELU, F32)(int64_t count, const void *pa, const void *pb,
                                       const void *pc, void *po, const DscAhead *ahead,
                                       int aheads) {
  enum { WIDTH = DSC_VECTOR_BYTES / sizeof(float) };
  typedef float Vector __attribute__((vector_size(DSC_VECTOR_BYTES)));
  (void)pb, (void)pc;
  for (int64_t i = 0; i < count; i += DSC_STEP) {
    float step[DSC_STEP];
    dsc_fetch(ahead, aheads, i, DSC_STEP);
    DSC_NAME(gelu_step)((const float *)pa + i, step);
    Vector values[DSC_STEP / WIDTH];
    memcpy(values, step, sizeof(step));
    for (int k = 0; k < DSC_STEP / WIDTH; k++)
      __builtin_nontemporal_store(values[k], (Vector *)(void *)((float *)po + i) + k);
  }
}
#undef DSC_STEP_LOOP
