// Gathering, scattering, masks, and losses that pick a class.
#include "check.h"

static void fill_indices(Array *index, int64_t size, bool negative) {
  for (int64_t i = 0; i < index->count; i++)
    set(index, i, (double)(below(size) - (negative && chance(2) ? size : 0)));
}

// Where element `index` of an array of `shape` lies in one that has another size along `dim`.
static int64_t moved(const Array *shape, const Array *other, int dim, int64_t index, int64_t to) {
  int64_t at = 0, coordinate[DSC_MAX_DIMS];
  for (int d = shape->ndim - 1; d >= 0; d--)
    coordinate[d] = index % shape->shape[d], index /= shape->shape[d];
  for (int d = 0; d < shape->ndim; d++) at = at * other->shape[d] + (d == dim ? to : coordinate[d]);
  return at;
}

// The coordinate of an element along a dimension.
static int64_t along(const Array *a, int dim, int64_t index) {
  for (int d = a->ndim - 1; d > dim; d--) index /= a->shape[d];
  return index % a->shape[dim];
}

// Sizes of an index and of what it chooses from along `dim`. `far`: rows enough, and far enough
// apart, that stripes of their columns are copied.
typedef struct {
  int ndim, dim;
  int64_t shape[3], sizes[3];
} Chosen;

static Chosen chosen(bool far, int64_t widest, int64_t most) {
  Chosen c = {.ndim = far ? 2 + (int)below(2) : 1 + (int)below(3)};
  c.dim = far ? c.ndim - 2 : (int)below(c.ndim);
  for (int d = 0; d < c.ndim; d++) {
    c.shape[d] = any_size(c.ndim < 3 && d == c.ndim - 1 ? widest : 40);
    if (far) c.shape[d] = d < c.dim ? 1 + below(2) : 300 + below(300);
    c.sizes[d] = d != c.dim ? c.shape[d] : far ? 200 + below(600) : 1 + any_size(most);
  }
  return c;
}

static void gather(bool far) {
  Chosen c = chosen(far, 300, 50);
  const int64_t *shape = c.shape, *sizes = c.sizes;
  int64_t bad = 0;
  int ndim = c.ndim, dim = c.dim;
  DscDType dtype = any_dtype();
  Array source = array(dtype, ndim, sizes, (Layout)below(3)),
        index = array(DSC_INT64, ndim, shape, (Layout)below(3));
  Array out = array(dtype, ndim, shape, (Layout)below(2));
  fill(&source, 100, true), fill_indices(&index, sizes[dim], false);
  DscView indices = index.view;
  if (chance(3)) {  // an expanded vector of indices copies rows
    for (int64_t i = 0; i < index.count; i++)
      set(&index, i, (double)(along(&index, dim, i) * 7 % sizes[dim]));
    for (int d = 0; d < ndim; d++)
      if (d != dim) indices.strides[d] = 0;
  }
  CHECK(dsc_gather(ndim, shape, dim, sizes[dim], &source.view, &indices, &out.view, &bad) == DSC_OK,
        "dsc_gather");
  for (int64_t i = 0; i < out.count; i++) {
    double e = get(&source, moved(&out, &source, dim, i, (int64_t)get(&index, i)));
    CHECK(near(get(&out, i), e, 0), "gather of %s: %a, not %a", dsc_dtype_name(dtype), get(&out, i),
          e);
  }
  if (out.count > 0) {
    set(&index, below(index.count), (double)sizes[dim]);
    int status =
        dsc_gather(ndim, shape, dim, sizes[dim], &source.view, &index.view, &out.view, &bad);
    CHECK(status == DSC_BAD_INDEX && bad == sizes[dim], "a bad index gave %d, %lld", status,
          (long long)bad);
    status = dsc_gather(ndim, shape, dim, 0, &source.view, &index.view, &out.view, &bad);
    CHECK(status == DSC_BAD_INDEX, "an empty source gave %d", status);
  }
  release(&source), release(&index), release(&out);
}

