// The cells of one element type DSC_T, each a loop over the units of a row. No include guard.
#define DSC_TYPED(name) DSC_NAME(DSC_PASTE(name, DSC_T_NAME))

// Functions of gates, to three units of the last place: as they need no subnormal results, they
// cost half of the general ones. expm1(x) = 2^n (e^r - 1) + (2^n - 1) with x = n ln 2 + r.
DSC_INLINE DSC_T DSC_TYPED(gate_expm1)(DSC_T x) {
  enum { COUNT = sizeof(DSC_SERIES) / sizeof(DSC_T) };
  const DSC_T shifted = DSC_MULTIPLY_ADD(x, (DSC_T)DSC_LOG2E, DSC_SHIFT),
              whole = shifted - DSC_SHIFT;
  DSC_T r = DSC_MULTIPLY_ADD(whole, -DSC_LN2_HI, x);
  r = DSC_MULTIPLY_ADD(whole, -DSC_LN2_LO, r);
  DSC_T q = DSC_SERIES[COUNT - 1];
  DSC_UNROLL for (int k = COUNT - 2; k >= 0; k--) q = DSC_MULTIPLY_ADD(q, r, DSC_SERIES[k]);
  const DSC_T scale = DSC_POWER(shifted);
  return DSC_MULTIPLY_ADD(scale, DSC_MULTIPLY_ADD(q, r * r, r), scale - 1);
}

// Within ±largest; keeps NaN. Each line is one instruction: the smaller or larger of two numbers,
// else the second.
DSC_INLINE DSC_T DSC_TYPED(gate_bounded)(DSC_T x, DSC_T largest) {
  const DSC_T y = largest < x ? largest : x;
  return -largest > y ? -largest : y;
}

// Both keep NaN.
DSC_INLINE DSC_T DSC_TYPED(gate_sigmoid)(DSC_T x) {
  return 1 / (2 + DSC_TYPED(gate_expm1)(DSC_TYPED(gate_bounded)(-x, DSC_LARGEST_X)));
}

DSC_INLINE DSC_T DSC_TYPED(gate_tanh)(DSC_T x) {
  const DSC_T y = DSC_TYPED(gate_bounded)(x + x, 40);  // beyond, tanh is ±1
  const DSC_T e = DSC_TYPED(gate_expm1)(y);
  return e / (e + 2);
}

// The sum of a gate: number `gate` of unit j.
#define DSC_SUM(gate) (x[(gate)*n + j] + y[(gate)*n + j] + bias[(gate)*n + j])

static void DSC_TYPED(lstm)(const DscCellForward *row) {
  const int64_t n = row->hidden;
  const DSC_T *x = row->input, *y = row->product, *bias = row->bias, *before = row->before;
  DSC_T *memory = row->memory, *h = row->state, *gates = row->gates;
  // Two loops: one's chain of operations would be longer than the instructions that a processor has
  // in flight.
  DSC_LONG_VECTOR for (int64_t j = 0; j < n; j++) {
    const DSC_T i = DSC_TYPED(gate_sigmoid)(DSC_SUM(0)), f = DSC_TYPED(gate_sigmoid)(DSC_SUM(1));
    const DSC_T g = DSC_TYPED(gate_tanh)(DSC_SUM(2)), o = DSC_TYPED(gate_sigmoid)(DSC_SUM(3));
    gates[j] = i, gates[n + j] = f, gates[2 * n + j] = g, gates[3 * n + j] = o;
    memory[j] = f * before[j] + i * g;
  }
  DSC_LONG_VECTOR for (int64_t j = 0; j < n; j++) h[j] =
      gates[3 * n + j] * DSC_TYPED(gate_tanh)(memory[j]);
}

static void DSC_TYPED(gru)(const DscCellForward *row) {
  const int64_t n = row->hidden;
  const DSC_T *x = row->input, *y = row->product, *bias = row->bias, *before = row->before;
  const DSC_T *hidden_bias = row->hidden_bias;
  DSC_T *memory = row->memory, *h = row->state, *gates = row->gates;
  DSC_LONG_VECTOR for (int64_t j = 0; j < n; j++) {
    const DSC_T r = DSC_TYPED(gate_sigmoid)(DSC_SUM(0)), z = DSC_TYPED(gate_sigmoid)(DSC_SUM(1));
    const DSC_T m = y[2 * n + j] + hidden_bias[j];
    const DSC_T new = DSC_TYPED(gate_tanh)(x[2 * n + j] + bias[2 * n + j] + r * m);
    gates[j] = r, gates[n + j] = z, gates[2 * n + j] = new;
    memory[j] = m, h[j] = z * (before[j] - new) + new;
  }
}

