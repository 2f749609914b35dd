// Pointwise work: one executor for straight-line programs of vector instructions.
//
// A program is run block by block: a block of each input is loaded into scratch (converted from its
// dtype to its register's lane, strides and broadcasting resolved once), the instructions run as
// calls of compiled vector loops, and the outputs are stored (converted back). A contiguous program
// of one instruction whose operands need no conversion runs directly on memory.
#ifndef DSC_POINTWISE_H
#define DSC_POINTWISE_H

#include "dsc_types.h"

#define DSC_MAX_INPUTS       16
#define DSC_MAX_SCALARS      16
#define DSC_MAX_OUTPUTS      8
#define DSC_MAX_INSTRUCTIONS 128
#define DSC_MAX_REGISTERS    64

// X(NAME, name, arity, result, lanes): the instructions.
//   result: SAME (the operands' lane), BOOL (a mask), or the lane a conversion makes
//   lanes:  which operand lanes have a loop, letters of F (f32 and f64), I (i64), B (bool)
// Semantics follow PyTorch; where they are not obvious they are said at the right.
#define DSC_INSTRUCTIONS(X)                                                                        \
  X(COPY, copy, 1, SAME, "FIB")                                                                    \
  X(TO_F32, toF32, 1, F32, "FIB")                                                                  \
  X(TO_F64, toF64, 1, F64, "FIB")                                                                  \
  X(TO_I64, toI64, 1, I64, "FIB")    /* truncates toward zero */                                   \
  X(TO_BOOL, toBool, 1, BOOL, "FIB") /* x != 0; NaN is true */                                     \
  X(ADD, add, 2, SAME, "FIB")        /* bool: or */                                                \
  X(SUB, sub, 2, SAME, "FI")                                                                       \
  X(MUL, mul, 2, SAME, "FIB") /* bool: and */                                                      \
  X(DIV, div, 2, SAME, "F")                                                                        \
  X(FMA, fma, 3, SAME, "FIB")      /* a * b + c; fused where the processor fuses */                \
  X(DIV_ADD, divAdd, 3, SAME, "F") /* a / b + c */                                                 \
  X(NEG, neg, 1, SAME, "FI")                                                                       \
  X(ABS, abs, 1, SAME, "FI")                                                                       \
  X(SIGN, sign, 1, SAME, "FIB") /* 0 at 0; NaN gives 0 as PyTorch's sign does */                   \
  X(RECIPROCAL, reciprocal, 1, SAME, "F")                                                          \
  X(SQRT, sqrt, 1, SAME, "F")                                                                      \
  X(RSQRT, rsqrt, 1, SAME, "F")                                                                    \
  X(SQUARE, square, 1, SAME, "FI")                                                                 \
  X(MAXIMUM, maximum, 2, SAME, "FIB") /* NaN if either is NaN */                                   \
  X(MINIMUM, minimum, 2, SAME, "FIB")                                                              \
  X(FMAX, fmax, 2, SAME, "FI") /* the other one if one is NaN */                                   \
  X(FMIN, fmin, 2, SAME, "FI")                                                                     \
  X(CLAMP, clamp, 3, SAME, "FI")            /* min(max(a, b), c); NaN if one is NaN */             \
  X(LERP, lerp, 3, SAME, "F")               /* from a to b by c, counted from the nearer end */    \
  X(PASS_ABOVE, passAbove, 3, SAME, "F")    /* a > b ? c : 0 */                                    \
  X(STOP_UP_TO, stopUpTo, 3, SAME, "F")     /* a <= b ? 0 : c */                                   \
  X(LEAK, leak, 3, SAME, "F")               /* a > 0 ? c : b * c */                                \
  X(HARDSIGMOID, hardsigmoid, 1, SAME, "F") /* clamp(a + 3, 0, 6) / 6 */                           \
  X(HARDSWISH, hardswish, 1, SAME, "F")     /* a hardsigmoid(a) */                                 \
  X(HARDSWISH_GRADIENT, hardswishGradient, 2, SAME, "F") /* its slope at a times b */              \
  X(SOFTSHRINK, softshrink, 2, SAME, "F")                /* a nearer to 0 by b, 0 within */        \
  X(POW, pow, 2, SAME, "FI") /* C pow; i64: exact and wrapping, cut to 0, 1 or -1 if b < 0 */      \
  X(FLOOR_DIV, floorDiv, 2, SAME, "FI") /* PyTorch's floor_divide */                               \
  X(TRUNC_DIV, truncDiv, 2, SAME, "FI")                                                            \
  X(REMAINDER, remainder, 2, SAME, "FI") /* sign of the divisor (Python) */                        \
  X(FMOD, fmod, 2, SAME, "FI")           /* sign of the dividend (C) */                            \
  X(ATAN2, atan2, 2, SAME, "F")                                                                    \
  X(HYPOT, hypot, 2, SAME, "F")                                                                    \
  X(COPYSIGN, copysign, 2, SAME, "F")                                                              \
  X(NEXTAFTER, nextafter, 2, SAME, "F")                                                            \
  X(FLOOR, floor, 1, SAME, "F")                                                                    \
  X(CEIL, ceil, 1, SAME, "F")                                                                      \
  X(ROUND, round, 1, SAME, "F") /* half to even */                                                 \
  X(TRUNC, trunc, 1, SAME, "F")                                                                    \
  X(EXP, exp, 1, SAME, "F")                                                                        \
  X(EXP2, exp2, 1, SAME, "F")                                                                      \
  X(EXPM1, expm1, 1, SAME, "F")                                                                    \
  X(LOG, log, 1, SAME, "F")                                                                        \
  X(LOG2, log2, 1, SAME, "F")                                                                      \
  X(LOG10, log10, 1, SAME, "F")                                                                    \
  X(LOG1P, log1p, 1, SAME, "F")                                                                    \
  X(SIN, sin, 1, SAME, "F")                                                                        \
  X(COS, cos, 1, SAME, "F")                                                                        \
  X(TAN, tan, 1, SAME, "F")                                                                        \
  X(ASIN, asin, 1, SAME, "F")                                                                      \
  X(ACOS, acos, 1, SAME, "F")                                                                      \
  X(ATAN, atan, 1, SAME, "F")                                                                      \
  X(SINH, sinh, 1, SAME, "F")                                                                      \
  X(COSH, cosh, 1, SAME, "F")                                                                      \
  X(TANH, tanh, 1, SAME, "F")                                                                      \
  X(ASINH, asinh, 1, SAME, "F")                                                                    \
  X(ACOSH, acosh, 1, SAME, "F")                                                                    \
  X(ATANH, atanh, 1, SAME, "F")                                                                    \
  X(SIGMOID, sigmoid, 1, SAME, "F")                                                                \
  X(ERF, erf, 1, SAME, "F")                                                                        \
  X(ERFC, erfc, 1, SAME, "F")                                                                      \
  X(ERFINV, erfinv, 1, SAME, "F")                                                                  \
  X(GELU, gelu, 1, SAME, "F")            /* x cdf(x) of the standard normal */                     \
  X(GELU_SLOPE, geluSlope, 1, SAME, "F") /* its derivative: cdf(x) + x pdf(x) */                   \
  X(SILU, silu, 1, SAME, "F")            /* x sigmoid(x) */                                        \
  X(SILU_SLOPE, siluSlope, 1, SAME, "F") /* its derivative: s (1 + x (1 - s)), s = sigmoid(x) */   \
  X(LGAMMA, lgamma, 1, SAME, "F")                                                                  \
  X(DIGAMMA, digamma, 1, SAME, "F")                                                                \
  X(TRIGAMMA, trigamma, 1, SAME, "F")                                                              \
  X(I0, i0, 1, SAME, "F") /* modified Bessel functions of the first kind */                        \
  X(I1, i1, 1, SAME, "F")                                                                          \
  X(I0E, i0e, 1, SAME, "F")         /* exp(-|x|) i0(x) */                                          \
  X(I1E, i1e, 1, SAME, "F")         /* exp(-|x|) i1(x) */                                          \
  X(ERFCX, erfcx, 1, SAME, "F")     /* exp(x^2) erfc(x) */                                         \
  X(NDTRI, ndtri, 1, SAME, "F")     /* inverse of the normal distribution function */              \
  X(ZETA, zeta, 2, SAME, "F")       /* Hurwitz: sum over k >= 0 of (b + k)^-a */                   \
  X(IGAMMA, igamma, 2, SAME, "F")   /* regularised lower incomplete gamma, order a at b */         \
  X(IGAMMAC, igammac, 2, SAME, "F") /* the upper one */                                            \
  X(EQ, eq, 2, BOOL, "FIB")                                                                        \
  X(NE, ne, 2, BOOL, "FIB")                                                                        \
  X(LT, lt, 2, BOOL, "FIB")                                                                        \
  X(LE, le, 2, BOOL, "FIB")                                                                        \
  X(GT, gt, 2, BOOL, "FIB")                                                                        \
  X(GE, ge, 2, BOOL, "FIB")                                                                        \
  X(IS_NAN, isNaN, 1, BOOL, "FIB")                                                                 \
  X(IS_INF, isInf, 1, BOOL, "FIB")                                                                 \
  X(SIGNBIT, signbit, 1, BOOL, "FIB")                                                              \
  X(BIT_AND, bitAnd, 2, SAME, "IB")                                                                \
  X(BIT_OR, bitOr, 2, SAME, "IB")                                                                  \
  X(BIT_XOR, bitXor, 2, SAME, "IB")                                                                \
  X(BIT_NOT, bitNot, 1, SAME, "IB")        /* bool: logical not */                                 \
  X(SHIFT_LEFT, shiftLeft, 2, SAME, "I")   /* 0 for a shift outside 0 ... 63 */                    \
  X(SHIFT_RIGHT, shiftRight, 2, SAME, "I") /* arithmetic; the sign for a shift outside 0 ... 63 */ \
  X(SELECT, select, 3, SAME,                                                                       \
    "FIB") /* a is a BOOL register: a ? b : c; the lane is that of b and c */

