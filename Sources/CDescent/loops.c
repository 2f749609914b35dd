// The cheap instructions: arithmetic, comparisons, conversions between lanes, bits.
#include "dsc_halves.h"
#include "dsc_math_macros.h"

// Integer arithmetic wraps: it is done on unsigned values.
#define WRAP(a, op, b) ((int64_t)((uint64_t)(a)op(uint64_t)(b)))

// NaN stays, of the limits too. (Where four comparisons meet, the sum keeps the compiler from
// making one mask of two of them, which takes long on vectors of halves.)
#define LARGER(a, b)             ((b) != (b) ? (b) : (b) > (a) ? (b) : (a))
#define SMALLER(a, b)            ((b) != (b) ? (b) : (b) < (a) ? (b) : (a))
#define AT_LEAST(a, b)           ((b) != (b) ? (a) + (b) : (b) > (a) ? (b) : (a))
#define AT_MOST(a, b)            ((b) != (b) ? (a) + (b) : (b) < (a) ? (b) : (a))
#define CLAMPED(a, b, c)         AT_MOST(AT_LEAST(a, b), c)

#define GRADIENT_OF_HARDSWISH(T) (a <= -3 ? 0 : a >= 3 ? b : (b) * (a / 3 + (T)0.5))
#define SOFTSHRUNK               (a > b ? a - b : a < -b ? a + b : a != a ? a : 0)
#define FROM_START(T)            (__builtin_elementwise_abs(c) < (T)0.5)

// Rows of the lanes F32 and F64; L is the lane and T its type. Those of one or two operands that
// stay in it:
#define OWN_ROWS(ROW1, ROW2, L, T)                              \
  ROW1(COPY, L, T, T, a)                                        \
  ROW2(ADD, L, T, T, a + b)                                     \
  ROW2(SUB, L, T, T, a - b)                                     \
  ROW2(MUL, L, T, T, (a) * (b))                                 \
  ROW2(DIV, L, T, T, a / b)                                     \
  ROW1(NEG, L, T, T, -a)                                        \
  ROW1(ABS, L, T, T, __builtin_elementwise_abs(a))              \
  ROW1(SIGN, L, T, T, (a > 0) - (a < 0))                        \
  ROW1(RECIPROCAL, L, T, T, 1 / a)                              \
  ROW1(SQRT, L, T, T, __builtin_elementwise_sqrt(a))            \
  ROW1(RSQRT, L, T, T, 1 / __builtin_elementwise_sqrt(a))       \
  ROW1(SQUARE, L, T, T, (a) * (a))                              \
  ROW2(MAXIMUM, L, T, T, LARGER(a, b))                          \
  ROW2(MINIMUM, L, T, T, SMALLER(a, b))                         \
  ROW2(FMAX, L, T, T, a != a ? b : b > a ? b : a)               \
  ROW2(FMIN, L, T, T, a != a ? b : b < a ? b : a)               \
  ROW2(TRUNC_DIV, L, T, T, __builtin_elementwise_trunc(a / b))  \
  ROW2(COPYSIGN, L, T, T, __builtin_elementwise_copysign(a, b)) \
  ROW1(FLOOR, L, T, T, __builtin_elementwise_floor(a))          \
  ROW1(CEIL, L, T, T, __builtin_elementwise_ceil(a))            \
  ROW1(ROUND, L, T, T, __builtin_elementwise_rint(a))           \
  ROW1(TRUNC, L, T, T, __builtin_elementwise_trunc(a))          \
  ROW1(HARDSIGMOID, L, T, T, CLAMPED(a + 3, 0, 6) / 6)          \
  ROW1(HARDSWISH, L, T, T, (a)*CLAMPED(a + 3, 0, 6) / 6)        \
  ROW2(HARDSWISH_GRADIENT, L, T, T, GRADIENT_OF_HARDSWISH(T))   \
  ROW2(SOFTSHRINK, L, T, T, SOFTSHRUNK)

