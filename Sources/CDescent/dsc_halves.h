// float16 and bfloat16: their conversions, and loops of float32 instructions on them that convert
// in registers.
#ifndef DSC_HALVES_H
#define DSC_HALVES_H

#include "dsc_loop_macros.h"

static inline float dsc_float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

static inline uint32_t dsc_bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return bits;
}

#if !defined(__aarch64__)
// float16 by arithmetic, for processors without conversion instructions. The exponent's bias grows
// by 112; multiplying also makes normal floats of subnormal halves.
static inline float dsc_float_of_half(uint16_t half) {
  const uint32_t magnitude = half & 0x7fffu, sign = (uint32_t)(half & 0x8000u) << 16;
  const float scaled = dsc_float_of(magnitude << 13) * 0x1p112f;
  const uint32_t special = 0x7f800000u | magnitude << 13;
  return dsc_float_of(sign | (magnitude >= 0x7c00u ? special : dsc_bits_of(scaled)));
}

// Rounds half to even: normal halves by adding half a unit (less one if even) to the bits,
// subnormal ones by adding a float whose unit is theirs.
static inline uint16_t dsc_half_of_float(float value) {
  const uint32_t bits = dsc_bits_of(value), magnitude = bits & 0x7fffffffu;
  const uint32_t odd = magnitude >> 13 & 1;
  const uint32_t rounded = ((magnitude + 0xfffu + odd) >> 13) - (112u << 10);
  const uint32_t normal = rounded < 0x7c00u ? rounded : 0x7c00u;
  const uint32_t subnormal = dsc_bits_of(dsc_float_of(magnitude) + 0.5f) - dsc_bits_of(0.5f);
  const uint32_t finite = magnitude < 0x38800000u ? subnormal : normal;
  const uint32_t half = magnitude > 0x7f800000u ? 0x7e00u : finite;
  return (uint16_t)(half | (bits >> 16 & 0x8000u));
}
#endif

static inline float dsc_float_of_bfloat(uint16_t half) {
  return dsc_float_of((uint32_t)half << 16);
}

static inline uint16_t dsc_bfloat_of_float(float value) {
  const uint32_t bits = dsc_bits_of(value), rounded = bits + 0x7fffu + (bits >> 16 & 1);
  // Chosen while it is wide: lanes of 16 bits would need a mask of their own.
  return (uint16_t)((value != value ? 0x7fc00000u : rounded) >> 16);
}

// The compiler knows no store of vectors of halves past the cache and quietly takes an ordinary
// one: it must not see that they are.
#if defined(__x86_64__)
#define DSC_HIDE_TYPE(vector) __asm__("" : "+x"(vector))
#elif defined(__aarch64__)
#define DSC_HIDE_TYPE(vector) __asm__("" : "+w"(vector))
#else
#define DSC_HIDE_TYPE(vector) (void)0
#endif

/// Halves of a line, which a loop makes at a time.
#define DSC_HALF_LINE (DSC_LINE / 2)
#define DSC_HALF_VECTOR \
  DSC_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(DSC_HALF_LINE) interleave_count(1))

// `ones` is a literal in every caller: its operands are one float, repeated for a line, or not
// there. (What the compiler sees to be one value it tests with branches.)
#define DSC_HALF_NAME(NAME, H) DSC_NAME(NAME##_##H)
#define DSC_HALF_LOOP(NAME, H, T, LOAD, STORE, ...)                                          \
  static inline __attribute__((always_inline)) void DSC_HALF_NAME(NAME##_lines, H)(          \
      int ones, int64_t count, const void *pa, const void *pb, const void *pc, bool streams, \
      void *po, const DscAhead *ahead, int aheads) {                                         \
    typedef char Vector __attribute__((vector_size(DSC_VECTOR_BYTES)));                      \
    const T *va = pa, *vb = pb, *vc = pc;                                                    \
    const float *wa = pa, *wb = pb, *wc = pc;                                                \
    char *out = po;                                                                          \
    for (int64_t first = 0; first < count; first += DSC_HALF_LINE, out += DSC_LINE) {        \
      T line[DSC_HALF_LINE];                                                                 \
      dsc_fetch(ahead, aheads, first, DSC_HALF_LINE);                                        \
      DSC_HALF_VECTOR DSC_PRAGMA(clang loop unroll(disable)) for (int64_t i = 0;             \
                                                                  i < DSC_HALF_LINE; i++) {  \
        const T xa = ones & 1 ? (T)0 : va[first + i], xb = ones & 2 ? (T)0 : vb[first + i];  \
        const T xc = ones & 4 ? (T)0 : vc[first + i];                                        \
        const float a = ones & 1 ? wa[i] : LOAD(xa), b = ones & 2 ? wb[i] : LOAD(xb);        \
        const float c = ones & 4 ? wc[i] : LOAD(xc);                                         \
        const float y = (__VA_ARGS__);                                                       \
        (void)a, (void)b, (void)c;                                                           \
        line[i] = STORE(y);                                                                  \
      }                                                                                      \
      Vector values[DSC_LINE / DSC_VECTOR_BYTES];                                            \
      memcpy(values, line, DSC_LINE);                                                        \
      if (streams) {                                                                         \
        for (int k = 0; k < DSC_LINE / DSC_VECTOR_BYTES; k++) {                              \
          DSC_HIDE_TYPE(values[k]);                                                          \
          __builtin_nontemporal_store(values[k], (Vector *)(void *)out + k);                 \
        }                                                                                    \
      } else {                                                                               \
        memcpy(out, values, DSC_LINE);                                                       \
      }                                                                                      \
    }                                                                                        \
  }
