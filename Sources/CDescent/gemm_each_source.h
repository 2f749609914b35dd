// Includes the file named by DSC_PART for every type that the elements of operands may have where
// sums are of DSC_T: DSC_T itself and, of float, float16 and bfloat16, which are converted in
// registers. In the part DSC_S is that type, DSC_FROM(f) the function's name with it,
// DSC_WIDE_ONE(x) an element as DSC_T, DSC_WIDEN(x, Wide) a vector of them as a vector of DSC_T,
// and DSC_NARROW(x, Narrow) the way back, rounded. No include guard.
#define DSC_S                 DSC_T
#define DSC_FROM(name)        DSC_TYPED(name)
#define DSC_WIDE_ONE(x)       (x)
#define DSC_WIDEN(x, Wide)    (x)
#define DSC_NARROW(x, Narrow) (x)
#include DSC_PART
#undef DSC_S
#undef DSC_FROM
#undef DSC_WIDE_ONE
#undef DSC_WIDEN
#undef DSC_NARROW

#if DSC_T_BYTES == 4
#define DSC_S           DSC_FLOAT16_MEMORY
#define DSC_FROM(name)  DSC_TYPED(DSC_PASTE(name, float16))
#define DSC_WIDE_ONE(x) DSC_LOAD_FLOAT16(x)
#if DSC_HAS_HALVES
#define DSC_WIDEN(x, Wide)    __builtin_convertvector(x, Wide)
#define DSC_NARROW(x, Narrow) __builtin_convertvector(x, Narrow)
#else
#define DSC_WIDEN(x, Wide)                                                                    \
  __extension__({                                                                             \
    Wide wide;                                                                                \
    for (size_t l = 0; l < sizeof(Wide) / sizeof(DSC_T); l++) wide[l] = DSC_WIDE_ONE((x)[l]); \
    wide;                                                                                     \
  })
#define DSC_NARROW(x, Narrow)                                   \
  __extension__({                                               \
    Narrow narrow;                                              \
    for (size_t l = 0; l < sizeof(Narrow) / sizeof(DSC_S); l++) \
      narrow[l] = DSC_STORE_FLOAT16((x)[l]);                    \
    narrow;                                                     \
  })
#endif
#include DSC_PART
#undef DSC_S
#undef DSC_FROM
#undef DSC_WIDE_ONE
#undef DSC_WIDEN
#undef DSC_NARROW

#define DSC_S           uint16_t
#define DSC_FROM(name)  DSC_TYPED(DSC_PASTE(name, bfloat16))
#define DSC_WIDE_ONE(x) dsc_float_of_bfloat(x)
// Whole numbers as wide as the elements of a vector.
#define DSC_BITS(Wide)     __typeof__((Wide){0} == (Wide){0})
#define DSC_WIDEN(x, Wide) ((Wide)(__builtin_convertvector(x, DSC_BITS(Wide)) << 16))
#define DSC_NARROW(x, Narrow)                                                             \
  __extension__({                                                                         \
    typedef __typeof__(x) Wide;                                                           \
    const DSC_BITS(Wide) bits = (DSC_BITS(Wide))(x);                                      \
    const DSC_BITS(Wide) rounded = bits + 0x7fff + (bits >> 16 & 1), is_nan = (x) != (x); \
    __builtin_convertvector(((rounded & ~is_nan) | (0x7fc00000 & is_nan)) >> 16, Narrow); \
  })
#include DSC_PART
#undef DSC_S
#undef DSC_FROM
#undef DSC_WIDE_ONE
#undef DSC_BITS
#undef DSC_WIDEN
#undef DSC_NARROW
#endif
#undef DSC_PART
