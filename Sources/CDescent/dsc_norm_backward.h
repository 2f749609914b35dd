// What the gradients of normalisation by rows and by segments share; see norm_backward.c.
#ifndef DSC_NORM_BACKWARD_H
#define DSC_NORM_BACKWARD_H

#include "dsc_norm_sets.h"

typedef struct {
  DscNormSets sets;
  const char *grad;
  char *dx, *dweight, *dbias;
  // By rows: sets with the same weights are taken in `parts` pieces, each with sums of its own:
  // those of grad x', then those of grad.
  int64_t rows, parts;
  char *sums;
  double *pairs;  // by segments (or pieces of a channel): the sums of grad and of grad x' of each
} DscNormBackward;

static inline double dsc_norm_mean(const DscNormSets *sets, int64_t set) {
  return sets->norm->centred ? dsc_norm_get(sets->lane, sets->norm->mean, set) : 0;
}

// The coefficients of dx = grad weight scale + (x - mean) slope + offset, from the sums over a set
// of grad weight and of grad weight (x - mean) rstd.
static inline void dsc_norm_coefficients(const DscNormSets *sets, double sum, double product,
                                         double rstd, double *slope, double *offset) {
  const double count = (double)sets->count;
  *slope = sets->norm->given ? 0 : -rstd * rstd * product / count;
  *offset = sets->norm->given || !sets->norm->centred ? 0 : -rstd * sum / count;
}

// Adds the sums of grad weight and of grad weight (x - mean) over segments of a set.
void dsc_norm_add_products(const DscNormBackward *backward, const DscNormLayout *layout,
                           int64_t set, int64_t from, int64_t to, double *sum, double *product);

// Where each value of a set has a weight of its own.
int dsc_norm_backward_rows(DscNormBackward *backward);

#endif
