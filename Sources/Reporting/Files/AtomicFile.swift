internal import Glibc

/// Files that are there whole or not at all, also after a crash.
package enum AtomicFile {
    /// Writes a file: to a temporary name beside it, synced, renamed over it, and the folder synced.
    ///
    /// On an error the old file is as it was, unless only the last sync failed: then the new one is in place
    /// and may not survive a power cut.
    ///
    /// - Parameter permissions: Of the new file, whatever the process's mask.
    /// - Throws: ``ReportingError`` `fileSystem`.
    package static func write(_ bytes: [UInt8], to path: String, permissions: UInt32 = 0o644) throws {
        let folder = Self.folder(of: path)
        let name = path.split(separator: "/").last.map { String($0) } ?? ""
        guard !name.isEmpty, !path.hasSuffix("/") else {
            throw ReportingError(
                .fileSystem, "cannot write \(path): it names a folder, a file name is needed")
        }
        // A new name for every attempt, so that what a crash left behind is in nobody's way.
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        let temporary = "\(folder)/.\(name).\(random).tmp"
        let file = try FileDescriptor(path: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, permissions: 0o600)
        do {
            try file.write(bytes)
            try file.setPermissions(mode_t(permissions))
            try file.synchronize()
            guard unsafe rename(temporary, path) == 0 else {
                throw SystemFault.error("cannot rename \(temporary) to \(path)")
            }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        try FileDescriptor(path: folder, flags: O_RDONLY | O_DIRECTORY).synchronize()
    }

    /// Returns the folder that a file is in: `.` for a bare name.
    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