typedef enum DSC_CLOSED_ENUM {
#define X(NAME, name, arity, result, lanes) DSC_OP_##NAME DSC_SWIFT_NAME(#name),
  DSC_INSTRUCTIONS(X)
#undef X
} DscOp;

/// Name of an instruction, e.g. "floorDiv".
const char *dsc_op_name(DscOp op);
/// Number of instructions in the list; their raw values are 0 ..< count.
int dsc_op_count(void);
/// Number of operands.
int dsc_op_arity(DscOp op);
/// Whether a loop exists for operands in this lane.
bool dsc_op_has_lane(DscOp op, DscLane lane);
/// The lane of the result for operands in `lane`.
DscLane dsc_op_result_lane(DscOp op, DscLane lane);

/// One instruction: registers `a`, `b`, `c` (as many as the arity) to `destination`.
/// `lane` is the lane of the operands (of `b` and `c` for SELECT).
typedef struct {
  uint8_t op;
  uint8_t lane;
  uint8_t destination, a, b, c;
} DscInstruction;

/// A straight-line program. Registers 0 ..< input_count hold the inputs, the next scalar_count the
/// scalars, the rest results. Several instructions may write the same register one after the other
/// (the builder reuses dead ones), but never an input's or a scalar's. An output may name any
/// register.
typedef struct {
  uint8_t input_count, scalar_count, instruction_count, output_count, register_count;
  uint8_t register_lane[DSC_MAX_REGISTERS];  // a register never changes its lane
  uint8_t output_register[DSC_MAX_OUTPUTS];
  DscInstruction instructions[DSC_MAX_INSTRUCTIONS];
} DscProgram;

