// Integers, coins, permutations and categories.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsc_draws.h"
#include "dsc_evaluate.h"

#pragma clang fp contract(off)

/// x % range for 2 <= range < 2^28: the quotient by way of a double is at most one off.
static void remainders(const uint32_t *restrict raw, int64_t count, uint32_t range, int64_t low,
                       int64_t *restrict out) {
  double inverse = 1.0 / range;
  for (int64_t i = 0; i < count; i++) {
    uint32_t quotient = (uint32_t)(int32_t)(raw[i] * inverse);
    int32_t rest = (int32_t)(raw[i] - quotient * range);
    rest += rest < 0 ? (int32_t)range : 0;
    rest -= rest >= (int32_t)range ? (int32_t)range : 0;
    out[i] = (int64_t)((uint64_t)low + (uint32_t)rest);
  }
}

/// low + draw % range for a run of integers; a range of 0 stands for all of int64, where PyTorch
/// ignores low. `wide` draws have 64 bits.
static void draw_integers(DscGenerator *generator, bool wide, int64_t low, uint64_t range,
                          int64_t count, int64_t *out) {
  uint32_t raw[2 * DSC_DRAW_CHUNK];
  dsc_draw_u32(generator, wide ? 2 * count : count, raw);
  bool power = (range & (range - 1)) == 0;
  if (wide) {
    for (int64_t i = 0; i < count; i++) {
      uint64_t value = (uint64_t)raw[2 * i] << 32 | raw[2 * i + 1];
      if (range == 0) {
        out[i] = (int64_t)value;
      } else {
        out[i] = (int64_t)((uint64_t)low + (power ? value & (range - 1) : value % range));
      }
    }
  } else if (power) {
    uint32_t mask = (uint32_t)(range - 1);
    for (int64_t i = 0; i < count; i++) out[i] = (int64_t)((uint64_t)low + (raw[i] & mask));
  } else {
    remainders(raw, count, (uint32_t)range, low, out);
  }
}

static int fill_integers(DscGenerator *generator, bool wide, int64_t low, uint64_t range,
                         DscDType dtype, int64_t count, void *out) {
  size_t size = dsc_dtype_size(dtype);
  int64_t local[DSC_DRAW_CHUNK];
  for (int64_t done = 0; done < count; done += DSC_DRAW_CHUNK) {
    int64_t n = count - done < DSC_DRAW_CHUNK ? count - done : DSC_DRAW_CHUNK;
    int64_t *values = dtype == DSC_INT64 ? (int64_t *)out + done : local;
    draw_integers(generator, wide, low, range, n, values);
    if (values == local) {
      dsc_store_lane(DSC_LANE_I64, local, n, dtype, (char *)out + (size_t)done * size, 1);
    }
  }
  return DSC_OK;
}

int dsc_fill_integers(DscGenerator *generator, DscDType dtype, int64_t count, int64_t low,
                      uint64_t range, void *out) {
  bool wide = range == 0 || range >= (uint64_t)1 << 28;
  return fill_integers(generator, wide, low, range, dtype, count, out);
}

int dsc_fill_random(DscGenerator *generator, DscDType dtype, int64_t count, void *out) {
  // The largest value plus one; for a floating type all integers that it represents.
  static const uint64_t ranges[DSC_DTYPE_COUNT] = {
      [DSC_BOOL] = 2,
      [DSC_UINT8] = 1u << 8,
      [DSC_INT8] = 1u << 7,
      [DSC_INT16] = 1u << 15,
      [DSC_INT32] = 1u << 31,
      [DSC_INT64] = (uint64_t)1 << 63,
      [DSC_FLOAT16] = (1u << 11) + 1,
      [DSC_BFLOAT16] = (1u << 8) + 1,
      [DSC_FLOAT32] = (1u << 24) + 1,
      [DSC_FLOAT64] = ((uint64_t)1 << 53) + 1,
  };
  bool wide = dtype == DSC_INT64 || dtype == DSC_FLOAT64;
  return fill_integers(generator, wide, 0, ranges[dtype], dtype, count, out);
}