#define DSC_HALF_HEAD(NAME, H)                                                                   \
  static void DSC_HALF_NAME(NAME, H)(int64_t count, const void *a, const void *b, const void *c, \
                                     int ones, bool streams, void *out, const DscAhead *ahead,   \
                                     int aheads)
#define DSC_HALF_LINES(NAME, H, ONES) \
  DSC_HALF_NAME(NAME##_lines, H)(ONES, count, a, b, c, streams, out, ahead, aheads)
#define DSC_HALF_LOOP1(NAME, H, T, LOAD, STORE, ...)  \
  DSC_HALF_LOOP(NAME, H, T, LOAD, STORE, __VA_ARGS__) \
  DSC_HALF_HEAD(NAME, H) {                            \
    (void)ones;                                       \
    DSC_HALF_LINES(NAME, H, 2 | 4);                   \
  }
#define DSC_HALF_LOOP2(NAME, H, T, LOAD, STORE, ...)  \
  DSC_HALF_LOOP(NAME, H, T, LOAD, STORE, __VA_ARGS__) \
  DSC_HALF_HEAD(NAME, H) {                            \
    if (ones == 0) {                                  \
      DSC_HALF_LINES(NAME, H, 4);                     \
    } else if (ones == 1) {                           \
      DSC_HALF_LINES(NAME, H, 1 | 4);                 \
    } else {                                          \
      DSC_HALF_LINES(NAME, H, 2 | 4);                 \
    }                                                 \
  }
// The operands of the literal ONES are one value each, or none is.
#define DSC_HALF_LOOP3(NAME, H, T, LOAD, STORE, ONES, ...) \
  DSC_HALF_LOOP(NAME, H, T, LOAD, STORE, __VA_ARGS__)      \
  DSC_HALF_HEAD(NAME, H) {                                 \
    if (ones == 0) {                                       \
      DSC_HALF_LINES(NAME, H, 0);                          \
    } else {                                               \
      DSC_HALF_LINES(NAME, H, ONES);                       \
    }                                                      \
  }

// Both dtypes' loops of an instruction, and their cell in a table.
#define DSC_FLOAT16_LOOP(LOOP, NAME, ...) \
  LOOP(NAME, FLOAT16, DSC_FLOAT16_MEMORY, DSC_LOAD_FLOAT16, DSC_STORE_FLOAT16, __VA_ARGS__)
#define DSC_BFLOAT16_LOOP(LOOP, NAME, ...) \
  LOOP(NAME, BFLOAT16, uint16_t, dsc_float_of_bfloat, dsc_bfloat_of_float, __VA_ARGS__)
#define DSC_HALVES1(NAME, ...)                        \
  DSC_FLOAT16_LOOP(DSC_HALF_LOOP1, NAME, __VA_ARGS__) \
  DSC_BFLOAT16_LOOP(DSC_HALF_LOOP1, NAME, __VA_ARGS__)
#define DSC_HALVES2(NAME, ...)                        \
  DSC_FLOAT16_LOOP(DSC_HALF_LOOP2, NAME, __VA_ARGS__) \
  DSC_BFLOAT16_LOOP(DSC_HALF_LOOP2, NAME, __VA_ARGS__)
#define DSC_HALVES3(NAME, ...)                        \
  DSC_FLOAT16_LOOP(DSC_HALF_LOOP3, NAME, __VA_ARGS__) \
  DSC_BFLOAT16_LOOP(DSC_HALF_LOOP3, NAME, __VA_ARGS__)
#define DSC_HALF_CELL(NAME, ...) \
  [DSC_OP_##NAME] = {DSC_HALF_NAME(NAME, FLOAT16), DSC_HALF_NAME(NAME, BFLOAT16)},

#endif
