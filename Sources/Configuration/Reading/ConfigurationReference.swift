/// The reference of all configuration keys, made from the tables that decode them.
package enum ConfigurationReference {
    /// Returns the reference as a Markdown page; `configs/README.md` is this text.
    package static func markdown() -> String {
        var page = """
            # Configuration

            Study files (`study.yaml`, `school.yaml`, `landmine.yaml`, `landmine-split.yaml`, `demo.yaml`), a site's
            (`site.yaml`) and the aggregator's (`aggregator.yaml`) are YAML. An unknown key, a wrong unit or an impossible
            combination is refused with the file, the line, the key, the value, what is allowed and the fix.

            * `--set key=value` changes a setting from the shell: dotted keys (`--set stop.epochs=10`), values in YAML,
              `null` takes a key away.
            * Relative paths count from the file's folder, also in `--set`. A path may begin with `${ATOLL_DATA}`: the
              environment variable of that name, or else the first folder `../shared/data` that exists beside the
              file's folder or a folder above it.
            * A duration is a number with its unit: `h`, `m`, `s`, `ms`, `us` or `ns`. Numbers are decimal.
            * Keys are named by path and never stand in a configuration.

            This page is made from the code that reads the files; a test compares the two.

            """
        let sections: [(title: String, prefix: String, keys: [ConfigurationKey])] = [
            ("A study", "", StudyConfiguration.keys),
            ("`data`, of a study or a site", "data.", DataConfiguration.keys),
            ("An item of `tasks`", "", TaskAssignment.keys),
            ("`stop`: at least one of", "stop.", StoppingConditions.keys),
            ("`privacy`, of a study", "privacy.", StudyPrivacy.keys),
            ("A site", "", SiteConfiguration.keys),
            ("`privacy`, of a site", "privacy.", SitePrivacy.keys),
            ("The policy file of `privacy.policy`", "", PrivacyPolicyConfiguration.keys),
            ("The aggregator", "", AggregatorConfiguration.keys),
        ]
        for section in sections {
            page += "\n## \(section.title)\n\n"
            page += ConfigurationKey.table(of: section.keys, prefix: section.prefix)
        }
        return page + limits
    }

    private static var limits: String {
        let limits = ConfigurationLimits.self
        return """

            ## Limits

            | what | bound |
            |---|---|
            | bytes of a file | \(limits.fileByteCount) |
            | values of a file, aliases counted as often as used | \(limits.nodeCount) |
            | depth of nested lists and mappings | \(limits.nestingDepth) |
            | `--set` arguments | \(limits.overrideCount) |
            | bytes of a task's name | \(limits.nameByteCount) |
            | bytes of a study's or a site's name | \(limits.siteNameByteCount) |
            | tasks of a study | \(limits.taskCount) |
            | tasks of a site | \(limits.tasksPerSite) |
            | rows of a model | \(limits.dimension) |
            | entries of a model | \(limits.modelEntryCount) |
            | `in_flight` | \(limits.inFlightCount) |
            | public lines pinned for the aggregator | \(limits.pinnedIdentityCount) |
            | longest duration | \(DurationText.text(limits.longestDuration)) |

            """
    }
}
