// The gradients of attention for one position of the batch. float32; no include guard.
//
// Blocks of keys outside, blocks of queries inside: the gradients of a block of keys and values
// stay in the second-level cache, those of the queries are added up in memory. With P the weights
// and D the sum of g o over a query's row: dV = P^T g, dS = P (g V^T - D), dQ = scale dS K,
// dK = scale dS^T Q.

// Queries of a block, as whole tiles: fewer under a causal mask, which leaves out whole blocks.
static int64_t DSC_NAME(query_block)(const DscAttention *call) {
  return (call->causal ? 32 : 64) / DSC_TILE_COLUMNS * DSC_TILE_COLUMNS;
}

// Rows next to each other that can be read by whole vectors.
typedef struct {
  const float *data;
  int64_t row;
} DSC_NAME(Rows);

// The parts of the scratch, in elements of float.
typedef struct {
  int64_t queries, gradients;  // panels of the transposed operands
  int64_t sums;                // of each query: logarithm, D
  int64_t query_rows, gradient_rows, key_rows;
  int64_t query_total, key_total, value_total;
  int64_t weights, scores, mask;
  int64_t end;
} DSC_NAME(Parts);

static DSC_NAME(Parts)
    DSC_NAME(parts)(const DscAttention *call, bool query_copy, bool gradient_copy, bool key_copy) {
  enum { KEYS = DSC_NAME(key_block), PAD = 16 };
  const int64_t block = DSC_NAME(query_block)(call);
  const int64_t queries = DSC_TYPED(round_up)(call->queries, block);
  const int64_t size = DSC_NAME(whole_tiles)(call->size);
  const int64_t value_size = DSC_NAME(whole_tiles)(call->value_size);
  const int64_t lengths[] = {
      queries * call->size + PAD,
      queries * call->value_size + PAD,
      2 * queries,
      query_copy ? call->queries * size : 0,
      gradient_copy ? call->queries * value_size : 0,
      key_copy ? call->keys * size : 0,
      queries * size,
      KEYS * size,
      KEYS * value_size,
      KEYS * block,
      KEYS * block,
      call->mask.data != NULL ? KEYS * DSC_TILE_COLUMNS : 0,
  };
  DSC_NAME(Parts) parts = {0};
  int64_t *starts[] = {&parts.queries,     &parts.gradients,     &parts.sums,
                       &parts.query_rows,  &parts.gradient_rows, &parts.key_rows,
                       &parts.query_total, &parts.key_total,     &parts.value_total,
                       &parts.weights,     &parts.scores,        &parts.mask};
  for (int i = 0; i < 12; i++) {
    *starts[i] = parts.end;
    parts.end += DSC_TYPED(round_up)(lengths[i], PAD);
  }
  return parts;
}

static int64_t DSC_NAME(gradients_memory)(const DscAttention *call) {
  return DSC_NAME(parts)(call, true, true, true).end * (int64_t)sizeof(float);
}

// A matrix as rows for whole vectors: itself, or a copy.
static DSC_NAME(Rows)
    DSC_NAME(rows_of)(const DscMatrices *from, int64_t count, int64_t columns, float *copy) {
  if (DSC_NAME(is_whole)(from->column, columns)) return (DSC_NAME(Rows)){from->data, from->row};
  const int64_t row = DSC_NAME(whole_tiles)(columns);
  for (int64_t i = 0; i < count; i++) {
    const float *source = from->data + i * from->row;
    for (int64_t e = 0; e < columns; e++) copy[i * row + e] = source[e * from->column];
    for (int64_t e = columns; e < row; e++) copy[i * row + e] = 0;
  }
  return (DSC_NAME(Rows)){copy, row};
}

