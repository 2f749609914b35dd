// Conversions between dtypes in memory and their lanes: the narrow integers, float16, bfloat16.
#include <string.h>

#include "dsc_evaluate.h"
#include "dsc_halves.h"
#include "dsc_loop_macros.h"
#include "dsc_strided.h"

// ROW(NAME, memory type, to the lane F32, to memory), of x.
#define HALF_ROWS(ROW)                                                        \
  ROW(FLOAT16, DSC_FLOAT16_MEMORY, DSC_LOAD_FLOAT16(x), DSC_STORE_FLOAT16(x)) \
  ROW(BFLOAT16, uint16_t, dsc_float_of_bfloat(x), dsc_bfloat_of_float(x))

// ROW(lane, its type, dtype's name, memory type, ...): integers that wrap, of values of another
// lane; signed and unsigned ones of a width have the same bits.
#define WIDTH_ROWS(ROW, L, T) \
  ROW(L, T, UINT8, uint8_t)   \
  ROW(L, T, INT16, uint16_t)  \
  ROW(L, T, INT32, uint32_t)
#define WRAPPING_ROWS(ROW)       \
  WIDTH_ROWS(ROW, I64, int64_t)  \
  WIDTH_ROWS(ROW, BOOL, uint8_t) \
  WIDTH_ROWS(ROW, U8, uint8_t)   \
  WIDTH_ROWS(ROW, I8, int8_t)    \
  WIDTH_ROWS(ROW, I16, int16_t)  \
  WIDTH_ROWS(ROW, I32, int32_t)
#define CUT_ROWS(ROW) WIDTH_ROWS(ROW, F32, float) WIDTH_ROWS(ROW, F64, double)

#define DSC_BODY      "convert_body.h"
#include "dsc_for_each_target.h"

const DscConversions *const dsc_conversions[DSC_TARGET_COUNT] = DSC_PER_TARGET(&conversions);

enum { CHUNK = 256 };

// To a dtype's own lane only one of the steps is needed.
static void load(DscWay way, int64_t count, const void *in, void *out) {
  if (way.convert) {
    way.convert(count, in, out);
  } else {
    way.across(count, in, NULL, NULL, out);
  }
}

void dsc_load_lane(DscDType dtype, const void *source, int64_t stride, int64_t count, void *out) {
  const DscLane lane = dsc_dtype_lane(dtype);
  const DscWay way = dsc_way_in(dsc_target(), dtype, lane);
  const size_t size = dsc_dtype_size(dtype), wide = dsc_lane_size(lane);
  if (!way.convert && !way.across) {
    dsc_gather(size, source, stride, count, out);
    return;
  }
  const char *from = source;
  char *to = out;
  if (stride == 1) {
    const int64_t whole = count & -DSC_STEP;
    load(way, whole, from, to);
    from += (size_t)whole * size, to += (size_t)whole * wide, count -= whole;
  }
  _Alignas(64) char narrow[CHUNK * sizeof(int32_t)], last[DSC_STEP * sizeof(int64_t)];
  while (count > 0) {
    const int64_t n = count < CHUNK ? count : CHUNK, whole = n & -DSC_STEP;
    dsc_gather(size, from, stride, n, narrow);
    load(way, whole, narrow, to);
    if (whole < n) {
      dsc_pad(size, n, whole + DSC_STEP, narrow);
      load(way, DSC_STEP, narrow + (size_t)whole * size, last);
      memcpy(to + (size_t)whole * wide, last, (size_t)(n - whole) * wide);
    }
    from += n * stride * (int64_t)size, to += (size_t)n * wide, count -= n;
  }
}

void dsc_store_lane(DscLane lane, const void *values, int64_t count, DscDType dtype,
                    void *destination, int64_t stride) {
  const DscWay way = dsc_way_out(dsc_target(), lane, dtype);
  const DscLoop across = way.across;
  const DscConvert convert = way.convert;
  const size_t size = dsc_dtype_size(dtype), wide = dsc_lane_size(lane);
  const char *from = values;
  char *to = destination;
  if (!across && !convert) {
    dsc_scatter(size, from, stride, count, to);
    return;
  }
  if (convert && !across && stride == 1) {
    const int64_t whole = count & -DSC_STEP;
    convert(whole, from, to);
    from += (size_t)whole * wide, to += (size_t)whole * size, count -= whole;
  }
  _Alignas(64) char in[CHUNK * sizeof(int64_t)], middle[CHUNK * sizeof(int64_t)];
  _Alignas(64) char narrow[CHUNK * sizeof(int64_t)];
  while (count > 0) {
    const int64_t n = count < CHUNK ? count : CHUNK, padded = dsc_up_to_step(n);
    const void *now = from;
    if (padded > n) {
      memcpy(in, from, (size_t)n * wide);
      dsc_pad(wide, n, padded, in);
      now = in;
    }
    if (across) across(padded, now, NULL, NULL, middle), now = middle;
    if (convert) convert(padded, now, narrow), now = narrow;
    dsc_scatter(size, now, stride, n, to);
    from += (size_t)n * wide, to += n * stride * (int64_t)size, count -= n;
  }
}
