// Matrix products against their definition.
#include "check.h"

// A matrix of a batch of two, in random strides; `step` is that from batch to batch, 0 if both
// share one.
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
  int64_t m = small ? any_size(9) : 1 + below(70), n = small ? any_size(9) : 1 + below(150),
          k = any_size(1100);
  DscGemm g = {
      .dtype = dtype, .m = m, .n = n, .k = k, .alpha = 1, .batch_ndim = 1, .batch_shape = {2}};
  bool floating = is_floating(dtype), biased = floating && chance(2);
  if (floating && chance(3)) g.alpha = 0.5;
  if (floating && chance(3)) g.beta = chance(2) ? 1 : -0.25;
  Array a = matrix(dtype, m, k, chance(3), &g.a_batch[0]),
        b = matrix(dtype, k, n, chance(3), &g.b_batch[0]);
  Array c = matrix(dtype, m, n, false, &g.c_batch[0]),
        bias = matrix(dtype, m, n, false, &(int64_t){0});
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
    if (biased)
      e += get(&bias, (g.bias_row == 0 ? 0 : row) * n + (g.bias_column == 0 ? 0 : column));
    if (!floating) {
      CHECK(get(&c, i) == rounded(dtype, e), "%s: %g, not %g", dsc_dtype_name(dtype), get(&c, i),
            rounded(dtype, e));
      continue;
    }
    worst = fmax(worst, unexplained(get(&c, i), e, k, dtype));
  }
  CHECK(worst < 1, "%lld x %lld x %lld of %s: %g", (long long)m, (long long)n, (long long)k,
        dsc_dtype_name(dtype), worst);
  free(before), release(&a), release(&b), release(&c), release(&bias);
}

// Pairs of bfloat16 are added in the order of single multiply-adds: the bits of AVX2, with any k
// and in each layout.
static void bfloat_pairs(void) {
  if (dsc_target() != DSC_TARGET_AVX512) return;
  const int64_t m = 2 + below(60), n = 2 + below(150), k = 1 + below(chance(2) ? 40 : 900);
  const bool a_transposed = chance(2), b_transposed = chance(2);
  const int64_t a_line = (a_transposed ? m : k) + below(3),
                b_line = (b_transposed ? k : n) + below(3);
  Array a = filled(DSC_BFLOAT16, (a_transposed ? k : m) * a_line), bias = filled(DSC_BFLOAT16, n);
  Array b = filled(DSC_BFLOAT16, (b_transposed ? n : k) * b_line);
  Array c = vector(DSC_BFLOAT16, m * n), of_singles = vector(DSC_BFLOAT16, m * n);
  DscGemm g = {.dtype = DSC_BFLOAT16,
               .m = m,
               .n = n,
               .k = k,
               .alpha = 1,
               .a = a.view.data,
               .b = b.view.data};
  g.a_row = a_transposed ? 1 : a_line, g.a_column = a_transposed ? a_line : 1;
  g.b_row = b_transposed ? 1 : b_line, g.b_column = b_transposed ? b_line : 1;
  g.c = c.view.data, g.c_row = n, g.c_column = 1;
  if (chance(2)) g.bias = bias.view.data, g.bias_column = 1;
  CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm");
  dsc_set_target_for_testing(DSC_TARGET_AVX2);
  g.c = of_singles.view.data;
  CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm");
  dsc_set_target_for_testing(DSC_TARGET_AVX512);
  const bool same =
      memcmp(c.view.data, of_singles.view.data, (size_t)(m * n) * sizeof(uint16_t)) == 0;
  CHECK(same, "pairs of %lld x %lld x %lld", (long long)m, (long long)n, (long long)k);
  release(&a), release(&b), release(&c), release(&of_singles), release(&bias);
}

// Any number of rows left to the last thread, one among them: the same bits for 1 to 3 threads.
static void rows_left(int64_t m) {
  enum { N = 14, K = 6000 };
  Array a = filled(DSC_FLOAT32, m * K), b = filled(DSC_FLOAT32, N * K);
  Array c = vector(DSC_FLOAT32, m * N), first = vector(DSC_FLOAT32, m * N);
  DscGemm g = {
      .dtype = DSC_FLOAT32, .m = m, .n = N, .k = K, .alpha = 1, .a = a.view.data, .b = b.view.data};
  g.a_row = K, g.a_column = 1, g.b_row = m % 2 == 0 ? 1 : N, g.b_column = m % 2 == 0 ? K : 1;
  g.c_row = N, g.c_column = 1;
  for (int threads = 1; threads <= 3; threads++) {
    g.c = threads == 1 ? first.view.data : c.view.data;
    dsc_set_thread_count(threads);
    CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm");
    bool same =
        threads == 1 || memcmp(first.view.data, c.view.data, (size_t)(m * N) * sizeof(float)) == 0;
    CHECK(same, "%d threads, %d rows", threads, (int)m);
  }
  release(&a), release(&b), release(&c), release(&first);
}

