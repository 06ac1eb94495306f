#ifndef ATOLL_CZLIB_SHIM_H
#define ATOLL_CZLIB_SHIM_H

#include <zlib.h>

// `inflateInit2` is a macro, which Swift does not import. A negative window size means raw deflate data,
// as ZIP archives hold it.
static inline int atoll_inflate_init_raw(z_stream *stream) {
    return inflateInit2(stream, -MAX_WBITS);
}

#endif
