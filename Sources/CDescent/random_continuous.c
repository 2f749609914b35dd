// Distributions made from one double-precision uniform each with the functions of the C library.
#include <math.h>

#include "dsc_draws.h"

#pragma clang fp contract(off)

static void exponential(const void *constants, int64_t count, void *values) {
  double scale = -1.0 / *(const double *)constants, *value = values;
  for (int64_t i = 0; i < count; i++) value[i] = scale * log1p(-value[i]);
}

static void geometric(const void *constants, int64_t count, void *values) {
  double divisor = log1p(-*(const double *)constants), *value = values;
  for (int64_t i = 0; i < count; i++) value[i] = ceil(log(value[i]) / divisor);
}

static void cauchy(const void *constants, int64_t count, void *values) {
  double median = ((const double *)constants)[0], sigma = ((const double *)constants)[1];
  double *value = values;
  for (int64_t i = 0; i < count; i++) {
    value[i] = fma(sigma, tan(3.14159265358979323846 * (value[i] - 0.5)), median);
  }
}

int dsc_fill_exponential(DscGenerator *generator, DscDType dtype, int64_t count, double lambda,
                         void *out) {
  if (dtype < DSC_FLOAT16) return DSC_UNSUPPORTED;
  return dsc_fill_mapped(generator, DSC_LANE_F64, exponential, &lambda, dtype, count, out);
}

int dsc_fill_geometric(DscGenerator *generator, DscDType dtype, int64_t count, double p,
                       void *out) {
  if (dtype == DSC_BOOL) return DSC_UNSUPPORTED;
  return dsc_fill_mapped(generator, DSC_LANE_F64, geometric, &p, dtype, count, out);
}

int dsc_fill_cauchy(DscGenerator *generator, DscDType dtype, int64_t count, double median,
                    double sigma, void *out) {
  if (dtype < DSC_FLOAT16) return DSC_UNSUPPORTED;
  const double constants[2] = {median, sigma};
  return dsc_fill_mapped(generator, DSC_LANE_F64, cauchy, constants, dtype, count, out);
}
