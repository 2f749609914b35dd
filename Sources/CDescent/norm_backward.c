// The gradient of normalisation by rows, groups and channels: with x' = (x - mean) rstd and
// h = grad weight it is rstd (h - mean(h) - x' mean(h x')), and for weight and bias the sums of
// grad x' and of grad.
#include <stdlib.h>
#include <string.h>

#include "dsc_norm_backward.h"
#include "include/dsc_pool.h"

enum { SHORT_SEGMENT = 256 };  // segments whose sums are made many at a time

// Adds the sums of grad weight and of grad weight (x - mean) over segments of a set.
void dsc_norm_add_products(const DscNormBackward *backward, const DscNormLayout *layout,
                           int64_t set, int64_t from, int64_t to, double *sum, double *product) {
  const DscNormSets *sets = &backward->sets;
  const double mean = dsc_norm_mean(sets, set);
  DscNormValues grads, values;
  for (DscNormSpan span = {.segment = from}; dsc_norm_next(sets, layout, to, &span);) {
    const void *g = dsc_norm_values(sets, layout, &span, set, backward->grad, &grads);
    const void *x = dsc_norm_values(sets, layout, &span, set, sets->norm->x, &values);
    const char *weight = NULL;
    if (sets->each && sets->weight)
      weight = sets->weight + (dsc_norm_index(sets, set, 0) + span.offset) * sets->size;
    const DscNormBlock block = dsc_norm_block(sets, layout, &span);
    double both[2];
    sets->loops->products(&block, g, x, weight, mean, both);
    *sum += both[0];
    *product += both[1];
  }
}

// Writes the gradient of segments of a set from the sums of the whole.
static void write_set(const DscNormBackward *backward, int64_t set, int64_t from, int64_t to,
                      double sum, double product) {
  const DscNormSets *sets = &backward->sets;
  const DscNormLayout *parts = &sets->parts;
  const double mean = dsc_norm_mean(sets, set),
               rstd = dsc_norm_get(sets->lane, sets->norm->rstd, set);
  DscNormValues grads, values;
  double slope, offset;
  dsc_norm_coefficients(sets, sum, product, rstd, &slope, &offset);
  if (sets->spread && sets->native) {
    _Alignas(8) char means[sizeof(double)];
    dsc_norm_set(sets->lane, means, 0, mean);
    const DscNormRun run = {1, sets->count, 0, means, &rstd, &slope, &offset};
    const int64_t at = set * sets->set_stride;
    const int64_t first = dsc_norm_index(sets, set, 0) * parts->length;
    const bool streams = sets->streams && sets->count <= sets->chunk;
    sets->loops->gradient_each(&run, backward->grad + at * sets->size,
                               (const char *)sets->norm->x + at * sets->size,
                               sets->spread + first * sets->size,
                               streams ? grads.bytes : backward->dx + at * sets->size, NULL, NULL);
    if (streams) dsc_norm_stream(sets, at, &grads, sets->count, backward->dx);
    return;
  }
  for (DscNormSpan span = {.segment = from}; dsc_norm_next(sets, parts, to, &span);) {
    const void *g = dsc_norm_values(sets, parts, &span, set, backward->grad, &grads);
    const void *x = dsc_norm_values(sets, parts, &span, set, sets->norm->x, &values);
    void *dx = dsc_norm_target(sets, parts, &span, set, backward->dx, &grads);
    const int64_t index = dsc_norm_index(sets, set, span.segment);
    const double weight = sets->weight ? dsc_norm_get(sets->lane, sets->weight, index) : 1;
    const DscNormBlock block = dsc_norm_block(sets, parts, &span);
    sets->loops->gradient(&block, g, x, mean, rstd * weight, slope, offset, dx);
    dsc_norm_put(sets, parts, &span, set, dx, backward->dx);
  }
}

// Adds up pairs `first` ..< first + count, weighted.
static void total(const DscNormBackward *backward, int64_t set, int64_t first, int64_t count,
                  double *sum, double *product) {
  const DscNormSets *sets = &backward->sets;
  const int64_t index = dsc_norm_index(sets, set, 0), step = sets->segment_step;
  const double *pairs = backward->pairs + 2 * first;
  double sums = 0, products = 0;
  for (int64_t i = 0; i < count; i++) {
    const double weight =
        sets->weight ? dsc_norm_get(sets->lane, sets->weight, index + i * step) : 1;
    sums += weight * pairs[2 * i];
    products += weight * pairs[2 * i + 1];
  }
  *sum = sums;
  *product = products;
}

static void fill_pair(const DscNormBackward *backward, const DscNormLayout *layout, int64_t pair,
                      int64_t set, int64_t from, int64_t to) {
  const DscNormSets *sets = &backward->sets;
  double sum = 0, product = 0;
  dsc_norm_add_products(backward, layout, set, from, to, &sum, &product);
  backward->pairs[2 * pair] = sum;
  backward->pairs[2 * pair + 1] = product * dsc_norm_get(sets->lane, sets->norm->rstd, set);
}

