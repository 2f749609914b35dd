#include "dsc_walk.h"

DscWalk dsc_walk(int ndim, const int64_t *shape) {
  DscWalk walk = {.ndim = ndim};
  for (int d = 0; d < ndim; d++) walk.shape[d] = shape[d];
  if (ndim == 0) {
    walk.ndim = 1;
    walk.shape[0] = 1;
  }
  return walk;
}

void dsc_walk_add(DscWalk *walk, const int64_t *strides) {
  int64_t *to = walk->strides[walk->operands++];
  for (int d = 0; d < walk->ndim; d++) to[d] = walk->shape[d] == 1 ? 0 : strides[d];
}

static bool joins(const DscWalk *walk, int outer, int inner) {
  for (int i = 0; i < walk->operands; i++) {
    const int64_t *strides = walk->strides[i];
    if (strides[outer] != strides[inner] * walk->shape[inner]) return false;
  }
  return true;
}

static void move_dim(DscWalk *walk, int from, int to) {
  walk->shape[to] = walk->shape[from];
  for (int i = 0; i < walk->operands; i++) walk->strides[i][to] = walk->strides[i][from];
}

void dsc_walk_merge(DscWalk *walk) {
  int kept = 0;
  for (int d = 0; d < walk->ndim; d++) {
    if (walk->shape[d] == 1) continue;
    if (kept > 0 && joins(walk, kept - 1, d)) {
      int64_t size = walk->shape[kept - 1] * walk->shape[d];
      move_dim(walk, d, kept - 1);
      walk->shape[kept - 1] = size;
    } else {
      move_dim(walk, d, kept++);
    }
  }
  if (kept == 0) {
    walk->shape[kept++] = 1;
    for (int i = 0; i < walk->operands; i++) walk->strides[i][0] = 0;
  }
  walk->ndim = kept;
}

int64_t dsc_walk_count(const DscWalk *walk, int dims) {
  int64_t count = 1;
  for (int d = 0; d < dims; d++) count *= walk->shape[d];
  return count;
}

void dsc_walk_seek(const DscWalk *walk, int dims, int64_t number, DscWalkPlace *place) {
  for (int i = 0; i < walk->operands; i++) place->offsets[i] = 0;
  for (int d = dims - 1; d >= 0; d--) {
    int64_t coordinate = number % walk->shape[d];
    number /= walk->shape[d];
    place->coordinates[d] = coordinate;
    for (int i = 0; i < walk->operands; i++) {
      place->offsets[i] += coordinate * walk->strides[i][d];
    }
  }
}
