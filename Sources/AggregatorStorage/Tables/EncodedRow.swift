internal import GRDB

/// A row to be written: its table's columns in order.
struct EncodedRow: Sendable {
    let table: StateTable
    private var values: SQLValues

    init(_ table: StateTable, _ values: SQLValues) {
        precondition(
            values.count == table.columns.count,
            "a row of \(table.name) has \(table.columns.count) values, not \(values.count)")
        self.table = table
        self.values = values
    }

    /// Writes the row, with its checksum, in place of the one with the same key.
    consuming func write(in database: Database) throws {
        var row = consume self
        row.values.append(row.values.checksum)
        try database.run(row.table.upsert, row.values)
    }
}
