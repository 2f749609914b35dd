// The tests of the kernels: every family against plain definitions, on every instruction set that
// the processor has. Scripts/check-kernels.sh builds them natively and, where a cross compiler and
// qemu are there, for NEON.
#include "check.h"

#include <stdarg.h>

static uint64_t state;
static int failures, shown;
static int64_t checks;

double draw(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (double)(int64_t)state / 9.3e18;
}
int64_t below(int64_t n) { return (int64_t)(fabs(draw()) * (double)n) % n; }
bool chance(int64_t one_in) { return below(one_in) == 0; }

int64_t any_size(int64_t most) {
  static const int64_t edges[] = {0, 1, 2, 3, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129};
  int64_t size = chance(2) ? edges[below(sizeof(edges) / sizeof(edges[0]))] : below(most + 1);
  return size < most ? size : most;
}

int random_shape(int64_t *shape, int64_t most) {
  int ndim = 1 + (int)below(4);
  for (int d = 0; d < ndim; d++) shape[d] = any_size(ndim > 2 ? 9 : chance(3) ? most : 33);
  return ndim;
}

bool is_floating(DscDType dtype) { return dtype >= DSC_FLOAT16; }

static int fraction_bits(DscDType dtype) {
  return dtype == DSC_FLOAT64 ? 52 : dtype == DSC_FLOAT32 ? 23 : dtype == DSC_FLOAT16 ? 10 : 7;
}
static int least_exponent(DscDType dtype) {
  return dtype == DSC_FLOAT64 ? -1022 : dtype == DSC_FLOAT16 ? -14 : -126;
}

double unit_of(DscDType dtype, double value) {
  int exponent = least_exponent(dtype);
  if (value != 0 && isfinite(value) && ilogb(value) > exponent) exponent = ilogb(value);
  return ldexp(1, exponent - fraction_bits(dtype));
}

double rounded(DscDType dtype, double value) {
  if (dtype == DSC_BOOL) return value != 0;
  if (dtype == DSC_FLOAT64) return value;
  if (is_floating(dtype)) {
    if (!isfinite(value)) return value;
    double unit = unit_of(dtype, value), result = rint(value / unit) * unit;
    double limit = dtype == DSC_FLOAT16   ? 65504
                   : dtype == DSC_FLOAT32 ? 0x1.fffffep127
                                          : 0x1.fep127;
    return fabs(result) > limit ? copysign(INFINITY, value) : result;
  }
  int64_t whole = (int64_t)value;
  switch (dtype) {
    case DSC_UINT8:
      return (uint8_t)whole;
    case DSC_INT8:
      return (int8_t)whole;
    case DSC_INT16:
      return (int16_t)whole;
    case DSC_INT32:
      return (int32_t)whole;
    default:
      return (double)whole;
  }
}

// The bits of a number that float16 or bfloat16 holds, and back.
static uint16_t half_bits(DscDType dtype, double value) {
  int bits = fraction_bits(dtype), least = least_exponent(dtype);
  uint16_t sign = signbit(value) ? 0x8000 : 0, infinity = (uint16_t)(0x7fff >> bits << bits);
  if (isnan(value)) return sign | infinity | (uint16_t)(1 << (bits - 1));
  if (isinf(value)) return sign | infinity;
  double size = fabs(value);
  if (size < ldexp(1, least)) return sign | (uint16_t)(size / ldexp(1, least - bits));
  int exponent = ilogb(size);
  return sign | (uint16_t)(((exponent - least + 1) << bits) +
                           (int)((size / ldexp(1, exponent) - 1) * (1 << bits)));
}
static double half_value(DscDType dtype, uint16_t half) {
  int bits = fraction_bits(dtype), least = least_exponent(dtype);
  int exponent = (half & 0x7fff) >> bits, fraction = half & ((1 << bits) - 1);
  double size = exponent == 0 ? ldexp(fraction, least - bits)
                              : ldexp((1 << bits) + fraction, exponent - 1 + least - bits);
  if (exponent == 0x7fff >> bits) size = fraction == 0 ? INFINITY : NAN;
  return half & 0x8000 ? -size : size;
}

