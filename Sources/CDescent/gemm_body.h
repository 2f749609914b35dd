// The kernels of one instruction set, in float and in double. No include guard.
//
// The tile of C that stays in registers, DSC_TILE_ROWS x DSC_TILE_VECTORS: enough accumulators to
// hide the latency of the multiply-add, with registers left for a row of B and one element of A.
#if DSC_VECTOR_BYTES == 64
#define DSC_TILE_ROWS    12  // 24 of 32 registers
#define DSC_TILE_VECTORS 2
#elif DSC_VECTOR_BYTES == 32
#define DSC_TILE_ROWS    6  // 12 of 16 registers
#define DSC_TILE_VECTORS 2
#elif DSC_FMA
#define DSC_TILE_ROWS    8  // 24 of 32 registers
#define DSC_TILE_VECTORS 3
#else
#define DSC_TILE_ROWS    4  // 8 of 16 registers: a product needs one more before it is added
#define DSC_TILE_VECTORS 2
#endif

#include "half_memory.h"

#define DSC_T       float
#define DSC_T_NAME  f32
#define DSC_T_BYTES 4
#include "gemm_tile.h"
#include "gemm_whole_tile.h"
#include "copy_row.h"
#include "gemm_transpose.h"
#define DSC_PART "gemm_pack.h"
#include "gemm_each_source.h"
#define DSC_PART "gemm_copying.h"
#include "gemm_each_source.h"
#include "conv_fill_body.h"
#include "gemm_patches.h"
#include "gemm_finish.h"
#include "gemm_source.h"
#include "gemm_near.h"
#include "gemm_run.h"
#include "gemm_block.h"
#include "gemm_edge.h"
#include "gemm_rows.h"
#include "gemm_direct.h"
#include "gemm_spread.h"
#include "gemm_channels.h"
#include "gemm_taps.h"
#include "gemm_winograd.h"
#include "gemm_winograd_weights.h"
#include "gemm_chains.h"
#define DSC_PART "gemm_vector_rows.h"
#include "gemm_each_source.h"
#define DSC_PART "gemm_vector.h"
#include "gemm_each_source.h"
#include "gemm_narrow.h"
#undef DSC_CHAINS
#undef DSC_SHORT
#include "attention_scores.h"
#include "attention_forward.h"
#include "attention_backward.h"
#undef DSC_FOR_TILE_ROWS
#undef DSC_T
#undef DSC_T_NAME
#undef DSC_T_BYTES

#define DSC_T       double
#define DSC_T_NAME  f64
#define DSC_T_BYTES 8
#include "gemm_tile.h"
#include "gemm_whole_tile.h"
#include "copy_row.h"
#include "gemm_transpose.h"
#define DSC_PART "gemm_pack.h"
#include "gemm_each_source.h"
#define DSC_PART "gemm_copying.h"
#include "gemm_each_source.h"
#include "conv_fill_body.h"
#include "gemm_patches.h"
#include "gemm_finish.h"
#include "gemm_source.h"
#include "gemm_near.h"
#include "gemm_run.h"
#include "gemm_block.h"
#include "gemm_edge.h"
#include "gemm_rows.h"
#include "gemm_direct.h"
#include "gemm_spread.h"
#include "gemm_channels.h"
#include "gemm_taps.h"
#include "gemm_chains.h"
#define DSC_PART "gemm_vector_rows.h"
#include "gemm_each_source.h"
#define DSC_PART "gemm_vector.h"
#include "gemm_each_source.h"
#include "gemm_narrow.h"
#undef DSC_CHAINS
#undef DSC_SHORT
#undef DSC_FOR_TILE_ROWS
#undef DSC_T
#undef DSC_T_NAME
#undef DSC_T_BYTES

#undef DSC_TILE_ROWS
#undef DSC_TILE_VECTORS
#undef DSC_LANES_PER_VECTOR
#undef DSC_TILE_COLUMNS
#undef DSC_TYPED
#undef DSC_MULTIPLY_ADD
