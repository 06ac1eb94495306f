internal import PrivacyMechanisms
internal import SeededRandom
internal import Testing

@testable internal import PrivacyRecording

@Suite("The bytes of a recording")
struct RecordingBytesTests {
    @Test("what is written is read, and written again with the same bytes", arguments: [false, true])
    func roundTrip(isSampled: Bool) throws {
        let fixture = try RecordingFixture(seed: 1, isSampled: isSampled)
        let recording = try Recording(bytes: fixture.bytes)
        #expect(recording.header == fixture.header)
        #expect(recording.steps.count == 3)
        var bytes: [UInt8] = []
        var recorder = try ReleaseRecorder(recording.header) { bytes += $0 }
        for step in recording.steps { try recorder.add(step) { bytes += $0 } }
        #expect(bytes == fixture.bytes)
    }

    @Test("a recording cut at any byte but a record's end is refused")
    func cuts() throws {
        let fixture = try RecordingFixture(seed: 2, releases: 2)
        var readable = 0
        for count in fixture.bytes.indices {
            do throws(RecordingError) {
                _ = try Recording(bytes: Array(fixture.bytes.prefix(count)))
                readable += 1
            } catch {
                #expect(error == RecordingError(.malformed, ""), "cut at \(count)")
            }
        }
        // Behind the header, and behind the first release.
        #expect(readable == 2)
    }

    @Test("any changed byte is refused or read as another recording")
    func everyByte() throws {
        let fixture = try RecordingFixture(seed: 3, releases: 1)
        let recording = try Recording(bytes: fixture.bytes)
        for index in fixture.bytes.indices {
            var changed = fixture.bytes
            changed[index] ^= UInt8(1 << (index % 8))
            #expect((try? Recording(bytes: changed)) != recording, "byte \(index)")
        }
    }

    @Test("further fields and further bytes are refused by name")
    func furtherFields() throws {
        let fixture = try RecordingFixture(seed: 4, releases: 1)
        let header = fixture.header.bytes
        let body = Array(fixture.bytes.dropFirst(RecordingLimits.label.count + 8 + header.count + 8))
        func recording(_ header: [UInt8], _ release: [UInt8]) throws -> [UInt8] {
            try RecordingLimits.label + RecordingFrame.framed(header) + RecordingFrame.framed(release)
        }
        #expect(try recording(header, body) == fixture.bytes)
        for (bytes, words) in [
            (try recording(header + [0], body), "follow the last field"),
            (try recording(header, body + [0]), "release 0: 1 bytes follow the last field"),
            (fixture.bytes + [0], "that are no record"),
            (try recording(header, [3] + body.dropFirst()), "release 0: a record of the unknown kind 3"),
            (try recording([2] + header.dropFirst(), body), "a record of kind 2 in its place"),
            (try fixture.bytes + RecordingFrame.framed(body), "release 1: it has the number 0"),
            (Array("atoll recording 2\n".utf8), "version 1"), ([], "version 1"),
        ] {
            do throws(RecordingError) {
                _ = try Recording(bytes: bytes)
                Issue.record("read: \(words)")
            } catch {
                #expect(error.message.contains(words), "\(error.message)")
            }
        }
    }

    @Test("a file's name is plain, distinct and never a ledger's")
    func fileName() throws {
        func name(_ run: String, _ task: String, part: Int = 0) throws -> String {
            let plan = try RecordingFixture.plan(isSampled: false)
            return try RecordingHeader(
                site: "s", run: run, task: task, plan: plan, step: ForwardStep(eta: 1, factor: 1),
                unitCount: 1, randomness: .seeded, canaries: .none
            ).fileName(part: part)
        }
        #expect(try name("run-1", "school.7") == "recording-run-1-school.7.rec")
        #expect(try name("run-1", "school.7", part: 2) == "recording-run-1-school.7+2.rec")
        #expect(try name("../a", "b%/c") == "recording-..%2Fa-b%25%2Fc.rec")
        #expect(try name("ledger", "ledgerledger") == "recording-%6Cedger-%6Cedger%6Cedger.rec")
    }

    @Test("counts, names and constants are held at their bounds")
    func bounds() throws {
        let plan = try RecordingFixture.plan(isSampled: true)
        func header(
            site: String = "s", units: Int = 7, canaries: CanarySet = .none, eta: Double = 1
        ) throws -> RecordingHeader {
            try RecordingHeader(
                site: site, run: "r", task: "t", plan: plan, step: ForwardStep(eta: eta, factor: 1),
                unitCount: units, randomness: .seeded, canaries: canaries)
        }
        let most = RecordingLimits.unitCount.upperBound
        #expect(try header(units: most).unitCount == most)
        let present = try CanarySet(
            coordinates: [0, 1, 2], membership: [true, false, true], recordedLength: 1)
        #expect(try header(units: 2, canaries: present).unitCount == 2)
        for refused in [
            { try header(units: most + 1) }, { try header(units: 0) }, { try header(site: "a b") },
            { try header(site: "") }, { try header(units: 1, canaries: present) }, { try header(eta: 0) },
            { try header(eta: .infinity) },
        ] {
            #expect(throws: RecordingError(.invalidValue, "")) { try refused() }
        }
        let largest = RecordingLimits.bodyByteCount.upperBound
        var offset = 0
        let length = (0..<8).map { UInt8(truncatingIfNeeded: (largest + 1) >> (8 * $0)) }
        #expect(throws: RecordingError(.malformed, "")) {
            try RecordingFrame.body(of: length + [1], at: &offset, "x")
        }
        #expect(throws: RecordingError(.invalidValue, "")) { try RecordingFrame.framed([]) }
    }
}
