package import Configuration

/// How the tasks of a data set are spread over the sites of one machine.
package enum StudyAssignment {
    /// Returns the owner of each task: contiguous blocks of tasks, of sizes that differ by one at most.
    ///
    /// Sites are called `site-1`, `site-2` and so on, with zeros before them so that all names have one
    /// length.
    ///
    /// - Parameters:
    ///   - tasks: The names, in the data's order.
    ///   - siteCount: At least 1; sites beyond the number of tasks would own nothing, and are left out.
    package static func assignments(tasks: [String], siteCount: Int) -> [TaskAssignment] {
        precondition(siteCount >= 1, "a federation has at least one site, got \(siteCount)")
        let count = min(siteCount, max(1, tasks.count))
        let width = String(count).count
        return tasks.enumerated().map { index, task in
            let number = String(index * count / tasks.count + 1)
            return TaskAssignment(
                name: task, site: "site-" + String(repeating: "0", count: width - number.count) + number)
        }
    }
}
