// Products of integers (wrapping) and bool (and/or): plain loops the compiler makes vector code of.
#include <string.h>

#include "dsc_product.h"
#include "dsc_targets.h"

#define DSC_BODY "gemm_integer_body.h"
#include "dsc_for_each_target.h"

int dsc_product_integer(const DscProduct *product) {
  switch (product->dtype) {
    case DSC_UINT8:
    case DSC_INT8:
      DSC_DISPATCH(product_u8)(product);
      return DSC_OK;
    case DSC_INT16:
      DSC_DISPATCH(product_u16)(product);
      return DSC_OK;
    case DSC_INT32:
      DSC_DISPATCH(product_u32)(product);
      return DSC_OK;
    case DSC_INT64:
      DSC_DISPATCH(product_u64)(product);
      return DSC_OK;
    case DSC_BOOL: {
      DscProduct masks = *product;  // any factor but 0 is true
      masks.alpha = product->alpha != 0, masks.beta = product->beta != 0;
      DSC_DISPATCH(product_bool)(&masks);
      return DSC_OK;
    }
    case DSC_FLOAT16:
    case DSC_BFLOAT16:
    case DSC_FLOAT32:
    case DSC_FLOAT64:
      return DSC_UNSUPPORTED;
  }
  return DSC_UNSUPPORTED;
}
