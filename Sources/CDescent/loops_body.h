// One instruction set's loops of the cheap instructions; see loops.c for the rows.
#pragma clang fp contract(off)

#include "half_memory.h"

#if DSC_FMA
#define MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

#define ROW1(NAME, L, T, R, ...)    DSC_LOOP1(DSC_VECTOR, NAME, L, T, R, __VA_ARGS__)
#define ROW2(NAME, L, T, R, ...)    DSC_LOOP2(DSC_VECTOR, NAME, L, T, R, __VA_ARGS__)
#define ROW3(NAME, L, A, T, ...)    DSC_LOOP3(DSC_VECTOR, NAME, L, A, T, __VA_ARGS__)
#define STREAM1(NAME, L, T, R, ...) DSC_STREAM_LOOP1(DSC_VECTOR, NAME, L, T, R, __VA_ARGS__)
#define STREAM2(NAME, L, T, R, ...) DSC_STREAM_LOOP2(DSC_VECTOR, NAME, L, T, R, __VA_ARGS__)
#define STREAM3(NAME, L, A, T, ...) DSC_STREAM_LOOP3(DSC_VECTOR, NAME, L, A, T, __VA_ARGS__)
#define HALF1(NAME, L, T, R, ...)   DSC_HALVES1(NAME, __VA_ARGS__)
#define HALF2(NAME, L, T, R, ...)   DSC_HALVES2(NAME, __VA_ARGS__)
#define HALF3(NAME, L, A, T, ...)   DSC_HALVES3(NAME, ONES_##NAME, __VA_ARGS__)
FLOAT_ROWS(ROW1, ROW2, ROW3, F32, float)
FLOAT_ROWS(ROW1, ROW2, ROW3, F64, double)
FLOAT_ROWS(STREAM1, STREAM2, STREAM3, F32, float)
#if DSC_HAS_HALVES
OWN_ROWS(HALF1, HALF2, F32, float)
OWN_ROWS3(HALF3, F32, float)
#endif
I64_ROWS(ROW1, ROW2, ROW3)
BOOL_ROWS(ROW1, ROW2, ROW3)
DSC_LOOP2_STATUS(i64_pow, POW, I64, int64_t)

// DSC_MAGIC64 and an integer below 2^51, in the low bits of a double.
static inline double DSC_NAME(float_of_small)(int64_t i) {
  return float64((uint64_t)i + bits64(DSC_MAGIC64)) - DSC_MAGIC64;
}
static inline int64_t DSC_NAME(small_of_float)(double x) {
  return (int64_t)(bits64(x + DSC_MAGIC64) - bits64(DSC_MAGIC64));
}

// Runs of numbers below 2^51 in double. A quotient that is no integer is farther from the next one
// than rounding moves it, and products of what is rounded down are exact.
#define DIVISION(NAME, helper, ...)                                                            \
  DSC_LOOP_HEAD(NAME, I64) {                                                                   \
    int status = DSC_OK;                                                                       \
    (void)pc;                                                                                  \
    for (int64_t first = 0; first < count; first += DSC_GUARD_RUN) {                           \
      const int64_t *va = (const int64_t *)pa + first, *vb = (const int64_t *)pb + first;      \
      int64_t *out = (int64_t *)po + first;                                                    \
      const int64_t left = count - first;                                                      \
      const int64_t run = (left < DSC_GUARD_RUN ? left : DSC_GUARD_RUN) & -DSC_STEP;           \
      uint64_t high = 0, zeros = 0;                                                            \
      DSC_VECTOR for (int64_t i = 0; i < run; i++) {                                           \
        high |= (uint64_t)va[i] + (1ull << 51) | (uint64_t)vb[i] + (1ull << 51);               \
        zeros |= vb[i] == 0;                                                                   \
      }                                                                                        \
      if (high >> 52 || zeros) {                                                               \
        DSC_SCALAR for (int64_t i = 0; i < run; i++) out[i] = helper(va[i], vb[i], &status);   \
        continue;                                                                              \
      }                                                                                        \
      DSC_LONG_VECTOR for (int64_t i = 0; i < run; i++) {                                      \
        const double x = DSC_NAME(float_of_small)(va[i]), y = DSC_NAME(float_of_small)(vb[i]); \
        const double ratio = x / y, whole = (ratio + DSC_MAGIC64) - DSC_MAGIC64;               \
        const double q = whole > ratio ? whole - 1 : whole, m = x - q * y;                     \
        (void)m;                                                                               \
        out[i] = DSC_NAME(small_of_float)(__VA_ARGS__);                                        \
      }                                                                                        \
    }                                                                                          \
    return status;                                                                             \
  }
I64_DIVISION_ROWS(DIVISION)

// fmod of quotients below 2^28 in double: the quotient and its product with b are exact. The
// division may round up to the next integer; the remainder then has the wrong sign.
static inline float DSC_NAME(fmod_f32)(float a, float b) {
  const double x = a, y = b;
  const double q = __builtin_elementwise_trunc(x / y);
  double r = x - q * y;
  r = r != 0 && (r < 0) != (x < 0) ? r + __builtin_elementwise_copysign(y, x) : r;
  const bool infinite_divisor = __builtin_elementwise_abs(b) == INFINITY;
  r = infinite_divisor && __builtin_elementwise_abs(a) < INFINITY ? x : r;
  return __builtin_elementwise_copysign((float)r, a);
}

