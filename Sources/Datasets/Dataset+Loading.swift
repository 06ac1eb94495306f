extension Dataset {
    /// Returns the data set of a `.csv` or `.npz` file.
    ///
    /// CSV is UTF-8 with a header, comma-separated, quoted as in RFC 4180, with LF or CRLF. It is read
    /// twice, in chunks: first to count the records of each task, then to fill arrays of exactly that
    /// size, so that memory stays at the numbers' own size. An `.npz` file is numpy's, stored or deflated.
    ///
    /// - Throws: ``DatasetsError`` that names the file, and the line and column or the array.
    /// - Complexity: O(bytes of the file).
    package static func load(path: String, options: DatasetOptions = DatasetOptions()) throws -> Dataset {
        let file = try InputFile(path: path)
        let ending = path.lowercased()
        if ending.hasSuffix(".csv") { return try CSVLoader(file: file, options: options).load() }
        if ending.hasSuffix(".npz") { return try NumPyLoader(file: file, options: options).load() }
        if ending.hasSuffix(".npy") {
            throw DatasetsError(
                .unsupportedFormat,
                "\(path): an .npy file holds one array, a data set needs features and targets; "
                    + "save both into one .npz file (numpy.savez)")
        }
        throw DatasetsError(
            .unsupportedFormat, "\(path): unknown kind of file; its name must end in .csv or .npz")
    }
}
