// Random numbers: the engine against its recurrence, uniform fills against their rule bit by bit,
// and every other fill equal to the last bit on all instruction sets.
#include "check.h"

// Matsumoto and Nishimura's MT19937, 1998, straight from the recurrence.
typedef struct {
  uint32_t x[624];
  int next;
} Twister;

static void seed(Twister *t, uint32_t value) {
  t->x[0] = value, t->next = 624;
  for (uint32_t i = 1; i < 624; i++) t->x[i] = 1812433253u * (t->x[i - 1] ^ t->x[i - 1] >> 30) + i;
}

static uint32_t drawn(Twister *t) {
  if (t->next == 624) {
    for (int i = 0; i < 624; i++) {
      uint32_t y = (t->x[i] & 0x80000000u) | (t->x[(i + 1) % 624] & 0x7fffffffu);
      t->x[i] = t->x[(i + 397) % 624] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
    }
    t->next = 0;
  }
  uint32_t y = t->x[t->next++];
  y ^= y >> 11, y ^= y << 7 & 0x9d2c5680u, y ^= y << 15 & 0xefc60000u;
  return y ^ y >> 18;
}

static void engine(void) {
  DscGenerator g;
  Twister t;
  dsc_generator_seed(&g, 5489), seed(&t, 5489);
  CHECK(drawn(&t) == 3499211612u && dsc_random_u32(&g) == 3499211612u,
        "the first number of the standard's seed");
  for (int i = 0; i < 3000; i++) CHECK(dsc_random_u32(&g) == drawn(&t), "number %d", i);
}

static void uniform(void) {
  for (int64_t count = 0; count < 1300; count = count * 2 + 1) {
    DscGenerator g;
    Twister t;
    uint32_t start = (uint32_t)below(1 << 30);
    dsc_generator_seed(&g, start), seed(&t, start);
    Array f = vector(DSC_FLOAT32, count), d = vector(DSC_FLOAT64, count);
    CHECK(dsc_fill_uniform(&g, DSC_FLOAT32, count, 0, 1, f.view.data) == DSC_OK, "float32");
    for (int64_t i = 0; i < count; i++)
      CHECK(get(&f, i) == (double)(drawn(&t) & 0xffffff) * 0x1p-24, "float32");
    CHECK(dsc_fill_uniform(&g, DSC_FLOAT64, count, 0, 1, d.view.data) == DSC_OK, "float64");
    for (int64_t i = 0; i < count; i++) {
      uint64_t high = drawn(&t), bits = high << 32 | drawn(&t);
      CHECK(get(&d, i) == (double)(bits & (1ull << 53) - 1) * 0x1p-53, "float64: %a", get(&d, i));
    }
    release(&f), release(&d);
  }
}

// What a fill writes, by the number of its kind.
static int fill_with(int kind, DscGenerator *g, DscDType dtype, int64_t count, const Array *rates,
                     void *out) {
  switch (kind) {
    case 0:
      return dsc_fill_uniform(g, dtype, count, -2, 3, out);
    case 1:
      return dsc_fill_normal(g, dtype, count, 1, 2, false, out);
    case 2:
      return dsc_fill_normal(g, dtype, count, 1, 2, true, out);
    case 3:
      return dsc_fill_integers(g, dtype, count, -5, 117, out);
    case 4:
      return dsc_fill_random(g, dtype, count, out);
    case 5:
      return dsc_fill_bernoulli(g, dtype, count, 0.3, out);
    case 6:
      return dsc_fill_bernoulli_each(g, dtype, rates->view.data, dtype, count, out);
    case 7:
      return dsc_fill_exponential(g, dtype, count, 1.5, out);
    case 8:
      return dsc_fill_geometric(g, dtype, count, 0.4, out);
    case 9:
      return dsc_fill_cauchy(g, dtype, count, 1, 2, out);
    case 10:
      return dsc_fill_log_normal(g, dtype, count, 0.5, 0.25, out);
    default:
      return dsc_fill_poisson_each(g, dtype, rates->view.data, count, out);
  }
}

