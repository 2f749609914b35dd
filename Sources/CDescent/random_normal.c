// Normal numbers in PyTorch's forms. Box and Muller, "A note on the generation of random normal
// deviates", 1958.
#include <math.h>
#include <string.h>

#include "dsc_draws.h"
#include "dsc_targets.h"

#pragma clang fp contract(off)

#define DSC_FMA32 __builtin_elementwise_fma

#define DSC_BODY  "random_normal_body.h"
#include "dsc_for_each_target.h"

static const double two_pi = 6.28318530717958647692;

/// The float64 form for blocks of 16, with the C library's functions.
static void normal_double(const void *constants, int64_t count, void *values) {
  double mean = ((const double *)constants)[0], std = ((const double *)constants)[1];
  for (double *u = values, *end = u + count; u < end; u += 16) {
    for (int j = 0; j < 8; j++) {
      double radius = sqrt(-2 * log(1 - u[j])), angle = two_pi * u[j + 8];
      u[j] = fma(radius * cos(angle), std, mean);
      u[j + 8] = fma(radius * sin(angle), std, mean);
    }
  }
}

/// Pairs of uniforms to pairs of normals, the cosine first.
static void normal_pairs(double *u, int64_t count) {
  for (int64_t i = 0; i + 2 <= count; i += 2) {
    double radius = sqrt(-2.0 * log1p(-u[i + 1])), angle = two_pi * u[i];
    u[i] = radius * cos(angle);
    u[i + 1] = radius * sin(angle);
  }
}

static void normal_serial(const void *constants, int64_t count, void *values) {
  double mean = ((const double *)constants)[0], std = ((const double *)constants)[1];
  double *value = values;
  normal_pairs(value, count);
  for (int64_t i = 0; i < count; i++) value[i] = fma(value[i], std, mean);
}

static void log_normal_serial(const void *constants, int64_t count, void *values) {
  double *value = values;
  normal_serial(constants, count, values);
  for (int64_t i = 0; i < count; i++) value[i] = exp(value[i]);
}

/// Numbers made in pairs, the second of which may be left over for the next fill or be left from
/// the last one.
static int fill_pairs(DscGenerator *generator, bool exponent, double mean, double std,
                      DscDType dtype, int64_t count, void *out) {
  size_t size = dsc_dtype_size(dtype);
  const double constants[2] = {mean, std};
  char *at = out;
  if (count > 0 && generator->has_normal) {
    double value = fma(generator->normal, std, mean);
    if (exponent) value = exp(value);
    dsc_store_values(DSC_LANE_F64, &value, 1, dtype, at);
    generator->has_normal = false;
    at += size;
    count--;
  }
  int64_t whole = count & ~(int64_t)1;
  int status =
      dsc_fill_mapped(generator, DSC_LANE_F64, exponent ? log_normal_serial : normal_serial,
                      constants, dtype, whole, at);
  if (status != DSC_OK || whole == count) return status;
  double pair[2];
  dsc_draw_double(generator, 2, pair);
  normal_pairs(pair, 2);
  generator->normal = pair[1];
  generator->has_normal = true;
  double value = fma(pair[0], std, mean);
  if (exponent) value = exp(value);
  dsc_store_values(DSC_LANE_F64, &value, 1, dtype, at + (size_t)whole * size);
  return DSC_OK;
}

int dsc_fill_log_normal(DscGenerator *generator, DscDType dtype, int64_t count, double mean,
                        double std, void *out) {
  if (dtype < DSC_FLOAT16) return DSC_UNSUPPORTED;
  return fill_pairs(generator, true, mean, std, dtype, count, out);
}

int dsc_fill_normal(DscGenerator *generator, DscDType dtype, int64_t count, double mean, double std,
                    bool serial, void *out) {
  if (dtype < DSC_FLOAT16) return DSC_UNSUPPORTED;
  if (serial || count < 16) return fill_pairs(generator, false, mean, std, dtype, count, out);
  DscLane lane = dsc_dtype_lane(dtype);
  const float float_constants[2] = {(float)mean, (float)std};
  const double double_constants[2] = {mean, std};
  const void *constants = double_constants;
  DscDrawMap map = normal_double;
  if (lane == DSC_LANE_F32) {
    constants = float_constants;
    map = DSC_DISPATCH(normal_float);
  }
  int64_t rest = count % 16;
  int status = dsc_fill_mapped(generator, lane, map, constants, dtype, count - rest, out);
  if (status != DSC_OK || rest == 0) return status;
  // The last 16 elements are made anew. float32 and float64 have drawn all uniforms before.
  union {
    float f[16];
    double d[16];
  } values;
  bool all_first = dtype == DSC_FLOAT32 || dtype == DSC_FLOAT64;
  for (int pass = all_first ? 0 : 1; pass < 2; pass++) {
    int64_t n = pass == 0 ? rest : 16;
    if (lane == DSC_LANE_F32) {
      dsc_draw_float(generator, n, values.f);
    } else {
      dsc_draw_double(generator, n, values.d);
    }
  }
  map(constants, 16, &values);
  char *last = (char *)out + (size_t)(count - 16) * dsc_dtype_size(dtype);
  dsc_store_values(lane, &values, 16, dtype, last);
  return DSC_OK;
}
