// What the generator offers to the fills: runs of raw draws, and the loop that draws and maps.
#ifndef DSC_DRAWS_H
#define DSC_DRAWS_H

#include "include/dsc_random.h"

/// Elements that a fill keeps in a local array while it converts them.
#define DSC_DRAW_CHUNK 1024

/// The next `count` 32-bit draws.
void dsc_draw_u32(DscGenerator *generator, int64_t count, uint32_t *out);
/// Uniform in [0, 1) with 24 bits, one draw each.
void dsc_draw_float(DscGenerator *generator, int64_t count, float *out);
/// Uniform in [0, 1) with 53 bits, two draws each, the first the high word.
void dsc_draw_double(DscGenerator *generator, int64_t count, double *out);

/// Turns `count` uniforms into the values of a distribution, in place; the elements of a call start
/// at a multiple of 16 of the whole fill.
typedef void (*DscDrawMap)(const void *constants, int64_t count, void *values);

/// Fills `out` with mapped uniforms: float draws for DSC_LANE_F32, double draws for DSC_LANE_F64.
/// The draws are serial, the maps run on the pool beside the next draws. `map` may be NULL.
int dsc_fill_mapped(DscGenerator *generator, DscLane lane, DscDrawMap map, const void *constants,
                    DscDType dtype, int64_t count, void *out);

/// Stores contiguous values of a lane to contiguous elements of a dtype; a double goes to the
/// half-precision types by way of float, as in PyTorch.
void dsc_store_values(DscLane lane, const void *values, int64_t count, DscDType dtype, void *out);

#endif
