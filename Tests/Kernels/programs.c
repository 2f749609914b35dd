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

void check_programs(void) {
  for (int i = 0; i < 150; i++) random_program();
}
