// Convolutions and their gradients against their definition.
#include "check.h"

static int64_t outputs(const DscConvolution *c, int d) {
  int64_t reach = c->dilation[d] * (c->taps[d] - 1) + 1;
  return (c->in_size[d] + 2 * c->padding[d] - reach) / c->stride[d] + 1;
}

// What a convolution or one of its gradients makes.
typedef enum { OUTPUT, WEIGHT, INPUT } Made;

// Sums over the pairs of elements that meet, of input, weight and output.
static void each(const DscConvolution *c, const Array *x, const Array *w, const Array *y,
                 double *sums, Made made) {
  int64_t per = c->in_channels / c->groups, of = c->out_channels / c->groups;
  const int64_t *in = c->in_size, *out = c->out_size, *taps = c->taps;
  for (int64_t n = 0; n < c->batch; n++)
    for (int64_t o = 0; o < c->out_channels; o++)
      for (int64_t ch = 0; ch < per; ch++)
        for (int64_t h = 0; h < out[0]; h++)
          for (int64_t i = 0; i < out[1]; i++)
            for (int64_t j = 0; j < out[2]; j++)
              for (int64_t t = 0; t < taps[0] * taps[1]; t++) {
                const int64_t z = h * c->stride[0] + t / taps[1] * c->dilation[0] - c->padding[0];
                const int64_t r = i * c->stride[1] + t % taps[1] * c->dilation[1] - c->padding[1];
                if (z < 0 || z >= in[0] || r < 0 || r >= in[1]) continue;
                for (int64_t q = 0; q < taps[2]; q++) {
                  int64_t s = j * c->stride[2] + q * c->dilation[2] - c->padding[2];
                  if (s < 0 || s >= in[2]) continue;
                  int64_t from =
                      (((n * c->in_channels + o / of * per + ch) * in[0] + z) * in[1] + r) * in[2] +
                      s;
                  int64_t pair = c->exchanged ? (o / of * per + ch) * of + o % of : o * per + ch;
                  int64_t tap = (pair * taps[0] * taps[1] + t) * taps[2] + q;
                  int64_t to = (((n * c->out_channels + o) * out[0] + h) * out[1] + i) * out[2] + j;
                  if (made == WEIGHT)
                    sums[tap] += get(y, to) * get(x, from);
                  else if (made == INPUT)
                    sums[from] += get(y, to) * get(w, tap);
                  else
                    sums[to] += get(w, tap) * get(x, from);
                }
              }
}

// Random sizes; `dense`: square kernels of stride 1 that walk forward or backward, and enough
// channels for transformed tiles (Winograd) where they are not depthwise.
static DscConvolution shape(DscDType dtype, bool depthwise, bool large, bool dense) {
  DscConvolution c = {.dtype = dtype, .batch = 1 + below(3)};
  c.groups = depthwise ? 1 + below(6) : 1 + below(2);
  c.in_channels = c.groups * (depthwise ? 1 : 1 + below(9));
  c.out_channels = c.groups * (1 + below(depthwise ? 8 : 20));
  for (int d = 0; d < 3; d++) {
    c.taps[d] = d == 0 ? 1 : 1 + below(6), c.stride[d] = d == 0 ? 1 : 1 + below(3);
    c.dilation[d] = d == 0 ? 1 : 1 + below(2), c.padding[d] = d == 0 ? 0 : below(3);
    c.in_size[d] = d == 0 ? 1 : c.dilation[d] * c.taps[d] + below(large ? 50 : 8);
    c.out_size[d] = outputs(&c, d);
  }
  if (!depthwise && chance(2))  // for products a tap
    c.in_channels = c.groups * (16 + below(40)), c.out_channels = c.groups * (16 + below(40));
  if (!dense) return c;
  if (!depthwise)
    c.in_channels = c.groups * (16 + below(30)), c.out_channels = c.groups * (16 + below(60));
  int64_t taps = 3 + 2 * below(2);
  for (int d = 1; d < 3; d++) {
    bool backward = chance(2);
    c.taps[d] = taps, c.stride[d] = 1, c.dilation[d] = backward ? -1 : 1;
    c.padding[d] = (backward ? 1 - taps : 0) + below(taps);
    c.in_size[d] = taps + below(large ? 70 : 24);
    c.out_size[d] = c.in_size[d] - below(taps);
  }
  return c;
}

