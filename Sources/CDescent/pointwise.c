// The doors of the executor: whole tensors, flat small ones, and values for other kernel families.
#include "include/dsc_pointwise.h"

#include "dsc_evaluate.h"
#include "dsc_plan.h"
#include "dsc_strided.h"
#include "include/dsc_pool.h"

// A piece of parallel work is about as long as this many additions take; it depends on the program
// alone.
enum { PIECE_COST = 1 << 16, LARGEST_PIECE = 1 << 15, SMALLEST_PIECE = 1 << 11 };

// Roughly, in additions: instructions in the list's order from RSQRT are counted by family.
static int cost_of(DscOp op) {
  switch (op) {
    case DSC_OP_LGAMMA:
    case DSC_OP_DIGAMMA:
    case DSC_OP_TRIGAMMA:
    case DSC_OP_I0:
    case DSC_OP_I1:
    case DSC_OP_NEXTAFTER:
      return 32;
    case DSC_OP_POW:
    case DSC_OP_FLOOR_DIV:
    case DSC_OP_TRUNC_DIV:
    case DSC_OP_REMAINDER:
    case DSC_OP_FMOD:
    case DSC_OP_ATAN2:
    case DSC_OP_HYPOT:
      return 8;
    default:
      return op >= DSC_OP_EXP && op <= DSC_OP_ERFINV ? 6 : 1;
  }
}

static int64_t piece_of(const DscProgram *program) {
  int cost = 1;
  for (int n = 0; n < program->instruction_count; n++)
    cost += cost_of((DscOp)program->instructions[n].op);
  const int64_t piece = PIECE_COST / cost & -DSC_MAX_BLOCK;
  return piece < SMALLEST_PIECE ? SMALLEST_PIECE : piece < LARGEST_PIECE ? piece : LARGEST_PIECE;
}

typedef struct {
  DscPlan *plan;
  int64_t piece;
} Pieces;

static void run_piece(void *context, int64_t index) {
  const Pieces *pieces = context;
  const int64_t first = index * pieces->piece, left = pieces->plan->total - first;
  dsc_plan_run(pieces->plan, first, left < pieces->piece ? left : pieces->piece);
}

static int run_plan(DscPlan *plan) {
  Pieces pieces = {plan, piece_of(plan->program)};
  if (plan->total <= pieces.piece) {
    dsc_plan_run(plan, 0, plan->total);
  } else {
    dsc_parallel((plan->total + pieces.piece - 1) / pieces.piece, run_piece, &pieces);
  }
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

typedef union {
  float f32[SMALL];
  double f64[SMALL];
  int64_t i64[SMALL];
  uint8_t bool8[SMALL];
} Small;

static inline void small_scalar(DscLane lane, DscScalar scalar, int64_t count, Small *to) {
  switch (lane) {
    case DSC_LANE_F32:
      for (int64_t i = 0; i < count; i++) to->f32[i] = (float)scalar.d;
      break;
    case DSC_LANE_F64:
      for (int64_t i = 0; i < count; i++) to->f64[i] = scalar.d;
      break;
    case DSC_LANE_I64:
      for (int64_t i = 0; i < count; i++) to->i64[i] = scalar.i;
      break;
    case DSC_LANE_BOOL:
      for (int64_t i = 0; i < count; i++) to->bool8[i] = scalar.i != 0;
      break;
  }
}

static inline int run_small(const DscProgram *program, int64_t count, const DscView *inputs,
                            const DscScalar *scalars, const DscView *output) {
  const DscInstruction *instruction = &program->instructions[0];
  const DscOp op = (DscOp)instruction->op;
  const DscLoop loop = dsc_find_loop(dsc_target(), op, instruction->lane);
  if (!loop) return DSC_UNSUPPORTED;
  const DscLane result = (DscLane)program->register_lane[instruction->destination];
  if (!dsc_is_native(output->dtype, result)) return NOT_SMALL;
  if (output->strides[0] != 1 && count > 1) return NOT_SMALL;
  const int64_t padded = (count + DSC_STEP - 1) & -DSC_STEP;
  const uint8_t registers[3] = {instruction->a, instruction->b, instruction->c};
  const void *operands[3] = {NULL, NULL, NULL};
  _Alignas(64) Small buffers[4];
  for (int k = 0, arity = dsc_op_arity(op); k < arity; k++) {
    const int reg = registers[k];
    const DscLane lane = (DscLane)program->register_lane[reg];
    if (reg >= program->input_count) {
      small_scalar(lane, scalars[reg - program->input_count], padded, &buffers[k]);
      operands[k] = &buffers[k];
      continue;
    }
    const DscView *view = &inputs[reg];
    if (!dsc_is_native(view->dtype, lane)) return NOT_SMALL;
    if (view->strides[0] == 1 && padded == count) {
      operands[k] = view->data;
      continue;
    }
    const size_t size = dsc_lane_size(lane);
    dsc_gather(size, view->data, view->strides[0], count, &buffers[k]);
    dsc_pad(size, count, padded, &buffers[k]);
    operands[k] = &buffers[k];
  }
  if (padded == count) return loop(padded, operands[0], operands[1], operands[2], output->data);
  const int status = loop(padded, operands[0], operands[1], operands[2], &buffers[3]);
  memcpy(output->data, &buffers[3], (size_t)count * dsc_lane_size(result));
  return status;
}

int dsc_pointwise_flat(const DscProgram *program, int64_t count, const DscView *inputs,
                       const DscScalar *scalars, const DscView *outputs) {
  if (count <= SMALL && program->instruction_count == 1 && program->output_count == 1 &&
      program->output_register[0] == program->instructions[0].destination) {
    if (count == 0) return DSC_OK;
    const int status = run_small(program, count, inputs, scalars, outputs);
    if (status != NOT_SMALL) return status;
  }
  return dsc_pointwise(program, 1, &count, inputs, scalars, outputs);
}

const DscProgram *dsc_copy_program(DscLane lane) {
#define X(NAME, name, type)                 \
  [DSC_LANE_##NAME] = {.input_count = 1,    \
                       .output_count = 1,   \
                       .register_count = 1, \
                       .register_lane = {DSC_LANE_##NAME}},
  static const DscProgram programs[] = {DSC_LANES(X)};
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
