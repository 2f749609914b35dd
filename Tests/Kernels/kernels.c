// Products, convolutions and attention against their definition, for every instruction set that the
// processor has. Scripts/check-kernels.sh builds it natively and, where a cross compiler and qemu
// are there, for NEON.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../Sources/CDescent/dsc_targets.h"
#include "../../Sources/CDescent/include/CDescent.h"
#include "kernels.h"

static uint64_t state = 1;
double draw(void) {  // uniform in ±1; Marsaglia's xorshift
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (double)(int64_t)state / 9.3e18;
}
int64_t below(int64_t n) { return (int64_t)(fabs(draw()) * (double)n) % n; }

// An array of a dtype, read and written as doubles.
typedef struct {
  bool wide;
  void *data;
  int64_t count;
} Array;

static Array array(bool wide, int64_t count, bool fill) {
  Array a = {wide, malloc((size_t)(count + 1) * 8), count};
  for (int64_t i = 0; i < count; i++) {
    double value = fill ? draw() : NAN;
    if (wide)
      ((double *)a.data)[i] = value;
    else
      ((float *)a.data)[i] = (float)value;
  }
  return a;
}
static double at(Array a, int64_t i) {
  return a.wide ? ((double *)a.data)[i] : (double)((float *)a.data)[i];
}

// The worst error in units of what rounding may do: a sum of random signs grows with the root of
// its terms, and the roundings of its steps with theirs.
static double worst;
static void compare(double got, double expected, double terms, bool wide) {
  double error = fabs(got - expected) / ((wide ? 0x1p-52 : 0x1p-23) * (terms + 2));
  if (!(error <= worst)) worst = isnan(got) ? INFINITY : error;
}

static void product(bool wide) {
  int64_t m = 1 + below(70), n = 1 + below(150), k = 1 + below(600);
  bool ta = below(2) == 1, tb = below(2) == 1, tc = below(4) == 0;
  Array a = array(wide, m * k, true), b = array(wide, k * n, true), c = array(wide, m * n, false);
  Array bias = array(wide, n, true);
  DscGemm g = {.dtype = wide ? DSC_FLOAT64 : DSC_FLOAT32,
               .m = m,
               .n = n,
               .k = k,
               .a = a.data,
               .b = b.data,
               .c = c.data,
               .a_row = ta ? 1 : k,
               .a_column = ta ? m : 1,
               .b_row = tb ? 1 : n,
               .b_column = tb ? k : 1,
               .c_row = tc ? 1 : n,
               .c_column = tc ? m : 1,
               .bias = bias.data,
               .bias_column = 1,
               .alpha = 1};
  if (dsc_gemm(&g) != DSC_OK) worst = INFINITY;
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      double sum = at(bias, j);
      for (int64_t p = 0; p < k; p++)
        sum += at(a, i * g.a_row + p * g.a_column) * at(b, p * g.b_row + j * g.b_column);
      compare(at(c, i * g.c_row + j * g.c_column), sum, (double)k, wide);
    }
  free(a.data), free(b.data), free(c.data), free(bias.data);
}

static int64_t outputs(const DscConvolution *c, int d) {
  int64_t reach = c->dilation[d] * (c->taps[d] - 1) + 1;
  return (c->in_size[d] + 2 * c->padding[d] - reach) / c->stride[d] + 1;
}

// Calls `body` for each pair of elements that meet: of input, weight and output.
static void each(const DscConvolution *c, Array x, Array w, Array y, double *sums, bool weights) {
  int64_t per = c->in_channels / c->groups, of = c->out_channels / c->groups;
  const int64_t *in = c->in_size, *out = c->out_size, *taps = c->taps;
  for (int64_t n = 0; n < c->batch; n++)
    for (int64_t o = 0; o < c->out_channels; o++)
      for (int64_t i = 0; i < out[1]; i++)
        for (int64_t j = 0; j < out[2]; j++)
          for (int64_t ch = 0; ch < per; ch++)
            for (int64_t p = 0; p < taps[1]; p++)
              for (int64_t q = 0; q < taps[2]; q++) {
                int64_t r = i * c->stride[1] + p * c->dilation[1] - c->padding[1];
                int64_t s = j * c->stride[2] + q * c->dilation[2] - c->padding[2];
                if (r < 0 || r >= in[1] || s < 0 || s >= in[2]) continue;
                int64_t from = ((n * c->in_channels + o / of * per + ch) * in[1] + r) * in[2] + s;
                int64_t pair = c->exchanged ? (o / of * per + ch) * of + o % of : o * per + ch;
                int64_t tap = (pair * taps[1] + p) * taps[2] + q;
                int64_t to = ((n * c->out_channels + o) * out[1] + i) * out[2] + j;
                if (weights)
                  sums[tap] += at(y, to) * at(x, from);
                else
                  sums[to] += at(w, tap) * at(x, from);
              }
}

