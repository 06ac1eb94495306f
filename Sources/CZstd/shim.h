#ifndef ATOLL_CZSTD_SHIM_H
#define ATOLL_CZSTD_SHIM_H

#include <zstd.h>
#include <zstd_errors.h>

#endif
