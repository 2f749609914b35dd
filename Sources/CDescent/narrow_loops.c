// Instructions on the narrow integers in their own width, for programs that dsc_narrow() allows to
// run so.
#include "dsc_narrow.h"

#include "dsc_loop_macros.h"

enum {
  NOTHING = 0,
  NEEDS_VALUES = DSC_NEEDS_VALUES,
  MAY_WRAP = DSC_MAY_WRAP,
  BOTH = DSC_NEEDS_VALUES | DSC_MAY_WRAP
};

// Arithmetic is done on unsigned values, which wrap; at least 32 bits of them, as C would make a
// (signed) int of anything narrower.
#define WIDE(x) ((uint32_t)(x))

// ROWn(NAME, traits, lane, operand type, result type, expression). Rows that signed and unsigned
// values share: L is a lane, U the unsigned type of its width.
#define SHARED_ROWS(ROW1, ROW2, ROW3, L, U)                                                 \
  ROW1(COPY, NOTHING, L, U, U, a)                                                           \
  ROW1(TO_BOOL, NEEDS_VALUES, L, U, uint8_t, a != 0)                                        \
  ROW2(ADD, MAY_WRAP, L, U, U, WIDE(a) + b)                                                 \
  ROW2(SUB, MAY_WRAP, L, U, U, WIDE(a) - b)                                                 \
  ROW2(MUL, MAY_WRAP, L, U, U, WIDE(a) * b)                                                 \
  ROW3(FMA, MAY_WRAP, L, U, U, WIDE(a) * b + c)                                             \
  ROW1(NEG, MAY_WRAP, L, U, U, 0 - WIDE(a))                                                 \
  ROW1(SQUARE, MAY_WRAP, L, U, U, WIDE(a) * a)                                              \
  ROW2(EQ, NEEDS_VALUES, L, U, uint8_t, a == b)                                             \
  ROW2(NE, NEEDS_VALUES, L, U, uint8_t, a != b)                                             \
  ROW2(BIT_AND, NOTHING, L, U, U, (a) & (b))                                                \
  ROW2(BIT_OR, NOTHING, L, U, U, a | b)                                                     \
  ROW2(BIT_XOR, NOTHING, L, U, U, a ^ b)                                                    \
  ROW1(BIT_NOT, MAY_WRAP, L, U, U, ~WIDE(a))                                                \
  ROW2(SHIFT_LEFT, BOTH, L, U, U, b < 8 * sizeof(U) ? WIDE(a) << (b % (8 * sizeof(U))) : 0) \
  ROW3(SELECT, NOTHING, L, uint8_t, U, a ? b : c)

// Rows of a signed or unsigned T. (A long shift leaves the sign, which an unsigned value of 8 bits
// does not have.)
#define OWN_ROWS(ROW1, ROW2, L, T)                        \
  ROW1(TO_F32, NEEDS_VALUES, L, T, float, a)              \
  ROW1(TO_F64, NEEDS_VALUES, L, T, double, a)             \
  ROW1(TO_I64, NEEDS_VALUES, L, T, int64_t, a)            \
  ROW1(ABS, BOTH, L, T, T, a < 0 ? 0 - WIDE(a) : WIDE(a)) \
  ROW1(SIGN, NEEDS_VALUES, L, T, T, (a > 0) - (a < 0))    \
  ROW2(MAXIMUM, NEEDS_VALUES, L, T, T, a > b ? a : b)     \
  ROW2(MINIMUM, NEEDS_VALUES, L, T, T, a < b ? a : b)     \
  ROW2(FMAX, NEEDS_VALUES, L, T, T, a > b ? a : b)        \
  ROW2(FMIN, NEEDS_VALUES, L, T, T, a < b ? a : b)        \
  ROW2(LT, NEEDS_VALUES, L, T, uint8_t, a < b)            \
  ROW2(LE, NEEDS_VALUES, L, T, uint8_t, a <= b)           \
  ROW2(GT, NEEDS_VALUES, L, T, uint8_t, a > b)            \
  ROW2(GE, NEEDS_VALUES, L, T, uint8_t, a >= b)           \
  ROW1(SIGNBIT, NEEDS_VALUES, L, T, uint8_t, a < 0)       \
  ROW2(SHIFT_RIGHT, NEEDS_VALUES, L, T, T, (int32_t)a >> (WIDE(b) < 32 ? b : 31))

// ROW(NAME, traits, L, T, F, result) of the quotient q, cut to an integer, and the remainder m. A
// quotient of T in F lies farther from the next integer than rounding moves it.
#define DIVISION_ROWS(ROW, L, T, F)                                 \
  ROW(TRUNC_DIV, BOTH, L, T, F, q)                                  \
  ROW(FLOOR_DIV, BOTH, L, T, F, q - (m != 0 && (m < 0) != (b < 0))) \
  ROW(FMOD, NEEDS_VALUES, L, T, F, m)                               \
  ROW(REMAINDER, NEEDS_VALUES, L, T, F, m != 0 && (m < 0) != (b < 0) ? m + b : m)

#define DSC_BODY "narrow_body.h"
#include "dsc_for_each_target.h"

const DscLoop (*const dsc_narrow_loops[DSC_TARGET_COUNT])[DSC_NARROW_COUNT] =
    DSC_PER_TARGET(narrow_loops);

#define TRAITS(NAME, traits, ...) [DSC_OP_##NAME] = traits,
const uint8_t dsc_narrow_traits[DSC_OP_COUNT] = {SHARED_ROWS(TRAITS, TRAITS, TRAITS, , ) OWN_ROWS(
    TRAITS, TRAITS, , ) DIVISION_ROWS(TRAITS, , , )};