// Rows of any length up to some pages, which are fetched before they are copied.
static void long_rows(void) {
  DscDType dtype = any_dtype();
  int64_t shape[2] = {1 + below(60), any_size(9000)}, sizes[2] = {1 + below(20), shape[1]}, bad = 0;
  Array source = array(dtype, 2, sizes, (Layout)below(2)), index = vector(DSC_INT64, shape[0]);
  Array out = array(dtype, 2, shape, (Layout)below(2));
  fill(&source, 100, true), fill_indices(&index, sizes[0], false);
  DscView rows = source.view, places = index.view;
  rows.strides[0] = 0, places.strides[1] = 0;
  CHECK(dsc_index_gather(2, shape, 1, &places, sizes, source.view.strides, &rows, &out.view,
                         &bad) == DSC_OK,
        "rows");
  for (int64_t i = 0; i < out.count; i++) {
    double e = get(&source, (int64_t)get(&index, i / shape[1]) * shape[1] + i % shape[1]);
    CHECK(near(get(&out, i), e, 0), "rows of %s: %a, not %a", dsc_dtype_name(dtype), get(&out, i),
          e);
  }
  release(&source), release(&index), release(&out);
}

static double combined(DscScatter op, double a, double b) {
  switch (op) {
    case DSC_SCATTER_ASSIGN:
      return b;
    case DSC_SCATTER_ADD:
      return a + b;
    case DSC_SCATTER_MULTIPLY:
      return a * b;
    case DSC_SCATTER_MAX:
      return isnan(a) || isnan(b) ? NAN : a > b ? a : b;
    case DSC_SCATTER_MIN:
      return isnan(a) || isnan(b) ? NAN : a < b ? a : b;
  }
}

static void scatter(bool far) {
  Chosen c = chosen(far, 200, 30);
  const int64_t *shape = c.shape, *sizes = c.sizes;
  int64_t bad = 0;
  int ndim = c.ndim, dim = c.dim;
  DscDType dtype = (DscDType)(1 + below(DSC_DTYPE_COUNT - 1));
  DscScatter op = (DscScatter)below(5);
  Array self = array(dtype, ndim, sizes, (Layout)below(2)),
        index = array(DSC_INT64, ndim, shape, (Layout)below(3));
  Array source = array(dtype, ndim, shape, (Layout)below(3));
  // Sums and products of small integers are exact in every dtype and order.
  fill(&self, 3, false), fill(&source, 2.9, false), fill_indices(&index, sizes[dim], false);
  for (int64_t i = 0; i < self.count; i++) set(&self, i, rint(get(&self, i)));
  for (int64_t i = 0; i < source.count; i++)
    set(&source, i,
        op == DSC_SCATTER_MULTIPLY ? 1 - 2 * (double)(dtype != DSC_UINT8 && chance(2))
                                   : rint(get(&source, i)));
  double *e = malloc((size_t)(self.count + 1) * sizeof(double));
  for (int64_t i = 0; i < self.count; i++) e[i] = get(&self, i);
  for (int64_t i = 0; i < index.count; i++) {
    int64_t to = moved(&index, &self, dim, i, (int64_t)get(&index, i));
    e[to] = rounded(dtype, combined(op, e[to], get(&source, i)));
  }
  CHECK(dsc_scatter(op, chance(2), ndim, shape, dim, sizes[dim], &self.view, &index.view,
                    &source.view, &bad) == DSC_OK,
        "dsc_scatter");
  for (int64_t i = 0; i < self.count; i++)
    CHECK(near(get(&self, i), e[i], 0), "scatter %d of %s: %a, not %a", op, dsc_dtype_name(dtype),
          get(&self, i), e[i]);
  if (index.count > 0) {
    for (int64_t i = 0; i < self.count; i++) e[i] = get(&self, i);
    set(&index, below(index.count), (double)sizes[dim]);
    for (int is_new = 0; is_new < 2; is_new++) {
      int status = dsc_scatter(op, is_new, ndim, shape, dim, sizes[dim], &self.view, &index.view,
                               &source.view, &bad);
      CHECK(status == DSC_BAD_INDEX && bad == sizes[dim], "a bad index gave %d, %lld", status,
            (long long)bad);
      for (int64_t i = 0; i < self.count && !is_new; i++)
        CHECK(near(get(&self, i), e[i], 0), "a bad index wrote: %a, not %a", get(&self, i), e[i]);
    }
  }
  free(e), release(&self), release(&index), release(&source);
}

