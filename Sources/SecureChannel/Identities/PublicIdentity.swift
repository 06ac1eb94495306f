internal import Sodium

/// The name and public keys of a site or aggregator: what its administrator hands over, on one line.
///
/// The line is `atoll1 <channel key> <signing key> <name>`, separated by single spaces; both keys are 32
/// bytes in unpadded base64url (RFC 4648, section 5), 43 characters each. A key has one such text only.
package struct PublicIdentity: Hashable, Sendable {
    /// One to 64 of the characters `A-Z a-z 0-9 . _ -`, not beginning with a dot.
    package let name: String
    /// The X25519 public key of the channel, 32 bytes.
    package let channelKey: [UInt8]
    /// The Ed25519 public key of signatures, 32 bytes.
    package let signingKey: [UInt8]

    private static let version = "atoll1"
    private static let keyByteCount = 32

    /// Creates an identity.
    ///
    /// - Throws: ``SecureChannelError/Code/invalidIdentity``, ``SecureChannelError/Code/invalidKey``.
    package init(name: String, channelKey: [UInt8], signingKey: [UInt8]) throws(SecureChannelError) {
        try PublicIdentity.requireName(name)
        for key in [channelKey, signingKey] where key.count != PublicIdentity.keyByteCount {
            throw SecureChannelError(
                .invalidKey, "a public key has \(PublicIdentity.keyByteCount) bytes, got \(key.count)")
        }
        self.name = name
        self.channelKey = channelKey
        self.signingKey = signingKey
    }

    /// Creates the identity that a public line names.
    ///
    /// - Parameter line: The whole line, without a line break or other space around it.
    /// - Throws: ``SecureChannelError/Code/invalidIdentity`` saying which part is wrong.
    package init(line: String) throws(SecureChannelError) {
        let fields = line.split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count == 4 else {
            throw SecureChannelError(
                .invalidIdentity,
                "a public line is `atoll1 <x25519> <ed25519> <name>` with single spaces, got "
                    + "\(fields.count) fields")
        }
        guard fields[0] == PublicIdentity.version else {
            throw SecureChannelError(
                .invalidIdentity,
                "a public line begins with \(PublicIdentity.version), got "
                    + fields[0].prefix(16).debugDescription)
        }
        try self.init(
            name: String(fields[3]), channelKey: PublicIdentity.key(fields[1], "channel (second)"),
            signingKey: PublicIdentity.key(fields[2], "signing (third)"))
    }

    /// The line to hand over.
    package var line: String {
        "\(PublicIdentity.version) \(Base64URL.encode(channelKey)) \(Base64URL.encode(signingKey)) \(name)"
    }

    /// A short form to compare by telephone: 16 bytes of BLAKE2b over both keys, in 8 groups of 4 hex digits.
    ///
    /// The name is not part of it, so that the fingerprint belongs to the keys whatever they are called.
    package var fingerprint: String {
        let digits = Array("0123456789abcdef")
        var text = ""
        for (index, byte) in Blake2b.hash(channelKey + signingKey, length: 16).enumerated() {
            if index > 0, index.isMultiple(of: 2) { text.append(" ") }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return text
    }

    /// Whether `name` may name a site.
    package static func isValidName(_ name: String) -> Bool {
        (1...SecureChannelLimits.maximumNameByteCount).contains(name.utf8.count)
            && name.utf8.first != UInt8(ascii: ".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static func requireName(_ name: String) throws(SecureChannelError) {
        guard isValidName(name) else {
            throw SecureChannelError(
                .invalidIdentity,
                "a site name has 1 ... \(SecureChannelLimits.maximumNameByteCount) of A-Z a-z 0-9 . _ - and does "
                    + "not begin with a dot, got \(name.prefix(80).debugDescription)")
        }
    }

    private static func key(_ text: Substring, _ which: StaticString) throws(SecureChannelError) -> [UInt8] {
        do {
            return try Base64URL.decode(text, byteCount: keyByteCount)
        } catch {
            throw SecureChannelError(
                .invalidIdentity, "the \(which) field of a public line: \(error.message)")
        }
    }
}