// Those of three:
#define OWN_ROWS3(ROW3, L, T)                                                                \
  ROW3(FMA, L, T, T, MULTIPLY_ADD(a, b, c))                                                  \
  ROW3(DIV_ADD, L, T, T, a / b + c)                                                          \
  ROW3(CLAMP, L, T, T, CLAMPED(a, b, c))                                                     \
  ROW3(LERP, L, T, T, MULTIPLY_ADD(FROM_START(T) ? c : c - 1, b - a, FROM_START(T) ? a : b)) \
  ROW3(PASS_ABOVE, L, T, T, a > b ? c : 0)                                                   \
  ROW3(STOP_UP_TO, L, T, T, a <= b ? 0 : c)                                                  \
  ROW3(LEAK, L, T, T, a > 0 ? c : (b) * (c))

#define FLOAT_ROWS(ROW1, ROW2, ROW3, L, T)                                  \
  OWN_ROWS(ROW1, ROW2, L, T)                                                \
  OWN_ROWS3(ROW3, L, T)                                                     \
  ROW1(TO_F32, L, T, float, a)                                              \
  ROW1(TO_F64, L, T, double, a)                                             \
  ROW1(TO_I64, L, T, int64_t, DSC_FLOAT_TO_I64(a))                          \
  ROW1(TO_BOOL, L, T, uint8_t, a != 0)                                      \
  ROW2(EQ, L, T, uint8_t, a == b)                                           \
  ROW2(NE, L, T, uint8_t, a != b)                                           \
  ROW2(LT, L, T, uint8_t, a < b)                                            \
  ROW2(LE, L, T, uint8_t, a <= b)                                           \
  ROW2(GT, L, T, uint8_t, a > b)                                            \
  ROW2(GE, L, T, uint8_t, a >= b)                                           \
  ROW1(IS_NAN, L, T, uint8_t, a != a)                                       \
  ROW1(IS_INF, L, T, uint8_t, __builtin_elementwise_abs(a) == (T)INFINITY)  \
  ROW1(SIGNBIT, L, T, uint8_t, __builtin_elementwise_copysign((T)1, a) < 0) \
  ROW3(SELECT, L, uint8_t, T, a ? b : c)

#define I64_ROWS(ROW1, ROW2, ROW3)                                                    \
  ROW1(COPY, I64, int64_t, int64_t, a)                                                \
  ROW1(TO_F32, I64, int64_t, float, a)                                                \
  ROW1(TO_F64, I64, int64_t, double, a)                                               \
  ROW1(TO_I64, I64, int64_t, int64_t, a)                                              \
  ROW1(TO_BOOL, I64, int64_t, uint8_t, a != 0)                                        \
  ROW2(ADD, I64, int64_t, int64_t, WRAP(a, +, b))                                     \
  ROW2(SUB, I64, int64_t, int64_t, WRAP(a, -, b))                                     \
  ROW2(MUL, I64, int64_t, int64_t, WRAP(a, *, b))                                     \
  ROW3(FMA, I64, int64_t, int64_t, WRAP(WRAP(a, *, b), +, c))                         \
  ROW1(NEG, I64, int64_t, int64_t, WRAP(0, -, a))                                     \
  ROW1(ABS, I64, int64_t, int64_t, a < 0 ? WRAP(0, -, a) : a)                         \
  ROW1(SIGN, I64, int64_t, int64_t, (a > 0) - (a < 0))                                \
  ROW1(SQUARE, I64, int64_t, int64_t, WRAP(a, *, a))                                  \
  ROW2(MAXIMUM, I64, int64_t, int64_t, a > b ? a : b)                                 \
  ROW2(MINIMUM, I64, int64_t, int64_t, a < b ? a : b)                                 \
  ROW3(CLAMP, I64, int64_t, int64_t, CLAMPED(a, b, c))                                \
  ROW2(FMAX, I64, int64_t, int64_t, a > b ? a : b)                                    \
  ROW2(FMIN, I64, int64_t, int64_t, a < b ? a : b)                                    \
  ROW2(EQ, I64, int64_t, uint8_t, a == b)                                             \
  ROW2(NE, I64, int64_t, uint8_t, a != b)                                             \
  ROW2(LT, I64, int64_t, uint8_t, a < b)                                              \
  ROW2(LE, I64, int64_t, uint8_t, a <= b)                                             \
  ROW2(GT, I64, int64_t, uint8_t, a > b)                                              \
  ROW2(GE, I64, int64_t, uint8_t, a >= b)                                             \
  ROW1(IS_NAN, I64, int64_t, uint8_t, a != a)                                         \
  ROW1(IS_INF, I64, int64_t, uint8_t, a != a)                                         \
  ROW1(SIGNBIT, I64, int64_t, uint8_t, a < 0)                                         \
  ROW2(BIT_AND, I64, int64_t, int64_t, (a) & (b))                                     \
  ROW2(BIT_OR, I64, int64_t, int64_t, a | b)                                          \
  ROW2(BIT_XOR, I64, int64_t, int64_t, a ^ b)                                         \
  ROW1(BIT_NOT, I64, int64_t, int64_t, ~a)                                            \
  ROW2(SHIFT_LEFT, I64, int64_t, int64_t, (uint64_t)b < 64 ? WRAP(a, <<, b & 63) : 0) \
  ROW2(SHIFT_RIGHT, I64, int64_t, int64_t, a >> ((uint64_t)b < 64 ? b : 63))          \
  ROW3(SELECT, I64, uint8_t, int64_t, a ? b : c)

