// Runs plans of elementwise programs: block by block, an instruction at a time over a block's
// registers.
#include "dsc_frame.h"
#include "dsc_sizes.h"

static void find_streams(Frame *frame) {
  frame->stream_count = 0;
  for (int i = 0; i < frame->plan->program->input_count; i++) {
    const DscOperand *operand = &frame->plan->operands[i];
    if (!operand->tiled && operand->linear && operand->stride == 1)
      frame->streams[frame->stream_count++] = (uint8_t)i;
  }
}

// Where the plan's last instruction streams its results of this block, or NULL.
static char *finish_of(const DscPlan *plan, int64_t out_index, const int64_t *position,
                       int64_t count) {
  if (!plan->finish || count % DSC_STEP != 0) return NULL;
  char *run = run_of(plan, plan->program->input_count + plan->finished, out_index, position);
  return (uintptr_t)run % DSC_LINE == 0 ? run : NULL;
}

static void finish(const Frame *frame, int64_t index, int64_t count, char *out) {
  const DscPlan *plan = frame->plan;
  const DscInstruction *last = &plan->program->instructions[plan->program->instruction_count - 1];
  void *const *registers = frame->registers;
  DscAhead ahead[DSC_MAX_INPUTS];
  const int aheads = values_ahead(frame, index, ahead);
  plan->finish(count, registers[last->a], registers[last->b % DSC_MAX_REGISTERS],
               registers[last->c % DSC_MAX_REGISTERS], out, ahead, aheads);
}

static int run_block(Frame *frame, int64_t index, const int64_t *position, int64_t count) {
  const DscPlan *plan = frame->plan;
  const DscProgram *program = plan->program;
  const int inputs = program->input_count;
  const bool whole = count % DSC_STEP == 0;
  const int64_t padded = dsc_up_to_step(count), out_index = index - plan->origin;
  for (int i = 0; i < inputs; i++) load(frame, i, index, position, count);
  for (int k = 0; k < program->output_count; k++) {
    const DscOperand *operand = &plan->operands[inputs + k];
    if (!operand->direct) continue;
    frame->registers[operand->reg] =
        whole ? run_of(plan, inputs + k, out_index, position) : slot_of(frame, operand->reg);
  }
  int status = DSC_OK;
  void *const *registers = frame->registers;
  char *finished = finish_of(plan, out_index, position, count);
  const int ordinary = program->instruction_count - (finished != NULL);
  for (int n = 0; n < ordinary; n++) {
    const DscInstruction *instruction = &program->instructions[n];
    status |= plan->loops[n](
        padded, registers[instruction->a], registers[instruction->b % DSC_MAX_REGISTERS],
        registers[instruction->c % DSC_MAX_REGISTERS], registers[instruction->destination]);
  }
  if (finished) finish(frame, index, count, finished);
  for (int k = 0; k < program->output_count; k++) {
    if (plan->operands[inputs + k].direct && whole) continue;
    if (finished && k == plan->finished) continue;
    store(frame, inputs + k, out_index, position, count);
  }
  return status;
}

static void fill_scalars(const Frame *frame) {
  const DscProgram *program = frame->plan->program;
  for (int s = 0; s < program->scalar_count; s++) {
    const int reg = program->input_count + s;
    const DscLane lane = (DscLane)program->register_lane[reg];
    const DscScalar value = dsc_lane_scalar(lane, frame->plan->scalars[s]);
    dsc_conversions[frame->plan->target]->fill(dsc_lane_size(lane), &value, frame->capacity,
                                               slot_of(frame, reg));
  }
}

#define FRAME_BYTES (DSC_SCRATCH_BYTES + (DSC_MAX_REGISTERS + 2) * 2 * DSC_SLOT_GAP)

// Readies a frame for up to `count` elements.
static void open_frame(Frame *frame, const DscPlan *plan, char *scratch, int64_t count) {
  frame->plan = plan;
  frame->scratch = scratch;
  frame->capacity = count < plan->block ? dsc_up_to_step(count) : plan->block;
  for (int r = 0; r < plan->program->register_count; r++)
    frame->registers[r] = scratch + plan->slots[r];
  for (int i = 0; i < plan->program->input_count; i++) frame->loaded[i] = 0;
  fill_scalars(frame);
  find_streams(frame);
}

