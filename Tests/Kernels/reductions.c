// Reductions, places of extremes, moments and scans against loops in double.
#include "check.h"

// The element of the result (of its shape, reduced sizes 1) that an element of the input belongs
// to.
static int64_t target_of(const Array *in, uint32_t reduced, int64_t index, int64_t *number) {
  int64_t coordinate[DSC_MAX_DIMS], kept = 0, place_of = 0;
  for (int d = in->ndim - 1; d >= 0; d--)
    coordinate[d] = index % in->shape[d], index /= in->shape[d];
  for (int d = 0; d < in->ndim; d++) {
    if (reduced >> d & 1)
      place_of = place_of * in->shape[d] + coordinate[d];
    else
      kept = kept * in->shape[d] + coordinate[d];
  }
  *number = place_of;
  return kept;
}

static Array result_for(const Array *in, DscDType dtype, uint32_t reduced, int64_t *terms) {
  int64_t shape[DSC_MAX_DIMS];
  *terms = 1;
  for (int d = 0; d < in->ndim; d++) {
    shape[d] = reduced >> d & 1 ? 1 : in->shape[d];
    if (reduced >> d & 1) *terms *= in->shape[d];
  }
  Array out = array(dtype, in->ndim, shape, (Layout)below(2));
  for (int d = 0; d < in->ndim; d++)
    if (reduced >> d & 1) out.view.strides[d] = 0;
  return out;
}

static void reduce(void) {
  int64_t shape[4], terms;
  int ndim = random_shape(shape, 300);
  DscDType dtype = any_dtype();
  Array in = array(dtype, ndim, shape, (Layout)below(3));
  uint32_t reduced = (uint32_t)below(1 << ndim);
  DscReduction op = (DscReduction)below(6);
  bool logical = op == DSC_REDUCE_ANY || op == DSC_REDUCE_ALL;
  bool exact = dtype < DSC_FLOAT16;
  fill(&in,
       op == DSC_REDUCE_PROD ? 1.5
       : exact               ? 20
                             : 1,
       (op == DSC_REDUCE_MAX || op == DSC_REDUCE_MIN) && chance(3));
  bool counted = dtype == DSC_BOOL && (op == DSC_REDUCE_SUM || op == DSC_REDUCE_PROD);
  Array out = result_for(&in, logical ? DSC_BOOL : counted ? DSC_INT64 : dtype, reduced, &terms);
  int status = dsc_reduce(op, NULL, ndim, shape, reduced, &in.view, 1, NULL, 1, &out.view);
  if (terms == 0 && (op == DSC_REDUCE_MAX || op == DSC_REDUCE_MIN)) {
    CHECK(status == DSC_UNSUPPORTED || out.count == 0, "an extreme of nothing: %d", status);
    release(&in), release(&out);
    return;
  }
  CHECK(status == DSC_OK, "dsc_reduce: %d", status);
  double *e = malloc((size_t)(out.count + 1) * 2 * sizeof(double)), *size = e + out.count + 1;
  for (int64_t i = 0; i < out.count; i++) {
    e[i] = op == DSC_REDUCE_SUM || op == DSC_REDUCE_ANY ? 0
           : op == DSC_REDUCE_MAX                       ? -INFINITY
           : op == DSC_REDUCE_MIN                       ? INFINITY
                                                        : 1;
    size[i] = 0;
  }
  for (int64_t i = 0; i < in.count; i++) {
    int64_t number, to = target_of(&in, reduced, i, &number);
    double v = get(&in, i), *t = &e[to];
    size[to] += fabs(v);
    switch (op) {
      case DSC_REDUCE_SUM:
        *t += v;
        break;
      case DSC_REDUCE_PROD:  // integers wrap
        *t = exact ? (double)(int64_t)((uint64_t)(int64_t)*t * (uint64_t)(int64_t)v) : *t * v;
        break;
      case DSC_REDUCE_MAX:
        *t = isnan(*t) || isnan(v) ? NAN : v > *t ? v : *t;
        break;
      case DSC_REDUCE_MIN:
        *t = isnan(*t) || isnan(v) ? NAN : v < *t ? v : *t;
        break;
      case DSC_REDUCE_ANY:
        *t = *t != 0 || v != 0;
        break;
      case DSC_REDUCE_ALL:
        *t = *t != 0 && v != 0;
        break;
    }
  }
  for (int64_t i = 0; i < out.count; i++) {
    double unit = unit_of(dtype == DSC_FLOAT64 ? DSC_FLOAT64 : DSC_FLOAT32, 1), slack = 0;
    if (!exact && op == DSC_REDUCE_SUM) slack = unit * size[i] * 4 + unit_of(dtype, e[i]);
    if (!exact && op == DSC_REDUCE_PROD)
      slack = unit * fabs(e[i]) * (double)terms + unit_of(dtype, e[i]);
    if (exact && op == DSC_REDUCE_PROD && fabs(e[i]) > 1e15)
      continue;  // beyond what a double counts
    CHECK(near(get(&out, i), exact && !logical ? rounded(out.view.dtype, e[i]) : e[i], slack),
          "reduction %d of %s over %x: %a, not %a", op, dsc_dtype_name(dtype), reduced,
          get(&out, i), e[i]);
  }
  free(e), release(&in), release(&out);
}

