#include "dsc_plan.h"
#include "dsc_strided.h"

typedef struct {
  const DscPlan *plan;
  char *scratch;
  void *registers[DSC_MAX_REGISTERS];
  int64_t capacity;                // elements of a slot in use
  int64_t loaded[DSC_MAX_INPUTS];  // elements of a constant or periodic input in its slot
  int64_t phase[DSC_MAX_INPUTS];   // where in its period they begin
} Frame;

static inline int64_t rounded_up(int64_t count) { return (count + DSC_STEP - 1) & -DSC_STEP; }

static inline char *slot_of(const Frame *frame, int reg) {
  return frame->scratch + frame->plan->slots[reg];
}

static inline void advance(const DscPlan *plan, int64_t *position, int64_t count) {
  int d = plan->ndim - 1;
  position[d] += count;
  for (; d > 0 && position[d] >= plan->shape[d]; d--) {
    position[d - 1] += position[d] / plan->shape[d];
    position[d] %= plan->shape[d];
  }
}

static inline int64_t offset_at(const DscPlan *plan, int i, const int64_t *position) {
  int64_t offset = 0;
  for (int d = 0; d < plan->ndim; d++) offset += position[d] * plan->strides[i][d];
  return offset;
}

// Copies `count` elements between an operand that is not linear and contiguous memory, whole rows
// at a time.
static void walk_rows(const DscPlan *plan, int i, const int64_t *start, int64_t count, char *values,
                      bool store) {
  const DscOperand *operand = &plan->operands[i];
  const size_t size = operand->size;
  const int inner = plan->ndim - 1;
  const int64_t width = plan->shape[inner], outer_stride = plan->strides[i][inner - 1];
  int64_t position[DSC_MAX_DIMS];
  for (int d = 0; d <= inner; d++) position[d] = start[d];
  while (count > 0) {
    char *memory = operand->data + offset_at(plan, i, position) * (int64_t)size;
    int64_t rows = 1, columns = width - position[inner];
    if (columns == width && count >= width) {
      const int64_t left = plan->shape[inner - 1] - position[inner - 1];
      rows = count / width < left ? count / width : left;
    } else if (columns > count) {
      columns = count;
    }
    if (store) {
      dsc_scatter_rows(size, values, outer_stride, operand->stride, rows, columns, memory);
    } else {
      dsc_gather_rows(size, memory, outer_stride, operand->stride, rows, columns, values);
    }
    values += rows * columns * (int64_t)size;
    count -= rows * columns;
    advance(plan, position, rows * columns);
  }
}

// Where element `index` of the walk, at `position`, lies in an operand that a block can reach with
// one stride; NULL for others.
static inline char *run_of(const DscPlan *plan, int i, int64_t index, const int64_t *position) {
  const DscOperand *operand = &plan->operands[i];
  if (operand->linear) return operand->data + index * operand->stride * operand->size;
  if (plan->crossing) return NULL;
  return operand->data + offset_at(plan, i, position) * operand->size;
}

// Brings `count` elements of an input into its register's slot and pads them to a whole step.
static void load_values(const Frame *frame, int i, int64_t index, const int64_t *position,
                        int64_t count) {
  const DscPlan *plan = frame->plan;
  const DscOperand *operand = &plan->operands[i];
  const DscLane lane = (DscLane)plan->program->register_lane[operand->reg];
  const DscLane own = dsc_dtype_lane(operand->dtype);
  const DscConvert convert = dsc_conversions[plan->target]->load[operand->dtype];
  const DscLoop across =
      lane == own ? NULL : dsc_find_loop(plan->target, dsc_conversion_op(lane), own);
  const int64_t padded = rounded_up(count);
  char *slot = slot_of(frame, operand->reg);
  const char *run = run_of(plan, i, index, position);
  const char *values = run;
  if (!(run && operand->stride == 1 && padded == count && (convert || across))) {
    char *raw = convert || across ? slot_of(frame, DSC_RAW_SLOT) : slot;
    if (run) {
      dsc_gather(operand->size, run, operand->stride, count, raw);
    } else {
      walk_rows(plan, i, position, count, raw, false);
    }
    dsc_pad(operand->size, count, padded, raw);
    values = raw;
  }
  if (convert) {
    char *to = across ? slot_of(frame, DSC_MIDDLE_SLOT) : slot;
    convert(padded, values, to);
    values = to;
  }
  if (across) across(padded, values, NULL, NULL, slot);
}

static void load(Frame *frame, int i, int64_t index, const int64_t *position, int64_t count) {
  const DscPlan *plan = frame->plan;
  const DscOperand *operand = &plan->operands[i];
  if (operand->direct && count % DSC_STEP == 0) {
    frame->registers[operand->reg] = run_of(plan, i, index, position);
    return;
  }
  char *slot = slot_of(frame, operand->reg);
  frame->registers[operand->reg] = slot;
  if (operand->constant || (operand->stride == 0 && !plan->crossing)) {
    if (operand->constant && frame->loaded[i]) return;
    load_values(frame, i, index, position, 1);
    const int64_t filled = operand->constant ? frame->capacity : rounded_up(count);
    const size_t size = dsc_lane_size(plan->program->register_lane[operand->reg]);
    dsc_pad(size, DSC_STEP, filled, slot);
    frame->loaded[i] = filled;
  } else if (operand->period > 0) {
    const int64_t phase = index % operand->period;
    if (frame->loaded[i] >= count && frame->phase[i] == phase) return;
    load_values(frame, i, index, position, count);
    frame->loaded[i] = count;
    frame->phase[i] = phase;
  } else {
    load_values(frame, i, index, position, count);
  }
}