// Few columns that are long dot products: a row has the bits of a product of one row, for 1 to 3
// threads.
static void narrow_product(DscDType dtype) {
  int64_t m = 2 + below(chance(3) ? 400 : 40), n = 1 + below(13),
          k = 250 + below(chance(3) ? 2000 : 300);
  int64_t a_row = k + below(3), b_column = k + below(3);
  Array a = filled(dtype, m * a_row), b = filled(dtype, n * b_column), bias = filled(dtype, n);
  Array c = vector(dtype, m * n), first = vector(dtype, m * n), row = vector(dtype, n);
  DscGemm g = {.dtype = dtype,
               .m = m,
               .n = n,
               .k = k,
               .alpha = chance(2) ? 1 : 0.5,
               .beta = chance(2) ? 0 : 0.25};
  g.a = a.view.data, g.a_row = a_row, g.a_column = 1, g.b = b.view.data, g.b_row = 1,
  g.b_column = b_column;
  g.c_row = n, g.c_column = 1;
  if (chance(2)) g.bias = bias.view.data, g.bias_column = 1;
  for (int threads = 1; threads <= 3; threads++) {
    Array *to = threads == 1 ? &first : &c;
    for (int64_t i = 0; i < m * n; i++) set(to, i, g.beta == 0 ? NAN : (double)(i % 7));
    g.c = to->view.data;
    dsc_set_thread_count(threads);
    CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
    bool same = threads == 1 ||
                memcmp(first.view.data, c.view.data, (size_t)(m * n) * dsc_dtype_size(dtype)) == 0;
    CHECK(same, "%d threads of %s", threads, dsc_dtype_name(dtype));
  }
  double worst = 0;
  for (int64_t i = 0; i < m * n; i++) {
    double sum = 0;
    for (int64_t p = 0; p < k; p++)
      sum += get(&a, i / n * a_row + p) * get(&b, i % n * b_column + p);
    double e = g.alpha * sum + g.beta * (double)(i % 7) + (g.bias != NULL ? get(&bias, i % n) : 0);
    worst = fmax(worst, unexplained(get(&first, i), e, k, dtype));
  }
  CHECK(worst < 1, "narrow %lld x %lld x %lld of %s: %g", (long long)m, (long long)n, (long long)k,
        dsc_dtype_name(dtype), worst);
  int64_t last = m - 1, size = (int64_t)dsc_dtype_size(dtype);
  for (int64_t j = 0; j < n; j++) set(&row, j, (double)((last * n + j) % 7));
  g.m = 1, g.a = (char *)a.view.data + last * a_row * size, g.c = row.view.data;
  CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
  bool same =
      memcmp(row.view.data, (char *)first.view.data + last * n * size, (size_t)(n * size)) == 0;
  CHECK(same || n > 12 || k < 256, "one row of %s", dsc_dtype_name(dtype));
  release(&a), release(&b), release(&c), release(&first), release(&bias), release(&row);
}

static int64_t integer_at(const Array *a, int64_t index) {
  return a->view.dtype == DSC_INT64 ? *(const int64_t *)place(a, index) : (int64_t)get(a, index);
}