// The same with three dims, of smaller images.
static DscConvolution deep(DscConvolution c) {
  for (int d = 0; d < 3; d++) {
    if (d == 0) c.taps[d] = 1 + below(3), c.stride[d] = 1 + below(3), c.padding[d] = below(2);
    c.in_size[d] = c.dilation[d] * c.taps[d] + below(d == 0 ? 4 : 8);
    c.out_size[d] = outputs(&c, d);
  }
  return c;
}

// Makes one of the three and gives it the memory that it asks for.
static void make(DscConvolution *c, Made made) {
  int64_t bytes =
      made == INPUT ? dsc_convolve_input_workspace(c) : dsc_convolve_workspace(c, made == WEIGHT);
  c->workspace = aligned_alloc(64, (size_t)(bytes / 64 + 1) * 64);
  int status = made == OUTPUT   ? dsc_convolve(c)
               : made == WEIGHT ? dsc_convolve_weights(c)
                                : dsc_convolve_input(c);
  CHECK(status == DSC_OK, "dsc_convolve");
  free(c->workspace);
}

static void convolution(DscConvolution c) {
  DscDType dtype = c.dtype;
  const int64_t positions = c.out_size[0] * c.out_size[1] * c.out_size[2];
  int64_t inputs = c.batch * c.in_channels * c.in_size[0] * c.in_size[1] * c.in_size[2];
  int64_t results = c.batch * c.out_channels * positions;
  int64_t weights = c.out_channels * (c.in_channels / c.groups) * c.taps[0] * c.taps[1] * c.taps[2];
  int64_t counts[] = {results, weights, inputs};
  Array x = filled(dtype, inputs), w = filled(dtype, weights), y = filled(dtype, results);
  Array bias = filled(dtype, c.out_channels);
  bool biased = chance(2);
  for (Made made = OUTPUT; made <= INPUT; made++) {
    c.bias = made == OUTPUT && biased ? bias.view.data : NULL;
    c.exchanged = made == OUTPUT && chance(2);
    int64_t count = counts[made];
    Array result = vector(dtype, count);
    c.input = made == INPUT ? result.view.data : x.view.data;
    c.weight = made == WEIGHT ? result.view.data : w.view.data;
    c.output = made == OUTPUT ? result.view.data : y.view.data;
    make(&c, made);
    double *sums = calloc((size_t)count, sizeof(double)), worst = 0;
    for (int64_t i = 0; c.bias != NULL && i < count; i++)
      sums[i] = get(&bias, i / positions % c.out_channels);
    each(&c, &x, &w, &y, sums, made);
    double terms = (double)(made == OUTPUT   ? weights / c.out_channels
                            : made == WEIGHT ? results / c.out_channels
                                             : weights / (c.in_channels / c.groups));
    for (int64_t i = 0; i < count; i++)
      worst = fmax(worst, error_of(get(&result, i), sums[i], terms, dtype));
    CHECK(worst < 1, "convolution %d: %g", made, worst);
    free(sums), release(&result);
  }
  release(&x), release(&w), release(&y), release(&bias);
}

// One tap: products of images, whose weights' gradient packs the side with fewer channels.
static void pointwise(DscDType dtype) {
  DscConvolution c = {.dtype = dtype, .batch = 1 + below(3), .groups = 1 + below(2)};
  c.in_channels = c.groups * (2 + below(40)), c.out_channels = c.groups * (2 + below(40));
  for (int d = 0; d < 3; d++) {
    c.taps[d] = c.stride[d] = c.dilation[d] = 1;
    c.in_size[d] = c.out_size[d] = d == 0 ? 1 : 8 + below(16);
  }
  convolution(c);
}

// A depthwise result so large that it goes past the cache; its lines are read in place, or from a
// grid.
static void large_depthwise(bool in_place) {
  DscConvolution c = {
      .dtype = DSC_FLOAT32, .batch = 2, .groups = 800, .in_channels = 800, .out_channels = 800};
  for (int d = 0; d < 3; d++) {
    c.taps[d] = d == 0 ? 1 : 3, c.stride[d] = 1, c.dilation[d] = d == 0 || in_place ? 1 : 2;
    c.padding[d] = d == 0 ? 0 : c.dilation[d], c.in_size[d] = c.out_size[d] = d == 0 ? 1 : 45;
  }
  convolution(c);
}

