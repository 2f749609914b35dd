// What gathering and scattering share: places in one operand (self) named by indices, an element
// of the other operand for each of them.
#ifndef DSC_INDEXING_H
#define DSC_INDEXING_H

#include "dsc_walk.h"
#include "include/dsc_index.h"

#define DSC_MAX_INDICES   8
#define DSC_OFFSETS_BLOCK 512

/// Operands of the walk: self (without the indexed part), other, then the indices.
enum { DSC_SELF, DSC_OTHER, DSC_FIRST_INDEX };

/// The last two dims of the walk are the blocks: places, each with an index of its own, of columns
/// that share it.
typedef struct {
  DscWalk walk;
  char *self, *other;
  DscDType dtype;
  int64_t size;   // of an element in bytes
  int count;      // of indices
  bool negative;  // indices may count from the end
  bool checked;   // all indices are within bounds
  bool streams;   // blocks and rows write past the cache
  const int64_t *indices[DSC_MAX_INDICES];
  int64_t index_size[DSC_MAX_INDICES], index_stride[DSC_MAX_INDICES];
} DscIndexing;

/// Does one block: places `first` ..< first + `places` of a row, their offsets into `self` (in
/// elements), and the first element of `other`.
typedef void (*DscIndexingBlock)(const void *context, const DscIndexing *indexing, char *self,
                                 char *other, const int64_t *offsets, int64_t first,
                                 int64_t places);

/// Does a row of single places whose indices lie next to each other and are their offsets. False
/// where one of them is below 0 or out of bounds, which it looks for before it reads.
typedef bool (*DscIndexingRow)(const DscIndexing *indexing, const char *self, char *other,
                               const int64_t *index, int64_t places);

/// DSC_BAD_INDEX and the first value out of bounds, or DSC_OK.
int dsc_indexing_check(int ndim, const int64_t *shape, int count, const DscView *indices,
                       bool negative, const int64_t *index_size, int64_t *bad_index);
/// Makes the plan of an advanced index. Returns DscStatus bits.
int dsc_indexing_plan(int ndim, const int64_t *shape, int count, const DscView *indices,
                      bool negative, const int64_t *index_size, const int64_t *index_stride,
                      const DscView *self, const DscView *other, DscIndexing *plan);
/// Runs all blocks on the pool. With `ordered`, places that may coincide are visited in row-major
/// order, by one thread: only dims in which self has a stride are cut. `row` may be NULL; else it
/// does the rows it can. Returns DscStatus bits; DSC_BAD_INDEX leaves blocks out.
int dsc_indexing_run(const DscIndexing *plan, bool ordered, DscIndexingBlock block,
                     DscIndexingRow row, const void *context);
/// The same where neighbouring places have an index each into rows far apart, if there are enough
/// of them: by stripes of columns, which a copy holds next to each other in the cache. Returns
/// whether that was done, and in `status` what dsc_indexing_run returns.
bool dsc_indexing_by_stripes(const DscIndexing *plan, bool writes, DscIndexingBlock block,
                             const void *context, int *status);

/// Whether low <= index[k] < high for all k; low <= 0.
bool dsc_indices_within(const int64_t *index, int64_t count, int64_t low, int64_t high);
/// offsets[k] = (index[k] << shift) + k. Returns whether 0 <= index[k] < high for all k.
bool dsc_indices_of_stripe(const int64_t *index, int64_t count, int64_t high, int shift,
                           int64_t *offsets);

#endif
