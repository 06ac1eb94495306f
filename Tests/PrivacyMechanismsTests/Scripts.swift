internal import SeededRandom

@testable internal import PrivacyMechanisms

/// Randomness of given words, and of a seed afterwards.
struct ScriptedRandomness: RandomnessSource {
    var words: [UInt32]
    private var rest = SeededRandomness(seed: 1)

    init(_ words: [UInt32]) { self.words = words }

    static var kind: RandomnessKind { .seeded }

    mutating func fill(_ block: inout [UInt32]) {
        rest.fill(&block)
        for (index, word) in words.enumerated() { block[index] = word }
        words = []
    }
}

/// Runs an experiment on every sequence of bits up to a depth.
enum BitTree {
    /// Returns the probabilities of true within so many bits, and of needing more.
    ///
    /// - Parameter depth: From 1 to 32.
    static func probabilities(
        depth: Int, of experiment: (inout NormalSampler) -> Bool, width: Int
    ) -> (true: Double, undecided: Double) {
        var result = (true: 0.0, undecided: 0.0)
        var path: UInt64 = 0
        while path < 1 << UInt64(depth) {
            // The first bit of a path is its highest, and the first bit drawn is a word's lowest.
            var word: UInt32 = 0
            for index in 0..<depth {
                word |= UInt32(truncatingIfNeeded: path >> UInt64(depth - 1 - index) & 1) << UInt32(index)
            }
            var sampler = NormalSampler(LazyDigits(RandomBits(ScriptedRandomness([word])), width: width))
            let outcome = experiment(&sampler)
            let count = 32 * sampler.digits.random.position - sampler.digits.random.reservoirCount
            if count > depth {
                result.undecided += 1 / Double(UInt64(1) << UInt64(depth))
                path += 1
            } else {
                if outcome { result.true += 1 / Double(UInt64(1) << UInt64(count)) }
                path += 1 << UInt64(depth - count)
            }
        }
        return result
    }
}

/// Runs an experiment on every sequence of integers up to a depth.
struct IntegerTree: UniformIntegers {
    private var choices: [(value: UInt128, bound: UInt128)] = []
    private var position = 0
    private var depth: Int
    private var hasOverrun = false

    private init(depth: Int) { self.depth = depth }

    mutating func integer(below bound: UInt128) -> UInt128 {
        if position == depth {
            hasOverrun = true
            // Not below any numerator that is less than the bound: trials end.
            return bound - 1
        }
        if position == choices.count { choices.append((0, bound)) }
        defer { position += 1 }
        return choices[position].value
    }

    /// Returns the probabilities of true within so many integers, and of needing more.
    static func probabilities(
        depth: Int, of experiment: (inout IntegerTree) -> Bool
    ) -> (true: Double, undecided: Double) {
        var tree = IntegerTree(depth: depth)
        var result = (true: 0.0, undecided: 0.0)
        while true {
            tree.position = 0
            tree.hasOverrun = false
            let outcome = experiment(&tree)
            let weight = tree.choices.reduce(1) { $0 / Double($1.bound) }
            if tree.hasOverrun { result.undecided += weight } else if outcome { result.true += weight }
            while let last = tree.choices.last, last.value + 1 == last.bound { tree.choices.removeLast() }
            guard let last = tree.choices.popLast() else { return result }
            tree.choices.append((last.value + 1, last.bound))
        }
    }
}
