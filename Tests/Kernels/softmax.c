// softmax and its gradient against the definition in double.
#include "check.h"

static void softmax(void) {
  int64_t shape[4];
  int ndim = random_shape(shape, 600), dim = (int)below(ndim);
  DscDType dtype = any_floating();
  bool logarithm = chance(2);
  Array x = array(dtype, ndim, shape, (Layout)below(3)),
        g = array(dtype, ndim, shape, (Layout)below(3));
  Array y = array(dtype, ndim, shape, (Layout)below(2)),
        dx = array(dtype, ndim, shape, (Layout)below(2));
  fill(&x, 6, false), fill(&g, 1, false);
  CHECK(dsc_softmax(logarithm, ndim, shape, dim, &x.view, &y.view) == DSC_OK, "dsc_softmax");
  CHECK(dsc_softmax_backward(logarithm, ndim, shape, dim, &g.view, &y.view, &dx.view) == DSC_OK,
        "backward");
  double unit = dtype == DSC_FLOAT64 ? 0x1p-52 : 0x1p-23;
  FOR_ROWS(x, dim) {
    double high = -INFINITY;
    long double sum = 0, dot = 0;  // sums of the definition that are not to err as those tested
    for (int64_t i = 0; i < length; i++) high = fmax(high, get(&x, first + i * inner));
    for (int64_t i = 0; i < length; i++) sum += exp(get(&x, first + i * inner) - high);
    for (int64_t i = 0; i < length; i++)
      dot += get(&g, first + i * inner) * (logarithm ? 1 : get(&y, first + i * inner));
    for (int64_t i = 0; i < length; i++) {
      int64_t at = first + i * inner;
      double v = get(&x, at) - high, e = logarithm ? v - log((double)sum) : (double)(exp(v) / sum);
      CHECK(near(get(&y, at), e, 8 * unit * (logarithm ? 16 : fabs(e)) + unit_of(dtype, e)),
            "softmax of %s: %a, not %a", dsc_dtype_name(dtype), get(&y, at), e);
      double r = get(&y, at),
             d = logarithm ? get(&g, at) - exp(r) * (double)dot : r * (get(&g, at) - (double)dot);
      CHECK(near(get(&dx, at), d, 16 * unit * (2 + fabs((double)dot)) + unit_of(dtype, d)),
            "its gradient: %a, not %a", get(&dx, at), d);
    }
  }
  release(&x), release(&g), release(&y), release(&dx);
}

// Short rows, whose sums and extremes are found many rows at a time, have the bits of the same rows
// that do not lie next to each other.
static void narrow_softmax(void) {
  const int64_t rows = 1 + any_size(40), count = 1 + below(20);
  const int64_t shape[] = {rows, count}, wide[] = {rows, count + 1};
  const bool logarithm = chance(2), specials = chance(3);
  Array x = array(DSC_FLOAT32, 2, shape, CONTIGUOUS), y = array(DSC_FLOAT32, 2, shape, CONTIGUOUS);
  Array apart = array(DSC_FLOAT32, 2, wide, CONTIGUOUS),
        z = array(DSC_FLOAT32, 2, wide, CONTIGUOUS);
  fill(&x, 6, specials);
  for (int64_t i = 0; i < x.count; i++)
    set(&apart, i / count * (count + 1) + i % count, get(&x, i));
  CHECK(dsc_softmax(logarithm, 2, shape, 1, &x.view, &y.view) == DSC_OK, "short rows");
  CHECK(dsc_softmax(logarithm, 2, shape, 1, &apart.view, &z.view) == DSC_OK, "rows apart");
  for (int64_t i = 0; i < x.count; i++) {
    const double other = get(&z, i / count * (count + 1) + i % count);
    CHECK(near(get(&y, i), other, 0), "a row of %lld: %a, not %a", (long long)count, get(&y, i),
          other);
  }
  release(&x), release(&y), release(&apart), release(&z);
}

// A result so large that it goes past the cache: each row has the bits of one of few, forward and
// backward, where rows begin and end with lines of the cache and where they do not.
static void large_softmax(bool logarithm, int64_t count, int64_t offset) {
  enum { FEW = 50 };
  const int64_t rows = (13 << 20) / (int64_t)sizeof(float) / count, size = rows * count;
  const int64_t shape[2] = {rows, count}, few[2] = {FEW, count};
  Array x = filled(DSC_FLOAT32, FEW * count), y = vector(DSC_FLOAT32, FEW * count);
  float *memory = aligned_alloc(64, (size_t)(2 * size + 32) / 16 * 16 * sizeof(float));
  float *from = memory, *to = memory + size / 16 * 16 + 16 + offset;
  DscView small = {.data = x.view.data, .dtype = DSC_FLOAT32, .strides = {count, 1}};
  DscView made = small, all = small, result = small;
  made.data = y.view.data, all.data = from, result.data = to;
  for (int64_t i = 0; i < rows; i += FEW)
    memcpy(from + i * count, x.view.data,
           (size_t)((rows - i < FEW ? rows - i : FEW) * count) * sizeof(float));
  for (int backward = 0; backward < 2; backward++) {
    int status = backward ? dsc_softmax_backward(logarithm, 2, few, 1, &small, &small, &made)
                          : dsc_softmax(logarithm, 2, few, 1, &small, &made);
    status |= backward ? dsc_softmax_backward(logarithm, 2, shape, 1, &all, &all, &result)
                       : dsc_softmax(logarithm, 2, shape, 1, &all, &result);
    CHECK(status == DSC_OK, "large softmax");
    bool same = true;
    for (int64_t i = 0; i < size; i++) {
      const float *one = (const float *)y.view.data + i % (FEW * count);
      same &= memcmp(to + i, one, sizeof(float)) == 0;
    }
    CHECK(same, "%lld rows of %lld%s%s", (long long)rows, (long long)count,
          logarithm ? ", logarithm" : "", backward ? ", backward" : "");
  }
  free(memory), release(&x), release(&y);
}

void check_softmax(void) {
  for (int i = 0; i < 8; i++) large_softmax(i & 1, i & 2 ? 1024 : 500 + below(900), i & 4);
  for (int i = 0; i < 150; i++) softmax(), narrow_softmax();
}
