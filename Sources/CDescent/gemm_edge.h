// The last columns of a product of one element type DSC_T, where they fill but a small part of a
// vector. No include guard.

// How many columns at the end of C are better worked on as rows, by vectors along the rows of C
// that are: those which take less than half the multiply-adds so.
static int64_t DSC_TYPED(edge_of)(const DscProduct *g) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  const int64_t rest = g->n % LANES;
  return g->patches == NULL && 2 * rest * ((g->m + LANES - 1) / LANES) <= g->m ? rest : 0;
}

static int DSC_TYPED(product)(const DscProduct *g) {
  const int64_t edge = DSC_TYPED(edge_of)(g);
  if (edge == 0) return DSC_TYPED(tiled)(g);
  const int64_t size = (int64_t)dsc_dtype_size(g->dtype), columns = g->n - edge;
  DscProduct whole = *g, last = *g;
  whole.n = columns, last.n = edge;
  last.b += columns * g->b_column * size;
  last.c += columns * g->c_column * size;
  if (g->bias != NULL) last.bias += columns * g->bias_column * size;
  last = dsc_transposed(&last);
  const int status = columns > 0 ? DSC_TYPED(tiled)(&whole) : DSC_OK;
  return status | DSC_TYPED(tiled)(&last);
}
