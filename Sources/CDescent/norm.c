// Normalisation by rows, groups and channels: each set's statistics, then its values while they are
// in cache. By columns see norm_columns.c.
#include <math.h>
#include <stdlib.h>

#include "dsc_norm_sets.h"
#include "include/dsc_pool.h"

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

typedef struct {
  _Alignas(64) char bytes[DSC_NORM_CHUNK_BYTES];
} Values;

// Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample
// Variances" (1979).
static Moment combined(Moment a, Moment b) {
  if (a.count == 0) return b;
  const double count = a.count + b.count, apart = b.mean - a.mean;
  const double share = b.count / count;
  return (Moment){count, a.mean + apart * share,
                  a.squares + b.squares + apart * apart * a.count * share};
}

// The deviations are from a mean rounded to the lane, so their own sum is not quite 0.
static Moment chunk_moment(const DscNormSets *sets, const void *values, int64_t count) {
  const double n = (double)count;
  double mean = 0, sums[2];
  if (sets->norm->centred) {
    mean = sets->loops->sum(values, count) / n;
    if (sets->lane == DSC_LANE_F32) mean = (double)(float)mean;
  }
  sets->loops->deviations(values, count, mean, sums);
  if (!sets->norm->centred) return (Moment){n, 0, sums[1]};
  const double away = sums[0] / n, squares = sums[1] - sums[0] * away;
  return (Moment){n, mean + away, squares < 0 ? 0 : squares};
}

static Moment moment_of(const DscNormSets *sets, int64_t set, int64_t from, int64_t to) {
  Values scratch;
  Moment moment = {0};
  for (DscNormSpan span = {.segment = from}; dsc_norm_next(sets, &sets->sums, to, &span);) {
    const void *x = dsc_norm_values(sets, &sets->sums, &span, set, sets->norm->x, &scratch);
    moment = combined(moment, chunk_moment(sets, x, span.count));
  }
  return moment;
}

static void write_set(const Forward *forward, int64_t set, int64_t from, int64_t to, double mean,
                      double rstd) {
  const DscNormSets *sets = &forward->sets;
  const DscNormLayout *parts = &sets->parts;
  Values scratch;
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
      sets->loops->apply(x, span.count, mean, rstd * weight, bias, y);
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

static void statistics(const Forward *forward, int64_t set, double *mean, double *rstd) {
  const DscNormSets *sets = &forward->sets;
  if (sets->norm->given) {
    *mean = dsc_norm_get(sets->lane, sets->norm->mean, set);
    *rstd = dsc_norm_get(sets->lane, sets->norm->rstd, set);
  } else {
    finish(forward, set, moment_of(sets, set, 0, sets->sums.segments), mean, rstd);
  }
}

static void whole_piece(void *context, int64_t piece) {
  const Forward *forward = context;
  const DscNormSets *sets = &forward->sets;
  const int64_t end = dsc_smaller((piece + 1) * sets->group, sets->sets);
  for (int64_t set = piece * sets->group; set < end; set++) {
    double mean, rstd;
    statistics(forward, set, &mean, &rstd);
    write_set(forward, set, 0, sets->parts.segments, mean, rstd);
  }
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
