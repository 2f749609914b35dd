// Large matrix products: operands in no cache, results past it, and pieces of many threads.
#include "check.h"

// Operands whose lines lie far apart, by a power of two or not: panels are packed as their tiles
// come up, or few tiles read B where it lies. In each layout, with several blocks of k and sizes
// that no tile divides, for 1 to 3 threads.
static void far_product(DscDType dtype, bool a_transposed, bool b_transposed, bool accumulated) {
  const int64_t apart = chance(2) ? 1024 : 1025 + below(300);
  int64_t m = chance(2) ? 49 + below(220) : 2 + below(60), n = 65 + below(240),
          k = 200 + below(820);
  Array a = filled(dtype, (a_transposed ? k : m) * apart),
        b = filled(dtype, (b_transposed ? n : k) * apart);
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
      bool same =
          memcmp(first.view.data, c.view.data, (size_t)(m * n) * dsc_dtype_size(dtype)) == 0;
      CHECK(same, "%d threads of %s", threads, dsc_dtype_name(dtype));
    }
  }
  for (int64_t i = 0; i < m * n; i++) {
    double sum = accumulated ? (double)(i % 7) : 0;
    for (int64_t p = 0; p < k; p++) sum += terms[i / n * k + p] * terms[(m + i % n) * k + p];
    worst = fmax(worst, unexplained(get(&first, i), sum, k, dtype));
  }
  CHECK(worst < 1, "far %lld x %lld x %lld of %s: %g", (long long)m, (long long)n, (long long)k,
        dsc_dtype_name(dtype), worst);
  free(terms), release(&a), release(&b), release(&c), release(&first);
}

// A result so large that tiles write it past the cache: each row has the bits of a small product.
static void large_product(DscDType dtype) {
  enum { N = 1040, K = 5, PART = 100 };
  const int64_t size = (int64_t)dsc_dtype_size(dtype), m = 13000000 / (N * size) + 1;
  Array a = filled(dtype, m * K), b = filled(dtype, K * N), part = vector(dtype, PART * N);
  char *c = aligned_alloc(64, (size_t)(m * N * size + 63) / 64 * 64);
  DscGemm g = {.dtype = dtype, .m = m, .n = N, .k = K, .alpha = 1, .a = a.view.data};
  g.a_row = K, g.a_column = 1, g.b = b.view.data, g.b_row = N, g.b_column = 1;
  g.c = c, g.c_row = N, g.c_column = 1;
  dsc_set_thread_count(2);
  CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
  g.c = part.view.data;
  for (int64_t i = 0; i < m; i += PART) {
    g.m = m - i < PART ? m - i : PART, g.a = (const char *)a.view.data + i * K * size;
    CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
    const bool same = memcmp(c + i * N * size, part.view.data, (size_t)(g.m * N * size)) == 0;
    CHECK(same, "rows from %lld of %s", (long long)i, dsc_dtype_name(dtype));
  }
  free(c), release(&a), release(&b), release(&part);
}

// A matrix that no cache holds times a vector: its rows, which repeat, have the bits of a small
// product, and of a row alone.
static void large_matrix(DscDType dtype) {
  enum { ROWS = 101, BYTES = 25 << 20 };
  const int64_t size = (int64_t)dsc_dtype_size(dtype), k = 900 + below(1400);
  const int64_t m = BYTES / (k * size) + below(9);
  Array some = filled(dtype, ROWS * k), x = filled(dtype, k);
  Array of_some = vector(dtype, ROWS), of_all = vector(dtype, m), alone = vector(dtype, 1);
  char *all = malloc((size_t)(m * k * size));
  for (int64_t i = 0; i < m; i++)
    memcpy(all + i * k * size, (const char *)some.view.data + i % ROWS * k * size,
           (size_t)(k * size));
  DscGemm g = {.dtype = dtype, .m = m, .n = 1, .k = k, .alpha = 1, .a = all, .a_row = k};
  g.a_column = 1, g.b = x.view.data, g.b_row = 1, g.b_column = 1;
  g.c = of_all.view.data, g.c_row = 1, g.c_column = 1;
  dsc_set_thread_count(1 + (int)below(2));
  CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
  g.m = ROWS, g.a = some.view.data, g.c = of_some.view.data;
  CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
  for (int64_t i = 0; i < m; i++) {
    const char *small = (const char *)of_some.view.data + i % ROWS * size;
    const bool same = memcmp((const char *)of_all.view.data + i * size, small, (size_t)size) == 0;
    CHECK(same, "row %lld of %lld x %lld of %s", (long long)i, (long long)m, (long long)k,
          dsc_dtype_name(dtype));
  }
  g.m = 1, g.c = alone.view.data;
  for (int64_t i = 0; i < ROWS; i++) {
    g.a = (const char *)some.view.data + i * k * size;
    CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
    const char *small = (const char *)of_some.view.data + i * size;
    CHECK(memcmp(alone.view.data, small, (size_t)size) == 0, "row %lld of %s alone", (long long)i,
          dsc_dtype_name(dtype));
  }
  free(all), release(&some), release(&x), release(&of_some), release(&of_all), release(&alone);
}

