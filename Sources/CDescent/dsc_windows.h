// What the files of pooling share: the geometry of windows, compiled loops, and work cut in pieces.
#ifndef DSC_WINDOWS_H
#define DSC_WINDOWS_H

#include <stdatomic.h>

#include "dsc_loops.h"
#include "dsc_split.h"
#include "include/dsc_window.h"

enum {
  DSC_MAX_TAPS = 64,  // rows of values that a loop takes at once
  DSC_WINDOW_PIECE = 1 << 16,
  // Outputs of fewer columns are not worth a vector of columns.
  DSC_NARROW = 4,
};

/// Windows of one shape that are neighbours: `columns` elements of `line_count` lines, whose
/// channels lie next to each other. Steps, of columns and from a window to the next, are in values.
typedef struct {
  int64_t places, count;  // windows; channels
  int64_t step, out_step, column_step;
  int64_t ahead;  // how many bytes ahead elements are asked for
  int line_count, columns;
  bool streams;                     // results go past the cache: whole lines of it
  const void *lines[DSC_MAX_TAPS];  // the first window's elements
} DscWindowRun;

/// Some elements of a window, `step` values apart, whose channels lie next to each other.
typedef struct {
  int64_t count, columns, step;  // channels; elements
  const void *values;
  int64_t ahead;    // how many bytes ahead elements are asked for
  bool continues;   // the result so far is there
  int64_t divisor;  // of a sum: 1 where more elements come
} DscWindowPart;

/// Neighbouring rows of a window, `pitch` bytes apart. A loop reads whole vectors: up to DSC_STEP -
/// 1 values behind a row's last.
typedef struct {
  int64_t count, rows, pitch;  // columns
  const void *values;
  bool continues;               // the result so far is there
  int32_t number, number_step;  // of the first row, and from one to the next
} DscWindowRows;

/// The result of every window of a run.
void dsc_window_max_run(DscLane lane, const DscWindowRun *run, void *out);
void dsc_window_mean_run(DscLane lane, const DscWindowRun *run, int64_t divisor, void *out);
/// What the elements of a part make of a result.
void dsc_window_max_part(DscLane lane, const DscWindowPart *part, void *out);
void dsc_window_mean_part(DscLane lane, const DscWindowPart *part, void *out);

/// Loops over rows of `count` contiguous values of a lane; `taps` rows are taken one after the
/// other. What they write to holds the result so far.
typedef struct {
  void (*max)(int64_t count, int taps, const void *const *values, void *best);
  void (*max_numbers)(int64_t count, int taps, const void *const *values, const int32_t *numbers,
                      void *best, int32_t *best_numbers);
  void (*sum)(int64_t count, int taps, const void *const *values, void *sum);
  // Sums the values whose number is the tap's.
  void (*sum_chosen)(int64_t count, int taps, const void *const *values,
                     const int32_t *const *chosen, const int32_t *numbers, void *sum);
  void (*sum_chosen_bytes)(int64_t count, int taps, const void *const *values,
                           const uint8_t *const *chosen, const int32_t *numbers, void *sum);
  // values[i] /= divisors[i] * factor
  void (*divide)(int64_t count, void *values, const void *divisors, int64_t factor);
  // sum[i] = (sum[i] + all values[i]) / divisor
  void (*mean)(int64_t count, int taps, const void *const *values, int64_t divisor, void *sum);
  void (*fill_lowest)(int64_t count, void *out);
  // count pairs
  void (*split)(int64_t count, const void *pairs, void *even, void *odd);
  void (*join)(int64_t count, const void *even, const void *odd, void *pairs);
  void (*add_to_row)(int64_t from, int64_t to, const void *value, void *row);
} DscWindowLoops;

/// NULL for the BOOL lane.
const DscWindowLoops *dsc_window_loops(DscLane lane);

/// Element `of` of a list for the spatial dims.
enum { DSC_DEPTH, DSC_HEIGHT, DSC_WIDTH };

/// The elements of a window that lie in the input, along one dim.
typedef struct {
  int64_t from, to, step;
  int64_t number;  // of the first one in the window
} DscSpan;

static inline DscSpan dsc_window_span(const DscWindow *window, int dim, int64_t output) {
  const int64_t in = window->input[dim], out = window->output[dim];
  if (window->adaptive)
    return (DscSpan){output * in / out, ((output + 1) * in + out - 1) / out, 1, 0};
  const int64_t step = window->dilation[dim];
  const int64_t start = output * window->stride[dim] - window->padding[dim];
  const int64_t number = start < 0 ? dsc_parts(-start, step) : 0;
  const int64_t end = start + window->size[dim] * step;
  return (DscSpan){start + number * step, dsc_smaller(end, in), step, number};
}

