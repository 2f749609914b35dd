// Which programs of narrow integers run in their own width.
//
// The definition computes in int64 and wraps when a result is stored. Sums and products may wrap at
// every step instead: the low bits of a result depend on the low bits of its operands alone. What
// compares, shifts or converts needs the very values; so where an operand may have lost bits before
// such an instruction, the program stays as it is.
#include "dsc_narrow.h"

// The lane of the one narrow dtype among the int64 inputs; 0 (no narrow lane) for none or several.
static int lane_of_inputs(const DscProgram *program, const DscView *inputs) {
  int lane = 0;
  for (int i = 0; i < program->input_count; i++) {
    if (program->register_lane[i] != DSC_LANE_I64) continue;
    const int own = dsc_memory_lane(inputs[i].dtype);
    if (own < DSC_LANE_COUNT || (lane != 0 && own != lane)) return 0;
    lane = own;
  }
  return lane;
}

static bool holds(int lane, int64_t value) {
  switch (lane) {
    case DSC_LANE_U8:
      return (uint8_t)value == value;
    case DSC_LANE_I8:
      return (int8_t)value == value;
    case DSC_LANE_I16:
      return (int16_t)value == value;
    default:
      return (int32_t)value == value;
  }
}

static bool any_wrapped(const bool *wrapped, const DscInstruction *instruction) {
  const int arity = dsc_op_arity((DscOp)instruction->op);
  return wrapped[instruction->a] || (arity > 1 && wrapped[instruction->b]) ||
         (arity > 2 && wrapped[instruction->c]);
}

// Whether the program's results are the same in a narrow lane.
static bool is_same_in(int lane, DscTarget target, const DscProgram *program,
                       const DscScalar *scalars, const DscView *outputs) {
  bool wrapped[DSC_MAX_REGISTERS] = {false};  // registers that may have lost bits
  for (int s = 0, reg = program->input_count; s < program->scalar_count; s++, reg++)
    wrapped[reg] = program->register_lane[reg] == DSC_LANE_I64 && !holds(lane, scalars[s].i);
  for (int n = 0; n < program->instruction_count; n++) {
    const DscInstruction *instruction = &program->instructions[n];
    bool lost = false;
    if (instruction->op == DSC_OP_TO_I64) return false;
    if (instruction->lane == DSC_LANE_I64) {
      if (!dsc_find_loop(target, instruction->op, lane)) return false;
      const int traits = dsc_narrow_traits[instruction->op];
      lost = any_wrapped(wrapped, instruction);
      if (lost && (traits & DSC_NEEDS_VALUES)) return false;
      lost |= (traits & DSC_MAY_WRAP) != 0;
    }
    wrapped[instruction->destination] = lost;
  }
  for (int k = 0; k < program->output_count; k++)
    if (wrapped[program->output_register[k]] && !dsc_is_native(outputs[k].dtype, lane))
      return false;
  return true;
}

bool dsc_narrow(const DscProgram *program, DscTarget target, const DscView *inputs,
                const DscScalar *scalars, const DscView *outputs, DscProgram *narrowed) {
  const int lane = lane_of_inputs(program, inputs);
  if (lane == 0 || !is_same_in(lane, target, program, scalars, outputs)) return false;
  *narrowed = *program;
  for (int r = 0; r < program->register_count; r++)
    if (program->register_lane[r] == DSC_LANE_I64) narrowed->register_lane[r] = (uint8_t)lane;
  for (int n = 0; n < program->instruction_count; n++)
    if (program->instructions[n].lane == DSC_LANE_I64)
      narrowed->instructions[n].lane = (uint8_t)lane;
  return true;
}
