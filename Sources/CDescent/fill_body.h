// One instruction set's runs of a sequence: element i of a run has the index first + i * way, way 1
// or -1. Indices are exact in double.

static void DSC_NAME(integers)(int64_t start, int64_t step, int64_t count, int64_t *out) {
  for (int64_t i = 0; i < count; i++)
    out[i] = (int64_t)((uint64_t)start + (uint64_t)step * (uint64_t)i);
}

// start + index * step, rounded twice.
static void DSC_NAME(products)(double start, double step, int64_t first, int32_t count,
                               double *out) {
#pragma clang fp contract(off)
  const double base = (double)first;
  for (int32_t i = 0; i < count; i++) out[i] = start + (base + i) * step;
}

// start + index * step, rounded once.
static void DSC_NAME(fused_f32)(float start, float step, int64_t first, int32_t way, int32_t count,
                                float *out) {
  const double base = (double)first;
  for (int32_t i = 0; i < count; i++) out[i] = __builtin_fmaf(step, (float)(base + i * way), start);
}
static void DSC_NAME(fused_f64)(double start, double step, int64_t first, int32_t way,
                                int32_t count, double *out) {
  const double base = (double)first;
  for (int32_t i = 0; i < count; i++) out[i] = __builtin_fma(step, base + i * way, start);
}
