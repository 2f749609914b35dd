// How the bodies of loops are written: rows of X-lists that become functions and table cells.
//
// A row is ROWn(NAME, LANE, operand type, result type, expression in a, b and c), n its arity.
#ifndef DSC_LOOP_MACROS_H
#define DSC_LOOP_MACROS_H

#include "dsc_loops.h"

// Builds for debugging, sanitizers or size leave loops scalar, which is not worth a warning there.
#pragma clang diagnostic ignored "-Wpass-failed"

#define DSC_PRAGMA_(text) _Pragma(#text)
#define DSC_PRAGMA(text)  DSC_PRAGMA_(text)

// The iterations are independent (operands alias exactly or not at all), which the compiler cannot
// know; the widths divide DSC_STEP, so that no remainder is left. VECTOR suits a few operations per
// element, LONG_VECTOR uses one register of floats a turn where there are dozens.
#define DSC_VECTOR \
  DSC_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(DSC_STEP) interleave_count(1))
#define DSC_LONG_WIDTH (DSC_VECTOR_BYTES / 4)
#define DSC_LONG_VECTOR                                                          \
  DSC_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(DSC_LONG_WIDTH) \
                 interleave_count(1))
#define DSC_SCALAR DSC_PRAGMA(clang loop vectorize(disable))

// Outside the range of int64 and for NaN the answer is INT64_MIN, as the x86 instruction gives.
#define DSC_IN_I64(a)             ((a) >= -0x1p63f && (a) < 0x1p63f)
#define DSC_FLOAT_TO_I64(a)       (DSC_IN_I64(a) ? (int64_t)(DSC_IN_I64(a) ? (a) : 0) : INT64_MIN)

#define DSC_LOOP_NAME(NAME, LANE) DSC_NAME(NAME##_##LANE)
#define DSC_LOOP_HEAD(NAME, LANE)                                                     \
  static int DSC_LOOP_NAME(NAME, LANE)(int64_t count, const void *pa, const void *pb, \
                                       const void *pc, void *po)
#define DSC_LOOP1(HINT, NAME, LANE, T, R, ...) \
  DSC_LOOP_HEAD(NAME, LANE) {                  \
    const T *va = pa;                          \
    R *out = po;                               \
    (void)pb, (void)pc;                        \
    count &= -DSC_STEP;                        \
    HINT for (int64_t i = 0; i < count; i++) { \
      const T a = va[i];                       \
      out[i] = (R)(__VA_ARGS__);               \
    }                                          \
    return DSC_OK;                             \
  }
#define DSC_LOOP2(HINT, NAME, LANE, T, R, ...) \
  DSC_LOOP_HEAD(NAME, LANE) {                  \
    const T *va = pa, *vb = pb;                \
    R *out = po;                               \
    (void)pc;                                  \
    count &= -DSC_STEP;                        \
    HINT for (int64_t i = 0; i < count; i++) { \
      const T a = va[i], b = vb[i];            \
      out[i] = (R)(__VA_ARGS__);               \
    }                                          \
    return DSC_OK;                             \
  }
// `A` is the type of the first operand.
#define DSC_LOOP3(HINT, NAME, LANE, A, T, ...) \
  DSC_LOOP_HEAD(NAME, LANE) {                  \
    const A *va = pa;                          \
    const T *vb = pb, *vc = pc;                \
    T *out = po;                               \
    count &= -DSC_STEP;                        \
    HINT for (int64_t i = 0; i < count; i++) { \
      const A a = va[i];                       \
      const T b = vb[i], c = vc[i];            \
      out[i] = (T)(__VA_ARGS__);               \
    }                                          \
    return DSC_OK;                             \
  }

// The same past the cache. A step's results are made in registers: the inner loop becomes a vector.
#define DSC_STREAM_NAME(NAME, LANE) DSC_NAME(NAME##_##LANE##_stream)
#define DSC_STREAM_LOOP(HINT, NAME, LANE, R, OPERANDS, ELEMENTS, ...)                      \
  static void DSC_STREAM_NAME(NAME, LANE)(int64_t count, const void *pa, const void *pb,   \
                                          const void *pc, void *po, const DscAhead *ahead, \
                                          int aheads) {                                    \
    enum { BYTES = DSC_STEP * sizeof(R) };                                                 \
    enum { WIDTH = BYTES < DSC_VECTOR_BYTES ? BYTES : DSC_VECTOR_BYTES };                  \
    typedef char Vector __attribute__((vector_size(WIDTH)));                               \
    OPERANDS;                                                                              \
    (void)pb, (void)pc;                                                                    \
    char *out = po;                                                                        \
    for (int64_t first = 0; first < count; first += DSC_STEP, out += BYTES) {              \
      R step[DSC_STEP];                                                                    \
      dsc_fetch(ahead, aheads, first, DSC_STEP);                                           \
      HINT DSC_PRAGMA(clang loop unroll(disable)) for (int64_t i = 0; i < DSC_STEP; i++) { \
        ELEMENTS;                                                                          \
        step[i] = (R)(__VA_ARGS__);                                                        \
      }                                                                                    \
      Vector values[BYTES / WIDTH];                                                        \
      memcpy(values, step, BYTES);                                                         \
      for (int k = 0; k < BYTES / WIDTH; k++)                                              \
        __builtin_nontemporal_store(values[k], (Vector *)(void *)out + k);                 \
    }                                                                                      \
  }
