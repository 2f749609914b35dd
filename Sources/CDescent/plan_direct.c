// Where the loops of a plan work on memory itself, without a block in between, and which outputs go
// past the cache.
#include "dsc_plan.h"
#include "dsc_stream.h"

static bool is_output_register(const DscProgram *program, int reg) {
  for (int k = 0; k < program->output_count; k++)
    if (program->output_register[k] == reg) return true;
  return false;
}

// Whether output `k` may be written while the program runs: its register must be a result's and
// its own, and where its memory is also an input's, that input must have been read by then.
static bool writes_directly(const DscPlan *plan, int k) {
  const DscProgram *program = plan->program;
  const int reg = program->output_register[k];
  const char *data = plan->operands[program->input_count + k].data;
  if (reg < program->input_count + program->scalar_count) return false;
  for (int other = 0; other < program->output_count; other++)
    if (other != k && program->output_register[other] == reg) return false;
  int first_write = program->instruction_count;
  for (int n = program->instruction_count - 1; n >= 0; n--)
    if (program->instructions[n].destination == reg) first_write = n;
  for (int i = 0; i < program->input_count; i++) {
    if (!plan->operands[i].direct || plan->operands[i].data != data) continue;
    for (int n = first_write + 1; n < program->instruction_count; n++) {
      const DscInstruction *instruction = &program->instructions[n];
      const int arity = dsc_op_arity((DscOp)instruction->op);
      if (instruction->a == i || (arity > 1 && instruction->b == i) ||
          (arity > 2 && instruction->c == i))
        return false;
    }
  }
  return true;
}

// An input is read in place unless it is also an output (stored last) of other memory.
static bool reads_directly(const DscPlan *plan, int i) {
  const DscProgram *program = plan->program;
  if (!is_output_register(program, i)) return true;
  for (int k = 0; k < program->output_count; k++)
    if (plan->operands[program->input_count + k].data == plan->operands[i].data) return false;
  return true;
}

// Whether output `i` goes past the cache: it is large and none of its lines has been read.
static bool is_streamed(const DscPlan *plan, int i) {
  if (!dsc_streams(plan->total * plan->operands[i].size)) return false;
  for (int k = 0; k < plan->program->input_count; k++)
    if (plan->operands[k].data == plan->operands[i].data) return false;
  return true;
}

static void choose_direct(DscPlan *plan, bool to_tensors) {
  const DscProgram *program = plan->program;
  const int inputs = program->input_count, operands = inputs + program->output_count;
  plan->any_direct = plan->streams = false;
  for (int i = 0; i < operands; i++) {
    DscOperand *operand = &plan->operands[i];
    const bool contiguous = operand->stride == 1 && (operand->linear || !plan->crossing);
    operand->streamed = to_tensors && i >= inputs && contiguous && is_streamed(plan, i);
    plan->streams |= operand->streamed;
    operand->direct = operand->native && (contiguous || operand->tiled) && !operand->streamed &&
                      (i < inputs ? reads_directly(plan, i) : writes_directly(plan, i - inputs));
    plan->any_direct |= operand->direct;
  }
}

// The last instruction can write a streamed output itself, if the output is its result alone.
static void choose_finish(DscPlan *plan) {
  const DscProgram *program = plan->program;
  const int last = program->instruction_count - 1, inputs = program->input_count;
  plan->finish = NULL;
  if (!plan->streams || last < 0) return;
  const DscInstruction *instruction = &program->instructions[last];
  int sharing = 0;
  for (int k = 0; k < program->output_count; k++) {
    if (program->output_register[k] != instruction->destination) continue;
    plan->finished = k;
    sharing++;
  }
  const DscOperand *output = &plan->operands[inputs + plan->finished];
  if (sharing != 1 || !output->streamed || !output->native) return;
  plan->finish = dsc_find_stream_loop(plan->target, instruction->op, instruction->lane);
}

void dsc_plan_choose_direct(DscPlan *plan, bool to_tensors) {
  choose_direct(plan, to_tensors);
  choose_finish(plan);
}
