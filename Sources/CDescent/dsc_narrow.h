// Programs of narrow integers in their own width.
#ifndef DSC_NARROW_H
#define DSC_NARROW_H

#include "dsc_loops.h"

/// What an instruction asks of its narrow operands and does to its result: neither where the
/// result's bits are bits of operands.
enum { DSC_NEEDS_VALUES = 1, DSC_MAY_WRAP = 2 };
extern const uint8_t dsc_narrow_traits[DSC_OP_COUNT];  // of those that have loops

/// Rewrites a program whose int64 operands are all of one narrow dtype to run in that dtype's lane;
/// false where a result could then differ from that of int64, wrapped at the end.
bool dsc_narrow(const DscProgram *program, DscTarget target, const DscView *inputs,
                const DscScalar *scalars, const DscView *outputs, DscProgram *narrowed);

#endif
