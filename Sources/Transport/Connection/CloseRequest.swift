/// The outbound user event that ends a connection in whatever phase it is, from any thread.
struct CloseRequest: Sendable {
    let reason: CloseReason
}
