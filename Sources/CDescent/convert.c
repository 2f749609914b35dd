// Conversions between dtypes in memory and their lanes: the narrow integers, float16, bfloat16.
#include <string.h>

#include "dsc_evaluate.h"
#include "dsc_halves.h"
#include "dsc_loop_macros.h"
#include "dsc_strided.h"

// ROW(NAME, memory type, lane type, to the lane, to memory), of x.
#define CONVERSION_ROWS(ROW)                                             \
  ROW(UINT8, uint8_t, int64_t, x, (uint8_t)x)                            \
  ROW(INT8, int8_t, int64_t, x, (int8_t)(uint8_t)x)                      \
  ROW(INT16, int16_t, int64_t, x, (int16_t)(uint16_t)x)                  \
  ROW(INT32, int32_t, int64_t, x, (int32_t)(uint32_t)x)                  \
  ROW(FLOAT16, DSC_FLOAT16_MEMORY, float, DSC_LOAD_FLOAT16(x), DSC_STORE_FLOAT16(x)) \
  ROW(BFLOAT16, uint16_t, float, dsc_float_of_bfloat(x), dsc_bfloat_of_float(x))

#define DSC_BODY "convert_body.h"
#include "dsc_for_each_target.h"

const DscConversions *const dsc_conversions[DSC_TARGET_COUNT] = DSC_PER_TARGET(&conversions);

enum { CHUNK = 256 };

void dsc_load_lane(DscDType dtype, const void *source, int64_t stride, int64_t count, void *out) {
  const DscConvert convert = dsc_conversions[dsc_target()]->load[dtype];
  const size_t size = dsc_dtype_size(dtype), wide = dsc_lane_size(dsc_dtype_lane(dtype));
  if (!convert) {
    dsc_gather(size, source, stride, count, out);
    return;
  }
  const char *from = source;
  char *to = out;
  if (stride == 1) {
    const int64_t whole = count & -DSC_STEP;
    convert(whole, from, to);
    from += (size_t)whole * size, to += (size_t)whole * wide, count -= whole;
  }
  _Alignas(64) char narrow[CHUNK * sizeof(int32_t)], last[DSC_STEP * sizeof(int64_t)];
  while (count > 0) {
    const int64_t n = count < CHUNK ? count : CHUNK, whole = n & -DSC_STEP;
    dsc_gather(size, from, stride, n, narrow);
    convert(whole, narrow, to);
    if (whole < n) {
      dsc_pad(size, n, whole + DSC_STEP, narrow);
      convert(DSC_STEP, narrow + (size_t)whole * size, last);
      memcpy(to + (size_t)whole * wide, last, (size_t)(n - whole) * wide);
    }
    from += n * stride * (int64_t)size, to += (size_t)n * wide, count -= n;
  }
}

void dsc_store_lane(DscLane lane, const void *values, int64_t count, DscDType dtype,
                    void *destination, int64_t stride) {
  const DscTarget target = dsc_target();
  const DscLane own = dsc_dtype_lane(dtype);
  const DscLoop across = lane == own ? NULL : dsc_find_loop(target, dsc_conversion_op(own), lane);
  const DscConvert convert = dsc_conversions[target]->store[dtype];
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
