// Instruction sets chosen once, at the first use, by probing the processor.
#ifndef DSC_TARGETS_H
#define DSC_TARGETS_H

typedef enum {
  DSC_TARGET_PORTABLE,
  DSC_TARGET_AVX2,    // with FMA and F16C
  DSC_TARGET_AVX512,  // F, BW, DQ, VL, with FMA and F16C
  DSC_TARGET_NEON,
} DscTarget;

/// The best instruction set of this processor.
DscTarget dsc_target(void);

#endif
