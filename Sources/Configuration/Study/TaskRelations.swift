package import LinearAlgebra
package import MultiTaskLearning

/// What a study's CSV file says of its tasks: a weighted graph, or a covariance.
///
/// The file belongs to the study: every party needs it, and its content is part of the digest.
package struct TaskRelations: Sendable, Equatable {
    /// Two tasks that should be alike.
    package struct Edge: Sendable, Equatable {
        package let first: String
        package let second: String
        package let weight: Double
    }

    /// The content, by the names of the tasks.
    package enum Content: Sendable, Equatable {
        /// In the order of the file.
        case graph([Edge])
        /// Rows and columns in the order of the names.
        case covariance(names: [String], values: Matrix)
    }

    /// Absolute.
    package let path: String
    package let content: Content

    /// The study's key for a structure.
    static func key(of kind: TaskStructure.Kind) -> String {
        switch kind {
        case .graph: "task_graph"
        case .covariance: "task_covariance"
        }
    }

    /// The keys, for the table of a study's keys.
    static let keys: [ConfigurationKey] = [
        .init(
            key(of: .graph), "path", default: "required with `graph`",
            "CSV file with the columns `task`, `other` and, unless all are 1, `weight`: an edge a line; only with `graph`"
        ),
        .init(
            key(of: .covariance), "path", default: "required with `covariance`",
            "CSV file with the column `task` and one for each task: symmetric, positive definite; only with `covariance`"
        ),
    ]

    /// Reads the file.
    ///
    /// - Throws: ``ConfigurationError`` naming file, line, value, what is allowed and the fix.
    init(path: String, kind: TaskStructure.Kind) throws(ConfigurationError) {
        self.path = path
        let table = try CSVTable(path: path, what: "the task \(kind.rawValue)")
        content =
            switch kind {
            case .graph: .graph(try Self.edges(table))
            case .covariance: try Self.covariance(table)
            }
    }

    /// Returns the structure for tasks in a given order.
    ///
    /// - Throws: ``ConfigurationError`` for a task that the file or the study does not have; `MultiTaskLearningError` for
    ///   numbers that make no graph or no covariance.
    package func structure(tasks: [String]) throws -> TaskStructure {
        let positions = Dictionary(
            tasks.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        func position(_ name: String) throws -> Int {
            guard let position = positions[name] else {
                let nearest = NearestWord.suggestion(for: name, among: tasks)
                throw ConfigurationError(
                    .impossibleCombination,
                    "\(path): got the task \(SettingNode.quote(name)); allowed: the \(tasks.count) tasks of the study; "
                        + (nearest.map { "did you mean \(SettingNode.quote($0))?" } ?? "remove it"))
            }
            return position
        }
        switch content {
        case .graph(let edges):
            return .graph(
                try TaskGraph(
                    taskCount: tasks.count,
                    edges: edges.map {
                        .init(try position($0.first), try position($0.second), weight: $0.weight)
                    }))
        case .covariance(let names, let values):
            var ordered = Matrix(rowCount: tasks.count, columnCount: tasks.count)
            let places = try names.map(position)
            if let absent = tasks.first(where: { !names.contains($0) }) {
                throw ConfigurationError(
                    .impossibleCombination,
                    "\(path): the task \(SettingNode.quote(absent)) of the study is not in it; add its row and its column"
                )
            }
            for (column, place) in places.enumerated() {
                for (row, other) in places.enumerated() { ordered[other, place] = values[row, column] }
            }
            return .covariance(ordered)
        }
    }

    /// The lines of the text that parties agree on, whatever the order in the file.
    var agreedLines: [String] {
        func named(_ text: String) -> String { "\(text.utf8.count):\(text)" }
        switch content {
        case .graph(let edges):
            return edges.map { edge in
                let names = [edge.first, edge.second].sorted().map(named).joined(separator: " ")
                return "edge=\(names) \(edge.weight)"
            }.sorted()
        case .covariance(let names, let values):
            let order = names.indices.sorted { names[$0] < names[$1] }
            return order.map { row in
                "covariance=\(named(names[row])) "
                    + order.map { "\(values[row, $0])" }.joined(separator: " ")
            }
        }
    }

    private static func edges(_ table: CSVTable) throws(ConfigurationError) -> [Edge] {
        guard table.header == ["task", "other"] || table.header == ["task", "other", "weight"] else {
            throw table.refusal(
                line: 1, got: table.header.joined(separator: ","),
                allowed: "the header `task,other,weight` or `task,other`", fix: "correct it")
        }
        var edges: [Edge] = []
        for row in table.rows {
            var weight = 1.0
            if row.fields.count == 3 {
                weight = try table.number(row, 2)
                guard weight > 0 else {
                    throw table.refusal(
                        line: row.line, got: row.fields[2], allowed: "a weight above 0",
                        fix: "remove the line")
                }
            }
            guard row.fields[0] != row.fields[1] else {
                throw table.refusal(
                    line: row.line, got: row.fields[0] + " twice", allowed: "two different tasks",
                    fix: "remove the line")
            }
            edges.append(Edge(first: row.fields[0], second: row.fields[1], weight: weight))
        }
        return edges
    }

    private static func covariance(_ table: CSVTable) throws(ConfigurationError) -> Content {
        let names = Array(table.header.dropFirst())
        guard table.header.first == "task", !names.isEmpty, Set(names).count == names.count else {
            throw table.refusal(
                line: 1, got: table.header.joined(separator: ","),
                allowed: "the header `task,NAME,NAME,…` with each task once", fix: "correct it")
        }
        var values = Matrix(rowCount: names.count, columnCount: names.count)
        var seen = Set<Int>()
        for row in table.rows {
            guard let index = names.firstIndex(of: row.fields[0]), seen.insert(index).inserted else {
                throw table.refusal(
                    line: row.line, got: row.fields[0], allowed: "each task of the header once",
                    fix: "correct the name, or remove the line")
            }
            for column in names.indices { values[index, column] = try table.number(row, column + 1) }
        }
        guard seen.count == names.count else {
            throw table.refusal(
                line: 1, got: "\(seen.count) rows", allowed: "a row for each of the \(names.count) tasks",
                fix: "add the others")
        }
        return .covariance(names: names, values: values)
    }
}
