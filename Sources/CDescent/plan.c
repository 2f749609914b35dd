#include "dsc_plan.h"

#include "dsc_narrow.h"
#include "dsc_stream.h"

// Rows shorter than this are gathered, several to a block.
enum { SHORT_ROW = 256 };

static inline int64_t magnitude(int64_t stride) { return stride < 0 ? -stride : stride; }

// Output strides decide the order of the dims, largest first; where they are equal (which is so for
// dims of one element only), or for no output, it stays.
static int ordered_dims(int ndim, const int64_t *shape, const DscView *first_output, int *order) {
  int count = 0;
  for (int d = 0; d < ndim; d++) {
    if (shape[d] == 1) continue;
    int at = count++;
    if (first_output) {
      const int64_t stride = magnitude(first_output->strides[d]);
      for (; at > 0 && magnitude(first_output->strides[order[at - 1]]) < stride; at--)
        order[at] = order[at - 1];
    }
    order[at] = d;
  }
  return count;
}

// Appends a dim, or merges it with the last one where every operand walks both as one.
static void append_dim(DscPlan *plan, int operands, int64_t size, const DscView *const *views,
                       int dim) {
  const int last = plan->ndim - 1;
  bool merges = last >= 0;
  for (int i = 0; i < operands && merges; i++)
    merges = plan->strides[i][last] == views[i]->strides[dim] * size;
  const int to = merges ? last : plan->ndim++;
  plan->shape[to] = merges ? plan->shape[to] * size : size;
  for (int i = 0; i < operands; i++) plan->strides[i][to] = views[i]->strides[dim];
}

static void classify(const DscPlan *plan, const int64_t *strides, DscOperand *operand) {
  const int inner = plan->ndim - 1;
  operand->stride = strides[inner];
  operand->linear = operand->constant = true;
  for (int d = 0; d <= inner; d++) {
    operand->constant &= strides[d] == 0;
    if (d < inner) operand->linear &= strides[d] == strides[d + 1] * plan->shape[d + 1];
  }
}

// The dim along which a transposed input is contiguous, or -1. Such an input, walked along the last
// dim, would touch a cache line for every element.
static int tile_dim(const DscPlan *plan, int i) {
  enum { FEWEST_ROWS = 8, FEWEST_COLUMNS = 64, FEWEST_ELEMENTS = 1 << 14 };
  const int inner = plan->ndim - 1;
  const int64_t *strides = plan->strides[i];
  if (plan->total < FEWEST_ELEMENTS || plan->shape[inner] < FEWEST_COLUMNS) return -1;
  if (magnitude(strides[inner]) < DSC_TILE_ROWS) return -1;
  for (int d = 0; d < inner; d++)
    if (magnitude(strides[d]) == 1 && plan->shape[d] >= FEWEST_ROWS) return d;
  return -1;
}

// Moves dim `from` to just before the last one.
static void move_dim(DscPlan *plan, int operands, int from) {
  for (int d = from; d < plan->ndim - 2; d++) {
    const int64_t size = plan->shape[d];
    plan->shape[d] = plan->shape[d + 1];
    plan->shape[d + 1] = size;
    for (int i = 0; i < operands; i++) {
      const int64_t stride = plan->strides[i][d];
      plan->strides[i][d] = plan->strides[i][d + 1];
      plan->strides[i][d + 1] = stride;
    }
  }
}

static void find_tiles(DscPlan *plan, int operands) {
  const int inputs = plan->program->input_count;
  int dim = -1;
  for (int i = 0; i < inputs && dim < 0; i++) dim = tile_dim(plan, i);
  plan->tiled = dim >= 0;
  for (int i = 0; i < operands; i++)
    plan->operands[i].tiled = plan->tiled && i < inputs && tile_dim(plan, i) == dim;
  if (plan->tiled) move_dim(plan, operands, dim);
}