static void store(const Frame *frame, int i, int64_t index, const int64_t *position,
                  int64_t count) {
  const DscPlan *plan = frame->plan;
  const DscOperand *operand = &plan->operands[i];
  const DscLane lane = (DscLane)plan->program->register_lane[operand->reg];
  const DscLane own = dsc_dtype_lane(operand->dtype);
  const DscConvert convert = dsc_conversions[plan->target]->store[operand->dtype];
  const DscLoop across =
      lane == own ? NULL : dsc_find_loop(plan->target, dsc_conversion_op(own), lane);
  const int64_t padded = rounded_up(count);
  char *run = run_of(plan, i, index, position);
  const bool in_place = run && operand->stride == 1 && padded == count && (convert || across);
  const char *values = frame->registers[operand->reg];
  char *last = in_place ? run : slot_of(frame, DSC_RAW_SLOT);
  if (across) {
    char *to = convert ? slot_of(frame, DSC_MIDDLE_SLOT) : last;
    across(padded, values, NULL, NULL, to);
    values = to;
  }
  if (convert) {
    convert(padded, values, last);
    values = last;
  }
  if (in_place) return;
  if (run) {
    dsc_scatter(operand->size, values, operand->stride, count, run);
  } else {
    walk_rows(plan, i, position, count, (char *)values, true);
  }
}

static int run_block(Frame *frame, int64_t index, const int64_t *position, int64_t count) {
  const DscPlan *plan = frame->plan;
  const DscProgram *program = plan->program;
  const int inputs = program->input_count;
  const bool whole = count % DSC_STEP == 0;
  const int64_t padded = rounded_up(count), out_index = index - plan->origin;
  for (int i = 0; i < inputs; i++) load(frame, i, index, position, count);
  for (int k = 0; k < program->output_count; k++) {
    const DscOperand *operand = &plan->operands[inputs + k];
    if (!operand->direct) continue;
    frame->registers[operand->reg] =
        whole ? run_of(plan, inputs + k, out_index, position) : slot_of(frame, operand->reg);
  }
  int status = DSC_OK;
  void *const *registers = frame->registers;
  for (int n = 0; n < program->instruction_count; n++) {
    const DscInstruction *instruction = &program->instructions[n];
    status |= plan->loops[n](
        padded, registers[instruction->a], registers[instruction->b % DSC_MAX_REGISTERS],
        registers[instruction->c % DSC_MAX_REGISTERS], registers[instruction->destination]);
  }
  for (int k = 0; k < program->output_count; k++)
    if (!(plan->operands[inputs + k].direct && whole))
      store(frame, inputs + k, out_index, position, count);
  return status;
}

static void fill_scalars(const Frame *frame) {
  const DscProgram *program = frame->plan->program;
  for (int s = 0; s < program->scalar_count; s++) {
    const int reg = program->input_count + s;
    const DscLane lane = (DscLane)program->register_lane[reg];
    union {
      float f;
      double d;
      int64_t i;
      uint8_t b;
    } value;
    const DscScalar scalar = frame->plan->scalars[s];
    switch (lane) {
      case DSC_LANE_F32:
        value.f = (float)scalar.d;
        break;
      case DSC_LANE_F64:
        value.d = scalar.d;
        break;
      case DSC_LANE_I64:
        value.i = scalar.i;
        break;
      case DSC_LANE_BOOL:
        value.b = scalar.i != 0;
        break;
    }
    dsc_fill(dsc_lane_size(lane), &value, frame->capacity, slot_of(frame, reg));
  }
}

void dsc_plan_run(DscPlan *plan, int64_t first, int64_t count) {
  _Alignas(64) char scratch[DSC_SCRATCH_BYTES + (DSC_MAX_REGISTERS + 2) * 2 * DSC_SLOT_GAP];
  Frame frame;
  frame.plan = plan;
  frame.scratch = scratch;
  const int64_t used = count < plan->block ? rounded_up(count) : plan->block;
  frame.capacity = used;
  for (int r = 0; r < plan->program->register_count; r++)
    frame.registers[r] = scratch + plan->slots[r];
  for (int i = 0; i < plan->program->input_count; i++) frame.loaded[i] = 0;
  fill_scalars(&frame);
  int64_t position[DSC_MAX_DIMS], rest = first;
  for (int d = plan->ndim - 1; d > 0; d--) {
    position[d] = rest % plan->shape[d];
    rest /= plan->shape[d];
  }
  position[0] = rest;
  const int inner = plan->ndim - 1;
  int status = DSC_OK;
  for (int64_t done = 0; done < count;) {
    int64_t n = count - done < plan->step ? count - done : plan->step;
    if (!plan->crossing && n > plan->shape[inner] - position[inner])
      n = plan->shape[inner] - position[inner];
    if (plan->any_direct && n > DSC_STEP) n &= -DSC_STEP;
    status |= run_block(&frame, first + done, position, n);
    advance(plan, position, n);
    done += n;
  }
  if (status) atomic_fetch_or(&plan->status, status);
}
