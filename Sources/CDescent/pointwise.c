// The doors of the executor: whole tensors, flat small ones, and values for other kernel families.
#include "include/dsc_pointwise.h"

#include "dsc_evaluate.h"
#include "dsc_narrow.h"
#include "dsc_plan.h"
#include "dsc_sizes.h"
#include "dsc_strided.h"
#include "include/dsc_pool.h"

// A piece of parallel work takes about as long as PIECE_COST additions; pieces of large work are
// longer (up to LARGEST_PIECE elements), which memory prefers. They depend on the program and the
// sizes alone.
enum {
  PIECE_COST = 1 << 16,
  SMALLEST_PIECE = 1 << 11,
  LARGEST_PIECE = 1 << 18,
  MOST_PIECES = 64,
  FEWEST_PIECES = 4,
};

// Roughly, in additions of float32.
static int cost_of(const DscInstruction *instruction) {
  const DscOp op = (DscOp)instruction->op;
  switch (op) {
    case DSC_OP_LGAMMA:
    case DSC_OP_DIGAMMA:
    case DSC_OP_TRIGAMMA:
    case DSC_OP_I0:
    case DSC_OP_I1:
    case DSC_OP_I0E:
    case DSC_OP_I1E:
    case DSC_OP_ERFCX:
    case DSC_OP_NDTRI:
    case DSC_OP_ZETA:
    case DSC_OP_IGAMMA:
    case DSC_OP_IGAMMAC:
    case DSC_OP_NEXTAFTER:
      return 32;
    case DSC_OP_POW:
    case DSC_OP_FLOOR_DIV:
    case DSC_OP_REMAINDER:
    case DSC_OP_FMOD:
    case DSC_OP_ATAN2:
    case DSC_OP_HYPOT:
      return 12;
    default:
      if (op < DSC_OP_EXP || op > DSC_OP_SILU_SLOPE) return 1;
      return instruction->lane == DSC_LANE_F32 ? 6 : 16;
  }
}

static int64_t piece_of(const DscProgram *program, int64_t total) {
  int cost = 1;
  for (int n = 0; n < program->instruction_count; n++) cost += cost_of(&program->instructions[n]);
  const int64_t fair = total / MOST_PIECES & -DSC_MAX_BLOCK;
  const int64_t piece = PIECE_COST / cost & -DSC_MAX_BLOCK;
  const int64_t least = piece < SMALLEST_PIECE ? SMALLEST_PIECE : piece;
  return fair < least ? least : fair < LARGEST_PIECE ? fair : LARGEST_PIECE;
}

typedef struct {
  DscPlan *plan;
  int64_t count, piece;  // elements, or tiles of a tiled plan
} Pieces;

static void run_piece(void *context, int64_t index) {
  const Pieces *pieces = context;
  const int64_t first = index * pieces->piece, left = pieces->count - first;
  const int64_t count = left < pieces->piece ? left : pieces->piece;
  if (pieces->plan->tiled) {
    dsc_plan_run_tiles(pieces->plan, first, count);
  } else {
    dsc_plan_run(pieces->plan, first, count);
  }
}

static int run_plan(DscPlan *plan) {
  Pieces pieces = {plan, plan->total, piece_of(plan->program, plan->total)};
  if (plan->tiled) {
    pieces.piece /= DSC_TILE_ROWS * plan->tile_columns;
    pieces.piece += pieces.piece == 0;
    pieces.count = dsc_plan_tiles(plan);
  }
  const bool brief = pieces.count < FEWEST_PIECES * pieces.piece;
  // Waking threads costs as much as some pieces: those that are awake take equal parts.
  if (brief && pieces.count < pieces.piece) {
    pieces.piece = pieces.count;
  } else if (brief) {
    const int64_t most = FEWEST_PIECES * pieces.count / pieces.piece;
    const int64_t parts = dsc_smaller(most, dsc_thread_count());
    const int64_t unit = plan->tiled ? 1 : DSC_MAX_BLOCK;
    pieces.piece = dsc_parts(dsc_parts(pieces.count, parts), unit) * unit;
  }
  const int64_t count = dsc_parts(pieces.count, pieces.piece);
  (brief ? dsc_parallel_brief : dsc_parallel)(count, run_piece, &pieces);
  return atomic_load(&plan->status);
}

int dsc_pointwise(const DscProgram *program, int ndim, const int64_t *shape, const DscView *inputs,
                  const DscScalar *scalars, const DscView *outputs) {
  for (int d = 0; d < ndim; d++)
    if (shape[d] == 0) return DSC_OK;
  DscPlan plan;
  const int status = dsc_plan(&plan, program, ndim, shape, inputs, scalars, outputs, NULL);
  return status ? status : run_plan(&plan);
}

