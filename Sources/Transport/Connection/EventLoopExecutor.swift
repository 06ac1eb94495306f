internal import NIOCore

/// Runs the jobs of a task on a connection's event loop, so that a message needs no other thread.
///
/// - SeeAlso: ``PeerConnection/eventLoopExecutor`` for when to use it.
package final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        eventLoop.execute { job.runSynchronously(on: executor) }
    }
}
