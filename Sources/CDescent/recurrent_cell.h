// The cells of one element type DSC_T. No include guard.
//
// A gate's sums stand in the scratch, each gate padded to whole steps of the loops of the functions.
#undef DSC_TYPED
#define DSC_TYPED(name) DSC_NAME(DSC_PASTE(name, DSC_T_NAME))

static inline void DSC_TYPED(sum_gates)(const DscCellForward *r, int64_t gates) {
  const int64_t n = r->hidden;
  for (int64_t g = 0; g < gates; g++) {
    const DSC_T *x = (const DSC_T *)r->input + g * n, *y = (const DSC_T *)r->product + g * n;
    const DSC_T *bias = (const DSC_T *)r->bias + g * n;
    DSC_T *out = (DSC_T *)r->scratch + g * r->padded;
    DSC_VECTOR for (int64_t j = 0; j < n; j++) out[j] = x[j] + y[j] + bias[j];
  }
}

static inline void DSC_TYPED(sigmoid)(int64_t count, DSC_T *values) {
  (void)dsc_find_loop(dsc_target(), DSC_OP_SIGMOID, sizeof(DSC_T) == 4 ? DSC_LANE_F32 : DSC_LANE_F64)(
      count, values, values, values, values);
}

static inline void DSC_TYPED(tanh)(int64_t count, DSC_T *values) {
  (void)dsc_find_loop(dsc_target(), DSC_OP_TANH, sizeof(DSC_T) == 4 ? DSC_LANE_F32 : DSC_LANE_F64)(
      count, values, values, values, values);
}

static void DSC_TYPED(lstm)(const DscCellForward *r) {
  const int64_t n = r->hidden;
  DSC_T *s = r->scratch, *i = s, *f = i + r->padded, *g = f + r->padded, *o = g + r->padded;
  DSC_T *bound = o + r->padded;
  DSC_TYPED(sum_gates)(r, 4);
  DSC_TYPED(sigmoid)(2 * r->padded, i);
  DSC_TYPED(tanh)(r->padded, g);
  DSC_TYPED(sigmoid)(r->padded, o);
  const DSC_T *before = r->before;
  DSC_T *c = r->memory, *h = r->state, *gates = r->gates;
  DSC_VECTOR for (int64_t j = 0; j < n; j++) {
    const DSC_T next = f[j] * before[j] + i[j] * g[j];
    gates[j] = i[j], gates[n + j] = f[j], gates[2 * n + j] = g[j], gates[3 * n + j] = o[j];
    bound[j] = next, c[j] = next;
  }
  DSC_TYPED(tanh)(r->padded, bound);
  DSC_VECTOR for (int64_t j = 0; j < n; j++) h[j] = o[j] * bound[j];
}

static void DSC_TYPED(gru)(const DscCellForward *r) {
  const int64_t n = r->hidden;
  DSC_T *reset = r->scratch, *z = reset + r->padded, *new = z + r->padded;
  DSC_TYPED(sum_gates)(r, 2);
  DSC_TYPED(sigmoid)(2 * r->padded, reset);
  const DSC_T *x = (const DSC_T *)r->input + 2 * n, *y = (const DSC_T *)r->product + 2 * n;
  const DSC_T *bias = (const DSC_T *)r->bias + 2 * n, *hidden_bias = r->hidden_bias;
  const DSC_T *before = r->before;
  DSC_T *memory = r->memory, *h = r->state, *gates = r->gates;
  DSC_VECTOR for (int64_t j = 0; j < n; j++) {
    const DSC_T m = y[j] + hidden_bias[j];
    memory[j] = m;
    new[j] = x[j] + bias[j] + reset[j] * m;
  }
  DSC_TYPED(tanh)(r->padded, new);
  DSC_VECTOR for (int64_t j = 0; j < n; j++) {
    gates[j] = reset[j], gates[n + j] = z[j], gates[2 * n + j] = new[j];
    h[j] = z[j] * (before[j] - new[j]) + new[j];
  }
}

static void DSC_TYPED(tanh_cell)(const DscCellForward *r) {
  DSC_T *s = r->scratch, *h = r->state;
  DSC_TYPED(sum_gates)(r, 1);
  DSC_TYPED(tanh)(r->padded, s);
  memcpy(h, s, (size_t)r->hidden * sizeof(DSC_T));
}

