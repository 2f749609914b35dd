// Vectors of one element type DSC_T and loops over them, for the loops of windows. No include
// guard.
#define DSC_TYPED(name)      DSC_NAME(DSC_PASTE(name, DSC_T_NAME))
#define DSC_LANES_PER_VECTOR ((int)(DSC_VECTOR_BYTES / sizeof(DSC_T)))
#define DSC_INLINE           static inline __attribute__((always_inline))
#define DSC_UNROLL           DSC_PRAGMA(clang loop unroll(full))
#define DSC_EACH             DSC_UNROLL for (int l = 0; l < vectors; l++)

#define DSC_VECTOR_OF(type)  ext_vector_type(DSC_VECTOR_BYTES / sizeof(type))
typedef DSC_T DSC_TYPED(Vector) __attribute__((DSC_VECTOR_OF(DSC_T)));
typedef DSC_T DSC_TYPED(Loaded)
    __attribute__((DSC_VECTOR_OF(DSC_T), aligned(sizeof(DSC_T)), may_alias));
typedef __typeof__((DSC_TYPED(Vector))(DSC_T)0 < (DSC_TYPED(Vector))(DSC_T)0) DSC_TYPED(Mask);
#undef DSC_VECTOR_OF