#define DSC_STREAM_LOOP1(HINT, NAME, LANE, T, R, ...) \
  DSC_STREAM_LOOP(HINT, NAME, LANE, R, const T *va = pa, const T a = va[first + i], __VA_ARGS__)
#define DSC_STREAM_LOOP2(HINT, NAME, LANE, T, R, ...)          \
  DSC_STREAM_LOOP(HINT, NAME, LANE, R, const T *va = pa;       \
                  const T *vb = pb, const T a = va[first + i]; \
                  const T b = vb[first + i], __VA_ARGS__)
#define DSC_STREAM_LOOP3(HINT, NAME, LANE, A, T, ...)                                     \
  DSC_STREAM_LOOP(HINT, NAME, LANE, T, const A *va = pa; const T *vb = pb;                \
                  const T *vc = pc, const A a = va[first + i]; const T b = vb[first + i]; \
                  const T c = vc[first + i], __VA_ARGS__)

// Where the fast expression holds only for ordinary operands: runs of GUARD_RUN elements of which
// one is BAD take the slow expression, a scalar call, as a whole.
#define DSC_GUARD_RUN 64
#define DSC_GUARDED(NAME, LANE, T, LOAD_A, LOAD_B, BAD, FAST, SLOW)                  \
  DSC_LOOP_HEAD(NAME, LANE) {                                                        \
    count &= -DSC_STEP;                                                              \
    (void)pb, (void)pc;                                                              \
    for (int64_t first = 0; first < count; first += DSC_GUARD_RUN) {                 \
      const T *va = (const T *)pa + first;                                           \
      LOAD_B(const T *vb = (const T *)pb + first;)                                   \
      T *out = (T *)po + first;                                                      \
      const int64_t left = count - first;                                            \
      const int64_t run = (left < DSC_GUARD_RUN ? left : DSC_GUARD_RUN) & -DSC_STEP; \
      int bad = 0;                                                                   \
      DSC_VECTOR for (int64_t i = 0; i < run; i++) {                                 \
        LOAD_A(const T a = va[i];)                                                   \
        LOAD_B(const T b = vb[i];)                                                   \
        bad |= (BAD);                                                                \
      }                                                                              \
      if (bad) {                                                                     \
        DSC_SCALAR for (int64_t i = 0; i < run; i++) {                               \
          LOAD_A(const T a = va[i];)                                                 \
          LOAD_B(const T b = vb[i];)                                                 \
          out[i] = (SLOW);                                                           \
        }                                                                            \
      } else {                                                                       \
        DSC_LONG_VECTOR for (int64_t i = 0; i < run; i++) {                          \
          LOAD_A(const T a = va[i];)                                                 \
          LOAD_B(const T b = vb[i];)                                                 \
          out[i] = (FAST);                                                           \
        }                                                                            \
      }                                                                              \
    }                                                                                \
    return DSC_OK;                                                                   \
  }
#define DSC_KEEP(...) __VA_ARGS__
#define DSC_DROP(...)
#define DSC_GUARDED1(NAME, LANE, T, BAD, FAST, SLOW) \
  DSC_GUARDED(NAME, LANE, T, DSC_KEEP, DSC_DROP, BAD, FAST, SLOW)
#define DSC_GUARDED2(NAME, LANE, T, BAD, FAST, SLOW) \
  DSC_GUARDED(NAME, LANE, T, DSC_KEEP, DSC_KEEP, BAD, FAST, SLOW)

// A loop whose helper HELPER(a, b, &status) also reports DscStatus bits.
#define DSC_LOOP2_STATUS(HELPER, NAME, LANE, T)                                 \
  DSC_LOOP_HEAD(NAME, LANE) {                                                   \
    const T *va = pa, *vb = pb;                                                 \
    T *out = po;                                                                \
    int status = DSC_OK;                                                        \
    (void)pc;                                                                   \
    for (int64_t i = 0; i < count; i++) out[i] = HELPER(va[i], vb[i], &status); \
    return status;                                                              \
  }

// The initialiser of an array indexed by DscTarget from what DSC_BODY defined for each target.
#if defined(__aarch64__)
#define DSC_PER_TARGET(name) \
  { [DSC_TARGET_NEON] = name##_neon }
#elif defined(__x86_64__)
#define DSC_PER_TARGET(name)                                                  \
  {                                                                           \
    [DSC_TARGET_PORTABLE] = name##_portable, [DSC_TARGET_AVX2] = name##_avx2, \
    [DSC_TARGET_AVX512] = name##_avx512                                       \
  }
#else
#define DSC_PER_TARGET(name) \
  { [DSC_TARGET_PORTABLE] = name##_portable }
#endif

#endif
