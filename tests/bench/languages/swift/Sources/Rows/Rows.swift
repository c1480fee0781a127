import Foundation
import Nightstand

/// Lists the rows of a vault again and again, and prints the median of the milliseconds that a call takes.
@main
struct Rows {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let counts = arguments.dropFirst(2).compactMap { Int($0) }
        let key = Data((0..<32).map { UInt8($0) })
        let vault = try await Vault.open(
            path: arguments[1], key: key, installMark: Data(repeating: 1, count: 16), clock: nil)
        let journal = vault.journal()
        var times: [Double] = []
        for call in 0..<counts[0] + counts[1] {
            let since = ContinuousClock.now
            let page = try await journal.rows(query: RowsQuery())
            let took = ContinuousClock.now - since
            precondition(page.rows.count == counts[2])
            if call >= counts[0] {
                times.append(took / .milliseconds(1))
            }
        }
        try await vault.close()
        print(times.sorted()[times.count / 2])
    }
}
