// Bringing rows together whose elements lie next to each other.
#ifndef DSC_SORT_TILE_H
#define DSC_SORT_TILE_H

#include <stddef.h>
#include <stdint.h>

/// out[r * pitch + c] = in[r + c * stride], elements of `size` bytes.
void dsc_bring_rows(size_t size, const void *in, int64_t stride, int64_t rows, int64_t columns,
                    int64_t pitch, void *out);

#endif
