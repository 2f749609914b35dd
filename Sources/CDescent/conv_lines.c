// The kernels of convolutions whose lines begin with a vector of their own (conv_direct.c has their
// pieces and their memory).
#include <string.h>

#include "dsc_direct.h"
#include "dsc_product.h"
#include "dsc_stream.h"
#include "dsc_targets.h"

#define DSC_BODY "conv_lines_body.h"
#include "dsc_for_each_float.h"

#define CHOOSE(call, name) \
  ((call)->dtype == DSC_FLOAT64 ? DSC_DISPATCH(name##_f64) : DSC_DISPATCH(name##_f32))

DscLines dsc_lines_kind(const DscConvolution *call) { return CHOOSE(call, lines_kind)(call); }

int64_t dsc_lines_rows(const DscConvolution *call, DscLines kind) {
  return CHOOSE(call, lines_rows)(call, kind);
}

int64_t dsc_lines_memory(const DscBand *band) { return CHOOSE(band->call, grid_length)(band); }

void dsc_lines_band(const DscBand *band) { CHOOSE(band->call, lines_band)(band); }

void dsc_lines_pack(const DscConvolution *call, int64_t group, int64_t first, int64_t count,
                    DscLines kind, bool by_lines, void *out) {
  if (call->dtype == DSC_FLOAT64)
    DSC_DISPATCH(lines_pack_f64)(call, group, first, count, kind, by_lines, out);
  else
    DSC_DISPATCH(lines_pack_f32)(call, group, first, count, kind, by_lines, out);
}
