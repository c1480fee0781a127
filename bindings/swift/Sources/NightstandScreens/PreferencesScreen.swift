import Foundation
import Nightstand

struct PreferencesState: Equatable {
    var mine: [PreferenceRow] = []
    var partners: [PreferenceRow] = []
    /// What the two share, under the headings where they match, where one would adjust, what to ask, where a boundary holds.
    var sideBySide: [Standing: [Wording]] = [:]
    var headings: [Standing: Wording] = [:]
    /// "Not now" that has reached its end: whether it still holds is asked of its owner alone.
    var toAskAgain: [Item] = []
    var open: OpenItem?
}

struct PreferenceRow: Equatable {
    let item: Item
    let title: Wording
    let side: Wording?
    let condition: Wording?
    let stance: Wording?
    let choices: [Wording]
    let note: String
    let shared: Bool
    let unsharedChanges: Bool
}

/// The item that is being looked at.
struct OpenItem: Equatable {
    let view: ItemView
    /// What the partner would see, once the person asked.
    var preview: SharedItem?
    var previewSays: Wording?
    /// It changed while the person looked at it: nothing was written, and this is how it is now.
    var changed: Wording?
    /// Of a boundary that is kept to oneself.
    var boundary: Wording?
    var takenBack: Wording?
}

/// What one wants in the time after: said, shared item by item, and side by side with what the partner shares.
@available(iOS 17, macOS 14, *)
final class PreferencesScreen: Screen<PreferencesState> {
    private let now: @Sendable () -> Date
    private var own: [OwnActivity] = []

    init(_ vault: Vault, _ texts: Texts, now: @escaping @Sendable () -> Date = { Date() }) {
        self.now = now
        super.init(vault, Words(texts), first: PreferencesState())
    }

    /// For as long as the view is there.
    func watch() async {
        await redraw { try await self.refresh() }
    }

    func open(_ item: Item) async {
        await intent { try await self.draw(self.vault.preferences().read(item: item)) }
    }

    func close() async {
        await intent { self.show { $0.open = nil } }
    }

    /// Says something of the open item: it counts against what the person saw, and nothing stricter is loosened unseen.
    func set(_ draft: ItemDraft) async {
        await redrawing { try await $0.set(item: $1.item, draft: draft, since: $1.version) }
    }

    /// Adds a line of one's own words, and opens it.
    func add(_ line: Line, note: String) async {
        await intent { try await self.draw(self.vault.preferences().add(line: line, note: note)) }
    }

    /// Deletes the open line, on the partner's phone too.
    func remove() async {
        await intent {
            guard let open = self.state.open else { return }
            try await self.vault.preferences().remove(item: open.view.item)
            self.show { $0.open = nil }
        }
    }

    /// Shows what the partner would see. Nothing is shared by it.
    func preview() async {
        await intent {
            guard let open = self.state.open else { return }
            let preview = try await self.vault.preferences().preview(item: open.view.item)
            self.show {
                $0.open?.preview = preview
                $0.open?.previewSays = self.words.say("share-preview")
            }
        }
    }

    func share() async {
        await redrawing { try await $0.share(item: $1.item, since: $1.version) }
    }

    func takeBack() async {
        await intent {
            guard let open = self.state.open else { return }
            try await self.draw(self.vault.preferences().takeBack(item: open.view.item))
            self.show { $0.open?.takenBack = self.words.say("share-taken-back") }
        }
    }

    /// What was overtaken is drawn as it is now, and asked again: never done over what nobody has seen.
    private func redrawing(_ call: @escaping @Sendable (Preferences, ItemView) async throws -> ItemView) async {
        await intent {
            guard let open = self.state.open else { return }
            let preferences = self.vault.preferences()
            do {
                try await self.draw(call(preferences, open.view))
            } catch NightstandError.ChangedMeanwhile {
                try await self.draw(preferences.read(item: open.view.item))
                self.show { $0.open?.changed = self.words.say(NightstandError.ChangedMeanwhile.textKey()) }
            }
        }
    }

    private func draw(_ view: ItemView) {
        let kept = view.shared == nil && view.content.stance.map(isBoundary) == true
        show { $0.open = OpenItem(view: view, boundary: kept ? words.say("boundary-private") : nil) }
    }

    private func refresh() async throws {
        let preferences = vault.preferences()
        own = try await vault.activities().list()
        let (mine, partners) = try await (preferences.list(whose: .me), preferences.list(whose: .partner))
        let (both, ended) = try await (preferences.sideBySide(), preferences.ended(now: now()))
        show {
            $0.mine = mine.items.map(row)
            $0.partners = partners.items.map(row)
            $0.sideBySide = lines(both)
            $0.headings = headingKeys.mapValues { words.say($0) }
            $0.toAskAgain = ended
        }
    }

    private func row(_ row: ItemRow) -> PreferenceRow {
        var (side, condition): (Wording?, Wording?)
        var choices: [Wording] = []
        let title: Wording
        switch row.item {
        case .stance(let activity, let of, let under):
            title = words.activity(activity, own)
            (side, condition) = (words.say(.side(of)), under.map { words.say(.condition($0)) })
        case .question(let question):
            title = words.say(.question(question))
            choices = row.choices.map { words.say(.choice(question, $0)) }
        case .remark(let remark): title = words.say(.remark(remark))
        case .line(let line, _): title = words.say(.line(line))
        }
        return PreferenceRow(
            item: row.item, title: title, side: side, condition: condition,
            stance: row.stance.map { words.say(.stance($0)) }, choices: choices, note: row.note, shared: row.shared,
            unsharedChanges: row.unsharedChanges)
    }

    private func lines(_ both: SideBySide) -> [Standing: [Wording]] {
        let activities = both.activities.map { ($0.standing, words.activity($0.activity, own)) }
        let questions = both.questions.map { ($0.standing, words.say(.question($0.question))) }
        return Dictionary(grouping: activities + questions, by: \.0).mapValues { $0.map(\.1) }
    }
}

private let headingKeys: [Standing: String] = [
    .match: "side-by-side-match", .adjust: "side-by-side-adjust", .ask: "side-by-side-ask",
    .boundary: "side-by-side-boundary",
]

private func isBoundary(_ stance: Stance) -> Bool {
    switch stance {
    case .never, .notNow: true
    case .open, .like, .love: false
    }
}
