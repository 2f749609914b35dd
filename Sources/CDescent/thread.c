#include "include/dsc_thread.h"

_Thread_local DscThread dsc_thread_local;
