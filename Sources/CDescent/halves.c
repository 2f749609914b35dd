// Programs of one instruction on float16 or bfloat16: one pass, converted in registers.
#include "dsc_evaluate.h"
#include "dsc_plan.h"

static const DscOperand *input_of(const DscPlan *plan, int reg) {
  return reg < plan->program->input_count ? &plan->operands[reg] : NULL;
}

// Whether the instruction can read a register so: halves in order, or one value of them all.
static bool is_readable(const DscPlan *plan, int reg, DscDType dtype) {
  const DscOperand *operand = input_of(plan, reg);
  if (operand == NULL) return true;
  if (operand->constant) return dsc_dtype_lane(operand->dtype) == DSC_LANE_F32;
  return operand->dtype == dtype && operand->linear && operand->stride == 1;
}

static bool is_one(const DscPlan *plan, int reg) {
  const DscOperand *operand = input_of(plan, reg);
  return operand == NULL || operand->constant;
}

DscHalfLoop dsc_plan_half_loop(const DscPlan *plan) {
  const DscProgram *program = plan->program;
  const DscInstruction *instruction = &program->instructions[0];
  const DscOperand *output = &plan->operands[program->input_count];
  if (program->instruction_count != 1 || program->output_count != 1) return NULL;
  if (output->dtype != DSC_FLOAT16 && output->dtype != DSC_BFLOAT16) return NULL;
  if (instruction->lane != DSC_LANE_F32 || output->reg != instruction->destination) return NULL;
  if (!output->linear || output->stride != 1) return NULL;
  const int registers[] = {instruction->a, instruction->b, instruction->c};
  const int arity = dsc_op_arity((DscOp)instruction->op);
  int ones = 0;
  for (int k = 0; k < arity; k++) {
    if (!is_readable(plan, registers[k], output->dtype)) return NULL;
    ones |= is_one(plan, registers[k]) << k;
  }
  if (ones == (1 << arity) - 1) return NULL;
  if (arity == 3 && ones != 0 && ones != dsc_half_ones[instruction->op]) return NULL;
  return dsc_find_half_loop(plan->target, instruction->op, output->dtype);
}

enum { LINE = DSC_LINE / sizeof(uint16_t), MOST = 3 };

// An operand: where its halves begin, or its one value, for a line.
typedef struct {
  const char *halves;
  float values[LINE];
} Source;

static void find_source(const DscPlan *plan, int reg, int64_t first, Source *source) {
  const DscOperand *operand = input_of(plan, reg);
  source->halves = NULL;
  float value;
  if (operand == NULL) {
    value = (float)plan->scalars[reg - plan->program->input_count].d;
  } else if (operand->constant) {
    dsc_load_lane(operand->dtype, operand->data, 1, 1, &value);
  } else {
    source->halves = operand->data + first * (int64_t)sizeof(uint16_t);
    return;
  }
  for (int i = 0; i < LINE; i++) source->values[i] = value;
}

void dsc_plan_run_halves(const DscPlan *plan, int64_t first, int64_t count) {
  const DscInstruction *instruction = &plan->program->instructions[0];
  const DscOperand *output = &plan->operands[plan->program->input_count];
  const int64_t size = sizeof(uint16_t), whole = count & -LINE, left = count - whole;
  char *out = output->data + first * size;
  const bool streams = output->streamed && (uintptr_t)out % DSC_LINE == 0;
  const int registers[MOST] = {instruction->a, instruction->b, instruction->c};
  const int arity = dsc_op_arity((DscOp)instruction->op);
  const void *operands[MOST] = {NULL, NULL, NULL};
  uint16_t last[MOST][LINE], last_out[LINE];
  Source sources[MOST];
  DscAhead ahead[MOST];
  int ones = 0, aheads = 0;
  for (int k = 0; k < arity; k++) {
    Source *source = &sources[k];
    find_source(plan, registers[k], first, source);
    operands[k] = source->halves ? (const void *)source->halves : source->values;
    if (!source->halves) {
      ones |= 1 << k;
      continue;
    }
    const uintptr_t later = (uintptr_t)source->halves + DSC_AHEAD * (uintptr_t)size;
    ahead[aheads++] = (DscAhead){(const char *)later, size};
    for (int64_t i = 0; i < LINE && left > 0; i++)
      memcpy(&last[k][i], source->halves + (whole + (i < left ? i : left - 1)) * size,
             (size_t)size);
  }
  plan->halves(whole, operands[0], operands[1], operands[2], ones, streams, out, ahead,
               streams && !dsc_fetches_alone() ? aheads : 0);
  if (left > 0) {
    for (int k = 0; k < arity; k++)
      if (sources[k].halves) operands[k] = last[k];
    plan->halves(LINE, operands[0], operands[1], operands[2], ones, false, last_out, NULL, 0);
    memcpy(out + whole * size, last_out, (size_t)(left * size));
  }
  if (streams) dsc_stream_finish();
}
