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

// A matrix of a batch of two, in random strides; `step` is that from batch to batch, 0 if both share one.
static Array matrix(DscDType dtype, int64_t rows, int64_t columns, bool shared, int64_t *step) {
  int64_t shape[3] = {2, rows, columns};
  Array a = array(dtype, 3, shape, shared ? CONTIGUOUS : STRIDED);
  fill(&a, is_floating(dtype) ? 1 : 20, false);
  if (shared)
    for (int64_t i = 0; i < rows * columns; i++) set(&a, rows * columns + i, get(&a, i));
  *step = shared ? 0 : a.view.strides[0];
  return a;
}

static void product(DscDType dtype) {
  bool small = chance(3);
  int64_t m = small ? any_size(9) : 1 + below(70), n = small ? any_size(9) : 1 + below(150), k = any_size(600);
  DscGemm g = {.dtype = dtype, .m = m, .n = n, .k = k, .alpha = 1, .batch_ndim = 1, .batch_shape = {2}};
  bool floating = is_floating(dtype), biased = floating && chance(2);
  if (floating && chance(3)) g.alpha = 0.5;
  if (floating && chance(3)) g.beta = chance(2) ? 1 : -0.25;
  Array a = matrix(dtype, m, k, chance(3), &g.a_batch[0]), b = matrix(dtype, k, n, chance(3), &g.b_batch[0]);
  Array c = matrix(dtype, m, n, false, &g.c_batch[0]), bias = matrix(dtype, m, n, false, &(int64_t){0});
  g.a = a.view.data, g.a_row = a.view.strides[1], g.a_column = a.view.strides[2];
  g.b = b.view.data, g.b_row = b.view.strides[1], g.b_column = b.view.strides[2];
  g.c = c.view.data, g.c_row = c.view.strides[1], g.c_column = c.view.strides[2];
  if (biased) g.bias = bias.view.data, g.bias_row = chance(2) ? bias.view.strides[1] : 0;
  if (biased) g.bias_column = chance(2) ? bias.view.strides[2] : 0;
  double *before = malloc((size_t)(c.count + 1) * sizeof(double)), worst = 0;
  for (int64_t i = 0; i < c.count; i++) before[i] = get(&c, i);
  if (g.beta == 0)  // then C is not read
    for (int64_t i = 0; i < c.count && floating; i++) set(&c, i, NAN);
  CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
  for (int64_t i = 0; i < c.count; i++) {
    int64_t at = i / (m * n), row = i / n % m, column = i % n;
    double sum = 0;
    for (int64_t p = 0; p < k; p++) {
      double term = get(&a, (at * m + row) * k + p) * get(&b, (at * k + p) * n + column);
      sum = dtype == DSC_BOOL ? sum != 0 || term != 0 : sum + term;
    }
    double e = g.alpha * sum + (g.beta == 0 ? 0 : g.beta * before[i]);
    if (biased) e += get(&bias, (g.bias_row == 0 ? 0 : row) * n + (g.bias_column == 0 ? 0 : column));
    if (!floating) {
      CHECK(get(&c, i) == rounded(dtype, e), "%s: %g, not %g", dsc_dtype_name(dtype), get(&c, i), rounded(dtype, e));
      continue;
    }
    bool half = dtype == DSC_FLOAT16 || dtype == DSC_BFLOAT16;
    double slack = half ? unit_of(dtype, e) : 0;
    worst = fmax(worst, fmax(0, error_of(get(&c, i), e, (double)k, dtype) - slack / 0x1p-23 / ((double)k + 2)));
  }
  CHECK(worst < 1, "%lld x %lld x %lld of %s: %g", (long long)m, (long long)n, (long long)k, dsc_dtype_name(dtype),
        worst);
  free(before), release(&a), release(&b), release(&c), release(&bias);
}

