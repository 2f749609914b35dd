// Copies with strides and conversions, arange and linspace.
#include "check.h"

static void copy(void) {
  int64_t shape[4];
  int ndim = (int)below(5);
  for (int d = 0; d < ndim; d++) shape[d] = any_size(ndim > 2 ? 9 : chance(3) ? 90 : 33);
  Array from = array(chance(2) ? DSC_FLOAT32 : any_dtype(), ndim, shape, (Layout)below(3));
  Array to = array(chance(2) ? from.view.dtype : any_dtype(), ndim, shape, (Layout)below(2));
  // What lies outside of an integer's range is undefined when it is cut.
  fill(&from, 100, is_floating(to.view.dtype) && chance(2));
  CHECK(dsc_copy(ndim, shape, &from.view, &to.view) == DSC_OK, "dsc_copy");
  for (int64_t i = 0; i < from.count; i++)
    CHECK(near(get(&to, i), rounded(to.view.dtype, get(&from, i)), 0), "%s to %s: %a gave %a",
          dsc_dtype_name(from.view.dtype), dsc_dtype_name(to.view.dtype), get(&from, i),
          get(&to, i));
  release(&from), release(&to);
}

// Rows that lie in turned order, are one element repeated, or are short, next to each other or not.
static void rows(void) {
  DscDType dtype = any_dtype();
  int64_t shape[2] = {any_size(90), any_size(chance(2) ? 9 : 90)};
  int64_t apart = shape[1] + (chance(2) ? 0 : 3), between = shape[1] + (chance(2) ? 0 : 2);
  int64_t whole[2] = {shape[0], apart}, target[2] = {shape[0], between};
  Array from = array(dtype, 2, whole, CONTIGUOUS), to = array(dtype, 2, target, CONTIGUOUS);
  fill(&from, 100, true), fill(&to, 100, false);
  double *e = malloc((size_t)(to.count + 1) * sizeof(double));
  for (int64_t i = 0; i < to.count; i++) e[i] = get(&to, i);
  int64_t step = below(3) - 1, start = step < 0 ? shape[1] - 1 : 0, down = chance(3) ? 1 : apart;
  if (from.count == 0 || to.count == 0) start = 0;
  DscView view = from.view;
  view.data = (char *)view.data + start * (int64_t)dsc_dtype_size(dtype);
  view.strides[0] = down, view.strides[1] = step;
  CHECK(dsc_copy(2, shape, &view, &to.view) == DSC_OK, "dsc_copy");
  for (int64_t r = 0; r < shape[0]; r++)
    for (int64_t c = 0; c < shape[1]; c++)
      e[r * between + c] = get(&from, start + r * down + c * step);
  for (int64_t i = 0; i < to.count; i++)
    CHECK(near(get(&to, i), e[i], 0), "rows of %s: %a, not %a", dsc_dtype_name(dtype), get(&to, i),
          e[i]);
  free(e), release(&from), release(&to);
}

// Images whose places are named by tables: runs, turned runs and single elements, of any sizes.
static void edges(void) {
  DscDType dtype = any_dtype();
  int dims = 1 + (int)below(3);
  int64_t in_shape[4] = {1 + below(5)}, out_shape[4] = {in_shape[0]}, table[3][100], at[4];
  const int64_t *places[3];
  for (int d = 0; d < dims; d++) {
    in_shape[d + 1] = 1 + below(d == dims - 1 ? 70 : 6),
                 out_shape[d + 1] = any_size(d == dims - 1 ? 99 : 7);
    const int64_t start = below(in_shape[d + 1]), step = below(3) - 1;
    for (int64_t i = 0; i < out_shape[d + 1]; i++) {
      const int64_t next = start + i * step;
      table[d][i] = next >= 0 && next < in_shape[d + 1] ? next : below(in_shape[d + 1]);
    }
    places[d] = table[d];
  }
  Array in = array(dtype, dims + 1, in_shape, CONTIGUOUS),
        out = array(dtype, dims + 1, out_shape, CONTIGUOUS);
  fill(&in, 100, true);
  dsc_pad_edges(dtype, in_shape[0], dims, in_shape + 1, out_shape + 1, places, in.view.data,
                out.view.data);
  for (int64_t i = 0; i < out.count; i++) {
    int64_t rest = i, from = 0;
    for (int d = dims; d >= 0; d--) at[d] = rest % out_shape[d], rest /= out_shape[d];
    for (int d = 0; d <= dims; d++)
      from = from * in_shape[d] + (d == 0 ? at[0] : table[d - 1][at[d]]);
    CHECK(near(get(&out, i), get(&in, from), 0), "edges of %s: %a, not %a", dsc_dtype_name(dtype),
          get(&out, i), get(&in, from));
  }
  release(&in), release(&out);
}

