#ifndef ATOLL_CSODIUM_SHIM_H
#define ATOLL_CSODIUM_SHIM_H

#include <sodium.h>

#endif
