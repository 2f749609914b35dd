// Loops over neighbouring windows of channels that lie next to each other.
#include "dsc_loop_macros.h"
#include "dsc_windows.h"

#define DSC_BODY "window_runs_body.h"
#include "dsc_for_each_window_lane.h"

void dsc_window_max_run(DscLane lane, const DscWindowRun *run, void *out) {
  DSC_IN_LANE(max_run, run, out);
}

void dsc_window_mean_run(DscLane lane, const DscWindowRun *run, int64_t divisor, void *out) {
  DSC_IN_LANE(mean_run, run, divisor, out);
}

void dsc_window_max_part(DscLane lane, const DscWindowPart *part, void *out) {
  DSC_IN_LANE(max_part, part, out);
}

void dsc_window_mean_part(DscLane lane, const DscWindowPart *part, void *out) {
  DSC_IN_LANE(mean_part, part, out);
}
