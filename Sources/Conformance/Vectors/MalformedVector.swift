/// A vector that lacks a field, or has one of another form.
struct MalformedVector: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
