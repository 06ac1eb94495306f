/// The name of a task: one column of the model.
package struct TaskName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }

    package static func < (left: TaskName, right: TaskName) -> Bool { left.rawValue < right.rawValue }
}

/// The name of a site: the holder of one key, and the owner of one or more tasks.
package struct SiteName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }

    package static func < (left: SiteName, right: SiteName) -> Bool { left.rawValue < right.rawValue }
}

/// Names one life of an aggregator's state: a new one makes sites rejoin.
///
/// 16 bytes, drawn from the operating system's randomness when a state is created.
package struct InstanceIdentifier: Hashable, Sendable {
    package static let byteCount = 16
    package let bytes: [UInt8]

    /// Creates an identifier from exactly ``byteCount`` bytes; nil for any other count.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }
}
