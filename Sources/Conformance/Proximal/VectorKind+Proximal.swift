internal import LinearAlgebra
internal import MultiTaskLearning

extension VectorKind {
    /// Proximal operators: `cases` with a matrix `V` and `ops` on it, `mtl_problems` with whole solutions, and the
    /// tolerances of both in `header`.
    ///
    /// Every operation, every solution and every learned covariance is one vector.
    static let proximal = VectorKind(
        name: "prox",
        vectors: { document in
            guard let tolerances = document["header"]?["tolerance"],
                let cases = document["cases"]?.array, cases.contains(where: { $0["ops"] != nil })
            else { return [] }
            var vectors: [JSONValue] = []
            for matrix in cases {
                let common = [
                    "id": matrix["id"] ?? .null, "V": matrix["V"] ?? .null, "tolerances": tolerances,
                ]
                for operation in matrix["ops"]?.array ?? [] {
                    vectors.append(.object(common.merging(["operation": operation]) { $1 }))
                }
                if let covariance = matrix["omega_update_sqrt_WtW_over_trace"] {
                    vectors.append(.object(common.merging(["covariance": covariance]) { $1 }))
                }
            }
            for problem in document["mtl_problems"]?.array ?? [] {
                for solution in problem["solutions"]?.array ?? [] {
                    vectors.append(
                        .object(["problem": problem, "solution": solution, "tolerances": tolerances]))
                }
            }
            return vectors
        },
        run: { index, vector in
            var outcome = ConformanceCase(name: "vector \(index) (\(name(of: vector)))")
            do {
                // The position seeds the order of arrivals: another for each problem, the same in each run.
                let deviation = try deviation(of: vector, seed: UInt64(index))
                outcome.error = deviation.largest
                outcome.failure = deviation.failure
            } catch {
                outcome.failure = "\(error)"
            }
            return outcome
        })

    private static func name(of vector: JSONValue) -> String {
        if let solution = vector["solution"] {
            return "\(solution["loss"]?.string ?? "?") \(solution["penalty"]?.string ?? "?")"
        }
        let operation = vector["operation"]
        let what = operation?["op"]?.string ?? (operation == nil ? "learned covariance" : "?")
        let tau = operation?["tau"]?.number.map { ", tau \($0)" } ?? ""
        return "\(vector["id"]?.string ?? "?") \(what)\(tau)"
    }

    private static func deviation(of vector: JSONValue, seed: UInt64) throws -> Deviation {
        let tolerances = vector["tolerances"] ?? .null
        if let problem = vector["problem"], let solution = vector["solution"] {
            return try AsynchronousProblem(problem: problem, solution: solution, tolerances: tolerances)
                .deviation(seed: seed)
        }
        let v = try vector.required("V", \.matrix)
        if let operation = vector["operation"] {
            return try ProximalVector(v: v, operation: operation, tolerances: tolerances).deviation()
        }
        let expected = try vector.required("covariance", \.matrix)
        guard expected.rowCount == v.columnCount, expected.columnCount == v.columnCount else {
            throw MalformedVector("a covariance has as many rows and columns as V has columns")
        }
        var deviation = Deviation()
        deviation.note(
            "the covariance",
            try TaskRelationship.covariance(of: v).adding(expected, scaledBy: -1).frobeniusNorm,
            scale: expected.frobeniusNorm, tolerance: try tolerances.required("closed_form_ops", \.number))
        return deviation
    }
}
