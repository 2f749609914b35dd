// Some rows of a copy between elements of one size.
#ifndef DSC_COPYING_H
#define DSC_COPYING_H

#include <stddef.h>
#include <stdint.h>

/// Strides in elements; `size` of an element in bytes.
typedef struct {
  size_t size;
  int64_t rows, columns;
  const void *from;
  int64_t from_row, from_stride;
  void *to;
  int64_t to_row, to_stride;
} DscCopiedRows;

/// to[r * to_row + c * to_stride] = from[r * from_row + c * from_stride]
void dsc_copy_some_rows(const DscCopiedRows *rows);

#endif
