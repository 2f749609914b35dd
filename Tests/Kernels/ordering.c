// Sorting, the largest few, and search in what is sorted.
#include "check.h"

// Whether a comes before b: NaN is the largest.
static bool precedes(double a, double b, bool descending) {
  if (isnan(a) || isnan(b)) return descending ? isnan(a) && !isnan(b) : isnan(b) && !isnan(a);
  return descending ? a > b : a < b;
}

static void sort(bool partly) {
  int64_t shape[3];
  int ndim = 1 + (int)below(3), dim = (int)below(ndim);
  for (int d = 0; d < ndim; d++) shape[d] = any_size(d == dim ? (chance(8) ? 5000 : 300) : 6);
  DscDType dtype = any_dtype();
  Array in = array(dtype, ndim, shape, (Layout)below(3));
  // Integers far apart are sorted by other keys than those close together.
  fill(&in, dtype == DSC_INT64 && chance(2) ? 1e15 : chance(2) ? 5 : 1000, chance(3));
  int64_t length = shape[dim], k = partly ? below(length + 1) : length;
  shape[dim] = k;
  Array values = array(dtype, ndim, shape, (Layout)below(2)),
        indices = array(DSC_INT64, ndim, shape, (Layout)below(2));
  bool down = chance(2);
  shape[dim] = length;
  int status = partly ? dsc_topk(down, k, ndim, shape, dim, &in.view, &values.view, &indices.view)
                      : dsc_sort(down, ndim, shape, dim, &in.view, &values.view, &indices.view);
  CHECK(status == DSC_OK, "status %d", status);
  int64_t inner = 1;
  for (int d = dim + 1; d < ndim; d++) inner *= shape[d];
  char *seen = malloc((size_t)length + 1);
  for (int64_t row = 0; k > 0 && row < values.count / k; row++) {
    int64_t from = row / inner * inner * length + row % inner,
            to = row / inner * inner * k + row % inner;
    memset(seen, 0, (size_t)length);
    for (int64_t i = 0; i < k; i++) {
      int64_t at = (int64_t)get(&indices, to + i * inner);
      double v = get(&values, to + i * inner);
      bool valid = at >= 0 && at < length && !seen[at];
      CHECK(valid, "index %lld twice or outside of %lld", (long long)at, (long long)length);
      if (!valid) break;
      seen[at] = 1;
      CHECK(near(v, get(&in, from + at * inner), 0), "%a is not element %lld", v, (long long)at);
      if (i == 0) continue;
      double before = get(&values, to + (i - 1) * inner);
      CHECK(!precedes(v, before, down), "%a behind %a", v, before);
      if (!partly && !precedes(before, v, down))
        CHECK(get(&indices, to + (i - 1) * inner) < (double)at,
              "equal elements changed their order");
    }
    double last = get(&values, to + (k - 1) * inner);
    for (int64_t i = 0; i < length; i++)
      CHECK(seen[i] || !precedes(get(&in, from + i * inner), last, down),
            "element %lld was left out", (long long)i);
  }
  free(seen), release(&in), release(&values), release(&indices);
}

// The element at one place of the order is the one that sorting puts there.
static void kth(void) {
  int64_t shape[3];
  int ndim = 1 + (int)below(3), dim = (int)below(ndim);
  for (int d = 0; d < ndim; d++) shape[d] = any_size(d == dim ? (chance(8) ? 40000 : 300) : 4);
  DscDType dtype = any_dtype();
  Array in = array(dtype, ndim, shape, (Layout)below(3));
  fill(&in, chance(2) ? 3 : 1e15, chance(3));
  int64_t length = shape[dim], rule = (int64_t)below(3), inner = 1;
  for (int d = dim + 1; d < ndim; d++) inner *= shape[d];
  Array sorted = array(dtype, ndim, shape, CONTIGUOUS),
        order = array(DSC_INT64, ndim, shape, CONTIGUOUS);
  CHECK(dsc_sort(false, ndim, shape, dim, &in.view, &sorted.view, &order.view) == DSC_OK,
        "dsc_sort");
  shape[dim] = 1;
  Array values = array(dtype, ndim, shape, (Layout)below(2)),
        indices = array(DSC_INT64, ndim, shape, (Layout)below(2));
  shape[dim] = length;
  int64_t k = rule == 0   ? 1 + below(length > 0 ? length : 1)
              : rule == 1 ? DSC_MEDIAN
                          : DSC_NANMEDIAN;
  if (length > 0) {
    int status = dsc_kth(k, ndim, shape, dim, &in.view, &values.view, &indices.view);
    CHECK(status == DSC_OK, "status %d", status);
  }
  for (int64_t row = 0; length > 0 && row < values.count; row++) {
    int64_t from = row / inner * inner * length + row % inner, nans = 0;
    for (int64_t i = 0; i < length; i++) nans += isnan(get(&in, from + i * inner));
    int64_t numbers = length - nans, place_of = k - 1;
    if (k == DSC_MEDIAN) place_of = nans > 0 ? numbers : (length - 1) / 2;
    if (k == DSC_NANMEDIAN) place_of = numbers > 0 ? (numbers - 1) / 2 : 0;
    int64_t at = (int64_t)get(&order, from + place_of * inner);
    CHECK((int64_t)get(&indices, row) == at, "place %lld of %lld: %g, not %lld",
          (long long)place_of, (long long)length, get(&indices, row), (long long)at);
    CHECK(near(get(&values, row), get(&in, from + at * inner), 0), "%a", get(&values, row));
  }
  release(&in), release(&sorted), release(&order), release(&values), release(&indices);
}

static void search(void) {
  int64_t rows = 1 + below(4), n = any_size(200), count = any_size(60), shape[2] = {rows, n},
          asked[2] = {rows, count};
  DscDType dtype = (DscDType)(1 + below(DSC_DTYPE_COUNT - 1));
  Array sorted = array(dtype, 2, shape, CONTIGUOUS),
        values = array(dtype, 2, asked, (Layout)below(3));
  Array out = array(DSC_INT64, 2, asked, (Layout)below(2));
  for (int64_t i = 0; i < sorted.count; i++) set(&sorted, i, (double)(i % (n ? n : 1) / 2));
  fill(&values, 100, false);
  bool right = chance(2);
  DscView view = sorted.view;
  view.strides[0] = n, view.strides[1] = 0;
  CHECK(dsc_searchsorted(right, 2, asked, &view, n, 1, NULL, &values.view, &out.view) == DSC_OK,
        "dsc_searchsorted");
  for (int64_t i = 0; i < values.count; i++) {
    int64_t place_of = 0;
    double v = get(&values, i);
    while (place_of < n && (right ? get(&sorted, i / count * n + place_of) <= v
                                  : get(&sorted, i / count * n + place_of) < v))
      place_of++;
    CHECK(get(&out, i) == (double)place_of, "%g, not %lld", get(&out, i), (long long)place_of);
  }
  release(&sorted), release(&values), release(&out);
}

void check_ordering(void) {
  for (int i = 0; i < 120; i++) sort(false), sort(true), kth(), search();
}
