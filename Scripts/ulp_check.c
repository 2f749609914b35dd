// Accuracy of the one-argument float32 functions over every bit pattern, against the C library in
// double.
//
//   clang -O2 -std=gnu11 -ISources/CDescent Scripts/ulp_check.c Sources/CDescent/*.c
//     -lm -lpthread -o ulp_check
//   ./ulp_check [function | all] [stride] [portable | avx2 | avx512 | neon]
//
// A stride above 1 takes every so manieth pattern (odd ones meet all exponents). Each line gives
// the worst distance in units of the last place from the reference before it is rounded to float32
// (half a unit is a correctly rounded result), and where; NaN, infinities and the sign of zero must
// agree. Exits with 1 where an error exceeds 2 ulp. A full sweep takes about half a minute a
// function.
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dsc_loops.h"
#include "dsc_special.h"

static double sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
static double reciprocal(double x) { return 1 / x; }
static double rsqrt(double x) { return 1 / sqrt(x); }
static double square(double x) { return x * x; }

static const struct {
  DscOp op;
  double (*reference)(double);
} checks[] = {
    {DSC_OP_EXP, exp},           {DSC_OP_EXP2, exp2},
    {DSC_OP_EXPM1, expm1},       {DSC_OP_LOG, log},
    {DSC_OP_LOG2, log2},         {DSC_OP_LOG10, log10},
    {DSC_OP_LOG1P, log1p},       {DSC_OP_SIN, sin},
    {DSC_OP_COS, cos},           {DSC_OP_TAN, tan},
    {DSC_OP_ASIN, asin},         {DSC_OP_ACOS, acos},
    {DSC_OP_ATAN, atan},         {DSC_OP_SINH, sinh},
    {DSC_OP_COSH, cosh},         {DSC_OP_TANH, tanh},
    {DSC_OP_ASINH, asinh},       {DSC_OP_ACOSH, acosh},
    {DSC_OP_ATANH, atanh},       {DSC_OP_SIGMOID, sigmoid},
    {DSC_OP_ERF, erf},           {DSC_OP_ERFC, erfc},
    {DSC_OP_ERFINV, dsc_erfinv},  // itself solved with erf and erfc
    {DSC_OP_SQRT, sqrt},         {DSC_OP_RSQRT, rsqrt},
    {DSC_OP_SQUARE, square},     {DSC_OP_RECIPROCAL, reciprocal},
    {DSC_OP_LGAMMA, lgamma},
};

// The unit of the last place of the float32 nearest to a reference.
static double unit(double reference) {
  const double a = fabs(reference);
  if (a < 0x1p-126) return 0x1p-149;
  uint64_t bits;
  memcpy(&bits, &a, sizeof(bits));
  bits = (bits & 0x7ff0000000000000) - (23ull << 52);
  double result;
  memcpy(&result, &bits, sizeof(result));
  return result;
}

static double error_of(float got, double reference) {
  const float rounded = (float)reference;
  if (rounded != rounded || got != got) return rounded != rounded && got != got ? 0 : INFINITY;
  if (got == 0 && rounded == 0) return signbit(got) == signbit(rounded) ? 0 : INFINITY;
  if (isinf(got) && isinf(rounded)) return got == rounded ? 0 : INFINITY;
  if (isinf(got)) return fabs(copysign(0x1p128, got) - reference) / unit(reference);
  if (isinf(rounded) && isinf(reference)) return INFINITY;
  return fabs(got - reference) / unit(isinf(rounded) ? 0x1p127 : reference);
}

static double sweep(DscTarget target, DscOp op, double (*reference)(double), uint64_t stride) {
  enum { RUN = 4096 };
  static float in[RUN], out[RUN];
  const DscLoop loop = dsc_find_loop(target, op, DSC_LANE_F32);
  double worst = 0;
  float where = 0, got = 0;
  for (uint64_t pattern = 0; pattern < 1ull << 32;) {
    for (int i = 0; i < RUN; i++, pattern += stride) {
      const uint32_t bits = (uint32_t)pattern;
      memcpy(&in[i], &bits, sizeof(bits));
    }
    loop(RUN, in, NULL, NULL, out);
    for (int i = 0; i < RUN; i++) {
      const double error = error_of(out[i], reference(in[i]));
      if (error > worst) worst = error, where = in[i], got = out[i];
    }
  }
  printf("%-12s %8.3f ulp at %.9g (%a): %.9g, should be %.17g\n", dsc_op_name(op), worst, where,
         where, got, reference(where));
  fflush(stdout);
  return worst;
}

int main(int count, char **arguments) {
  const char *name = count > 1 ? arguments[1] : "all";
  const uint64_t stride = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
  DscTarget target = dsc_target();
  if (count > 3) {
    static const char *const names[] = {"portable", "avx2", "avx512", "neon"};
    for (int t = 0; t < DSC_TARGET_COUNT; t++)
      if (strcmp(names[t], arguments[3]) == 0) target = (DscTarget)t;
    if (!dsc_set_target_for_testing(target)) return 2;
  }
  bool good = true;
  for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
    if (strcmp(name, "all") == 0 || strcmp(name, dsc_op_name(checks[i].op)) == 0)
      good &= sweep(target, checks[i].op, checks[i].reference, stride) <= 2;
  return good ? 0 : 1;
}