DscDType any_floating(void) { return (DscDType)(DSC_FLOAT16 + below(4)); }
DscDType any_dtype(void) { return (DscDType)below(DSC_DTYPE_COUNT); }

enum { ROOM = 64 };

Array array(DscDType dtype, int ndim, const int64_t *shape, Layout layout) {
  Array a = {.ndim = ndim, .count = 1, .view = {.dtype = dtype}};
  int order[DSC_MAX_DIMS];
  for (int d = 0; d < ndim; d++) a.shape[d] = shape[d], a.count *= shape[d], order[d] = d;
  for (int d = ndim - 1; d > 0 && layout != CONTIGUOUS; d--) {
    int other = (int)below(d + 1), kept = order[d];
    if (chance(2)) order[d] = order[other], order[other] = kept;
  }
  int64_t step = 1, first = 0;
  for (int i = ndim - 1; i >= 0; i--) {
    int d = order[i];
    if (layout == EXPANDED && chance(4)) continue;
    if (layout != CONTIGUOUS && chance(3)) step += 1 + below(3);
    a.view.strides[d] = layout != CONTIGUOUS && chance(5) ? -step : step;
    if (a.view.strides[d] < 0 && shape[d] > 0) first += (shape[d] - 1) * step;
    step *= shape[d] > 0 ? shape[d] : 1;
  }
  size_t size = dsc_dtype_size(dtype);
  a.bytes = ((size_t)step + 2 * ROOM) * size;
  a.memory = malloc(a.bytes), a.before = malloc(a.bytes);
  memset(a.memory, 0x5a, a.bytes), memset(a.before, 0x5a, a.bytes);
  a.view.data = a.memory + (ROOM + (size_t)first) * size;
  for (int64_t i = 0; i < a.count; i++) set(&a, i, 0);
  return a;
}

Array vector(DscDType dtype, int64_t count) { return array(dtype, 1, &count, CONTIGUOUS); }

void *place(const Array *a, int64_t index) {
  int64_t offset = 0;
  for (int d = a->ndim - 1; d >= 0; d--) {
    offset += index % a->shape[d] * a->view.strides[d];
    index /= a->shape[d];
  }
  return (char *)a->view.data + offset * (int64_t)dsc_dtype_size(a->view.dtype);
}

double get(const Array *a, int64_t index) {
  const void *p = place(a, index);
  switch (a->view.dtype) {
    case DSC_BOOL:
    case DSC_UINT8:
      return *(const uint8_t *)p;
    case DSC_INT8:
      return *(const int8_t *)p;
    case DSC_INT16:
      return *(const int16_t *)p;
    case DSC_INT32:
      return *(const int32_t *)p;
    case DSC_INT64:
      return (double)*(const int64_t *)p;
    case DSC_FLOAT16:
    case DSC_BFLOAT16:
      return half_value(a->view.dtype, *(const uint16_t *)p);
    case DSC_FLOAT32:
      return (double)*(const float *)p;
    case DSC_FLOAT64:
      return *(const double *)p;
  }
}

void set(Array *a, int64_t index, double value) {
  void *p = place(a, index);
  value = rounded(a->view.dtype, value);
  switch (a->view.dtype) {
    case DSC_BOOL:
    case DSC_UINT8:
      *(uint8_t *)p = (uint8_t)value;
      break;
    case DSC_INT8:
      *(int8_t *)p = (int8_t)value;
      break;
    case DSC_INT16:
      *(int16_t *)p = (int16_t)value;
      break;
    case DSC_INT32:
      *(int32_t *)p = (int32_t)value;
      break;
    case DSC_INT64:
      *(int64_t *)p = (int64_t)value;
      break;
    case DSC_FLOAT16:
    case DSC_BFLOAT16:
      *(uint16_t *)p = half_bits(a->view.dtype, value);
      break;
    case DSC_FLOAT32:
      *(float *)p = (float)value;
      break;
    case DSC_FLOAT64:
      *(double *)p = value;
      break;
  }
}

