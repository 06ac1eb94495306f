// Tells ThreadSanitizer of Synchronization.Mutex's contended path.
//
// On Linux, Mutex is a futex. Its uncontended path is inlined where it is used and therefore instrumented, but the
// contended path lies in libswiftSynchronization.so, which is not: whoever had to wait for a Mutex looks as if they
// held none, and correct programs are reported. Linked into a test program by `make check-thread`, these functions
// stand before the library's, call them, and state the two edges: what an owner did before unlocking happens before
// what the next owner does. Nothing is suppressed, so that races, also inside `withLock`, are still reported.
//
// The names are those of Swift 6.2 and 6.3 (`nm -D libswiftSynchronization.so | swift demangle`). Should they change,
// these are not called any more and the reports come back; none is lost.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

// Absent in programs that are not instrumented, such as build tools.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void atoll_lock(uint32_t thread, SELF) __asm__(LOCK);
SWIFT bool atoll_try_lock(SELF) __asm__(TRY_LOCK);
SWIFT void atoll_unlock(SELF) __asm__(UNLOCK);

SWIFT void atoll_lock(uint32_t thread, SELF) {
    SWIFT void (*lock)(uint32_t, SELF) = dlsym(RTLD_NEXT, LOCK);
    lock(thread, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT bool atoll_try_lock(SELF) {
    SWIFT bool (*try_lock)(SELF) = dlsym(RTLD_NEXT, TRY_LOCK);
    const bool is_locked = try_lock(self);
    if (is_locked && __tsan_acquire) __tsan_acquire(self);
    return is_locked;
}

SWIFT void atoll_unlock(SELF) {
    SWIFT void (*unlock)(SELF) = dlsym(RTLD_NEXT, UNLOCK);
    if (__tsan_release) __tsan_release(self);
    unlock(self);
}
