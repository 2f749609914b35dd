// Recurrent layers against the formulas of their cells in double, and their gradients against those
// that follow from them step by step.
#include "check.h"

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

typedef struct {
  DscRecurrent call;
  DscRecurrentGradients gradients;
  int64_t width;
  // Operands: x, weights, biases, states, then gradients of output and last states.
  Array x, w, v, b, c, h, m, gy, gh, gm;
  // Results.
  Array y, last_h, last_m, gates, memory, dg, dh, sums, hidden_sums, dx, dh0, dm0;
} Layer;

static Array numbers(DscDType dtype, int64_t count) {
  Array a = vector(dtype, count);
  fill(&a, 0.5, false);
  return a;
}

// The definition: all steps forward, then backward, in double. Results in the order of `Layer`.
static void define(const Layer *l, double *y, double *cells, double *dg, double *dh, double *dx,
                   double *dh0, double *dm0) {
  const DscRecurrent *p = &l->call;
  int64_t n = p->hidden, width = l->width;
  double *sum = malloc((size_t)width * 2 * sizeof(double)), *part = sum + width;
  double *state = malloc((size_t)n * 2 * sizeof(double)), *carry = state + n;
  double *kept =
      malloc((size_t)(p->steps * width) * 2 * sizeof(double));  // gates; a GRU's state products
  for (int64_t row = 0; row < p->batch; row++) {
#define STEP(number) (p->reversed ? p->steps - 1 - (number) : (number))
#define BEFORE(values, first, number, j)                                  \
  ((number) > 0 ? (values)[(STEP((number)-1) * p->batch + row) * n + (j)] \
   : (first)    ? get(first, row * n + (j))                               \
                : 0)
    const Array *h0 = p->h ? &l->h : NULL, *m0 = p->c ? &l->m : NULL;
    for (int64_t s = 0; s < p->steps; s++) {
      int64_t at = STEP(s) * p->batch + row;
      for (int64_t g = 0; g < width; g++) {
        sum[g] = p->bias_ih ? get(&l->b, g) : 0, part[g] = p->bias_hh ? get(&l->c, g) : 0;
        for (int64_t k = 0; k < p->inputs; k++)
          sum[g] +=
              get(&l->w, g * p->inputs + k) * get(&l->x, STEP(s) * p->x_step + row * p->x_row + k);
        for (int64_t k = 0; k < n; k++) part[g] += get(&l->v, g * n + k) * BEFORE(y, h0, s, k);
      }
      double *keep = kept + s * width, *products = kept + (p->steps + s) * width;
      for (int64_t j = 0; j < n; j++) {
        if (p->cell == DSC_CELL_LSTM) {
          for (int64_t g = 0; g < 4; g++) {
            double value = sum[g * n + j] + part[g * n + j];
            keep[g * n + j] = g == 2 ? tanh(value) : sigmoid(value);
          }
          double c = keep[n + j] * BEFORE(cells, m0, s, j) + keep[j] * keep[2 * n + j];
          cells[at * n + j] = c, y[at * n + j] = keep[3 * n + j] * tanh(c);
        } else if (p->cell == DSC_CELL_GRU) {
          keep[j] = sigmoid(sum[j] + part[j]), keep[n + j] = sigmoid(sum[n + j] + part[n + j]);
          products[j] = part[2 * n + j];
          keep[2 * n + j] = tanh(sum[2 * n + j] + keep[j] * products[j]);
          y[at * n + j] = (1 - keep[n + j]) * keep[2 * n + j] + keep[n + j] * BEFORE(y, h0, s, j);
        } else {
          double value = sum[j] + part[j];
          y[at * n + j] = p->cell == DSC_CELL_TANH ? tanh(value) : value > 0 ? value : 0;
        }
      }
    }
    for (int64_t j = 0; j < n; j++) {
      state[j] = get(&l->gh, row * n + j);
      carry[j] = p->cell == DSC_CELL_LSTM ? get(&l->gm, row * n + j) : 0;
    }
    for (int64_t s = p->steps - 1; s >= 0; s--) {
      int64_t at = STEP(s) * p->batch + row;
      double *keep = kept + s * width, *products = kept + (p->steps + s) * width;
      double *d = dg + at * width, *e = dh + at * width;
      for (int64_t j = 0; j < n; j++) {
        double g = state[j] + get(&l->gy, at * n + j), out = y[at * n + j];
        if (p->cell == DSC_CELL_LSTM) {
          double i = keep[j], f = keep[n + j], c = keep[2 * n + j], o = keep[3 * n + j];
          double bound = tanh(cells[at * n + j]), dc = carry[j] + g * o * (1 - bound * bound);
          d[j] = dc * c * i * (1 - i), d[n + j] = dc * BEFORE(cells, m0, s, j) * f * (1 - f);
          d[2 * n + j] = dc * i * (1 - c * c), d[3 * n + j] = g * bound * o * (1 - o);
          carry[j] = dc * f;
        } else if (p->cell == DSC_CELL_GRU) {
          double r = keep[j], z = keep[n + j], c = keep[2 * n + j];
          d[2 * n + j] = g * (1 - z) * (1 - c * c), e[2 * n + j] = d[2 * n + j] * r;
          e[n + j] = d[n + j] = g * (BEFORE(y, h0, s, j) - c) * z * (1 - z);
          e[j] = d[j] = d[2 * n + j] * products[j] * r * (1 - r);
          carry[j] = g * z;
        } else {
          d[j] = p->cell == DSC_CELL_TANH ? g * (1 - out * out) : out > 0 ? g : 0;
        }
      }
      const double *from = p->cell == DSC_CELL_GRU ? e : d;
      for (int64_t k = 0; k < n; k++) {
        state[k] = p->cell == DSC_CELL_GRU ? carry[k] : 0;
        for (int64_t g = 0; g < width; g++) state[k] += from[g] * get(&l->v, g * n + k);
      }
      for (int64_t k = 0; k < p->inputs; k++) {
        dx[at * p->inputs + k] = 0;
        for (int64_t g = 0; g < width; g++)
          dx[at * p->inputs + k] += d[g] * get(&l->w, g * p->inputs + k);
      }
    }
    for (int64_t j = 0; j < n; j++) dh0[row * n + j] = state[j], dm0[row * n + j] = carry[j];
  }
  free(sum), free(state), free(kept);
}

