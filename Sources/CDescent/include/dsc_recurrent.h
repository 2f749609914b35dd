// Recurrent layers: one layer in one direction over all of its steps.
#ifndef DSC_RECURRENT_H
#define DSC_RECURRENT_H

#include "dsc_types.h"

typedef enum DSC_CLOSED_ENUM {
  DSC_CELL_LSTM,  // gates i f g o: c' = σ(f) c + σ(i) tanh(g), h' = σ(o) tanh(c')
  DSC_CELL_GRU,   // gates r z n: n = tanh(x_n + σ(r) h_n), h' = (1 - σ(z)) n + σ(z) h
  DSC_CELL_TANH,  // h' = tanh(x + h)
  DSC_CELL_RELU,
} DscCell;

/// A layer of `hidden` units over `steps` of `batch` rows of `inputs`; each gate is a row of x
/// weight_ihᵀ + bias_ih + h weight_hhᵀ + bias_hh, where h is the output of the step before.
/// `reversed` walks from the last step to the first.
///
/// All is of one dtype, float32 or float64, and contiguous but x, whose steps and rows lie `x_step`
/// and `x_row` elements apart. The gradient needs `gates` and `memory`; without it they are NULL.
typedef struct {
  DscCell cell;
  DscDType dtype;
  int64_t steps, batch, inputs, hidden;
  bool reversed;
  const void *x;
  int64_t x_step, x_row;
  const void *weight_ih, *weight_hh;  // [gates hidden, inputs], [gates hidden, hidden]
  const void *bias_ih, *bias_hh;      // [gates hidden], or NULL
  const void *h, *c;                  // the states to start from, [batch, hidden]; NULL: zeros
  void *output;                       // [steps, batch, hidden]
  void *last_h, *last_c;              // [batch, hidden]; c of an LSTM alone
  void *gates;   // [steps, batch, gates hidden]: behind their functions; LSTM, GRU
  void *memory;  // [steps, batch, hidden]: an LSTM's c, a GRU's h_n
  void *workspace;
} DscRecurrent;

/// What the gradients of a layer come from and go to. Those that come may be NULL (zeros), and
/// those that go if they are not wanted, but for `gates` and a GRU's `hidden_gates`.
typedef struct {
  const void *output, *last_h, *last_c;  // shapes as above
  void *gates;         // [steps, batch, gates hidden], rows `gates_row` apart: of x weight_ihᵀ
  void *hidden_gates;  // the same of h weight_hhᵀ; a GRU's alone
  void *sums, *hidden_sums;  // [batch, gates hidden]: both summed over the steps
  void *x;                   // [steps, batch, inputs], contiguous
  void *h, *c;
  int64_t gates_row;  // also of hidden_gates; rows whole kilobytes apart would share few lines of
                      // the cache
} DscRecurrentGradients;

/// The number of gates of a cell.
int64_t dsc_cell_gates(DscCell cell);

/// Bytes of workspace, aligned to 64, for both calls.
int64_t dsc_recurrent_workspace(const DscRecurrent *call);

/// Computes output and last states.
int dsc_recurrent(const DscRecurrent *call);

/// The gradients of gates, input and first states; those of weights and biases are products and
/// sums of the gates'. The call is that of the forward with what it wrote.
int dsc_recurrent_backward(const DscRecurrent *call, const DscRecurrentGradients *gradients);

#endif
