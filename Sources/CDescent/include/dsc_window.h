// Windows sliding over one to three spatial dimensions: pooling and its gradients.
//
// Every operand is a view of [batch, channels, depth, height, width]; fewer spatial dimensions have
// size 1 in front. Work is cut by sizes alone and every element is computed by one thread.
#ifndef DSC_WINDOW_H
#define DSC_WINDOW_H

#include "dsc_types.h"

/// The largest number of elements of a window whose numbers fit in a byte.
#define DSC_WINDOW_BYTE_NUMBERS 256

typedef struct {
  int64_t batch, channels;
  int64_t input[3], output[3];
  int64_t size[3], stride[3], padding[3], dilation[3];
  // Windows that divide the input evenly; size, stride, padding and dilation are not read.
  bool adaptive;
} DscWindow;

/// The largest element of each window. The first of equal ones wins, but the last NaN wins over all
/// (PyTorch's order). `numbers` (uint8, or int32 for larger windows) becomes the number of that
/// element in its window, row-major; `indices` (int64) its place in the input's plane. Either may
/// be NULL; adaptive windows have no numbers. All dtypes but bool.
int dsc_max_pool(const DscWindow *window, const DscView *input, const DscView *output,
                 const DscView *numbers, const DscView *indices);
/// The gradient: each element of `gradient` is added where the window found its largest element.
/// Adaptive windows give their indices as `numbers`.
int dsc_max_pool_backward(const DscWindow *window, const DscView *gradient, const DscView *numbers,
                          const DscView *output);

/// The sum of each window divided by `divisor` or, if that is 0, by the number of its elements,
/// those in the padding included if `counts_padding`. Floating dtypes and int64 (which truncates).
int dsc_avg_pool(const DscWindow *window, bool counts_padding, int64_t divisor,
                 const DscView *input, const DscView *output);
int dsc_avg_pool_backward(const DscWindow *window, bool counts_padding, int64_t divisor,
                          const DscView *gradient, const DscView *output);

#endif
