#include "dsc_sort_tile.h"

#include "dsc_strided.h"

void dsc_bring_rows(size_t size, const void *in, int64_t stride, int64_t rows, int64_t columns,
                    int64_t pitch, void *out) {
  dsc_gather_tile(size, in, 1, stride, rows, columns, pitch, out);
}
