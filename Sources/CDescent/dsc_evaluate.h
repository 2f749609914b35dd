// What the executor of programs offers to the other kernel families.
#ifndef DSC_EVALUATE_H
#define DSC_EVALUATE_H

#include "include/dsc_pointwise.h"

/// Evaluates the single output of `program` for the elements first ..< first + count, numbered
/// row-major over `shape` as given (the caller may have permuted the dims), on the calling thread.
/// The results are written to `out` one after the other in the lane of the output register (float,
/// double, int64_t or uint8_t). NULL stands for the program that copies its only input, in its
/// dtype's lane. Returns DscStatus bits.
int dsc_evaluate(const DscProgram *program, int ndim, const int64_t *shape, const DscView *inputs,
                 const DscScalar *scalars, int64_t first, int64_t count, void *out);

/// The program that copies its only input, in a lane: what NULL stands for.
const DscProgram *dsc_copy_program(int lane);

/// Loads `count` elements `stride` apart from memory of a dtype into contiguous values of its lane.
void dsc_load_lane(DscDType dtype, const void *source, int64_t stride, int64_t count, void *out);
/// Stores contiguous values of a lane to elements `stride` apart of a dtype, converting as
/// dsc_pointwise does.
void dsc_store_lane(DscLane lane, const void *values, int64_t count, DscDType dtype,
                    void *destination, int64_t stride);

#endif
