// Walking several operands of one shape together, row by row.
#ifndef DSC_WALK_H
#define DSC_WALK_H

#include "include/dsc_types.h"

#define DSC_WALK_OPERANDS 10
#define DSC_WALK_DIMS     (DSC_MAX_DIMS + 1)

/// Dims and strides in elements. A walk made by the functions below has at least one dim.
typedef struct {
  int ndim, operands;
  int64_t shape[DSC_WALK_DIMS];
  int64_t strides[DSC_WALK_OPERANDS][DSC_WALK_DIMS];
} DscWalk;

/// A place in the outer dims of a walk and where the operands are there.
typedef struct {
  int64_t coordinates[DSC_WALK_DIMS];
  int64_t offsets[DSC_WALK_OPERANDS];
} DscWalkPlace;

/// A walk over `shape` without operands; a 0-d shape becomes one dim of one element.
DscWalk dsc_walk(int ndim, const int64_t *shape);
/// Adds an operand; its strides are those of the shape that dsc_walk was given.
void dsc_walk_add(DscWalk *walk, const int64_t *strides);
/// Drops dims of size 1 and joins neighbours that every operand steps through evenly. The order of
/// the elements stays.
void dsc_walk_merge(DscWalk *walk);
/// Number of elements of the first `dims` dims.
int64_t dsc_walk_count(const DscWalk *walk, int dims);
/// The place of element `number`, row-major, of the first `dims` dims.
void dsc_walk_seek(const DscWalk *walk, int dims, int64_t number, DscWalkPlace *place);

/// Steps to the next element of the first `dims` dims.
static inline void dsc_walk_next(const DscWalk *walk, int dims, DscWalkPlace *place) {
  for (int d = dims - 1; d >= 0; d--) {
    if (++place->coordinates[d] < walk->shape[d]) {
      for (int i = 0; i < walk->operands; i++) place->offsets[i] += walk->strides[i][d];
      return;
    }
    place->coordinates[d] = 0;
    for (int i = 0; i < walk->operands; i++) {
      place->offsets[i] -= walk->strides[i][d] * (walk->shape[d] - 1);
    }
  }
}

#endif
