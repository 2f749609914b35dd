// Scalar special functions in double; see special.c.
#ifndef DSC_SPECIAL_H
#define DSC_SPECIAL_H

double dsc_lgamma(double x);
double dsc_digamma(double x);
double dsc_trigamma(double x);
double dsc_trigamma_f32(double x);
double dsc_i0(double x);
double dsc_i1(double x);
double dsc_erfinv(double x);

#endif