// out += A B for `rows` rows of A in any strides, where B has `columns` columns: tile by tile.
static void DSC_NAME(add_product)(const float *a, int64_t row, int64_t column, int64_t rows,
                                  int64_t k, DSC_NAME(Rows) b, int64_t columns, float *out,
                                  int64_t out_row) {
  for (int64_t j = 0; j < columns; j += DSC_TILE_COLUMNS) {
    const int64_t left = columns - j < DSC_TILE_COLUMNS ? columns - j : DSC_TILE_COLUMNS;
    const int vectors = (int)((left + DSC_LANES_PER_VECTOR - 1) / DSC_LANES_PER_VECTOR);
    DSC_NAME(times_panel)
    (a, row, column, rows, k, b.data + j, b.row, vectors, out + j, out_row, DSC_ADD);
  }
}

// Scores and gradients of the weights of a panel become weights and gradients of the scores.
static void DSC_NAME(weigh)(const DSC_NAME(Columns) * columns, int64_t keys, const float *log_sums,
                            const float *dots, float *weights, float *scores) {
  typedef DSC_TYPED(Vector) Vector;
  for (int v = 0; v < columns->vectors; v++) {
    const Vector base = *(const Vector *)(log_sums + v * DSC_LANES_PER_VECTOR);
    const Vector dot = *(const Vector *)(dots + v * DSC_LANES_PER_VECTOR);
    for (int64_t j = 0; j < keys; j++) {
      Vector *weight = (Vector *)(weights + j * columns->stride + v * DSC_LANES_PER_VECTOR);
      Vector *score = (Vector *)(scores + j * columns->stride + v * DSC_LANES_PER_VECTOR);
      *weight = DSC_NAME(power_of_two)(*weight - base);
      *score = *weight * (*score - dot);
    }
  }
}

static void DSC_NAME(store_rows)(const float *from, int64_t row, int64_t rows, int64_t columns,
                                 float factor, float *to, int64_t to_row) {
  for (int64_t i = 0; i < rows; i++)
    for (int64_t e = 0; e < columns; e++) to[i * to_row + e] = from[i * row + e] * factor;
}