static void DSC_TYPED(relu_cell)(const DscCellForward *r) {
  DSC_T *s = r->scratch, *h = r->state;
  DSC_TYPED(sum_gates)(r, 1);
  DSC_VECTOR for (int64_t j = 0; j < r->hidden; j++) h[j] = s[j] < 0 ? 0 : s[j];
}

static void DSC_TYPED(lstm_backward)(const DscCellBackward *r) {
  const int64_t n = r->hidden;
  const DSC_T *i = r->gates, *f = i + n, *g = f + n, *o = g + n, *before = r->before;
  const DSC_T *grad = r->grad, *product = r->product;
  DSC_T *bound = r->scratch, *carry = r->carry;
  DSC_T *di = r->gate_grads, *df = di + n, *dg = df + n, *d_o = dg + n;
  memcpy(bound, r->memory, (size_t)n * sizeof(DSC_T));
  DSC_TYPED(tanh)(r->padded, bound);
  DSC_VECTOR for (int64_t j = 0; j < n; j++) {
    const DSC_T dh = grad[j] + product[j], t = bound[j];
    const DSC_T dc = carry[j] + dh * o[j] * (1 - t * t);
    di[j] = dc * g[j] * (i[j] * (1 - i[j]));
    df[j] = dc * before[j] * (f[j] * (1 - f[j]));
    dg[j] = dc * i[j] * (1 - g[j] * g[j]);
    d_o[j] = dh * t * (o[j] * (1 - o[j]));
    carry[j] = dc * f[j];
  }
}

static void DSC_TYPED(gru_backward)(const DscCellBackward *r) {
  const int64_t n = r->hidden;
  const DSC_T *reset = r->gates, *z = reset + n, *new = z + n, *before = r->before, *memory = r->memory;
  const DSC_T *grad = r->grad, *product = r->product;
  DSC_T *carry = r->carry, *dr = r->gate_grads, *dz = dr + n, *dn = dz + n;
  DSC_T *hr = r->hidden_grads, *hz = hr + n, *hn = hz + n;
  DSC_VECTOR for (int64_t j = 0; j < n; j++) {
    const DSC_T dh = grad[j] + product[j] + carry[j];
    const DSC_T inner = dh * (1 - z[j]) * (1 - new[j] * new[j]);
    dn[j] = inner, hn[j] = inner * reset[j];
    dz[j] = hz[j] = dh * (before[j] - new[j]) * (z[j] * (1 - z[j]));
    dr[j] = hr[j] = inner * memory[j] * (reset[j] * (1 - reset[j]));
    carry[j] = dh * z[j];
  }
}

static void DSC_TYPED(tanh_cell_backward)(const DscCellBackward *r) {
  const DSC_T *grad = r->grad, *product = r->product, *h = r->state;
  DSC_T *out = r->gate_grads;
  DSC_VECTOR for (int64_t j = 0; j < r->hidden; j++) out[j] = (grad[j] + product[j]) * (1 - h[j] * h[j]);
}

static void DSC_TYPED(relu_cell_backward)(const DscCellBackward *r) {
  const DSC_T *grad = r->grad, *product = r->product, *h = r->state;
  DSC_T *out = r->gate_grads;
  DSC_VECTOR for (int64_t j = 0; j < r->hidden; j++) out[j] = h[j] > 0 ? grad[j] + product[j] : 0;
}

static const DscCells DSC_TYPED(cells) = {.forward = {[DSC_CELL_LSTM] = DSC_TYPED(lstm),
                                                      [DSC_CELL_GRU] = DSC_TYPED(gru),
                                                      [DSC_CELL_TANH] = DSC_TYPED(tanh_cell),
                                                      [DSC_CELL_RELU] = DSC_TYPED(relu_cell)},
                                          .backward = {[DSC_CELL_LSTM] = DSC_TYPED(lstm_backward),
                                                       [DSC_CELL_GRU] = DSC_TYPED(gru_backward),
                                                       [DSC_CELL_TANH] = DSC_TYPED(tanh_cell_backward),
                                                       [DSC_CELL_RELU] = DSC_TYPED(relu_cell_backward)}};