// Two indices of one shape, and a kept dimension behind them.
static void advanced(void) {
  int64_t sizes[3] = {1 + below(9), 1 + below(9), any_size(30)},
          shape[2] = {any_size(60), sizes[2]}, bad = 0;
  DscDType dtype = (DscDType)(1 + below(DSC_DTYPE_COUNT - 1));
  Array self = array(dtype, 3, sizes, (Layout)below(2)),
        out = array(dtype, 2, shape, (Layout)below(2));
  Array index[2];
  DscView views[2], kept = self.view;
  int64_t strides[2] = {self.view.strides[0], self.view.strides[1]};
  for (int i = 0; i < 2; i++) {
    index[i] = vector(DSC_INT64, shape[0]), fill_indices(&index[i], sizes[i], true);
    views[i] = index[i].view, views[i].strides[1] = 0;
  }
  kept.strides[0] = 0, kept.strides[1] = self.view.strides[2];
  fill(&self, 9, false);
  CHECK(dsc_index_gather(2, shape, 2, views, sizes, strides, &kept, &out.view, &bad) == DSC_OK,
        "dsc_index_gather");
#define PLACE(i)                                                                         \
  (((int64_t)(get(&index[0], (i) / shape[1]) + (double)sizes[0]) % sizes[0] * sizes[1] + \
    (int64_t)(get(&index[1], (i) / shape[1]) + (double)sizes[1]) % sizes[1]) *           \
       sizes[2] +                                                                        \
   (i) % shape[1])
  for (int64_t i = 0; i < out.count; i++)
    CHECK(near(get(&out, i), get(&self, PLACE(i)), 0), "index: %a, not %a", get(&out, i),
          get(&self, PLACE(i)));
  double *e = malloc((size_t)(self.count + 1) * sizeof(double));
  for (int adds = 0; adds < 2; adds++) {
    for (int64_t i = 0; i < self.count; i++)
      set(&self, i, rint(get(&self, i) / 4)), e[i] = get(&self, i);
    for (int64_t i = 0; i < out.count; i++) set(&out, i, (double)below(3));
    for (int64_t i = 0; i < out.count; i++)
      e[PLACE(i)] = rounded(dtype, adds ? e[PLACE(i)] + get(&out, i) : get(&out, i));
    CHECK(dsc_index_scatter(adds ? DSC_SCATTER_ADD : DSC_SCATTER_ASSIGN, 2, shape, 2, views, sizes,
                            strides, &kept, &out.view, &bad) == DSC_OK,
          "dsc_index_scatter");
    for (int64_t i = 0; i < self.count; i++)
      CHECK(near(get(&self, i), e[i], 0), "index put of %s: %a, not %a", dsc_dtype_name(dtype),
            get(&self, i), e[i]);
  }
  free(e), release(&self), release(&out), release(&index[0]), release(&index[1]);
}

static void masks(void) {
  int64_t shape[3];
  int ndim = (int)below(4);
  for (int d = 0; d < ndim; d++) shape[d] = any_size(ndim == 1 ? 900 : 20);
  DscDType dtype = any_dtype();
  Array x = array(dtype, ndim, shape, (Layout)below(2)),
        mask = array(DSC_BOOL, ndim, shape, (Layout)below(3));
  fill(&x, 2.5, true), fill(&mask, 1, false);
  int64_t set_ = 0, nonzero = 0;
  for (int64_t i = 0; i < x.count; i++) set_ += get(&mask, i) != 0, nonzero += get(&x, i) != 0;
  CHECK(dsc_count_nonzero(ndim, shape, &x.view) == nonzero, "dsc_count_nonzero");
  int64_t *where = malloc((size_t)(nonzero * ndim + 1) * sizeof(int64_t)), row = 0;
  dsc_nonzero(ndim, shape, &x.view, where);
  for (int64_t i = 0; i < x.count; i++) {
    if (get(&x, i) == 0) continue;
    int64_t at = 0;
    for (int d = 0; d < ndim; d++) at = at * shape[d] + where[row * ndim + d];
    CHECK(at == i, "nonzero: %lld, not %lld", (long long)at, (long long)i);
    row++;
  }
  Array chosen = vector(dtype, set_);
  dsc_masked_select(ndim, shape, &x.view, &mask.view, chosen.view.data);
  row = 0;
  for (int64_t i = 0; i < x.count; i++)
    if (get(&mask, i) != 0) CHECK(near(get(&chosen, row), get(&x, i), 0), "masked select"), row++;
  fill(&chosen, 7, false);
  double *e = malloc((size_t)(x.count + 1) * sizeof(double));
  row = 0;
  for (int64_t i = 0; i < x.count; i++)
    e[i] = get(&mask, i) != 0 ? get(&chosen, row++) : get(&x, i);
  dsc_masked_scatter(ndim, shape, &x.view, &mask.view, chosen.view.data);
  for (int64_t i = 0; i < x.count; i++) CHECK(near(get(&x, i), e[i], 0), "masked scatter");
  free(where), free(e), release(&x), release(&mask), release(&chosen);
}

