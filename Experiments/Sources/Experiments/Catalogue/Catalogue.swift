/// All experiments, in the document's order.
package enum Catalogue {
    package static let experiments: [any Experiment] = [
        SchoolEpochs(), OtherProblems(), SlowTasks(), TableOne(), TableThree(), TablesFourToSix(),
        SizeFigure(.tasks), SizeFigure(.records), SizeFigure(.features), LandmineGeneralization(),
        ParkinsonsGeneralization(), EpsilonTable(),
    ]

    /// What stands above all sections.
    package static let introduction = """
        # Experiments

        What the paper behind Atoll measured (Baytas, Yan, Jain, Zhou, *Asynchronous Multi-Task Learning*, ICDM 2016:
        AMTL against its synchronous form, SMTL), done again with Atoll's own state machines, and what Atoll adds: the
        Douglas-Rachford splitting (decisions 0023 and 0025), models that generalise, tasks that are slow.

        `make experiments` makes this page and its pictures. The same seeds on the same kind of machine give the same
        page, byte for byte: all seconds here are of a virtual clock. Data are looked for in `../shared/data`, or in
        the folder that `ATOLL_DATA` names.

        - **Problem**: the sum over tasks of `1/2 |X w - y|^2`, or of the logistic losses, plus lambda times the
          nuclear norm of W, unless a section says otherwise. The paper has no 1/2 (its equation IV.1); where its
          objectives stand beside ours, ours are converted.
        - **Suboptimality** is (objective - optimum) / optimum, with an optimum certified to a duality gap of 1e-10.
          An **epoch** is as many updates as there are tasks, or a round with a barrier; suboptimality is looked at
          when one ends.
        - **SMTL** and **AMTL** take the same step, backward-forward with eta = 1.9 / L (L of the worst task) and a
          factor of 0.9, with and without a barrier. The **theorem's step** divides that factor by
          2 tau / sqrt(T) + 1, tau the largest staleness seen. **Douglas-Rachford** (DR) runs at its defaults: no
          constant is set by hand for any problem.
        - **Delays**: in every comparison a site's k-th exchange takes as long whatever the method. The paper states
          an offset and "a random value" of unstated law; ours is exponential.
        - Vectors cross the wire as float32, as in every study by default.
        - `-`: not reached within the run. Brackets behind a median hold the worst of the seeds.

        """
}