void dsc_plan_run(DscPlan *plan, int64_t first, int64_t count) {
  if (plan->halves) {
    dsc_plan_run_halves(plan, first, count);
    return;
  }
  if (plan->rows) {
    dsc_plan_run_rows(plan, first, count);
    return;
  }
  _Alignas(64) char scratch[FRAME_BYTES];
  Frame frame;
  open_frame(&frame, plan, scratch, count);
  int64_t position[DSC_MAX_DIMS];
  set_position(plan, first, position);
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
  if (plan->streams) dsc_stream_finish();
  if (status) atomic_fetch_or(&plan->status, status);
}

int64_t dsc_plan_tiles(const DscPlan *plan) {
  const int inner = plan->ndim - 1;
  int64_t count = dsc_parts(plan->shape[inner - 1], DSC_TILE_ROWS) *
                  dsc_parts(plan->shape[inner], plan->tile_columns);
  for (int d = 0; d < inner - 1; d++) count *= plan->shape[d];
  return count;
}

// Runs a tile that begins at `position`, row by row.
static int run_tile(Frame *frame, char *tiles, int64_t *position) {
  const DscPlan *plan = frame->plan;
  const int inner = plan->ndim - 1, inputs = plan->program->input_count;
  const int64_t row = position[inner - 1], column = position[inner], pitch = plan->tile_columns;
  int64_t rows = plan->shape[inner - 1] - row, columns = plan->shape[inner] - column;
  if (rows > DSC_TILE_ROWS) rows = DSC_TILE_ROWS;
  if (columns > pitch) columns = pitch;
  for (int i = 0; i < inputs; i++) {
    const DscOperand *operand = &plan->operands[i];
    if (!operand->tiled) continue;
    dsc_gather_tile(operand->size, place_of(plan, i, position), plan->strides[i][inner - 1],
                    operand->stride, rows, columns, pitch, tiles + plan->tile_slots[i]);
  }
  int64_t index = 0;
  for (int d = 0; d <= inner; d++) index = index * plan->shape[d] + position[d];
  int status = DSC_OK;
  for (int64_t r = 0; r < rows; r++, index += plan->shape[inner]) {
    position[inner - 1] = row + r;
    for (int64_t done = 0; done < columns;) {
      int64_t n = columns - done;
      if (plan->any_direct && n > DSC_STEP) n &= -DSC_STEP;
      for (int i = 0; i < inputs; i++)
        frame->tiles[i] = tiles + plan->tile_slots[i] * plan->operands[i].tiled +
                          (r * pitch + done) * plan->operands[i].size;
      position[inner] = column + done;
      status |= run_block(frame, index + done, position, n);
      done += n;
    }
  }
  return status;
}

void dsc_plan_run_tiles(DscPlan *plan, int64_t first, int64_t count) {
  _Alignas(64) char scratch[FRAME_BYTES];
  _Alignas(64) char tiles[DSC_TILE_BYTES];
  Frame frame;
  open_frame(&frame, plan, scratch, plan->tile_columns);
  const int inner = plan->ndim - 1;
  const int64_t across = dsc_parts(plan->shape[inner], plan->tile_columns);
  const int64_t down = dsc_parts(plan->shape[inner - 1], DSC_TILE_ROWS);
  int status = DSC_OK;
  for (int64_t tile = first; tile < first + count; tile++) {
    int64_t position[DSC_MAX_DIMS], rest = tile;
    position[inner] = rest % across * plan->tile_columns;
    rest /= across;
    position[inner - 1] = rest % down * DSC_TILE_ROWS;
    rest /= down;
    for (int d = inner - 2; d >= 0; d--) {
      position[d] = rest % plan->shape[d];
      rest /= plan->shape[d];
    }
    status |= run_tile(&frame, tiles, position);
  }
  if (plan->streams) dsc_stream_finish();
  if (status) atomic_fetch_or(&plan->status, status);
}