/// Joins the rows of a window column by column; the numbers of the rows that largest ones were
/// found in too, unless that is NULL.
void dsc_window_sum_rows(DscLane lane, const DscWindowRows *rows, void *sums);
void dsc_window_max_rows(DscLane lane, const DscWindowRows *rows, void *best, int32_t *numbers);
/// Joins columns of a row, `count` windows of them, which DSC_STEP values follow.
void dsc_window_sum_columns(DscLane lane, const DscSpan *spans, int64_t count, const void *row,
                            void *sums);
/// False where a result is a NaN or a zero, of which there are several: it depends on the order
/// which one it is.
bool dsc_window_max_columns(DscLane lane, const DscSpan *spans, int64_t count, const void *row,
                            void *best);
/// The same with places in a plane of `width` columns, in the order of dsc_max_pool; false where
/// there is a NaN, which is not looked at.
bool dsc_window_max_places(DscLane lane, const DscSpan *spans, int64_t count, int64_t width,
                           const void *row, const int32_t *rows, void *best, int32_t *places);
/// The place of one window's largest value, which may have gaps between its columns.
int64_t dsc_window_max_place(DscLane lane, const DscSpan *span, int64_t width, const void *row,
                             const int32_t *rows, void *best);

/// What an average counts along one dim.
static inline int64_t dsc_window_count(const DscWindow *window, bool counts_padding, int dim,
                                       int64_t output) {
  if (counts_padding && !window->adaptive) {
    const int64_t start = output * window->stride[dim] - window->padding[dim];
    return dsc_smaller(window->size[dim], window->input[dim] + window->padding[dim] - start);
  }
  const DscSpan span = dsc_window_span(window, dim, output);
  return span.to - span.from;
}

/// The outputs whose windows may hold an input: `from` to `to`, neighbours of each other.
static inline DscSpan dsc_window_owners(const DscWindow *window, int dim, int64_t input) {
  const int64_t in = window->input[dim], out = window->output[dim];
  if (window->adaptive) return (DscSpan){input * out / in, ((input + 1) * out + in - 1) / in, 1, 0};
  const int64_t stride = window->stride[dim], place = input + window->padding[dim];
  const int64_t reach = (window->size[dim] - 1) * window->dilation[dim];
  const int64_t from = place > reach ? dsc_parts(place - reach, stride) : 0;
  return (DscSpan){from, dsc_smaller(out, place / stride + 1), 1, 0};
}

/// The number along one dim of an input in the window of an output, or -1 between the elements of a
/// dilated window.
static inline int64_t dsc_window_number(const DscWindow *window, int dim, int64_t output,
                                        int64_t input) {
  if (window->adaptive) return 0;
  const int64_t at = input + window->padding[dim] - output * window->stride[dim];
  if (window->dilation[dim] == 1) return at;
  return at % window->dilation[dim] == 0 ? at / window->dilation[dim] : -1;
}

static inline int64_t dsc_window_volume(const DscWindow *window) {
  return window->size[0] * window->size[1] * window->size[2];
}

// With a stride s every s-th column of the input belongs to one phase, so that an element of the
// window, which neighbouring outputs find s columns apart, is a run of its phase.

static inline int64_t dsc_window_shift(const DscWindow *window, int64_t number) {
  const int64_t offset = number * window->dilation[DSC_WIDTH] - window->padding[DSC_WIDTH];
  const int64_t stride = window->stride[DSC_WIDTH];
  return offset >= 0 ? offset / stride : -dsc_parts(-offset, stride);
}

/// The phase of an element of the window: where output 0 finds it is shift * stride + residue.
static inline int64_t dsc_window_residue(const DscWindow *window, int64_t number) {
  const int64_t offset = number * window->dilation[DSC_WIDTH] - window->padding[DSC_WIDTH];
  return offset - dsc_window_shift(window, number) * window->stride[DSC_WIDTH];
}

/// How many places of all phases are worked on at a time.
static inline int64_t dsc_window_tile(int64_t phases) {
  enum { PLACES = 512, VALUES = 1 << 14 };
  const int64_t fitting = VALUES / phases & -DSC_STEP;
  return fitting < DSC_STEP ? DSC_STEP : dsc_smaller(fitting, PLACES);
}

/// One pooling or its gradient.
typedef struct {
  DscWindow window;
  bool is_max, counts_padding;
  int64_t divisor;
  DscLane lane;
  int64_t size;  // of a value of the lane
  const DscWindowLoops *loops;
  // Forward: the input and the output. Backward: the gradient of the output and of the input.
  const DscView *source, *target;
  const DscView *numbers, *indices;
  int64_t units, group;  // of work; units of a piece
  const void *plan;      // what the way it runs prepared
  _Atomic int status;
} DscPooling;

