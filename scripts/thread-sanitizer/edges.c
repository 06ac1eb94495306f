// Tells ThreadSanitizer of two orderings in Swift's runtime libraries, which are not instrumented. Without them,
// correct programs are reported. Nothing is suppressed: `make check-thread` links this into the test program, each
// function stands before the library's of the same name, calls it, and states the ordering that it makes.
//
// 1. Synchronization.Mutex under contention. On Linux it is a futex, whose uncontended path is inlined where it is
//    used and thus instrumented; whoever had to wait looks as if they held no lock.
// 2. A continuation that is resumed before its task awaits it. The runtime states the resumption
//    (`_swift_tsan_release` of the task) but, on this path, not that the task goes on after it.
//
// The names are those of Swift 6.2 and 6.3 (`nm -D lib….so | swift demangle`). Should they change, these functions are
// not called any more and the reports come back; no race is hidden.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self
#define SWIFT_ASYNC __attribute__((swiftasynccall))

// Absent in programs that are not instrumented, such as build tools.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define AWAIT "swift_continuation_await"

SWIFT void edge_lock(uint32_t thread, SELF) __asm__(LOCK);
SWIFT bool edge_try_lock(SELF) __asm__(TRY_LOCK);
SWIFT void edge_unlock(SELF) __asm__(UNLOCK);
SWIFT_ASYNC void edge_await(void *context) __asm__(AWAIT);
__attribute__((weak)) SWIFT void *swift_task_getCurrent(void);

SWIFT void edge_lock(uint32_t thread, SELF) {
    SWIFT void (*lock)(uint32_t, SELF) = dlsym(RTLD_NEXT, LOCK);
    lock(thread, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT bool edge_try_lock(SELF) {
    SWIFT bool (*try_lock)(SELF) = dlsym(RTLD_NEXT, TRY_LOCK);
    const bool is_locked = try_lock(self);
    if (is_locked && __tsan_acquire) __tsan_acquire(self);
    return is_locked;
}

SWIFT void edge_unlock(SELF) {
    SWIFT void (*unlock)(SELF) = dlsym(RTLD_NEXT, UNLOCK);
    if (__tsan_release) __tsan_release(self);
    unlock(self);
}

SWIFT_ASYNC void edge_await(void *context) {
    SWIFT_ASYNC void (*await)(void *) = dlsym(RTLD_NEXT, AWAIT);
    if (__tsan_acquire) __tsan_acquire(swift_task_getCurrent());
    __attribute__((musttail)) return await(context);
}
