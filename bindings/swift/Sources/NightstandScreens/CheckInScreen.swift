import Foundation
import Nightstand

struct CheckInState: Equatable {
    /// What is said so far. Nothing of it is saved before `save()`.
    var content: CheckIn
    var title: Wording
    var about: Wording
    var feelings: [Choice]
    var body: [Choice]
    /// What a screen reader says of what is drawn.
    var closeness: Wording?
    var calm: Wording?
    var energy: Wording?
    var comfort: Wording?
    /// Once it is saved.
    var saved: RecordId?
    /// Something is not saved.
    var unsaved = false
    /// It was changed elsewhere, and `content` is what stands now: this was typed here, for `takeUp()`.
    var typed: CheckIn?
    /// There is somebody to share it with. Of a moment in which something was not right nothing is offered to be shared.
    var canShare = false
    /// What is ticked to be shared, and what the partner would read then.
    var offered: Set<CheckInField> = []
    var preview: CheckIn?
    var previewSays: Wording?
    /// What the partner may read.
    var shared: Set<CheckInField> = []
    var unsharedChanges = false
    var takenBack: Wording?
    /// What is answered to something low, and where help is found. Lines to be read one after the other.
    var answer: [Wording] = []
}

struct Choice: Equatable, Identifiable {
    let id: String
    let word: Wording
    var picked = false
}

/// A check-in: said for oneself, and shared part by part.
///
/// `contacts` is where help is found in the person's region, and `emergency` its emergency number, for texts that touch
/// distress: the app knows them, the core does not.
@available(iOS 17, macOS 14, *)
final class CheckInScreen: Screen<CheckInState> {
    private let notRight: Bool
    private let contacts: String?
    private let emergency: String?
    /// What was saved when it was drawn last.
    private var drawn: CheckIn?

    init(
        _ vault: Vault, _ texts: Texts, moment: CheckInMoment, session: RecordId? = nil, at: Date = Date(),
        contacts: String? = nil, emergency: String? = nil
    ) {
        notRight = moment == .somethingNotRight
        self.contacts = contacts
        self.emergency = emergency
        let words = Words(texts)
        super.init(vault, words, first: blank(words, CheckIn(moment: moment, at: at, session: session)))
    }

    /// For as long as the view is there: a partner may come.
    func watch() async {
        await redraw {
            let paired = try await self.vault.pairing().partner()?.confirmedByBoth == true
            self.show { $0.canShare = paired && !self.notRight }
        }
    }

    /// Picks a feeling, or takes it back.
    func feel(_ id: String) {
        change { toggle(&$0.feelings, id) }
    }

    /// Picks a word for the body, or takes it back.
    func body(_ id: String) {
        change { toggle(&$0.body, id) }
    }

