// The kernels of Descent in C11, one header a family.
#ifndef CDESCENT_H
#define CDESCENT_H

#include "dsc_attention.h"
#include "dsc_conv.h"
#include "dsc_gemm.h"
#include "dsc_index.h"
#include "dsc_loss.h"
#include "dsc_norm.h"
#include "dsc_pointwise.h"
#include "dsc_pool.h"
#include "dsc_random.h"
#include "dsc_recurrent.h"
#include "dsc_reduce.h"
#include "dsc_text.h"
#include "dsc_thread.h"
#include "dsc_types.h"
#include "dsc_update.h"
#include "dsc_window.h"

#endif
