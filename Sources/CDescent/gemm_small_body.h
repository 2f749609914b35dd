// Products of small matrices for one instruction set, in float and in double. No include guard.

#include "half_memory.h"

#define DSC_T       float
#define DSC_T_NAME  f32
#define DSC_T_BYTES 4
#include "gemm_small_lanes.h"
#define DSC_PART "gemm_small.h"
#include "gemm_each_source.h"
#undef DSC_T
#undef DSC_T_NAME
#undef DSC_T_BYTES

#define DSC_T       double
#define DSC_T_NAME  f64
#define DSC_T_BYTES 8
#include "gemm_small_lanes.h"
#define DSC_PART "gemm_small.h"
#include "gemm_each_source.h"
#undef DSC_T
#undef DSC_T_NAME
#undef DSC_T_BYTES

#undef DSC_TYPED
#undef DSC_LANES
#undef DSC_MULTIPLY_ADD
