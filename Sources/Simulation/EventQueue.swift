internal import HeapModule

/// Events in the order of virtual time, and of insertion at equal times.
struct EventQueue<Event> {
    private struct Entry: Comparable {
        var time: Duration
        var serial: UInt64
        var event: Event

        static func < (left: Entry, right: Entry) -> Bool {
            (left.time, left.serial) < (right.time, right.serial)
        }

        static func == (left: Entry, right: Entry) -> Bool {
            (left.time, left.serial) == (right.time, right.serial)
        }
    }

    private var heap = Heap<Entry>()
    private var serial: UInt64 = 0

    mutating func insert(_ event: Event, at time: Duration) {
        serial += 1
        heap.insert(Entry(time: time, serial: serial, event: event))
    }

    mutating func next() -> (time: Duration, event: Event)? {
        heap.popMin().map { ($0.time, $0.event) }
    }
}