#define BOOL_ROWS(ROW1, ROW2, ROW3)                \
  ROW1(COPY, BOOL, uint8_t, uint8_t, a)            \
  ROW1(TO_F32, BOOL, uint8_t, float, a)            \
  ROW1(TO_F64, BOOL, uint8_t, double, a)           \
  ROW1(TO_I64, BOOL, uint8_t, int64_t, a)          \
  ROW1(TO_BOOL, BOOL, uint8_t, uint8_t, a != 0)    \
  ROW2(ADD, BOOL, uint8_t, uint8_t, a | b)         \
  ROW2(MUL, BOOL, uint8_t, uint8_t, (a) & (b))     \
  ROW3(FMA, BOOL, uint8_t, uint8_t, (a) & (b) | c) \
  ROW1(SIGN, BOOL, uint8_t, uint8_t, a)            \
  ROW2(MAXIMUM, BOOL, uint8_t, uint8_t, a | b)     \
  ROW2(MINIMUM, BOOL, uint8_t, uint8_t, (a) & (b)) \
  ROW2(EQ, BOOL, uint8_t, uint8_t, a == b)         \
  ROW2(NE, BOOL, uint8_t, uint8_t, a != b)         \
  ROW2(LT, BOOL, uint8_t, uint8_t, a < b)          \
  ROW2(LE, BOOL, uint8_t, uint8_t, a <= b)         \
  ROW2(GT, BOOL, uint8_t, uint8_t, a > b)          \
  ROW2(GE, BOOL, uint8_t, uint8_t, a >= b)         \
  ROW1(IS_NAN, BOOL, uint8_t, uint8_t, a != a)     \
  ROW1(IS_INF, BOOL, uint8_t, uint8_t, a != a)     \
  ROW1(SIGNBIT, BOOL, uint8_t, uint8_t, a != a)    \
  ROW2(BIT_AND, BOOL, uint8_t, uint8_t, (a) & (b)) \
  ROW2(BIT_OR, BOOL, uint8_t, uint8_t, a | b)      \
  ROW2(BIT_XOR, BOOL, uint8_t, uint8_t, a ^ b)     \
  ROW1(BIT_NOT, BOOL, uint8_t, uint8_t, a == 0)    \
  ROW3(SELECT, BOOL, uint8_t, uint8_t, a ? b : c)

// Integer division: NAME, helper, and the same of x and y in double from the quotient q, rounded
// down, and the remainder m, whose sign is that of y.
#define CROSSES_0 (m != 0 && (x < 0) != (y < 0))
#define I64_DIVISION_ROWS(ROW)                         \
  ROW(FLOOR_DIV, i64_floor_div, q)                     \
  ROW(TRUNC_DIV, i64_trunc_div, CROSSES_0 ? q + 1 : q) \
  ROW(REMAINDER, i64_remainder, m)                     \
  ROW(FMOD, i64_fmod, CROSSES_0 ? m - y : m)

