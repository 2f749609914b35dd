// The products of gemm_integer.c of one instruction set. No include guard.
//
// DSC_M is the type in memory and DSC_T that of sums, of DSC_T_BYTES: 8 bits are multiplied as 16,
// which processors can. DSC_W is one that C does not make an int of. Signed and unsigned types of
// one width wrap alike, so the unsigned one serves both.
#define DSC_PLUS(a, b)  ((a) + (b))
#define DSC_TIMES(a, b) ((a) * (b))
#define DSC_W           uint32_t

#define DSC_M           uint8_t
#define DSC_T           uint16_t
#define DSC_T_NAME      u8
#define DSC_T_BYTES     2
#include "gemm_integer_tile.h"
#define DSC_M       uint16_t
#define DSC_T       uint16_t
#define DSC_T_NAME  u16
#define DSC_T_BYTES 2
#include "gemm_integer_tile.h"
#define DSC_M       uint32_t
#define DSC_T       uint32_t
#define DSC_T_NAME  u32
#define DSC_T_BYTES 4
#include "gemm_integer_tile.h"
#undef DSC_W
#define DSC_W       uint64_t
#define DSC_M       uint64_t
#define DSC_T       uint64_t
#define DSC_T_NAME  u64
#define DSC_T_BYTES 8
#include "gemm_integer_tile.h"
#undef DSC_PLUS
#undef DSC_TIMES
#undef DSC_W

#define DSC_PLUS(a, b)  ((a) | (b))
#define DSC_TIMES(a, b) ((a) & (b))
#define DSC_W           uint32_t
#define DSC_M           uint8_t
#define DSC_T           uint8_t
#define DSC_T_NAME      mask
#define DSC_T_BYTES     1
#include "gemm_integer_tile.h"
#undef DSC_PLUS
#undef DSC_TIMES
#undef DSC_W
