// Narrow integers: programs on them give what int64 gives, wrapped when it is stored; conversions
// to them; and division of int64.
#include "check.h"

enum { MASK = 2, SCALAR, FIRST_RESULT };

// Values of all sizes, often at the ends of the dtype's range or small enough to divide and shift
// by.
static void fill_integers(Array *a) {
  for (int64_t i = 0; i < a->count; i++) {
    int64_t value = chance(3) ? below(40) - 20 : (int64_t)(draw() * 0x1p62);
    if (chance(6))
      value = (INT64_C(1) << (a->view.dtype == DSC_INT32   ? 31
                              : a->view.dtype == DSC_INT16 ? 15
                                                           : 7));
    set(a, i,
        (double)(a->view.dtype == DSC_UINT8 ? (uint8_t)value
                                            : (int32_t)((uint64_t)value - (uint64_t)chance(2))));
  }
}

static bool is_lane(const DscProgram *p, int reg, DscLane lane) {
  return p->register_lane[reg] == lane;
}

static uint8_t any_register(const DscProgram *p, int count, DscLane lane) {
  int reg = count - 1;  // the last result, as often as not
  if (is_lane(p, reg, lane) && chance(2)) return (uint8_t)reg;
  do reg = (int)below(count);
  while (!is_lane(p, reg, lane));
  return (uint8_t)reg;
}

// Of two integers, a mask and a number; the last result is the output.
static DscProgram any_program(void) {
  DscProgram p = {.input_count = 3, .scalar_count = 1, .output_count = 1};
  p.register_lane[0] = p.register_lane[1] = p.register_lane[SCALAR] = DSC_LANE_I64;
  p.register_lane[MASK] = DSC_LANE_BOOL;
  int count = FIRST_RESULT;
  for (int64_t left = 1 + (chance(2) ? below(4) : 0); left > 0; left--, count++) {
    DscOp op;
    do op = (DscOp)below(dsc_op_count());
    while (!dsc_op_has_lane(op, DSC_LANE_I64));
    DscInstruction *next = &p.instructions[p.instruction_count++];
    *next =
        (DscInstruction){.op = (uint8_t)op, .lane = DSC_LANE_I64, .destination = (uint8_t)count};
    next->a = any_register(&p, count, op == DSC_OP_SELECT ? DSC_LANE_BOOL : DSC_LANE_I64);
    next->b = any_register(&p, count, DSC_LANE_I64),
    next->c = any_register(&p, count, DSC_LANE_I64);
    p.register_lane[count] = (uint8_t)dsc_op_result_lane(op, DSC_LANE_I64);
  }
  p.register_count = (uint8_t)count, p.output_register[0] = (uint8_t)(count - 1);
  return p;
}

static void program(void) {
  const DscDType narrow = (DscDType)(DSC_UINT8 + below(4));
  int64_t shape[3];
  int ndim = (int)below(4);
  for (int d = 0; d < ndim; d++) shape[d] = any_size(ndim > 1 ? 9 : chance(6) ? 700 : 70);
  const bool flat = ndim == 1 && chance(2);
  DscProgram p = any_program();
  DscScalar scalar = {.i = chance(3)   ? below(20) - 5
                           : chance(2) ? below(9)
                           : chance(2) ? 200
                                       : 70000 * (below(3) - 1)};
  Array in[3], wide[3];
  DscView views[3], wide_views[3];
  for (int i = 0; i < 3; i++) {
    in[i] = array(i == MASK ? DSC_BOOL : narrow, ndim, shape, flat ? CONTIGUOUS : (Layout)below(3));
    wide[i] = array(i == MASK ? DSC_BOOL : DSC_INT64, ndim, shape, CONTIGUOUS);
    if (i == MASK)
      fill(&in[i], 1, false);
    else
      fill_integers(&in[i]);
    for (int64_t k = 0; k < in[i].count; k++) set(&wide[i], k, get(&in[i], k));
    views[i] = in[i].view, wide_views[i] = wide[i].view;
  }
  DscDType result = p.register_lane[p.output_register[0]] == DSC_LANE_I64 ? narrow : DSC_BOOL;
  if (chance(4)) result = any_dtype();
  Array out = array(result, ndim, shape, flat ? CONTIGUOUS : (Layout)below(2)),
        expected = array(result, ndim, shape, CONTIGUOUS);
  int status = flat ? dsc_pointwise_flat(&p, shape[0], views, &scalar, &out.view)
                    : dsc_pointwise(&p, ndim, shape, views, &scalar, &out.view);
  int wide_status = dsc_pointwise(&p, ndim, shape, wide_views, &scalar, &expected.view);
  const char *name = dsc_op_name((DscOp)p.instructions[p.instruction_count - 1].op);
  CHECK(status == wide_status, "%d x %s of %s: status %d, not %d", p.instruction_count, name,
        dsc_dtype_name(narrow), status, wide_status);
  for (int64_t i = 0; i < out.count; i++)
    CHECK(memcmp(place(&out, i), place(&expected, i), dsc_dtype_size(result)) == 0,
          "%d x %s of %s to %s, with %lld: %a, not %a", p.instruction_count, name,
          dsc_dtype_name(narrow), dsc_dtype_name(result), (long long)scalar.i, get(&out, i),
          get(&expected, i));
  for (int i = 0; i < 3; i++) release(&in[i]), release(&wide[i]);
  release(&out), release(&expected);
}

