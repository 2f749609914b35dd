// Pooling and its gradients, window by window.
#include "check.h"

static int64_t windows(const DscWindow *w, int d) {
  int64_t reach = w->dilation[d] * (w->size[d] - 1) + 1;
  return (w->input[d] + 2 * w->padding[d] - reach) / w->stride[d] + 1;
}

static DscWindow random_window(bool dilated) {
  DscWindow w = {
      .batch = 1 + below(3), .channels = 1 + any_size(chance(6) ? 160 : 20), .adaptive = chance(4)};
  int dims = 1 + (int)below(3);
  for (int d = 0; d < 3; d++) {
    bool there = d >= 3 - dims;
    w.size[d] = there ? 1 + below(4) : 1, w.stride[d] = there ? 1 + below(3) : 1;
    w.padding[d] = there ? below(w.size[d] / 2 + 1) : 0,
    w.dilation[d] = there && dilated ? 1 + below(2) : 1;
    w.input[d] = there ? w.dilation[d] * w.size[d] + below(dims == 3 ? 6 : 30) : 1;
    w.output[d] = w.adaptive ? (there ? 1 + below(7) : 1) : windows(&w, d);
  }
  return w;
}

static Array images(DscDType dtype, const DscWindow *w, const int64_t *size, Layout layout) {
  int64_t shape[5] = {w->batch, w->channels, size[0], size[1], size[2]};
  Array a = array(dtype, 5, shape, layout);
  if (layout != CONTIGUOUS || !chance(3)) return a;
  release(&a);  // channels last: the other order that kernels of their own serve
  int64_t last[5] = {w->batch, size[0], size[1], size[2], w->channels};
  a = array(dtype, 5, last, CONTIGUOUS);
  int64_t *s = a.view.strides, channel = s[4];
  for (int d = 4; d > 1; d--) s[d] = s[d - 1];
  s[1] = channel;
  for (int d = 0; d < 5; d++) a.shape[d] = shape[d];
  return a;
}

// From where to where a window goes: taps of the input along one dimension.
static void span(const DscWindow *w, int d, int64_t out, int64_t *first, int64_t *step,
                 int64_t *taps) {
  *first = w->adaptive ? out * w->input[d] / w->output[d] : out * w->stride[d] - w->padding[d];
  *step = w->adaptive ? 1 : w->dilation[d];
  int64_t end = ((out + 1) * w->input[d] + w->output[d] - 1) / w->output[d];
  *taps = w->adaptive ? end - *first : w->size[d];
}

static int64_t volume(const int64_t *size) { return size[0] * size[1] * size[2]; }

// Walks over the elements of a window of a plane that lie in the input; `number` counts all.
#define FOR_WINDOW(w, at)                                                                       \
  int64_t first[3], step[3], taps[3],                                                           \
      o[3] = {(at) / ((w)->output[1] * (w)->output[2]), (at) / (w)->output[2] % (w)->output[1], \
              (at) % (w)->output[2]};                                                           \
  for (int d = 0; d < 3; d++) span(w, d, o[d], &first[d], &step[d], &taps[d]);                  \
  for (int64_t number = 0; number < taps[0] * taps[1] * taps[2]; number++)                      \
    for (int64_t z = first[0] + number / (taps[1] * taps[2]) * step[0],                         \
                 y = first[1] + number / taps[2] % taps[1] * step[1],                           \
                 x = first[2] + number % taps[2] * step[2], once = 1;                           \
         once && z >= 0 && y >= 0 && x >= 0 && z < (w)->input[0] && y < (w)->input[1] &&        \
         x < (w)->input[2];                                                                     \
         once = 0)

