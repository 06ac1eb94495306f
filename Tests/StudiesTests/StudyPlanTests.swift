internal import Configuration
internal import Federation
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Studies
internal import Testing

@Suite struct StudyPlanTests {
    private func study(_ settings: [String] = [], deployable: Bool = true) throws -> StudyConfiguration {
        try StudyConfiguration.parse(
            """
            name: test
            loss: squared
            regularizer: l21
            lambda: 0.5
            eta: 0.1
            relaxation: 0.8
            encoding: bfloat16
            norm_bound: 25
            stop: {updates: 100, epochs: 20, residual: 1e-4}
            """
                + (deployable
                    ? "\ndimension: 3\ntasks: [{name: a, site: north}, {name: b, site: south}, {name: c, site: north}]"
                    : ""),
            path: "/study.yaml", overrides: settings, environment: [:])
    }

    @Test("every setting arrives in the plan")
    func settings() throws {
        let study = try study(["report=[loss]"])
        let plan = try study.plan()
        #expect(plan.name == "test" && plan.dimension == 3 && plan.lambda == 0.5)
        #expect(plan.tasks(of: SiteName("north")) == [TaskName("a"), TaskName("c")])
        #expect(plan.tasks(of: SiteName("south")) == [TaskName("b")])
        #expect(plan.regularizer.kind == .l21)
        #expect(try plan.splitting == .backwardForward(BackwardForward(eta: 0.1)) && plan.relaxation == 0.8)
        #expect(plan.relaxationPolicy == .constant && plan.encoding == .bfloat16 && plan.normBound == 25)
        // 20 epochs of 3 tasks are fewer than 100 updates.
        #expect(try plan.stoppingRule == StoppingRule(maximumUpdateCount: 60, residualTolerance: 1e-4))
        #expect(plan.mode == .asynchronous && plan.reportsLoss)
        #expect(plan.digest == study.digest())
    }

    @Test(
        "a synchronous study has its barrier",
        arguments: [("continue", Barrier.AbsentRule.proceed), ("end", .end)])
    func barrier(text: String, rule: Barrier.AbsentRule) throws {
        let plan = try study(["mode=synchronous", "barrier_timeout=90s", "barrier_absent=\(text)"]).plan()
        #expect(plan.mode == .synchronous(Barrier(timeout: .seconds(90), absentRule: rule)))
    }

    @Test("the parts of a split arrive in the plan, and in a task's own regularizer")
    func splitParts() throws {
        let study = try study(["regularizer=split", "split_parts=[l21, columns]", "second_weight=0.7"])
        let expected = try Regularizer(
            .split, [.firstWeight: 1, .secondWeight: 0.7], parts: SplitParts(.l21, .columns))
        #expect(try study.plan().regularizer == expected)
        #expect(try study.ownRegularizer(dimension: 3, task: "b") == expected)
    }

    @Test("an unpenalized intercept is the model's last row")
    func intercept() throws {
        let plan = try study(["features=zscore", "intercept=unpenalized", "regularizer=ridge"]).plan()
        #expect(plan.regularizer.unpenalizedRows == [2])
        #expect(try study(["features=zscore"]).plan().regularizer.unpenalizedRows.isEmpty)
    }

    @Test("a study without tasks or dimension has no plan")
    func notDeployable() throws {
        let error = #expect(throws: ConfigurationError.self) { try study(deployable: false).plan() }
        #expect(error?.code == .notDeployable)
    }
}
