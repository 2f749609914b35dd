// The cells of recurrent layers, for every instruction set.
#include "dsc_recurrent_cells.h"

#include "dsc_math_macros.h"

#define DSC_BODY "recurrent_body.h"
#include "dsc_for_each_target.h"

static const DscCells *const cells_f32[DSC_TARGET_COUNT] = DSC_PER_TARGET(&cells_f32);
static const DscCells *const cells_f64[DSC_TARGET_COUNT] = DSC_PER_TARGET(&cells_f64);

const DscCells *dsc_cells(DscDType dtype) {
  return (dtype == DSC_FLOAT64 ? cells_f64 : cells_f32)[dsc_target()];
}

int64_t dsc_cell_gates(DscCell cell) {
  switch (cell) {
    case DSC_CELL_LSTM:
      return 4;
    case DSC_CELL_GRU:
      return 3;
    case DSC_CELL_TANH:
    case DSC_CELL_RELU:
      return 1;
  }
}
