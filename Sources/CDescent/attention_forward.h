// Attention, forward: a panel of queries against blocks of keys. float32; no include guard.

// The maximum and the sum of each query of a panel so far.
typedef struct {
  DSC_TYPED(Vector) maximum[DSC_TILE_VECTORS], sum[DSC_TILE_VECTORS];
} DSC_NAME(Softmax);

// Turns a block of scores into exponentials; `shrink` is what earlier sums have to be multiplied
// by. A query that has seen nothing but -inf keeps a sum of 0.
static inline __attribute__((always_inline)) void DSC_NAME(exponentials)(
    int vectors, int64_t keys, float *scores, DSC_NAME(Softmax) * softmax,
    DSC_TYPED(Vector) * shrink) {
  typedef DSC_TYPED(Vector) Vector;
  const Vector nothing = (Vector)(-INFINITY), zero = (Vector)(0.0f);
  Vector most[DSC_TILE_VECTORS], base[DSC_TILE_VECTORS], sum[DSC_TILE_VECTORS];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) most[v] = softmax->maximum[v];
  for (int64_t j = 0; j < keys; j++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      Vector score = *(Vector *)(scores + j * DSC_TILE_COLUMNS + v * DSC_LANES_PER_VECTOR);
      most[v] = score > most[v] ? score : most[v];
    }
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    base[v] = most[v] == nothing ? zero : most[v];
    shrink[v] = DSC_NAME(power_of_two)(softmax->maximum[v] - base[v]);
    sum[v] = softmax->sum[v] * shrink[v];
    softmax->maximum[v] = most[v];
  }
  for (int64_t j = 0; j < keys; j++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      Vector *place = (Vector *)(scores + j * DSC_TILE_COLUMNS + v * DSC_LANES_PER_VECTOR);
      *place = DSC_NAME(power_of_two)(*place - base[v]);
      sum[v] += *place;
    }
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) softmax->sum[v] = sum[v];
}

// Writes `count` columns of a panel of `rows` rows as rows of the output, each times its factor.
static void DSC_NAME(store_columns)(const float *panel, int64_t rows, int64_t count,
                                    const float *factors, float *out, int64_t out_row) {
  typedef float Four __attribute__((ext_vector_type(4), aligned(4)));
  int64_t c = 0;
  for (; c + 4 <= count; c += 4) {
    const Four factor = *(const Four *)(factors + c);
    float *to = out + c * out_row;
    int64_t r = 0;
    for (; r + 4 <= rows; r += 4) {
      const float *from = panel + r * DSC_TILE_COLUMNS + c;
      Four x[4];
      for (int i = 0; i < 4; i++) x[i] = *(const Four *)(from + i * DSC_TILE_COLUMNS) * factor;
      DSC_TYPED(transpose_four)(x);
      *(Four *)(to + r) = x[0];
      *(Four *)(to + r + out_row) = x[1];
      *(Four *)(to + r + 2 * out_row) = x[2];
      *(Four *)(to + r + 3 * out_row) = x[3];
    }
    for (; r < rows; r++)
      for (int i = 0; i < 4; i++)
        to[r + i * out_row] = panel[r * DSC_TILE_COLUMNS + c + i] * factors[c + i];
  }
  for (; c < count; c++)
    for (int64_t r = 0; r < rows; r++)
      out[c * out_row + r] = panel[r * DSC_TILE_COLUMNS + c] * factors[c];
}

static int64_t DSC_NAME(panel_memory)(const DscAttention *call) {
  int64_t keys = DSC_NAME(key_block);
  if (call->mask.data != NULL) keys *= 2;
  return (call->size + call->value_size + keys + 1) * DSC_TILE_COLUMNS * (int64_t)sizeof(float);
}

