// Products and convolutions against their definition.
#include "check.h"

// The worst error in units of what rounding may do: a sum of random signs grows with the root of
// its terms, and the roundings of its steps with theirs.
static double error_of(double got, double expected, double terms, DscDType dtype) {
  double unit = dtype == DSC_FLOAT64 ? 0x1p-52 : 0x1p-23;
  return isnan(got) ? INFINITY : fabs(got - expected) / (unit * (terms + 2));
}

static Array numbers(DscDType dtype, int64_t count) {
  Array a = vector(dtype, count);
  fill(&a, 1, false);
  return a;
}

static void product(DscDType dtype) {
  int64_t m = 1 + below(70), n = 1 + below(150), k = 1 + below(600);
  bool ta = below(2) == 1, tb = below(2) == 1, tc = below(4) == 0;
  Array a = numbers(dtype, m * k), b = numbers(dtype, k * n), c = vector(dtype, m * n);
  Array bias = numbers(dtype, n);
  DscGemm g = {.dtype = dtype,
               .m = m,
               .n = n,
               .k = k,
               .a = a.view.data,
               .b = b.view.data,
               .c = c.view.data,
               .a_row = ta ? 1 : k,
               .a_column = ta ? m : 1,
               .b_row = tb ? 1 : n,
               .b_column = tb ? k : 1,
               .c_row = tc ? 1 : n,
               .c_column = tc ? m : 1,
               .bias = bias.view.data,
               .bias_column = 1,
               .alpha = 1};
  CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm");
  double worst = 0;
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      double sum = get(&bias, j);
      for (int64_t p = 0; p < k; p++)
        sum += get(&a, i * g.a_row + p * g.a_column) * get(&b, p * g.b_row + j * g.b_column);
      worst = fmax(worst, error_of(get(&c, i * g.c_row + j * g.c_column), sum, (double)k, dtype));
    }
  CHECK(worst < 1, "%lld x %lld x %lld: %g", (long long)m, (long long)n, (long long)k, worst);
  release(&a), release(&b), release(&c), release(&bias);
}

static int64_t outputs(const DscConvolution *c, int d) {
  int64_t reach = c->dilation[d] * (c->taps[d] - 1) + 1;
  return (c->in_size[d] + 2 * c->padding[d] - reach) / c->stride[d] + 1;
}

// Calls `body` for each pair of elements that meet: of input, weight and output.
static void each(const DscConvolution *c, const Array *x, const Array *w, const Array *y, double *sums, bool weights) {
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
                int64_t tap = ((o * per + ch) * taps[1] + p) * taps[2] + q;
                int64_t to = ((n * c->out_channels + o) * out[1] + i) * out[2] + j;
                if (weights)
                  sums[tap] += get(y, to) * get(x, from);
                else
                  sums[to] += get(w, tap) * get(x, from);
              }
}

static void convolution(DscDType dtype, bool depthwise, bool large) {
  DscConvolution c = {.dtype = dtype, .batch = 1 + below(3)};
  c.groups = depthwise ? 1 + below(6) : 1 + below(2);
  c.in_channels = c.groups * (depthwise ? 1 : 1 + below(9));
  c.out_channels = c.groups * (1 + below(depthwise ? 3 : 20));
  for (int d = 0; d < 3; d++) {
    c.taps[d] = d == 0 ? 1 : 1 + below(4), c.stride[d] = d == 0 ? 1 : 1 + below(3);
    c.dilation[d] = d == 0 ? 1 : 1 + below(2), c.padding[d] = d == 0 ? 0 : below(3);
    c.in_size[d] = d == 0 ? 1 : c.dilation[d] * c.taps[d] + below(large ? 50 : 8);
    c.out_size[d] = outputs(&c, d);
  }
  int64_t inputs = c.batch * c.in_channels * c.in_size[1] * c.in_size[2];
  int64_t results = c.batch * c.out_channels * c.out_size[1] * c.out_size[2];
  int64_t weights = c.out_channels * (c.in_channels / c.groups) * c.taps[1] * c.taps[2];
  Array x = numbers(dtype, inputs), w = numbers(dtype, weights);
  for (int backward = 0; backward < 2; backward++) {
    Array y = backward ? numbers(dtype, results) : vector(dtype, results);
    Array v = backward ? vector(dtype, weights) : w;
    c.input = x.view.data, c.weight = v.view.data, c.output = y.view.data;
    c.workspace = aligned_alloc(64, (size_t)(dsc_convolve_workspace(&c, backward) / 64 + 1) * 64);
    CHECK((backward ? dsc_convolve_weights(&c) : dsc_convolve(&c)) == DSC_OK, "dsc_convolve");
    int64_t count = backward ? weights : results;
    double *sums = calloc((size_t)count, sizeof(double)), worst = 0;
    each(&c, &x, &w, &y, sums, backward);
    double terms = (double)(backward ? results / c.out_channels : weights / c.out_channels);
    for (int64_t i = 0; i < count; i++)
      worst = fmax(worst, error_of(get(backward ? &v : &y, i), sums[i], terms, dtype));
    CHECK(worst < 1, "convolution %d: %g", backward, worst);
    free(sums), free(c.workspace), release(&y);
    if (backward) release(&v);
  }
  release(&x), release(&w);
}

void check_products(void) {
  for (int i = 0; i < 60; i++) {
    DscDType dtype = i % 2 == 1 ? DSC_FLOAT64 : DSC_FLOAT32;
    product(dtype);
    convolution(dtype, i % 3 == 0, i % 4 < 2);
  }
}