// The pairs of all segments of a set.
static void fill_pairs(const DscNormBackward *backward, int64_t set) {
  const DscNormSets *sets = &backward->sets;
  const DscNormLayout *parts = &sets->parts;
  if (parts->length > SHORT_SEGMENT || !sets->native) {
    for (int64_t s = 0; s < parts->segments; s++)
      fill_pair(backward, parts, set * parts->segments + s, set, s, s + 1);
    return;
  }
  const int64_t at = set * sets->set_stride * sets->size;
  const double rstd = dsc_norm_get(sets->lane, sets->norm->rstd, set);
  double *pairs = backward->pairs + 2 * set * parts->segments;
  sets->loops->products_segments(backward->grad + at, (const char *)sets->norm->x + at,
                                 parts->segments, parts->length, dsc_norm_mean(sets, set), pairs);
  for (int64_t s = 0; s < parts->segments; s++) pairs[2 * s + 1] *= rstd;
}

static void whole_piece(void *context, int64_t piece) {
  const DscNormBackward *backward = context;
  const DscNormSets *sets = &backward->sets;
  const int64_t segments = sets->parts.segments;
  const bool by_channel = sets->norm->kind == DSC_NORM_CHANNELS;
  const int64_t pairs = by_channel ? 1 : segments;
  const int64_t end = dsc_smaller((piece + 1) * sets->group, sets->sets);
  for (int64_t set = piece * sets->group; set < end; set++) {
    double sum, product;
    if (by_channel) {
      fill_pair(backward, &sets->sums, set, set, 0, segments);
    } else {
      fill_pairs(backward, set);
    }
    total(backward, set, set * pairs, pairs, &sum, &product);
    if (backward->dx) write_set(backward, set, 0, segments, sum, product);
  }
  if (sets->streams) dsc_stream_finish();
}

static void sum_piece(void *context, int64_t piece) {
  const DscNormBackward *backward = context;
  const DscNormSets *sets = &backward->sets;
  const int64_t from = piece % sets->pieces * sets->piece;
  fill_pair(backward, &sets->sums, piece, piece / sets->pieces, from,
            dsc_smaller(from + sets->piece, sets->sums.segments));
}

static void write_piece(void *context, int64_t piece) {
  const DscNormBackward *backward = context;
  const DscNormSets *sets = &backward->sets;
  const int64_t set = piece / sets->pieces, from = piece % sets->pieces * sets->piece;
  double sum, product;
  total(backward, set, set * sets->pieces, sets->pieces, &sum, &product);
  write_set(backward, set, from, dsc_smaller(from + sets->piece, sets->parts.segments), sum,
            product);
  if (sets->streams) dsc_stream_finish();
}

// The parameters' gradients: parameter c has `parts` pairs `step` apart from c * first on.
static void store_pairs(const DscNormBackward *backward, int64_t first, int64_t parts,
                        int64_t step) {
  const DscLane lane = backward->sets.lane;
  for (int64_t c = 0; c < backward->sets.norm->channels; c++) {
    double sum = 0, product = 0;
    for (int64_t i = 0; i < parts; i++) {
      const double *pair = &backward->pairs[2 * (c * first + i * step)];
      sum += pair[0];
      product += pair[1];
    }
    if (backward->dweight) dsc_norm_set(lane, backward->dweight, c, product);
    if (backward->dbias) dsc_norm_set(lane, backward->dbias, c, sum);
  }
}

static int run_segments(DscNormBackward *backward) {
  const DscNormSets *sets = &backward->sets;
  const DscNorm *norm = sets->norm;
  const bool by_channel = norm->kind == DSC_NORM_CHANNELS;
  const int64_t pairs = by_channel ? norm->channels * sets->pieces : norm->outer * norm->channels;
  const int64_t pieces = dsc_norm_pieces(sets);
  backward->pairs = malloc((size_t)pairs * 2 * sizeof(double));
  if (!backward->pairs) return DSC_OUT_OF_MEMORY;
  if (sets->pieces > 1) {
    dsc_parallel(pieces, sum_piece, backward);
    if (backward->dx) dsc_parallel(pieces, write_piece, backward);
  } else {
    dsc_parallel(pieces, whole_piece, backward);
  }
  if (by_channel) {
    store_pairs(backward, sets->pieces, sets->pieces, 1);
  } else {
    store_pairs(backward, 1, norm->outer, norm->channels);
  }
  free(backward->pairs);
  return DSC_OK;
}

int dsc_norm_backward(const DscNorm *norm, const void *grad, void *dx, void *dweight, void *dbias) {
  const DscLane lane = dsc_dtype_lane(norm->dtype);
  if (lane != DSC_LANE_F32 && lane != DSC_LANE_F64) return DSC_UNSUPPORTED;
  if (norm->kind == DSC_NORM_CHANNELS_LAST)
    return dsc_norm_columns_backward(norm, grad, dx, dweight, dbias);
  DscNormBackward backward = {.grad = grad, .dx = dx, .dweight = dweight, .dbias = dbias};
  if (!dx && !dweight && !dbias) return DSC_OK;
  if (!dsc_norm_sets(&backward.sets, norm, true)) return DSC_OUT_OF_MEMORY;
  const DscNormSets *sets = &backward.sets;
  backward.sets.grad = grad;
  int status = DSC_OK;
  if (sets->sets > 0 && sets->count > 0) {
    status = sets->each ? dsc_norm_backward_rows(&backward) : run_segments(&backward);
  } else {
    const int64_t count = norm->kind == DSC_NORM_ROWS ? norm->inner : norm->channels;
    if (dweight) memset(dweight, 0, (size_t)(count * sets->size));
    if (dbias) memset(dbias, 0, (size_t)(count * sets->size));
  }
  free(backward.sets.memory);
  return status;
}