static void DSC_NAME(attention_panel)(const DscHead *head, int64_t first, int64_t count,
                                      float *scratch) {
  typedef DSC_TYPED(Vector) Vector;
  enum { WIDTH = DSC_TILE_COLUMNS, KEYS = DSC_NAME(key_block) };
  const DscAttention *call = head->call;
  const DscMatrices *query = &head->query, *key = &head->key, *value = &head->value;
  DSC_NAME(Columns)
  columns = {first, count, WIDTH, (int)((count + DSC_LANES_PER_VECTOR - 1) / DSC_LANES_PER_VECTOR)};
  float *queries = scratch, *sums = queries + (call->size + 1) * WIDTH;
  float *scores = sums + call->value_size * WIDTH, *mask = scores + KEYS * WIDTH;
  DSC_TYPED(pack_b)
  (query->data + first * query->row, query->row, query->column, count, call->size, queries);
  const float unit = (float)(call->scale * DSC_LOG2E);
  for (int64_t i = 0; i < call->size * WIDTH; i++) queries[i] *= unit;
  DSC_NAME(Softmax) softmax;
  for (int v = 0; v < DSC_TILE_VECTORS; v++) {
    softmax.maximum[v] = (Vector)(-INFINITY);
    softmax.sum[v] = (Vector)(0.0f);
  }
  const int64_t end = DSC_NAME(seen)(call, first + count - 1);
  for (int64_t j = 0; j < end; j += KEYS) {
    const int64_t keys = end - j < KEYS ? end - j : KEYS;
    DSC_NAME(times_panel)
    (key->data + j * key->row, key->row, key->column, keys, call->size, queries, WIDTH,
     columns.vectors, scores, WIDTH, DSC_REPLACE);
    DSC_NAME(shade)(head, &columns, j, keys, scores, mask);
    Vector shrink[DSC_TILE_VECTORS];
    if (columns.vectors == DSC_TILE_VECTORS) {
      DSC_NAME(exponentials)(DSC_TILE_VECTORS, keys, scores, &softmax, shrink);
    } else if (columns.vectors == 1) {
      DSC_NAME(exponentials)(1, keys, scores, &softmax, shrink);
    } else {
      DSC_NAME(exponentials)(columns.vectors, keys, scores, &softmax, shrink);
    }
    for (int64_t r = 0; j > 0 && r < call->value_size; r++)
      for (int v = 0; v < columns.vectors; v++)
        *(Vector *)(sums + r * WIDTH + v * DSC_LANES_PER_VECTOR) *= shrink[v];
    DSC_NAME(times_panel)
    (value->data + j * value->row, value->column, value->row, call->value_size, keys, scores, WIDTH,
     columns.vectors, sums, WIDTH, j > 0 ? DSC_ADD : DSC_REPLACE);
  }
  float sum[WIDTH], maximum[WIDTH];
  memcpy(sum, softmax.sum, sizeof(sum));
  memcpy(maximum, softmax.maximum, sizeof(maximum));
  if (end == 0) memset(sums, 0, (size_t)(call->value_size * WIDTH) * sizeof(float));
  for (int64_t c = 0; c < count; c++) {
    if (head->log_sums != NULL)
      head->log_sums[first + c] = sum[c] == 0 ? INFINITY : maximum[c] + log2f(sum[c]);
    sum[c] = sum[c] == 0 ? 0 : 1 / sum[c];
  }
  const DscMatrices *out = &head->output;
  DSC_NAME(store_columns)
  (sums, call->value_size, count, sum, out->data + first * out->row, out->row);
}

// MARK: few queries

static bool DSC_NAME(has_few)(const DscAttention *call) { return call->queries < 4; }

// Whether `count` elements next to each other are read, and none behind them, by whole vectors.
static bool DSC_NAME(is_whole)(int64_t column, int64_t count) {
  return column == 1 && count % DSC_LANES_PER_VECTOR == 0;
}

static int64_t DSC_NAME(few_memory)(const DscAttention *call) {
  int64_t values = DSC_NAME(is_whole)(call->value.column, call->value_size) ? 0 : call->keys;
  return (2 * call->size + call->keys + DSC_NAME(whole_tiles)(call->value_size) +
          (values + 2) * DSC_TILE_COLUMNS) *
         (int64_t)sizeof(float);
}

