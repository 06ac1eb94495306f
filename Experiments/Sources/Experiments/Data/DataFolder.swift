package import Datasets
internal import LinearAlgebra
internal import Reporting

/// The folder of data sets, and the tasks that are made of each.
package struct DataFolder: Sendable {
    private let path: String

    /// Names the folder; nothing is read yet.
    package init(path: String) {
        self.path = path
    }

    /// Returns the files that are not there, of those that an experiment needs.
    package func absent(of files: [String]) -> [String] {
        files.map { "\(path)/\($0)" }.filter { !FileContents.isReadable($0) }
    }

    /// School: 139 tasks, 28 features.
    package func school() throws -> Dataset {
        try Dataset.load(path: "\(path)/school/school.csv", options: DatasetOptions(taskColumn: "task"))
    }

    /// Landmine detection: 29 tasks, 9 features, labels 0 and 1.
    package func landmine() throws -> Dataset {
        try Dataset.load(path: "\(path)/landmine/landmine.csv", options: DatasetOptions(taskColumn: "task"))
    }

    /// Parkinson's telemonitoring: 42 subjects; age, sex, time and 16 measures of voice.
    ///
    /// - Parameter target: `motor_UPDRS` or `total_UPDRS`.
    package func parkinsons(target: String) throws -> Dataset {
        try Dataset.load(
            path: "\(path)/parkinsons/parkinsons_updrs.csv",
            options: DatasetOptions(
                taskColumn: "subject#", targetColumn: target,
                featureColumns: [
                    "age", "sex", "test_time", "Jitter(%)", "Jitter(Abs)", "Jitter:RAP", "Jitter:PPQ5",
                    "Jitter:DDP", "Shimmer", "Shimmer(dB)", "Shimmer:APQ3", "Shimmer:APQ5", "Shimmer:APQ11",
                    "Shimmer:DDA", "NHR", "HNR", "RPDE", "DFA", "PPE",
                ]))
    }

    /// Digits of 8 x 8 pixels, divided by 16: five tasks of two digits each.
    package func digits() throws -> Dataset {
        let all = try Dataset.load(
            path: "\(path)/digits/digits.csv", options: DatasetOptions(targetColumn: "label"))
        let records = all.tasks[0]
        let scaled = Matrix(
            rowCount: records.recordCount, columnCount: records.dimension,
            elements: records.features.elements.map { $0 / 16 })
        return DigitPairs.tasks(
            of: TaskData(name: "all", features: scaled, targets: records.targets),
            featureNames: all.featureNames)
    }

    /// The test split of MNIST on a grid of 10 x 10: five tasks of two digits each.
    package func mnist() throws -> Dataset {
        let images = try IDXArray(path: "\(path)/mnist/t10k-images-idx3-ubyte.gz")
        let labels = try IDXArray(path: "\(path)/mnist/t10k-labels-idx1-ubyte.gz")
        guard images.shape.count == 3, labels.shape == [images.shape[0]] else {
            throw DatasetsError(
                .unsuitableArray,
                "\(path)/mnist: images \(images.shape) and labels \(labels.shape) do not fit")
        }
        let features = ImageGrid.averages(
            of: images.bytes, rows: images.shape[1], columns: images.shape[2], gridSize: 10)
        return DigitPairs.tasks(
            of: TaskData(name: "all", features: features, targets: labels.bytes.map { Double($0) }),
            featureNames: (1...100).map { "g\($0)" })
    }

    /// Four attributes of faces from ten coordinates of landmarks: 10,000 records each, 2,224 of left or right.
    package func faces() throws -> Dataset {
        let coordinates = (1...5).map { "lx\($0)" } + (1...5).map { "ly\($0)" }
        let attributes: [(name: String, negative: Double, positive: Double)] = [
            ("gender", 2, 1), ("smile", 2, 1), ("glasses", 2, 1), ("pose", 2, 4),
        ]
        let tasks = try attributes.map { attribute in
            let records = try Dataset.load(
                path: "\(path)/mtfl/mtfl.csv",
                options: DatasetOptions(
                    taskColumn: "split", targetColumn: attribute.name, featureColumns: coordinates,
                    tasks: ["train"])
            ).tasks[0]
            return DigitPairs.task(
                named: attribute.name, of: records, negative: attribute.negative, positive: attribute.positive
            )
        }
        return Dataset(tasks: tasks, featureNames: coordinates)
    }
}
