// Every command here is written with these tools, and whoever runs a command needs them.
@_exported public import CommandLineTools
