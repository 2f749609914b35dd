// Numbers as text.
#ifndef DSC_TEXT_H
#define DSC_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/// Writes `value` with `digits` behind the point into `size` bytes, with an exponent if
/// `scientific`, and returns how many bytes it has. Swift calls functions of variable arguments
/// through boxes of each only.
static inline int64_t dsc_number_text(uint8_t *text, int64_t size, double value, int digits,
                                      bool scientific) {
  return snprintf((char *)text, (size_t)size, scientific ? "%.*e" : "%.*f", digits, value);
}

#endif
