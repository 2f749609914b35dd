// The compiled vector loops: what every instruction and every conversion comes down to.
//
// A loop works on contiguous values of a lane, `count` of them, a multiple of DSC_STEP; the
// executor pads what is shorter, so no loop has a remainder. `out` may be exactly one of the
// operands.
#ifndef DSC_LOOPS_H
#define DSC_LOOPS_H

#include <string.h>

#include "include/dsc_pointwise.h"
#include "dsc_stream.h"
#include "dsc_targets.h"

#define DSC_STEP     16
#define DSC_OP_COUNT (DSC_OP_SELECT + 1)

/// The narrow integers' lanes, beside those of programs: inside the executor only. Their values are
/// those of memory.
enum { DSC_LANE_U8 = DSC_LANE_COUNT, DSC_LANE_I8, DSC_LANE_I16, DSC_LANE_I32, DSC_LOOP_LANES };
#define DSC_NARROW_COUNT (DSC_LOOP_LANES - DSC_LANE_COUNT)

static inline int64_t dsc_up_to_step(int64_t count) { return (count + DSC_STEP - 1) & -DSC_STEP; }

/// Operands past the instruction's arity are ignored. Returns DscStatus bits.
typedef int (*DscLoop)(int64_t count, const void *a, const void *b, const void *c, void *out);
/// The same past the cache: `out` begins a line and is none of the operands.
typedef void (*DscStreamLoop)(int64_t count, const void *a, const void *b, const void *c, void *out,
                              const DscAhead *ahead, int aheads);
/// An instruction of float32 on halves, converted in registers: `count` is a multiple of DSC_LINE
/// / 2. An operand whose bit is set in `ones` is one float, DSC_LINE / 2 times: any of two
/// operands, those of dsc_half_ones of three. Where it streams, `out` begins a line.
typedef void (*DscHalfLoop)(int64_t count, const void *a, const void *b, const void *c, int ones,
                            bool streams, void *out, const DscAhead *ahead, int aheads);
typedef void (*DscConvert)(int64_t count, const void *in, void *out);

typedef struct {
  // From memory to the lane of dsc_memory_lane(), NULL where the bytes are the same; and from a
  // lane to memory of a dtype, NULL where the bytes are the same or no step does it (see
  // dsc_way_out).
  DscConvert load[DSC_DTYPE_COUNT], store[DSC_LOOP_LANES][DSC_DTYPE_COUNT];
  // `count` copies, a multiple of DSC_STEP, of the element of `size` bytes at `value`.
  void (*fill)(size_t size, const void *value, int64_t count, void *out);
  // `count` elements, at least 1, then the last one repeated up to `padded`.
  void (*pad)(size_t size, const void *in, int64_t count, int64_t padded, void *out);
} DscConversions;

// One table for every target; a NULL cell has no loop.
extern const DscLoop (*const dsc_basic_loops[DSC_TARGET_COUNT])[DSC_LANE_COUNT];
extern const DscLoop (*const dsc_narrow_loops[DSC_TARGET_COUNT])[DSC_NARROW_COUNT];
extern const DscLoop *const dsc_math_f32_loops[DSC_TARGET_COUNT];
extern const DscLoop *const dsc_math_f64_loops[DSC_TARGET_COUNT];
extern const DscLoop *const dsc_math_special_loops[DSC_TARGET_COUNT];        // float32 in double
extern const DscStreamLoop *const dsc_basic_stream_loops[DSC_TARGET_COUNT];  // of float32
extern const DscStreamLoop *const dsc_math_stream_loops[DSC_TARGET_COUNT];
extern const DscHalfLoop (
        *const dsc_basic_half_loops[DSC_TARGET_COUNT])[2];  // of float16, bfloat16
extern const DscHalfLoop (*const dsc_math_half_loops[DSC_TARGET_COUNT])[2];
extern const uint8_t dsc_half_ones[DSC_OP_COUNT];
extern const DscConversions *const dsc_conversions[DSC_TARGET_COUNT];

/// out[i] = e^(x[i] - largest), where no x is larger; returns their sum. `out` may be x.
typedef float (*DscExpSum)(const float *x, int64_t count, float largest, float *out);
extern const DscExpSum dsc_exp_sum_f32[DSC_TARGET_COUNT];
/// out[i] = g[i] - sum e^y[i], where no y is above 0.
typedef void (*DscLogGradient)(const float *g, const float *y, int64_t count, float sum,
                               float *out);
extern const DscLogGradient dsc_log_gradient_f32[DSC_TARGET_COUNT];
/// softmax, or its logarithm, of rows of at most DSC_STEP numbers next to each other.
typedef void (*DscNarrowSoftmax)(bool logarithm, const float *x, int64_t rows, int64_t count,
                                 float *out);
extern const DscNarrowSoftmax dsc_narrow_softmax_f32[DSC_TARGET_COUNT];

/// The loop of an instruction, or NULL.
static inline DscLoop dsc_find_loop(DscTarget target, int op, int lane) {
  if (lane >= DSC_LANE_COUNT) return dsc_narrow_loops[target][op][lane - DSC_LANE_COUNT];
  const DscLoop basic = dsc_basic_loops[target][op][lane];
  if (basic) return basic;
  if (lane == DSC_LANE_F32) {
    const DscLoop own = dsc_math_f32_loops[target][op];
    return own ? own : dsc_math_special_loops[target][op];
  }
  return lane == DSC_LANE_F64 ? dsc_math_f64_loops[target][op] : NULL;
}

