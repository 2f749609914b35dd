// Steps of optimizers over several sets of arrays: the rules' loops and their programs against each
// other, bit for bit, and against plain arithmetic.
#include "check.h"

#pragma STDC FP_CONTRACT OFF

enum { MOST_SETS = 6, MOST_TENSORS = 4, SCALARS = 7 };

// A program under construction: each call adds an instruction and gives its register.
static DscProgram program;

static int op(DscOp name, int a, int b) {
  const int to = program.register_count++;
  program.register_lane[to] = program.register_lane[0];
  program.instructions[program.instruction_count++] = (DscInstruction){
      (uint8_t)name, program.register_lane[0], (uint8_t)to, (uint8_t)a, (uint8_t)b, 0};
  return to;
}

static void begin(DscLane lane, int tensors, int outputs, int scalars) {
  program = (DscProgram){.input_count = (uint8_t)tensors,
                         .scalar_count = (uint8_t)scalars,
                         .output_count = (uint8_t)outputs,
                         .register_count = (uint8_t)(tensors + scalars)};
  for (int r = 0; r < tensors + scalars; r++) program.register_lane[r] = (uint8_t)lane;
}

static void write_rule(DscUpdateRule rule, DscLane lane) {
  if (rule == DSC_UPDATE_DESCENT) {
    begin(lane, 2, 1, 1);
    program.output_register[0] = (uint8_t)op(DSC_OP_SUB, 0, op(DSC_OP_MUL, 2, 1));
  } else if (rule == DSC_UPDATE_ADAM) {
    begin(lane, 4, 3, 7);
    const int s = 4, mean = op(DSC_OP_ADD, 1, op(DSC_OP_MUL, op(DSC_OP_SUB, 3, 1), s + 1));
    const int square =
        op(DSC_OP_ADD, op(DSC_OP_MUL, 2, s + 2), op(DSC_OP_MUL, op(DSC_OP_MUL, s + 3, 3), 3));
    const int root = op(DSC_OP_ADD, op(DSC_OP_DIV, op(DSC_OP_SQRT, square, 0), s + 5), s + 6);
    const int step = op(DSC_OP_DIV, op(DSC_OP_MUL, s + 4, mean), root);
    program.output_register[0] = (uint8_t)op(DSC_OP_SUB, op(DSC_OP_MUL, 0, s), step);
    program.output_register[1] = (uint8_t)mean, program.output_register[2] = (uint8_t)square;
  } else {
    begin(lane, 3, 2, 2);
    const int velocity = op(DSC_OP_ADD, op(DSC_OP_MUL, 4, 1), 2);
    const int step =
        rule == DSC_UPDATE_MOMENTUM ? velocity : op(DSC_OP_ADD, 2, op(DSC_OP_MUL, 4, velocity));
    program.output_register[0] = (uint8_t)op(DSC_OP_SUB, 0, op(DSC_OP_MUL, 3, step));
    program.output_register[1] = (uint8_t)velocity;
  }
}

// The rule for one element, in doubles.
static void define(DscUpdateRule rule, double *t, const DscScalar *s) {
  if (rule == DSC_UPDATE_DESCENT) {
    t[0] -= s[0].d * t[1];
  } else if (rule == DSC_UPDATE_ADAM) {
    t[1] += (t[3] - t[1]) * s[1].d;
    t[2] = t[2] * s[2].d + s[3].d * t[3] * t[3];
    t[0] = t[0] * s[0].d - s[4].d * t[1] / (sqrt(t[2]) / s[5].d + s[6].d);
  } else {
    t[1] = s[1].d * t[1] + t[2];
    t[0] -= s[0].d * (rule == DSC_UPDATE_MOMENTUM ? t[1] : t[2] + s[1].d * t[1]);
  }
}

static void step(DscUpdateRule rule, DscDType dtype, bool large) {
  write_rule(rule, dsc_dtype_lane(dtype));
  const DscScalar scalars[SCALARS] = {{.d = 0.75},  {.d = 0.25},  {.d = 0.875}, {.d = 0.5},
                                      {.d = 0.125}, {.d = 0.625}, {.d = 0.0625}};
  const int64_t sets = 1 + below(MOST_SETS), width = program.input_count;
  Array looped[MOST_SETS * MOST_TENSORS], programmed[MOST_SETS * MOST_TENSORS];
  void *loop_data[MOST_SETS * MOST_TENSORS], *program_data[MOST_SETS * MOST_TENSORS];
  double *expected[MOST_SETS * MOST_TENSORS];
  int64_t counts[MOST_SETS];
  for (int64_t n = 0; n < sets; n++) {
    counts[n] = any_size(large ? 20000 : 80);
    for (int64_t k = n * width; k < (n + 1) * width; k++) {
      looped[k] = vector(dtype, counts[n]), programmed[k] = vector(dtype, counts[n]);
      expected[k] = calloc((size_t)counts[n] + 1, sizeof(double));
      fill(&looped[k], 2, false);
      for (int64_t i = 0; i < counts[n]; i++) {
        // The mean of squares is not negative.
        const double value = get(&looped[k], i), start = k % width == 2 ? fabs(value) : value;
        set(&looped[k], i, start), set(&programmed[k], i, start), expected[k][i] = start;
      }
      loop_data[k] = looped[k].view.data, program_data[k] = programmed[k].view.data;
    }
    for (int64_t i = 0; i < counts[n]; i++) {
      double values[MOST_TENSORS];
      for (int k = 0; k < width; k++) values[k] = expected[n * width + k][i];
      define(rule, values, scalars);
      for (int k = 0; k < width; k++) expected[n * width + k][i] = values[k];
    }
  }
  DscUpdate update = {rule, &program, scalars, dtype, sets, counts, loop_data};
  dsc_set_thread_count(1 + (int)below(3));
  CHECK(dsc_update(&update) == DSC_OK, "dsc_update");
  update.rule = DSC_UPDATE_PROGRAM, update.data = program_data;
  dsc_set_thread_count(1 + (int)below(3));
  CHECK(dsc_update(&update) == DSC_OK, "dsc_update of a program");
  for (int64_t k = 0; k < sets * width; k++) {
    for (int64_t i = 0; i < counts[k / width]; i++) {
      const double value = get(&looped[k], i), wanted = expected[k][i];
      CHECK(value == get(&programmed[k], i), "rule %d, array %d, element %d: loop %g, program %g",
            rule, (int)k, (int)i, value, get(&programmed[k], i));
      CHECK(near(value, wanted, 8 * unit_of(dtype, 4)), "rule %d, array %d, element %d: %g, not %g",
            rule, (int)k, (int)i, value, wanted);
    }
    release(&looped[k]), release(&programmed[k]), free(expected[k]);
  }
}

void check_updates(void) {
  static const DscDType dtypes[] = {DSC_FLOAT32, DSC_FLOAT64, DSC_FLOAT16, DSC_BFLOAT16};
  for (int i = 0; i < 64; i++)
    step((DscUpdateRule)(DSC_UPDATE_DESCENT + i % 4), dtypes[i / 4 % 4], i % 8 == i / 16);
}
