internal import Glibc

/// Published vectors and data sets that lie beside the checkout and are not part of it.
package enum SharedFiles {
    /// Returns the path of a file under the folder `shared` beside the checkout, or nil where it is absent.
    package static func path(_ name: String) -> String? {
        // This file is <checkout>/Sources/TestSupport/SharedFiles.swift.
        let checkout = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let candidate = "/" + checkout + "/../shared/" + name
        return access(candidate, R_OK) == 0 ? candidate : nil
    }
}
