internal import AggregatorStorage
internal import Federation
internal import LinearAlgebra
internal import Testing

@Suite
struct MemoryAggregatorStoreTests {
    @Test("what was created and committed is loaded")
    func commits() async throws {
        let store = MemoryAggregatorStore()
        #expect(await store.load() == nil)
        let instance = try #require(
            InstanceIdentifier(bytes: Array(repeating: 7, count: InstanceIdentifier.byteCount)))
        await store.create(AggregatorState(instance: instance, dimension: 2, taskCount: 1))
        await store.commit([
            Transaction(version: 1, phase: .running, column: (0, [1, 2]))
        ])
        let state = try #require(await store.load())
        #expect(state.version == 1)
        #expect(state.auxiliary.column(0) == [1, 2])
    }
}
