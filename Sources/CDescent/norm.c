// Normalisation by rows, groups and channels: each set's statistics, then its values while they are
// in cache. By columns see norm_columns.c.
#include <math.h>
#include <stdlib.h>

#include "dsc_norm_sets.h"
#include "include/dsc_pool.h"

enum { BATCH = 8 };  // sets worked on together

// Of some values: how many, their mean, and the sum of the squared deviations from it.
typedef struct {
  double count, mean, squares;
} Moment;

typedef struct {
  DscNormSets sets;
  char *y;
  void *variance;
  Moment *partials;  // of the pieces of sets that are cut
} Forward;

// Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample
// Variances" (1979).
static Moment combined(Moment a, Moment b) {
  if (a.count == 0) return b;
  const double count = a.count + b.count, apart = b.mean - a.mean;
  const double share = b.count / count;
  return (Moment){count, a.mean + apart * share,
                  a.squares + b.squares + apart * apart * a.count * share};
}

static double rounded(const DscNormSets *sets, double mean) {
  return sets->lane == DSC_LANE_F32 ? (double)(float)mean : mean;
}

// From the sums of deviations from a mean that was rounded, so that their own sum is not quite 0.
static Moment moment_from(const DscNormSets *sets, double count, double inverse, double mean,
                          const double *sums) {
  if (!sets->norm->centred) return (Moment){count, 0, sums[1]};
  const double away = sums[0] * inverse, squares = sums[1] - sums[0] * away;
  return (Moment){count, mean + away, squares < 0 ? 0 : squares};
}

static Moment chunk_moment(const DscNormSets *sets, const DscNormBlock *block, const void *values) {
  const double count = (double)(block->rows * block->columns), inverse = 1 / count;
  double mean = 0, sums[2];
  if (sets->norm->centred) mean = rounded(sets, sets->loops->sum(block, values) * inverse);
  sets->loops->deviations(block, values, mean, sums);
  return moment_from(sets, count, inverse, mean, sums);
}

static Moment moment_of(const DscNormSets *sets, int64_t set, int64_t from, int64_t to) {
  DscNormValues scratch;
  Moment moment = {0};
  for (DscNormSpan span = {.segment = from}; dsc_norm_next(sets, &sets->sums, to, &span);) {
    const void *x = dsc_norm_values(sets, &sets->sums, &span, set, sets->norm->x, &scratch);
    const DscNormBlock block = dsc_norm_block(sets, &sets->sums, &span);
    moment = combined(moment, chunk_moment(sets, &block, x));
  }
  return moment;
}

static void write_set(const Forward *forward, int64_t set, int64_t from, int64_t to, double mean,
                      double rstd) {
  const DscNormSets *sets = &forward->sets;
  const DscNormLayout *parts = &sets->parts;
  DscNormValues scratch;
  for (DscNormSpan span = {.segment = from}; dsc_norm_next(sets, parts, to, &span);) {
    const void *x = dsc_norm_values(sets, parts, &span, set, sets->norm->x, &scratch);
    void *y = dsc_norm_target(sets, parts, &span, set, forward->y, &scratch);
    const int64_t index = dsc_norm_index(sets, set, span.segment);
    if (sets->each) {
      const int64_t at = (index + span.offset) * sets->size;
      sets->loops->apply_each(x, span.count, mean, rstd, sets->weight ? sets->weight + at : NULL,
                              sets->bias ? sets->bias + at : NULL, y);
    } else {
      const double weight = sets->weight ? dsc_norm_get(sets->lane, sets->weight, index) : 1;
      const double bias = sets->bias ? dsc_norm_get(sets->lane, sets->bias, index) : 0;
      const DscNormBlock block = dsc_norm_block(sets, parts, &span);
      sets->loops->apply(&block, x, mean, rstd * weight, bias, y);
    }
    dsc_norm_put(sets, parts, &span, set, y, forward->y);
  }
}

// A set's statistics from its moment, stored where they are wanted.
static void finish(const Forward *forward, int64_t set, Moment moment, double *mean, double *rstd) {
  const DscNormSets *sets = &forward->sets;
  const DscNorm *norm = sets->norm;
  *mean = moment.mean;
  *rstd = 1 / sqrt(moment.squares / moment.count + norm->eps);
  if (norm->mean) dsc_norm_set(sets->lane, norm->mean, set, *mean);
  if (norm->rstd) dsc_norm_set(sets->lane, norm->rstd, set, *rstd);
  if (forward->variance)
    dsc_norm_set(sets->lane, forward->variance, set, moment.squares / (moment.count - 1));
}

