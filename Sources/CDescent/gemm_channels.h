// Rows of channels, which vectors run along, for one element type DSC_T: their size, and the way
// back to images. No include guard.

// Elements between rows of `channels`: whole vectors, and no stride at which a tile's rows would
// fall into few sets of the first-level cache.
static int64_t DSC_TYPED(pitch_of)(int64_t channels) {
  enum { ALIGNED = 1024 };
  int64_t pitch = DSC_TYPED(round_up)(channels, DSC_LANES_PER_VECTOR);
  return pitch * (int64_t)sizeof(DSC_T) % ALIGNED == 0 ? pitch + DSC_LANES_PER_VECTOR : pitch;
}

// Writes `count` outputs of `channels` channels: a vector of them every `vector_step` elements, an
// output every `step`.
static void DSC_TYPED(unpack)(const DSC_T *packed, int64_t vector_step, int64_t step,
                              int64_t channels, int64_t count, DSC_T *out, int64_t out_channel) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  typedef DSC_TYPED(Quarter) Four;
  for (int64_t c = 0; c < channels; c += 4, out += 4 * out_channel) {
    const DSC_T *from = packed + c / LANES * vector_step + c % LANES;
    int64_t some = channels - c < 4 ? channels - c : 4, p = 0;
    for (; some == 4 && p + 4 <= count; p += 4, from += 4 * step) {
      Four x[4] = {*(const Four *)from, *(const Four *)(from + step),
                   *(const Four *)(from + 2 * step), *(const Four *)(from + 3 * step)};
      DSC_TYPED(transpose_four)(x);
      *(Four *)(out + p) = x[0];
      *(Four *)(out + out_channel + p) = x[1];
      *(Four *)(out + 2 * out_channel + p) = x[2];
      *(Four *)(out + 3 * out_channel + p) = x[3];
    }
    for (; p < count; p++, from += step)
      for (int64_t l = 0; l < some; l++) out[l * out_channel + p] = from[l];
  }
}
