// Random programs of elementwise instructions over random layouts, with inputs of any dtype,
// against an interpreter of one element.
#include "check.h"

typedef union {
  float f32;
  double f64;
  int64_t i64;
  uint8_t b;
} Value;

static Value converted(Value v, DscLane from, DscLane to) {
  double d = from == DSC_LANE_F32   ? (double)v.f32
             : from == DSC_LANE_F64 ? v.f64
             : from == DSC_LANE_I64 ? (double)v.i64
                                    : v.b;
  Value r = {.f64 = 0};
  if (to == DSC_LANE_F32) r.f32 = from == DSC_LANE_I64 ? (float)v.i64 : (float)d;
  if (to == DSC_LANE_F64) r.f64 = d;
  if (to == DSC_LANE_I64) r.i64 = from == DSC_LANE_I64 ? v.i64 : (int64_t)d;
  if (to == DSC_LANE_BOOL) r.b = from == DSC_LANE_I64 ? v.i64 != 0 : d != 0;
  return r;
}

#define ARITHMETIC(T, m)           \
  switch (op) {                    \
    case DSC_OP_ADD:               \
      r.m = (T)(a.m + b.m);        \
      break;                       \
    case DSC_OP_SUB:               \
      r.m = (T)(a.m - b.m);        \
      break;                       \
    case DSC_OP_MUL:               \
      r.m = (T)(a.m * b.m);        \
      break;                       \
    case DSC_OP_MAXIMUM:           \
      r.m = a.m > b.m ? a.m : b.m; \
      break;                       \
    case DSC_OP_MINIMUM:           \
      r.m = a.m < b.m ? a.m : b.m; \
      break;                       \
    default:                       \
      r.b = a.m < b.m;             \
  }

static void random_program(void) {
  enum { OPS = 6 };
  static const DscOp ops[OPS] = {DSC_OP_ADD,     DSC_OP_SUB,     DSC_OP_MUL,
                                 DSC_OP_MAXIMUM, DSC_OP_MINIMUM, DSC_OP_LT};
  int64_t shape[4];
  int ndim = (int)below(4);
  for (int d = 0; d < ndim; d++) shape[d] = any_size(ndim > 2 ? 12 : 40);
  int inputs = 1 + (int)below(4), outputs = 1 + (int)below(2), count = inputs;
  Array in[4], out[2];
  DscView in_views[4], out_views[2];
  DscProgram p = {
      .input_count = (uint8_t)inputs, .scalar_count = 1, .output_count = (uint8_t)outputs};
  for (int i = 0; i < inputs; i++) {
    in[i] = array(any_dtype(), ndim, shape, (Layout)below(3)), fill(&in[i], 20, false);
    in_views[i] = in[i].view, p.register_lane[i] = (uint8_t)dsc_dtype_lane(in[i].view.dtype);
  }
  p.register_lane[count++] = DSC_LANE_F64;  // the scalar
  DscScalar scalar = {.d = 1.5};
  for (int k = 0; k < 8; k++) {
    int a = (int)below(count), b = (int)below(count);
    DscLane lane = p.register_lane[a];
    DscInstruction *next = &p.instructions[p.instruction_count];
    if (p.register_lane[b] != lane) {  // brings b to the lane of a
      static const DscOp to[] = {DSC_OP_TO_F32, DSC_OP_TO_F64, DSC_OP_TO_I64, DSC_OP_TO_BOOL};
      *next++ = (DscInstruction){to[lane], p.register_lane[b], (uint8_t)count, (uint8_t)b, 0, 0};
      p.register_lane[count] = (uint8_t)lane, b = count++, p.instruction_count++;
    }
    DscOp op = ops[below(OPS)];
    if (!dsc_op_has_lane(op, lane)) op = DSC_OP_MAXIMUM;
    *next = (DscInstruction){(uint8_t)op, (uint8_t)lane, (uint8_t)count, (uint8_t)a, (uint8_t)b, 0};
    p.register_lane[count++] = (uint8_t)dsc_op_result_lane(op, lane), p.instruction_count++;
  }
  p.register_count = (uint8_t)count;
  for (int i = 0; i < outputs; i++) {
    p.output_register[i] = (uint8_t)(count - 1 - i);
    static const DscDType natural[] = {DSC_FLOAT32, DSC_FLOAT64, DSC_INT64, DSC_BOOL};
    out[i] = array(natural[p.register_lane[count - 1 - i]], ndim, shape, (Layout)below(2));
    out_views[i] = out[i].view;
  }
  int status = dsc_pointwise(&p, ndim, shape, in_views, &scalar, out_views);
  CHECK(status == DSC_OK, "dsc_pointwise: %d", status);
  for (int64_t e = 0; e < out[0].count; e++) {
    Value v[DSC_MAX_REGISTERS];
    for (int i = 0; i < inputs; i++)
      v[i] = converted((Value){.f64 = get(&in[i], e)}, DSC_LANE_F64, p.register_lane[i]);
    v[inputs].f64 = scalar.d;
    for (int k = 0; k < p.instruction_count; k++) {
      DscInstruction s = p.instructions[k];
      DscOp op = (DscOp)s.op;
      Value a = v[s.a], b = v[s.b], r = {.f64 = 0};
      if (op >= DSC_OP_TO_F32 && op <= DSC_OP_TO_BOOL) {
        r = converted(a, s.lane, p.register_lane[s.destination]);
      } else if (s.lane == DSC_LANE_BOOL) {
        r.b = op == DSC_OP_LT                            ? a.b < b.b
              : op == DSC_OP_ADD || op == DSC_OP_MAXIMUM ? a.b | b.b
                                                         : a.b & b.b;
      } else if (s.lane == DSC_LANE_F32) {
        ARITHMETIC(float, f32)
      } else if (s.lane == DSC_LANE_F64) {
        ARITHMETIC(double, f64)
      } else {
        ARITHMETIC(int64_t, i64)
      }
      v[s.destination] = r;
    }
    for (int i = 0; i < outputs; i++) {
      Value expected = converted(v[count - 1 - i], p.register_lane[count - 1 - i], DSC_LANE_F64);
      CHECK(near(get(&out[i], e), expected.f64, 0), "program: %a, not %a", get(&out[i], e),
            expected.f64);
    }
  }
  for (int i = 0; i < inputs; i++) release(&in[i]);
  for (int i = 0; i < outputs; i++) release(&out[i]);
}