// INT64_MIN / -1 traps, so -1 is a negation; 0 is reported and divides to 0.
static inline int64_t i64_trunc_div(int64_t a, int64_t b, int *status) {
  if (b == 0) *status |= DSC_DIVISION_BY_ZERO;
  if (b == 0 || b == -1) return b == 0 ? 0 : WRAP(0, -, a);
  return a / b;
}

static inline int64_t i64_fmod(int64_t a, int64_t b, int *status) {
  if (b == 0) *status |= DSC_DIVISION_BY_ZERO;
  return b == 0 || b == -1 ? 0 : a % b;
}

static inline int64_t i64_remainder(int64_t a, int64_t b, int *status) {
  const int64_t m = i64_fmod(a, b, status);
  return m != 0 && (m < 0) != (b < 0) ? m + b : m;
}

static inline int64_t i64_floor_div(int64_t a, int64_t b, int *status) {
  const int64_t q = i64_trunc_div(a, b, status);
  return WRAP(q, *, b) != a && b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

static inline int64_t i64_pow(int64_t a, int64_t b, int *status) {
  (void)status;
  if (b < 0) return a == 1 || a == -1 ? (b & 1 ? a : 1) : 0;  // the power cut to an integer
  int64_t result = 1;
  for (; b != 0; b >>= 1, a = WRAP(a, *, a))
    if (b & 1) result = WRAP(result, *, a);
  return result;
}

// Of the operands of three on halves, those that may be one value (bits as in DscHalfLoop).
enum {
  ONES_FMA = 1,
  ONES_DIV_ADD = 0,
  ONES_CLAMP = 2 | 4,
  ONES_LERP = 4,
  ONES_PASS_ABOVE = 2,
  ONES_STOP_UP_TO = 2,
  ONES_LEAK = 2,
};
#define ONES_CELL(NAME, ...) [DSC_OP_##NAME] = ONES_##NAME,
const uint8_t dsc_half_ones[DSC_OP_COUNT] = {OWN_ROWS3(ONES_CELL, , )};

#define DSC_BODY "loops_body.h"
#include "dsc_for_each_target.h"

const DscLoop (*const dsc_basic_loops[DSC_TARGET_COUNT])[DSC_LANE_COUNT] =
    DSC_PER_TARGET(basic_loops);
const DscStreamLoop *const dsc_basic_stream_loops[DSC_TARGET_COUNT] =
    DSC_PER_TARGET(basic_stream_loops);
const DscHalfLoop (*const dsc_basic_half_loops[DSC_TARGET_COUNT])[2] =
    DSC_PER_TARGET(basic_half_loops);

const char *dsc_op_name(DscOp op) {
  static const char *const names[] = {
#define X(NAME, name, arity, result, lanes) [DSC_OP_##NAME] = #name,
      DSC_INSTRUCTIONS(X)
#undef X
  };
  return names[op];
}

int dsc_op_count(void) { return DSC_OP_COUNT; }

int dsc_op_arity(DscOp op) {
  static const uint8_t arities[] = {
#define X(NAME, name, arity, result, lanes) [DSC_OP_##NAME] = arity,
      DSC_INSTRUCTIONS(X)
#undef X
  };
  return arities[op];
}

bool dsc_op_has_lane(DscOp op, DscLane lane) {
  static const char *const letters[] = {
#define X(NAME, name, arity, result, lanes) [DSC_OP_##NAME] = lanes,
      DSC_INSTRUCTIONS(X)
#undef X
  };
  static const char letter[] = {
      [DSC_LANE_F32] = 'F', [DSC_LANE_F64] = 'F', [DSC_LANE_I64] = 'I', [DSC_LANE_BOOL] = 'B'};
  for (const char *l = letters[op]; *l; l++)
    if (*l == letter[lane]) return true;
  return false;
}

DscLane dsc_op_result_lane(DscOp op, DscLane lane) {
  enum { SAME = -1, F32 = DSC_LANE_F32, F64 = DSC_LANE_F64, I64 = DSC_LANE_I64 };
  enum { BOOL = DSC_LANE_BOOL };
  static const int8_t results[] = {
#define X(NAME, name, arity, result, lanes) [DSC_OP_##NAME] = result,
      DSC_INSTRUCTIONS(X)
#undef X
  };
  return results[op] == SAME ? lane : (DscLane)results[op];
}