// The scores of one query: dot products with keys read where they lie.
static void DSC_NAME(score_keys)(const DscHead *head, const float *query, int64_t count,
                                 float *gathered, float *scores) {
  enum { STREAMS = DSC_TYPED(streams) };
  const DscMatrices *key = &head->key;
  const int64_t size = head->call->size, ahead = DSC_TYPED(vector_ahead)(key->row, count);
  DSC_TYPED(Chains) chains[4];
  const float *a[4], *x[4] = {query, query, query, query};
  for (int64_t j = 0; j < count;) {
    const float *from = key->data + j * key->row;
    if (key->column == 1 && j + STREAMS <= count) {
      for (int s = 0; s < STREAMS; s++) a[s] = from + s * key->row;
      DSC_TYPED(dot_chains)(STREAMS, a, x, size, ahead, chains);
      for (int s = 0; s < STREAMS; s++) scores[j + s] = DSC_TYPED(sum_chains)(&chains[s]);
      j += STREAMS;
      continue;
    }
    a[0] = from;
    if (key->column != 1) {
      for (int64_t e = 0; e < size; e++) gathered[e] = from[e * key->column];
      a[0] = gathered;
    }
    DSC_TYPED(dot_chains)(1, a, x, size, 0, chains);
    scores[j++] = DSC_TYPED(sum_chains)(&chains[0]);
  }
}

// Exponentials of a row of scores; returns their sum, and their maximum through a pointer.
static float DSC_NAME(exponentials_of_row)(float *scores, int64_t count, float *maximum) {
  typedef DSC_TYPED(Vector) Vector;
  enum { LANES = DSC_LANES_PER_VECTOR };
  const int64_t whole = DSC_TYPED(round_up)(count, LANES);
  for (int64_t j = count; j < whole; j++) scores[j] = -INFINITY;
  Vector most = (Vector)(-INFINITY), sum = (Vector)(0.0f);
  for (int64_t j = 0; j < whole; j += LANES) {
    Vector score = *(Vector *)(scores + j);
    most = score > most ? score : most;
  }
  float values[LANES];
  memcpy(values, &most, sizeof(values));
  *maximum = -INFINITY;
  for (int i = 0; i < LANES; i++) *maximum = values[i] > *maximum ? values[i] : *maximum;
  const Vector base = (Vector)(*maximum == -INFINITY ? 0 : *maximum);
  for (int64_t j = 0; j < whole; j += LANES) {
    Vector *place = (Vector *)(scores + j);
    *place = DSC_NAME(power_of_two)(*place - base);
    sum += *place;
  }
  memcpy(values, &sum, sizeof(values));
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) values[i] += values[i + half];
  return values[0];
}

static void DSC_NAME(attention_few)(const DscHead *head, float *scratch) {
  enum { WIDTH = DSC_TILE_COLUMNS };
  const DscAttention *call = head->call;
  const DscMatrices *query = &head->query, *value = &head->value, *mask = &head->mask;
  float *scaled = scratch, *gathered = scaled + call->size, *scores = gathered + call->size;
  float *out = scores + DSC_NAME(whole_tiles)(call->keys);
  float *panel = out + DSC_NAME(whole_tiles)(call->value_size);
  const float unit = (float)(call->scale * DSC_LOG2E);
  const bool whole = DSC_NAME(is_whole)(value->column, call->value_size);
  for (int64_t i = 0; i < call->queries; i++) {
    const int64_t end = DSC_NAME(seen)(call, i);
    for (int64_t e = 0; e < call->size; e++)
      scaled[e] = query->data[i * query->row + e * query->column] * unit;
    DSC_NAME(score_keys)(head, scaled, end, gathered, scores);
    if (mask->data != NULL)
      for (int64_t j = 0; j < end; j++)
        scores[j] += mask->data[i * mask->row + j * mask->column] * (float)DSC_LOG2E;
    float maximum, sum = DSC_NAME(exponentials_of_row)(scores, end, &maximum);
    for (int64_t e = 0; e < call->value_size; e += WIDTH) {
      const int64_t left = call->value_size - e, count = left < WIDTH ? left : WIDTH;
      const float *from = value->data + e * value->column;
      int64_t row = value->row;
      if (!whole) {
        DSC_TYPED(pack_b)(from, value->column, value->row, count, end, panel);
        from = panel, row = WIDTH;
      }
      const int vectors = (int)((count + DSC_LANES_PER_VECTOR - 1) / DSC_LANES_PER_VECTOR);
      DSC_TYPED(tiles)[0][vectors - 1](end, scores, 0, 1, from, row, out + e, WIDTH, DSC_REPLACE);
    }
    const float inverse = sum == 0 ? 0 : 1 / sum;
    float *to = head->output.data + i * head->output.row;
    for (int64_t e = 0; e < call->value_size; e++) to[e] = sum == 0 ? 0 : out[e] * inverse;
    if (head->log_sums != NULL) head->log_sums[i] = sum == 0 ? INFINITY : maximum + log2f(sum);
  }
}