/// Runs a program over `shape`. Every view has `ndim` strides (0 where broadcast). Each output's
/// register is converted to the output's dtype: to integers with wrap-around of the int64 value,
/// from floating point by truncation, to bool as `!= 0`, to float16/bfloat16 by round-half-even.
/// An output may alias an input exactly (same address and strides), not partly. Outputs do not
/// overlap themselves. ndim may be 0 (one element) and sizes may be 0 (nothing is done).
/// Returns DscStatus bits.
int dsc_pointwise(const DscProgram *program, int ndim, const int64_t *shape, const DscView *inputs,
                  const DscScalar *scalars, const DscView *outputs);

/// The same for one dimension where every operand has stride 0 or 1: the path of small tensors.
/// `strides[0]` of each view is read. Small sizes never touch the thread pool.
int dsc_pointwise_flat(const DscProgram *program, int64_t count, const DscView *inputs,
                       const DscScalar *scalars, const DscView *outputs);

/// Copies with conversion between any two views of one shape; a transposed copy is tiled.
/// The views do not overlap. (The same result as a program of COPY; faster for permuted layouts.)
int dsc_copy(int ndim, const int64_t *shape, const DscView *source, const DscView *destination);

#define DSC_MAX_PADDED 3

/// out[image, i..] = in[image, places[0][i0]..]: contiguous images of `dims` (1 ... 3) dims.
/// places[d] has out_shape[d] numbers within 0 ..< in_shape[d].
void dsc_pad_edges(DscDType dtype, int64_t images, int dims, const int64_t *in_shape,
                   const int64_t *out_shape, const int64_t *const *places, const void *in,
                   void *out);

/// out[i] = start + i * step, computed in the dtype's accumulation type (double for floating point,
/// as PyTorch).
void dsc_arange(DscDType dtype, int64_t count, DscScalar start, DscScalar step, void *out);
/// PyTorch's linspace: from the start in the first half, from the end in the second, in the dtype's
/// own arithmetic.
void dsc_linspace(DscDType dtype, int64_t count, double start, double end, void *out);

#endif
