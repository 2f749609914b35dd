// The step of an optimizer: arrays changed in place, all parameters of a group in one call.
#ifndef DSC_UPDATE_H
#define DSC_UPDATE_H

#include "dsc_pointwise.h"

// X(NAME, name, tensors, outputs, scalars): rules with a compiled loop, which does what the program
// of the same rule says, to the last bit.
#define DSC_UPDATE_RULES(X)      \
  X(DESCENT, descent, 2, 1, 1)   \
  X(MOMENTUM, momentum, 3, 2, 2) \
  X(NESTEROV, nesterov, 3, 2, 2) \
  X(ADAM, adam, 4, 3, 7)

typedef enum DSC_CLOSED_ENUM {
  DSC_UPDATE_PROGRAM DSC_SWIFT_NAME("program"),  // no loop of its own
#define X(NAME, name, tensors, outputs, scalars) DSC_UPDATE_##NAME DSC_SWIFT_NAME(#name),
  DSC_UPDATE_RULES(X)
#undef X
} DscUpdateRule;

typedef struct {
  DscUpdateRule rule;
  const DscProgram *program;  // its outputs are the new values of the first inputs
  const DscScalar *scalars;
  DscDType dtype;
  int64_t set_count;      // parameters, each with what belongs to it
  const int64_t *counts;  // elements of each array of a set
  void *const *data;      // the program's inputs for the first set, for the second, ...; contiguous
} DscUpdate;

/// Changes the arrays of every set. What one set writes, no other one reads or writes. Pieces of
/// work go on over the ends of sets. Returns DscStatus bits.
int dsc_update(const DscUpdate *update);

#endif
