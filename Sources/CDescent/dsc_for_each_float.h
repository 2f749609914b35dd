// Compiles the file named DSC_BODY for float and for double (DSC_T of DSC_T_BYTES, named by
// DSC_T_NAME) and for every instruction set. No include guard.
#define DSC_T       float
#define DSC_T_NAME  f32
#define DSC_T_BYTES 4
#include "dsc_for_each_target.h"
#undef DSC_T
#undef DSC_T_NAME
#undef DSC_T_BYTES
#undef DSC_DISPATCH

#define DSC_T       double
#define DSC_T_NAME  f64
#define DSC_T_BYTES 8
#include "dsc_for_each_target.h"
#undef DSC_T
#undef DSC_T_NAME
#undef DSC_T_BYTES
