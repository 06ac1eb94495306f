internal import ReleaseEncoding
internal import SeededRandom
internal import Testing

/// A sender and a receiver of one direction of one task over a channel that loses, repeats and reorders.
///
/// Both restart. Sequence numbers protect against repeats, as the protocol's do.
private struct LossyDirection {
    struct Message {
        let sequence: Int
        let release: [UInt8]
        /// What the sender holds after this message.
        let next: Reference
    }

    let dimension: Int
    let encoding: VectorEncoding
    var generator: SeededGenerator
    var x: [Double]
    var sender: Reference
    var receiver: Reference
    var nextSequence = 1
    var acceptedSequence = 0
    var sent: [Message] = []
    /// What a receiver restored from an older state may come back with.
    var snapshots: [(reference: Reference, acceptedSequence: Int)] = []
    var unknownReferenceCount = 0
    var acceptedDifferenceCount = 0

    init(dimension: Int, encoding: VectorEncoding, seed: UInt64) {
        self.dimension = dimension
        self.encoding = encoding
        generator = SeededGenerator(seed: seed)
        x = [Double](repeating: 0, count: dimension)
        sender = Reference(dimension: dimension)
        receiver = sender
    }

    mutating func send(full: Bool) throws -> Message {
        x = x.map { $0 + 0.1 * generator.normal() }
        let (release, next) =
            try full
            ? ReleaseCodec.encodeFull(x) : ReleaseCodec.encode(x, relativeTo: sender, encoding: encoding)
        sender = next
        let message = Message(sequence: nextSequence, release: release, next: next)
        nextSequence += 1
        sent.append(message)
        return message
    }

    /// Returns whether the receiver could use the message or had seen it; false asks for a full value.
    mutating func deliver(_ message: Message) throws -> Bool {
        guard message.sequence > acceptedSequence else { return true }
        do {
            let wasHeld = receiver.hash
            receiver = try ReleaseCodec.decode(message.release, reference: receiver, dimension: dimension)
            acceptedSequence = message.sequence
            if try ReleaseHeader(of: message.release).reference == wasHeld { acceptedDifferenceCount += 1 }
            return true
        } catch let error as ReleaseEncodingError where error.code == .unknownReference {
            unknownReferenceCount += 1
            return false
        }
    }
}

@Suite("Agreement of both ends")
struct ReferenceAgreementTests {
    @Test("after any losses, repeats and restarts, what was accepted is what was sent", arguments: 1...24)
    func lossyDirection(seed: UInt64) throws {
        let encoding = VectorEncoding.allCases[Int(seed % 3)]
        let dimension = [1, 6, 50][Int(seed / 3 % 3)]
        var direction = LossyDirection(dimension: dimension, encoding: encoding, seed: seed)
        for step in 0..<400 {
            let place: Comment = "seed \(seed), step \(step)"
            switch direction.generator.integer(below: 20) {
            case 0..<4:  // lost: the sender has moved on and the receiver has not
                _ = try direction.send(full: false)
            case 4..<7:  // an old message comes again
                guard !direction.sent.isEmpty else { break }
                let old = direction.sent[direction.generator.integer(below: direction.sent.count)]
                let before = direction.acceptedSequence
                _ = try direction.deliver(old)
                if direction.acceptedSequence != before { #expect(direction.receiver == old.next, place) }
            case 7:  // the sender lost its state
                direction.sender = Reference(dimension: dimension)
            case 8:  // the receiver lost its state, but not the sequence it expects
                direction.receiver = Reference(dimension: dimension)
            case 9:
                direction.snapshots.append((direction.receiver, direction.acceptedSequence))
            case 10:  // the receiver is restored from an older state
                guard let snapshot = direction.snapshots.last else { break }
                (direction.receiver, direction.acceptedSequence) = snapshot
            default:
                var message = try direction.send(full: false)
                if try !direction.deliver(message) {
                    message = try direction.send(full: true)
                    #expect(try direction.deliver(message), place)
                }
                #expect(direction.acceptedSequence == message.sequence, place)
                #expect(direction.receiver == direction.sender, place)
                #expect(
                    direction.receiver.value.map(\.bitPattern) == direction.sender.value.map(\.bitPattern),
                    place)
            }
        }
        #expect(direction.unknownReferenceCount > 10, "seed \(seed): the faults must occur")
        #expect(direction.acceptedDifferenceCount > 50, "seed \(seed): differences must be used")
    }
}

@Suite("Fixed points under quantisation")
struct FixedPointTests {
    /// x -> x* + A (x - x*), with |A| = 0.7 in the Euclidean norm: a scaled reflection.
    struct Contraction {
        let fixedPoint: [Double]
        let normal: [Double]

        init(dimension: Int, generator: inout SeededGenerator) {
            fixedPoint = generator.vector(count: dimension, octaves: 3)
            let direction = generator.vector(count: dimension)
            let norm = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
            normal = direction.map { $0 / norm }
        }

        func callAsFunction(_ x: [Double]) -> [Double] {
            let offset = zip(x, fixedPoint).map { $0 - $1 }
            let along = zip(offset, normal).reduce(0) { $0 + $1.0 * $1.1 }
            return x.indices.map { fixedPoint[$0] + 0.7 * (offset[$0] - 2 * along * normal[$0]) }
        }
    }

    @Test(
        "a contraction reaches its fixed point to 1e-8 with both directions quantised",
        arguments: VectorEncoding.allCases, [1, 28, 300])
    func convergence(encoding: VectorEncoding, dimension: Int) throws {
        let seed: UInt64 = 31
        var generator = SeededGenerator(seed: seed)
        let step = Contraction(dimension: dimension, generator: &generator)
        var v = [Double](repeating: 0, count: dimension)
        var down = (sender: Reference(dimension: dimension), receiver: Reference(dimension: dimension))
        var up = down
        for _ in 0..<120 {
            let column = try ReleaseCodec.encode(v, relativeTo: down.sender, encoding: encoding)
            down.sender = column.next
            down.receiver = try ReleaseCodec.decode(
                column.release, reference: down.receiver, dimension: dimension)
            let update = try ReleaseCodec.encode(
                step(down.receiver.value), relativeTo: up.sender, encoding: encoding)
            up.sender = update.next
            up.receiver = try ReleaseCodec.decode(
                update.release, reference: up.receiver, dimension: dimension)
            v = up.receiver.value
        }
        let error = zip(v, step.fixedPoint).map { ($0 - $1).magnitude }.max() ?? .infinity
        #expect(error <= 1e-8, "seed \(seed)")
        #expect(down.sender == down.receiver)
        #expect(up.sender == up.receiver)
    }

    @Test("quantising the vector itself would stop far from the fixed point")
    func withoutReference() throws {
        var generator = SeededGenerator(seed: 31)
        let step = Contraction(dimension: 28, generator: &generator)
        var v = [Double](repeating: 0, count: 28)
        for _ in 0..<120 {
            v = try ReleaseCodec.encode(step(v), relativeTo: Reference(dimension: 28), encoding: .bfloat16)
                .next.value
        }
        let error = zip(v, step.fixedPoint).map { ($0 - $1).magnitude }.max() ?? 0
        #expect(error > 1e-4)
    }
}