static void lay_out_tiles(DscPlan *plan) {
  int64_t bytes = 0;
  for (int i = 0; i < plan->program->input_count; i++)
    if (plan->operands[i].tiled) bytes += DSC_TILE_ROWS * plan->operands[i].size;
  int64_t columns = DSC_TILE_BYTES / bytes & -DSC_STEP;
  if (columns > plan->block) columns = plan->block;
  plan->tile_columns = columns;
  int64_t offset = 0;
  for (int i = 0; i < plan->program->input_count; i++) {
    if (!plan->operands[i].tiled) continue;
    plan->tile_slots[i] = (int32_t)offset;
    offset += DSC_TILE_ROWS * columns * plan->operands[i].size;
  }
}

static int64_t common_multiple(int64_t a, int64_t b) {
  int64_t x = a, y = b;
  while (y != 0) {
    const int64_t rest = x % y;
    x = y;
    y = rest;
  }
  return a / x * b;
}

// Inputs that repeat along the outer dims (a bias, say) are loaded once if the step can be made a
// multiple of their period.
static void find_periods(DscPlan *plan) {
  int64_t multiple = DSC_STEP;
  for (int i = 0; plan->crossing && i < plan->program->input_count; i++) {
    DscOperand *operand = &plan->operands[i];
    if (operand->linear) continue;
    int64_t period = plan->total;
    for (int d = 0; d < plan->ndim && plan->strides[i][d] == 0; d++) period /= plan->shape[d];
    if (period > plan->block) continue;
    const int64_t both = common_multiple(multiple, period);
    if (both > plan->block) continue;
    operand->period = period;
    multiple = both;
  }
  plan->step = plan->block / multiple * multiple;
}

// A conversion in one go from memory to memory.
static bool converts_at_once(const DscPlan *plan, const DscOperand *output) {
  const DscWay way =
      dsc_way_out(plan->target, plan->program->register_lane[output->reg], output->dtype);
  return output->linear && output->stride == 1 && !output->streamed && !output->native &&
         !(way.convert && way.across);
}

// One instruction, or conversion, on nothing but memory needs no blocks. (Pieces begin at whole
// lines of a streamed output, if the output does.)
static bool needs_no_scratch(const DscPlan *plan) {
  const DscProgram *program = plan->program;
  if (program->instruction_count > 1 || program->scalar_count != 0) return false;
  if (program->output_count != 1) return false;
  for (int i = 0; i < program->input_count; i++)
    if (!plan->operands[i].direct) return false;
  const DscOperand *output = &plan->operands[program->input_count];
  if (program->instruction_count == 0) return converts_at_once(plan, output);
  if (output->direct) return true;
  return plan->finish && output->linear && (uintptr_t)output->data % DSC_LINE == 0;
}

static void lay_out_scratch(DscPlan *plan) {
  const DscProgram *program = plan->program;
  bool raw = false, middle = false;
  for (int i = 0; i < program->input_count + program->output_count; i++) {
    const DscOperand *operand = &plan->operands[i];
    const DscLane lane = (DscLane)program->register_lane[operand->reg];
    raw |= !operand->native;
    middle |= !operand->native && dsc_dtype_lane(operand->dtype) != lane;
  }
  const int64_t wide = sizeof(int64_t);
  int64_t bytes = (raw + middle) * wide;
  for (int r = 0; r < program->register_count; r++)
    bytes += (int64_t)dsc_lane_size(program->register_lane[r]);
  int64_t block = bytes ? DSC_SCRATCH_BYTES / bytes & -DSC_STEP : DSC_MAX_BLOCK;
  const int64_t total = dsc_up_to_step(plan->total);
  if (block > DSC_MAX_BLOCK) block = DSC_MAX_BLOCK;
  plan->block = block < total ? block : total;
  int64_t offset = 0;
  for (int r = 0; r < program->register_count; r++) {
    plan->slots[r] = (int32_t)offset;
    const int64_t size = plan->block * (int64_t)dsc_lane_size(program->register_lane[r]);
    offset += (size + DSC_SLOT_GAP - 1) / DSC_SLOT_GAP * DSC_SLOT_GAP + DSC_SLOT_GAP;
  }
  plan->slots[DSC_RAW_SLOT] = (int32_t)offset;
  if (raw) offset += plan->block * wide + DSC_SLOT_GAP;
  plan->slots[DSC_MIDDLE_SLOT] = (int32_t)offset;
}

