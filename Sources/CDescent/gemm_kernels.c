// The floating-point kernels of GEMM, of convolutions over a grid and of attention, once for every
// instruction set.
#include <string.h>

#include "dsc_direct.h"
#include "dsc_evaluate.h"
#include "dsc_halves.h"
#include "dsc_math_macros.h"
#include "dsc_product.h"
#include "dsc_spread.h"
#include "dsc_scores.h"
#include "dsc_stream.h"
#include "dsc_taps.h"
#include "dsc_targets.h"
#include "dsc_winograd.h"

#define DSC_BODY "gemm_body.h"
#include "dsc_for_each_target.h"

#include "gemm_pairs.h"

// The function of float or of double.
#define CALL(dtype, name, ...)                                    \
  ((dtype) == DSC_FLOAT64 ? DSC_DISPATCH(name##_f64)(__VA_ARGS__) \
                          : DSC_DISPATCH(name##_f32)(__VA_ARGS__))

// The function that reads elements of the product's dtype.
#define CALL_SOURCE(product, name)                                                 \
  ((product)->dtype == DSC_FLOAT16    ? DSC_DISPATCH(name##_float16_f32)(product)  \
   : (product)->dtype == DSC_BFLOAT16 ? DSC_DISPATCH(name##_bfloat16_f32)(product) \
                                      : CALL((product)->dtype, name, product))

DscTileSize dsc_tile_size(DscDType dtype) { return CALL(dtype, tile_size); }

bool dsc_columns_are_positions(const DscProduct *product) {
  return product->patches != NULL && !product->patches->transposed;
}

int dsc_product_tiled(const DscProduct *product) { return CALL(product->dtype, product, product); }

int64_t dsc_product_depth(DscDType dtype, int64_t k) { return CALL(dtype, depth_of, k); }

void dsc_product_add_blocks(const DscProduct *product, void *sums, int64_t blocks, int64_t first,
                            int64_t end) {
  CALL(product->dtype, add_blocks, product, sums, blocks, first, end);
}

bool dsc_product_is_vector(const DscProduct *product) {
  return product->m == 1 && product->patches == NULL;
}

int dsc_product_vector(const DscProduct *product) { return CALL_SOURCE(product, vector); }

bool dsc_product_is_narrow(const DscProduct *product) {
  // More columns fill a tile well enough; chains of less depth take longer to add up than a tile.
  enum { MOST_COLUMNS = 12, LEAST_DEPTH = 256 };
  return product->n <= MOST_COLUMNS && product->k >= LEAST_DEPTH && product->a_column == 1 &&
         product->b_row == 1 && product->patches == NULL;
}

int dsc_product_narrow(const DscProduct *product) { return CALL(product->dtype, narrow, product); }

int64_t dsc_packed_columns(DscDType dtype, int64_t k, int64_t n) {
  return CALL(dtype, packed_columns, k, n);
}

void dsc_pack_columns(const DscProduct *product, int64_t first, int64_t count, void *out) {
  CALL(product->dtype, pack_columns, product, first, count, out);
}

void dsc_rows_product(const DscRowsProduct *product) {
  CALL(product->dtype, rows_product, product);
}

int64_t dsc_direct_memory(const DscBand *band) {
  return CALL(band->call->dtype, band_memory, band);
}

void dsc_direct_band(const DscBand *band) { CALL(band->call->dtype, band, band); }

int64_t dsc_weight_rows_memory(const DscWeightRows *rows) {
  return CALL(rows->call->dtype, weight_rows_memory, rows);
}

void dsc_direct_weight_rows(const DscWeightRows *rows) {
  CALL(rows->call->dtype, weight_rows, rows);
}

void dsc_pack_weights(const DscConvolution *call, int64_t group, int64_t first, int64_t count,
                      void *out) {
  CALL(call->dtype, pack_weights, call, group, first, count, out);
}

void dsc_pack_gradients(const DscConvolution *call, int64_t group, int64_t image, int64_t tile,
                        void *out) {
  CALL(call->dtype, pack_gradients, call, group, image, tile, out);
}

int64_t dsc_spread_memory(const DscSpread *work) {
  return CALL(work->call->dtype, spread_memory, work);
}

void dsc_spread(const DscSpread *work) { CALL(work->call->dtype, spread, work); }

void dsc_spread_pack(const DscConvolution *call, int64_t group, int64_t first, int64_t count,
                     void *out) {
  CALL(call->dtype, spread_pack, call, group, first, count, out);
}

int64_t dsc_attention_panel_size(void) { return dsc_tile_size(DSC_FLOAT32).columns; }

int64_t dsc_attention_panel_memory(const DscAttention *call) {
  return DSC_DISPATCH(panel_memory)(call);
}

void dsc_attention_panel(const DscHead *head, int64_t first, int64_t count, float *scratch) {
  DSC_DISPATCH(attention_panel)(head, first, count, scratch);
}

bool dsc_attention_has_few(const DscAttention *call) { return DSC_DISPATCH(has_few)(call); }

int64_t dsc_attention_few_memory(const DscAttention *call) {
  return DSC_DISPATCH(few_memory)(call);
}

void dsc_attention_few(const DscHead *head, float *scratch) {
  DSC_DISPATCH(attention_few)(head, scratch);
}

int64_t dsc_attention_gradients_memory(const DscAttention *call) {
  return DSC_DISPATCH(gradients_memory)(call);
}

void dsc_attention_gradients(const DscHead *head, const DscHeadGradients *gradients,
                             float *scratch) {
  DSC_DISPATCH(attention_gradients)(head, gradients, scratch);
}

int64_t dsc_winograd_weights_size(const DscConvolution *call) {
  return DSC_DISPATCH(winograd_weights_size_f32)(call);
}

void dsc_winograd_weights(const DscConvolution *call, int64_t group, int64_t panel, void *out) {
  DSC_DISPATCH(winograd_weights_f32)(call, group, panel, out);
}

int64_t dsc_winograd_tiles_memory(const DscWinogradTiles *work) {
  return DSC_DISPATCH(winograd_tiles_memory_f32)(work);
}

bool dsc_winograd_tiles(const DscWinogradTiles *work) {
  return DSC_DISPATCH(winograd_tiles_f32)(work);
}

int64_t dsc_winograd_sums_size(const DscWinogradSums *work) {
  return DSC_DISPATCH(winograd_sums_size_f32)(work);
}

int64_t dsc_winograd_sums_memory(const DscWinogradSums *work, const DscTiles *largest) {
  return DSC_DISPATCH(winograd_sums_memory_f32)(work, largest);
}

void dsc_winograd_add(const DscWinogradSums *work, const DscTiles *tiles, bool first) {
  DSC_DISPATCH(winograd_add_f32)(work, tiles, first);
}

bool dsc_winograd_finish(const DscWinogradSums *work, int64_t count, int64_t start, int64_t end) {
  return DSC_DISPATCH(winograd_finish_f32)(work, count, start, end);
}

int64_t dsc_tap_pitch(DscDType dtype, int64_t channels) { return CALL(dtype, pitch_of, channels); }

bool dsc_tap_pack(const DscTapSide *side, int64_t n) {
  return CALL(side->dtype, tap_pack, side, n);
}

bool dsc_tap_panel(const DscTapProducts *products, int64_t first) {
  return CALL(products->dtype, tap_panel, products, first);
}

bool dsc_tap_weights(const DscTapProducts *products, const DscTapSide *gradients, int64_t start,
                     int64_t end, void *weight) {
  return CALL(products->dtype, tap_weights, products, gradients, start, end, weight);
}
