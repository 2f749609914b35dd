// The floating-point kernels of GEMM, once for every instruction set.
#include <string.h>

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