// Few rows of C and a deep k, whose blocks go to threads: the bits of one thread, for any number of
// threads, with all that becomes of sums.
static void deep_product(DscDType dtype) {
  const int64_t m = 20 + below(110), n = 150 + below(200), k = 1024 + below(1100);
  const int64_t size = (int64_t)dsc_dtype_size(dtype), bytes = m * n * size;
  const bool transposed = chance(2);
  Array a = filled(dtype, m * k), b = filled(dtype, k * n), bias = filled(dtype, m + n);
  Array before = filled(dtype, m * n), first = vector(dtype, m * n), c = vector(dtype, m * n);
  DscGemm g = {.dtype = dtype, .m = m, .n = n, .k = k, .alpha = chance(2) ? 1 : 0.5};
  g.beta = chance(2) ? 0 : 0.25;
  g.a = a.view.data, g.a_row = transposed ? 1 : k, g.a_column = transposed ? m : 1;
  g.b = b.view.data, g.b_row = n, g.b_column = 1, g.c_row = n, g.c_column = 1;
  if (chance(2)) g.bias = bias.view.data, g.bias_row = chance(2), g.bias_column = chance(2);
  for (int threads = 1; threads <= 6; threads++) {
    Array *to = threads == 1 ? &first : &c;
    memcpy(to->view.data, before.view.data, (size_t)bytes);
    for (int64_t i = 0; i < m * n && g.beta == 0; i++) set(to, i, NAN);
    g.c = to->view.data;
    dsc_set_thread_count(threads);
    CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
    const bool same = memcmp(first.view.data, to->view.data, (size_t)bytes) == 0;
    CHECK(same, "%lld x %lld x %lld of %s by %d threads", (long long)m, (long long)n, (long long)k,
          dsc_dtype_name(dtype), threads);
  }
  double worst = 0;
  for (int64_t i = 0; i < m * n; i += 1 + below(99)) {
    double sum = 0;
    for (int64_t p = 0; p < k; p++)
      sum += get(&a, i / n * g.a_row + p * g.a_column) * get(&b, p * n + i % n);
    sum = g.alpha * sum + g.beta * get(&before, i);
    if (g.bias != NULL) sum += get(&bias, i / n * g.bias_row + i % n * g.bias_column);
    worst = fmax(worst, unexplained(get(&first, i), sum, k, dtype));
  }
  CHECK(worst < 1, "deep %lld x %lld x %lld of %s: %g", (long long)m, (long long)n, (long long)k,
        dsc_dtype_name(dtype), worst);
  release(&a), release(&b), release(&bias), release(&before), release(&first), release(&c);
}

void check_large_products(void) {
  const DscDType floating[4] = {DSC_FLOAT32, DSC_FLOAT64, DSC_FLOAT16, DSC_BFLOAT16};
  for (int i = 0; i < 32; i++) far_product(floating[i % 4], i & 4, i & 8, i & 16);
  for (int i = 0; i < 4; i++) large_product(floating[i]), large_matrix(floating[i]);
  for (int i = 0; i < 32; i++) deep_product(floating[i % 4]);
}