static void max_pool(void) {
  DscWindow w = random_window(true);
  DscDType dtype = chance(2) ? DSC_FLOAT32 : (DscDType)(1 + below(DSC_DTYPE_COUNT - 1));
  Array in = images(dtype, &w, w.input, (Layout)below(2)),
        out = images(dtype, &w, w.output, CONTIGUOUS);
  Array numbers = images(DSC_UINT8, &w, w.output, CONTIGUOUS),
        indices = images(DSC_INT64, &w, w.output, CONTIGUOUS);
  fill(&in, 9, chance(4));
  bool numbered = !w.adaptive && !chance(5), indexed = w.adaptive || chance(3);
  CHECK(dsc_max_pool(&w, &in.view, &out.view, numbered ? &numbers.view : NULL,
                     indexed ? &indices.view : NULL) == DSC_OK,
        "dsc_max_pool");
  int64_t plane = volume(w.input), places = volume(w.output);
  double *expected = calloc((size_t)in.count, sizeof(double));
  bool floating = is_floating(dtype);
  Array g = images(floating ? dtype : DSC_FLOAT32, &w, w.output, CONTIGUOUS),
        dx = images(g.view.dtype, &w, w.input, CONTIGUOUS);
  fill(&g, 1, false);
  for (int64_t i = 0; i < out.count; i++) {
    double best = 0;
    int64_t best_number = -1, best_place = -1;
    FOR_WINDOW(&w, i % places) {
      double v = get(&in, i / places * plane + (z * w.input[1] + y) * w.input[2] + x);
      if (best_number < 0 || v > best || isnan(v))
        best = v, best_number = number, best_place = (z * w.input[1] + y) * w.input[2] + x;
    }
    CHECK(near(get(&out, i), best, 0), "max: %a, not %a", get(&out, i), best);
    if (!numbered) set(&numbers, i, (double)best_number);
    CHECK(w.adaptive || get(&numbers, i) == (double)best_number, "number %g, not %lld",
          get(&numbers, i), (long long)best_number);
    CHECK(!indexed || get(&indices, i) == (double)best_place, "place %g, not %lld",
          get(&indices, i), (long long)best_place);
    expected[i / places * plane + best_place] += get(&g, i);
  }
  if (floating) {
    CHECK(dsc_max_pool_backward(&w, &g.view, w.adaptive ? &indices.view : &numbers.view,
                                &dx.view) == DSC_OK,
          "backward");
    for (int64_t i = 0; i < dx.count; i++)
      CHECK(near(get(&dx, i), expected[i], 64 * unit_of(dtype, 1)), "max, gradient: %a, not %a",
            get(&dx, i), expected[i]);
  }
  free(expected);
  release(&in), release(&out), release(&numbers), release(&indices), release(&g), release(&dx);
}

static void average_pool(void) {
  DscWindow w = random_window(false);
  DscDType dtype = any_floating();
  bool padded = chance(2);
  int64_t divisor = w.adaptive || chance(3) ? 0 : 1 + below(5), plane = volume(w.input),
          places = volume(w.output);
  Array in = images(dtype, &w, w.input, (Layout)below(2)),
        out = images(dtype, &w, w.output, CONTIGUOUS);
  Array g = images(dtype, &w, w.output, (Layout)below(2)),
        dx = images(dtype, &w, w.input, CONTIGUOUS);
  fill(&in, 1, false), fill(&g, 1, false);
  CHECK(dsc_avg_pool(&w, padded, divisor, &in.view, &out.view) == DSC_OK, "dsc_avg_pool");
  CHECK(dsc_avg_pool_backward(&w, padded, divisor, &g.view, &dx.view) == DSC_OK,
        "dsc_avg_pool_backward");
  double *expected = calloc((size_t)in.count, sizeof(double));
  for (int64_t i = 0; i < out.count; i++) {
    double sum = 0;
    int64_t inside = 0, counted = 1;
    {
      FOR_WINDOW(&w, i % places) {
        sum += get(&in, i / places * plane + (z * w.input[1] + y) * w.input[2] + x);
        inside++;
      }
      for (int d = 0; d < 3; d++) {  // what lies behind the padding counts for nothing
        int64_t end = first[d] + taps[d], border = w.input[d] + w.padding[d];
        counted *= w.adaptive ? taps[d] : (end < border ? end : border) - first[d];
      }
    }
    double by = divisor != 0            ? (double)divisor
                : padded && !w.adaptive ? (double)counted
                                        : (double)inside,
           e = sum / by;
    CHECK(near(get(&out, i), e,
               64 * unit_of(dtype == DSC_FLOAT64 ? dtype : DSC_FLOAT32, 1) + unit_of(dtype, e)),
          "average: %a, not %a", get(&out, i), e);
    FOR_WINDOW(&w, i % places)
    expected[i / places * plane + (z * w.input[1] + y) * w.input[2] + x] += get(&g, i) / by;
  }
  for (int64_t i = 0; i < dx.count; i++)
    CHECK(near(get(&dx, i), expected[i], 64 * unit_of(dtype, 1)), "average, gradient: %a, not %a",
          get(&dx, i), expected[i]);
  free(expected), release(&in), release(&out), release(&g), release(&dx);
}

