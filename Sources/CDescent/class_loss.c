// Negative log-likelihood of class indices, alone and behind a log-softmax.
#include <string.h>

#include "dsc_loops.h"
#include "dsc_sizes.h"
#include "dsc_stream.h"
#include "include/dsc_index.h"
#include "include/dsc_loss.h"
#include "include/dsc_pool.h"

enum {
  PIECE = 1 << 14,     // elements of one piece of parallel work
  CHUNK_BYTES = 8192,  // of a row, worked on at once
};

#define DEFINE_FORWARD(name, T)                                                                  \
  static int name(const DscClassLoss *loss, T *losses, T *sum, T *factors, int64_t *bad_index) { \
    const T *values = loss->log_probabilities, *weight = loss->weight;                           \
    const int64_t inner = loss->inner, rows = loss->outer * inner;                               \
    double total = 0, used = 0;                                                                  \
    for (int64_t row = 0; row < rows; row++) {                                                   \
      const int64_t target = loss->targets[row];                                                 \
      if (target == loss->ignored) {                                                             \
        if (losses) losses[row] = 0;                                                             \
        continue;                                                                                \
      }                                                                                          \
      if (target < 0 || target >= loss->classes) {                                               \
        *bad_index = target;                                                                     \
        return DSC_BAD_INDEX;                                                                    \
      }                                                                                          \
      const int64_t place = inner == 1                                                           \
                                ? row * loss->classes + target                                   \
                                : (row / inner * loss->classes + target) * inner + row % inner;  \
      const T factor = weight ? weight[target] : 1;                                              \
      const T value = -values[place] * factor;                                                   \
      if (losses) losses[row] = value;                                                           \
      total += (double)value;                                                                    \
      used += (double)factor;                                                                    \
    }                                                                                            \
    if (sum) *sum = (T)total;                                                                    \
    if (factors) *factors = (T)used;                                                             \
    return DSC_OK;                                                                               \
  }
DEFINE_FORWARD(forward_f32, float)
DEFINE_FORWARD(forward_f64, double)

int dsc_class_loss(const DscClassLoss *loss, void *losses, void *sum, void *factors,
                   int64_t *bad_index) {
  if (loss->dtype == DSC_FLOAT32) return forward_f32(loss, losses, sum, factors, bad_index);
  if (loss->dtype == DSC_FLOAT64) return forward_f64(loss, losses, sum, factors, bad_index);
  return DSC_UNSUPPORTED;
}

typedef struct {
  const DscClassLoss *loss;
  const void *gradient, *factors;
  char *out;
  int64_t group;  // outer positions of one piece
  DscLoop exp;    // NULL: the gradient of the log-probabilities
  size_t size;
  bool each;
  bool streams;  // the result goes past the cache
} Backward;

// out = exp(in), `count` elements of any alignment to the step of loops.
static void exponentials(const Backward *call, const char *in, int64_t count, char *out) {
  const int64_t whole = count & -DSC_STEP;
  const size_t done = (size_t)whole * call->size, rest = (size_t)(count - whole) * call->size;
  if (whole > 0) call->exp(whole, in, NULL, NULL, out);
  if (rest == 0) return;
  _Alignas(64) char tail[DSC_STEP * sizeof(double)] = {0};
  memcpy(tail, in + done, rest);
  call->exp(DSC_STEP, tail, NULL, NULL, tail);
  memcpy(out + done, tail, rest);
}

// A row's share of the gradient; 0 for one that is left out.
#define DEFINE_SHARE(name, T)                                                             \
  static T name(const Backward *call, int64_t row) {                                      \
    const DscClassLoss *loss = call->loss;                                                \
    const T *gradient = call->gradient, *factors = call->factors, *weight = loss->weight; \
    const int64_t target = loss->targets[row];                                            \
    if (target == loss->ignored) return 0;                                                \
    T share = gradient[call->each ? row : 0];                                             \
    if (factors) share /= *factors;                                                       \
    if (weight) share *= weight[target];                                                  \
    return share;                                                                         \
  }
DEFINE_SHARE(share_f32, float)
DEFINE_SHARE(share_f64, double)

// Every row times its share of the gradient, less that share at the target.
#define DEFINE_SHARES(name, share_of, T)                                             \
  static void name(const Backward *call, int64_t first, int64_t last) {              \
    const DscClassLoss *loss = call->loss;                                           \
    const int64_t classes = loss->classes, inner = loss->inner;                      \
    for (int64_t row = first * inner; row < last * inner; row++) {                   \
      const int64_t target = loss->targets[row];                                     \
      T *out = (T *)(void *)call->out + row / inner * classes * inner + row % inner; \
      const T share = share_of(call, row);                                           \
      if (call->exp)                                                                 \
        for (int64_t c = 0; c < classes; c++) out[c * inner] *= share;               \
      if (target != loss->ignored) out[target * inner] -= share;                     \
    }                                                                                \
  }