// The mean of a program's values: of the product of two inputs, one of them spread over a
// dimension.
static void reduce_program(void) {
  int64_t shape[4], terms;
  int ndim = random_shape(shape, 300);
  DscDType dtype = any_floating();
  uint32_t reduced = 1 + (uint32_t)below((1 << ndim) - 1);
  DscLane lane = dsc_dtype_lane(dtype);
  DscProgram p = {.input_count = 2, .instruction_count = 1, .output_count = 1, .register_count = 3};
  for (int i = 0; i < 3; i++) p.register_lane[i] = (uint8_t)lane;
  p.output_register[0] = 2;
  p.instructions[0] = (DscInstruction){DSC_OP_MUL, (uint8_t)lane, 2, 0, 1, 0};
  Array in[2] = {array(dtype, ndim, shape, STRIDED), array(dtype, ndim, shape, EXPANDED)};
  fill(&in[0], 1, false), fill(&in[1], 1, false);
  Array out = result_for(&in[0], dtype, reduced, &terms);
  DscView views[2] = {in[0].view, in[1].view};
  double divisor = terms > 0 ? (double)terms : 1;
  CHECK(dsc_reduce(DSC_REDUCE_SUM, &p, ndim, shape, reduced, views, 2, NULL, divisor, &out.view) ==
            DSC_OK,
        "dsc_reduce");
  long double *e = calloc((size_t)out.count + 1, sizeof(long double));
  for (int64_t i = 0; i < in[0].count; i++) {
    int64_t number, to = target_of(&in[0], reduced, i, &number);
    e[to] += (long double)get(&in[0], i) * get(&in[1], i) / terms;
  }
  for (int64_t i = 0; i < out.count; i++) {
    double expected = (double)e[i], unit = dtype == DSC_FLOAT64 ? 0x1p-52 : 0x1p-23;
    CHECK(near(get(&out, i), expected, 16 * unit + unit_of(dtype, expected)),
          "mean of products of %s: %a, not %a", dsc_dtype_name(dtype), get(&out, i), expected);
  }
  free(e), release(&in[0]), release(&in[1]), release(&out);
}

static void places(void) {
  int64_t shape[4], terms;
  int ndim = random_shape(shape, 300);
  DscDType dtype = any_dtype();
  Array in = array(dtype, ndim, shape, (Layout)below(3));
  fill(&in, 5, chance(4));
  uint32_t reduced = 1 + (uint32_t)below((1 << ndim) - 1);
  bool largest = chance(2);
  Array values = result_for(&in, dtype, reduced, &terms),
        indices = result_for(&in, DSC_INT64, reduced, &terms);
  int status = dsc_arg_reduce(largest, ndim, shape, reduced, &in.view, &values.view, &indices.view);
  if (terms == 0 || in.count == 0) {
    CHECK(status == DSC_OK || (terms == 0 && status == DSC_UNSUPPORTED), "status %d", status);
  } else {
    CHECK(status == DSC_OK, "dsc_arg_reduce: %d", status);
    int64_t *best = malloc((size_t)values.count * sizeof(int64_t));
    double *value = malloc((size_t)values.count * sizeof(double));
    for (int64_t i = 0; i < values.count; i++) best[i] = -1;
    for (int64_t i = 0; i < in.count; i++) {
      int64_t number, to = target_of(&in, reduced, i, &number);
      double v = get(&in, i);
      bool wins = best[to] < 0 || (isnan(v) && !isnan(value[to])) ||
                  (!isnan(value[to]) && (largest ? v > value[to] : v < value[to]));
      // Elements do not come in the order of their numbers.
      bool ties =
          best[to] >= 0 && (v == value[to] || (isnan(v) && isnan(value[to]))) && number < best[to];
      if (wins || ties) best[to] = number, value[to] = v;
    }
    for (int64_t i = 0; i < values.count; i++) {
      CHECK(near(get(&values, i), value[i], 0), "arg %s: %a, not %a", dsc_dtype_name(dtype),
            get(&values, i), value[i]);
      CHECK(get(&indices, i) == (double)best[i], "arg %s: at %g, not %lld", dsc_dtype_name(dtype),
            get(&indices, i), (long long)best[i]);
    }
    free(best), free(value);
  }
  release(&in), release(&values), release(&indices);
}

