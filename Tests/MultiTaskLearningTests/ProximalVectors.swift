internal import FoundationEssentials
internal import LinearAlgebra
internal import TestSupport

/// The published vectors of proximal operators and small multi-task problems (numpy and cvxpy, float64).
struct ProximalVectors: Decodable {
    struct Case: Decodable {
        let id: String
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let V: [[Double]]
        let ops: [Operator]
    }

    struct Operator: Decodable {
        let op: String
        let tau: Double
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let W: [[Double]]?
        let sample_ij_value: [[Double]]?
        let fro: Double
        let sum: Double
        let value_at_V: Double?
        let value_at_prox: Double
    }

    struct Problem: Decodable {
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let X: [[[Double]]]
        let y: [[Double]]
        let labels: [[Double]]
        let solutions: [Solution]
    }

    struct Solution: Decodable {
        let loss: String
        let penalty: String
        let lambda: Double
        let objective: Double
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let W: [[Double]]
        let amtl_step: Double
        let amtl_fixed_point_v: [[Double]]
    }

    struct Header: Decodable {
        struct Tolerance: Decodable {
            let closed_form_ops: Double
            let mtl_problems_W: Double
            let mtl_problems_objective: Double
        }
        let tolerance: Tolerance
    }

    let header: Header
    let cases: [Case]
    let mtl_problems: [Problem]

    static let path = SharedFiles.path("vectors/prox.json")

    static func load(_ path: String) throws -> ProximalVectors {
        let data = try Data(contentsOf: URL(filePath: path))
        return try JSONDecoder().decode(ProximalVectors.self, from: data)
    }
}

extension Matrix {
    /// Creates a matrix from rows of equal length.
    init(rows: [[Double]]) {
        self = Matrix(columns: rows).transposed
    }
}
