internal import LinearAlgebra
internal import MultiTaskLearning

/// A proximal operator applied to one matrix: W = prox_{tau f}(V).
struct ProximalVector {
    private let v: Matrix
    private let operation: JSONValue
    private let tau: Double
    private let tolerance: Double
    private let regularizer: Regularizer

    /// Reads a vector.
    ///
    /// - Throws: ``MalformedVector``, or `MultiTaskLearningError` for parameters out of range.
    init(v: Matrix, operation: JSONValue, tolerances: JSONValue) throws {
        self.v = v
        self.operation = operation
        let name = try operation.required("op", \.string)
        tau = try operation.required("tau", \.number)
        let group =
            name.hasPrefix("dirty_infconv")
            ? "dirty_infconv" : name == "pairwise_sum_of_norms" ? name : "closed_form_ops"
        tolerance = try tolerances.required(group, \.number)
        regularizer = try RegularizerVector.regularizer(
            named: name, operation["params"] ?? .object([:]), taskCount: v.columnCount)
    }

    /// Compares the whole operator, the columns that an aggregator serves, and the values with the vector.
    func deviation() throws -> Deviation {
        var deviation = Deviation()
        let norm = v.frobeniusNorm
        let w = try regularizer.proximal(of: v, scale: tau)
        var auxiliary = try AuxiliaryMatrix(
            restoring: v, regularizer: regularizer, scale: tau, policy: .exact)
        let columns = try Matrix(columns: (0..<v.columnCount).map { try auxiliary.proximalColumn($0) })
        for (what, result) in [("W", w), ("the column-wise W", columns)] {
            if let expected = operation["W"] {
                guard let expected = expected.matrix, expected.rowCount == v.rowCount,
                    expected.columnCount == v.columnCount
                else { throw MalformedVector("W has another form than V") }
                let distance = result.adding(expected, scaledBy: -1).frobeniusNorm
                deviation.note(what, distance, scale: norm, tolerance: tolerance)
            } else {
                try compareSamples(of: result, what, &deviation)
            }
        }
        func compare(_ key: String, _ value: Double, scale: Double) throws {
            let expected = try operation.required(key, \.number)
            deviation.note(key, value - expected, scale: scale, tolerance: tolerance)
        }
        try compare("fro", w.frobeniusNorm, scale: norm)
        try compare("sum", w.elements.reduce(0, +), scale: norm)
        let value = try regularizer.value(w)
        var valueScale = value
        if operation["value_at_V"] != nil {
            valueScale = try regularizer.value(v)
            try compare("value_at_V", valueScale, scale: valueScale)
        }
        try compare("value_at_prox", value, scale: valueScale)
        if operation["objective"] != nil {
            let distance = w.adding(v, scaledBy: -1).frobeniusNorm
            let objective = distance * distance / 2 + tau * value
            try compare("objective", objective, scale: objective)
        }
        try compareStructure(of: w, &deviation)
        return deviation
    }

    private func compareSamples(of w: Matrix, _ what: String, _ deviation: inout Deviation) throws {
        let largest = Vector.largestMagnitude(v.elements)
        for sample in try operation.required("sample_ij_value", \.rows) {
            guard sample.count == 3, let row = Int(exactly: sample[0]), let column = Int(exactly: sample[1]),
                (0..<w.rowCount).contains(row), (0..<w.columnCount).contains(column)
            else { throw MalformedVector("a sample is not i, j, value") }
            deviation.note(
                "\(what)[\(row), \(column)]", w[row, column] - sample[2], scale: largest, tolerance: tolerance
            )
        }
    }

    private func compareStructure(of w: Matrix, _ deviation: inout Deviation) throws {
        if operation["nonzero_rows"] != nil {
            let count = (0..<w.rowCount).count { row in w.row(row).contains { $0 != 0 } }
            deviation.require(
                "nonzero_rows", count, equals: try operation.required("nonzero_rows", \.number))
        }
        guard operation["rank"] != nil || operation["singular_values"] != nil else { return }
        let values = try SingularValueDecomposition.values(of: w)
        if operation["rank"] != nil {
            let count = values.count { $0 > tolerance * v.frobeniusNorm }
            deviation.require("rank", count, equals: try operation.required("rank", \.number))
        }
        guard operation["singular_values"] != nil else { return }
        let expected = try operation.required("singular_values", \.numbers)
        guard expected.count <= values.count else {
            throw MalformedVector("\(expected.count) singular values of \(values.count)")
        }
        for (index, value) in expected.enumerated() {
            deviation.note(
                "singular value \(index)", values[index] - value, scale: v.frobeniusNorm,
                tolerance: tolerance)
        }
    }
}