// Bands of a result so large that they go past the cache: each image has the bits it has alone.
static void large_bands(void) {
  enum { IMAGES = 36, CHANNELS = 40, SIZE = 48, TAPS = 5 };
  const int64_t output = CHANNELS * SIZE * SIZE;
  Array x = filled(DSC_FLOAT32, IMAGES * SIZE * SIZE), bias = filled(DSC_FLOAT32, CHANNELS);
  Array w = filled(DSC_FLOAT32, CHANNELS * TAPS * TAPS), alone = vector(DSC_FLOAT32, output);
  float *y = aligned_alloc(64, (size_t)(IMAGES * output) * sizeof(float));
  DscConvolution c = {.dtype = DSC_FLOAT32, .batch = IMAGES, .groups = 1, .in_channels = 1};
  c.out_channels = CHANNELS, c.input = x.view.data, c.weight = w.view.data, c.output = y;
  for (int d = 0; d < 3; d++) {
    c.stride[d] = c.dilation[d] = 1, c.taps[d] = d == 0 ? 1 : TAPS;
    c.in_size[d] = c.out_size[d] = d == 0 ? 1 : SIZE, c.padding[d] = d == 0 ? 0 : TAPS / 2;
  }
  if (chance(2)) c.bias = bias.view.data;
  dsc_set_thread_count(2);
  make(&c, OUTPUT);
  c.batch = 1, c.output = alone.view.data;
  for (int64_t i = 0; i < IMAGES; i++) {
    c.input = (float *)x.view.data + i * SIZE * SIZE;
    make(&c, OUTPUT);
    const bool same = memcmp(y + i * output, alone.view.data, (size_t)output * sizeof(float)) == 0;
    CHECK(same, "image %d", (int)i);
  }
  free(y), release(&x), release(&w), release(&bias), release(&alone);
}

// An infinity in the input, whose transforms are NaN, reaches the outputs of its window only.
static void infinity(void) {
  enum { CHANNELS = 16, SIZE = 20, AT = 9, COUNT = CHANNELS * SIZE * SIZE };
  DscConvolution c = {.dtype = DSC_FLOAT32, .batch = 1, .groups = 1};
  c.in_channels = c.out_channels = CHANNELS;
  for (int d = 0; d < 3; d++) {
    c.in_size[d] = c.out_size[d] = d == 0 ? 1 : SIZE, c.taps[d] = d == 0 ? 1 : 3;
    c.stride[d] = c.dilation[d] = 1, c.padding[d] = d == 0 ? 0 : 1;
  }
  Array x = filled(DSC_FLOAT32, COUNT), w = filled(DSC_FLOAT32, CHANNELS * CHANNELS * 9);
  Array y = vector(DSC_FLOAT32, COUNT);
  set(&x, AT * SIZE + AT, INFINITY);
  c.input = x.view.data, c.weight = w.view.data, c.output = y.view.data;
  make(&c, OUTPUT);
  for (int64_t i = 0; i < COUNT; i++) {
    bool beside = llabs(i / SIZE % SIZE - AT) <= 1 && llabs(i % SIZE - AT) <= 1;
    CHECK(beside ? isinf(get(&y, i)) : isfinite(get(&y, i)), "an infinity: %g", get(&y, i));
  }
  release(&x), release(&w), release(&y);
}

// An infinity in the output's gradient reaches the inputs of its window only, and one in the weight
// those that its tap meets.
static void infinity_backward(int64_t stride) {
  enum { CHANNELS = 3, OUTPUTS = 8, SIZE = 21, AT = 4, TAPS = 3 };
  DscConvolution c = {.dtype = DSC_FLOAT32, .batch = 1, .groups = 1, .in_channels = CHANNELS};
  c.out_channels = OUTPUTS;
  for (int d = 0; d < 3; d++) {
    c.in_size[d] = d == 0 ? 1 : SIZE, c.taps[d] = d == 0 ? 1 : TAPS;
    c.stride[d] = d == 0 ? 1 : stride, c.dilation[d] = 1, c.out_size[d] = outputs(&c, d);
  }
  const int64_t width = c.out_size[2];
  Array x = vector(DSC_FLOAT32, CHANNELS * SIZE * SIZE),
        w = filled(DSC_FLOAT32, OUTPUTS * CHANNELS * TAPS * TAPS);
  Array y = filled(DSC_FLOAT32, OUTPUTS * width * width);
  c.input = x.view.data, c.weight = w.view.data, c.output = y.view.data;
  set(&y, AT * width + AT, INFINITY);
  make(&c, INPUT);
  for (int64_t i = 0; i < x.count; i++) {
    int64_t row = i / SIZE % SIZE - AT * stride, column = i % SIZE - AT * stride;
    bool beside = row >= 0 && row < TAPS && column >= 0 && column < TAPS;
    CHECK(beside ? isinf(get(&x, i)) : isfinite(get(&x, i)), "an infinity: %g", get(&x, i));
  }
  set(&y, AT * width + AT, 1), set(&w, 0, INFINITY);
  make(&c, INPUT);
  for (int64_t i = 0; i < x.count; i++) {
    int64_t row = i / SIZE % SIZE, column = i % SIZE;
    bool met = i < SIZE * SIZE && row % stride == 0 && column % stride == 0 &&
               row / stride < width && column / stride < width;
    CHECK(met == !isfinite(get(&x, i)), "an infinite weight: %g", get(&x, i));
  }
  release(&x), release(&w), release(&y);
}

