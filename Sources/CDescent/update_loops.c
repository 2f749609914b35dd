// The rules of optimizers as single loops: an array is read once and written once, where a
// program's instructions would pass blocks of it to each other.
#include "dsc_update_loops.h"

#include "dsc_loop_macros.h"

#define DSC_BODY "update_body.h"
#include "dsc_for_each_target.h"

static const DscUpdateLoop (*const tables[DSC_TARGET_COUNT])[2] = DSC_PER_TARGET(update_loops);

DscUpdateLoop dsc_update_loop(DscUpdateRule rule, DscDType dtype) {
  if (dtype != DSC_FLOAT32 && dtype != DSC_FLOAT64) return NULL;
  return tables[dsc_target()][rule][dtype == DSC_FLOAT64];
}