// Random sizes; `dense`: square kernels of stride 1 that walk forward or backward, and enough
// channels for transformed tiles (Winograd) where they are not depthwise.
static DscConvolution shape(bool wide, bool depthwise, bool large, bool dense) {
  DscConvolution c = {.dtype = wide ? DSC_FLOAT64 : DSC_FLOAT32, .batch = 1 + below(3)};
  c.groups = depthwise ? 1 + below(6) : 1 + below(2);
  c.in_channels = c.groups * (depthwise ? 1 : 1 + below(9));
  c.out_channels = c.groups * (1 + below(depthwise ? 3 : 20));
  for (int d = 0; d < 3; d++) {
    c.taps[d] = d == 0 ? 1 : 1 + below(4), c.stride[d] = d == 0 ? 1 : 1 + below(3);
    c.dilation[d] = d == 0 ? 1 : 1 + below(2), c.padding[d] = d == 0 ? 0 : below(3);
    c.in_size[d] = d == 0 ? 1 : c.dilation[d] * c.taps[d] + below(large ? 50 : 8);
    c.out_size[d] = outputs(&c, d);
  }
  if (!dense) return c;
  if (!depthwise)
    c.in_channels = c.groups * (16 + below(30)), c.out_channels = c.groups * (16 + below(60));
  int64_t taps = depthwise ? 3 + 2 * below(2) : 3;
  for (int d = 1; d < 3; d++) {
    bool backward = below(2) == 1;
    c.taps[d] = taps, c.stride[d] = 1, c.dilation[d] = backward ? -1 : 1;
    c.padding[d] = (backward ? 1 - taps : 0) + below(taps);
    c.in_size[d] = taps + below(large ? 70 : 24);
    c.out_size[d] = c.in_size[d] - below(taps);
  }
  return c;
}

static void convolution(DscConvolution c) {
  bool wide = c.dtype == DSC_FLOAT64;
  int64_t inputs = c.batch * c.in_channels * c.in_size[1] * c.in_size[2];
  int64_t results = c.batch * c.out_channels * c.out_size[1] * c.out_size[2];
  int64_t weights = c.out_channels * (c.in_channels / c.groups) * c.taps[1] * c.taps[2];
  Array x = array(wide, inputs, true), w = array(wide, weights, true);
  for (int backward = 0; backward < 2; backward++) {
    c.exchanged = !backward && below(2) == 1;
    Array y = array(wide, results, backward), v = backward ? array(wide, weights, false) : w;
    c.input = x.data, c.weight = v.data, c.output = y.data;
    c.workspace = aligned_alloc(64, (size_t)(dsc_convolve_workspace(&c, backward) / 64 + 1) * 64);
    if ((backward ? dsc_convolve_weights(&c) : dsc_convolve(&c)) != DSC_OK) worst = INFINITY;
    int64_t count = backward ? weights : results;
    double *sums = calloc((size_t)count, sizeof(double));
    each(&c, x, w, y, sums, backward);
    double terms = (double)(backward ? results / c.out_channels : weights / c.out_channels);
    for (int64_t i = 0; i < count; i++) compare(at(backward ? v : y, i), sums[i], terms, wide);
    free(sums), free(c.workspace), free(y.data);
    if (backward) free(v.data);
  }
  free(x.data), free(w.data);
}

// An infinity in the input, whose transforms are NaN, reaches the outputs of its window only.
static void infinity(void) {
  enum { CHANNELS = 16, SIZE = 20, AT = 9, COUNT = CHANNELS * SIZE * SIZE };
  DscConvolution c = {.dtype = DSC_FLOAT32, .batch = 1, .groups = 1};
  c.in_channels = c.out_channels = CHANNELS;
  for (int d = 0; d < 3; d++) {
    c.in_size[d] = c.out_size[d] = d == 0 ? 1 : SIZE, c.taps[d] = d == 0 ? 1 : 3;
    c.stride[d] = c.dilation[d] = 1, c.padding[d] = d == 0 ? 0 : 1;
  }
  Array x = array(false, COUNT, true), w = array(false, CHANNELS * CHANNELS * 9, true);
  Array y = array(false, COUNT, false);
  ((float *)x.data)[AT * SIZE + AT] = INFINITY;
  c.input = x.data, c.weight = w.data, c.output = y.data;
  c.workspace = aligned_alloc(64, (size_t)(dsc_convolve_workspace(&c, false) / 64 + 1) * 64);
  if (dsc_convolve(&c) != DSC_OK) worst = INFINITY;
  for (int64_t i = 0; i < COUNT; i++) {
    bool near = llabs(i / SIZE % SIZE - AT) <= 1 && llabs(i % SIZE - AT) <= 1;
    if (near ? !isinf(at(y, i)) : !isfinite(at(y, i))) worst = INFINITY;
  }
  free(x.data), free(w.data), free(y.data), free(c.workspace);
}

int main(void) {
  static const char *names[] = {"portable", "AVX2", "AVX-512", "NEON"};
  int status = 0;
  for (int target = 0; target < DSC_TARGET_COUNT; target++) {
    if (!dsc_set_target_for_testing((DscTarget)target)) continue;
    state = 88172645463325252u, worst = 0;
    for (int i = 0; i < 60; i++) {
      product(i % 2 == 1);
      convolution(shape(i % 2 == 1, i % 3 == 0, i % 4 < 2, false));
      if (i % 4 == 0) convolution(shape(false, false, false, true));
      convolution(shape(i % 2 == 1, true, i % 3 == 0, true));
    }
    infinity();
    printf("%-8s products and convolutions within %.2f\n", names[target], worst);
    if (!(worst < 1)) status = 1;
    double attention = 0;
    for (int i = 0; i < 60; i++) attention = fmax(attention, attention_error());
    printf("%-8s attention within %.1e\n", names[target], attention);
    if (!(attention < 1e-4)) status = 1;
  }
  return status;
}
