"""Derives every coefficient of the vector math in Sources/CDescent, in 50 digits.

    pip install mpmath
    python Scripts/coefficients.py > Sources/CDescent/dsc_coefficients.h

Polynomials are minimax: the Remez exchange on the error weighted as said beside each.
"""

import struct

from mpmath import (asin, asinh, atan, besseli, cos, digamma, erf, erfc, erfinv, exp, findroot, fsum,
                    log, loggamma, lu_solve, matrix, mp, mpf, pi, polygamma, sqrt, tanh)

mp.dps = 50


def value(c, x):
    total = mpf(0)
    for k in reversed(c):
        total = total * x + k
    return total


def minimax(f, a, b, degree, weight=lambda x: mpf(1)):
    """The polynomial of least max |weight (f - p)| on a ... b, and that maximum."""
    a, b, n = mpf(a), mpf(b), degree + 2
    grid = [(a + b) / 2 - (b - a) / 2 * cos(pi * i / (40 * n)) for i in range(40 * n + 1)]
    # Where the weight is 0 any polynomial is exact; such a point cannot be a node.
    grid = [x if abs(weight(x)) > mpf("1e-15") else x + (b - a) / 1000 for x in grid]
    f_grid, w_grid = [f(x) for x in grid], [abs(weight(x)) for x in grid]
    nodes = [40 * n * i // (n - 1) for i in range(n)]
    for _ in range(30):
        rows = matrix(n, n)
        right = matrix(n, 1)
        for r, i in enumerate(nodes):
            for k in range(degree + 1):
                rows[r, k] = grid[i]**k
            rows[r, n - 1] = (-1)**r / w_grid[i]
            right[r] = f_grid[i]
        solution = lu_solve(rows, right)
        c = [solution[k] for k in range(degree + 1)]
        errors = [w * (y - value(c, x)) for x, y, w in zip(grid, f_grid, w_grid)]
        # One extremum in each run of one sign.
        extrema, start = [], 0
        for i in range(1, len(grid) + 1):
            if i == len(grid) or errors[i] * errors[start] < 0:
                extrema.append(max(range(start, i), key=lambda j: abs(errors[j])))
                start = i
        while len(extrema) > n:
            extrema.pop(0 if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]) else -1)
        if len(extrema) < n or extrema == nodes:
            break
        nodes = extrema
    return c, max(abs(e) for e in errors)


def chebyshev(f, a, b, n=60):
    """Chebyshev coefficients by interpolation, cut where they no longer count in double."""
    a, b = mpf(a), mpf(b)
    angles = [pi * (k + mpf(1) / 2) / n for k in range(n)]
    fs = [f((b - a) / 2 * cos(t) + (a + b) / 2) for t in angles]
    c = [(2 if j else 1) * fsum(y * cos(j * t) for y, t in zip(fs, angles)) / n for j in range(n)]
    while abs(c[-1]) < mpf(2)**-56 * abs(c[0]):
        c.pop()
    return c


def powers(c):
    """A Chebyshev series as a polynomial."""
    t = [[mpf(1)], [mpf(0), mpf(1)]]
    while len(t) < len(c):
        t.append([-x for x in t[-2]] + [mpf(0)] * 2)
        for i, x in enumerate(t[-2]):
            t[-1][i + 1] += 2 * x
    return [fsum(ck * t[k][i] for k, ck in enumerate(c) if i < len(t[k])) for i in range(len(c))]


def single(x):
    return struct.unpack('f', struct.pack('f', float(x)))[0]


LN2 = log(mpf(2))
HALF_LN2 = LN2 / 2 * mpf('1.01')
LOG2_TWICE = 2 / LN2
LOG_LOW, LOG_HIGH = sqrt(mpf(1) / 2) - 1, sqrt(mpf(2)) - 1
QUARTER = (pi / 4)**2 * mpf('1.001')


def series(terms, count=40):
    """Sum of terms(k) for k = 0 ..< count: functions with their cancelling part taken off."""
    return fsum(terms(k) for k in range(count))


def factorial(n):
    return mp.factorial(n)


def exp_rest(r):  # (e^r - 1 - r) / r^2
    return series(lambda k: r**k / factorial(k + 2))


def exp2_rest(r):  # (2^r - 1) / r
    return series(lambda k: LN2**(k + 1) * r**k / factorial(k + 1))


