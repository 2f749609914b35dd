// How a row vector times a matrix is summed, for one element type DSC_T. No include guard.
//
// The order of summation serves both layouts of the matrix at the speed of memory: 16 interleaved
// chains over k, so that a dot product is vector code, in blocks that depend on k alone, whose
// chains are added block by block; the 16 totals are added as a tree. Below DSC_SHORT elements one
// chain does.
#define DSC_CHAINS 16
#define DSC_SHORT  32

typedef DSC_T DSC_TYPED(Chains)
    __attribute__((ext_vector_type(DSC_CHAINS), aligned(sizeof(DSC_T))));

enum {
  DSC_TYPED(vector_block) = 1024,                         // elements of k
  DSC_TYPED(vector_chunk) = (int)(1024 / sizeof(DSC_T)),  // columns
#if DSC_VECTOR_BYTES == 64 || defined(__aarch64__)
  DSC_TYPED(vector_budget) = 16,  // registers for chains
#else
  DSC_TYPED(vector_budget) = 8,
#endif
  DSC_TYPED(vector_fit) =
      (int)(DSC_TYPED(vector_budget) * DSC_VECTOR_BYTES / (DSC_CHAINS * sizeof(DSC_T))),
  DSC_TYPED(streams) = DSC_TYPED(vector_fit) > 4 ? 4 : DSC_TYPED(vector_fit),
};

static inline __attribute__((always_inline)) DSC_T DSC_TYPED(sum_chains)(const DSC_TYPED(Chains) *
                                                                         chains) {
  typedef DSC_T Eight __attribute__((ext_vector_type(DSC_CHAINS / 2)));
  typedef DSC_T Four __attribute__((ext_vector_type(DSC_CHAINS / 4)));
  const Eight eight = chains->lo + chains->hi;
  const Four four = eight.lo + eight.hi;
  return (four[0] + four[2]) + (four[1] + four[3]);
}
