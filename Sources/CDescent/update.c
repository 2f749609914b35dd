// One call for all parameters of an optimizer: pieces of equal length, cut from the parameters as
// if they lay one behind the other.
#include "include/dsc_update.h"

#include <stdatomic.h>

#include "dsc_plan.h"
#include "dsc_update_loops.h"
#include "include/dsc_pool.h"

// In elements: small work is not worth waking a thread; what the caches hold is cut into a part for
// each, since products leave each the part that it updates; large work is cut into MOST_PIECES.
enum { SMALL = 1 << 15, NEAR = 1 << 20, SMALLEST_PIECE = 1 << 13, PIECE_STEP = 1 << 10 };
enum { MOST_PIECES = 64 };

typedef struct {
  const DscUpdate *update;
  DscUpdateLoop loop;
  int64_t total, piece;
  _Atomic int status;
} Work;

// The program itself, for rules and dtypes without a loop.
static int run_program(const DscUpdate *update, void *const *data, int64_t first, int64_t count) {
  const DscProgram *program = update->program;
  DscView views[DSC_MAX_OPERANDS];
  const int64_t offset = first * (int64_t)dsc_dtype_size(update->dtype);
  for (int i = 0; i < program->input_count; i++) {
    views[i].data = (char *)data[i] + offset;
    views[i].dtype = update->dtype;
    views[i].strides[0] = 1;
  }
  DscView *outputs = views + program->input_count;
  for (int i = 0; i < program->output_count; i++) outputs[i] = views[i];
  DscPlan plan;
  const int status = dsc_plan(&plan, program, 1, &count, views, update->scalars, outputs, NULL);
  if (status) return status;
  dsc_plan_run(&plan, 0, count);
  return atomic_load(&plan.status);
}

static void run_piece(void *context, int64_t index) {
  Work *work = context;
  const DscUpdate *update = work->update;
  const int inputs = update->program->input_count;
  int64_t first = index * work->piece, left = work->total - first, set = 0;
  if (left > work->piece) left = work->piece;
  for (; first >= update->counts[set]; set++) first -= update->counts[set];
  for (; left > 0; set++, first = 0) {
    const int64_t rest = update->counts[set] - first, count = left < rest ? left : rest;
    void *const *data = update->data + set * inputs;
    left -= count;
    if (count == 0) continue;
    if (work->loop) {
      work->loop(data, first, count, update->scalars);
    } else {
      const int status = run_program(update, data, first, count);
      if (status) atomic_fetch_or(&work->status, status);
    }
  }
}

int dsc_update(const DscUpdate *update) {
  Work work = {.update = update, .loop = dsc_update_loop(update->rule, update->dtype)};
  for (int64_t set = 0; set < update->set_count; set++) work.total += update->counts[set];
  if (work.total == 0) return DSC_OK;
  const int64_t pieces = work.total > NEAR ? MOST_PIECES : dsc_thread_count();
  work.piece = (work.total / pieces + PIECE_STEP - 1) & -PIECE_STEP;
  if (work.piece < SMALLEST_PIECE) work.piece = SMALLEST_PIECE;
  if (work.total < SMALL) work.piece = work.total;
  dsc_parallel((work.total + work.piece - 1) / work.piece, run_piece, &work);
  return atomic_load(&work.status);
}