int dsc_fill_bernoulli(DscGenerator *generator, DscDType dtype, int64_t count, double p,
                       void *out) {
  size_t size = dsc_dtype_size(dtype);
  double uniform[DSC_DRAW_CHUNK];
  uint8_t coin[DSC_DRAW_CHUNK];
  for (int64_t done = 0; done < count; done += DSC_DRAW_CHUNK) {
    int64_t n = count - done < DSC_DRAW_CHUNK ? count - done : DSC_DRAW_CHUNK;
    dsc_draw_double(generator, n, uniform);
    if (dtype == DSC_FLOAT32) {
      float *value = (float *)out + done;
      for (int64_t i = 0; i < n; i++) value[i] = uniform[i] < p ? 1.0f : 0.0f;
    } else {
      for (int64_t i = 0; i < n; i++) coin[i] = uniform[i] < p;
      dsc_store_lane(DSC_LANE_BOOL, coin, n, dtype, (char *)out + (size_t)done * size, 1);
    }
  }
  return DSC_OK;
}

int dsc_fill_bernoulli_each(DscGenerator *generator, DscDType probability_dtype,
                            const void *probabilities, DscDType dtype, int64_t count, void *out) {
  DscLane lane = dsc_dtype_lane(probability_dtype);
  if (lane != DSC_LANE_F32 && lane != DSC_LANE_F64) return DSC_UNSUPPORTED;
  size_t size = dsc_dtype_size(dtype), p_size = dsc_dtype_size(probability_dtype);
  union {
    float f[DSC_DRAW_CHUNK];
    double d[DSC_DRAW_CHUNK];
  } uniform, p;
  uint8_t coin[DSC_DRAW_CHUNK];
  for (int64_t done = 0; done < count; done += DSC_DRAW_CHUNK) {
    int64_t n = count - done < DSC_DRAW_CHUNK ? count - done : DSC_DRAW_CHUNK;
    dsc_load_lane(probability_dtype, (const char *)probabilities + (size_t)done * p_size, 1, n, &p);
    if (lane == DSC_LANE_F32) {
      dsc_draw_float(generator, n, uniform.f);
      for (int64_t i = 0; i < n; i++) coin[i] = uniform.f[i] < p.f[i];
    } else {
      dsc_draw_double(generator, n, uniform.d);
      for (int64_t i = 0; i < n; i++) coin[i] = uniform.d[i] < p.d[i];
    }
    dsc_store_lane(DSC_LANE_BOOL, coin, n, dtype, (char *)out + (size_t)done * size, 1);
  }
  return DSC_OK;
}

/// Small rates by counting factors (Knuth), others by transformed rejection: Hormann, "The
/// transformed rejection method for generating Poisson random variables", 1993, algorithm PTRS.
static int64_t poisson(DscGenerator *generator, double rate) {
  if (!(rate > 0 && rate < INFINITY)) return 0;  // the caller refuses all of these but 0
  double u[2];
  if (rate < 10) {
    double bound = exp(-rate), product = 1;
    for (int64_t k = 0;; k++) {
      dsc_draw_double(generator, 1, u);
      product *= u[0];
      if (!(product > bound)) return k;
    }
  }
  double log_rate = log(rate), b = 0.931 + 2.53 * sqrt(rate), a = -0.059 + 0.02483 * b;
  double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    dsc_draw_double(generator, 2, u);
    double centred = u[0] - 0.5, v = u[1], us = 0.5 - fabs(centred);
    double k = floor((2 * a / us + b) * centred + rate + 0.43);
    if (us >= 0.07 && v <= v_r) return (int64_t)k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    double accepted = log(v) + log(inverse_alpha) - log(a / (us * us) + b);
    if (accepted <= -rate + k * log_rate - lgamma(k + 1)) return (int64_t)k;
  }
}

