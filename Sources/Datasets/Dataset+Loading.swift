extension Dataset {
    /// Returns the data set of a `.csv`, `.npz` or `.npy` file.
    ///
    /// CSV is UTF-8 with a header, comma-separated, quoted as in RFC 4180, with LF or CRLF. It is read
    /// twice, in chunks: first to count the records of each task, then to fill arrays of exactly that
    /// size, so that memory stays at the numbers' own size. An `.npz` file is numpy's, stored or deflated: its
    /// features are the array ``DatasetOptions/featureArray`` (`X`), and targets and tasks the arrays called as the
    /// target and task columns. An `.npy` file is one array of shape [records, columns], whose columns are called
    /// `c1`, `c2` and so on.
    ///
    /// - Throws: ``DatasetsError`` that names the file, and the line and column or the array.
    /// - Complexity: O(bytes of the file).
    package static func load(path: String, options: DatasetOptions = DatasetOptions()) throws -> Dataset {
        let file = try InputFile(path: path)
        let ending = path.lowercased()
        if ending.hasSuffix(".csv") { return try CSVLoader(file: file, options: options).load() }
        guard options.personColumn == nil else {
            throw DatasetsError(
                .unsupportedFormat,
                "\(path): a column of persons is read from .csv files alone; write the records as CSV")
        }
        if ending.hasSuffix(".npz") { return try NumPyLoader(file: file, options: options).load() }
        if ending.hasSuffix(".npy") { return try NumPyTableLoader(file: file, options: options).load() }
        throw DatasetsError(
            .unsupportedFormat, "\(path): unknown kind of file; its name must end in .csv, .npz or .npy")
    }
}
