// Many products of small matrices at once.
#ifndef DSC_SMALL_H
#define DSC_SMALL_H

#include "include/dsc_gemm.h"

/// Whether dsc_small_products serves. It sums each element in one chain over k, as the other ways
/// do of so few, so the choice changes no bit.
bool dsc_products_are_small(const DscGemm *call);

/// A call with those dims of its batch that lie behind each other in all operands made one.
DscGemm dsc_merged_batch(const DscGemm *call);

/// `count` positions of the batch from `first` on, on the calling thread.
int dsc_small_products(const DscGemm *call, int64_t first, int64_t count);

#endif
