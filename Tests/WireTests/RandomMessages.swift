internal import Federation
internal import PrivacyLedger
internal import ReleaseEncoding
internal import SeededRandom
internal import Wire

/// Draws valid messages of every kind.
struct RandomMessages {
    static let limits = WireLimits(maximumDimension: 100)
    static let siteKindCount = 7
    static let aggregatorKindCount = 7

    var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func siteMessage(kind: Int) -> SiteMessage {
        switch kind {
        case 0:
            .join(
                JoinRequest(
                    study: name(), studyDigest: bytes(32),
                    tasks: (0..<generator.integer(below: 5)).map { index in
                        JoinRequest.Task(
                            name: TaskName("\(index)\(name().prefix(20))"),
                            dimension: 1 + generator.integer(below: 100), nextSequence: number(),
                            lipschitzConstant: index.isMultiple(of: 2) ? generator.uniform() : nil)
                    }, ledgerHead: generator.integer(below: 2) == 0 ? nil : head()))
        case 1: .read(read())
        case 2: .update(update())
        case 3: .fetched(task: TaskName(name()))
        case 4: .abandoned(task: TaskName(name()))
        case 5: .spent(task: TaskName(name()))
        default: .ledgerHead(head())
        }
    }

    mutating func aggregatorMessage(kind: Int) throws -> AggregatorMessage {
        switch kind {
        case 0: .welcome(try welcome())
        case 1:
            .acceptance(
                Acceptance(
                    task: TaskName(name()), sequence: number(), version: number(), staleness: number(),
                    relaxation: generator.normal()))
        case 2:
            .column(
                Column(
                    task: TaskName(name()), sequence: number(), version: number(), release: release(),
                    gamma: generator.integer(below: 2) == 0
                        ? nil : .init(value: generator.uniform() + 1e-300, epoch: number())))
        case 3: .final(FinalColumn(task: TaskName(name()), version: number(), release: release()))
        case 4: .released(task: TaskName(name()))
        case 5: .headSigned(try CountersignedHead(head(), aggregator: "aggregator", signature: bytes(64)))
        default: .refusal(refusal())
        }
    }

    mutating func update() -> Update {
        let task = TaskName(name())
        let reference = hash()
        let reads = [
            nil, ReadRequest(task: task, reference: reference), ReadRequest(task: task, reference: hash()),
            read(),
        ]
        return Update(
            task: task, sequence: number(), columnVersion: number(), columnReference: reference,
            release: release(), next: reads[generator.integer(below: reads.count)],
            loss: generator.integer(below: 2) == 0 ? nil : generator.normal())
    }

    mutating func head() -> LedgerHead {
        LedgerHead(
            ledger: LedgerHash(bytes: bytes(32)) ?? .zero, sequence: number(),
            hash: LedgerHash(bytes: bytes(32)) ?? .zero)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    private mutating func read() -> ReadRequest { ReadRequest(task: TaskName(name()), reference: hash()) }

    private mutating func welcome() throws -> Welcome {
        guard let instance = InstanceIdentifier(bytes: bytes(16)) else {
            throw WireError(.invalidField, "16 bytes make an instance identifier")
        }
        let tasks = (0..<generator.integer(below: 5)).map { index in
            Welcome.Task(
                name: TaskName("\(index)\(name().prefix(20))"), nextSequence: number(),
                isNumberTaken: generator.integer(below: 2) == 0,
                isAwaited: generator.integer(below: 2) == 0)
        }
        return Welcome(instance: instance, tasks: tasks)
    }

    private mutating func refusal() -> Federation.Refusal {
        let codes = Federation.Refusal.Code.allCases
        return Federation.Refusal(
            codes[generator.integer(below: codes.count)],
            task: generator.integer(below: 2) == 0 ? nil : TaskName(name()),
            sequence: generator.integer(below: 2) == 0 ? nil : number(),
            message: generator.integer(below: 3) == 0 ? "" : name())
    }

    private mutating func name() -> String {
        let alphabet: [Character] = ["a", "Z", "0", "-", "_", ".", "é", "水", "𝕊"]
        return String((0...generator.integer(below: 20)).map { _ in alphabet[generator.integer(below: 9)] })
    }

    private mutating func number() -> UInt64 {
        [0, 1, WireLimits.maximumNumber, generator.next() >> 2, generator.next() >> 50][
            generator.integer(below: 5)]
    }

    private mutating func hash() -> ReferenceHash {
        generator.integer(below: 3) == 0 ? .none : ReferenceHash(bytes: bytes(16)) ?? .none
    }

    private mutating func release() -> [UInt8] { bytes(1 + generator.integer(below: 400)) }
}
