// Sets and segments of a normalisation.
#include "dsc_norm_sets.h"

#include <stdlib.h>

enum {
  SHORT = 64,          // shorter segments with a weight each are not worth loops of their own
  ENOUGH_PIECES = 16,  // for large sets
};

// A weight for each value, from one for each segment: `segments` of `length`.
static bool expand(DscNormSets *sets, int64_t segments, int64_t length) {
  const DscNorm *norm = sets->norm;
  const int64_t count = segments * length;
  char *memory = malloc((size_t)(2 * count * sets->size));
  if (!memory) return false;
  const void *from[2] = {norm->weight, norm->bias};
  const char **to[2] = {&sets->weight, &sets->bias};
  for (int i = 0; i < 2; i++) {
    if (!from[i]) continue;
    char *values = memory + i * count * sets->size;
    for (int64_t s = 0, at = 0; s < segments; s++)
      for (int64_t k = 0; k < length; k++)
        dsc_norm_set(sets->lane, values, at++, dsc_norm_get(sets->lane, from[i], s));
    *to[i] = values;
  }
  sets->memory = memory;
  return true;
}

static void plan_pieces(DscNormSets *sets) {
  const int64_t count = sets->count;
  sets->group = DSC_NORM_PIECE > count ? DSC_NORM_PIECE / count : 1;
  sets->pieces = 1;
  sets->piece = sets->parts.segments;
  const bool is_cut = sets->norm->kind == DSC_NORM_CHANNELS && sets->sets < ENOUGH_PIECES;
  if (!is_cut || count < 2 * DSC_NORM_PIECE) return;
  const int64_t pieces = dsc_smaller(count / DSC_NORM_PIECE, ENOUGH_PIECES);
  sets->piece = dsc_parts(sets->parts.segments, pieces);
  sets->pieces = dsc_parts(sets->parts.segments, sets->piece);
}

bool dsc_norm_sets(DscNormSets *sets, const DscNorm *norm, bool is_backward) {
  const DscLane lane = dsc_dtype_lane(norm->dtype);
  const bool has_weights = norm->weight || norm->bias || is_backward;
  const int64_t inner = norm->inner;
  *sets = (DscNormSets){.norm = norm,
                        .loops = dsc_norm_loops(lane),
                        .lane = lane,
                        .native = dsc_is_native(norm->dtype, lane),
                        .size = (int64_t)dsc_lane_size(lane),
                        .weight = norm->weight,
                        .bias = norm->bias,
                        .period = 1};
  sets->chunk = DSC_NORM_CHUNK_BYTES / sets->size;
  if (norm->kind == DSC_NORM_CHANNELS) {
    sets->sets = sets->period = norm->channels;
    sets->set_stride = inner;
    sets->set_step = 1;
    sets->sums = (DscNormLayout){norm->outer, inner, norm->channels * inner, true};
    sets->parts = sets->sums;
    sets->count = norm->outer * inner;
  } else {
    const bool is_grouped = norm->kind == DSC_NORM_GROUPS;
    const int64_t segments = is_grouped ? norm->channels / norm->groups : 1;
    const int64_t groups = is_grouped ? norm->groups : 1;
    sets->sets = norm->outer * groups;
    sets->count = sets->set_stride = segments * inner;
    sets->sums = sets->parts = (DscNormLayout){1, sets->count, sets->count, false};
    if (!is_grouped) {
      sets->each = has_weights;
    } else if (segments > 1 && inner < SHORT && has_weights && !is_backward) {
      sets->each = true;
      sets->period = groups;
      sets->set_step = sets->count;
      if (!expand(sets, norm->channels, inner)) return false;
    } else if (has_weights) {
      sets->parts = (DscNormLayout){segments, inner, inner, false};
      sets->period = groups;
      sets->set_step = segments;
      sets->segment_step = 1;
      if (segments > 1 && inner < SHORT && norm->weight) {
        if (!expand(sets, norm->channels, inner)) return false;
        sets->spread = sets->weight;
        sets->weight = norm->weight;
        sets->bias = norm->bias;
      }
    }
  }
  sets->streams = sets->native && dsc_streams(sets->sets * sets->count * sets->size);
  if (sets->count > 0) plan_pieces(sets);
  return true;
}