int dsc_fill_poisson_each(DscGenerator *generator, DscDType dtype, const void *rates, int64_t count,
                          void *out) {
  DscLane lane = dsc_dtype_lane(dtype);
  if (lane != DSC_LANE_F32 && lane != DSC_LANE_F64) return DSC_UNSUPPORTED;
  size_t size = dsc_dtype_size(dtype);
  for (int64_t i = 0; i < count; i++) {
    union {
      float f;
      double d;
    } rate;
    dsc_load_lane(dtype, (const char *)rates + (size_t)i * size, 1, 1, &rate);
    int64_t k = poisson(generator, lane == DSC_LANE_F32 ? (double)rate.f : rate.d);
    dsc_store_lane(DSC_LANE_I64, &k, 1, dtype, (char *)out + (size_t)i * size, 1);
  }
  return DSC_OK;
}

/// Fisher and Yates's shuffle.
void dsc_fill_permutation(DscGenerator *generator, int64_t count, int64_t *out) {
  if (count >= UINT32_MAX / 20) {  // 32 bits would be too few: inside out, with 64
    for (int64_t i = 0; i < count; i++) {
      int64_t z = (int64_t)(dsc_random_u64(generator) % (uint64_t)(i + 1));
      out[i] = i;
      out[i] = out[z];
      out[z] = i;
    }
    return;
  }
  for (int64_t i = 0; i < count; i++) out[i] = i;
  uint32_t raw[DSC_DRAW_CHUNK];
  for (int64_t done = 0; done < count - 1; done += DSC_DRAW_CHUNK) {
    int64_t n = count - 1 - done < DSC_DRAW_CHUNK ? count - 1 - done : DSC_DRAW_CHUNK;
    dsc_draw_u32(generator, n, raw);
    for (int64_t j = 0; j < n; j++) {
      int64_t i = done + j, other = i + raw[j] % (uint32_t)(count - i);
      int64_t value = out[i];
      out[i] = out[other];
      out[other] = value;
    }
  }
}

// Cumulative sums are kept in the dtype of the weights, those of the half-precision types in float.
// The last one counts as 1 whatever the rounding; the first one that is not below the draw wins.
#define DEFINE_MULTINOMIAL(name, type)                                                     \
  static void name(type *sums, int64_t categories, const double *uniform, int64_t samples, \
                   int64_t *out) {                                                         \
    type sum = 0;                                                                          \
    for (int64_t i = 0; i < categories; i++) sums[i] = sum += sums[i];                     \
    for (int64_t i = 0; i < categories; i++) sums[i] /= sum;                               \
    sums[categories - 1] = 1;                                                              \
    for (int64_t j = 0; j < samples; j++) {                                                \
      int64_t low = 0, high = categories;                                                  \
      while (low < high) {                                                                 \
        int64_t middle = low + (high - low) / 2;                                           \
        if (sums[middle] < uniform[j]) {                                                   \
          low = middle + 1;                                                                \
        } else {                                                                           \
          high = middle;                                                                   \
        }                                                                                  \
      }                                                                                    \
      out[j] = low;                                                                        \
    }                                                                                      \
  }
DEFINE_MULTINOMIAL(multinomial_float, float)
DEFINE_MULTINOMIAL(multinomial_double, double)

int dsc_fill_multinomial(DscGenerator *generator, DscDType dtype, int64_t rows, int64_t categories,
                         const void *weights, int64_t samples, int64_t *out) {
  DscLane lane = dsc_dtype_lane(dtype);
  if (lane != DSC_LANE_F32 && lane != DSC_LANE_F64) return DSC_UNSUPPORTED;
  if (rows <= 0 || categories <= 0 || samples <= 0) return DSC_OK;
  double *sums = malloc((size_t)(categories + samples) * sizeof(double));
  if (!sums) return DSC_OUT_OF_MEMORY;
  double *uniform = sums + categories;
  size_t row_size = (size_t)categories * dsc_dtype_size(dtype);
  for (int64_t row = 0; row < rows; row++) {
    dsc_load_lane(dtype, (const char *)weights + (size_t)row * row_size, 1, categories, sums);
    dsc_draw_double(generator, samples, uniform);
    if (lane == DSC_LANE_F32) {
      multinomial_float((float *)sums, categories, uniform, samples, out + row * samples);
    } else {
      multinomial_double(sums, categories, uniform, samples, out + row * samples);
    }
  }
  free(sums);
  return DSC_OK;
}
