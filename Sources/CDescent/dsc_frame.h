// How the operands of a plan come to the registers of a block and how results leave them: read in
// place where they lie in order, through slots of the scratch memory where they are strided,
// broadcast or of another type.
#ifndef DSC_FRAME_H
#define DSC_FRAME_H

#include "dsc_plan.h"
#include "dsc_stream.h"
#include "dsc_strided.h"
#include "dsc_targets.h"

typedef struct {
  const DscPlan *plan;
  char *scratch;
  void *registers[DSC_MAX_REGISTERS];
  int64_t capacity;                 // elements of a slot in use
  int64_t loaded[DSC_MAX_INPUTS];   // elements of a constant or periodic input in its slot
  int64_t phase[DSC_MAX_INPUTS];    // where in its period they begin
  char *tiles[DSC_MAX_INPUTS];      // the block's row in a tiled input's tile
  uint8_t streams[DSC_MAX_INPUTS];  // inputs that are read in order
  int stream_count;
} Frame;

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

// Where element `index` of the walk is.
static inline void set_position(const DscPlan *plan, int64_t index, int64_t *position) {
  for (int d = plan->ndim - 1; d > 0; d--) {
    position[d] = index % plan->shape[d];
    index /= plan->shape[d];
  }
  position[0] = index;
}

// What lies there of an operand.
static inline char *place_of(const DscPlan *plan, int i, const int64_t *position) {
  int64_t offset = 0;
  for (int d = 0; d < plan->ndim; d++) offset += position[d] * plan->strides[i][d];
  return plan->operands[i].data + offset * plan->operands[i].size;
}

// Copies `count` elements between an operand that is not linear and contiguous memory, whole rows
// at a time.
static inline void walk_rows(const DscPlan *plan, int i, const int64_t *start, int64_t count,
                             char *values, bool store) {
  const DscOperand *operand = &plan->operands[i];
  const size_t size = operand->size;
  const int inner = plan->ndim - 1;
  const int64_t width = plan->shape[inner], outer_stride = plan->strides[i][inner - 1];
  int64_t position[DSC_MAX_DIMS];
  for (int d = 0; d <= inner; d++) position[d] = start[d];
  while (count > 0) {
    char *memory = place_of(plan, i, position);
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
  return place_of(plan, i, position);
}

// The same for an input, and the stride: a row of its tile if it has one.
static inline char *input_run(const Frame *frame, int i, int64_t index, const int64_t *position,
                              int64_t *stride) {
  const DscOperand *operand = &frame->plan->operands[i];
  *stride = operand->tiled ? 1 : operand->stride;
  return operand->tiled ? frame->tiles[i] : run_of(frame->plan, i, index, position);
}

// Brings `count` elements of an input into its register's slot and pads them to a whole step.
static inline void load_values(const Frame *frame, int i, int64_t index, const int64_t *position,
                               int64_t count) {
  const DscPlan *plan = frame->plan;
  const DscOperand *operand = &plan->operands[i];
  const DscWay way =
      dsc_way_in(plan->target, operand->dtype, plan->program->register_lane[operand->reg]);
  const DscConvert convert = way.convert;
  const DscLoop across = way.across;
  const int64_t padded = dsc_up_to_step(count);
  char *slot = slot_of(frame, operand->reg);
  int64_t stride;
  const char *run = input_run(frame, i, index, position, &stride);
  const char *values = run;
  if (!(run && stride == 1 && padded == count && (convert || across))) {
    char *raw = convert || across ? slot_of(frame, DSC_RAW_SLOT) : slot;
    if (run && stride == 1) {
      dsc_conversions[plan->target]->pad(operand->size, run, count, padded, raw);
    } else {
      if (run) {
        dsc_gather(operand->size, run, stride, count, raw);
      } else {
        walk_rows(plan, i, position, count, raw, false);
      }
      dsc_pad(operand->size, count, padded, raw);
    }
    values = raw;
  }
  if (convert) {
    char *to = across ? slot_of(frame, DSC_MIDDLE_SLOT) : slot;
    convert(padded, values, to);
    values = to;
  }
  if (across) across(padded, values, NULL, NULL, slot);
}

static inline void load(Frame *frame, int i, int64_t index, const int64_t *position,
                        int64_t count) {
  const DscPlan *plan = frame->plan;
  const DscOperand *operand = &plan->operands[i];
  if (operand->direct && count % DSC_STEP == 0) {
    int64_t stride;
    frame->registers[operand->reg] = input_run(frame, i, index, position, &stride);
    return;
  }
  char *slot = slot_of(frame, operand->reg);
  frame->registers[operand->reg] = slot;
  if (operand->constant || (operand->stride == 0 && !plan->crossing)) {
    if (operand->constant && frame->loaded[i]) return;
    load_values(frame, i, index, position, 1);
    const int64_t filled = operand->constant ? frame->capacity : dsc_up_to_step(count);
    const size_t size = dsc_lane_size(plan->program->register_lane[operand->reg]);
    if (filled > DSC_STEP) dsc_conversions[plan->target]->fill(size, slot, filled, slot);
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

// What is asked for while results of the elements from `index` of the walk on go past the cache:
// what inputs that lie in order have further on, unless the processor fetches that itself.
static inline int values_ahead(const Frame *frame, int64_t index, DscAhead *ahead) {
  if (dsc_fetches_alone()) return 0;
  for (int k = 0; k < frame->stream_count; k++) {
    const DscOperand *operand = &frame->plan->operands[frame->streams[k]];
    const uintptr_t offset = (uintptr_t)(index + DSC_AHEAD) * operand->size;
    ahead[k] = (DscAhead){(const char *)((uintptr_t)operand->data + offset), operand->size};
  }
  return frame->stream_count;
}

static inline void store(const Frame *frame, int i, int64_t index, const int64_t *position,
                         int64_t count) {
  const DscPlan *plan = frame->plan;
  const DscOperand *operand = &plan->operands[i];
  const DscWay way =
      dsc_way_out(plan->target, plan->program->register_lane[operand->reg], operand->dtype);
  const DscConvert convert = way.convert;
  const DscLoop across = way.across;
  const int64_t padded = dsc_up_to_step(count);
  char *run = run_of(plan, i, index, position);
  const bool in_place =
      run && operand->stride == 1 && padded == count && (convert || across) && !operand->streamed;
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
  if (operand->streamed) {
    DscAhead ahead[DSC_MAX_INPUTS];
    const int aheads = values_ahead(frame, index, ahead);
    dsc_stream(operand->size, values, count, run, ahead, aheads);
  } else if (run) {
    dsc_scatter(operand->size, values, operand->stride, count, run);
  } else {
    walk_rows(plan, i, position, count, (char *)values, true);
  }
}

#endif