// A result so large that it is written past the cache, of channels that lie last.
static void large(void) {
  enum { CHANNELS = 64, SIZE = 232, OUT = SIZE - 1 };
  DscWindow w = {
      .batch = 1, .channels = CHANNELS, .input = {1, SIZE, SIZE}, .output = {1, OUT, OUT}};
  for (int d = 0; d < 3; d++) w.size[d] = d == 0 ? 1 : 2, w.stride[d] = w.dilation[d] = 1;
  float *in = aligned_alloc(64, sizeof(float) * SIZE * SIZE * CHANNELS);
  float *out = aligned_alloc(64, sizeof(float) * OUT * OUT * CHANNELS);
  for (int64_t i = 0; i < SIZE * SIZE * CHANNELS; i++) in[i] = (float)(i * 7919 % 65537);
  DscView from = {
      .data = in, .dtype = DSC_FLOAT32, .strides = {0, 1, 0, SIZE * CHANNELS, CHANNELS}};
  DscView to = {.data = out, .dtype = DSC_FLOAT32, .strides = {0, 1, 0, OUT * CHANNELS, CHANNELS}};
  for (int average = 0; average < 2; average++) {
    memset(out, 0xff, sizeof(float) * OUT * OUT * CHANNELS);
    CHECK((average ? dsc_avg_pool(&w, false, 0, &from, &to)
                   : dsc_max_pool(&w, &from, &to, NULL, NULL)) == DSC_OK,
          "a large result");
    int64_t wrong = 0;
    for (int64_t i = 0; i < OUT * OUT * CHANNELS; i++) {
      const float *a = in + i / (OUT * CHANNELS) * SIZE * CHANNELS + i % (OUT * CHANNELS),
                  *b = a + SIZE * CHANNELS;
      float most = fmaxf(fmaxf(a[0], a[CHANNELS]), fmaxf(b[0], b[CHANNELS]));
      wrong += out[i] != (average ? (a[0] + a[CHANNELS] + b[0] + b[CHANNELS]) / 4 : most);
    }
    CHECK(wrong == 0, "a large result: %lld elements", (long long)wrong);
  }
  free(in), free(out);
}

// A gradient of adaptive averages so large that it is written past the cache, a row for several;
// the same of lines that are no whole lines of the cache.
static void large_gradient(int64_t width) {
  enum { CHANNELS = 64, HEIGHT = 232, OUT = 7 };
  DscWindow w = {.batch = 1, .channels = CHANNELS, .adaptive = true};
  for (int d = 0; d < 3; d++)
    w.input[d] = d == 0 ? 1 : d == 1 ? HEIGHT : width, w.output[d] = d == 0 ? 1 : OUT;
  float g[CHANNELS * OUT * OUT],
      *dx = aligned_alloc(64, sizeof(float) * (size_t)(CHANNELS * HEIGHT * width));
  for (int64_t i = 0; i < CHANNELS * OUT * OUT; i++) g[i] = (float)(i * 7919 % 65537);
  DscView from = {.data = g, .dtype = DSC_FLOAT32, .strides = {0, OUT * OUT, 0, OUT, 1}};
  DscView to = {.data = dx, .dtype = DSC_FLOAT32, .strides = {0, HEIGHT * width, 0, width, 1}};
  memset(dx, 0xff, sizeof(float) * (size_t)(CHANNELS * HEIGHT * width));
  CHECK(dsc_avg_pool_backward(&w, false, 0, &from, &to) == DSC_OK, "a large gradient");
  int64_t wrong = 0;
  for (int64_t i = 0; i < CHANNELS * HEIGHT * width; i++) {
    int64_t x = i % width, y = i / width % HEIGHT, c = i / width / HEIGHT;
    double expected = 0;
    for (int64_t oy = 0; oy < OUT; oy++)
      for (int64_t ox = 0; ox < OUT; ox++) {
        int64_t top = oy * HEIGHT / OUT, bottom = ((oy + 1) * HEIGHT + OUT - 1) / OUT;
        int64_t left = ox * width / OUT, right = ((ox + 1) * width + OUT - 1) / OUT;
        if (y < top || y >= bottom || x < left || x >= right) continue;
        expected += g[(c * OUT + oy) * OUT + ox] / (double)((bottom - top) * (right - left));
      }
    wrong += !(fabs(dx[i] - expected) <= 1e-5 * fabs(expected));
  }
  CHECK(wrong == 0, "a large gradient: %lld elements", (long long)wrong);
  free(dx);
}

void check_pooling(void) {
  large(), large_gradient(240), large_gradient(243);
  for (int i = 0; i < 80; i++) max_pool(), average_pool();
}
