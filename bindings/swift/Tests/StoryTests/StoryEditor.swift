import Foundation
import Nightstand
import Testing

/// A text view. Its text is kept in UTF-16, as those of phones are.
private final class View {
    let editor: Editor
    private let shown: NSMutableString

    init(_ editor: Editor) throws {
        self.editor = editor
        shown = NSMutableString(string: try editor.text(field: .body).text)
    }

    var text: String { shown as String }

    func splice(_ start: UInt32, _ end: UInt32, _ text: String) {
        shown.replaceCharacters(in: NSRange(location: Int(start), length: Int(end - start)), with: text)
    }

    func key(_ start: UInt32, _ end: UInt32, _ text: String) throws {
        splice(start, end, text)
        try editor.replace(field: .body, start: start, end: end, text: text)
    }

    @discardableResult
    func show(_ changes: Changes) throws -> Changes {
        for change in changes.texts where change.field == .body {
            splice(change.start, change.start + change.deleted, change.inserted)
        }
        #expect(try editor.text(field: .body).text == text)
        return changes
    }
}

private struct Open {
    let alex: Vault
    let sam: Vault
    let id: EntryId
    let onAlex: View
    let onSam: View
}

/// Alex and Sam type into one entry.
@Suite(.timeLimit(.minutes(5)))
struct StoryEditor {
    let folder = try! Folder()

    private func bothOpen(_ text: String) async throws -> Open {
        let (alex, sam) = try await folder.couple()
        let id = try await alex.journal().write(draft: entry("Evening", text), sharing: .joint)
        try await meet(alex, sam)
        let onAlex = try View(await alex.journal().openEditor(id: id))
        let onSam = try View(await sam.journal().openEditor(id: id))
        return Open(alex: alex, sam: sam, id: id, onAlex: onAlex, onSam: onSam)
    }

    @Test func bothTypeAndMeet() async throws {
        let open = try await bothOpen("We lay there.")
        let (onAlex, onSam) = (open.onAlex, open.onSam)
        let told = Told()
        let subscription = try onAlex.editor.observe(observer: told)
        try onAlex.editor.setSelection(selection: Selection(field: .body, anchor: 13, head: 13))
        var at: UInt32 = 13
        for letter in " Quiet 🕯" {
            try onAlex.key(at, at, String(letter))
            at += UInt32(String(letter).utf16.count)
        }
        try onAlex.editor.setStyle(start: 3, end: 6, style: .bold)
        try onSam.key(0, 0, "Late. ")
        try await onAlex.editor.flush()
        try await onSam.editor.flush()
        #expect(try !onAlex.editor.state().unsaved)
        try await meet(open.alex, open.sam)
        for view in [onAlex, onSam] { try await view.editor.flush() }
        let arrived = try onAlex.show(onAlex.editor.pollChanges())
        #expect(arrived.texts.map(\.inserted) == ["Late. "])
        let styled = try onSam.show(onSam.editor.pollChanges())
        #expect(styled.styles.map(\.start) == [9] && styled.styles.map(\.end) == [12])
        #expect(onAlex.text == "Late. We lay there. Quiet 🕯")
        #expect(onAlex.text == onSam.text)
        #expect(try onSam.editor.part(start: 8, end: 14).marks[0].start == 1)
        // One's own letters are taken back, not the partner's.
        for _ in 0..<2 { try onAlex.show(onAlex.editor.undo()) }
        #expect(onAlex.text == "Late. We lay there.")
        await told.reaches(1)
        try await subscription.end()
    }

    @Test func undoRedoAndComposing() async throws {
        let open = try await bothOpen("We lay there.")
        let (journal, onAlex) = (open.alex.journal(), open.onAlex)
        try onAlex.key(13, 13, "!")
        try onAlex.show(onAlex.editor.undo())
        #expect(onAlex.text == "We lay there.")
        #expect(try onAlex.editor.state().canRedo)
        try onAlex.show(onAlex.editor.redo())
        try onAlex.editor.endStep()
        for text in ["s", "sa", "座"] {
            let place = try onAlex.editor.composing() ?? Selection(field: .body, anchor: 3, head: 6)
            try onAlex.editor.setComposing(field: .body, start: place.anchor, end: place.head, text: text)
            onAlex.splice(place.anchor, place.head, text)
        }
        try await onAlex.editor.flush()
        #expect(try await journal.read(id: open.id).entry.body.text == "We lay there.!")
        try onAlex.editor.finishComposing()
        try onAlex.editor.paste(start: 0, end: 2, text: RichText(text: "They"))
        onAlex.splice(0, 2, "They")
        try onAlex.editor.toggleStyle(start: 0, end: 4, style: .bullet)
        try onAlex.editor.clearStyle(start: 0, end: 1, kind: .block)
        #expect(try onAlex.editor.text(field: .body).text == onAlex.text)
        try await onAlex.editor.close()
        #expect(try await journal.read(id: open.id).entry.body.text == "They 座 there.!")
        await fails(.Closed, "closed", .unlock) {
            try onAlex.editor.replace(field: .body, start: 0, end: 0, text: "x")
        }
        #expect(try onAlex.editor.state().ended == "closed")
    }

    @Test func whatCanTBeChangesNothing() async throws {
        let open = try await bothOpen("a🕯b")
        let (journal, onAlex) = (open.alex.journal(), open.onAlex)
        func refused(_ start: UInt32, _ end: UInt32, _ text: String, _ fault: InputFault) {
            #expect(throws: NightstandError.InvalidInput(what: fault)) {
                try onAlex.editor.replace(field: .body, start: start, end: end, text: text)
            }
            #expect(!NightstandError.InvalidInput(what: fault).describe().contains("private"))
        }
        refused(2, 2, "a private word", .position)
        refused(0, 9, "", .position)
        refused(3, 1, "", .position)
        refused(0, 0, String(repeating: "x", count: 200_000), .textTooLong)
        #expect(try onAlex.editor.text(field: .body).text == "a🕯b")
        let mine = try await journal.write(draft: entry("Mine", "…"), sharing: .shared)
        let theirs = mine.replacingOccurrences(of: "mine", with: "theirs")
        await fails(.NotYours, "not_yours", .chooseAgain) { _ = try await journal.openEditor(id: theirs) }
        // Letting go of it saves.
        try onAlex.key(0, 0, "x")
        try onAlex.editor.setStyle(start: 0, end: 1, style: .bold)
        try await open.alex.close()
        #expect(try open.onSam.editor.text(field: .body).text == "a🕯b")
    }
}
