// Programs of one instruction whose operands have a row, or one value a row (a column, say): they
// are read where they lie.
#include "dsc_broadcast.h"
#include "dsc_frame.h"
#include "dsc_sizes.h"

enum { FEWEST_COLUMNS = DSC_STEP };

// Whether the only instruction is on two tensors and its result is what is stored.
static bool is_of_two(const DscProgram *program) {
  const DscInstruction *instruction = &program->instructions[0];
  return program->instruction_count == 1 && program->output_count == 1 &&
         instruction->lane < DSC_LANE_COUNT && dsc_op_arity((DscOp)instruction->op) == 2 &&
         instruction->a < program->input_count && instruction->b < program->input_count &&
         program->output_register[0] == instruction->destination;
}

static bool is_row(const DscOperand *operand) {
  return operand->native && (operand->stride == 1 || operand->stride == 0);
}

// Whether a block of the operand would be gathered row by row.
static bool is_gathered(const DscPlan *plan, const DscOperand *operand) {
  return plan->crossing && !operand->linear && operand->period == 0;
}

DscRowsLoop dsc_plan_rows_loop(const DscPlan *plan) {
  const DscProgram *program = plan->program;
  const DscInstruction *instruction = &program->instructions[0];
  if (plan->ndim < 2 || plan->tiled || !is_of_two(program)) return NULL;
  if (plan->shape[plan->ndim - 1] < FEWEST_COLUMNS) return NULL;
  const DscOperand *a = &plan->operands[instruction->a], *b = &plan->operands[instruction->b];
  const DscOperand *output = &plan->operands[program->input_count];
  if (!is_row(a) || !is_row(b) || !output->native || output->stride != 1) return NULL;
  const int64_t rows = a->stride + b->stride;  // of the two operands; the other one is a value
  const bool pays = rows == 1 || (rows == 2 && (is_gathered(plan, a) || is_gathered(plan, b)));
  if (!pays || output->streamed) return NULL;
  return dsc_rows_loops[plan->target][instruction->op][instruction->lane];
}

static int64_t step_of(const DscPlan *plan, int i) {
  return plan->strides[i][plan->ndim - 2] * plan->operands[i].size;
}

void dsc_plan_run_rows(const DscPlan *plan, int64_t first, int64_t count) {
  const DscInstruction *instruction = &plan->program->instructions[0];
  const int a = instruction->a, b = instruction->b, out = plan->program->input_count;
  const int inner = plan->ndim - 1;
  const int64_t columns = plan->shape[inner];
  DscRows rows = {.a_step = step_of(plan, a),
                  .b_step = step_of(plan, b),
                  .out_step = step_of(plan, out),
                  .one_a = plan->operands[a].stride == 0,
                  .one_b = plan->operands[b].stride == 0};
  int64_t position[DSC_MAX_DIMS];
  set_position(plan, first, position);
  while (count > 0) {
    const int64_t left = columns - position[inner];
    rows.columns = dsc_smaller(left, count);
    rows.count = 1;
    if (rows.columns == columns)
      rows.count = dsc_smaller(count / columns, plan->shape[inner - 1] - position[inner - 1]);
    rows.a = place_of(plan, a, position);
    rows.b = place_of(plan, b, position);
    rows.out = place_of(plan, out, position);
    plan->rows(&rows);
    advance(plan, position, rows.count * rows.columns);
    count -= rows.count * rows.columns;
  }
}