// Moments of neighbouring sets, each of one chunk: side by side, as each step waits for the last.
static void row_moments(const DscNormSets *sets, int64_t set, int64_t count, Moment *moments) {
  const double n = (double)sets->count, inverse = 1 / n;
  const DscNormBlock block = {.rows = 1, .columns = sets->count};
  const int64_t stride = sets->set_stride * sets->size;
  const char *x = (const char *)sets->norm->x + set * stride;
  double means[BATCH] = {0}, sums[BATCH][2];
  for (int64_t i = 0; i < count && sets->norm->centred; i++)
    means[i] = rounded(sets, sets->loops->sum(&block, x + i * stride) * inverse);
  for (int64_t i = 0; i < count; i++)
    sets->loops->deviations(&block, x + i * stride, means[i], sums[i]);
  for (int64_t i = 0; i < count; i++) moments[i] = moment_from(sets, n, inverse, means[i], sums[i]);
}

// Some neighbouring sets, few enough to stay in cache.
static void run_batch(const Forward *forward, int64_t set, int64_t count) {
  const DscNormSets *sets = &forward->sets;
  const int64_t segments = sets->sums.segments;
  double means[BATCH], rstds[BATCH];
  if (sets->norm->given) {
    for (int64_t i = 0; i < count; i++) {
      means[i] = dsc_norm_get(sets->lane, sets->norm->mean, set + i);
      rstds[i] = dsc_norm_get(sets->lane, sets->norm->rstd, set + i);
    }
  } else {
    Moment moments[BATCH];
    if (sets->native && segments == 1 && sets->count <= sets->chunk) {
      row_moments(sets, set, count, moments);
    } else {
      for (int64_t i = 0; i < count; i++) moments[i] = moment_of(sets, set + i, 0, segments);
    }
    for (int64_t i = 0; i < count; i++) finish(forward, set + i, moments[i], &means[i], &rstds[i]);
  }
  for (int64_t i = 0; i < count; i++)
    write_set(forward, set + i, 0, sets->parts.segments, means[i], rstds[i]);
}

static void whole_piece(void *context, int64_t piece) {
  const Forward *forward = context;
  const DscNormSets *sets = &forward->sets;
  const int64_t end = dsc_smaller((piece + 1) * sets->group, sets->sets);
  const int64_t room = sets->chunk / sets->count;
  const int64_t batch = room < 1 ? 1 : dsc_smaller(room, BATCH);
  for (int64_t set = piece * sets->group; set < end; set += batch)
    run_batch(forward, set, dsc_smaller(batch, end - set));
  if (sets->streams) dsc_stream_finish();
}

static void moment_piece(void *context, int64_t piece) {
  const Forward *forward = context;
  const DscNormSets *sets = &forward->sets;
  const int64_t from = piece % sets->pieces * sets->piece;
  forward->partials[piece] = moment_of(sets, piece / sets->pieces, from,
                                       dsc_smaller(from + sets->piece, sets->sums.segments));
}

static void write_piece(void *context, int64_t piece) {
  const Forward *forward = context;
  const DscNormSets *sets = &forward->sets;
  const int64_t set = piece / sets->pieces, from = piece % sets->pieces * sets->piece;
  write_set(forward, set, from, dsc_smaller(from + sets->piece, sets->parts.segments),
            dsc_norm_get(sets->lane, sets->norm->mean, set),
            dsc_norm_get(sets->lane, sets->norm->rstd, set));
  if (sets->streams) dsc_stream_finish();
}

static int run_cut(Forward *forward) {
  const DscNormSets *sets = &forward->sets;
  const int64_t pieces = dsc_norm_pieces(sets);
  if (!sets->norm->given) {
    forward->partials = malloc((size_t)pieces * sizeof(Moment));
    if (!forward->partials) return DSC_OUT_OF_MEMORY;
    dsc_parallel(pieces, moment_piece, forward);
    for (int64_t set = 0; set < sets->sets; set++) {
      double mean, rstd;
      Moment moment = {0};
      for (int64_t i = 0; i < sets->pieces; i++)
        moment = combined(moment, forward->partials[set * sets->pieces + i]);
      finish(forward, set, moment, &mean, &rstd);
    }
    free(forward->partials);
  }
  dsc_parallel(pieces, write_piece, forward);
  return DSC_OK;
}

int dsc_norm(const DscNorm *norm, void *y, void *variance) {
  const DscLane lane = dsc_dtype_lane(norm->dtype);
  if (lane != DSC_LANE_F32 && lane != DSC_LANE_F64) return DSC_UNSUPPORTED;
  if (norm->kind == DSC_NORM_CHANNELS_LAST) return dsc_norm_columns(norm, y, variance);
  Forward forward = {.y = y, .variance = variance};
  if (!dsc_norm_sets(&forward.sets, norm, false)) return DSC_OUT_OF_MEMORY;
  int status = DSC_OK;
  if (forward.sets.sets > 0 && forward.sets.count > 0) {
    if (forward.sets.pieces > 1) {
      status = run_cut(&forward);
    } else {
      dsc_parallel(dsc_norm_pieces(&forward.sets), whole_piece, &forward);
    }
  }
  free(forward.sets.memory);
  return status;
}