    func ownWord(_ word: String) {
        change { toggle(&$0.ownWords, word.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    func bodySays(_ text: String) {
        change { $0.bodySays = text }
    }

    /// Two circles, from far apart to one: 1 to 7.
    func closeness(_ level: Int?) {
        change { $0.closeness = level.map { UInt8(clamping: $0) } }
    }

    /// 0 to 10, as the two that follow.
    func calm(_ level: Int?) {
        change { $0.calm = level.map { UInt8(clamping: $0) } }
    }

    func energy(_ level: Int?) {
        change { $0.energy = level.map { UInt8(clamping: $0) } }
    }

    func comfort(_ level: Int?) {
        change { $0.comfort = level.map { UInt8(clamping: $0) } }
    }

    func drop(_ level: DropLevel?, since: Date? = nil) {
        change { ($0.drop, $0.dropSince) = (level, since) }
    }

    func wish(_ text: String) {
        change { $0.wish = text }
    }

    func note(_ text: String) {
        change { $0.note = text }
    }

    /// Puts what was typed here in the place of what came from elsewhere, both having been on the screen. Nothing is saved by it,
    /// and what was typed over what came is offered in its turn.
    func takeUp() {
        guard let typed = state.typed else { return }
        let over = state.unsaved ? state.content : nil
        change { $0 = typed }
        show { $0.typed = over }
    }

    /// What was typed here is not wanted any more.
    func letGo() {
        show { $0.typed = nil }
    }

    /// Saves it, for oneself alone.
    func save() async {
        await intent { _ = try await self.saved() }
    }

    /// Ticks a part to be shared, or not, and shows what the partner would read. Nothing is shared by it.
    func offer(_ field: CheckInField, on: Bool) async {
        await intent {
            if self.notRight { return }
            var offered = self.state.offered
            if on { offered.insert(field) } else { offered.remove(field) }
            let id = try await self.saved()
            let preview = try await self.vault.checkIns().preview(id: id, fields: Array(offered))
            self.show {
                ($0.offered, $0.preview, $0.takenBack) = (offered, preview, nil)
                $0.previewSays = self.words.say("share-preview")
            }
        }
    }

    /// Lets the partner read what is ticked, from the next sync on: as the preview showed it, and nothing else.
    func share() async {
        await intent {
            let (checkIns, offered) = (self.vault.checkIns(), Array(self.state.offered))
            guard let preview = self.state.preview else { return }
            let id = try await self.saved()
            do {
                try await self.draw(checkIns.sharePreviewed(id: id, fields: offered, previewed: preview))
            } catch NightstandError.ChangedMeanwhile {
                let now = try await checkIns.preview(id: id, fields: offered)
                self.show { $0.preview = now }
                throw NightstandError.ChangedMeanwhile
            }
        }
    }

    func takeBack() async {
        await intent {
            guard let id = self.state.saved else { return }
            try await self.draw(self.vault.checkIns().share(id: id, fields: []))
            self.show { ($0.offered, $0.preview, $0.takenBack) = ([], nil, self.words.say("share-taken-back")) }
        }
    }

    /// Deletes it, on the partner's phone too.
    func delete() async {
        await intent {
            if let id = self.state.saved { try await self.vault.checkIns().delete(id: id) }
            let old = self.state
            let content = CheckIn(moment: old.content.moment, at: old.content.at, session: old.content.session)
            self.show {
                $0 = blank(self.words, content)
                $0.canShare = old.canShare
            }
        }
    }

    private func change(_ change: (inout CheckIn) -> Void) {
        show {
            change(&$0.content)
            $0.unsaved = true
            let content = $0.content
            for at in $0.feelings.indices { $0.feelings[at].picked = content.feelings.contains($0.feelings[at].id) }
            for at in $0.body.indices { $0.body[at].picked = content.body.contains($0.body[at].id) }
            $0.closeness = spoken("closeness", content.closeness)
            $0.calm = spoken("calm", content.calm)
            $0.energy = spoken("energy", content.energy)
            $0.comfort = spoken("comfort", content.comfort)
        }
    }

    private func spoken(_ key: String, _ level: UInt8?) -> Wording? {
        level.map { words.say("\(key)-spoken", "level", $0) }
    }

    private func saved() async throws -> RecordId {
        let content = state.content
        if let id = state.saved, !state.unsaved { return id }
        let checkIns = vault.checkIns()
        let view: CheckInView
        if let id = state.saved {
            do {
                view = try await checkIns.change(id: id, content: content, since: drawn ?? content)
            } catch NightstandError.ChangedMeanwhile {
                // Changed on another screen or device: this is said, and what stands is shown, with what was typed beside it.
                let stands = try await checkIns.read(id: id)
                draw(stands)
                // With what was typed while this was asked.
                let typed = state.content
                change { $0 = stands.content }
                show { ($0.unsaved, $0.typed, $0.preview) = (false, typed, nil) }
                throw NightstandError.ChangedMeanwhile
            }
        } else {
            view = try await checkIns.add(content: content)
        }
        draw(view)
        // What was said while this was saved is saved next time.
        show { ($0.unsaved, $0.answer) = ($0.content != content, answer(content)) }
        return view.id
    }

    private func draw(_ view: CheckInView) {
        drawn = view.content
        show { ($0.saved, $0.shared, $0.unsharedChanges) = (view.id, Set(view.shared), view.unsharedChanges) }
    }

    private func answer(_ content: CheckIn) -> [Wording] {
        if notRight {
            let said = notRightTexts()
            // Its offer of a boundary belongs to a screen that knows of which activity: notRight().boundaries makes it.
            let keys = [said.begin, said.words, said.help, [said.close]].flatMap { $0 }
            return keys.compactMap { line($0) }
        }
        guard isLow(checkIn: content) else { return [] }
        return (namesHelp(checkIn: content) ? ["answer-low", "help-where"] : ["answer-low"]).compactMap { line($0) }
    }

    /// A line of help has what the app knows of it in it; without a number there is no line for one.
    private func line(_ key: String) -> Wording? {
        switch key {
        case "help-where":
            contacts.map { words.say(key, ["contacts": .text($0)]) } ?? words.say("help-where-none")
        case "help-now": emergency.map { words.say(key, ["number": .text($0)]) }
        default: words.say(key)
        }
    }
}

private func blank(_ words: Words, _ content: CheckIn) -> CheckInState {
    let key = textKey(of: .moment(content.moment))
    return CheckInState(
        content: content, title: words.say(key), about: words.say("\(key).about"),
        feelings: feelings().map { Choice(id: $0.id, word: words.say("feeling-\($0.id)")) },
        body: bodyWords().map { Choice(id: $0, word: words.say("body-\($0)")) })
}

private func toggle(_ words: inout [String], _ word: String) {
    if words.contains(word) { words.removeAll { $0 == word } } else { words.append(word) }
}
