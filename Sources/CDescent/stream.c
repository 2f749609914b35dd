#include "dsc_stream.h"

#include <string.h>

#include "dsc_targets.h"

#define DSC_BODY "stream_body.h"
#include "dsc_for_each_target.h"

void dsc_stream(size_t size, const void *from, int64_t count, void *to, const DscAhead *ahead,
                int aheads) {
  const int64_t bytes = count * (int64_t)size, before = -(int64_t)(uintptr_t)to & (DSC_LINE - 1);
  const int64_t head = before < bytes ? before : bytes, body = (bytes - head) & -DSC_LINE;
  const int64_t done = head + body;
  memcpy(to, from, (size_t)head);
  DSC_DISPATCH(stream)(size, (const char *)from + head, body, (char *)to + head, ahead, aheads);
  memcpy((char *)to + done, (const char *)from + done, (size_t)(bytes - done));
}
