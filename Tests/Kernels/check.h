// What the tests of the kernels share: random numbers, strided arrays read and written as doubles,
// and comparisons that are counted.
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../Sources/CDescent/dsc_targets.h"
#include "../../Sources/CDescent/include/CDescent.h"

/// Uniform in ±1; Marsaglia's xorshift, begun anew for every family.
double draw(void);
/// From 0 ..< n.
int64_t below(int64_t n);
bool chance(int64_t one_in);

/// A size from 0 or 1 to `most`, often at the ends and beside whole vectors.
int64_t any_size(int64_t most);
/// The sizes of one to four dims, of which a few reach `most`; returns how many.
int random_shape(int64_t *shape, int64_t most);

/// An array of any dtype in any layout, with room around it that nothing may write.
typedef struct {
  DscView view;
  int ndim;
  int64_t shape[DSC_MAX_DIMS], count;
  char *memory,
      *before;  // `before`: a copy of the memory, to find what was written beside the elements
  size_t bytes;
} Array;

typedef enum {
  CONTIGUOUS,
  STRIDED,
  EXPANDED
} Layout;  // EXPANDED: also strides of 0, to be read alone

/// Makes an array of zeros.
Array array(DscDType dtype, int ndim, const int64_t *shape, Layout layout);
Array vector(DscDType dtype, int64_t count);
/// Fills it with numbers in ±size that the dtype holds; `specials`: also NaN and infinities.
void fill(Array *a, double size, bool specials);
/// Where element `index`, row-major, lies; and the elements as doubles (int64 beyond 2^53 lose
/// bits).
void *place(const Array *a, int64_t index);
double get(const Array *a, int64_t index);
void set(Array *a, int64_t index, double value);
/// Frees it, after checking that nothing was written beside its elements.
void release(Array *a);

/// The number nearest to a value that a dtype holds: rounded, truncated or wrapped as stores are.
double rounded(DscDType dtype, double value);
bool is_floating(DscDType dtype);
/// The unit of the last place of a dtype's numbers of this size.
double unit_of(DscDType dtype, double value);
DscDType any_floating(void);
DscDType any_dtype(void);

/// Counts a check and says what failed, at most a few times a family.
#define CHECK(condition, ...) check((condition), __FILE__, __LINE__, __VA_ARGS__)
void check(bool holds, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/// Whether both are NaN, or equal, or within a tolerance.
bool near(double got, double expected, double tolerance);
/// `count` numbers in ±1.
Array filled(DscDType dtype, int64_t count);
/// The error of a sum in units of what rounding may do: a sum of random signs grows with the root
/// of its terms, and the roundings of its steps with theirs.
double error_of(double got, double expected, double terms, DscDType dtype);
/// What is left of that error of a sum over k which may be rounded once more, to a half.
double unexplained(double result, double expected, int64_t k, DscDType dtype);

// Calls with the first element of each row along a dimension, and the step between its elements,
// both as row-major indices.
#define FOR_ROWS(array_, dim_)                                                 \
  int64_t length = (array_).shape[dim_], inner = 1;                            \
  for (int d = (dim_) + 1; d < (array_).ndim; d++) inner *= (array_).shape[d]; \
  for (int64_t row = 0; length > 0 && row < (array_).count / length; row++)    \
    for (int64_t first = row / inner * inner * length + row % inner, once = 1; once; once = 0)

// The families.
void check_products(void);
void check_large_products(void);
void check_convolutions(void);
void check_attention(void);
void check_recurrent(void);
void check_pointwise(void);
void check_programs(void);
void check_integers(void);
void check_copies(void);
void check_reductions(void);
void check_softmax(void);
void check_norms(void);
void check_pooling(void);
void check_indexing(void);
void check_ordering(void);
void check_random(void);
void check_updates(void);
void check_threads(void);

#endif
