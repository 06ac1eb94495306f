/// Why an experiment has no result.
package struct ExperimentsError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