// Operands whose lines lie far apart, by a power of two or not: panels are packed as their tiles come up, or few
// tiles read B where it lies. In each layout, with several blocks of k and sizes that no tile divides, for 1 to 3
// threads.
static void far_product(DscDType dtype, bool a_transposed, bool b_transposed, bool accumulated) {
  const int64_t apart = chance(2) ? 1024 : 1000;
  int64_t m = chance(2) ? 49 + below(130) : 2 + below(60), n = 65 + below(200), k = 200 + below(500);
  Array a = numbers(dtype, (a_transposed ? k : m) * apart), b = numbers(dtype, (b_transposed ? n : k) * apart);
  Array c = vector(dtype, m * n), first = vector(dtype, m * n);
  DscGemm g = {.dtype = dtype, .m = m, .n = n, .k = k, .alpha = 1, .beta = accumulated};
  g.a = a.view.data, g.a_row = a_transposed ? 1 : apart, g.a_column = a_transposed ? apart : 1;
  g.b = b.view.data, g.b_row = b_transposed ? 1 : apart, g.b_column = b_transposed ? apart : 1;
  g.c_row = n, g.c_column = 1;
  double *terms = malloc((size_t)(m + n) * (size_t)k * sizeof(double)), worst = 0;
  for (int64_t i = 0; i < m; i++)
    for (int64_t p = 0; p < k; p++) terms[i * k + p] = get(&a, i * g.a_row + p * g.a_column);
  for (int64_t j = 0; j < n; j++)
    for (int64_t p = 0; p < k; p++) terms[(m + j) * k + p] = get(&b, p * g.b_row + j * g.b_column);
  for (int threads = 1; threads <= 3; threads++) {
    Array *to = threads == 1 ? &first : &c;
    for (int64_t i = 0; i < m * n; i++) set(to, i, accumulated ? (double)(i % 7) : NAN);
    g.c = to->view.data;
    dsc_set_thread_count(threads);
    CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
    if (threads > 1) {
      bool same = memcmp(first.view.data, c.view.data, (size_t)(m * n) * dsc_dtype_size(dtype)) == 0;
      CHECK(same, "%d threads of %s", threads, dsc_dtype_name(dtype));
    }
  }
  for (int64_t i = 0; i < m * n; i++) {
    double sum = accumulated ? (double)(i % 7) : 0;
    for (int64_t p = 0; p < k; p++) sum += terms[i / n * k + p] * terms[(m + i % n) * k + p];
    worst = fmax(worst, error_of(get(&first, i), sum, (double)k, dtype));
  }
  CHECK(worst < 1, "far %lld x %lld x %lld of %s: %g", (long long)m, (long long)n, (long long)k,
        dsc_dtype_name(dtype), worst);
  free(terms), release(&a), release(&b), release(&c), release(&first);
}

// Few columns that are long dot products: a row has the bits of a product of one row, for 1 to 3 threads.
static void narrow_product(DscDType dtype) {
  int64_t m = 2 + below(chance(3) ? 400 : 40), n = 1 + below(13), k = 250 + below(chance(3) ? 2000 : 300);
  int64_t a_row = k + below(3), b_column = k + below(3);
  Array a = numbers(dtype, m * a_row), b = numbers(dtype, n * b_column), bias = numbers(dtype, n);
  Array c = vector(dtype, m * n), first = vector(dtype, m * n), row = vector(dtype, n);
  DscGemm g = {.dtype = dtype, .m = m, .n = n, .k = k, .alpha = chance(2) ? 1 : 0.5, .beta = chance(2) ? 0 : 0.25};
  g.a = a.view.data, g.a_row = a_row, g.a_column = 1, g.b = b.view.data, g.b_row = 1, g.b_column = b_column;
  g.c_row = n, g.c_column = 1;
  if (chance(2)) g.bias = bias.view.data, g.bias_column = 1;
  for (int threads = 1; threads <= 3; threads++) {
    Array *to = threads == 1 ? &first : &c;
    for (int64_t i = 0; i < m * n; i++) set(to, i, g.beta == 0 ? NAN : (double)(i % 7));
    g.c = to->view.data;
    dsc_set_thread_count(threads);
    CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
    bool same = threads == 1 || memcmp(first.view.data, c.view.data, (size_t)(m * n) * dsc_dtype_size(dtype)) == 0;
    CHECK(same, "%d threads of %s", threads, dsc_dtype_name(dtype));
  }
  double worst = 0;
  for (int64_t i = 0; i < m * n; i++) {
    double sum = 0;
    for (int64_t p = 0; p < k; p++) sum += get(&a, i / n * a_row + p) * get(&b, i % n * b_column + p);
    double e = g.alpha * sum + g.beta * (double)(i % 7) + (g.bias != NULL ? get(&bias, i % n) : 0);
    worst = fmax(worst, error_of(get(&first, i), e, (double)k, dtype));
  }
  CHECK(worst < 1, "narrow %lld x %lld x %lld of %s: %g", (long long)m, (long long)n, (long long)k,
        dsc_dtype_name(dtype), worst);
  int64_t last = m - 1, size = (int64_t)dsc_dtype_size(dtype);
  for (int64_t j = 0; j < n; j++) set(&row, j, (double)((last * n + j) % 7));
  g.m = 1, g.a = (char *)a.view.data + last * a_row * size, g.c = row.view.data;
  CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
  bool same = memcmp(row.view.data, (char *)first.view.data + last * n * size, (size_t)(n * size)) == 0;
  CHECK(same || n > 12 || k < 256, "one row of %s", dsc_dtype_name(dtype));
  release(&a), release(&b), release(&c), release(&first), release(&bias), release(&row);
}

