internal import Federation
internal import FoundationEssentials
internal import ReleaseEncoding

/// The rules of single fields, the same for sending and for receiving.
struct FieldChecks {
    let limits: WireLimits
    /// Whether messages are looked at without their releases, which are checked on their own.
    var areReleasesApart = false

    /// Returns a name of a study or a task, which logs and file names may show.
    func name(_ name: String, of field: StaticString) throws -> String {
        let count = name.utf8.count
        guard (1...WireLimits.maximumNameByteCount).contains(count) else {
            throw WireError(
                count == 0 ? .invalidField : .oversized,
                "\(field) is a name of \(count) bytes; it needs 1 ... \(WireLimits.maximumNameByteCount)")
        }
        // Most names are ASCII, which needs no look into Unicode's tables.
        guard
            name.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
                || !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw WireError(.invalidField, "\(field) holds a control character")
        }
        return name
    }

    func task(_ name: String, of field: StaticString) throws -> TaskName {
        TaskName(try self.name(name, of: field))
    }

    /// Returns a sequence number, version or staleness.
    func number(_ number: UInt64, of field: StaticString) throws -> UInt64 {
        guard number <= WireLimits.maximumNumber else {
            throw WireError(.invalidField, "\(field) is \(number), more than \(WireLimits.maximumNumber)")
        }
        return number
    }

    func finite(_ number: Double, of field: StaticString) throws -> Double {
        guard number.isFinite else { throw WireError(.invalidField, "\(field) is not finite") }
        return number
    }

    /// Returns a dimension that some study may have; whether it is this study's is not for the wire to say.
    func dimension(_ dimension: Int, of field: StaticString) throws -> Int {
        let bound = ReleaseEncodingLimits.maximumDimension
        guard (1...bound).contains(dimension) else {
            throw WireError(.invalidField, "\(field) is \(dimension); the bounds are 1 and \(bound)")
        }
        return dimension
    }

    /// Returns the bytes of a received release.
    func release(_ release: Data, of field: StaticString) throws -> [UInt8] {
        areReleasesApart ? [] : try self.release([UInt8](release), of: field)
    }

    func release(_ release: [UInt8], of field: StaticString) throws -> [UInt8] {
        guard !release.isEmpty else { throw WireError(.invalidField, "\(field) is missing") }
        guard release.count <= limits.maximumReleaseByteCount else {
            throw WireError(
                .oversized, "\(field) has \(release.count) bytes, more than \(limits.maximumReleaseByteCount)"
            )
        }
        return release
    }

    func digest(_ digest: [UInt8], of field: StaticString) throws -> [UInt8] {
        guard digest.count == WireLimits.digestByteCount else {
            throw WireError(
                .invalidField, "\(field) has \(digest.count) bytes instead of \(WireLimits.digestByteCount)")
        }
        return digest
    }

    /// Returns a reference's hash; no bytes stand for the zero vector.
    func reference(_ bytes: Data, of field: StaticString) throws -> ReferenceHash {
        guard !bytes.isEmpty else { return .none }
        guard let hash = ReferenceHash(bytes: [UInt8](bytes)) else {
            throw WireError(
                .invalidField,
                "\(field) has \(bytes.count) bytes instead of \(ReferenceHash.byteCount) or none")
        }
        return hash
    }

    func instance(_ bytes: Data, of field: StaticString) throws -> InstanceIdentifier {
        guard let instance = InstanceIdentifier(bytes: [UInt8](bytes)) else {
            throw WireError(
                .invalidField,
                "\(field) has \(bytes.count) bytes instead of \(InstanceIdentifier.byteCount)")
        }
        return instance
    }

    func text(_ text: String, of field: StaticString) throws -> String {
        guard text.utf8.count <= WireLimits.maximumTextByteCount else {
            throw WireError(
                .oversized,
                "\(field) has \(text.utf8.count) bytes, more than \(WireLimits.maximumTextByteCount)")
        }
        return text
    }

    /// Checks that a list of tasks is within its bound and names none twice.
    func tasks(_ names: [TaskName], of field: StaticString) throws {
        guard names.count <= WireLimits.maximumTaskCount else {
            throw WireError(
                .tooMany, "\(field) holds \(names.count), more than \(WireLimits.maximumTaskCount)")
        }
        guard Set(names).count == names.count else {
            throw WireError(.invalidField, "\(field) names a task twice")
        }
    }
}

extension ReferenceHash {
    /// The field's bytes: none for the zero vector.
    var field: Data { self == .none ? Data() : Data(bytes) }
}
