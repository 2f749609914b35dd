// Scalar special functions in double; see special.c.
#ifndef DSC_SPECIAL_H
#define DSC_SPECIAL_H

double dsc_lgamma(double x);
double dsc_trigamma(double x);
double dsc_trigamma_f32(double x);
double dsc_erfinv(double x);
double dsc_erfcx(double x);
double dsc_ndtri(double p);
double dsc_zeta(double s, double q);
double dsc_igamma(double a, double x);
double dsc_igammac(double a, double x);
double dsc_igamma_f32(double a, double x);
double dsc_igammac_f32(double a, double x);

#endif