static void set_operand(DscPlan *plan, int i, const DscView *view, int reg) {
  DscOperand *operand = &plan->operands[i];
  const DscLane lane = (DscLane)plan->program->register_lane[reg];
  operand->data = view->data;
  operand->dtype = view->dtype;
  operand->reg = (uint8_t)reg;
  operand->size = (uint8_t)dsc_dtype_size(view->dtype);
  operand->native = dsc_is_native(view->dtype, lane);
  operand->period = 0;
  operand->tiled = false;
}

int dsc_plan(DscPlan *plan, const DscProgram *program, int ndim, const int64_t *shape,
             const DscView *inputs, const DscScalar *scalars, const DscView *outputs, void *out) {
  const int input_count = program->input_count, output_count = program->output_count;
  plan->target = dsc_target();
  if (outputs && dsc_narrow(program, plan->target, inputs, scalars, outputs, &plan->narrowed))
    program = &plan->narrowed;
  plan->program = program;
  plan->scalars = scalars;
  plan->origin = 0;
  plan->finished = 0;
  atomic_init(&plan->status, DSC_OK);
  for (int n = 0; n < program->instruction_count; n++) {
    const DscInstruction *instruction = &program->instructions[n];
    plan->loops[n] = dsc_find_loop(plan->target, instruction->op, instruction->lane);
    if (!plan->loops[n]) return DSC_UNSUPPORTED;
  }
  const DscView *views[DSC_MAX_OPERANDS];
  for (int i = 0; i < input_count; i++) set_operand(plan, i, views[i] = &inputs[i], i);
  for (int k = 0; outputs && k < output_count; k++) {
    const int i = input_count + k;
    set_operand(plan, i, views[i] = &outputs[k], program->output_register[k]);
  }
  int order[DSC_MAX_DIMS];
  const int kept = ordered_dims(ndim, shape, outputs, order);
  const int walked = input_count + (outputs ? output_count : 0);
  plan->ndim = 0;
  plan->total = 1;
  for (int d = 0; d < kept; d++) {
    append_dim(plan, walked, shape[order[d]], views, order[d]);
    plan->total *= shape[order[d]];
  }
  if (plan->ndim == 0) {
    plan->ndim = 1;
    plan->shape[0] = 1;
    for (int i = 0; i < walked; i++) plan->strides[i][0] = 1;
  }
  plan->tiled = false;
  if (outputs) find_tiles(plan, walked);
  for (int i = 0; i < walked; i++) classify(plan, plan->strides[i], &plan->operands[i]);
  if (!outputs) {
    const int reg = program->output_register[0];
    const DscView view = {.data = out,
                          .dtype = dsc_native_dtype((DscLane)program->register_lane[reg])};
    set_operand(plan, input_count, &view, reg);
    DscOperand *operand = &plan->operands[input_count];
    operand->stride = 1;
    operand->linear = true;
    operand->constant = false;
  }
  plan->crossing = !plan->tiled && plan->ndim > 1 && plan->shape[plan->ndim - 1] < SHORT_ROW;
  lay_out_scratch(plan);
  if (plan->tiled) lay_out_tiles(plan);
  find_periods(plan);
  dsc_plan_choose_direct(plan, outputs != NULL);
  plan->halves = outputs ? dsc_plan_half_loop(plan) : NULL;
  plan->rows = outputs ? dsc_plan_rows_loop(plan) : NULL;
  if (needs_no_scratch(plan)) plan->step = INT64_MAX & -DSC_STEP;
  return DSC_OK;
}
