/// The columns of an array, which have no names of their own: a letter and their number, from 1.
struct NumPyColumns {
    /// `x` for an array of features alone, `c` for one of whole records.
    let letter: String
    /// At least 1, at most ``DatasetsLimits/columnCount``.
    let count: Int
    /// File and array, for messages.
    let place: String

    /// Numbers the columns of an array of two dimensions.
    ///
    /// - Throws: `tooLarge` outside the bounds.
    init(of array: NumPyArrayReader, letter: String) throws {
        count = array.header.shape[1]
        self.letter = letter
        place = array.place
        guard (1...DatasetsLimits.columnCount).contains(count) else {
            throw DatasetsError(
                .tooLarge, "\(place): \(count) columns; allowed are 1 to \(DatasetsLimits.columnCount)")
        }
    }

    /// Returns the place of a column, from 0.
    ///
    /// - Parameters:
    ///   - role: What the column is for, with the setting that names it.
    /// - Throws: `missingColumn`.
    func index(of name: String, role: String) throws -> Int {
        if name.hasPrefix(letter), let number = Int(name.dropFirst(letter.count)),
            (1...count).contains(number),
            self.name(number - 1) == name
        {
            return number - 1
        }
        throw DatasetsError(
            .missingColumn,
            "\(place): no column \(MessageText.quoted(name)) (\(role)); the columns are called "
                + "\(letter)1 to \(letter)\(count)")
    }

    /// Returns the features' names and, for each column, the feature it is, if any.
    ///
    /// - Parameters:
    ///   - wanted: The names in the order of the features; nil takes all columns but `others`.
    ///   - others: The places of the task and target columns.
    /// - Throws: `missingColumn`, `duplicateColumn`.
    func features(_ wanted: [String]?, except others: [Int]) throws -> (names: [String], columns: [Int?]) {
        let chosen =
            try wanted.map { try $0.map { try index(of: $0, role: "feature_columns") } }
            ?? (0..<count).filter { !others.contains($0) }
        guard !chosen.isEmpty else {
            throw DatasetsError(
                .missingColumn, "\(place): no feature column is left of \(letter)1 to \(letter)\(count)")
        }
        var columns = [Int?](repeating: nil, count: count)
        for (feature, column) in chosen.enumerated() {
            guard columns[column] == nil, !others.contains(column) else {
                throw DatasetsError(
                    .duplicateColumn,
                    "\(place): feature column \(MessageText.quoted(name(column))) is named twice or is the task "
                        + "or target column")
            }
            columns[column] = feature
        }
        return (chosen.map(name), columns)
    }

    private func name(_ index: Int) -> String { "\(letter)\(index + 1)" }
}
