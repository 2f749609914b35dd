// Instruction sets chosen once, at the first use, by probing the processor.
#ifndef DSC_TARGETS_H
#define DSC_TARGETS_H

#include <stdbool.h>

typedef enum {
  DSC_TARGET_PORTABLE,
  DSC_TARGET_AVX2,    // with FMA and F16C
  DSC_TARGET_AVX512,  // F, BW, DQ, VL, with FMA and F16C
  DSC_TARGET_NEON,
} DscTarget;
#define DSC_TARGET_COUNT 4

/// The best instruction set of this processor.
DscTarget dsc_target(void);

/// Whether the processor adds the products of pairs of bfloat16 to sums of float32 in one
/// instruction (AVX512_BF16) and dsc_target() allows for it.
bool dsc_multiplies_pairs(void);

/// Whether the processor itself fetches a few lines that are read in order, from page to page:
/// asking for what comes is in its way.
bool dsc_fetches_alone(void);

/// Makes dsc_target() answer `target` from now on, so that tests can run every set on one machine;
/// false (and no change) where the processor lacks it. Not for use while kernels run.
bool dsc_set_target_for_testing(DscTarget target);

/// A function whose frame begins where a vector may: the compiler takes registers to the stack as
/// the system's calls align it, to 16 bytes.
#if defined(__x86_64__)
#define DSC_ALIGNED_STACK __attribute__((force_align_arg_pointer))
#else
#define DSC_ALIGNED_STACK
#endif

#endif
