// The shape of a convolution's grid.
#include "dsc_grid.h"

DscGrid dsc_grid(const DscConvolution *call) {
  DscGrid grid = {.phase = 1, .channel = 1, .is_input = true};
  for (int d = 0; d < 3; d++) {
    int64_t reach = (call->taps[d] - 1) * call->dilation[d];
    grid.lowest[d] = (reach < 0 ? reach : 0) - call->padding[d];
    int64_t extent = (call->out_size[d] - 1) * call->stride[d] + (reach < 0 ? -reach : reach) + 1;
    grid.phases[d] = call->stride[d];
    grid.size[d] = (extent + call->stride[d] - 1) / call->stride[d];
    grid.phase *= grid.size[d];
    grid.channel *= grid.size[d] * grid.phases[d];
    grid.is_input = grid.is_input && call->stride[d] == 1 && grid.lowest[d] == 0 &&
                    grid.size[d] == call->in_size[d];
  }
  const int64_t *out = call->out_size;
  grid.count = ((out[0] - 1) * grid.size[1] + out[1] - 1) * grid.size[2] + out[2];
  return grid;
}

void dsc_grid_offsets(const DscConvolution *call, const DscGrid *grid, int64_t *offsets) {
  int64_t taps = dsc_volume(call->taps);
  for (int64_t t = 0; t < taps; t++) {
    int64_t rest = t, phase = 0, place = 0, at[3];
    for (int d = 2; d >= 0; d--) {
      at[d] = rest % call->taps[d] * call->dilation[d] - call->padding[d] - grid->lowest[d];
      rest /= call->taps[d];
    }
    for (int d = 0; d < 3; d++) {
      phase = phase * grid->phases[d] + at[d] % grid->phases[d];
      place = place * grid->size[d] + at[d] / grid->phases[d];
    }
    offsets[t] = phase * grid->phase + place;
  }
}