// Integers of all sizes, which wrap, and masks: over several blocks of k, single rows, all layouts
// and numbers before the product, for 1 to 3 threads.
static void integer_product(DscDType dtype) {
  const int64_t m = chance(3) ? 1 : 1 + below(20), n = 1 + below(chance(3) ? 600 : 150),
                k = any_size(1300);
  int64_t sizes[3][2] = {{m, k}, {k, n}, {m, n}};
  Array x[4];
  DscGemm g = {.dtype = dtype,
               .m = m,
               .n = n,
               .k = k,
               .alpha = (double)(1 + below(2)),
               .beta = (double)(below(4) - 1)};
  for (int i = 0; i < 4; i++) {
    int64_t *shape = sizes[i < 3 ? i : 2], turned[2] = {shape[1], shape[0]};
    const bool transposed = chance(2);
    x[i] = array(dtype, 2, transposed ? turned : shape, chance(3) ? STRIDED : CONTIGUOUS);
    for (int64_t e = 0; e < x[i].count; e++) {
      const int64_t value = dtype == DSC_BOOL ? chance(20) : (int64_t)(draw() * 9e18);
      memcpy(place(&x[i], e), &value, dsc_dtype_size(dtype));
    }
    const int64_t first = x[i].view.strides[0];
    if (transposed) x[i].view.strides[0] = x[i].view.strides[1], x[i].view.strides[1] = first;
    x[i].shape[0] = shape[0], x[i].shape[1] = shape[1];
  }
  g.a = x[0].view.data, g.a_row = x[0].view.strides[0], g.a_column = x[0].view.strides[1];
  g.b = x[1].view.data, g.b_row = x[1].view.strides[0], g.b_column = x[1].view.strides[1];
  g.c = x[2].view.data, g.c_row = x[2].view.strides[0], g.c_column = x[2].view.strides[1];
  if (chance(2))
    g.bias = x[3].view.data, g.bias_row = x[3].view.strides[0],
    g.bias_column = x[3].view.strides[1];
  const uint64_t alpha = (uint64_t)(int64_t)g.alpha, beta = (uint64_t)(int64_t)g.beta;
  uint64_t *expected = malloc((size_t)(m * n) * sizeof(uint64_t));
  for (int64_t i = 0; i < m * n; i++) {
    uint64_t sum = 0;
    for (int64_t l = 0; l < k; l++)
      sum +=
          (uint64_t)integer_at(&x[0], i / n * k + l) * (uint64_t)integer_at(&x[1], l * n + i % n);
    const uint64_t before = (uint64_t)integer_at(&x[2], i),
                   bias = g.bias ? (uint64_t)integer_at(&x[3], i) : 0;
    expected[i] = alpha * sum + beta * before + bias;
    if (dtype == DSC_BOOL) expected[i] = sum != 0 || (beta != 0 && before != 0) || bias != 0;
  }
  dsc_set_thread_count(1 + (int)below(3));
  CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
  for (int64_t i = 0; i < m * n; i++)
    CHECK(memcmp(place(&x[2], i), &expected[i], dsc_dtype_size(dtype)) == 0,
          "%lld x %lld x %lld of %s: %g, not %lld", (long long)m, (long long)n, (long long)k,
          dsc_dtype_name(dtype), get(&x[2], i), (long long)expected[i]);
  dsc_set_thread_count(3);
  free(expected);
  for (int i = 0; i < 4; i++) release(&x[i]);
}

// Small matrices, many or few, in any layout of matrices and of their batch: against the
// definition, for 1 to 3 threads, and with the bits of the product of each position alone.
static void small_products(DscDType dtype) {
  const int64_t m = any_size(10), n = any_size(10),
                k = chance(5) ? 28 + below(chance(2) ? 40 : 260) : any_size(10);
  const int64_t batch[2] = {1 + below(12), 1 + below(chance(5) ? 60 : 12)},
                count = batch[0] * batch[1];
  Layout layout[3] = {(Layout)below(2), (Layout)below(2), (Layout)below(2)};
  Array a = array(dtype, 4, (int64_t[]){batch[0], batch[1], m, k}, layout[0]);
  Array b = array(dtype, 4, (int64_t[]){batch[0], batch[1], k, n}, layout[1]);
  Array c = array(dtype, 4, (int64_t[]){batch[0], batch[1], m, n}, layout[2]),
        bias = filled(dtype, m * n);
  Array first = vector(dtype, c.count), one = vector(dtype, m * n);
  const DscView whole[2] = {a.view, b.view};
  for (int d = 0; d < 2; d++) {  // broadcast
    if (chance(4)) a.view.strides[d] = 0;
    if (chance(4)) b.view.strides[d] = 0;
  }
  fill(&a, 1, false), fill(&b, 1, false);
  DscGemm g = {.dtype = dtype,
               .m = m,
               .n = n,
               .k = k,
               .alpha = chance(2) ? 1 : 0.5,
               .beta = chance(2) ? 0 : 0.25};
  g.batch_ndim = 2;
  for (int d = 0; d < 2; d++) {
    g.batch_shape[d] = batch[d];
    g.a_batch[d] = a.view.strides[d], g.b_batch[d] = b.view.strides[d],
    g.c_batch[d] = c.view.strides[d];
  }
  g.a = a.view.data, g.a_row = a.view.strides[2], g.a_column = a.view.strides[3];
  g.b = b.view.data, g.b_row = b.view.strides[2], g.b_column = b.view.strides[3];
  g.c = c.view.data, g.c_row = c.view.strides[2], g.c_column = c.view.strides[3];
  if (chance(2)) g.bias = bias.view.data, g.bias_row = chance(2) ? n : 0, g.bias_column = chance(2);
  for (int threads = 1; threads <= 3; threads++) {
    for (int64_t i = 0; i < c.count; i++) set(&c, i, g.beta == 0 ? NAN : (double)(i % 7) / 8);
    dsc_set_thread_count(threads);
    CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
    bool same = true;
    for (int64_t i = 0; i < c.count; i++) {
      if (threads == 1) set(&first, i, get(&c, i));
      same = same && get(&first, i) == get(&c, i);
    }
    CHECK(same, "%d threads of %s", threads, dsc_dtype_name(dtype));
  }
  double worst = 0;
  for (int64_t i = 0; i < c.count; i++) {
    const int64_t at = i / (m * n), row = i / n % m, column = i % n;
    double sum = 0;
    for (int64_t p = 0; p < k; p++)
      sum += get(&a, (at * m + row) * k + p) * get(&b, (at * k + p) * n + column);
    double e = g.alpha * sum + g.beta * (double)(i % 7) / 8;
    if (g.bias != NULL) e += get(&bias, row * g.bias_row + column * g.bias_column);
    worst = fmax(worst, unexplained(get(&c, i), e, k, dtype));
  }
  CHECK(worst < 1, "%lld of %lld x %lld x %lld of %s: %g", (long long)count, (long long)m,
        (long long)n, (long long)k, dsc_dtype_name(dtype), worst);
  const int64_t last = count - 1;
  for (int64_t i = 0; i < m * n; i++)
    set(&one, i, g.beta == 0 ? NAN : (double)((last * m * n + i) % 7) / 8);
  if (m * n * k > 0) {
    g.a = place(&a, last * m * k), g.b = place(&b, last * k * n), g.c = one.view.data;
    g.c_row = n, g.c_column = 1, g.batch_ndim = 0;
    CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
    bool same = true;
    for (int64_t i = 0; i < m * n; i++) same = same && get(&one, i) == get(&c, last * m * n + i);
    CHECK(same, "one of many %lld x %lld x %lld of %s", (long long)m, (long long)n, (long long)k,
          dsc_dtype_name(dtype));
  }
  a.view = whole[0], b.view = whole[1];
  release(&a), release(&b), release(&c), release(&bias), release(&first), release(&one);
}

