// The compiled loops of optimizers' rules.
#ifndef DSC_UPDATE_LOOPS_H
#define DSC_UPDATE_LOOPS_H

#include "include/dsc_update.h"

/// Changes `count` elements from `first` on of the arrays of one set.
typedef void (*DscUpdateLoop)(void *const *data, int64_t first, int64_t count,
                              const DscScalar *scalars);

/// The rule's loop for arrays of the dtype, or NULL.
DscUpdateLoop dsc_update_loop(DscUpdateRule rule, DscDType dtype);

#endif