static int64_t outputs(const DscConvolution *c, int d) {
  int64_t reach = c->dilation[d] * (c->taps[d] - 1) + 1;
  return (c->in_size[d] + 2 * c->padding[d] - reach) / c->stride[d] + 1;
}

// What a convolution or one of its gradients makes.
typedef enum { OUTPUT, WEIGHT, INPUT } Made;

// Sums over the pairs of elements that meet, of input, weight and output.
static void each(const DscConvolution *c, const Array *x, const Array *w, const Array *y, double *sums, Made made) {
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
                if (made == WEIGHT)
                  sums[tap] += get(y, to) * get(x, from);
                else if (made == INPUT)
                  sums[from] += get(y, to) * get(w, tap);
                else
                  sums[to] += get(w, tap) * get(x, from);
              }
}

// Random sizes; `dense`: square kernels of stride 1 that walk forward or backward, and enough
// channels for transformed tiles (Winograd) where they are not depthwise.
static DscConvolution shape(DscDType dtype, bool depthwise, bool large, bool dense) {
  DscConvolution c = {.dtype = dtype, .batch = 1 + below(3)};
  c.groups = depthwise ? 1 + below(6) : 1 + below(2);
  c.in_channels = c.groups * (depthwise ? 1 : 1 + below(9));
  c.out_channels = c.groups * (1 + below(depthwise ? 8 : 20));
  for (int d = 0; d < 3; d++) {
    c.taps[d] = d == 0 ? 1 : 1 + below(6), c.stride[d] = d == 0 ? 1 : 1 + below(3);
    c.dilation[d] = d == 0 ? 1 : 1 + below(2), c.padding[d] = d == 0 ? 0 : below(3);
    c.in_size[d] = d == 0 ? 1 : c.dilation[d] * c.taps[d] + below(large ? 50 : 8);
    c.out_size[d] = outputs(&c, d);
  }
  if (!depthwise && chance(2))  // for products a tap
    c.in_channels = c.groups * (16 + below(40)), c.out_channels = c.groups * (16 + below(40));
  if (!dense) return c;
  if (!depthwise)
    c.in_channels = c.groups * (16 + below(30)), c.out_channels = c.groups * (16 + below(60));
  int64_t taps = 3 + 2 * below(2);
  for (int d = 1; d < 3; d++) {
    bool backward = chance(2);
    c.taps[d] = taps, c.stride[d] = 1, c.dilation[d] = backward ? -1 : 1;
    c.padding[d] = (backward ? 1 - taps : 0) + below(taps);
    c.in_size[d] = taps + below(large ? 70 : 24);
    c.out_size[d] = c.in_size[d] - below(taps);
  }
  return c;
}

// Makes one of the three and gives it the memory that it asks for.
static void make(DscConvolution *c, Made made) {
  int64_t bytes = made == INPUT ? dsc_convolve_input_workspace(c) : dsc_convolve_workspace(c, made == WEIGHT);
  c->workspace = aligned_alloc(64, (size_t)(bytes / 64 + 1) * 64);
  int status = made == OUTPUT ? dsc_convolve(c) : made == WEIGHT ? dsc_convolve_weights(c) : dsc_convolve_input(c);
  CHECK(status == DSC_OK, "dsc_convolve");
  free(c->workspace);
}

static void convolution(DscConvolution c) {
  DscDType dtype = c.dtype;
  int64_t inputs = c.batch * c.in_channels * c.in_size[1] * c.in_size[2];
  int64_t results = c.batch * c.out_channels * c.out_size[1] * c.out_size[2];
  int64_t weights = c.out_channels * (c.in_channels / c.groups) * c.taps[1] * c.taps[2];
  int64_t counts[] = {results, weights, inputs};
  Array x = numbers(dtype, inputs), w = numbers(dtype, weights), y = numbers(dtype, results);
  for (Made made = OUTPUT; made <= INPUT; made++) {
    c.exchanged = made == OUTPUT && chance(2);
    int64_t count = counts[made];
    Array result = vector(dtype, count);
    c.input = made == INPUT ? result.view.data : x.view.data;
    c.weight = made == WEIGHT ? result.view.data : w.view.data;
    c.output = made == OUTPUT ? result.view.data : y.view.data;
    make(&c, made);
    double *sums = calloc((size_t)count, sizeof(double)), worst = 0;
    each(&c, &x, &w, &y, sums, made);
    double terms = (double)(made == OUTPUT ? weights / c.out_channels
                            : made == WEIGHT ? results / c.out_channels
                                             : weights / (c.in_channels / c.groups));
    for (int64_t i = 0; i < count; i++) worst = fmax(worst, error_of(get(&result, i), sums[i], terms, dtype));
    CHECK(worst < 1, "convolution %d: %g", made, worst);
    free(sums), release(&result);
  }
  release(&x), release(&w), release(&y);
}

