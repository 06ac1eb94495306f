internal import Foundation
internal import SecureChannel
internal import Sodium
internal import Storage
internal import TestSupport
internal import Testing

@Suite struct AuthorizedSitesTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func identity(_ name: String, _ seed: UInt8) throws -> PublicIdentity {
        let identity = try Identity(seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)))
        return try identity.publicIdentity(name: name)
    }

    private func authorize(_ name: String, _ seeds: UInt8..., file: String? = nil) throws {
        let lines = try seeds.map { try identity(name, $0).line + "\n" }
        try folder.write(lines.joined(), to: file ?? "\(name).pub")
    }

    private func read(_ previous: AuthorizedSites = .none) throws -> AuthorizedSites {
        try AuthorizedSites.read(folder: folder.path, previous: previous)
    }

    @Test("each file authorises its keys under its name, and nobody else")
    func files() throws {
        try authorize("b", 2)
        try authorize("a", 1, 11)
        try authorize("c.d", 3, file: "c.d")
        try authorize("README-ward", 5)
        try authorize("README", 6)
        try folder.write("not a key", to: "README")
        try folder.write("not a key", to: "README.md")
        try folder.write("not a key", to: ".gitkeep")
        let sites = try read()
        #expect(sites.warnings == [])
        #expect(sites.sites.map(\.fileName) == ["README-ward.pub", "README.pub", "a.pub", "b.pub", "c.d"])
        for (name, seed) in [("a", 1), ("a", 11), ("b", 2), ("c.d", 3), ("README-ward", 5), ("README", 6)]
            as [(String, UInt8)]
        {
            let expected = try identity(name, seed)
            #expect(sites[channelKey: expected.channelKey] == expected)
        }
        #expect(try sites[channelKey: identity("a", 4).channelKey] == nil)
        #expect(try sites[channelKey: identity("a", 1).signingKey] == nil)
        #expect(sites[channelKey: []] == nil)
    }

    @Test("an empty folder authorises nobody, an absent one is an error")
    func empty() throws {
        #expect(try read() == .none)
        #expect(throws: StorageError(.notFound, "")) {
            _ = try AuthorizedSites.read(folder: folder.file("none"))
        }
    }

    @Test("comments and blank lines are allowed, with and without a line feed at the end")
    func comments() throws {
        let line = try identity("a", 1).line
        try folder.write("# Ward 7\n\n\(line)\n# next key follows\n\n", to: "a.pub")
        try folder.write(try identity("b", 2).line, to: "b.pub")
        let sites = try read()
        #expect(sites.warnings == [])
        #expect(sites.sites.map(\.identities.count) == [1, 1])
    }

    @Test("a file that is not as it should be is refused with a reason, and the others stand")
    func refused() throws {
        let line = try identity("bad", 9).line
        let other = try identity("other", 9).line
        let contents: [(text: String, reason: String)] = [
            ("", "0 public lines"), ("# only a comment\n", "0 public lines"), ("hello\n", "line 1"),
            (line + "\n" + "hello\n", "line 2"), (line + "\r\n", "line 1"), (other, "names other"),
            (line + "\n" + other, "line 2"), (line + "\n" + line, "the same key twice"),
            (
                line + "\n" + (try identity("bad", 8).line) + "\n" + (try identity("bad", 7).line),
                "3 public lines"
            ),
            (" " + line, "line 1"), (String(repeating: "#", count: 4097), "4096"),
        ]
        try authorize("good", 1)
        let good = try identity("good", 1)
        for (text, reason) in contents {
            try folder.write(text, to: "bad.pub")
            let sites = try read()
            #expect(sites.warnings.map(\.fileName) == ["bad.pub"])
            #expect(sites.warnings.first?.reason.contains(reason) == true, "\(sites.warnings)")
            #expect(sites.sites.map(\.identities) == [[good]])
        }
        try folder.write([0xff, 0xfe, 0x00], to: "bad.pub")
        #expect(try read().warnings.map(\.reason) == ["not UTF-8 text"])
        // The largest file that is read.
        let comment = String(
            repeating: "#", count: KeyFolderLimits.maximumPublicFileByteCount - line.utf8.count - 1)
        try folder.write(line + "\n" + comment, to: "bad.pub")
        #expect(try read().warnings == [])
    }

    @Test("a folder of more entries than the bound is not read")
    func entryCount() throws {
        try authorize("a", 1)
        // What is ignored is looked at all the same.
        for count in 2...(KeyFolderLimits.maximumFileCount + 1) {
            let file = creat(folder.file(".\(count)"), 0o600)
            try #require(file >= 0)
            close(file)
            switch count - KeyFolderLimits.maximumFileCount {
            case -1, 0: #expect(try read().sites.map(\.fileName) == ["a.pub"])
            case 1: #expect(throws: StorageError(.tooLarge, "")) { try read() }
            default: break
            }
        }
    }

    @Test("a present file that cannot be used revokes nobody, and its absence does")
    func unusableFileKeepsItsSite() throws {
        try authorize("a", 1, 11)
        try authorize("b", 2)
        let before = try read()
        let whole = try identity("a", 1).line + "\n" + identity("a", 11).line + "\n"
        let contents =
            ["", "\n", "# only a comment\n", "hello\n", whole + "hello\n"]
            // Caught half written, within the first line and within the second.
            + [10, whole.utf8.count / 2 - 3, whole.utf8.count - 3].map { String(whole.prefix($0)) }
            + [String(repeating: "#", count: 4097)]
        var last = before
        for text in contents {
            try folder.write(text, to: "a.pub")
            // Both from the snapshot before and from the one that kept the site already.
            for previous in [before, last] {
                let sites = try read(previous)
                #expect(sites.sites == before.sites, "\(text)")
                #expect(sites.difference(from: before).isEmpty)
                #expect(sites.warnings.map(\.fileName) == ["a.pub"])
                #expect(sites.warnings.first?.reason.contains("remove the file to revoke") == true)
                last = sites
            }
            // Without a past it admits nobody.
            let fresh = try read()
            #expect(fresh.sites.map(\.fileName) == ["b.pub"])
            #expect(fresh.warnings.first?.reason.contains("remove the file to revoke") == false)
        }
        try folder.write([0xff, 0xfe, 0x00], to: "a.pub")
        #expect(try read(last).sites == before.sites)
        // Not a regular file, so it cannot be read whoever runs this.
        try folder.remove("a.pub")
        #expect(mkfifo(folder.file("a.pub"), 0o600) == 0)
        #expect(try read(last).sites == before.sites)
        // Whole again, with one line less: that key alone goes.
        try folder.remove("a.pub")
        try authorize("a", 11)
        let rotated = try read(last)
        #expect(rotated.warnings == [])
        #expect(try rotated.difference(from: last).removed == [identity("a", 1)])
        // What is kept is what stood last, not what stood ever.
        try folder.write("", to: "a.pub")
        #expect(try read(rotated).sites == rotated.sites)
        try folder.remove("a.pub")
        let gone = try read(rotated)
        #expect(gone.warnings == [])
        #expect(try gone.difference(from: rotated).removed == [identity("a", 11)])
    }

    @Test("a file that cannot be used keeps its keys from another file that claims them")
    func unusableFileKeepsItsClaims() throws {
        try authorize("b", 2)
        let before = try read()
        try folder.write("", to: "b.pub")
        try authorize("a", 2)
        let after = try read(before)
        #expect(after.sites == before.sites)
        #expect(after.warnings.map(\.fileName) == ["a.pub", "b.pub"])
    }

    @Test("a file whose new line is another's keeps its old one, unless that is gone from it")
    func conflictRevokesNobody() throws {
        try authorize("a", 1)
        try authorize("b", 2)
        let before = try read()
        try authorize("a", 1, 2)
        let appended = try read(before)
        #expect(appended.sites == before.sites)
        #expect(appended.warnings.map(\.fileName) == ["a.pub"])
        #expect(try read(appended) == appended)
        try authorize("a", 2)
        let replaced = try read(appended)
        #expect(replaced.sites.map(\.fileName) == ["b.pub"])
        #expect(try replaced.difference(from: appended).removed == [identity("a", 1)])
    }

    @Test("what is no regular file is refused, and cannot keep the reader waiting")
    func otherEntries() throws {
        try authorize("good", 1)
        try FileManager.default.createDirectory(
            atPath: folder.file("folder.pub"), withIntermediateDirectories: false)
        #expect(mkfifo(folder.file("pipe.pub"), 0o600) == 0)
        let sites = try read()
        #expect(sites.warnings.map(\.fileName) == ["folder.pub", "pipe.pub"])
        #expect(sites.sites.count == 1)
    }

    @Test("two files with one key: the one that had it keeps it, and without a past neither gets it")
    func duplicateKey() throws {
        try authorize("b", 2)
        try authorize("c", 3)
        let before = try read()
        // Sorted before the genuine one, so that order cannot be what decides.
        try authorize("a", 2)
        let after = try read(before)
        #expect(after.sites.map(\.fileName) == ["b.pub", "c.pub"])
        #expect(after.warnings.map(\.fileName) == ["a.pub"])
        #expect(after.difference(from: before).isEmpty)
        #expect(try read(after) == after)
        let fresh = try read()
        #expect(fresh.sites.map(\.fileName) == ["c.pub"])
        #expect(fresh.warnings.map(\.fileName) == ["a.pub", "b.pub"])
        try folder.remove("b.pub")
        let moved = try read(after)
        #expect(moved.sites.map(\.fileName) == ["a.pub", "c.pub"])
        #expect(try moved.difference(from: after).removed == [identity("b", 2)])
        #expect(try moved.difference(from: after).added == [identity("a", 2)])
    }

    @Test("a next key, or a signing key, that is another's conflicts as well")
    func otherDuplicates() throws {
        try authorize("b", 2, 3)
        let before = try read()
        try authorize("c", 4, 3)
        let stolen = try PublicIdentity(
            name: "d", channelKey: identity("d", 5).channelKey, signingKey: identity("b", 2).signingKey)
        try folder.write(stolen.line, to: "d.pub")
        let after = try read(before)
        #expect(after.sites.map(\.fileName) == ["b.pub"])
        #expect(after.warnings.map(\.fileName) == ["c.pub", "d.pub"])
    }

    @Test("two files with one name conflict")
    func duplicateName() throws {
        try authorize("a", 1)
        let before = try read()
        try authorize("a", 2, file: "a")
        let after = try read(before)
        #expect(after.sites.map(\.fileName) == ["a.pub"])
        #expect(after.warnings.map(\.fileName) == ["a"])
        #expect(try read().sites == [])
    }

    @Test("differences name what was removed, added, rotated and changed")
    func differences() throws {
        try authorize("a", 1, 11)
        try authorize("b", 2)
        let first = try read()
        #expect(
            try first.difference(from: .none).added
                == [identity("a", 1), identity("a", 11), identity("b", 2)].sorted {
                    ($0.name, $0.line) < ($1.name, $1.line)
                })
        #expect(first.difference(from: first).isEmpty)
        // The next key takes over, and one site leaves.
        try authorize("a", 11, 12)
        try folder.remove("b.pub")
        let second = try read(first)
        let change = second.difference(from: first)
        #expect(change.removed == [try identity("a", 1), try identity("b", 2)])
        #expect(change.added == [try identity("a", 12)])
        // The same channel key with another signing key is another identity.
        let forged = try PublicIdentity(
            name: "a", channelKey: identity("a", 11).channelKey, signingKey: identity("a", 40).signingKey)
        try folder.write(forged.line, to: "a.pub")
        let third = try read(second).difference(from: second)
        #expect(third.added == [forged])
        #expect(third.removed.contains(try identity("a", 11)))
    }
}
