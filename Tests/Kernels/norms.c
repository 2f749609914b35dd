// Normalisation and its gradients against their formulas in double.
#include "check.h"

static void norm(DscNormKind kind, DscDType dtype) {
  DscDType lane = dtype == DSC_FLOAT64 ? DSC_FLOAT64 : DSC_FLOAT32;
  DscNorm n = {.kind = kind,
               .dtype = dtype,
               .outer = 1 + any_size(chance(2) ? 40 : 4),
               .channels = 1,
               .groups = 1};
  n.inner = 1 + any_size(chance(2) ? 300 : 20), n.eps = 1e-5, n.centred = true;
  if (kind == DSC_NORM_ROWS) n.centred = !chance(3);
  if (kind == DSC_NORM_GROUPS) n.groups = 1 + below(3), n.channels = n.groups * (1 + below(4));
  if (kind == DSC_NORM_CHANNELS || kind == DSC_NORM_CHANNELS_LAST)
    n.channels = 1 + any_size(40), n.given = chance(3);
  if (kind == DSC_NORM_CHANNELS_LAST) n.outer = 1 + any_size(300), n.inner = 1;
  // An element is (outer, channel, inner); its set and its weight follow from these.
  int64_t all = n.outer * n.channels * n.inner, per = n.channels / n.groups;
  int64_t sets = kind == DSC_NORM_ROWS     ? n.outer
                 : kind == DSC_NORM_GROUPS ? n.outer * n.groups
                                           : n.channels;
  int64_t weights = kind == DSC_NORM_ROWS ? n.inner : n.channels, count = all / sets;
  if (!n.given && count < 2) return;
  Array x = vector(dtype, all), y = vector(dtype, all), g = vector(dtype, all),
        dx = vector(dtype, all);
  Array w = vector(lane, weights), b = vector(lane, weights), dw = vector(lane, weights),
        db = vector(lane, weights);
  Array mean = vector(lane, sets), rstd = vector(lane, sets), variance = vector(lane, sets);
  fill(&x, 2, false), fill(&g, 1, false), fill(&w, 1, false), fill(&b, 1, false),
      fill(&mean, 0.5, false);
  for (int64_t i = 0; i < all; i++) set(&x, i, get(&x, i) + 1);
  for (int64_t i = 0; i < sets; i++) set(&rstd, i, 0.6 + fabs(draw()));
  bool weighted = !chance(3),
       channelwise = kind == DSC_NORM_CHANNELS || kind == DSC_NORM_CHANNELS_LAST;
  n.x = x.view.data, n.weight = weighted ? w.view.data : NULL,
  n.bias = weighted ? b.view.data : NULL;
  n.mean = mean.view.data, n.rstd = rstd.view.data;
#define SET(i)                                                                    \
  (kind == DSC_NORM_ROWS ? (i) / n.inner                                          \
   : kind == DSC_NORM_GROUPS                                                      \
       ? (i) / n.inner / n.channels * n.groups + (i) / n.inner % n.channels / per \
       : (i) / n.inner % n.channels)
#define WEIGHT(i) (kind == DSC_NORM_ROWS ? (i) % n.inner : (i) / n.inner % n.channels)
  // Sums that are not to err as those tested.
  long double *buffer = calloc((size_t)(5 * sets + 4 * weights), sizeof(long double));
  long double *m = buffer, *s = m + sets, *v = s + sets, *h = v + sets, *hu = h + sets;
  long double *ew = hu + sets, *eb = ew + weights, *sw = eb + weights, *sb = sw + weights;
  for (int64_t i = 0; i < all; i++) m[SET(i)] += n.centred ? (long double)get(&x, i) / count : 0;
  for (int64_t i = 0; i < all; i++)
    v[SET(i)] += (get(&x, i) - m[SET(i)]) * (get(&x, i) - m[SET(i)]);
  for (int64_t i = 0; i < sets; i++) s[i] = 1 / sqrtl(v[i] / count + n.eps);
  if (n.given)
    for (int64_t i = 0; i < sets; i++) m[i] = get(&mean, i), s[i] = get(&rstd, i);
  CHECK(dsc_norm(&n, y.view.data, channelwise && !n.given ? variance.view.data : NULL) == DSC_OK,
        "dsc_norm");
  CHECK(dsc_norm_backward(&n, g.view.data, dx.view.data, weighted ? dw.view.data : NULL,
                          weighted ? db.view.data : NULL) == DSC_OK,
        "dsc_norm_backward");
  double unit = lane == DSC_FLOAT64 ? 0x1p-52 : 0x1p-23;
  for (int64_t i = 0; i < sets; i++) {
    CHECK(!n.centred || near(get(&mean, i), (double)m[i], 16 * unit), "mean: %a, not %a",
          get(&mean, i), (double)m[i]);
    CHECK(near(get(&rstd, i), (double)s[i], 16 * unit * (double)(s[i] * (1 + s[i]))),
          "rstd: %a, not %a", get(&rstd, i), (double)s[i]);
    if (channelwise && !n.given) {
      double e = (double)v[i] / (double)(count - 1);
      CHECK(near(get(&variance, i), e, 32 * unit * (1 + e)), "variance: %a, not %a",
            get(&variance, i), e);
    }
  }
  for (int64_t i = 0; i < all; i++) {
    double u = (double)((get(&x, i) - m[SET(i)]) * s[SET(i)]),
           k = weighted ? get(&w, WEIGHT(i)) : 1, d = get(&g, i) * k;
    double e = u * k + (weighted ? get(&b, WEIGHT(i)) : 0),
           slack = 64 * unit * (1 + (double)s[SET(i)]) + unit_of(dtype, e);
    CHECK(near(get(&y, i), e, slack), "kind %d: %a, not %a", kind, get(&y, i), e);
    h[SET(i)] += d / (double)count, hu[SET(i)] += d * u / (double)count;
    ew[WEIGHT(i)] += get(&g, i) * u, eb[WEIGHT(i)] += get(&g, i);
    sw[WEIGHT(i)] += fabs(get(&g, i) * u), sb[WEIGHT(i)] += fabs(get(&g, i));
  }
  for (int64_t i = 0; i < all; i++) {
    int64_t set_ = SET(i);
    double u = (double)((get(&x, i) - m[set_]) * s[set_]), scale = (double)s[set_];
    double d = get(&g, i) * (weighted ? get(&w, WEIGHT(i)) : 1);
    if (!n.given) d -= u * (double)hu[set_] + (n.centred ? (double)h[set_] : 0);
    double slack = 64 * unit * (1 + fabs(u)) * scale * (1 + scale) + unit_of(dtype, d * scale);
    CHECK(near(get(&dx, i), d * scale, slack), "kind %d, gradient: %a, not %a", kind, get(&dx, i),
          d * scale);
  }
  for (int64_t i = 0; i < weights && weighted; i++) {
    CHECK(near(get(&dw, i), (double)ew[i], 64 * unit * (1 + 4 * (double)sw[i])),
          "weight's gradient: %a, not %a", get(&dw, i), (double)ew[i]);
    CHECK(near(get(&db, i), (double)eb[i], 16 * unit * (1 + (double)sb[i])),
          "bias's gradient: %a, not %a", get(&db, i), (double)eb[i]);
  }
  Array *arrays[] = {&x, &y, &g, &dx, &w, &b, &dw, &db, &mean, &rstd, &variance};
  for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++) release(arrays[i]);
  free(buffer);
}

void check_norms(void) {
  for (int i = 0; i < 160; i++) norm((DscNormKind)(i % 4), (DscDType)(DSC_FLOAT16 + i / 4 % 4));
}
