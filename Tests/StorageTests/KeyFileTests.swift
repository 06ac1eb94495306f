internal import Foundation
internal import SecureChannel
internal import Storage
internal import TestSupport
internal import Testing

@Suite struct KeyFileTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func line(ofKeyAt name: String) throws -> String {
        try KeyFile.load(at: folder.file(name)).publicIdentity(name: "a").line
    }

    @Test("a new key file is its owner's alone and gives the same identity back")
    func generate() throws {
        let line = try KeyFile.generate(at: folder.file("site.key")).publicIdentity(name: "a").line
        #expect(try folder.mode(of: "site.key") == 0o600)
        #expect(try self.line(ofKeyAt: "site.key") == line)
        let other = try KeyFile.generate(at: folder.file("other.key")).publicIdentity(name: "a").line
        #expect(other != line)
    }

    @Test("a seed given in the documented form is read as that seed")
    func format() throws {
        try folder.write("atoll1-secret AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n", to: "site.key")
        try folder.setMode(0o600, of: "site.key")
        #expect(
            try line(ofKeyAt: "site.key")
                == "atoll1 YMBCoiXBw9u7cv7pYB9xyDuepk0tmiOYLqHbEE8fAE0 "
                + "7596xB8C4zW1oGHl_kxxor0XfgI0DGgqApQG7jPsuQU a")
    }

    @Test("an existing file is never overwritten, whatever it holds")
    func existing() throws {
        try folder.write("precious", to: "site.key")
        #expect(throws: StorageError(.alreadyExists, "")) {
            _ = try KeyFile.generate(at: folder.file("site.key"))
        }
        let contents = try String(contentsOfFile: folder.file("site.key"), encoding: .utf8)
        #expect(contents == "precious")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"), withDestinationPath: folder.file("elsewhere"))
        #expect(throws: StorageError(.alreadyExists, "")) {
            _ = try KeyFile.generate(at: folder.file("link"))
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("elsewhere")))
    }

    @Test(
        "a mode with any right of group or others is refused with the command that mends it", arguments: 0..<9
    )
    func modes(_ bit: Int) throws {
        _ = try KeyFile.generate(at: folder.file("site.key"))
        let mode = 0o600 | 1 << bit
        try folder.setMode(mode, of: "site.key")
        if bit >= 6 {
            #expect(try line(ofKeyAt: "site.key").hasPrefix("atoll1 "))
            return
        }
        do {
            _ = try KeyFile.load(at: folder.file("site.key"))
            Issue.record("mode \(String(mode, radix: 8)) was accepted")
        } catch let error as StorageError {
            #expect(error.code == .insecurePermissions)
            #expect(error.message.contains("chmod 600 \(folder.file("site.key"))"))
        }
    }

    @Test("a service manager's credential may be readable by its group, and only that", arguments: 0..<6)
    func credential(_ bit: Int) throws {
        _ = try KeyFile.generate(at: folder.file("key"))
        try folder.setMode(0o400 | 1 << bit, of: "key")
        let load = { (credentials: String) in
            try KeyFile.load(at: folder.file("key"), credentials: credentials).publicIdentity(name: "x").line
        }
        if bit == 5 {
            #expect(try load(folder.path).hasPrefix("atoll1 "))
        } else {
            #expect(throws: StorageError(.insecurePermissions, "")) { try load(folder.path) }
        }
        for elsewhere in ["", folder.path + "x", "/"] {
            #expect(throws: StorageError(.insecurePermissions, "")) { try load(elsewhere) }
        }
    }

    @Test("a path that leads out of the credentials' folder, upwards or by a link, is no credential")
    func credentialOutside() throws {
        _ = try KeyFile.generate(at: folder.file("key"))
        try folder.setMode(0o440, of: "key")
        try folder.write("", to: "credentials/empty")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("credentials/link"), withDestinationPath: folder.file("key"))
        for path in ["credentials/../key", "credentials/link"] {
            #expect(throws: StorageError(.insecurePermissions, "")) {
                _ = try KeyFile.load(at: folder.file(path), credentials: folder.file("credentials"))
            }
        }
    }

    @Test(
        "a file of any other form is refused",
        arguments: [
            "", "\n", "atoll1-secret AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            "atoll1-secret AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n\n",
            "atoll1-secret AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8 ",
            "atoll1-secret AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9\n",
            "atoll1-secret AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh=\n",
            "atoll2-secret AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n", String(repeating: "\0", count: 58),
        ])
    func malformed(_ text: String) throws {
        try folder.write(text, to: "site.key")
        try folder.setMode(0o600, of: "site.key")
        #expect(throws: StorageError(.malformed, "")) { _ = try KeyFile.load(at: folder.file("site.key")) }
    }

    @Test("an absent file, an absent folder and a folder are refused by type")
    func absent() throws {
        #expect(throws: StorageError(.notFound, "")) { _ = try KeyFile.load(at: folder.file("none")) }
        #expect(throws: StorageError(.notFound, "")) { _ = try KeyFile.generate(at: folder.file("none/key")) }
        #expect(throws: StorageError(.malformed, "")) { _ = try KeyFile.load(at: folder.path) }
    }

    @Test("no message of an error holds any part of the seed")
    func noLeak() throws {
        let seed = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9"
        try folder.write("atoll1-secret \(seed)\n", to: "site.key")
        try folder.setMode(0o600, of: "site.key")
        do {
            _ = try KeyFile.load(at: folder.file("site.key"))
            Issue.record("a text that is not canonical was accepted")
        } catch {
            #expect(!"\(error)".contains(seed.prefix(8)))
        }
    }
}