// An array of some dims of a shape, the others of one element; and the same repeated over the
// shape.
static Array part_of(DscDType dtype, int ndim, const int64_t *shape) {
  int64_t own[4];
  for (int d = 0; d < ndim; d++) own[d] = chance(2) ? 1 : shape[d];
  Array a = array(dtype, ndim, own, CONTIGUOUS);
  fill(&a, 20, false);
  return a;
}

static Array repeated(Array a, const int64_t *shape) {
  for (int d = 0; d < a.ndim; d++) {
    if (a.shape[d] == 1) a.view.strides[d] = 0;
    a.shape[d] = shape[d];
  }
  return a;
}

// One instruction on operands that are repeated along some dims, whose result may lie in one's
// place.
static void broadcast(void) {
  static const DscOp ops[] = {DSC_OP_ADD, DSC_OP_SUB, DSC_OP_MUL, DSC_OP_DIV, DSC_OP_EQ,
                              DSC_OP_NE,  DSC_OP_LT,  DSC_OP_LE,  DSC_OP_GT,  DSC_OP_GE};
  static const DscDType dtypes[] = {DSC_FLOAT32, DSC_FLOAT64, DSC_INT64};
  const DscDType dtype = dtypes[below(3)];
  const DscLane lane = dsc_dtype_lane(dtype);
  const DscOp op = ops[below(10)];
  if (!dsc_op_has_lane(op, lane)) return;
  int64_t shape[4], count = 1;
  const int ndim = 2 + (int)below(3);
  for (int d = 0; d < ndim; d++) count *= shape[d] = 1 + below(d < ndim - 1 ? 6 : 90);
  Array parts[2] = {part_of(dtype, ndim, shape), part_of(dtype, ndim, shape)};
  const Array in[2] = {repeated(parts[0], shape), repeated(parts[1], shape)};
  const DscLane result = dsc_op_result_lane(op, lane);
  Array out = array(result == DSC_LANE_BOOL ? DSC_BOOL : dtype, ndim, shape, CONTIGUOUS);
  DscProgram p = {.input_count = 2, .instruction_count = 1, .output_count = 1};
  p.register_count = 3, p.output_register[0] = 2;
  for (int i = 0; i < 3; i++) p.register_lane[i] = (uint8_t)(i < 2 ? lane : result);
  p.instructions[0] = (DscInstruction){(uint8_t)op, (uint8_t)lane, 2, 0, 1, 0};
  double *expected = malloc((size_t)count * sizeof(double));
  for (int64_t e = 0; e < count; e++) {
    const double a = get(&in[0], e), b = get(&in[1], e);
    const double results[] = {a + b, a - b, a * b, a / b, a == b, a != b, a<b, a <= b, a> b,
                              a >= b};
    for (int k = 0; k < 10; k++)
      if (ops[k] == op) expected[e] = rounded(out.view.dtype, results[k]);
  }
  DscView inputs[2] = {in[0].view, in[1].view}, output = out.view;
  const int place = (int)below(2);
  const bool in_place = in[place].count == count && out.view.dtype == dtype;
  if (in_place) output = in[place].view;
  CHECK(dsc_pointwise(&p, ndim, shape, inputs, NULL, &output) == DSC_OK, "broadcast");
  for (int64_t e = 0; e < count; e++) {
    const double got = get(in_place ? &in[place] : &out, e);
    CHECK(near(got, expected[e], 0), "%s: %a, not %a", dsc_op_name(op), got, expected[e]);
  }
  free(expected);
  release(&parts[0]), release(&parts[1]), release(&out);
}

void check_programs(void) {
  for (int i = 0; i < 150; i++) random_program();
  for (int i = 0; i < 150; i++) broadcast();
}
