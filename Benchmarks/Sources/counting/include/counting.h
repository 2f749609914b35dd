// Counts the process's calls for memory: stands before the C library's functions.
#ifndef COUNTING_H
#define COUNTING_H

/// How often memory was asked for so far, by any thread.
long counting_allocations(void);

/// Page faults so far that needed no file.
long counting_faults(void);

#endif