// A depthwise result so large that it goes past the cache; its lines are read in place, or from a grid.
static void large_depthwise(bool in_place) {
  DscConvolution c = {.dtype = DSC_FLOAT32, .batch = 2, .groups = 800, .in_channels = 800, .out_channels = 800};
  for (int d = 0; d < 3; d++) {
    c.taps[d] = d == 0 ? 1 : 3, c.stride[d] = 1, c.dilation[d] = d == 0 || in_place ? 1 : 2;
    c.padding[d] = d == 0 ? 0 : c.dilation[d], c.in_size[d] = c.out_size[d] = d == 0 ? 1 : 45;
  }
  convolution(c);
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
  Array x = numbers(DSC_FLOAT32, COUNT), w = numbers(DSC_FLOAT32, CHANNELS * CHANNELS * 9);
  Array y = vector(DSC_FLOAT32, COUNT);
  set(&x, AT * SIZE + AT, INFINITY);
  c.input = x.view.data, c.weight = w.view.data, c.output = y.view.data;
  make(&c, OUTPUT);
  for (int64_t i = 0; i < COUNT; i++) {
    bool beside = llabs(i / SIZE % SIZE - AT) <= 1 && llabs(i % SIZE - AT) <= 1;
    CHECK(beside ? isinf(get(&y, i)) : isfinite(get(&y, i)), "an infinity: %g", get(&y, i));
  }
  release(&x), release(&w), release(&y);
}

// Lines of every kind, and products a tap, give the same bits with any number of threads.
static void threads(void) {
  static const int64_t sizes[][5] = {{1, 28, 6, 2, 1},  {6, 14, 16, 0, 1}, {16, 10, 6, 4, 1},
                                     {3, 40, 20, 2, 1}, {40, 6, 50, 2, 1}, {24, 12, 40, 2, 2}};
  for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
    DscConvolution c = {.dtype = DSC_FLOAT32, .batch = 5, .groups = 1, .in_channels = sizes[i][0]};
    c.out_channels = sizes[i][2];
    for (int d = 0; d < 3; d++) {
      c.taps[d] = d == 0 ? 1 : 5, c.stride[d] = d == 0 ? 1 : sizes[i][4], c.dilation[d] = 1;
      c.padding[d] = d == 0 ? 0 : sizes[i][3];
      c.in_size[d] = d == 0 ? 1 : sizes[i][1], c.out_size[d] = outputs(&c, d);
    }
    Array x = numbers(DSC_FLOAT32, c.batch * c.in_channels * c.in_size[1] * c.in_size[2]);
    Array w = numbers(DSC_FLOAT32, c.out_channels * c.in_channels * 25);
    Array y = vector(DSC_FLOAT32, c.batch * c.out_channels * c.out_size[1] * c.out_size[2]);
    for (Made made = OUTPUT; made <= INPUT; made++) {
      Array *result = made == OUTPUT ? &y : made == WEIGHT ? &w : &x;
      size_t bytes = (size_t)result->count * sizeof(float);
      float *first = malloc(bytes);
      for (int count = 1; count <= 3; count++) {
        dsc_set_thread_count(count);
        c.input = x.view.data, c.weight = w.view.data, c.output = y.view.data;
        make(&c, made);
        if (count == 1) memcpy(first, result->view.data, bytes);
        CHECK(memcmp(first, result->view.data, bytes) == 0, "%d threads", count);
      }
      free(first);
    }
    release(&x), release(&w), release(&y);
  }
}

void check_products(void) {
  threads();
  for (int i = 0; i < 60; i++) product((DscDType)(i % DSC_DTYPE_COUNT));
  for (int i = 0; i < 60; i++) {
    product(i % 2 == 1 ? DSC_FLOAT64 : DSC_FLOAT32);
    DscDType dtype = i % 2 == 1 ? DSC_FLOAT64 : DSC_FLOAT32;
    convolution(shape(dtype, i % 3 == 0, i % 4 < 2, false));
    if (i % 4 == 0) convolution(shape(DSC_FLOAT32, false, false, true));
    convolution(shape(dtype, true, i % 3 == 0, true));
  }
  for (int i = 0; i < 16; i++)
    far_product(i % 2 == 1 ? DSC_FLOAT64 : DSC_FLOAT32, i & 2, i & 4, i & 8);
  for (int i = 0; i < 40; i++) narrow_product(i % 2 == 1 ? DSC_FLOAT64 : DSC_FLOAT32);
  infinity();
  large_depthwise(true);
  large_depthwise(false);
}
