// Sequences: arange and linspace.
#include <math.h>

#include "dsc_evaluate.h"
#include "dsc_loops.h"
#include "dsc_sizes.h"
#include "include/dsc_pool.h"

#define DSC_BODY "fill_body.h"
#include "dsc_for_each_target.h"

enum { CHUNK = 256, PIECE = 1 << 15 };

typedef struct {
  DscDType dtype;
  int64_t count;
  DscScalar from;  // arange
  DscScalar step;
  double start, end;  // linspace
  void *out;
} Sequence;

static inline bool is_integer(DscDType dtype) {
  const DscLane lane = dsc_dtype_lane(dtype);
  return lane == DSC_LANE_I64 || lane == DSC_LANE_BOOL;
}

static inline char *element(const Sequence *s, int64_t index) {
  return (char *)s->out + (size_t)index * dsc_dtype_size(s->dtype);
}

static void arange_piece(void *context, int64_t piece) {
  const Sequence *s = context;
  const int64_t end = dsc_smaller(s->count, (piece + 1) * PIECE);
  for (int64_t first = piece * PIECE; first < end; first += CHUNK) {
    const int32_t n = (int32_t)dsc_smaller(CHUNK, end - first);
    if (is_integer(s->dtype)) {
      int64_t values[CHUNK];
      const uint64_t start = (uint64_t)s->from.i + (uint64_t)s->step.i * (uint64_t)first;
      DSC_DISPATCH(integers)((int64_t)start, s->step.i, n, values);
      dsc_store_lane(DSC_LANE_I64, values, n, s->dtype, element(s, first), 1);
    } else {
      double values[CHUNK];
      DSC_DISPATCH(products)(s->from.d, s->step.d, first, n, values);
      dsc_store_lane(DSC_LANE_F64, values, n, s->dtype, element(s, first), 1);
    }
  }
}

void dsc_arange(DscDType dtype, int64_t count, DscScalar start, DscScalar step, void *out) {
  Sequence s = {.dtype = dtype, .count = count, .from = start, .step = step, .out = out};
  dsc_parallel(dsc_parts(count, PIECE), arange_piece, &s);
}

// torch.linspace steps from the nearer end and fuses the multiplication with the addition; integers
// step in double and truncate; float16 and bfloat16 round after every operation.
static double rounded(DscDType dtype, double value) {
  if (dtype == DSC_FLOAT64) return value;
  float narrow = (float)value;
  if (dtype != DSC_FLOAT32) {
    uint16_t half;
    dsc_store_lane(DSC_LANE_F32, &narrow, 1, dtype, &half, 1);
    dsc_load_lane(dtype, &half, 1, 1, &narrow);
  }
  return narrow;
}

// `count` elements whose indices go from `first` on, one `way` or the other.
static void write_steps(const Sequence *s, double from, double step, int64_t first, int32_t way,
                        int32_t count, char *out) {
  if (s->dtype == DSC_FLOAT16 || s->dtype == DSC_BFLOAT16) {
    float values[CHUNK];
    for (int32_t i = 0; i < count; i++) {
      const double factor = rounded(s->dtype, (double)(first + i * way));
      values[i] = (float)rounded(s->dtype, from + rounded(s->dtype, step * factor));
    }
    dsc_store_lane(DSC_LANE_F32, values, count, s->dtype, out, 1);
  } else if (s->dtype == DSC_FLOAT32) {
    float values[CHUNK];
    DSC_DISPATCH(fused_f32)((float)from, (float)step, first, way, count, values);
    dsc_store_lane(DSC_LANE_F32, values, count, s->dtype, out, 1);
  } else {
    double values[CHUNK];
    DSC_DISPATCH(fused_f64)(from, step, first, way, count, values);
    dsc_store_lane(DSC_LANE_F64, values, count, s->dtype, out, 1);
  }
}

static void linspace_piece(void *context, int64_t piece) {
  const Sequence *s = context;
  const int64_t half = s->count == 1 ? 1 : s->count / 2;
  const int64_t end = dsc_smaller(s->count, (piece + 1) * PIECE);
  for (int64_t first = piece * PIECE, n; first < end; first += n) {
    const bool near = first < half;
    n = dsc_smaller(CHUNK, (near ? dsc_smaller(half, end) : end) - first);
    if (near)
      write_steps(s, s->start, s->step.d, first, 1, (int32_t)n, element(s, first));
    else
      write_steps(s, s->end, -s->step.d, s->count - 1 - first, -1, (int32_t)n, element(s, first));
  }
}

void dsc_linspace(DscDType dtype, int64_t count, double start, double end, void *out) {
  const bool integer = is_integer(dtype);
  Sequence s = {.dtype = dtype, .count = count, .out = out};
  s.start = integer ? trunc(start) : rounded(dtype, start);
  s.end = integer ? trunc(end) : rounded(dtype, end);
  if (count > 1) {
    const double divisor = (double)(count - 1), way = s.end - s.start;
    s.step.d =
        integer ? way / divisor : rounded(dtype, rounded(dtype, way) / rounded(dtype, divisor));
  }
  dsc_parallel(dsc_parts(count, PIECE), linspace_piece, &s);
}
