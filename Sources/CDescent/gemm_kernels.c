// The floating-point kernels of GEMM and of convolutions over a grid, once for every instruction
// set.
#include <string.h>

#include "dsc_direct.h"
#include "dsc_evaluate.h"
#include "dsc_product.h"
#include "dsc_targets.h"

#define DSC_BODY "gemm_body.h"
#include "dsc_for_each_target.h"

DscTileSize dsc_tile_size(DscDType dtype) {
  return dtype == DSC_FLOAT64 ? DSC_DISPATCH(tile_size_f64)() : DSC_DISPATCH(tile_size_f32)();
}

bool dsc_columns_are_positions(const DscProduct *product) {
  return product->patches != NULL && !product->patches->transposed;
}

int dsc_product_tiled(const DscProduct *product) {
  return product->dtype == DSC_FLOAT64 ? DSC_DISPATCH(product_f64)(product)
                                       : DSC_DISPATCH(product_f32)(product);
}

bool dsc_product_is_vector(const DscProduct *product) {
  return product->m == 1 && product->patches == NULL &&
         (product->dtype == DSC_FLOAT32 || product->dtype == DSC_FLOAT64);
}

int dsc_product_vector(const DscProduct *product) {
  return product->dtype == DSC_FLOAT64 ? DSC_DISPATCH(vector_f64)(product)
                                       : DSC_DISPATCH(vector_f32)(product);
}

int64_t dsc_packed_columns(DscDType dtype, int64_t k, int64_t n) {
  return dtype == DSC_FLOAT64 ? DSC_DISPATCH(packed_columns_f64)(k, n)
                              : DSC_DISPATCH(packed_columns_f32)(k, n);
}

void dsc_pack_columns(const DscProduct *product, int64_t first, int64_t count, void *out) {
  if (product->dtype == DSC_FLOAT64)
    DSC_DISPATCH(pack_columns_f64)(product, first, count, out);
  else
    DSC_DISPATCH(pack_columns_f32)(product, first, count, out);
}

int64_t dsc_direct_memory(const DscBand *band) {
  return band->call->dtype == DSC_FLOAT64 ? DSC_DISPATCH(band_memory_f64)(band)
                                          : DSC_DISPATCH(band_memory_f32)(band);
}

void dsc_direct_band(const DscBand *band) {
  if (band->call->dtype == DSC_FLOAT64)
    DSC_DISPATCH(band_f64)(band);
  else
    DSC_DISPATCH(band_f32)(band);
}

int64_t dsc_weight_rows_memory(const DscWeightRows *rows) {
  return rows->call->dtype == DSC_FLOAT64 ? DSC_DISPATCH(weight_rows_memory_f64)(rows)
                                          : DSC_DISPATCH(weight_rows_memory_f32)(rows);
}

void dsc_direct_weight_rows(const DscWeightRows *rows) {
  if (rows->call->dtype == DSC_FLOAT64)
    DSC_DISPATCH(weight_rows_f64)(rows);
  else
    DSC_DISPATCH(weight_rows_f32)(rows);
}

void dsc_pack_weights(DscDType dtype, const void *weights, int64_t count, int64_t k, void *out) {
  if (dtype == DSC_FLOAT64)
    DSC_DISPATCH(pack_weights_f64)(weights, count, k, out);
  else
    DSC_DISPATCH(pack_weights_f32)(weights, count, k, out);
}

void dsc_pack_gradients(const DscConvolution *call, int64_t group, int64_t image, int64_t tile,
                        void *out) {
  if (call->dtype == DSC_FLOAT64)
    DSC_DISPATCH(pack_gradients_f64)(call, group, image, tile, out);
  else
    DSC_DISPATCH(pack_gradients_f32)(call, group, image, tile, out);
}