static void compare(const Array *got, const double *expected, const char *what) {
  double unit = got->view.dtype == DSC_FLOAT64 ? 1e-13 : 2e-5, worst = 0;
  for (int64_t i = 0; i < got->count; i++) {
    double error = fabs(get(got, i) - expected[i]) / (1 + fabs(expected[i]));
    if (!(error <= worst)) worst = isnan(error) ? INFINITY : error;
  }
  CHECK(worst <= unit, "%s: %g", what, worst);
}

// Rows some elements apart.
static Array rows_of(DscDType dtype, int64_t rows, int64_t width, int64_t pitch) {
  Array a = vector(dtype, rows * pitch);
  a.ndim = 2, a.count = rows * width;
  a.shape[0] = rows, a.shape[1] = width, a.view.strides[0] = pitch, a.view.strides[1] = 1;
  memcpy(a.before, a.memory, a.bytes);
  return a;
}

// Other numbers of threads give the same bits.
static void repeat(const Layer *l, Array *const results[12]) {
  void *bits[12];
  for (int i = 0; i < 12; i++)
    bits[i] = memcpy(malloc(results[i]->bytes), results[i]->memory, results[i]->bytes);
  for (int threads = 1; threads <= 3; threads++) {
    dsc_set_thread_count(threads);
    (void)dsc_recurrent(&l->call), (void)dsc_recurrent_backward(&l->call, &l->gradients);
    for (int i = 0; i < 12; i++)
      CHECK(memcmp(bits[i], results[i]->memory, results[i]->bytes) == 0, "%d threads, result %d",
            threads, i);
  }
  for (int i = 0; i < 12; i++) free(bits[i]);
}

