// Includes the file named by DSC_BODY once for every instruction set this architecture can choose
// from. In the body DSC_NAME(f) is the function's name with the set's suffix, DSC_VECTOR_BYTES the
// width of a vector register, and DSC_FMA is 1 where multiply-add is one instruction; ordinary
// loops become vector code. No include guard: use it once in each .c file, then choose with
// DSC_DISPATCH.
#define DSC_PASTE_(a, b) a##_##b
#define DSC_PASTE(a, b)  DSC_PASTE_(a, b)
#define DSC_NAME(name)   DSC_PASTE(name, DSC_SUFFIX)

#if defined(__aarch64__)
#define DSC_SUFFIX       neon
#define DSC_VECTOR_BYTES 16
#define DSC_FMA          1
#include DSC_BODY
#undef DSC_SUFFIX
#undef DSC_VECTOR_BYTES
#undef DSC_FMA
#define DSC_DISPATCH(name) name##_neon

#elif defined(__x86_64__)
#define DSC_SUFFIX       portable
#define DSC_VECTOR_BYTES 16
#define DSC_FMA          0
#include DSC_BODY
#undef DSC_SUFFIX
#undef DSC_VECTOR_BYTES
#undef DSC_FMA

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi,bmi2"))), apply_to = function)
#define DSC_SUFFIX       avx2
#define DSC_VECTOR_BYTES 32
#define DSC_FMA          1
#define DSC_X86_VECTORS  1
#include DSC_BODY
#undef DSC_SUFFIX
#undef DSC_VECTOR_BYTES
#undef DSC_FMA
#pragma clang attribute pop

#pragma clang attribute push(                                                             \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c,bmi,bmi2"))), \
    apply_to = function)
#define DSC_SUFFIX       avx512
#define DSC_VECTOR_BYTES 64
#define DSC_FMA          1
#include DSC_BODY
#undef DSC_SUFFIX
#undef DSC_VECTOR_BYTES
#undef DSC_FMA
#undef DSC_X86_VECTORS
#pragma clang attribute pop
#define DSC_DISPATCH(name)           \
  (dsc_target() == DSC_TARGET_AVX512 \
       ? name##_avx512               \
       : (dsc_target() == DSC_TARGET_AVX2 ? name##_avx2 : name##_portable))

#else
#define DSC_SUFFIX       portable
#define DSC_VECTOR_BYTES 16
#define DSC_FMA          0
#include DSC_BODY
#undef DSC_SUFFIX
#undef DSC_VECTOR_BYTES
#undef DSC_FMA
#define DSC_DISPATCH(name) name##_portable
#endif
