internal import SecureChannel

extension AuthorizedSites {
    /// Something that only one file may claim.
    private enum Claim: Hashable {
        case name(String)
        case key([UInt8])
    }

    /// Refuses the files that claim another's name or key, but for those of their lines that stood before.
    static func resolvingConflicts(
        _ sites: [Site], previous: AuthorizedSites
    ) -> (accepted: [Site], warnings: [Warning]) {
        let owners = Dictionary(
            previous.sites.flatMap { site in claims(of: site).map { ($0, site.fileName) } },
            uniquingKeysWith: { first, _ in first })
        var claimants: [Claim: [String]] = [:]
        for site in sites {
            for claim in claims(of: site) { claimants[claim, default: []].append(site.fileName) }
        }
        var accepted: [Site] = []
        var warnings: [Warning] = []
        for site in sites {
            let rival = claims(of: site).lazy.compactMap { claim -> (Claim, String)? in
                let others = (claimants[claim] ?? []).filter { $0 != site.fileName }
                guard let other = others.first, owners[claim] != site.fileName else { return nil }
                return (claim, other)
            }.first
            guard let (claim, other) = rival else {
                accepted.append(site)
                continue
            }
            // Not in conflict: the file that claims one of these as well is refused, as they have an owner.
            let kept = previous.site(ofFile: site.fileName)?.identities.filter(site.identities.contains) ?? []
            if !kept.isEmpty { accepted.append(Site(fileName: site.fileName, identities: kept)) }
            let what = if case .name = claim { "name" } else { "key" }
            warnings.append(
                Warning(
                    fileName: site.fileName,
                    reason:
                        "\(other) has the same \(what); a \(what) belongs to one file, so remove one of them")
            )
        }
        return (accepted, warnings)
    }

    private static func claims(of site: Site) -> [Claim] {
        site.identities.prefix(1).map { .name($0.name) }
            + site.identities.flatMap { [.key($0.channelKey), .key($0.signingKey)] }
    }
}
