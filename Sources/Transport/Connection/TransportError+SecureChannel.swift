internal import SecureChannel

extension TransportError {
    /// Creates the error of a handshake that the secure channel refused.
    init(handshake error: any Error) {
        switch error {
        case let error as TransportError: self = error
        case let error as SecureChannelError where error.code == .unauthorized:
            self.init(.unauthorizedKey, error.message)
        case let error as SecureChannelError: self.init(.handshakeFailed, error.description)
        default: self.init(.handshakeFailed, "\(error)")
        }
    }

    /// Creates the error of a record or message that the secure channel refused on an open connection.
    init(record error: any Error) {
        switch error {
        case let error as TransportError: self = error
        case let error as SecureChannelError where error.code == .messageTooLarge:
            self.init(.messageTooLarge, error.message, closeReason: .messageTooLarge)
        case let error as SecureChannelError where error.code == .unauthorized:
            self.init(.unauthorizedKey, error.message, closeReason: .revoked)
        case let error as SecureChannelError:
            self.init(.recordRefused, error.description, closeReason: .protocolViolation)
        default: self.init(.recordRefused, "\(error)", closeReason: .protocolViolation)
        }
    }
}