// A result that takes the first operand's place.
static void in_place(void) {
  const DscDType narrow = (DscDType)(DSC_UINT8 + below(4));
  int64_t count = any_size(900);
  DscProgram p = {.input_count = 2, .instruction_count = 1, .output_count = 1, .register_count = 3};
  for (int i = 0; i < 3; i++) p.register_lane[i] = DSC_LANE_I64;
  p.output_register[0] = 2;
  p.instructions[0] =
      (DscInstruction){chance(2) ? DSC_OP_SUB : DSC_OP_MUL, DSC_LANE_I64, 2, 0, 1, 0};
  Array a = vector(narrow, count), b = vector(narrow, count), expected = vector(narrow, count);
  fill_integers(&a), fill_integers(&b);
  DscView views[2] = {a.view, b.view};
  CHECK(dsc_pointwise(&p, 1, &count, views, NULL, &expected.view) == DSC_OK, "apart");
  CHECK(dsc_pointwise_flat(&p, count, views, NULL, &a.view) == DSC_OK, "in place");
  for (int64_t i = 0; i < count; i++)
    CHECK(get(&a, i) == get(&expected, i), "%s in place", dsc_dtype_name(narrow));
  release(&a), release(&b), release(&expected);
}

// Floating point is cut toward zero in int64, where NaN and what is too large are its least number,
// and wraps.
static void cut(void) {
  static const double odd[] = {NAN,     INFINITY,      -INFINITY, -0.0,    0x1p31,
                               -0x1p31, 0x1.fffffep30, 0x1p63,    -0x1p63, 3e9};
  const DscDType to = (DscDType)(DSC_UINT8 + below(5));
  int64_t count = any_size(400);
  Array x = vector(chance(2) ? DSC_FLOAT32 : DSC_FLOAT64, count), y = vector(to, count);
  const bool far = chance(2);
  for (int64_t i = 0; i < count; i++)
    set(&x, i,
        far && chance(20) ? odd[below(10)]
                          : draw() * (chance(2) ? 300
                                      : far     ? 0x1p40
                                                : 0x1p31));
  CHECK(dsc_copy(1, &count, &x.view, &y.view) == DSC_OK, "dsc_copy");
  for (int64_t i = 0; i < count; i++) {
    double value = get(&x, i);
    int64_t whole = value >= -0x1p63 && value < 0x1p63 ? (int64_t)value : INT64_MIN;
    CHECK(memcmp(place(&y, i), &whole, dsc_dtype_size(to)) == 0, "%a to %s: %a", value,
          dsc_dtype_name(to), get(&y, i));
  }
  release(&x), release(&y);
}

// Division of int64 of all sizes: also by 0, which gives 0 and is reported, and by -1, which wraps.
static void long_division(void) {
  static const DscOp ops[] = {DSC_OP_FLOOR_DIV, DSC_OP_TRUNC_DIV, DSC_OP_REMAINDER, DSC_OP_FMOD};
  const int64_t count = 200, bits = chance(3) ? 63 : 51, beyond = below(2);
  const uint64_t limit = (UINT64_C(1) << bits) - 1;
  const bool zeros = chance(3);
  Array x[2] = {vector(DSC_INT64, count), vector(DSC_INT64, count)}, y = vector(DSC_INT64, count);
  for (int64_t i = 0; i < 2 * count; i++) {
    int64_t value = (int64_t)(fabs(draw()) * (double)(limit / 2)) >> below(bits);
    if (chance(9)) value = (int64_t)(limit - (uint64_t)below(3) + (uint64_t)(beyond * below(3)));
    if (chance(2)) value = (int64_t)(0 - (uint64_t)value);
    if (i % 2 && value == 0 && !zeros) value = 3;
    *(int64_t *)place(&x[i % 2], i / 2) = value;
  }
  for (int f = 0; f < 4; f++) {
    DscProgram p = {.input_count = 2, .output_count = 1, .register_count = 3};
    for (int r = 0; r < 3; r++) p.register_lane[r] = DSC_LANE_I64;
    p.output_register[0] = 2, p.instruction_count = 1;
    p.instructions[0] = (DscInstruction){(uint8_t)ops[f], DSC_LANE_I64, 2, 0, 1, 0};
    DscView inputs[2] = {x[0].view, x[1].view};
    bool any_zero = false;
    int status = dsc_pointwise(&p, 1, &count, inputs, NULL, &y.view);
    for (int64_t i = 0; i < count; i++) {
      int64_t a = *(int64_t *)place(&x[0], i), b = *(int64_t *)place(&x[1], i);
      int64_t q = b == 0 ? 0 : b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b;
      int64_t m = b == 0 || b == -1 ? 0 : a % b;
      bool crosses = m != 0 && (m < 0) != (b < 0);
      int64_t e[] = {q - crosses, q, crosses ? m + b : m, m}, got = *(int64_t *)place(&y, i);
      any_zero |= b == 0;
      CHECK(got == e[f], "%s(%lld, %lld): %lld", dsc_op_name(ops[f]), (long long)a, (long long)b,
            (long long)got);
    }
    CHECK(status == (any_zero ? DSC_DIVISION_BY_ZERO : DSC_OK), "%s: %d", dsc_op_name(ops[f]),
          status);
  }
  release(&x[0]), release(&x[1]), release(&y);
}

void check_integers(void) {
  for (int i = 0; i < 40; i++) long_division();
  for (int i = 0; i < 6000; i++) program();
  for (int i = 0; i < 40; i++) in_place(), cut();
}
