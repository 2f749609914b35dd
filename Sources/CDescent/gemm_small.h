// Small matrices of elements of a type DSC_S (gemm_each_source.h) into lanes of DSC_T and back. No
// include guard.

// Lane l of out[e] is element e of the matrix at from[l]. Of matrices longer than a line of the
// cache what is `ahead` is asked for: lanes in turn are no order that the processor sees through.
static void DSC_FROM(to_lanes)(const DSC_S *const *from, const Shape *shape, int64_t ahead,
                               DSC_TYPED(Vector) * out) {
  enum { LINE = 64 / sizeof(DSC_S) };
  typedef DSC_S Four __attribute__((ext_vector_type(4), aligned(_Alignof(DSC_S))));
  typedef DSC_TYPED(Vector) Vector;
  for (int64_t r = 0; r < shape->runs; r++, out += shape->length) {
    const int64_t start = r * shape->run;
    if (shape->step != 1 || shape->length < 4) {
      for (int64_t e = 0; e < shape->length; e++) {
        DSC_T lanes[DSC_LANES];
        for (int l = 0; l < DSC_LANES; l++)
          lanes[l] = DSC_WIDE_ONE(from[l][start + e * shape->step]);
        out[e] = *(const Vector *)lanes;
      }
      continue;
    }
    for (int64_t at = 0; at < shape->length; at += 4) {
      // The last four may have been moved in part.
      const int64_t e = at + 4 <= shape->length ? at : shape->length - 4;
      Vector x[4];
      if (at % LINE == 0 && shape->length > LINE)
        for (int l = 0; l < DSC_LANES; l++) __builtin_prefetch(from[l] + start + e + ahead);
#pragma clang loop unroll(full)
      for (int i = 0; i < 4; i++) {
#define DSC_LINE(l) (*(const Four *)(from[l] + start + e))
#define DSC_JOINED(l) \
  __builtin_shufflevector(DSC_LINE(l), DSC_LINE((l) + 4), 0, 1, 2, 3, 4, 5, 6, 7)
#if DSC_VECTOR_BYTES / DSC_T_BYTES == 16
        x[i] = DSC_WIDEN(__builtin_shufflevector(DSC_JOINED(i), DSC_JOINED(i + 8), 0, 1, 2, 3, 4, 5,
                                                 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                         Vector);
#elif DSC_TRANSPOSES
        x[i] = DSC_WIDEN(DSC_JOINED(i), Vector);
#else
        x[i] = DSC_WIDEN(DSC_LINE(i), Vector);
#endif
#undef DSC_LINE
#undef DSC_JOINED
      }
#if DSC_TRANSPOSES
      DSC_TYPED(transpose_fours)(x);
#else
      DSC_TYPED(transpose_four)(x);
#endif
#pragma clang loop unroll(full)
      for (int i = 0; i < 4; i++) out[e + i] = x[i];
    }
  }
}

// Element e of the matrix at to[l] becomes lane l of in[e], for `count` lanes.
static void DSC_FROM(from_lanes)(const DSC_TYPED(Vector) * in, const Shape *shape, int64_t count,
                                 DSC_S *const *to) {
  typedef DSC_S Narrow __attribute__((ext_vector_type(DSC_LANES)));
  typedef DSC_S Four __attribute__((ext_vector_type(4), aligned(_Alignof(DSC_S))));
  typedef DSC_TYPED(Vector) Vector;
  for (int64_t r = 0; r < shape->runs; r++, in += shape->length) {
    const int64_t start = r * shape->run;
    if (shape->step != 1 || shape->length < 4 || count < DSC_LANES) {
      for (int64_t e = 0; e < shape->length; e++) {
        const Narrow lanes = DSC_NARROW(in[e], Narrow);
        for (int64_t l = 0; l < count; l++) to[l][start + e * shape->step] = lanes[l];
      }
      continue;
    }
    for (int64_t at = 0; at < shape->length; at += 4) {
      const int64_t e = at + 4 <= shape->length ? at : shape->length - 4;
      Vector x[4] = {in[e], in[e + 1], in[e + 2], in[e + 3]};
#if DSC_TRANSPOSES
      DSC_TYPED(transpose_fours)(x);
#else
      DSC_TYPED(transpose_four)(x);
#endif
#pragma clang loop unroll(full)
      for (int i = 0; i < 4; i++) {
        const Narrow lanes = DSC_NARROW(x[i], Narrow);
#define DSC_STORE(l)                   \
  *(Four *)(to[i + (l)] + start + e) = \
      __builtin_shufflevector(lanes, lanes, (l), (l) + 1, (l) + 2, (l) + 3)
        DSC_STORE(0);
#if DSC_TRANSPOSES
        DSC_STORE(4);
#endif
#if DSC_VECTOR_BYTES / DSC_T_BYTES == 16
        DSC_STORE(8);
        DSC_STORE(12);
#endif
#undef DSC_STORE
      }
    }
  }
}

// Makes of the sums in lanes what is written: alpha * sums + beta * C + bias.
static void DSC_FROM(finish_lanes)(const DscGemm *call, const DSC_TYPED(Group) * g) {
  typedef DSC_TYPED(Vector) Vector;
  const Vector alpha = (Vector)((DSC_T)call->alpha), beta = (Vector)((DSC_T)call->beta);
  const DSC_S *bias = (const DSC_S *)call->bias;
  for (int64_t i = 0; i < g->m; i++) {
    for (int64_t j = 0; j < g->n; j++) {
      const int64_t at = i * g->c.row + j * g->c.column;
      Vector value = alpha * g->c_lanes[at];
      if (call->beta != 0) value += beta * g->old[at];
      if (bias != NULL)
        value += (Vector)DSC_WIDE_ONE(bias[i * call->bias_row + j * call->bias_column]);
      g->c_lanes[at] = value;
    }
  }
}

static int DSC_FROM(small_products)(const DscGemm *call, int64_t first, int64_t count) {
  const int64_t m = call->m, n = call->n, k = call->k;
  DSC_TYPED(Group)
  g = {.m = m,
       .n = n,
       .k = k,
       .a = shape_of(m, call->a_row, k, call->a_column),
       .b = shape_of(k, call->b_row, n, call->b_column),
       .c = shape_of(m, call->c_row, n, call->c_column)};
  const size_t elements = (size_t)(m * k + k * n + 2 * m * n);
  g.a_lanes = dsc_product_scratch(elements * sizeof(DSC_TYPED(Vector)));
  if (g.a_lanes == NULL) return DSC_OUT_OF_MEMORY;
  g.b_lanes = g.a_lanes + m * k, g.c_lanes = g.b_lanes + k * n, g.old = g.c_lanes + m * n;
  const DSC_S *a[DSC_LANES], *b[DSC_LANES];
  DSC_S *c[DSC_LANES];
  Walk walk = walk_from(call, first);
  const int last = call->batch_ndim - 1;
  for (int64_t done = 0, lanes; done < count; done += lanes) {
    lanes = dsc_smaller(count - done, DSC_LANES);
    for (int64_t l = 0, some; l < lanes; l += some) {
      some = dsc_smaller(lanes - l, call->batch_shape[last] - walk.index[last]);
      for (int64_t s = 0; s < some; s++) {
        a[l + s] = (const DSC_S *)call->a + walk.a + s * call->a_batch[last];
        b[l + s] = (const DSC_S *)call->b + walk.b + s * call->b_batch[last];
        c[l + s] = (DSC_S *)call->c + walk.c + s * call->c_batch[last];
      }
      walk_on(&walk, some);
    }
    for (int64_t l = lanes; l < DSC_LANES; l++) a[l] = a[0], b[l] = b[0], c[l] = c[0];
    DSC_FROM(to_lanes)(a, &g.a, DSC_LANES * call->a_batch[last], g.a_lanes);
    DSC_FROM(to_lanes)(b, &g.b, DSC_LANES * call->b_batch[last], g.b_lanes);
    if (call->beta != 0)
      DSC_FROM(to_lanes)((const DSC_S *const *)c, &g.c, DSC_LANES * call->c_batch[last], g.old);
    DSC_TYPED(small_group)(&g);
    if (call->alpha != 1 || call->beta != 0 || call->bias != NULL) DSC_FROM(finish_lanes)(call, &g);
    DSC_FROM(from_lanes)(g.c_lanes, &g.c, lanes, c);
  }
  return DSC_OK;
}
