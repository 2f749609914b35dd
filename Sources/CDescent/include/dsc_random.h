// PyTorch's CPU random numbers bit for bit: MT19937 and the fills that draw from it.
// The rules are written down in docs/random.md; every fill is serial, so threads never matter.
#ifndef DSC_RANDOM_H
#define DSC_RANDOM_H

#include "dsc_types.h"

/// Generator state: the engine and the cached second normal of a Box-Muller pair.
typedef struct {
  uint64_t seed;
  uint32_t state[624];
  int32_t left, next;
  bool has_normal;
  double normal;
} DscGenerator;

void dsc_generator_seed(DscGenerator *generator, uint64_t seed);
uint32_t dsc_random_u32(DscGenerator *generator);
uint64_t dsc_random_u64(DscGenerator *generator);

// All fills write `count` contiguous elements of a dtype; floating dtypes unless said otherwise.

/// u * (high - low) + low.
int dsc_fill_uniform(DscGenerator *generator, DscDType dtype, int64_t count, double low,
                     double high, void *out);
/// Normal numbers. `serial` asks for the double-precision pair path that PyTorch takes for
/// non-contiguous tensors; it is taken anyway for count < 16.
int dsc_fill_normal(DscGenerator *generator, DscDType dtype, int64_t count, double mean, double std,
                    bool serial, void *out);
/// Integers in [low, high) to any dtype. `range` = high - low as unsigned; 0 stands for all of
/// int64 (low is its smallest value).
int dsc_fill_integers(DscGenerator *generator, DscDType dtype, int64_t count, int64_t low,
                      uint64_t range, void *out);
/// random_() without bounds for a dtype.
int dsc_fill_random(DscGenerator *generator, DscDType dtype, int64_t count, void *out);
/// 0 or 1 in any dtype with probability p of 1: two draws each.
int dsc_fill_bernoulli(DscGenerator *generator, DscDType dtype, int64_t count, double p, void *out);
/// 0 or 1 with its own probability for each element; float32 draws 24 bits, float64 53.
int dsc_fill_bernoulli_each(DscGenerator *generator, DscDType probability_dtype,
                            const void *probabilities, DscDType dtype, int64_t count, void *out);
int dsc_fill_exponential(DscGenerator *generator, DscDType dtype, int64_t count, double lambda,
                         void *out);
int dsc_fill_geometric(DscGenerator *generator, DscDType dtype, int64_t count, double p, void *out);
int dsc_fill_cauchy(DscGenerator *generator, DscDType dtype, int64_t count, double median,
                    double sigma, void *out);
int dsc_fill_log_normal(DscGenerator *generator, DscDType dtype, int64_t count, double mean,
                        double std, void *out);
/// Poisson numbers, each with its own rate (not negative) of the same dtype.
int dsc_fill_poisson_each(DscGenerator *generator, DscDType dtype, const void *rates, int64_t count,
                          void *out);
/// A random permutation of 0 ..< count as int64.
void dsc_fill_permutation(DscGenerator *generator, int64_t count, int64_t *out);
/// `samples` draws with replacement from the categories of each of `rows` contiguous rows of
/// weights; int64 out. PyTorch draws a single sample as it does without replacement: the first of
/// weights / exponential_fill(1).
int dsc_fill_multinomial(DscGenerator *generator, DscDType dtype, int64_t rows, int64_t categories,
                         const void *weights, int64_t samples, int64_t *out);

#endif
