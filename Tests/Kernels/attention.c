// Attention against its definition in double.
#include "check.h"

enum { BATCH = 2, HEADS = 2 };

static double worst;
static void compare(double got, double expected) {
  double error = fabs(got - expected) / (1 + fabs(expected));
  if (!(error <= worst)) worst = isnan(error) ? INFINITY : error;
}

// Matrices of every position: one after the other, heads beside each other in a row, or transposed.
static DscMatrices matrices(int64_t rows, int64_t columns, int style, bool fill) {
  int64_t count = BATCH * HEADS * rows * columns;
  DscMatrices m = {malloc((size_t)count * sizeof(float)), columns, 1, {0}};
  for (int64_t i = 0; i < count; i++) m.data[i] = fill ? (float)(2 * draw()) : NAN;
  m.batch[0] = HEADS * rows * columns, m.batch[1] = rows * columns;
  if (style == 1) m.row = HEADS * columns, m.batch[1] = columns;
  if (style == 2) m.row = 1, m.column = rows;
  return m;
}

static float *at(const DscMatrices *m, int64_t n, int64_t h, int64_t i, int64_t j) {
  return m->data + n * m->batch[0] + h * m->batch[1] + i * m->row + j * m->column;
}

// One position: weights and gradients of the scores by definition, and what follows from them.
static void compare_all(const DscAttention *c, const DscMatrices *g, const DscMatrices gradients[3],
                        int64_t n, int64_t h) {
  int64_t rows = c->queries, keys = c->keys;
  double *weights = calloc((size_t)(2 * rows * keys), sizeof(double)),
         *scores = weights + rows * keys;
  for (int64_t i = 0; i < rows; i++) {
    double most = -INFINITY, sum = 0, dot = 0, *p = weights + i * keys;
    for (int64_t j = 0; j < keys; j++) {
      for (int64_t e = 0; e < c->size; e++)
        p[j] += c->scale * *at(&c->query, n, h, i, e) * *at(&c->key, n, h, j, e);
      if (c->mask.data != NULL) p[j] += *at(&c->mask, n, h, i, j);
      if (c->causal && j > i + c->causal_offset) p[j] = -INFINITY;
      if (p[j] > most) most = p[j];
    }
    for (int64_t j = 0; j < keys; j++) sum += p[j] = most == -INFINITY ? 0 : exp(p[j] - most);
    for (int64_t j = 0; j < keys && sum > 0; j++) p[j] /= sum;
    for (int64_t v = 0; v < c->value_size; v++) {
      double out = 0;
      for (int64_t j = 0; j < keys; j++) out += p[j] * *at(&c->value, n, h, j, v);
      compare(*at(&c->output, n, h, i, v), out);
      dot += out * *at(g, n, h, i, v);
    }
    for (int64_t j = 0; j < keys; j++) {
      double *s = scores + i * keys + j;
      for (int64_t v = 0; v < c->value_size; v++)
        *s += (double)*at(g, n, h, i, v) * *at(&c->value, n, h, j, v);
      *s = p[j] * (*s - dot) * c->scale;
    }
    for (int64_t e = 0; e < c->size; e++) {
      double total = 0;
      for (int64_t j = 0; j < keys; j++) total += scores[i * keys + j] * *at(&c->key, n, h, j, e);
      compare(*at(&gradients[0], n, h, i, e), total);
    }
  }
  for (int64_t j = 0; j < keys; j++) {
    for (int64_t e = 0; e < c->size; e++) {
      double total = 0;
      for (int64_t i = 0; i < rows; i++) total += scores[i * keys + j] * *at(&c->query, n, h, i, e);
      compare(*at(&gradients[1], n, h, j, e), total);
    }
    for (int64_t v = 0; v < c->value_size; v++) {
      double total = 0;
      for (int64_t i = 0; i < rows; i++) total += weights[i * keys + j] * *at(g, n, h, i, v);
      compare(*at(&gradients[2], n, h, j, v), total);
    }
  }
  free(weights);
}

// Random sizes, layouts and masks; returns the worst error beside 1 and the value, or infinity.
static double attention_error(void) {
  worst = 0;
  int64_t rows = below(4) == 0 ? 1 + below(4) : 1 + below(130), keys = 1 + below(220);
  int64_t size = 1 + below(70), value_size = below(2) ? size : 1 + below(70);
  DscAttention c = {.batch_ndim = 2,
                    .batch_shape = {BATCH, HEADS},
                    .queries = rows,
                    .keys = keys,
                    .size = size,
                    .value_size = value_size,
                    .query = matrices(rows, size, (int)below(3), true),
                    .key = matrices(keys, size, (int)below(3), true),
                    .value = matrices(keys, value_size, (int)below(3), true),
                    .output = matrices(rows, value_size, (int)below(2), false),
                    .log_sums = malloc((size_t)(BATCH * HEADS * rows) * sizeof(float)),
                    .scale = below(4) == 0 ? -0.3 : 0.2,
                    .causal = below(2) == 1,
                    .causal_offset = below(2) == 1 ? 0 : below(25) - 6};
  if (below(2) == 1) {
    c.mask = matrices(rows, keys, (int)below(3), true);
    for (int64_t i = 0; i < BATCH * HEADS * rows * keys; i++)
      if (below(3) == 0) c.mask.data[i] = -INFINITY;
    if (below(2) == 1) c.mask.row = 0, c.mask.batch[1] = 0;
  }
  DscMatrices g = matrices(rows, value_size, (int)below(3), true);
  DscMatrices gradients[3] = {matrices(rows, size, (int)below(2), false),
                              matrices(keys, size, (int)below(2), false),
                              matrices(keys, value_size, (int)below(2), false)};
  if (dsc_attention(&c) != DSC_OK ||
      dsc_attention_backward(&c, &g, &gradients[0], &gradients[1], &gradients[2]) != DSC_OK)
    worst = INFINITY;
  for (int n = 0; n < BATCH; n++)
    for (int h = 0; h < HEADS; h++) compare_all(&c, &g, gradients, n, h);
  free(c.query.data), free(c.key.data), free(c.value.data), free(c.mask.data);
  free(c.output.data), free(c.log_sums), free(g.data);
  for (int i = 0; i < 3; i++) free(gradients[i].data);
  return worst;
}

void check_attention(void) {
  for (int i = 0; i < 60; i++) {
    double error = attention_error();
    CHECK(error < 1e-4, "attention within %g", error);
  }
}
