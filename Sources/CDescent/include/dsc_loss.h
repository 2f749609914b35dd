// Losses of classifiers: one number picked from each row of log-probabilities.
#ifndef DSC_LOSS_H
#define DSC_LOSS_H

#include "dsc_types.h"

/// Everything is contiguous; the dtype of log-probabilities and weight is F32 or F64.
typedef struct {
  DscDType dtype;
  int64_t outer, classes, inner;  // sizes of the log-probabilities
  const void *log_probabilities;
  const int64_t *targets;  // [outer, inner]: from 0 to classes - 1, or `ignored`
  const void *weight;      // one a class, or NULL for ones
  int64_t ignored;         // a target that counts for nothing
} DscClassLoss;

/// losses[row] = -weight[t] log_p[row, t], and `sum` and `factors` are the sums of these and of the
/// weights used; `losses` or the other two may be NULL. DSC_BAD_INDEX: *bad_index is no class.
int dsc_class_loss(const DscClassLoss *loss, void *losses, void *sum, void *factors,
                   int64_t *bad_index);

/// The gradient for the log-probabilities or, if `logits`, for what the log-softmax was taken of.
/// `gradient` has one number or, if `each`, one a row; it is divided by *factors unless that is
/// NULL. Targets have been checked by the forward.
int dsc_class_loss_backward(const DscClassLoss *loss, const void *gradient, bool each,
                            const void *factors, bool logits, void *out);

#endif