// A row times a matrix in rows has the bits of the same product with the matrix in columns, whose
// sums run along lines, at any distance of rows.
static void rows_and_columns(DscDType dtype) {
  const int64_t k = 32 + below(chance(3) ? 2500 : 200), n = 16 + below(chance(2) ? 300 : 30),
                row = n + below(3);
  Array b = filled(dtype, k * row), x = filled(dtype, k), transposed = vector(dtype, k * n);
  Array c = vector(dtype, n), other = vector(dtype, n);
  for (int64_t i = 0; i < k * n; i++) set(&transposed, i, get(&b, i % k * row + i / k));
  DscGemm g = {.dtype = dtype,
               .m = 1,
               .n = n,
               .k = k,
               .alpha = 1,
               .a = x.view.data,
               .a_row = k,
               .a_column = 1};
  g.b = b.view.data, g.b_row = row, g.b_column = 1, g.c = c.view.data, g.c_row = n, g.c_column = 1;
  CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
  g.b = transposed.view.data, g.b_row = 1, g.b_column = k, g.c = other.view.data;
  CHECK(dsc_gemm(&g) == DSC_OK, "dsc_gemm of %s", dsc_dtype_name(dtype));
  const bool same = memcmp(c.view.data, other.view.data, (size_t)n * dsc_dtype_size(dtype)) == 0;
  CHECK(same, "1 x %lld x %lld of %s", (long long)n, (long long)k, dsc_dtype_name(dtype));
  release(&b), release(&x), release(&transposed), release(&c), release(&other);
}

void check_products(void) {
  const DscDType floating[4] = {DSC_FLOAT32, DSC_FLOAT64, DSC_FLOAT16, DSC_BFLOAT16};
  for (int i = 0; i < 60; i++) product((DscDType)(i % DSC_DTYPE_COUNT));
  for (int i = 0; i < 120; i++) product(floating[i % 4]);
  for (int i = 0; i < 100; i++) bfloat_pairs();
  for (int64_t m = 1; m <= 50; m++) rows_left(m);
  for (int i = 0; i < 80; i++) narrow_product(floating[i % 4]);
  for (int i = 0; i < 72; i++) integer_product((DscDType)(i % (DSC_INT64 + 1)));
  for (int i = 0; i < 240; i++) small_products(floating[i % 4]);
  for (int i = 0; i < 80; i++) rows_and_columns(floating[i % 4]);
}
