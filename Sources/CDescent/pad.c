// Tensors made larger at their edges by elements of their own: each place of a padded dim names the
// place of the input that stands there.
#include <string.h>

#include "dsc_sizes.h"
#include "dsc_strided.h"
#include "include/dsc_pointwise.h"
#include "include/dsc_pool.h"

enum { PIECE_BYTES = 1 << 17 };

typedef struct {
  size_t size;
  int dims;  // of lines within an image: all padded ones but the last
  int64_t in_shape[DSC_MAX_PADDED], out_shape[DSC_MAX_PADDED];
  const int64_t *places[DSC_MAX_PADDED];
  const char *in;
  char *out;
  int64_t before, run, width,
      in_width;      // of a line: elements before the run that is copied as it lies
  int64_t in_lines;  // of an image of the input
  int64_t lines, lines_per_image, lines_per_piece;
} Padding;

// The longest run of neighbours in a line.
static void find_run(Padding *padding, const int64_t *places) {
  for (int64_t i = 0; i < padding->width;) {
    int64_t end = i + 1;
    while (end < padding->width && places[end] == places[end - 1] + 1) end++;
    if (end - i > padding->run) padding->run = end - i, padding->before = i;
    i = end;
  }
}

// Which line of an image of the input stands at a line of the result's.
static int64_t source_line(const Padding *padding, int64_t rest) {
  if (padding->dims == 1) return padding->places[0][rest];
  int64_t at = 0, step = 1;
  for (int d = padding->dims - 1; d >= 0; d--) {
    at += padding->places[d][rest % padding->out_shape[d]] * step;
    rest /= padding->out_shape[d];
    step *= padding->in_shape[d];
  }
  return at;
}

static void pad_lines(void *context, int64_t piece) {
  const Padding *padding = context;
  const int64_t *places = padding->places[padding->dims];
  const int64_t size = (int64_t)padding->size, before = padding->before, run = padding->run;
  const int64_t behind = before + run, width = padding->width;
  const int64_t first = piece * padding->lines_per_piece;
  const int64_t end = dsc_smaller(first + padding->lines_per_piece, padding->lines);
  int64_t image = first / padding->lines_per_image, row = first % padding->lines_per_image;
  char *out = padding->out + first * width * size;
  for (int64_t line = first; line < end; line++, row++, out += width * size) {
    if (row == padding->lines_per_image) row = 0, image++;
    const int64_t source = image * padding->in_lines + source_line(padding, row);
    const char *in = padding->in + source * padding->in_width * size;
    memcpy(out + before * size, in + places[before] * size, (size_t)(run * size));
    DSC_FOR_SIZE(padding->size, {
      const T *from = (const T *)(const void *)in;
      T *to = (T *)(void *)out;
      for (int64_t i = 0; i < before; i++) to[i] = from[places[i]];
      for (int64_t i = behind; i < width; i++) to[i] = from[places[i]];
    })
  }
}

void dsc_pad_edges(DscDType dtype, int64_t images, int dims, const int64_t *in_shape,
                   const int64_t *out_shape, const int64_t *const *places, const void *in,
                   void *out) {
  Padding padding = {.size = dsc_dtype_size(dtype), .dims = dims - 1, .in = in, .out = out};
  padding.lines_per_image = padding.in_lines = 1;
  for (int d = 0; d < dims; d++) {
    padding.in_shape[d] = in_shape[d];
    padding.out_shape[d] = out_shape[d];
    padding.places[d] = places[d];
    if (d == dims - 1) break;
    padding.lines_per_image *= out_shape[d];
    padding.in_lines *= in_shape[d];
  }
  padding.in_width = in_shape[dims - 1];
  padding.width = out_shape[dims - 1];
  padding.lines = images * padding.lines_per_image;
  if (padding.lines == 0 || padding.width == 0) return;
  find_run(&padding, places[dims - 1]);
  padding.lines_per_piece = dsc_larger(PIECE_BYTES / (padding.width * (int64_t)padding.size), 1);
  dsc_parallel(dsc_parts(padding.lines, padding.lines_per_piece), pad_lines, &padding);
}
