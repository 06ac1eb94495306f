internal import Logging
internal import ServiceLifecycle

/// Keeps acceptances and losses on disk a moment behind the study: a killed process loses no more than that.
struct ResultsFlusher: Service {
    let results: SiteResults
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var reported: String?
            while (try? await Task.sleep(for: SiteLimits.resultsFlushInterval)) != nil {
                do {
                    try results.flush()
                } catch {
                    guard reported != "\(error)" else { continue }
                    reported = "\(error)"
                    logger.error("the results cannot be written", metadata: ["reason": "\(error)"])
                }
            }
        }
    }
}
