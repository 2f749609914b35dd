// Sequences: arange and linspace.
#include <math.h>

#include "dsc_evaluate.h"

enum { CHUNK = 256 };

static inline bool is_integer(DscDType dtype) {
  const DscLane lane = dsc_dtype_lane(dtype);
  return lane == DSC_LANE_I64 || lane == DSC_LANE_BOOL;
}

static inline char *element(void *out, DscDType dtype, int64_t index) {
  return (char *)out + (size_t)index * dsc_dtype_size(dtype);
}

void dsc_arange(DscDType dtype, int64_t count, DscScalar start, DscScalar step, void *out) {
  for (int64_t first = 0; first < count; first += CHUNK) {
    const int64_t n = count - first < CHUNK ? count - first : CHUNK;
    if (is_integer(dtype)) {
      int64_t values[CHUNK];
      for (int64_t i = 0; i < n; i++)
        values[i] = (int64_t)((uint64_t)start.i + (uint64_t)step.i * (uint64_t)(first + i));
      dsc_store_lane(DSC_LANE_I64, values, n, dtype, element(out, dtype, first), 1);
    } else {
      double values[CHUNK];
      for (int64_t i = 0; i < n; i++) values[i] = start.d + (double)(first + i) * step.d;
      dsc_store_lane(DSC_LANE_F64, values, n, dtype, element(out, dtype, first), 1);
    }
  }
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

static double stepped(DscDType dtype, double from, double step, int64_t index) {
  switch (dtype) {
    case DSC_FLOAT64:
      return fma(step, (double)index, from);
    case DSC_FLOAT32:
      return fmaf((float)step, (float)index, (float)from);
    case DSC_FLOAT16:
    case DSC_BFLOAT16: {
      const double factor = rounded(dtype, (double)index);
      return rounded(dtype, from + rounded(dtype, step * factor));
    }
    case DSC_BOOL:
    case DSC_UINT8:
    case DSC_INT8:
    case DSC_INT16:
    case DSC_INT32:
    case DSC_INT64:
      return fma(step, (double)index, from);
  }
}

void dsc_linspace(DscDType dtype, int64_t count, double start, double end, void *out) {
  const bool integer = is_integer(dtype);
  start = integer ? trunc(start) : rounded(dtype, start);
  end = integer ? trunc(end) : rounded(dtype, end);
  double step = count > 1 ? (end - start) / (double)(count - 1) : 0;
  if (!integer) {
    const double divisor = rounded(dtype, (double)(count - 1));
    step = count > 1 ? rounded(dtype, rounded(dtype, end - start) / divisor) : 0;
  }
  for (int64_t first = 0; first < count; first += CHUNK) {
    const int64_t n = count - first < CHUNK ? count - first : CHUNK;
    double values[CHUNK];
    for (int64_t i = 0; i < n; i++) {
      const int64_t index = first + i;
      values[i] = count == 1 || index < count / 2 ? stepped(dtype, start, step, index)
                                                  : stepped(dtype, end, -step, count - 1 - index);
    }
    dsc_store_lane(DSC_LANE_F64, values, n, dtype, element(out, dtype, first), 1);
  }
}
