/// The tasks of a file: found by name, chosen and put in order.
struct TaskSelection {
    /// The names in order of first appearance.
    private(set) var names: [String] = []
    /// The number of records of each name.
    private(set) var recordCounts: [Int] = []
    private var indices: [[UInt8]: Int] = [:]
    private var places: [String: Int] = [:]
    private var last: (name: ArraySlice<UInt8>, index: Int)?

    /// Returns the place of a name in order of first appearance, or nil when it is new.
    mutating func index(of name: ArraySlice<UInt8>) -> Int? {
        // Files mostly hold each task's records together, so that the last name is the likely one.
        if let last, last.name.elementsEqual(name) { return last.index }
        let key = Array(name)
        guard let index = indices[key] else { return nil }
        last = (key[...], index)
        return index
    }

    /// Adds one record to a task, which may be new.
    ///
    /// Names that differ only in the Unicode form of a letter are one name.
    ///
    /// - Parameter place: File and line, for messages.
    /// - Throws: `unsupportedFormat` when the name is not UTF-8, `tooLarge` at too many tasks.
    mutating func count(_ name: ArraySlice<UInt8>, place: @autoclosure () -> String) throws {
        if let index = index(of: name) {
            recordCounts[index] += 1
            return
        }
        guard let text = String(validating: name, as: UTF8.self) else {
            throw DatasetsError(
                .unsupportedFormat,
                "\(place()): the task name \(MessageText.quoted(name)) is not UTF-8 text")
        }
        if let index = places[text] {
            indices[Array(name)] = index
            recordCounts[index] += 1
            return
        }
        guard names.count < DatasetsLimits.taskCount else {
            throw DatasetsError(
                .tooLarge,
                "\(place()): more than \(DatasetsLimits.taskCount) tasks; is this the column of the tasks?")
        }
        indices[Array(name)] = names.count
        places[text] = names.count
        names.append(text)
        recordCounts.append(1)
    }

    /// Returns places of the chosen tasks, in the order of ``Dataset/tasks``.
    ///
    /// - Parameter wanted: The names to choose; nil chooses all.
    /// - Throws: `unknownTask` when a wanted name is absent, `invalidParameter` when none is wanted.
    func chosen(_ wanted: [String]?, file: String) throws -> [Int] {
        let order = TaskOrder.sorted(names)
        guard let wanted else { return order }
        guard !wanted.isEmpty else {
            throw DatasetsError(.invalidParameter, "\(file): the list of tasks to load is empty; name one")
        }
        if let absent = wanted.first(where: { places[$0] == nil }) {
            throw DatasetsError(
                .unknownTask,
                "\(file): no task \(MessageText.quoted(absent)); "
                    + "it has \(MessageText.list(order.map { names[$0] }))")
        }
        let set = Set(wanted)
        return order.filter { set.contains(names[$0]) }
    }
}

/// The order of task names.
package enum TaskOrder {
    /// Returns the places of the names in order: ascending when every name is a number, else as they come.
    ///
    /// Names of equal value (1 and 1.0 are two names) keep their order.
    package static func sorted(_ names: [String]) -> [Int] {
        var values: [Double] = []
        for name in names {
            let bytes = Array(name.utf8)
            guard case .finite(let value) = DecimalNumber.parse(bytes[...]) else {
                return Array(names.indices)
            }
            values.append(value)
        }
        return names.indices.sorted { left, right in
            values[left] == values[right] ? left < right : values[left] < values[right]
        }
    }
}