static void DSC_TYPED(tanh)(const DscCellForward *row) {
  const int64_t n = row->hidden;
  const DSC_T *x = row->input, *y = row->product, *bias = row->bias;
  DSC_T *h = row->state;
  DSC_LONG_VECTOR for (int64_t j = 0; j < n; j++) h[j] = DSC_TYPED(gate_tanh)(DSC_SUM(0));
}

static void DSC_TYPED(relu)(const DscCellForward *row) {
  const int64_t n = row->hidden;
  const DSC_T *x = row->input, *y = row->product, *bias = row->bias;
  DSC_T *h = row->state;
  DSC_VECTOR for (int64_t j = 0; j < n; j++) h[j] = DSC_SUM(0) < 0 ? 0 : DSC_SUM(0);
}

static void DSC_TYPED(lstm_backward)(const DscCellBackward *row) {
  const int64_t n = row->hidden;
  const DSC_T *gates = row->gates, *memory = row->memory, *before = row->before, *grad = row->grad;
  const DSC_T *product = row->product;
  DSC_T *carry = row->carry, *out = row->gate_grads;
  DSC_LONG_VECTOR for (int64_t j = 0; j < n; j++) {
    const DSC_T i = gates[j], f = gates[n + j], g = gates[2 * n + j], o = gates[3 * n + j];
    const DSC_T dh = grad[j] + product[j], bound = DSC_TYPED(gate_tanh)(memory[j]);
    const DSC_T dc = carry[j] + dh * o * (1 - bound * bound);
    out[j] = dc * g * (i * (1 - i)), out[n + j] = dc * before[j] * (f * (1 - f));
    out[2 * n + j] = dc * i * (1 - g * g), out[3 * n + j] = dh * bound * (o * (1 - o));
    carry[j] = dc * f;
  }
}

static void DSC_TYPED(gru_backward)(const DscCellBackward *row) {
  const int64_t n = row->hidden;
  const DSC_T *gates = row->gates, *memory = row->memory, *before = row->before, *grad = row->grad;
  const DSC_T *product = row->product;
  DSC_T *carry = row->carry, *out = row->gate_grads, *hidden_out = row->hidden_grads;
  DSC_LONG_VECTOR for (int64_t j = 0; j < n; j++) {
    const DSC_T r = gates[j], z = gates[n + j], new = gates[2 * n + j];
    const DSC_T dh = grad[j] + product[j] + carry[j], dn = dh * (1 - z) * (1 - new *new);
    const DSC_T dr = dn * memory[j] * (r * (1 - r)), dz = dh * (before[j] - new) * (z * (1 - z));
    out[j] = dr, out[n + j] = dz, out[2 * n + j] = dn;
    hidden_out[j] = dr, hidden_out[n + j] = dz, hidden_out[2 * n + j] = dn * r;
    carry[j] = dh * z;
  }
}

static void DSC_TYPED(tanh_backward)(const DscCellBackward *row) {
  const DSC_T *grad = row->grad, *product = row->product, *h = row->state;
  DSC_T *out = row->gate_grads;
  DSC_VECTOR for (int64_t j = 0; j < row->hidden; j++) out[j] =
      (grad[j] + product[j]) * (1 - h[j] * h[j]);
}

static void DSC_TYPED(relu_backward)(const DscCellBackward *row) {
  const DSC_T *grad = row->grad, *product = row->product, *h = row->state;
  DSC_T *out = row->gate_grads;
  DSC_VECTOR for (int64_t j = 0; j < row->hidden; j++) out[j] = h[j] > 0 ? grad[j] + product[j] : 0;
}

static void DSC_TYPED(add)(int64_t count, const void *from, void *to) {
  const DSC_T *source = from;
  DSC_T *sums = to;
  DSC_VECTOR for (int64_t j = 0; j < count; j++) sums[j] += source[j];
}

static const DscCells DSC_TYPED(cells) = {.forward = {[DSC_CELL_LSTM] = DSC_TYPED(lstm),
                                                      [DSC_CELL_GRU] = DSC_TYPED(gru),
                                                      [DSC_CELL_TANH] = DSC_TYPED(tanh),
                                                      [DSC_CELL_RELU] = DSC_TYPED(relu)},
                                          .backward = {[DSC_CELL_LSTM] = DSC_TYPED(lstm_backward),
                                                       [DSC_CELL_GRU] = DSC_TYPED(gru_backward),
                                                       [DSC_CELL_TANH] = DSC_TYPED(tanh_backward),
                                                       [DSC_CELL_RELU] = DSC_TYPED(relu_backward)},
                                          .add = DSC_TYPED(add)};

#undef DSC_SUM
#undef DSC_TYPED
#undef DSC_T
#undef DSC_T_NAME
#undef DSC_SERIES
#undef DSC_SHIFT
#undef DSC_LN2_HI
#undef DSC_LN2_LO
#undef DSC_POWER
#undef DSC_LARGEST_X