def log_rest(f):  # (log(1 + f) - f + f^2 / 2) / f^3
    if abs(f) < mpf('1e-8'):
        return mpf(1) / 3 - f / 4
    return (log(1 + f) - f + f * f / 2) / f**3


def log_weight(f):
    return f**3 / log(1 + f) if f else mpf(0)


def odd_rest(f, first):
    """(f(r) / r - 1) / r^2 as a function of z = r^2; its value at 0 is `first`."""
    return lambda z: (f(sqrt(z)) / sqrt(z) - 1) / z if z > mpf('1e-12') else mpf(first)


def over_root(f, first):
    """f(r) / r as a function of z = r^2."""
    return lambda z: f(sqrt(z)) / sqrt(z) if z > mpf('1e-20') else mpf(first)


def cos_rest(z):  # (cos r - 1 + z / 2) / z^2
    return series(lambda k: (-1)**k * z**k / factorial(2 * k + 4))


def cosh_rest(z):
    return series(lambda k: z**k / factorial(2 * k + 4))


def sin_rest(z):  # (sin r / r - 1) / z
    return series(lambda k: -(-1)**k * z**k / factorial(2 * k + 3))


def sinh_rest(z):
    return series(lambda k: z**k / factorial(2 * k + 3))


def atanh_rest(z):  # (log((1 + s) / (1 - s)) / s - 2) / z
    return series(lambda k: 2 * z**k / (2 * k + 3), 80)


def log2_rest(z):  # (log2((1 + s) / (1 - s)) / s - c0 - c1 z) / z^2 with z = s^2
    return series(lambda k: LOG2_TWICE * z**k / (2 * k + 5), 80)


def erfcx_of_t(centre):
    """exp(x^2) erfc(x) as a function of t = (x - centre) / (x + centre)."""

    def f(t):
        x = centre * (1 + t) / (1 - t)
        return exp(x * x) * erfc(x)

    return f


def erfc_factor(t):  # exp(x^2) erfc(x) (x + 5 / 8), nearly constant, with t = (x - 4) / (x + 4)
    return erfcx_of_t(4)(t) * (4 * (1 + t) / (1 - t) + mpf('0.625'))


def erf_tail_weight(t):  # of an error in exp(x^2) erfc(x) within erf(x), t = (x - 3) / (x + 3)
    x = 3 * (1 + t) / (1 - t)
    return exp(-x * x) / erf(x)


def place(x, centre):
    return (mpf(x) - centre) / (mpf(x) + centre)


def erfinv_of_w(w):  # erfinv(x) / x with w = -log(1 - x^2)
    x = sqrt(-mp.expm1(-w))
    return erfinv(x) / x if w > mpf('1e-15') else sqrt(pi) / 2


def erfcinv_of_r(r):  # erfcinv(q) r with r = 1 / sqrt(-log(q (2 - q)))
    power = exp(-1 / r**2)
    q = power / (1 + sqrt(1 - power))
    return findroot(lambda y: log(erfc(y)) - log(q), 1 / r) * r


def lgamma_of_t(t):  # lgamma(2 + t) / t
    return loggamma(2 + t) / t if abs(t) > mpf('1e-12') else digamma(mpf(2))


def bessel_near(order):  # I0, or I1 / x, where x = 2 sqrt(z)

    def f(z):
        x = 2 * sqrt(mpf(z))
        limit = mpf(1) / 2 if order == 1 else mpf(1)
        return besseli(order, x) / x**order if x > mpf('1e-15') else limit

    return f


def bessel_far(order):  # sqrt(x) exp(-x) I(x) in t = 16 / x - 1

    def f(t):
        if t < -1 + mpf('1e-6'):
            return 1 / sqrt(2 * pi)
        x = 16 / (t + 1)
        return sqrt(x) * besseli(order, x) * exp(-x)

    return f


def relative(f):
    return lambda x: 1 / f(x)


