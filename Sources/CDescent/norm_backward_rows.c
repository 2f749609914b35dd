// The gradient of normalisation where each value of a set has a weight of its own (rows of a layer
// norm, groups of single values).
#include <stdlib.h>

#include "dsc_norm_backward.h"
#include "include/dsc_pool.h"

enum {
  // Sets whose gradients are written together, if they are short: the sums of the weights are
  // loaded once for all. Longer ones are faster in one stream to memory.
  RUN = 4,
  SHORT_BYTES = 1 << 11,
  // One piece of rows has its own sums for the weights: of enough rows to be worth it, and not so
  // many that rounding adds up.
  ROW_PIECE = 1 << 15,
  FEW_ROWS = 16,
  MANY_ROWS = 512,
};

// Writes the gradients of sets with the same weights, from `set` on, and adds to those of the
// weights.
static void write_run(const DscNormBackward *backward, DscNormRun *run, int64_t set, char *sums) {
  const DscNormSets *sets = &backward->sets;
  const int64_t size = sets->size, index = dsc_norm_index(sets, set, 0), count = sets->count;
  const int64_t stride = sets->period * count;
  // One set at a time where it goes past the cache.
  const bool streams = sets->streams && backward->dx && run->sets == 1;
  const int64_t at_once = streams ? sets->chunk : sets->native ? count : sets->chunk / RUN;
  DscNormValues grads, values;
  for (int64_t from = 0; from < count; from += at_once) {
    const DscNormLayout parts = {.stride = stride};
    const DscNormSpan span = {.offset = from, .segments = 1};
    const DscRectangle g = dsc_norm_place(sets, &parts, &span, set, backward->grad);
    const DscRectangle x = dsc_norm_place(sets, &parts, &span, set, sets->norm->x);
    DscRectangle dx = g;
    if (backward->dx) dx = dsc_norm_place(sets, &parts, &span, set, backward->dx);
    run->count = dsc_smaller(at_once, count - from);
    run->stride = sets->native ? stride : run->count;
    if (!sets->native) {
      dsc_load_rectangle(&g, run->sets, run->count, &grads);
      dsc_load_rectangle(&x, run->sets, run->count, &values);
    }
    sets->loops->gradient_each(
        run, sets->native ? g.data : grads.bytes, sets->native ? x.data : values.bytes,
        sets->weight ? sets->weight + (index + from) * size : NULL,
        backward->dx ? (sets->native && !streams ? dx.data : grads.bytes) : NULL,
        sums ? sums + from * size : NULL, sums ? sums + (count + from) * size : NULL);
    if (streams)
      dsc_norm_stream(sets, set * sets->set_stride + from, &grads, run->count, backward->dx);
    if (backward->dx && !sets->native)
      dsc_store_rectangle(sets->lane, &grads, run->sets, run->count, &dx);
  }
}

static void rows_piece(void *context, int64_t piece) {
  const DscNormBackward *backward = context;
  const DscNormSets *sets = &backward->sets;
  const int64_t at_once = sets->count * sets->size <= SHORT_BYTES ? RUN : 1;
  const int64_t first = piece / backward->parts, from = piece % backward->parts * sets->group;
  const int64_t end = dsc_smaller(from + sets->group, backward->rows);
  char *sums = backward->sums ? backward->sums + 2 * piece * sets->count * sets->size : NULL;
  for (int64_t row = from; row < end; row += at_once) {
    _Alignas(8) char means[RUN * sizeof(double)];
    double scale[RUN], slope[RUN], offset[RUN];
    DscNormRun run = {dsc_smaller(at_once, end - row), 0, 0, means, scale, slope, offset};
    for (int64_t i = 0; i < run.sets; i++) {
      const int64_t set = (row + i) * sets->period + first;
      const double rstd = dsc_norm_get(sets->lane, sets->norm->rstd, set);
      double sum = 0, product = 0;
      if (backward->dx) dsc_norm_add_products(backward, &sets->parts, set, 0, 1, &sum, &product);
      scale[i] = rstd;
      dsc_norm_coefficients(sets, sum, product * rstd, rstd, &slope[i], &offset[i]);
      dsc_norm_set(sets->lane, means, i, dsc_norm_mean(sets, set));
    }
    write_run(backward, &run, row * sets->period + first, sums);
  }
  if (sets->streams) dsc_stream_finish();
}

// The parameters' gradients from the sums of the sets with the same weights, `length` of which
// share one; `first` is the number of the first.
static void store_sums(const DscNormBackward *backward, const char *sums, int64_t first,
                       int64_t length) {
  const DscNormSets *sets = &backward->sets;
  char *const to[2] = {backward->dweight, backward->dbias};
  for (int i = 0; i < 2; i++) {
    const char *from = sums + i * sets->count * sets->size;
    if (!to[i]) continue;
    for (int64_t c = 0; c < sets->count / length; c++) {
      double sum = 0;
      for (int64_t k = 0; k < length; k++) sum += dsc_norm_get(sets->lane, from, c * length + k);
      dsc_norm_set(sets->lane, to[i], first + c, sum);
    }
  }
}

int dsc_norm_backward_rows(DscNormBackward *backward) {
  DscNormSets *sets = &backward->sets;
  const bool has_sums = backward->dweight || backward->dbias;
  const int64_t rows = ROW_PIECE / sets->count, period = sets->period;
  sets->group = rows < FEW_ROWS ? FEW_ROWS : dsc_smaller(rows, MANY_ROWS);
  backward->rows = sets->sets / period;
  backward->parts = dsc_parts(backward->rows, sets->group);
  const int64_t pieces = backward->parts * period, width = 2 * sets->count;
  if (has_sums) {
    backward->sums = calloc((size_t)(pieces * width), (size_t)sets->size);
    if (!backward->sums) return DSC_OUT_OF_MEMORY;
  }
  dsc_parallel(pieces, rows_piece, backward);
  for (int64_t first = 0; first < period && has_sums; first++) {
    const int64_t length = sets->norm->kind == DSC_NORM_GROUPS ? sets->norm->inner : 1;
    char *sums = backward->sums + first * backward->parts * width * sets->size;
    dsc_norm_fold(sets->lane, sums, backward->parts, width);
    store_sums(backward, sums, first * (sets->count / length), length);
  }
  free(backward->sums);
  return DSC_OK;
}