static void class_loss(DscDType dtype) {
  DscClassLoss l = {.dtype = dtype,
                    .outer = any_size(40),
                    .classes = 1 + any_size(40),
                    .inner = chance(2) ? 1 : 1 + below(9),
                    .ignored = -100};
  int64_t rows = l.outer * l.inner, bad = 0;
  Array p = vector(dtype, rows * l.classes), weight = vector(dtype, l.classes),
        targets = vector(DSC_INT64, rows);
  Array losses = vector(dtype, rows), sum = vector(dtype, 1), factors = vector(dtype, 1),
        g = vector(dtype, rows);
  Array dx = vector(dtype, p.count);
  fill(&p, 2, false), fill(&weight, 1, false), fill_indices(&targets, l.classes, false),
      fill(&g, 1, false);
  for (int64_t i = 0; i < rows; i++)
    if (chance(6)) set(&targets, i, -100);
  bool weighted = chance(2), logits = chance(2);
  l.log_probabilities = p.view.data, l.targets = targets.view.data,
  l.weight = weighted ? weight.view.data : NULL;
  CHECK(dsc_class_loss(&l, losses.view.data, sum.view.data, factors.view.data, &bad) == DSC_OK,
        "dsc_class_loss");
  CHECK(dsc_class_loss_backward(&l, g.view.data, true, NULL, logits, dx.view.data) == DSC_OK,
        "backward");
  double unit = dtype == DSC_FLOAT64 ? 0x1p-52 : 0x1p-23, total = 0, used = 0;
  for (int64_t i = 0; i < rows; i++) {
    int64_t t = (int64_t)get(&targets, i);
    double w = t < 0 ? 0 : weighted ? get(&weight, t) : 1;
#define AT(c) ((i / l.inner * l.classes + (c)) * l.inner + i % l.inner)
    double e = t < 0 ? 0 : -w * get(&p, AT(t));
    total += e, used += w;
    CHECK(near(get(&losses, i), e, unit * fabs(e)), "loss: %a, not %a", get(&losses, i), e);
    for (int64_t c = 0; c < l.classes; c++) {
      double d = get(&g, i) * w * ((logits ? exp(get(&p, AT(c))) : 0) - (c == t));
      CHECK(near(get(&dx, AT(c)), d, 8 * unit * (1 + fabs(d))), "loss, gradient: %a, not %a",
            get(&dx, AT(c)), d);
    }
  }
  CHECK(near(get(&sum, 0), total, unit * (double)(rows + 4) * 4), "sum: %a, not %a", get(&sum, 0),
        total);
  CHECK(near(get(&factors, 0), used, unit * (double)(rows + 4) * 4), "weights: %a, not %a",
        get(&factors, 0), used);
  Array *arrays[] = {&p, &weight, &targets, &losses, &sum, &factors, &g, &dx};
  for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++) release(arrays[i]);
}

void check_indexing(void) {
  for (int i = 0; i < 20; i++) long_rows();
  for (int i = 0; i < 12; i++) gather(true), scatter(true);
  for (int i = 0; i < 120; i++)
    gather(false), scatter(false), advanced(), masks(),
        class_loss(i % 2 ? DSC_FLOAT64 : DSC_FLOAT32);
}