// The small path: one instruction on up to SMALL elements without conversions runs without a plan.
enum { SMALL = 256, NOT_SMALL = -1 };

typedef char Small[SMALL * sizeof(int64_t)];

static inline int run_small(const DscProgram *program, int64_t count, const DscView *inputs,
                            const DscScalar *scalars, const DscView *output) {
  const DscInstruction *instruction = &program->instructions[0];
  const DscOp op = (DscOp)instruction->op;
  const DscTarget target = dsc_target();
  const DscLoop loop = dsc_find_loop(target, op, instruction->lane);
  if (!loop) return DSC_UNSUPPORTED;
  const DscLane result = (DscLane)program->register_lane[instruction->destination];
  if (!dsc_is_native(output->dtype, result)) return NOT_SMALL;
  if (output->strides[0] != 1 && count > 1) return NOT_SMALL;
  const int64_t padded = dsc_up_to_step(count), whole = count & -DSC_STEP;
  const uint8_t registers[3] = {instruction->a, instruction->b, instruction->c};
  const char *operands[3] = {NULL, NULL, NULL};  // of the whole steps
  const char *last[3] = {NULL, NULL, NULL};      // of the step after them
  _Alignas(64) Small buffers[3];
  for (int k = 0, arity = dsc_op_arity(op); k < arity; k++) {
    const int reg = registers[k];
    const DscLane lane = (DscLane)program->register_lane[reg];
    const size_t size = dsc_lane_size(lane);
    DscScalar scalar;
    const void *value = &scalar;
    if (reg >= program->input_count) {
      scalar = dsc_lane_scalar(lane, scalars[reg - program->input_count]);
    } else {
      const DscView *view = &inputs[reg];
      if (!dsc_is_native(view->dtype, lane)) return NOT_SMALL;
      if (view->strides[0] == 1) {
        operands[k] = view->data;
        if (whole == count) continue;
        last[k] = (const char *)&buffers[k];
        dsc_conversions[target]->pad(size, operands[k] + (size_t)whole * size, count - whole,
                                     DSC_STEP, &buffers[k]);
        continue;
      }
      value = view->data;
    }
    dsc_conversions[target]->fill(size, value, padded, &buffers[k]);
    operands[k] = last[k] = (const char *)&buffers[k];
  }
  int status = DSC_OK;
  if (whole > 0) status = loop(whole, operands[0], operands[1], operands[2], output->data);
  if (whole < count) {
    _Alignas(64) char step[DSC_STEP * sizeof(int64_t)];
    status |= loop(DSC_STEP, last[0], last[1], last[2], step);
    const size_t size = dsc_lane_size(result);
    memcpy((char *)output->data + (size_t)whole * size, step, (size_t)(count - whole) * size);
  }
  return status;
}

int dsc_pointwise_flat(const DscProgram *program, int64_t count, const DscView *inputs,
                       const DscScalar *scalars, const DscView *outputs) {
  if (count <= SMALL && program->instruction_count == 1 && program->output_count == 1 &&
      program->output_register[0] == program->instructions[0].destination) {
    if (count == 0) return DSC_OK;
    int status = run_small(program, count, inputs, scalars, outputs);
    if (status != NOT_SMALL) return status;
    DscProgram narrowed;
    if (dsc_narrow(program, dsc_target(), inputs, scalars, outputs, &narrowed))
      status = run_small(&narrowed, count, inputs, scalars, outputs);
    if (status != NOT_SMALL) return status;
  }
  return dsc_pointwise(program, 1, &count, inputs, scalars, outputs);
}

const DscProgram *dsc_copy_program(int lane) {
#define X(NAME, name, type)                 \
  [DSC_LANE_##NAME] = {.input_count = 1,    \
                       .output_count = 1,   \
                       .register_count = 1, \
                       .register_lane = {DSC_LANE_##NAME}},
  static const DscProgram programs[] = {DSC_LANES(X) X(U8, , ) X(I8, , ) X(I16, , ) X(I32, , )};
#undef X
  return &programs[lane];
}

int dsc_evaluate(const DscProgram *program, int ndim, const int64_t *shape, const DscView *inputs,
                 const DscScalar *scalars, int64_t first, int64_t count, void *out) {
  if (count <= 0) return DSC_OK;
  if (!program) program = dsc_copy_program(dsc_dtype_lane(inputs[0].dtype));
  DscPlan plan;
  const int status = dsc_plan(&plan, program, ndim, shape, inputs, scalars, NULL, out);
  if (status) return status;
  plan.origin = first;
  dsc_plan_run(&plan, first, count);
  return atomic_load(&plan.status);
}