// The means of the distributions above (none of cauchy's), and the bits of all numbers: one set of
// numbers, wherever they are drawn.
static void distributions(void) {
  static const uint64_t expected[12][2] = {
      {0x1311f0452f91e691, 0x45eb83a85dea9534}, {0x2993301323f4c12b, 0x4284a65432cef915},
      {0xdebe1d3cbceddecf, 0x492bfde45f32b89d}, {0x8057d93f6f91e691, 0x8057d93f6f91e691},
      {0x9a5d040d6f91e691, 0xab622b85b4ada0fb}, {0xc62dc212a94fa37d, 0xc62dc212a94fa37d},
      {0x504f593f6f91e691, 0xba0dc212a94fa37d}, {0x31c74657294fa37d, 0x5ae7a9b8494af1b7},
      {0x8a20c212a94fa37d, 0x8a20c212a94fa37d}, {0x2ae76b3ec94fa37d, 0xe311df4dfd9e9e62},
      {0x32a38e4a3ceddecf, 0x700f898a79f9988a}, {0x6a0d17bbacc1e2ac, 0x6a0d17bbacc1e2ac},
  };
  static const double means[12] = {0.5, 1, 1, 53, 0, 0.3, 0.5, 1 / 1.5, 2.5, 0, 1.70, 0.5};
  static const double widths[12] = {1.5, 2, 2, 34, 0, 0.46, 0.5, 0.67, 2, 0, 0.44, 0.75};
  for (int kind = 0; kind < 12; kind++) {
    for (int wide = 0; wide < 2; wide++) {
      DscDType dtype = wide ? DSC_FLOAT64 : DSC_FLOAT32;
      uint64_t bits = 0;
      for (int64_t count = 1; count < 5000; count = count * 5 + 2) {
        Array rates = vector(dtype, count), out = vector(dtype, count);
        for (int64_t i = 0; i < count; i++)
          set(&rates, i, fmod((double)(i + 1) * 0.6180339887498949, 1));
        DscGenerator g;
        dsc_generator_seed(&g, 42);
        CHECK(fill_with(kind, &g, dtype, count, &rates, out.view.data) == DSC_OK, "fill %d", kind);
        double mean = 0;
        for (int64_t i = 0; i < count; i++) mean += get(&out, i) / (double)count;
        if (means[kind] != 0)
          CHECK(fabs(mean - means[kind]) < 5 * widths[kind] / sqrt((double)count),
                "fill %d: mean %g", kind, mean);
        for (int64_t i = 0; i < count; i++) {
          double v = get(&out, i);
          uint64_t part;
          memcpy(&part, &v, sizeof(part));
          bits = bits * 6364136223846793005u + part;
        }
        bits = bits * 6364136223846793005u + dsc_random_u32(&g);  // as many draws everywhere
        release(&rates), release(&out);
      }
      CHECK(bits == expected[kind][wide], "fill %d of %s has other bits here: 0x%llx", kind,
            dsc_dtype_name(dtype), (unsigned long long)bits);
    }
  }
}

static void permutations(void) {
  for (int64_t count = 0; count < 700; count = count * 2 + 1) {
    DscGenerator g;
    dsc_generator_seed(&g, 7);
    Array out = vector(DSC_INT64, count);
    dsc_fill_permutation(&g, count, out.view.data);
    char *seen = calloc((size_t)count + 1, 1);
    for (int64_t i = 0; i < count; i++) {
      int64_t v = (int64_t)get(&out, i);
      CHECK(v >= 0 && v < count && !seen[v], "%lld twice or beyond %lld", (long long)v,
            (long long)count);
      if (v >= 0 && v < count) seen[v] = 1;
    }
    free(seen), release(&out);
  }
}

// Draws from weights: never what has none, and the others as often as they weigh.
static void multinomial(void) {
  enum { ROWS = 3, CATEGORIES = 5, SAMPLES = 4000 };
  static const double weights[ROWS][CATEGORIES] = {
      {1, 0, 3, 0, 0}, {0, 0, 0, 0, 2}, {1, 1, 1, 1, 4}};
  for (int wide = 0; wide < 2; wide++) {
    DscDType dtype = wide ? DSC_FLOAT64 : DSC_FLOAT32;
    Array w = vector(dtype, ROWS * CATEGORIES), out = vector(DSC_INT64, ROWS * SAMPLES);
    for (int i = 0; i < ROWS * CATEGORIES; i++) set(&w, i, weights[i / CATEGORIES][i % CATEGORIES]);
    DscGenerator g;
    dsc_generator_seed(&g, 3);
    CHECK(dsc_fill_multinomial(&g, dtype, ROWS, CATEGORIES, w.view.data, SAMPLES, out.view.data) ==
              DSC_OK,
          "multinomial");
    double seen[ROWS][CATEGORIES] = {{0}};
    for (int i = 0; i < ROWS * SAMPLES; i++) {
      int64_t c = (int64_t)get(&out, i);
      CHECK(c >= 0 && c < CATEGORIES && weights[i / SAMPLES][c] > 0, "category %lld", (long long)c);
      if (c >= 0 && c < CATEGORIES) seen[i / SAMPLES][c]++;
    }
    for (int r = 0; r < ROWS; r++) {
      double total = 0;
      for (int c = 0; c < CATEGORIES; c++) total += weights[r][c];
      for (int c = 0; c < CATEGORIES; c++) {
        double e = SAMPLES * weights[r][c] / total;
        CHECK(fabs(seen[r][c] - e) <= 5 * sqrt(e), "category %d %g times, not %g", c, seen[r][c],
              e);
      }
    }
    release(&w), release(&out);
  }
}

void check_random(void) { engine(), uniform(), distributions(), permutations(), multinomial(); }
