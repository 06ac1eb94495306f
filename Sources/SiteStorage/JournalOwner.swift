internal import Storage

/// What a site's journal belongs to.
struct JournalOwner: Equatable {
    var site: String
    var study: String
    var studyDigest: [UInt8]

    init(site: String, study: String, studyDigest: [UInt8]) {
        self.site = site
        self.study = study
        self.studyDigest = studyDigest
    }

    init?(bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let site = try? reader.text(), let study = try? reader.text(), let digest = try? reader.bytes(),
            reader.isAtEnd
        else { return nil }
        self.init(site: site, study: study, studyDigest: digest)
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(text: site)
        bytes.append(text: study)
        bytes.append(counted: studyDigest)
        return bytes
    }

    /// Refuses the journal of another study or site.
    func require(_ found: [UInt8], path: String) throws(StorageError) {
        guard let other = JournalOwner(bytes: found) else {
            throw StorageError(.malformed, "\(path): it does not say what it belongs to; move it away")
        }
        guard other != self else { return }
        let what =
            other.site != site || other.study != study
            ? "it belongs to site '\(other.site)' of the study '\(other.study)', not to site '\(site)' of "
                + "'\(study)'"
            : "it belongs to the study '\(study)' with other settings: the study file has changed since"
        throw StorageError(
            .foreign,
            "\(path): \(what). Give each study a folder of its own by the configuration key state, or move the "
                + "journal away where that study is over")
    }
}
