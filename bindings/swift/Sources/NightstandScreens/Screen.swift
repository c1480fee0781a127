// View models for six screens, to read, to copy and to change: pairing, the time after, a check-in, the journal's list, its
// editor, and preferences.
//
// Each is made with the open vault and the app's `Texts`. A view holds it in `@State`, draws `state`, and calls `watch()` in
// `.task`, so that all of it is let go of when the view goes; a button calls an intent in a `Task`. Nothing here blocks the
// main thread. They need Observation, which is there from iOS 17 and macOS 14 on.
import Foundation
import Nightstand
import Observation

/// Waits for so many seconds, or until its task is cancelled, and then throws. It is handed in, so that tests wait by a clock of
/// their own.
typealias Wait = @Sendable (TimeInterval) async throws -> Void

let systemWait: Wait = { try await Task.sleep(for: .seconds($0)) }

/// What the screens have in common: one state, one trouble, and intents that are done one after the other.
@available(iOS 17, macOS 14, *)
@MainActor @Observable
class Screen<State: Sendable> {
    /// All that the view draws.
    private(set) var state: State
    /// What went wrong last. It goes with the next intent, or when the person has read it.
    private(set) var trouble: Trouble?

    @ObservationIgnored let vault: Vault
    @ObservationIgnored let words: Words
    @ObservationIgnored private let turns = Turns()
    @ObservationIgnored private var ofDrawing: Trouble?

    init(_ vault: Vault, _ words: Words, first: State) {
        self.vault = vault
        self.words = words
        state = first
    }

    func dismissTrouble() {
        trouble = nil
    }

    func show(_ change: (inout State) -> Void) {
        change(&state)
    }

    /// Does what the person asked for, once what they asked for before is done.
    func intent(_ work: @escaping @MainActor () async throws -> Void) async {
        await turns.take {
            self.trouble = nil
            await self.attempt(work)
        }
    }

    /// Draws at once, after every change of the vault, and after each resume, until the task is cancelled.
    func redraw(_ work: @escaping @MainActor () async throws -> Void) async {
        await attempt {
            for await _ in try self.vault.changes() {
                await self.turns.take { await self.drawn(work) }
            }
        }
    }

    /// Does something, and says what went wrong. Was it done?
    @discardableResult
    func attempt(_ work: @MainActor () async throws -> Void) async -> Bool {
        do {
            try await work()
            return true
        } catch {
            tell(error)
            return false
        }
    }

    func tell(_ error: any Error) {
        if let error = error as? NightstandError { trouble = words.trouble(error) }
    }

    private func drawn(_ work: @MainActor () async throws -> Void) async {
        do {
            try await work()
            if trouble == ofDrawing { trouble = nil }
        } catch NightstandError.Paused, NightstandError.KeyNeeded {
            // A vault at rest is no trouble: its resume draws the screen again.
        } catch {
            tell(error)
            ofDrawing = trouble
        }
    }
}

/// Lets one work after the other.
@MainActor
final class Turns {
    private var last: Task<Void, Never>?

    func take(_ work: @escaping @MainActor () async -> Void) async {
        let before = last
        let task = Task {
            await before?.value
            await work()
        }
        last = task
        await task.value
    }
}
