extension UnsafeMutableBufferPointer {
    /// The address of the first element; libsodium takes no null pointer even where a count is zero.
    var address: UnsafeMutablePointer<Element> {
        guard let address = baseAddress else {
            preconditionFailure("a buffer that a primitive writes to has at least one element")
        }
        return unsafe address
    }
}