DEFINE_SHARES(shares_f32, share_f32, float)
DEFINE_SHARES(shares_f64, share_f64, double)

// The same for contiguous rows of logits, from the log-probabilities at once: a chunk of a row, or
// some short rows, stay in the first-level cache.
#define DEFINE_ROWS(name, share_of, T)                                                       \
  static void name(const Backward *call, int64_t first, int64_t last) {                      \
    const DscClassLoss *loss = call->loss;                                                   \
    enum { CHUNK = CHUNK_BYTES / sizeof(T) };                                                \
    _Alignas(64) T values[CHUNK];                                                            \
    const int64_t classes = loss->classes, group = classes < CHUNK ? CHUNK / classes : 1;    \
    for (int64_t row = first, rows; row < last; row += rows) {                               \
      rows = dsc_smaller(group, last - row);                                                 \
      for (int64_t from = 0; from < classes; from += CHUNK) {                                \
        const int64_t columns = dsc_smaller(CHUNK, classes - from), count = rows * columns;  \
        const int64_t offset = row * classes + from;                                         \
        const T *in = (const T *)loss->log_probabilities + offset;                           \
        T *out = (T *)(void *)call->out + offset;                                            \
        exponentials(call, (const char *)in, count, (char *)values);                         \
        for (int64_t r = 0; r < rows; r++) {                                                 \
          const int64_t target = loss->targets[row + r] - from;                              \
          const T share = share_of(call, row + r);                                           \
          T *value = values + r * columns;                                                   \
          for (int64_t c = 0; c < columns; c++) value[c] *= share;                           \
          if (target >= 0 && target < columns && loss->targets[row + r] != loss->ignored)    \
            value[target] -= share;                                                          \
        }                                                                                    \
        if (call->streams) {                                                                 \
          const DscAhead ahead = {(const char *)((uintptr_t)in + DSC_AHEAD * sizeof(float)), \
                                  sizeof(T)};                                                \
          dsc_stream(sizeof(T), values, count, out, &ahead, !dsc_fetches_alone());           \
        } else {                                                                             \
          memcpy(out, values, (size_t)count * sizeof(T));                                    \
        }                                                                                    \
      }                                                                                      \
    }                                                                                        \
    if (call->streams) dsc_stream_finish();                                                  \
  }
DEFINE_ROWS(rows_f32, share_f32, float)
DEFINE_ROWS(rows_f64, share_f64, double)

static void piece(void *context, int64_t index) {
  const Backward *call = context;
  const DscClassLoss *loss = call->loss;
  const int64_t first = index * call->group, size = loss->classes * loss->inner;
  const int64_t last = first + call->group < loss->outer ? first + call->group : loss->outer;
  if (call->exp && loss->inner == 1) {
    (call->size == sizeof(float) ? rows_f32 : rows_f64)(call, first, last);
    return;
  }
  const size_t offset = (size_t)(first * size) * call->size;
  char *out = call->out + offset;
  if (call->exp)
    exponentials(call, (const char *)loss->log_probabilities + offset, (last - first) * size, out);
  else
    memset(out, 0, (size_t)((last - first) * size) * call->size);
  (call->size == sizeof(float) ? shares_f32 : shares_f64)(call, first, last);
}

int dsc_class_loss_backward(const DscClassLoss *loss, const void *gradient, bool each,
                            const void *factors, bool logits, void *out) {
  const DscLane lane = dsc_dtype_lane(loss->dtype);
  if (!dsc_is_native(loss->dtype, lane) || (lane != DSC_LANE_F32 && lane != DSC_LANE_F64))
    return DSC_UNSUPPORTED;
  const int64_t size = loss->classes * loss->inner;
  if (loss->outer == 0 || size == 0) return DSC_OK;
  Backward call = {.loss = loss,
                   .gradient = gradient,
                   .factors = factors,
                   .out = out,
                   .group = PIECE > size ? PIECE / size : 1,
                   .exp = logits ? dsc_find_loop(dsc_target(), DSC_OP_EXP, lane) : NULL,
                   .size = dsc_lane_size(lane),
                   .each = each,
                   .streams = dsc_streams(loss->outer * size * (int64_t)dsc_lane_size(lane))};
  dsc_parallel((loss->outer + call.group - 1) / call.group, piece, &call);
  return DSC_OK;
}
