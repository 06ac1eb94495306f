internal import ArgumentParser
internal import FoundationEssentials
internal import OperatorCommands
internal import Reporting
internal import SecureChannel
internal import Storage
internal import TestSupport
internal import Testing

@Suite struct KeysCommandTests {
    private func generate(_ name: String, in folder: String) throws -> JSONValue {
        let captured = CapturedStreams()
        try KeysGenerateCommand.parse([name, "--out", folder, "--json"]).run(captured.streams)
        return try captured.json()
    }

    private func fingerprints(_ arguments: [String]) throws -> [JSONValue] {
        let captured = CapturedStreams()
        try KeysFingerprintCommand.parse(arguments + ["--json"]).run(captured.streams)
        return try #require(try captured.json()["identities"]?.elements)
    }

    @Test("a new identity: two files, their modes, and one public line everywhere")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let keys = folder.path + "/made/keys"
        let json = try generate("north", in: keys)
        #expect(json["key_file"] == JSONValue(keys + "/north.key"))
        #expect(try folder.mode(of: "made/keys") == 0o700)
        #expect(try folder.mode(of: "made/keys/north.key") == 0o600)
        #expect(try folder.mode(of: "made/keys/north.pub") == 0o644)
        let line = try #require(json["public_line"]?.stringValue)
        #expect(try FileContents.read(path: keys + "/north.pub") == Array("\(line)\n".utf8))
        let loaded = try KeyFile.load(at: keys + "/north.key").publicIdentity(name: "north")
        #expect(loaded.line == line)
        #expect(json["fingerprint"] == JSONValue(loaded.fingerprint))
    }

    @Test("key file, public file and public line have one fingerprint")
    func fingerprint() throws {
        let folder = try TemporaryFolder()
        let json = try generate("north", in: folder.path)
        let line = try #require(json["public_line"]?.stringValue)
        var sources = [
            [folder.path + "/north.key"], [folder.path + "/north.pub"], [line],
        ]
        // Without quotes a key that begins with a dash would be read as an option.
        let words = line.split(separator: " ").map { String($0) }
        if !words.contains(where: { $0.hasPrefix("-") }) { sources.append(words) }
        for source in sources {
            let found = try fingerprints(source)
            #expect(found.count == 1)
            for key in ["name", "fingerprint", "public_line"] {
                #expect(found[0][key] == json[key], "\(source)")
            }
        }
        let other = try generate("south", in: folder.path)
        #expect(other["fingerprint"] != json["fingerprint"])
        #expect(
            try fingerprints([folder.path + "/north.pub", folder.path + "/south.key"]).map { $0["name"] }
                == ["north", "south"])
    }

    @Test("a public file with a comment and the next key gives both")
    func secondLine() throws {
        let folder = try TemporaryFolder()
        let lines = try ["a", "b"].map {
            try #require(try generate($0, in: folder.path)["public_line"]?.stringValue)
        }
        let file = try folder.write("# both\n\n\(lines[0])\n\(lines[1])\n", to: "site.pub")
        #expect(try fingerprints([file]).map { $0["name"] } == ["a", "b"])
    }

    @Test("the text for people has the line, the fingerprint and the files")
    func text() throws {
        let folder = try TemporaryFolder()
        let captured = CapturedStreams()
        try KeysGenerateCommand.parse(["north", "--out", folder.path + "/"]).run(captured.streams)
        let identity = try PublicIdentity(line: String(captured.results.split(separator: "\n")[0]))
        #expect(identity.name == "north")
        #expect(captured.results.contains(identity.fingerprint))
        #expect(captured.results.contains(" \(folder.path)/north.key "))
        let shown = CapturedStreams()
        try KeysFingerprintCommand.parse([folder.path + "/north.pub"]).run(shown.streams)
        #expect(shown.results == "\(identity.fingerprint)  north\n")
    }

    @Test("nothing is overwritten", arguments: ["north.key", "north.pub"])
    func overwriting(name: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("precious", to: name)
        #expect(throws: StorageError(.alreadyExists, "")) { try generate("north", in: folder.path) }
        #expect(try FileContents.read(path: file) == Array("precious".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
    }

    @Test("a name that is no site's makes no file", arguments: ["", ".hidden", "a/b", "../x", "a b", "ä"])
    func names(name: String) throws {
        let folder = try TemporaryFolder()
        let keys = folder.path + "/keys"
        #expect(throws: CommandError(.unusableInput, "")) { try generate(name, in: keys) }
        #expect(!FileManager.default.fileExists(atPath: keys))
    }

    @Test(
        "what is no identity is refused",
        arguments: ["", "# nothing\n", "hello\n", "atoll1 AAAA BBBB north\n"])
    func noIdentity(text: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(text, to: "site.pub")
        #expect(throws: CommandError(.unusableInput, "")) { try fingerprints([file]) }
    }

    @Test("a key file under another name is refused without its seed in the message")
    func misnamedKey() throws {
        let folder = try TemporaryFolder()
        _ = try generate("north", in: folder.path)
        let bytes = try FileContents.read(path: folder.path + "/north.key")
        let seed = String(decoding: bytes, as: UTF8.self).split(separator: " ")[1].dropLast()
        let file = try folder.write(String(decoding: bytes, as: UTF8.self), to: "north.txt")
        let error = #expect(throws: CommandError.self) { try fingerprints([file]) }
        #expect(error?.message.contains("must end in .key") == true)
        #expect(error?.message.contains(seed) == false)
    }

    @Test("a key file that others may read, and absent files, are refused")
    func unusable() throws {
        let folder = try TemporaryFolder()
        _ = try generate("north", in: folder.path)
        let key = folder.path + "/north.key"
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: key)
        #expect(throws: StorageError(.insecurePermissions, "")) { try fingerprints([key]) }
        #expect(throws: ReportingError.self) { try fingerprints([folder.path + "/absent.pub"]) }
        #expect(throws: StorageError(.notFound, "")) { try fingerprints([folder.path + "/absent.key"]) }
    }
}