// `is_long`: more steps than those whose inputs are multiplied at once.
static void layer(DscCell cell, DscDType dtype, bool is_long) {
  int64_t steps = 1 + below(4), batch = 1 + below(chance(4) ? 60 : 7),
          inputs = 1 + below(chance(4) ? 300 : 20);
  int64_t n = 1 + below(chance(6) ? 270 : 40), gates = dsc_cell_gates(cell), width = gates * n;
  if (is_long) {
    steps = 22 + below(14), batch = 16 + below(6), inputs = 1 + below(8), n = 60 + below(6),
    width = gates * n;
  }
  int64_t x_row = inputs + below(3), x_step = batch * x_row + below(3);
  Layer l = {.width = width};
  l.x = numbers(dtype, steps * x_step), l.w = numbers(dtype, width * inputs),
  l.v = numbers(dtype, width * n);
  l.b = numbers(dtype, width), l.c = numbers(dtype, width), l.h = numbers(dtype, batch * n);
  l.m = numbers(dtype, batch * n), l.gy = numbers(dtype, steps * batch * n);
  l.gh = numbers(dtype, batch * n), l.gm = numbers(dtype, batch * n);
  if (is_long) fill(&l.v, 0.1, false);  // errors would grow from step to step
  Array *results[] = {&l.y,  &l.last_h, &l.last_m,      &l.gates, &l.memory, &l.dg,
                      &l.dh, &l.sums,   &l.hidden_sums, &l.dx,    &l.dh0,    &l.dm0};
  int64_t all = steps * batch, counts[] = {all * n,       batch * n,    batch * n,   all * width,
                                           all * n,       all * width,  all * width, batch * width,
                                           batch * width, all * inputs, batch * n,   batch * n};
  for (int i = 0; i < 12; i++) *results[i] = vector(dtype, counts[i]);
  int64_t pitch = width + below(3);
  release(&l.dg), release(&l.dh);
  l.dg = rows_of(dtype, all, width, pitch), l.dh = rows_of(dtype, all, width, pitch);
  bool bias = !chance(4), states = !chance(4), is_lstm = cell == DSC_CELL_LSTM,
       is_gru = cell == DSC_CELL_GRU;
  l.call = (DscRecurrent){.cell = cell,
                          .dtype = dtype,
                          .steps = steps,
                          .batch = batch,
                          .inputs = inputs,
                          .hidden = n,
                          .reversed = chance(2),
                          .x = l.x.view.data,
                          .x_step = x_step,
                          .x_row = x_row,
                          .weight_ih = l.w.view.data,
                          .weight_hh = l.v.view.data,
                          .bias_ih = bias ? l.b.view.data : NULL,
                          .bias_hh = bias ? l.c.view.data : NULL,
                          .h = states ? l.h.view.data : NULL,
                          .c = states && is_lstm ? l.m.view.data : NULL,
                          .output = l.y.view.data,
                          .last_h = l.last_h.view.data,
                          .last_c = is_lstm ? l.last_m.view.data : NULL};
  l.gradients = (DscRecurrentGradients){.output = l.gy.view.data,
                                        .last_h = l.gh.view.data,
                                        .last_c = l.gm.view.data,
                                        .gates = l.dg.view.data,
                                        .hidden_gates = is_gru ? l.dh.view.data : NULL,
                                        .sums = l.sums.view.data,
                                        .hidden_sums = is_gru ? l.hidden_sums.view.data : NULL,
                                        .x = l.dx.view.data,
                                        .h = l.dh0.view.data,
                                        .c = is_lstm ? l.dm0.view.data : NULL,
                                        .gates_row = pitch};
  // Gradients that do not arrive are zeros.
  if (chance(4)) l.gradients.output = NULL, fill(&l.gy, 0, false);
  if (chance(2)) l.gradients.last_h = NULL, fill(&l.gh, 0, false);
  if (chance(2)) l.gradients.last_c = NULL, fill(&l.gm, 0, false);
  double *values[12];
  for (int i = 0; i < 12; i++) values[i] = calloc((size_t)counts[i], sizeof(double));
  define(&l, values[0], values[4], values[5], values[6], values[9], values[10], values[11]);
  for (int keeps = 0; keeps < 2; keeps++) {
    l.call.gates = keeps && (is_lstm || is_gru) ? l.gates.view.data : NULL;
    l.call.memory = keeps && (is_lstm || is_gru) ? l.memory.view.data : NULL;
    dsc_set_thread_count(1 + (int)below(3));
    l.call.workspace = aligned_alloc(64, (size_t)(dsc_recurrent_workspace(&l.call) / 64 + 1) * 64);
    CHECK(dsc_recurrent(&l.call) == DSC_OK, "dsc_recurrent");
    compare(&l.y, values[0], "output");
    int64_t last = (l.call.reversed ? 0 : steps - 1) * batch * n;
    compare(&l.last_h, values[0] + last, "last h");
    if (is_lstm) compare(&l.last_m, values[4] + last, "last c");
    if (keeps) {
      CHECK(dsc_recurrent_backward(&l.call, &l.gradients) == DSC_OK, "dsc_recurrent_backward");
      for (int64_t i = 0; i < all * width; i++) {
        values[7][i / width % batch * width + i % width] += values[5][i];
        values[8][i / width % batch * width + i % width] += values[6][i];
      }
      compare(&l.dg, values[5], "gates' gradients");
      compare(&l.sums, values[7], "their sums");
      if (is_gru) compare(&l.dh, values[6], "gradients of the state's products");
      if (is_gru) compare(&l.hidden_sums, values[8], "their sums");
      compare(&l.dx, values[9], "input's gradient");
      compare(&l.dh0, values[10], "gradient of h");
      if (is_lstm) compare(&l.dm0, values[11], "gradient of c");
    }
    if (keeps) repeat(&l, results);
    free(l.call.workspace);
  }
  for (int i = 0; i < 12; i++) free(values[i]), release(results[i]);
  Array *operands[] = {&l.x, &l.w, &l.v, &l.b, &l.c, &l.h, &l.m, &l.gy, &l.gh, &l.gm};
  for (int i = 0; i < 10; i++) release(operands[i]);
}

