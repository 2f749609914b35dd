// The cells of one instruction set, in float and in double. No include guard.
#define DSC_T      float
#define DSC_T_NAME f32
#include "recurrent_cell.h"
#undef DSC_T
#undef DSC_T_NAME

#define DSC_T      double
#define DSC_T_NAME f64
#include "recurrent_cell.h"
#undef DSC_T
#undef DSC_T_NAME
#undef DSC_TYPED
