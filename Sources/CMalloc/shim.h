#ifndef ATOLL_CMALLOC_SHIM_H
#define ATOLL_CMALLOC_SHIM_H

// Swift's `Glibc` leaves this header out.
#include <malloc.h>

#endif