// All halves to float32 and back; float32 of every exponent, and halfway cases, to halves.
static void halves(DscDType half) {
  int64_t count = 1 << 16;
  Array narrow = vector(half, count), wide = vector(DSC_FLOAT32, count),
        again = vector(half, count);
  for (int64_t i = 0; i < count; i++) *(uint16_t *)place(&narrow, i) = (uint16_t)i;
  CHECK(dsc_copy(1, &count, &narrow.view, &wide.view) == DSC_OK, "to float32");
  CHECK(dsc_copy(1, &count, &wide.view, &again.view) == DSC_OK, "from float32");
  for (int64_t i = 0; i < count; i++) {
    CHECK(near(get(&wide, i), get(&narrow, i), 0), "%04llx became %a", (long long)i, get(&wide, i));
    bool same = *(uint16_t *)place(&again, i) == (uint16_t)i;
    CHECK(same || isnan(get(&narrow, i)), "%04llx came back as %04x", (long long)i,
          *(uint16_t *)place(&again, i));
    CHECK(isnan(get(&again, i)) == isnan(get(&narrow, i)), "%04llx: NaN", (long long)i);
  }
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits =
        (uint32_t)(i << 16) | (uint32_t)(chance(2) ? below(1 << 16) : 0x1000 << below(5));
    memcpy(place(&wide, i), &bits, sizeof(bits));
  }
  CHECK(dsc_copy(1, &count, &wide.view, &again.view) == DSC_OK, "from float32");
  for (int64_t i = 0; i < count; i++)
    CHECK(near(get(&again, i), rounded(half, get(&wide, i)), 0), "%a became %a, not %a",
          get(&wide, i), get(&again, i), rounded(half, get(&wide, i)));
  release(&narrow), release(&wide), release(&again);
}

static void sequences(void) {
  DscDType dtype = any_dtype();
  if (dtype == DSC_BOOL) return;
  enum { SEVERAL_PIECES = 70000 };
  bool counts_far =
      dtype == DSC_FLOAT32 || dtype == DSC_FLOAT64 || dtype == DSC_INT64;  // halves end at 65504
  Array a = vector(dtype, any_size(300) + (counts_far && chance(4) ? SEVERAL_PIECES : 0)),
        b = vector(dtype, a.count);
  bool floating = is_floating(dtype);
  DscScalar start = {.d = -3.25}, step = {.d = 0.375};
  if (!floating) start.i = 5, step.i = dtype == DSC_UINT8 ? 1 : -2;
  dsc_arange(dtype, a.count, start, step, a.view.data);
  for (int64_t i = 0; i < a.count; i++) {
    double e = floating ? start.d + (double)i * step.d : (double)(start.i + i * step.i);
    CHECK(near(get(&a, i), rounded(dtype, e), 0), "arange %s: %g, not %g", dsc_dtype_name(dtype),
          get(&a, i), e);
  }
  dsc_linspace(dtype, b.count, 2, 50, b.view.data);
  for (int64_t i = 0; i < b.count; i++) {
    double e = b.count == 1 ? 2 : 2 + 48.0 * (double)i / (double)(b.count - 1);
    double slack = floating ? 3 * unit_of(dtype, e) : 1;
    if (dtype == DSC_FLOAT32 || dtype == DSC_FLOAT64) {
      bool near_start = b.count == 1 || i < b.count / 2;
      int64_t steps = near_start ? i : b.count - 1 - i;
      double from = near_start ? 2 : 50,
             way = b.count == 1 ? 0 : rounded(dtype, 48.0 / (double)(b.count - 1));
      if (!near_start) way = -way;
      e = dtype == DSC_FLOAT64 ? fma(way, (double)steps, from)
                               : fmaf((float)way, (float)steps, (float)from);
      slack = 0;
    }
    CHECK(near(get(&b, i), e, slack), "linspace %s: %g, not %g", dsc_dtype_name(dtype), get(&b, i),
          e);
  }
  release(&a), release(&b);
}

void check_copies(void) {
  halves(DSC_FLOAT16), halves(DSC_BFLOAT16);
  for (int i = 0; i < 300; i++) copy(), rows(), edges();
  for (int i = 0; i < 40; i++) sequences();
}