// Gates far beyond where their functions end, and NaN.
static void extremes(DscDType dtype) {
  enum { UNITS = 45 };
  static const double values[] = {NAN, INFINITY, -INFINITY, 1e30, -1e30, 86,
                                  -86, 88,       -88,       21,   -21,   0};
  Array zeros = vector(dtype, 4 * UNITS * UNITS), bias = vector(dtype, 4 * UNITS),
        gates = vector(dtype, 4 * UNITS);
  Array y = vector(dtype, UNITS), h = vector(dtype, UNITS), c = vector(dtype, UNITS),
        memory = vector(dtype, UNITS);
  memset((void *)zeros.view.data, 0, (size_t)(4 * UNITS * UNITS) * dsc_dtype_size(dtype));
  double sums[4 * UNITS];
  for (int i = 0; i < 4 * UNITS; i++) {
    sums[i] = values[below(sizeof(values) / sizeof(values[0]))];
    if (dtype == DSC_FLOAT64)
      ((double *)bias.view.data)[i] = sums[i];
    else
      ((float *)bias.view.data)[i] = (float)sums[i];
  }
  DscRecurrent call = {.cell = DSC_CELL_LSTM,
                       .dtype = dtype,
                       .steps = 1,
                       .batch = 1,
                       .inputs = 1,
                       .hidden = UNITS,
                       .x = zeros.view.data,
                       .x_step = 1,
                       .x_row = 1,
                       .weight_ih = zeros.view.data,
                       .weight_hh = zeros.view.data,
                       .bias_ih = bias.view.data,
                       .output = (void *)y.view.data,
                       .last_h = (void *)h.view.data,
                       .last_c = (void *)c.view.data,
                       .gates = (void *)gates.view.data,
                       .memory = (void *)memory.view.data};
  call.workspace = aligned_alloc(64, (size_t)(dsc_recurrent_workspace(&call) / 64 + 1) * 64);
  CHECK(dsc_recurrent(&call) == DSC_OK, "dsc_recurrent");
  for (int i = 0; i < 4 * UNITS; i++) {
    double expected = i / UNITS == 2 ? tanh(sums[i]) : sigmoid(sums[i]), got = get(&gates, i);
    CHECK(isnan(expected) ? isnan(got) : fabs(got - expected) < 1e-6, "gate of %g: %g", sums[i],
          got);
  }
  free(call.workspace);
  Array *all[] = {&zeros, &bias, &gates, &y, &h, &c, &memory};
  for (int i = 0; i < 7; i++) release(all[i]);
}

void check_recurrent(void) {
  for (int i = 0; i < 8; i++) extremes(i % 2 ? DSC_FLOAT64 : DSC_FLOAT32);
  for (int i = 0; i < 48; i++)
    layer((DscCell)(i % 4), i / 4 % 2 ? DSC_FLOAT64 : DSC_FLOAT32, i % 16 == 4 || i == 5);
}
