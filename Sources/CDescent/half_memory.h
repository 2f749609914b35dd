// How halves lie in memory for the present instruction set, and how they become float32;
// DSC_HAS_HALVES is 1 where that is an instruction. No include guard.
#undef DSC_HAS_HALVES
#undef DSC_FLOAT16_MEMORY
#undef DSC_LOAD_FLOAT16
#undef DSC_STORE_FLOAT16
#if defined(DSC_X86_VECTORS) || defined(__aarch64__)
#define DSC_HAS_HALVES       1
#define DSC_FLOAT16_MEMORY   _Float16
#define DSC_LOAD_FLOAT16(x)  ((float)(x))
#define DSC_STORE_FLOAT16(x) ((_Float16)(x))
#else
#define DSC_HAS_HALVES       0
#define DSC_FLOAT16_MEMORY   uint16_t
#define DSC_LOAD_FLOAT16(x)  dsc_float_of_half(x)
#define DSC_STORE_FLOAT16(x) dsc_half_of_float(x)
#endif
