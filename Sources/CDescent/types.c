#include "include/dsc_types.h"

size_t dsc_dtype_size(DscDType dtype) {
  static const uint8_t sizes[] = {
#define X(NAME, name, type, lane) [DSC_##NAME] = sizeof(type),
      DSC_DTYPES(X)
#undef X
  };
  _Static_assert(sizeof(sizes) == DSC_DTYPE_COUNT, "one size a dtype");
  return sizes[dtype];
}

const char *dsc_dtype_name(DscDType dtype) {
  static const char *const names[] = {
#define X(NAME, name, type, lane) [DSC_##NAME] = #name,
      DSC_DTYPES(X)
#undef X
  };
  return names[dtype];
}

DscLane dsc_dtype_lane(DscDType dtype) {
  static const uint8_t lanes[] = {
#define X(NAME, name, type, lane) [DSC_##NAME] = DSC_LANE_##lane,
      DSC_DTYPES(X)
#undef X
  };
  return (DscLane)lanes[dtype];
}