void fill(Array *a, double size, bool specials) {
  static const double odd[] = {NAN, INFINITY, -INFINITY, -0.0};
  for (int64_t i = 0; i < a->count; i++) {
    double value = draw() * size;
    if (a->view.dtype == DSC_BOOL) value = chance(2);
    if (a->view.dtype == DSC_UINT8) value = fabs(value);
    if (specials && is_floating(a->view.dtype) && chance(8)) value = odd[below(4)];
    set(a, i, value);
  }
}

void release(Array *a) {
  size_t size = dsc_dtype_size(a->view.dtype);
  for (int64_t i = 0; i < a->count; i++) {
    char *p = place(a, i);
    memcpy(a->before + (p - a->memory), p, size);
  }
  CHECK(memcmp(a->memory, a->before, a->bytes) == 0, "memory beside the elements was written");
  free(a->memory), free(a->before);
}

void check(bool holds, const char *file, int line, const char *format, ...) {
  checks++;
  if (holds) return;
  failures++;
  if (++shown > 5) return;
  va_list arguments;
  va_start(arguments, format);
  const char *name = strrchr(file, '/');
  printf("  %s:%d: ", name == NULL ? file : name + 1, line);
  vprintf(format, arguments);
  printf("\n");
  va_end(arguments);
}

bool near(double got, double expected, double tolerance) {
  if (isnan(expected) || isnan(got)) return isnan(expected) && isnan(got);
  return got == expected || fabs(got - expected) <= tolerance;
}

Array filled(DscDType dtype, int64_t count) {
  Array a = vector(dtype, count);
  fill(&a, 1, false);
  return a;
}

double error_of(double got, double expected, double terms, DscDType dtype) {
  double unit = dtype == DSC_FLOAT64 ? 0x1p-52 : 0x1p-23;
  return isnan(got) ? INFINITY : fabs(got - expected) / (unit * (terms + 2));
}

double unexplained(double result, double expected, int64_t k, DscDType dtype) {
  const bool half = dtype == DSC_FLOAT16 || dtype == DSC_BFLOAT16;
  const double slack = half ? unit_of(dtype, expected) : 0;
  return fmax(0, error_of(result, expected, (double)k, dtype) - slack / 0x1p-23 / ((double)k + 2));
}

int main(int count, char **names) {
  static const char *targets[] = {"portable", "AVX2", "AVX-512", "NEON"};
  static const struct {
    const char *name;
    void (*run)(void);
  } families[] = {
      {"products", check_products},         {"large-products", check_large_products},
      {"convolutions", check_convolutions}, {"attention", check_attention},
      {"recurrent", check_recurrent},       {"pointwise", check_pointwise},
      {"programs", check_programs},         {"copies", check_copies},
      {"integers", check_integers},         {"reductions", check_reductions},
      {"softmax", check_softmax},           {"norms", check_norms},
      {"pooling", check_pooling},           {"indexing", check_indexing},
      {"ordering", check_ordering},         {"random", check_random},
      {"updates", check_updates},           {"threads", check_threads},
  };
  const size_t family_count = sizeof(families) / sizeof(families[0]);
  if (count > 1 && strcmp(names[1], "--families") == 0) {
    for (size_t i = 0; i < family_count; i++) printf("%s\n", families[i].name);
    return 0;
  }
  int families_run = 0;
  dsc_set_thread_count(3);
  for (int target = 0; target < DSC_TARGET_COUNT; target++) {
    if (!dsc_set_target_for_testing((DscTarget)target)) continue;
    for (size_t i = 0; i < family_count; i++) {
      if (count > 1 && strcmp(names[1], families[i].name) != 0) continue;
      state = 88172645463325252u, checks = 0, shown = 0;
      int before = failures;
      families[i].run();
      families_run++;
      printf("%-8s %-14s %8lld checks, %d failed\n", targets[target], families[i].name,
             (long long)checks, failures - before);
    }
  }
  if (families_run == 0) printf("no family of that name\n");
  return failures != 0 || families_run == 0;
}