static void DSC_NAME(attention_gradients)(const DscHead *head, const DscHeadGradients *gradients,
                                          float *scratch) {
  enum { WIDTH = DSC_TILE_COLUMNS, KEYS = DSC_NAME(key_block) };
  const DscAttention *call = head->call;
  const DscMatrices *query = &head->query, *key = &head->key, *value = &head->value;
  const DscMatrices *gradient = &gradients->output;
  const int64_t queries = call->queries, size = call->size, value_size = call->value_size;
  const int64_t block = DSC_NAME(query_block)(call);
  const int64_t padded = DSC_TYPED(round_up)(queries, block);
  const int64_t row = DSC_NAME(whole_tiles)(size), value_row = DSC_NAME(whole_tiles)(value_size);
  const DSC_NAME(Parts) parts = DSC_NAME(parts)(call, !DSC_NAME(is_whole)(query->column, size),
                                                !DSC_NAME(is_whole)(gradient->column, value_size),
                                                !DSC_NAME(is_whole)(key->column, size));
  float *query_panels = scratch + parts.queries, *gradient_panels = scratch + parts.gradients;
  float *log_sums = scratch + parts.sums, *dots = log_sums + padded;
  float *query_total = scratch + parts.query_total, *key_total = scratch + parts.key_total;
  float *value_total = scratch + parts.value_total;
  float *weights = scratch + parts.weights, *scores = scratch + parts.scores;
  const DSC_NAME(Rows)
      query_rows = DSC_NAME(rows_of)(query, queries, size, scratch + parts.query_rows),
      gradient_rows =
          DSC_NAME(rows_of)(gradient, queries, value_size, scratch + parts.gradient_rows),
      key_rows = DSC_NAME(rows_of)(key, call->keys, size, scratch + parts.key_rows);

  DSC_TYPED(pack_b)(query->data, query->row, query->column, queries, size, query_panels);
  const float unit = (float)(call->scale * DSC_LOG2E), scale = (float)call->scale;
  const int64_t panels = (queries + WIDTH - 1) / WIDTH;
  for (int64_t i = 0; i < panels * WIDTH * size; i++) query_panels[i] *= unit;
  DSC_TYPED(pack_b)
  (gradient->data, gradient->row, gradient->column, queries, value_size, gradient_panels);
  for (int64_t i = 0; i < padded; i++) {
    log_sums[i] = i < queries ? head->log_sums[i] : INFINITY;
    const float *g = gradient_rows.data + i * gradient_rows.row;
    const float *o = head->output.data + i * head->output.row;
    DSC_TYPED(Chains) chains;
    dots[i] = 0;
    if (i >= queries) continue;
    DSC_TYPED(dot_chains)(1, &g, &o, value_size, 0, &chains);
    dots[i] = DSC_TYPED(sum_chains)(&chains);
  }
  memset(query_total, 0, (size_t)(padded * row) * sizeof(float));

  for (int64_t j = 0; j < call->keys; j += KEYS) {
    const int64_t keys = call->keys - j < KEYS ? call->keys - j : KEYS;
    memset(key_total, 0, (size_t)(keys * row) * sizeof(float));
    memset(value_total, 0, (size_t)(keys * value_row) * sizeof(float));
    for (int64_t i = 0; i < queries; i += block) {
      const int64_t count = queries - i < block ? queries - i : block;
      int64_t seen = DSC_NAME(seen)(call, i + count - 1) - j;  // of this block
      if (seen <= 0) continue;
      if (seen > keys) seen = keys;
      for (int64_t p = 0; p < count; p += WIDTH) {
        const int64_t left = count - p < WIDTH ? count - p : WIDTH;
        DSC_NAME(Columns)
        columns = {i + p, left, block,
                   (int)((left + DSC_LANES_PER_VECTOR - 1) / DSC_LANES_PER_VECTOR)};
        DSC_NAME(times_panel)
        (key->data + j * key->row, key->row, key->column, seen, size, query_panels + (i + p) * size,
         WIDTH, columns.vectors, weights + p, block, DSC_REPLACE);
        DSC_NAME(times_panel)
        (value->data + j * value->row, value->row, value->column, seen, value_size,
         gradient_panels + (i + p) * value_size, WIDTH, columns.vectors, scores + p, block,
         DSC_REPLACE);
        DSC_NAME(shade)(head, &columns, j, seen, weights + p, scratch + parts.mask);
        DSC_NAME(weigh)(&columns, seen, log_sums + i + p, dots + i + p, weights + p, scores + p);
      }
      if (gradients->value.data != NULL) DSC_NAME(add_product)
      (weights, block, 1, seen, count,
       (DSC_NAME(Rows)){gradient_rows.data + i * gradient_rows.row, gradient_rows.row}, value_size,
       value_total, value_row);
      if (gradients->key.data != NULL) DSC_NAME(add_product)
      (scores, block, 1, seen, count,
       (DSC_NAME(Rows)){query_rows.data + i * query_rows.row, query_rows.row}, size, key_total,
       row);
      if (gradients->query.data != NULL) DSC_NAME(add_product)
      (scores, 1, block, count, seen,
       (DSC_NAME(Rows)){key_rows.data + j * key_rows.row, key_rows.row}, size,
       query_total + i * row, row);
    }
    if (gradients->key.data != NULL) DSC_NAME(store_rows)
    (key_total, row, keys, size, scale, gradients->key.data + j * gradients->key.row,
     gradients->key.row);
    if (gradients->value.data != NULL) DSC_NAME(store_rows)
    (value_total, value_row, keys, value_size, 1, gradients->value.data + j * gradients->value.row,
     gradients->value.row);
  }
  if (gradients->query.data != NULL) DSC_NAME(store_rows)
  (query_total, row, queries, size, scale, gradients->query.data, gradients->query.row);
}
