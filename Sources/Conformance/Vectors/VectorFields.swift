internal import LinearAlgebra

extension JSONValue {
    var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }

    /// A list of numbers.
    var numbers: [Double]? {
        guard let array else { return nil }
        let numbers = array.compactMap(\.number)
        return numbers.count == array.count ? numbers : nil
    }

    /// A list of rows of numbers.
    var rows: [[Double]]? {
        guard let array else { return nil }
        let rows = array.compactMap(\.numbers)
        return rows.count == array.count ? rows : nil
    }

    /// A matrix as a list of rows of equal length.
    var matrix: Matrix? {
        guard let rows, let first = rows.first, rows.allSatisfy({ $0.count == first.count }) else {
            return nil
        }
        return Matrix(columns: rows).transposed
    }

    /// Returns a member of an object in the form that `read` gives it.
    ///
    /// - Throws: ``MalformedVector`` that names the member, absent or of another form.
    func required<T>(_ key: String, _ read: (JSONValue) -> T?) throws -> T {
        guard let value = self[key] else { throw MalformedVector("no \(key)") }
        guard let result = read(value) else { throw MalformedVector("\(key) has another form") }
        return result
    }
}
