// Moving elements of 1, 2, 4 or 8 bytes between strided and contiguous memory.
#ifndef DSC_STRIDED_H
#define DSC_STRIDED_H

#include <string.h>

#include "include/dsc_types.h"

// Runs `STATEMENT` with T an unsigned integer of `size` bytes.
#define DSC_FOR_SIZE(size, STATEMENT) \
  switch (size) {                     \
    case 1: {                         \
      typedef uint8_t T;              \
      STATEMENT;                      \
      break;                          \
    }                                 \
    case 2: {                         \
      typedef uint16_t T;             \
      STATEMENT;                      \
      break;                          \
    }                                 \
    case 4: {                         \
      typedef uint32_t T;             \
      STATEMENT;                      \
      break;                          \
    }                                 \
    default: {                        \
      typedef uint64_t T;             \
      STATEMENT;                      \
      break;                          \
    }                                 \
  }

/// out[i] = *value
static inline void dsc_fill(size_t size, const void *value, int64_t count, void *out) {
  DSC_FOR_SIZE(size, {
    const T v = *(const T *)value;
    T *to = out;
    for (int64_t i = 0; i < count; i++) to[i] = v;
  })
}

/// out[r * out_row + c * out_stride] = in[r * in_row + c * in_stride]; strides in elements.
static inline void dsc_copy_rows(size_t size, const void *in, int64_t in_row, int64_t in_stride,
                                 int64_t rows, int64_t columns, void *out, int64_t out_row,
                                 int64_t out_stride) {
  if (in_stride == 1 && out_stride == 1 && (size_t)columns * size >= 64) {
    for (int64_t r = 0; r < rows; r++)
      memcpy((char *)out + r * out_row * (int64_t)size,
             (const char *)in + r * in_row * (int64_t)size, (size_t)columns * size);
    return;
  }
  // Strides that the compiler knows make vectors of the inner loop.
  if (in_stride == 0 && out_stride == 1) {
    DSC_FOR_SIZE(size, {
      const T *from = in;
      T *to = out;
      for (int64_t r = 0; r < rows; r++, from += in_row, to += out_row) {
        const T value = *from;
        for (int64_t c = 0; c < columns; c++) to[c] = value;
      }
    })
    return;
  }
  DSC_FOR_SIZE(size, {
    const T *from = in;
    T *to = out;
    for (int64_t r = 0; r < rows; r++, from += in_row, to += out_row)
      for (int64_t c = 0; c < columns; c++) to[c * out_stride] = from[c * in_stride];
  })
}

/// out[r * columns + c] = in[r * row_stride + c * stride]
static inline void dsc_gather_rows(size_t size, const void *in, int64_t row_stride, int64_t stride,
                                   int64_t rows, int64_t columns, void *out) {
  dsc_copy_rows(size, in, row_stride, stride, rows, columns, out, columns, 1);
}

/// out[r * row_stride + c * stride] = in[r * columns + c]
static inline void dsc_scatter_rows(size_t size, const void *in, int64_t row_stride, int64_t stride,
                                    int64_t rows, int64_t columns, void *out) {
  dsc_copy_rows(size, in, columns, 1, rows, columns, out, row_stride, stride);
}

/// out[i] = in[i * stride]
static inline void dsc_gather(size_t size, const void *in, int64_t stride, int64_t count,
                              void *out) {
  if (stride == 1) {
    memcpy(out, in, (size_t)count * size);
  } else if (stride == 0) {
    dsc_fill(size, in, count, out);
  } else {
    dsc_gather_rows(size, in, 0, stride, 1, count, out);
  }
}

/// out[i * stride] = in[i]
static inline void dsc_scatter(size_t size, const void *in, int64_t stride, int64_t count,
                               void *out) {
  if (stride == 1) {
    memcpy(out, in, (size_t)count * size);
  } else {
    dsc_scatter_rows(size, in, 0, stride, 1, count, out);
  }
}

/// out[r * pitch + c] = in[r * row_stride + c * stride], reading along r: where row_stride is 1
/// every cache line is read once. The columns ahead are fetched early, as no processor sees the
/// pattern.
static inline void dsc_gather_tile(size_t size, const void *in, int64_t row_stride, int64_t stride,
                                   int64_t rows, int64_t columns, int64_t pitch, void *out) {
  enum { AHEAD = 8, LINE = 64 };
  DSC_FOR_SIZE(size, {
    const T *from = in;
    T *to = out;
    for (int64_t c = 0; c < columns; c++, from += stride, to++) {
      if (c + AHEAD < columns)
        for (int64_t r = 0; r < rows; r += LINE / (int64_t)sizeof(T))
          __builtin_prefetch(from + AHEAD * stride + r * row_stride);
      for (int64_t r = 0; r < rows; r++) to[r * pitch] = from[r * row_stride];
    }
  })
}

/// Repeats the last of `count` elements up to `padded` elements: harmless values for the loops that
/// work in steps.
static inline void dsc_pad(size_t size, int64_t count, int64_t padded, void *values) {
  if (count < padded) {
    char *end = (char *)values + (size_t)count * size;
    dsc_fill(size, end - size, padded - count, end);
  }
}

#endif