/// Its loop past the cache, or NULL: there are some for operands in float32.
static inline DscStreamLoop dsc_find_stream_loop(DscTarget target, int op, int lane) {
  if (lane != DSC_LANE_F32) return NULL;
  const DscStreamLoop basic = dsc_basic_stream_loops[target][op];
  return basic ? basic : dsc_math_stream_loops[target][op];
}

/// Its loop on halves, or NULL: instructions with float32 results have some, where halves are
/// converted by an instruction.
static inline DscHalfLoop dsc_find_half_loop(DscTarget target, int op, DscDType dtype) {
  const int half = dtype == DSC_BFLOAT16;
  const DscHalfLoop basic = dsc_basic_half_loops[target][op][half];
  return basic ? basic : dsc_math_half_loops[target][op][half];
}

/// The instruction that converts to a lane.
static inline DscOp dsc_conversion_op(DscLane to) {
  static const uint8_t ops[] = {[DSC_LANE_F32] = DSC_OP_TO_F32,
                                [DSC_LANE_F64] = DSC_OP_TO_F64,
                                [DSC_LANE_I64] = DSC_OP_TO_I64,
                                [DSC_LANE_BOOL] = DSC_OP_TO_BOOL};
  return (DscOp)ops[to];
}

static inline size_t dsc_lane_size(int lane) {
  static const uint8_t sizes[] = {
#define X(NAME, name, type) [DSC_LANE_##NAME] = sizeof(type),
      DSC_LANES(X)
#undef X
          [DSC_LANE_U8] = 1,
      [DSC_LANE_I8] = 1,
      [DSC_LANE_I16] = 2,
      [DSC_LANE_I32] = 4,
  };
  return sizes[lane];
}

/// The dtype whose memory holds values of the lane as they are.
static inline DscDType dsc_native_dtype(int lane) {
  static const uint8_t natives[] = {
      [DSC_LANE_F32] = DSC_FLOAT32, [DSC_LANE_F64] = DSC_FLOAT64, [DSC_LANE_I64] = DSC_INT64,
      [DSC_LANE_BOOL] = DSC_BOOL,   [DSC_LANE_U8] = DSC_UINT8,    [DSC_LANE_I8] = DSC_INT8,
      [DSC_LANE_I16] = DSC_INT16,   [DSC_LANE_I32] = DSC_INT32};
  return (DscDType)natives[lane];
}

/// The lane whose values a dtype's memory holds, or which it is converted to: float32 for halves.
static inline int dsc_memory_lane(DscDType dtype) {
  static const uint8_t lanes[] = {
      [DSC_BOOL] = DSC_LANE_BOOL,   [DSC_UINT8] = DSC_LANE_U8,     [DSC_INT8] = DSC_LANE_I8,
      [DSC_INT16] = DSC_LANE_I16,   [DSC_INT32] = DSC_LANE_I32,    [DSC_INT64] = DSC_LANE_I64,
      [DSC_FLOAT16] = DSC_LANE_F32, [DSC_BFLOAT16] = DSC_LANE_F32, [DSC_FLOAT32] = DSC_LANE_F32,
      [DSC_FLOAT64] = DSC_LANE_F64};
  return lanes[dtype];
}

/// A scalar operand as a value of its lane, in the first bytes. (Those of an int64 are its wrapped
/// value.)
static inline DscScalar dsc_lane_scalar(int lane, DscScalar scalar) {
  DscScalar value = scalar;
  const float narrow = (float)scalar.d;
  const uint8_t truth = scalar.i != 0;
  if (lane == DSC_LANE_F32) memcpy(&value, &narrow, sizeof(narrow));
  if (lane == DSC_LANE_BOOL) memcpy(&value, &truth, sizeof(truth));
  return value;
}

static inline bool dsc_is_native(DscDType dtype, int lane) {
  return dsc_native_dtype(lane) == dtype;
}

/// How values come from one form to another: by `convert`, then `across`, or the other way round
/// where they go to memory; NULL for a step that is not needed.
typedef struct {
  DscConvert convert;
  DscLoop across;
} DscWay;

static inline DscWay dsc_way_in(DscTarget target, DscDType dtype, int lane) {
  const int own = dsc_memory_lane(dtype);
  return (DscWay){
      dsc_conversions[target]->load[dtype],
      lane == own ? NULL : dsc_find_loop(target, dsc_conversion_op((DscLane)lane), own)};
}

static inline DscWay dsc_way_out(DscTarget target, int lane, DscDType dtype) {
  if (dsc_is_native(dtype, lane)) return (DscWay){NULL, NULL};
  const DscConvert convert = dsc_conversions[target]->store[lane][dtype];
  if (convert) return (DscWay){convert, NULL};
  const DscLane own = dsc_dtype_lane(dtype);
  return (DscWay){dsc_conversions[target]->store[own][dtype],
                  lane == (int)own ? NULL : dsc_find_loop(target, dsc_conversion_op(own), lane)};
}

#endif
