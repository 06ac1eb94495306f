package import ArgumentParser

/// `atoll keys`: the commands about identities.
package struct KeysCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make and compare the identities of sites and aggregators.",
        discussion: """
            An identity is one secret seed, in a file that never leaves its owner. From it come the key of \
            the encrypted channel and the key of signatures; the public line `atoll1 <x25519> <ed25519> \
            <name>` holds both public halves and is what the other side is given.
            """,
        subcommands: [KeysGenerateCommand.self, KeysFingerprintCommand.self])

    package init() {}
}
