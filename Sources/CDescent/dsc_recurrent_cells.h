// What recurrent layers are made of: the cells, a row at a time, and products with a packed weight.
#ifndef DSC_RECURRENT_CELLS_H
#define DSC_RECURRENT_CELLS_H

#include "dsc_loops.h"
#include "dsc_product.h"
#include "include/dsc_recurrent.h"

/// One row of one step.
typedef struct {
  int64_t hidden;
  const void *input, *product;     // of the input and of the state with their weights
  const void *bias, *hidden_bias;  // the biases' sum, but a GRU's of n, and that alone
  const void *before;              // the LSTM's c, a GRU's h
  void *gates, *memory, *state;    // written; `memory` may be `before`
} DscCellForward;

/// The gradient of a row.
typedef struct {
  int64_t hidden;
  const void *gates, *memory, *before, *state;  // of the forward
  const void *grad, *product;       // of the state: from outside and from the step after
  void *carry;                      // changed: of the LSTM's c; what a GRU's h passes on
  void *gate_grads, *hidden_grads;  // written; of a GRU also those of the state's products
} DscCellBackward;

typedef struct {
  void (*forward[4])(const DscCellForward *row);
  void (*backward[4])(const DscCellBackward *row);
  void (*add)(int64_t count, const void *from, void *to);  // to += from
} DscCells;

/// The cells of this processor, by DscCell.
const DscCells *dsc_cells(DscDType dtype);

/// A weight as the second operand of products, [k, n] in any strides, and its panels; NULL: a
/// single row is multiplied with the weight where it lies.
typedef struct {
  DscProduct product;
  void *panels;
} DscRecurrentWeight;

/// Rows of some steps: elements from row to row and from step to step.
typedef struct {
  const void *data;
  int64_t row, step;
} DscRecurrentRows;

/// out = rows times the weight, for `rows` rows of each of `steps` steps; a row of `out` is
/// contiguous, the next follows, and steps are `out_step` elements apart. `needed` is asked for
/// meanwhile (NULL: nothing).
int dsc_recurrent_multiply(const DscRecurrentWeight *weight, int64_t steps, int64_t rows,
                           DscRecurrentRows from, void *out, int64_t out_step, DscNeeded *needed);

/// The sizes of a call, the parts of its workspace, and how its rows are divided. Rows of the batch
/// never meet, so each piece walks over all steps by itself.
typedef struct {
  const DscRecurrent *call;
  int64_t size, gates, width;   // bytes of an element; gates, gates hidden
  int64_t rows, pieces, chunk;  // of a piece; pieces; steps whose input is multiplied at once
  bool backward;
  DscRecurrentWeight ih, hh;
  char *zeros, *bias, *hidden_bias;          // width, width, hidden
  char *inputs, *products, *states, *carry;  // batch times chunk width, width, hidden, hidden
} DscRecurrentPlan;

/// Fills in a plan, packs the weights and sums the biases. For the backward the weights are not
/// transposed.
void dsc_recurrent_plan(const DscRecurrent *call, bool backward, DscRecurrentPlan *plan);

#endif