static void moments(void) {
  int64_t shape[4], terms;
  int ndim = random_shape(shape, 600);
  DscDType dtype = any_floating();
  Array in = array(dtype, ndim, shape, (Layout)below(3));
  fill(&in, 1, false);
  for (int64_t i = 0; i < in.count; i++) set(&in, i, get(&in, i) + 3);
  uint32_t reduced = 1 + (uint32_t)below((1 << ndim) - 1);
  Array mean = result_for(&in, dtype, reduced, &terms),
        variance = result_for(&in, dtype, reduced, &terms);
  double correction = (double)below(2);
  CHECK(
      dsc_moments(ndim, shape, reduced, &in.view, correction, &mean.view, &variance.view) == DSC_OK,
      "dsc_moments");
  long double *m = calloc((size_t)mean.count + 1, sizeof(long double));
  long double *v = calloc((size_t)mean.count + 1, sizeof(long double));
  int64_t number;
  for (int64_t i = 0; i < in.count; i++)
    m[target_of(&in, reduced, i, &number)] += (long double)get(&in, i) / terms;
  for (int64_t i = 0; i < in.count; i++) {
    int64_t to = target_of(&in, reduced, i, &number);
    v[to] += (get(&in, i) - m[to]) * (get(&in, i) - m[to]);
  }
  for (int64_t i = 0; i < mean.count && terms > 0; i++) {
    double divisor = fmax(0, (double)terms - correction), e = (double)(v[i] / divisor),
           expected = (double)m[i];
    double unit = dtype == DSC_FLOAT64 ? 0x1p-52 : 0x1p-23;
    CHECK(
        near(get(&mean, i), expected, 16 * unit * (1 + fabs(expected)) + unit_of(dtype, expected)),
        "mean: %a, not %a", get(&mean, i), expected);
    CHECK(near(get(&variance, i), e,
               16 * unit * (1 + e) * (1 + fabs(expected)) + unit_of(dtype, e)) ||
              (terms == 1 && correction == 1),
          "variance: %a, not %a", get(&variance, i), e);
    if (terms == 1 && correction == 1)
      CHECK(isnan(get(&variance, i)), "the variance of one value is NaN");
  }
  free(m), free(v), release(&in), release(&mean), release(&variance);
}

static void scan(void) {
  int64_t shape[4];
  int ndim = random_shape(shape, 300), dim = (int)below(ndim);
  DscScan op = (DscScan)below(5);
  DscDType dtype = op == DSC_SCAN_LOGSUMEXP ? any_floating() : any_dtype();
  bool places_too = op == DSC_SCAN_MAX || op == DSC_SCAN_MIN, exact = !is_floating(dtype);
  DscDType result = exact && !places_too && (dtype == DSC_BOOL || chance(2)) ? DSC_INT64 : dtype;
  Array in = array(dtype, ndim, shape, (Layout)below(3)),
        out = array(result, ndim, shape, (Layout)below(2));
  Array indices = array(DSC_INT64, ndim, shape, (Layout)below(2));
  fill(&in, op == DSC_SCAN_PROD ? 1.2 : 4, places_too && chance(3));
  CHECK(dsc_scan(op, ndim, shape, dim, &in.view, &out.view, places_too ? &indices.view : NULL) ==
            DSC_OK,
        "dsc_scan");
  FOR_ROWS(in, dim) {
    double total = op == DSC_SCAN_PROD ? 1 : 0, size = 0;
    int64_t at = 0;
    for (int64_t i = 0; i < length; i++) {
      double v = get(&in, first + i * inner);
      size += fabs(v);
      if (op == DSC_SCAN_SUM) total += v;
      if (op == DSC_SCAN_PROD)
        total =
            exact ? (double)(int64_t)((uint64_t)(int64_t)total * (uint64_t)(int64_t)v) : total * v;
      if (op == DSC_SCAN_LOGSUMEXP)
        total = i == 0 ? v : fmax(total, v) + log1p(exp(-fabs(total - v)));
      if (places_too &&
          (i == 0 || isnan(v) || (!isnan(total) && (op == DSC_SCAN_MAX ? v >= total : v <= total))))
        total = v, at = i;
      double got = get(&out, first + i * inner), slack = 0;
      if (!exact && !places_too)
        slack = unit_of(dtype, total) +
                (dtype == DSC_FLOAT64 ? 0x1p-50 : 0x1p-22) *
                    (op == DSC_SCAN_PROD ? fabs(total) * (double)(i + 1) : size + 1);
      if (exact && op == DSC_SCAN_PROD && fabs(total) > 1e15) break;
      CHECK(near(got, exact ? rounded(result, total) : total, slack), "scan %d of %s: %a, not %a",
            op, dsc_dtype_name(dtype), got, total);
      if (places_too)
        CHECK(get(&indices, first + i * inner) == (double)at, "scan %d: at %g, not %lld", op,
              get(&indices, first + i * inner), (long long)at);
    }
  }
  release(&in), release(&out), release(&indices);
}

void check_reductions(void) {
  for (int i = 0; i < 150; i++) reduce(), reduce_program(), places(), moments(), scan();
}