/// Where a place of a view lies, in bytes.
static inline char *dsc_window_at(const DscView *view, int64_t n, int64_t c, int64_t d, int64_t h,
                                  int64_t w) {
  const int64_t *s = view->strides;
  const int64_t offset = n * s[0] + c * s[1] + d * s[2] + h * s[3] + w * s[4];
  static const uint8_t sizes[] = {
#define X(NAME, name, type, lane) [DSC_##NAME] = sizeof(type),
      DSC_DTYPES(X)
#undef X
  };
  return (char *)view->data + offset * sizes[view->dtype];
}

/// Where a view's elements lie: nothing else is read.
typedef struct {
  const char *begin, *end;
} DscExtent;

DscExtent dsc_window_extent(const DscWindow *window, const int64_t sizes[3], const DscView *view);

/// A row of a view: planes, depths and heights numbered in one go.
typedef struct {
  int64_t n, c, d, h;
} DscWindowRow;

static inline DscWindowRow dsc_window_row(const DscWindow *window, const int64_t sizes[3],
                                          int64_t number) {
  DscWindowRow row;
  row.h = number % sizes[DSC_HEIGHT], number /= sizes[DSC_HEIGHT];
  row.d = number % sizes[DSC_DEPTH], number /= sizes[DSC_DEPTH];
  row.c = number % window->channels, row.n = number / window->channels;
  return row;
}

static inline void dsc_window_next_row(const DscWindow *window, const int64_t sizes[3],
                                       DscWindowRow *row) {
  if (++row->h < sizes[DSC_HEIGHT]) return;
  row->h = 0;
  if (++row->d < sizes[DSC_DEPTH]) return;
  row->d = 0;
  if (++row->c < window->channels) return;
  row->c = 0;
  row->n++;
}

static inline char *dsc_window_row_at(const DscView *view, const DscWindowRow *row, int64_t w) {
  return dsc_window_at(view, row->n, row->c, row->d, row->h, w);
}

/// What a sum of the row is divided by in all columns: the counts along depth and height.
static inline int64_t dsc_window_row_count(const DscPooling *pooling, int64_t d, int64_t h) {
  if (pooling->divisor != 0) return 1;
  return dsc_window_count(&pooling->window, pooling->counts_padding, DSC_DEPTH, d) *
         dsc_window_count(&pooling->window, pooling->counts_padding, DSC_HEIGHT, h);
}
static inline int64_t dsc_window_column_count(const DscPooling *pooling, int64_t w) {
  return pooling->divisor != 0
             ? pooling->divisor
             : dsc_window_count(&pooling->window, pooling->counts_padding, DSC_WIDTH, w);
}

/// What an average at an output is divided by.
static inline int64_t dsc_window_divisor(const DscPooling *pooling, int64_t d, int64_t h,
                                         int64_t w) {
  return dsc_window_row_count(pooling, d, h) * dsc_window_column_count(pooling, w);
}

/// Writes the divisors of columns from `first` on; those outside the output are 1.
void dsc_window_divisors(const DscPooling *pooling, int64_t first, int64_t count, void *out);

/// Writes numbers, or the places that they stand for, of `count` outputs `step` columns of the
/// output apart: 1, or 0 for channels of one place.
void dsc_window_store_numbers(const DscPooling *pooling, const int32_t *numbers, int64_t count,
                              const DscWindowRow *row, int64_t column, bool by_channel);

/// A row of places whose channels lie next to each other: the row's channel is 0.
static inline DscWindowRow dsc_window_line(const int64_t sizes[3], int64_t number) {
  return (DscWindowRow){number / sizes[1] / sizes[0], 0, number / sizes[1] % sizes[0],
                        number % sizes[1]};
}
/// Runs `piece` over all units, `work` elements each.
int dsc_window_run(DscPooling *pooling, int64_t units, int64_t work,
                   void (*piece)(void *context, int64_t index));

// How a pooling runs: over columns of the output, over channels where they lie next to each other,
// or row by row where the output has few columns or windows of several sizes. Largest elements of
// contiguous lines are found where the lines lie.
bool dsc_window_lines_serve(const DscPooling *pooling);
int dsc_window_lines(DscPooling *pooling, bool backward);
int dsc_window_rows(DscPooling *pooling);
int dsc_window_rows_backward(DscPooling *pooling);
int dsc_window_channels(DscPooling *pooling);
int dsc_window_channels_backward(DscPooling *pooling);
int dsc_window_narrow(DscPooling *pooling);
int dsc_window_narrow_backward(DscPooling *pooling);

#endif
