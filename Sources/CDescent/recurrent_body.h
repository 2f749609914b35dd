// The cells of one instruction set, in float and in double. No include guard.
#pragma clang fp contract(off)

// e^r - 1 = r + r² P(r) for |r| up to ln 2 / 2, P as of the general functions; a shift of 1.5 units
// of the last integer place and of the exponent's bias leaves n + bias in the low bits, which is
// 2^n at the exponent's place.
#define DSC_T         float
#define DSC_T_NAME    f32
#define DSC_SERIES    dsc_exp_f32
#define DSC_SHIFT     (DSC_MAGIC32 + 127)
#define DSC_LN2_HI    DSC_LN2_HI32
#define DSC_LN2_LO    DSC_LN2_LO32
#define DSC_POWER(x)  float32(bits32(x) << 23)
#define DSC_LARGEST_X 87
#include "recurrent_cell.h"

#define DSC_T         double
#define DSC_T_NAME    f64
#define DSC_SERIES    dsc_exp_f64
#define DSC_SHIFT     (DSC_MAGIC64 + 1023)
#define DSC_LN2_HI    DSC_LN2_HI64
#define DSC_LN2_LO    DSC_LN2_LO64
#define DSC_POWER(x)  float64(bits64(x) << 52)
#define DSC_LARGEST_X 700
#include "recurrent_cell.h"