MINIMAX = {
    # float32, computed in float32.
    'exp_f32': (exp_rest, -HALF_LN2, HALF_LN2, 4, lambda r: r * r / exp(r)),
    'exp2_f32': (exp2_rest, -0.505, 0.505, 5, lambda r: r / mpf(2)**r),
    'log_f32': (log_rest, LOG_LOW, LOG_HIGH, 7, log_weight),
    'tanh_f32': (odd_rest(tanh, mpf(-1) / 3), 0, mpf('0.56')**2, 4, lambda z: z),
    'erf_small_f32': (lambda z: over_root(erf, 2 / sqrt(pi))(z) - 1, 0, 1, 6,
                      relative(over_root(erf, 1))),
    'erf_large_f32': (lambda t: erf(mpf('2.465') + mpf('1.465') * t), -1, 1, 14),
    # float32, computed in double.
    'exp_narrow': (exp_rest, -HALF_LN2, HALF_LN2, 5, lambda r: r * r / exp(r)),
    'sinh_narrow': (sinh_rest, 0, HALF_LN2**2, 2, lambda z: z),
    'cosh_narrow': (cosh_rest, 0, HALF_LN2**2, 1, lambda z: z * z),
    'log_narrow': (log_rest, LOG_LOW, LOG_HIGH, 9, log_weight),
    'log_pow': (log_rest, LOG_LOW, LOG_HIGH, 12, log_weight),
    'exp2_pow': (exp2_rest, -0.505, 0.505, 6, lambda r: r / mpf(2)**r),
    'sin_narrow': (sin_rest, 0, QUARTER, 3, lambda z: z),
    'cos_narrow': (cos_rest, 0, QUARTER, 2, lambda z: z * z),
    'asin_narrow': (odd_rest(asin, mpf(1) / 6), 0, 0.25, 6, lambda z: z),
    'atan_narrow': (odd_rest(atan, mpf(-1) / 3), 0, 1, 10, lambda z: z),
    'erfc_narrow': (erfcx_of_t(2), -1, 0.6801, 13, relative(erfcx_of_t(2))),
    'erfinv_centre': (lambda u: erfinv_of_w(u + 2.5), -2.5, 2.5, 12,
                      lambda u: 1 / erfinv_of_w(u + 2.5)),
    'erfinv_tail': (lambda u: erfinv_of_w((u + 3)**2), sqrt(mpf(5)) - 3, 1.12, 12,
                    lambda u: 1 / erfinv_of_w((u + 3)**2)),
    'i0_near_narrow': (bessel_near(0), 0, 16, 11, relative(bessel_near(0))),
    'i0_far_narrow': (bessel_far(0), -1, 1, 7, relative(bessel_far(0))),
    'i1_near_narrow': (bessel_near(1), 0, 16, 11, relative(bessel_near(1))),
    'i1_far_narrow': (bessel_far(1), -1, 1, 7, relative(bessel_far(1))),
    # float64.
    'exp_f64': (exp_rest, -HALF_LN2, HALF_LN2, 9, lambda r: r * r / exp(r)),
    'log_f64': (atanh_rest, 0, (LOG_HIGH / (2 + LOG_HIGH))**2 * 1.01, 6),
    'tanh_f64': (odd_rest(tanh, mpf(-1) / 3), 0, mpf('0.56')**2, 10, lambda z: z),
    'sin_f64': (sin_rest, 0, QUARTER, 5, lambda z: z),
    'cos_f64': (cos_rest, 0, QUARTER, 5, lambda z: z * z),
    'exp2_f64': (exp2_rest, -0.5, 0.5, 10, lambda r: r / mpf(2)**r),
    'sinh_f64': (sinh_rest, 0, 1, 6, lambda z: z),
    'asin_f64': (odd_rest(asin, mpf(1) / 6), 0, 0.25, 12, lambda z: z),
    'atan_f64': (odd_rest(atan, mpf(-1) / 3), 0, 0.25, 11, lambda z: z),
    'asinh_f64': (odd_rest(asinh, mpf(-1) / 6), 0, mpf('0.5625'), 15, lambda z: z),
    'erf_f64': (lambda z: over_root(erf, 2 / sqrt(pi))(z) - 1, 0, 1, 11,
                relative(over_root(erf, 1))),
    'erf_tail_f64': (erfcx_of_t(3), place(1, 3), place(6, 3), 11, erf_tail_weight),
    'erfc_f64': (erfc_factor, place(0.5, 4), place(27.5, 4), 21, relative(erfc_factor)),
    # First guesses, of which one step makes three times as many digits.
    'erfinv_guess_f64': (lambda u: erfinv_of_w(u + 2.5), -2.5, 2.5, 7,
                         lambda u: 1 / erfinv_of_w(u + 2.5)),
    'erfcinv_guess_f64': (erfcinv_of_r, 1 / sqrt(mpf(705)), 1 / sqrt(mpf(5)), 10,
                          relative(erfcinv_of_r)),
    'lgamma_f64': (lgamma_of_t, -0.75, 0.5, 20, relative(lgamma_of_t)),
    'i0_near_f64': (bessel_near(0), 0, 16, 15, relative(bessel_near(0))),
    'i0_far_f64': (bessel_far(0), -1, 1, 24, relative(bessel_far(0))),
    'i1_near_f64': (bessel_near(1), 0, 16, 15, relative(bessel_near(1))),
    'i1_far_f64': (bessel_far(1), -1, 1, 24, relative(bessel_far(1))),
    'log2_f64': (log2_rest, 0, (LOG_HIGH / (2 + LOG_HIGH))**2 * 1.01, 7, lambda z: z * z),
}

