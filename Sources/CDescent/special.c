// Special functions as scalar code in double: lgamma, digamma, trigamma, i0, i1, erfinv.
//
// The float32 loops call these too and round once. Coefficients: Chebyshev interpolation in 50
// digits of the function named beside them (Scripts/coefficients.py).
#include "dsc_special.h"

#include <math.h>
#include <stddef.h>

// Not in C11's <math.h>, but in every C library this builds on; lgamma() itself writes the global
// signgam, which is a data race.
extern double lgamma_r(double x, int *sign);

static const double PI = 3.14159265358979323846;

double dsc_lgamma(double x) {
  int sign;
  return lgamma_r(x, &sign);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static double polynomial(double x, const double *c, size_t count) {
  double sum = c[count - 1];
  for (size_t i = count - 1; i-- > 0;) sum = sum * x + c[i];
  return sum;
}

// Clenshaw's recurrence for a Chebyshev series on -1 ... 1.
static double chebyshev(double x, const double *c, size_t count) {
  double b1 = 0, b2 = 0;
  for (size_t i = count - 1; i > 0; i--) {
    const double b = 2 * x * b1 - b2 + c[i];
    b2 = b1;
    b1 = b;
  }
  return x * b1 - b2 + c[0];
}

// The positive zero of digamma, in two parts, and digamma(x) / (x - zero) on 1 ... 2 as a
// polynomial in 2x - 3.
static const double ZERO = 0x1.762d86356be3fp+0, ZERO_LOW = 0x1.b86a722197829p-54;
static const double digamma_near_root[] = {
    0x1.e6f0cbb873616p-1,  -0x1.b1cb63005ee98p-3,  0x1.eca189b8e6f7bp-5,  -0x1.2feeeb98a78cbp-6,
    0x1.8512e59037ebbp-8,  -0x1.fb44202a259cep-10, 0x1.4de9aa1802de8p-11, -0x1.b9f8b11b2f98ep-13,
    0x1.25647156391a7p-14, -0x1.8635641765f08p-16, 0x1.03c0b2b60f6f7p-17, -0x1.5a06a23d62223p-19,
    0x1.cd1f26d55994ep-21, -0x1.336df991b5f25p-22, 0x1.99e1aca26565dp-24, -0x1.0fb126d4c2892p-25,
    0x1.69ba8fdd1d52cp-27, -0x1.fdacdb7508852p-29, 0x1.56c5b73aaffa6p-30, -0x1.2f41994664278p-32,
    0x1.80260c257a44fp-34, -0x1.761380b8f00cep-34, 0x1.00b98a8f0aa04p-35};

// Abramowitz and Stegun 6.3.18, 6.3.5 and 6.3.7. At the poles as PyTorch: 0 gives an infinity of
// the opposite sign, negative integers NaN.
double dsc_digamma(double x) {
  if (x == 0) return copysign(INFINITY, -x);
  if (x < 0) {
    if (x == floor(x)) return NAN;
    return dsc_digamma(1 - x) - PI / tan(PI * (x - trunc(x)));
  }
  if (x >= 10) {
    static const double c[] = {1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                               1.0 / 132, -691.0 / 32760, 1.0 / 12,  -3617.0 / 8160};
    const double z = 1 / (x * x);
    return x < 0x1p60 ? log(x) - 0.5 / x - z * polynomial(z, c, COUNT(c)) : log(x);
  }
  double sum = 0;
  if (x < 1) {
    sum = -1 / x;
    x += 1;
  }
  for (; x > 2; sum += 1 / x) x -= 1;
  const double from_zero = (x - ZERO) - ZERO_LOW;
  return sum + from_zero * polynomial(2 * x - 3, digamma_near_root, COUNT(digamma_near_root));
}

// Abramowitz and Stegun 6.4.12, 6.4.6 and 6.4.7; infinite at the poles.
double dsc_trigamma(double x) {
  if (x <= 0) {
    if (x == floor(x)) return INFINITY;
    const double s = sin(PI * (x - trunc(x)));
    return PI * PI / (s * s) - dsc_trigamma(1 - x);
  }
  double sum = 0;
  for (; x < 10; x += 1) sum += 1 / (x * x);
  static const double c[] = {1.0 / 6,  -1.0 / 30,     1.0 / 42, -1.0 / 30,
                             5.0 / 66, -691.0 / 2730, 7.0 / 6,  -3617.0 / 510};
  const double z = 1 / (x * x);
  return sum + (1 / x + 0.5 * z + z / x * polynomial(z, c, COUNT(c)));
}

// exp(-x) I0(x) on 0 ... 8 in x / 4 - 1, and sqrt(x) exp(-x) I0(x) beyond in 16 / x - 1; for I1 the
// first is divided by x.
static const double i0_near[] = {
    0x1.5a84e9035a22ap-2,  -0x1.37febc057cd8dp-2,  0x1.5f7ac77ac88c0p-3,  -0x1.84b70342d06eap-4,
    0x1.93e8acea8a32dp-5,  -0x1.84e9ef121b6f0p-6,  0x1.59961f3dde3ddp-7,  -0x1.1b65e201aa849p-8,
    0x1.adc758a12100ep-10, -0x1.2e2fd1f15eb52p-11, 0x1.8b51b74107cabp-13, -0x1.e2b2659c41d5ap-15,
    0x1.13f58be9a2859p-16, -0x1.2866fcba56427p-18, 0x1.2bf24978cf4acp-20, -0x1.1ec638f227f8dp-22,
    0x1.03b769d4d6435p-24, -0x1.beaf68c0b30abp-27, 0x1.6d903a454cb34p-29, -0x1.1d4fe13ae9556p-31,
    0x1.a98becc743c10p-34, -0x1.2fc957a946abcp-36, 0x1.9fe2fe19bd324p-39, -0x1.1164c62ee1af0p-41,
    0x1.59b464b262627p-44, -0x1.a5022c297fbebp-47, 0x1.ee6d893f65ebap-50, -0x1.184eb721ebbb4p-52,
    0x1.33362977da589p-55};
static const double i0_far[] = {
    0x1.9be62aca809cbp-2,   0x1.b998ca2e59049p-9,   0x1.20fa378999e52p-14,  0x1.8412bc101c586p-19,
    0x1.b8007d9cd616ep-23,  0x1.8569280d6d56dp-26,  0x1.d2c64a9225b87p-29,  0x1.0f9ccc0f46f75p-31,
    0x1.a24feabe8004fp-37,  -0x1.1511d08397425p-35, -0x1.d0fd7357e7bf2p-37, -0x1.f904303178d66p-40,
    0x1.94347fa268cecp-41,  0x1.b1c8c6b83c073p-42,  0x1.156ff0d5fc545p-46,  -0x1.75d99cf68bb32p-45,
    -0x1.583fe7e65629ap-47, 0x1.12a919094e6d7p-48,  0x1.fee7da3eafb1fp-50,  -0x1.8aee7d908de38p-52,
    -0x1.4600babd21fe4p-52, 0x1.3f3dd076041cdp-55,  0x1.9be1812d98421p-55,  -0x1.646da66119130p-58,
    -0x1.0adb754ca8b19p-57};
static const double i1_near[] = {
    0x1.02a63724a7ffap-3,  -0x1.694d10469192ep-3,  0x1.a46dad536f53cp-4,  -0x1.b1bbc537c9ebcp-5,
    0x1.951e3e7bb2349p-6,  -0x1.5a29f7913a26ap-7,  0x1.1065349d3a1b4p-8,  -0x1.8cc620b3cd4a4p-10,
    0x1.0c95db6c6df7dp-11, -0x1.533cad3d694fep-13, 0x1.911b542c70d0bp-15, -0x1.bd5f9b8debbcfp-17,
    0x1.d1c4ed511afc5p-19, -0x1.cc0798363992ap-21, 0x1.ae344b347d108p-23, -0x1.7dd3e24b8c3e8p-25,
    0x1.4258e02395010p-27, -0x1.0361b28ea67e6p-29, 0x1.8ea34b43fdf6cp-32, -0x1.2510397eb07dep-34,
    0x1.9cee2b21d3154p-37, -0x1.173835fb70366p-39, 0x1.6af784779d955p-42, -0x1.c628e1c8f0b3bp-45,
    0x1.11d7f0615290cp-47, -0x1.3eaaa7e0d1573p-50, 0x1.663e3e593bfacp-53, -0x1.857d0c38a0576p-56,
    0x1.99f2a0c3c4014p-59};
static const double i1_far[] = {
    0x1.8ea18b55b1514p-2,   -0x1.3fda053fcdb4cp-7,  -0x1.cfd7f804aa9a6p-14, -0x1.048df49ca0373p-18,
    -0x1.0dbfd2e9e5443p-22, -0x1.c415394bb46c1p-26, -0x1.0790b9ad53528p-28, -0x1.334ca5423dd80p-31,
    -0x1.4dcf9d4504c0cp-36, 0x1.1e1a1f1587865p-35,  0x1.f101f653c457bp-37,  0x1.1e7d3f6439fa3p-39,
    -0x1.953e1076ab493p-41, -0x1.cbc458e73e255p-42, -0x1.7a9482e6d22a0p-46, 0x1.80d3c26b3281ep-45,
    0x1.776e1762d31e8p-47,  -0x1.12db5138afbc7p-48, -0x1.0efcd8bc4d22ap-49, 0x1.7d68e5f04a2d1p-52,
    0x1.55915fceb588ap-52,  -0x1.2806c9c773320p-55, -0x1.acea3b2532276p-55, 0x1.45b8aea87b950p-58,
    0x1.1556db352e8e5p-57};

// exp(x) * factor, also where exp(x) alone overflows.
static double scaled_exp(double x, double factor) {
  if (x < 700) return exp(x) * factor;
  const double half = exp(x / 2);
  return half * factor * half;
}

double dsc_i0(double x) {
  const double a = fabs(x);
  if (a <= 8) return exp(a) * chebyshev(a / 4 - 1, i0_near, COUNT(i0_near));
  if (a == INFINITY) return a;
  return scaled_exp(a, chebyshev(16 / a - 1, i0_far, COUNT(i0_far)) / sqrt(a));
}

double dsc_i1(double x) {
  const double a = fabs(x);
  if (a <= 8) return x * (exp(a) * chebyshev(a / 4 - 1, i1_near, COUNT(i1_near)));
  if (a == INFINITY) return x;
  return copysign(scaled_exp(a, chebyshev(16 / a - 1, i1_far, COUNT(i1_far)) / sqrt(a)), x);
}

// A first guess good to 2e-3 (S. Winitzki, "A handy approximation for the error function and its
// inverse", 2008), then Halley's method: two steps, each tripling the digits. In the tails the
// equation is erfc(y) = 1 - |x|, whose right side is exact there.
double dsc_erfinv(double x) {
  const double a = fabs(x);
  if (!(a < 1)) return a == 1 ? copysign(INFINITY, x) : NAN;
  if (a < 0x1p-500) return x * 0.886226925452758013649;  // sqrt(pi) / 2
  const double k = 0.147, l = log1p(-a * a) / 2, t = 2 / (PI * k) + l;
  double y = sqrt(fmax(sqrt(t * t - 2 * l / k) - t, 0));
  if (a < 0x1p-20) y = a * 0.886226925452758013649;
  for (int step = 0; step < 3; step++) {
    const double error = a < 0.5 ? erf(y) - a : (1 - a) - erfc(y);
    const double u = error * exp(y * y) * 0.886226925452758013649;
    y -= u / (1 + u * y);
  }
  return copysign(y, x);
}