// Lines of every kind, and products a tap, give the same bits with any number of threads.
static void threads(void) {
  static const struct {
    int64_t channels, size, outputs, taps, padding, stride, images;
  } shapes[] = {{1, 28, 6, 5, 2, 1, 5},   {6, 14, 16, 5, 0, 1, 5},  {16, 10, 6, 5, 4, 1, 5},
                {3, 40, 20, 5, 2, 1, 5},  {40, 6, 50, 5, 2, 1, 5},  {24, 12, 40, 5, 2, 2, 5},
                {7, 45, 20, 5, 3, 2, 5},  {12, 40, 70, 5, 1, 3, 5}, {3, 48, 300, 5, 2, 1, 1},
                {2, 95, 300, 5, 2, 2, 1}, {64, 28, 96, 1, 0, 1, 3}, {300, 16, 40, 1, 0, 2, 2}};
  for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
    DscConvolution c = {.dtype = DSC_FLOAT32, .batch = shapes[i].images, .groups = 1};
    c.in_channels = shapes[i].channels, c.out_channels = shapes[i].outputs;
    for (int d = 0; d < 3; d++) {
      c.taps[d] = d == 0 ? 1 : shapes[i].taps, c.stride[d] = d == 0 ? 1 : shapes[i].stride,
      c.dilation[d] = 1;
      c.padding[d] = d == 0 ? 0 : shapes[i].padding;
      c.in_size[d] = d == 0 ? 1 : shapes[i].size, c.out_size[d] = outputs(&c, d);
    }
    Array x = filled(DSC_FLOAT32, c.batch * c.in_channels * c.in_size[1] * c.in_size[2]);
    Array w = filled(DSC_FLOAT32, c.out_channels * c.in_channels * c.taps[1] * c.taps[2]);
    Array y = vector(DSC_FLOAT32, c.batch * c.out_channels * c.out_size[1] * c.out_size[2]);
    for (Made made = OUTPUT; made <= INPUT; made++) {
      Array *result = made == OUTPUT ? &y : made == WEIGHT ? &w : &x;
      size_t bytes = (size_t)result->count * sizeof(float);
      float *first = malloc(bytes);
      for (int count = 1; count <= 3; count++) {
        dsc_set_thread_count(count);
        c.input = x.view.data, c.weight = w.view.data, c.output = y.view.data;
        make(&c, made);
        if (count == 1) memcpy(first, result->view.data, bytes);
        CHECK(memcmp(first, result->view.data, bytes) == 0, "%d threads", count);
      }
      free(first);
    }
    release(&x), release(&w), release(&y);
  }
}

void check_convolutions(void) {
  threads();
  for (int i = 0; i < 60; i++) {
    DscDType dtype = i % 2 == 1 ? DSC_FLOAT64 : DSC_FLOAT32;
    convolution(shape(dtype, i % 3 == 0, i % 4 < 2, false));
    if (i % 4 == 0) convolution(shape(DSC_FLOAT32, false, false, true));
    convolution(shape(dtype, true, i % 3 == 0, true));
    if (i % 4 < 2) pointwise(dtype);
    if (i % 3 == 0 || i % 12 == 1) convolution(deep(shape(dtype, i % 3 == 0, false, false)));
  }
  infinity();
  infinity_backward(1);
  infinity_backward(2);
  if (dsc_target() == DSC_TARGET_AVX512) large_bands();  // others write halves of lines
  large_depthwise(true);
  large_depthwise(false);
}