ZERO = findroot(digamma, mpf('1.46163214496836'))


def near_zero(x):
    return digamma(x) / (x - ZERO) if abs(x - ZERO) > mpf('1e-20') else polygamma(1, x)


SERIES = {
    'digamma_near_zero': ('in 2 x - 3', lambda: powers(chebyshev(near_zero, 1, 2))),
}


def erf_part(middle):
    """min(x, 1) p(x - middle) is erf(x) for x a quarter around the middle."""
    def f(t):
        x = middle + t
        if middle > 1:
            return erf(x)
        return erf(x) / x if x > mpf('1e-20') else 2 / sqrt(pi)

    return f


HEADER = """// Coefficients of the vector math, lowest power first; printed by
//   python Scripts/coefficients.py > Sources/CDescent/dsc_coefficients.h
// which says what each is the best approximation of, on which interval and under which weight.
#ifndef DSC_COEFFICIENTS_H
#define DSC_COEFFICIENTS_H
"""


def hexadecimal(x, rounding, suffix):
    digits, power = rounding(x).hex().split('p')
    return digits.rstrip('0').rstrip('.') + 'p' + power + suffix


def show(name, c, comment):
    is_single = name.endswith('_f32')
    kind, rounding = ('float', single) if is_single else ('double', float)
    texts = [hexadecimal(x, rounding, 'f' if is_single else '') for x in c]
    print(f'\n{comment}\nstatic const {kind} dsc_{name}[] = {{')
    line = '   '
    for i, text in enumerate(texts):
        text = ' ' + text + (',' if i < len(texts) - 1 else '};')
        if len(line + text) > 100:
            print(line)
            line = '   '
        line += text
    print(line)


def show_parts(comment, name, x):
    print(f'\n// {comment}, in two parts.')
    print(f'static const double dsc_{name} = {float(x).hex()};')
    print(f'static const double dsc_{name}_low = {float(x - mpf(float(x))).hex()};')


def main():
    print(HEADER, end='')
    for name, arguments in MINIMAX.items():
        c, error = minimax(*arguments)
        show(name, c, f'// error 2^{float(log(error, 2)):.1f}')
    for name, (comment, make) in SERIES.items():
        show(name, make(), '// ' + comment)
    quarter = mpf(1) / 4
    middles = [quarter + i * 2 * quarter for i in range(8)]
    parts = [minimax(erf_part(x), -quarter, quarter, 6, lambda t, x=x: 1 / erf_part(x)(t))
             for x in middles]
    error = float(log(max(e for _, e in parts), 2))
    print(f'\n// Each line is one power for eight intervals of half a unit; error 2^{error:.1f}.')
    print('static const float dsc_erf_parts_f32[][8] = {')
    for k in range(7):
        numbers = [c[k] for c, _ in parts]
        print('    {' + ', '.join(hexadecimal(x, single, 'f') for x in numbers) + '},')
    print('};')
    show_parts('The positive zero of digamma', 'digamma_zero', ZERO)
    show_parts('2 / ln 2', 'log2_twice', LOG2_TWICE)
    show_parts('A third of it', 'log2_thirds', LOG2_TWICE / 3)
    print('\n#endif')


if __name__ == '__main__':
    main()
