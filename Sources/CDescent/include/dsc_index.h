// Gathering, scattering and ordering by index. Indices are int64 and never wrapped or clipped here:
// each function checks them and returns the first offending value through `bad_index`.
#ifndef DSC_INDEX_H
#define DSC_INDEX_H

#include "dsc_types.h"

#define DSC_BAD_INDEX 16  // a DscStatus bit: *bad_index holds the value

typedef enum DSC_CLOSED_ENUM {
  DSC_SCATTER_ASSIGN,  // the last one in index order wins
  DSC_SCATTER_ADD,
  DSC_SCATTER_MULTIPLY,
  DSC_SCATTER_MAX,  // NaN propagates
  DSC_SCATTER_MIN,
} DscScatter;

/// out[i..] = source[i.. with coordinate dim replaced by index[i..]]. All views have ndim dims;
/// `shape` is that of index and out; 0 <= index < source_size. Stride-0 indices (an expanded
/// vector: indexSelect, embedding) copy whole rows. dtype of source and out agree.
int dsc_gather(int ndim, const int64_t *shape, int dim, int64_t source_size, const DscView *source,
               const DscView *index, const DscView *out, int64_t *bad_index);

/// self[i.. with coordinate dim replaced by index[i..]] op= source[i..]; `shape` is that of index;
/// source may be broadcast (stride 0). Combined in index order, whatever the threads. A bad index
/// is found before anything is written, unless self `is_new`, a result that is then of no use.
int dsc_scatter(DscScatter op, bool is_new, int ndim, const int64_t *shape, int dim,
                int64_t self_size, const DscView *self, const DscView *index, const DscView *source,
                int64_t *bad_index);

/// out[r] = the sum of source[k] over all k with index[k] == r, in ascending order of k: contiguous
/// matrices of `columns`, [rows, columns] and [count, columns], of float32 or float64. All of out
/// is written. The workspace holds so many numbers as dsc_sum_rows_workspace says.
int64_t dsc_sum_rows_workspace(DscDType dtype, int64_t count, int64_t rows, int64_t columns);
int dsc_sum_rows(DscDType dtype, int64_t count, const int64_t *index, int64_t rows, int64_t columns,
                 const void *source, void *out, int64_t *workspace, int64_t *bad_index);

/// Advanced indexing. `indices` are `count` (1 ... 8) index views over `shape` (their broadcast
/// shape followed by the kept dims of self, with stride 0 in the latter); element i of the result
/// lies at self.data + sum_j index_j(i) * index_stride[j] + (kept part: self.strides over `shape`,
/// 0 in the index part). 0 <= index_j < index_size[j] or negative from the end: -index_size[j] <=
/// index_j < 0 adds the size.
int dsc_index_gather(int ndim, const int64_t *shape, int count, const DscView *indices,
                     const int64_t *index_size, const int64_t *index_stride, const DscView *self,
                     const DscView *out, int64_t *bad_index);
/// The reverse: writes (ASSIGN) or adds (ADD) source into self at those places.
int dsc_index_scatter(DscScatter op, int ndim, const int64_t *shape, int count,
                      const DscView *indices, const int64_t *index_size,
                      const int64_t *index_stride, const DscView *self, const DscView *source,
                      int64_t *bad_index);

/// Number of non-zero elements of a view of any dtype.
int64_t dsc_count_nonzero(int ndim, const int64_t *shape, const DscView *input);
/// Coordinates of the non-zero elements in row-major order: out is [count, ndim] int64, contiguous.
void dsc_nonzero(int ndim, const int64_t *shape, const DscView *input, int64_t *out);
/// Elements of source whose mask (bool) is true, in row-major order, to contiguous out of the same
/// dtype.
void dsc_masked_select(int ndim, const int64_t *shape, const DscView *source, const DscView *mask,
                       void *out);
/// self = next element of contiguous source (same dtype) where mask is true, row-major.
void dsc_masked_scatter(int ndim, const int64_t *shape, const DscView *self, const DscView *mask,
                        const void *source);

/// Stable sort along `dim`, NaN as the largest; `values` and `indices` (int64) may be NULL.
int dsc_sort(bool descending, int ndim, const int64_t *shape, int dim, const DscView *input,
             const DscView *values, const DscView *indices);
/// The k largest (or smallest) along `dim` in sorted order; outputs have size k in `dim`; `shape`
/// is the input's.
int dsc_topk(bool largest, int64_t k, int ndim, const int64_t *shape, int dim, const DscView *input,
             const DscView *values, const DscView *indices);
/// Places that depend on a row's NaN. MEDIAN: the lower median, or the first NaN if there is one;
/// NANMEDIAN: the lower median of the numbers, the first element if there are none.
enum { DSC_MEDIAN = -1, DSC_NANMEDIAN = -2 };
/// The k-th smallest along `dim`, from 1, or the element at one of the places above: the one that a
/// stable sort has there. Outputs have size 1 in `dim`; either may be NULL.
int dsc_kth(int64_t k, int ndim, const int64_t *shape, int dim, const DscView *input,
            const DscView *values, const DscView *indices);
/// For each value the insertion point in its row of `sorted` (size `sorted_size`, stride
/// `sorted_stride`; the views' other dims given by `sorted` strides over `shape`): the first place
/// with sorted >= value, or > value if `right`. `sorter` (int64, laid out as sorted) may be NULL.
int dsc_searchsorted(bool right, int ndim, const int64_t *shape, const DscView *sorted,
                     int64_t sorted_size, int64_t sorted_stride, const DscView *sorter,
                     const DscView *values, const DscView *out);

#endif
