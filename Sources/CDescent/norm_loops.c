// The loops of normalisation, for every instruction set.
#include "dsc_norm_loops.h"

#include "dsc_loop_macros.h"
#include "include/dsc_pool.h"

#define LANE_ROWS(ROW) \
  ROW(F32, float)      \
  ROW(F64, double)

#define DSC_BODY "norm_body.h"
#include "dsc_for_each_target.h"

static const DscNormLoops (*const tables[DSC_TARGET_COUNT])[2] = DSC_PER_TARGET(&norm_loops);

const DscNormLoops *dsc_norm_loops(DscLane lane) {
  return &(*tables[dsc_target()])[lane == DSC_LANE_F64];
}

enum { FOLD_TILE = 2048 };  // values of one piece of parallel work

typedef struct {
  DscLane lane;
  char *buffers;
  int64_t parts, count;
} Fold;

static void fold_piece(void *context, int64_t piece) {
  const Fold *fold = context;
  const DscNormLoops *loops = dsc_norm_loops(fold->lane);
  const int64_t size = (int64_t)dsc_lane_size(fold->lane), first = piece * FOLD_TILE;
  const int64_t width = dsc_smaller(FOLD_TILE, fold->count - first);
  char *base = fold->buffers + first * size;
  for (int64_t apart = 1; apart < fold->parts; apart *= 2)
    for (int64_t i = 0; i + apart < fold->parts; i += 2 * apart)
      loops->add(base + (i + apart) * fold->count * size, width, base + i * fold->count * size);
}

void dsc_norm_fold(DscLane lane, void *buffers, int64_t parts, int64_t count) {
  Fold fold = {.lane = lane, .buffers = buffers, .parts = parts, .count = count};
  if (parts > 1) dsc_parallel(dsc_parts(count, FOLD_TILE), fold_piece, &fold);
}