// The same for quotients below 2^50, where a fused multiply-add makes the remainder exact.
static inline double DSC_NAME(fmod_f64)(double a, double b) {
  const double q = __builtin_elementwise_trunc(a / b);
  double r = MULTIPLY_ADD(-q, b, a);
  r = r != 0 && (r < 0) != (a < 0) ? r + __builtin_elementwise_copysign(b, a) : r;
  const bool infinite_divisor = __builtin_elementwise_abs(b) == INFINITY;
  r = infinite_divisor && __builtin_elementwise_abs(a) < INFINITY ? a : r;
  return __builtin_elementwise_copysign(r, a);
}

// torch.floor_divide: (a - m) / b is nearly an integer, which rounding then makes it.
#define DEFINE_FLOOR_DIV(L, T)                                                   \
  static inline T DSC_NAME(floor_div_##L)(T a, T b, T m) {                       \
    T quotient = (a - m) / b;                                                    \
    quotient = m != 0 && (b < 0) != (m < 0) ? quotient - 1 : quotient;           \
    T whole = __builtin_elementwise_floor(quotient);                             \
    whole = quotient - whole > (T)0.5 ? whole + 1 : whole;                       \
    whole = quotient != 0 ? whole : __builtin_elementwise_copysign((T)0, a / b); \
    return b == 0 ? a / b : whole;                                               \
  }
DEFINE_FLOOR_DIV(F32, float)
DEFINE_FLOOR_DIV(F64, double)

#define FAR_F32     (__builtin_elementwise_abs(a) > __builtin_elementwise_abs(b) * 0x1p28f)
#define FAR_F64     (!DSC_FMA | (__builtin_elementwise_abs(a) > __builtin_elementwise_abs(b) * 0x1p50))
#define QUICK_F32   DSC_NAME(fmod_f32)(a, b)
#define QUICK_F64   DSC_NAME(fmod_f64)(a, b)
#define FLOORED_F32 DSC_NAME(floor_div_F32)
#define FLOORED_F64 DSC_NAME(floor_div_F64)
DSC_GUARDED2(FMOD, F32, float, FAR_F32, QUICK_F32, fmodf(a, b))
DSC_GUARDED2(FMOD, F64, double, FAR_F64, QUICK_F64, fmod(a, b))

// The sign of the divisor, from m = fmod(a, b) (torch.remainder).
#define DEFINE_REMAINDER(L, T)                        \
  static inline T DSC_NAME(remainder_##L)(T b, T m) { \
    return m != 0 && (b < 0) != (m < 0) ? m + b : m;  \
  }
DEFINE_REMAINDER(F32, float)
DEFINE_REMAINDER(F64, double)
DSC_GUARDED2(REMAINDER, F32, float, FAR_F32, DSC_NAME(remainder_F32)(b, QUICK_F32),
             DSC_NAME(remainder_F32)(b, fmodf(a, b)))
DSC_GUARDED2(REMAINDER, F64, double, FAR_F64, DSC_NAME(remainder_F64)(b, QUICK_F64),
             DSC_NAME(remainder_F64)(b, fmod(a, b)))
DSC_GUARDED2(FLOOR_DIV, F32, float, FAR_F32, FLOORED_F32(a, b, QUICK_F32),
             FLOORED_F32(a, b, fmodf(a, b)))
DSC_GUARDED2(FLOOR_DIV, F64, double, FAR_F64, FLOORED_F64(a, b, QUICK_F64),
             FLOORED_F64(a, b, fmod(a, b)))

#define CELL(NAME, L, ...)  [DSC_OP_##NAME][DSC_LANE_##L] = DSC_LOOP_NAME(NAME, L),
#define I64_CELL(NAME, ...) CELL(NAME, I64, )
static const DscLoop DSC_NAME(basic_loops)[DSC_OP_COUNT][DSC_LANE_COUNT] = {
    FLOAT_ROWS(CELL, CELL, CELL, F32, float) FLOAT_ROWS(CELL, CELL, CELL, F64, double)
        I64_ROWS(CELL, CELL, CELL) BOOL_ROWS(CELL, CELL, CELL) CELL(POW, I64)
            I64_DIVISION_ROWS(I64_CELL) CELL(FMOD, F32) CELL(FMOD, F64) CELL(REMAINDER, F32)
                CELL(REMAINDER, F64) CELL(FLOOR_DIV, F32) CELL(FLOOR_DIV, F64)};

#define STREAM_CELL(NAME, L, ...) [DSC_OP_##NAME] = DSC_STREAM_NAME(NAME, L),
static const DscStreamLoop DSC_NAME(basic_stream_loops)[DSC_OP_COUNT] = {
    FLOAT_ROWS(STREAM_CELL, STREAM_CELL, STREAM_CELL, F32, float)};

static const DscHalfLoop DSC_NAME(basic_half_loops)[DSC_OP_COUNT][2] = {
#if DSC_HAS_HALVES
    OWN_ROWS(DSC_HALF_CELL, DSC_HALF_CELL, F32, float) OWN_ROWS3(DSC_HALF_CELL, F32, float)
#endif
};

#undef MULTIPLY_ADD
#undef HALF1
#undef HALF2
#undef HALF3
#undef ROW1
#undef ROW2
#undef ROW3
#undef STREAM1
#undef STREAM2
#undef STREAM3
#undef STREAM_CELL
#undef DIVISION
#undef DEFINE_FLOOR_DIV
#undef DEFINE_REMAINDER
#undef FAR_F32
#undef FAR_F64
#undef QUICK_F32
#undef QUICK_F64
#undef FLOORED_F32
#undef FLOORED_F64
#undef CELL
#undef I64_CELL
