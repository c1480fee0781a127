import Foundation
import Nightstand

enum Saving { case saved, unsaved, failed }

struct EditingState: Equatable {
    var title = ""
    var body = RichText(text: "")
    var selection: Selection?
    /// Where letters came from elsewhere at the last time: ranges of the body, to be lit up for a moment.
    var came: [Range<Int>] = []
    var saving = Saving.saved
    /// Why the last save failed. What was typed stays in memory and is tried again.
    var failed: Wording?
    /// Why nothing can be typed any more.
    var ended: Wording?
    /// If it was deleted before all was saved: the private entry that has what would have been lost.
    var kept: EntryId?
    var canUndo = false
    var canRedo = false
    /// There is something to type into.
    var open = false
}

/// An entry open for typing, while the partner may type into it, too.
///
/// Typing touches memory alone and is done when the call returns; positions count UTF-16 units, as an `NSString` does. The
/// view shows `state.body` as it comes: it has what the person typed, what the partner did, and where the cursor went.
@available(iOS 17, macOS 14, *)
final class EditorScreen: Screen<EditingState> {
    private let id: EntryId
    private var editor: Editor?

    init(_ vault: Vault, _ texts: Texts, id: EntryId) {
        self.id = id
        super.init(vault, Words(texts), first: EditingState())
    }

    /// For as long as the view is there. Then the editor is let go of, which saves.
    func watch() async {
        await attempt {
            let editor = try await vault.journal().openEditor(id: id)
            self.editor = editor
            draw(editor)
            for await _ in try editor.changes() { try poll(editor) }
        }
        editor = nil
    }

    func type(_ field: Field, _ start: Int, _ end: Int, _ text: String) {
        edit { try $0.replace(field: field, start: UInt32(start), end: UInt32(end), text: text) }
    }

    func paste(_ start: Int, _ end: Int, _ text: RichText) {
        edit { try $0.paste(start: UInt32(start), end: UInt32(end), text: text) }
    }

    /// Gives a range of the body a style, or takes it away, as a button does.
    func style(_ start: Int, _ end: Int, _ style: Style) {
        edit { try $0.toggleStyle(start: UInt32(start), end: UInt32(end), style: style) }
    }

    /// What an input method underlines: it is shown and not saved.
    func compose(_ field: Field, _ start: Int, _ end: Int, _ text: String) {
        edit { try $0.setComposing(field: field, start: UInt32(start), end: UInt32(end), text: text) }
    }

    func finishComposing() {
        edit { try $0.finishComposing() }
    }

    /// Where the person is, so that it moves along with what comes.
    func select(_ field: Field, _ anchor: Int, _ head: Int) {
        let selection = Selection(field: field, anchor: UInt32(anchor), head: UInt32(head))
        edit { try $0.setSelection(selection: selection) }
    }

    func undo() {
        edit { _ = try $0.undo() }
    }

    func redo() {
        edit { _ = try $0.redo() }
    }

    /// Saves at once; it is saved by itself a quarter of a second after a keystroke.
    func save() async {
        await intent {
            guard let editor = self.editor else { return }
            try await editor.flush()
            self.draw(editor)
        }
    }

    /// Saves and ends it. If that fails it stays open.
    func leave() async {
        await intent {
            guard let editor = self.editor else { return }
            try await editor.close()
            self.draw(editor)
        }
    }

    private func edit(_ work: (Editor) throws -> Void) {
        guard let editor else { return }
        do {
            try work(editor)
        } catch {
            tell(error)
        }
        draw(editor)
    }

    /// What came is made before the next edit: its positions are of the text as the view shows it then.
    private func poll(_ editor: Editor) throws {
        let came = try editor.pollChanges()
        draw(editor)
        if !came.texts.isEmpty { show { $0.came = came.ranges } }
    }

    private func draw(_ editor: Editor) {
        guard let standing = try? editor.state(), let title = try? editor.text(field: .title),
            let body = try? editor.text(field: .body)
        else { return }
        let selection = try? editor.selection()
        show {
            if $0.body != body { $0.came = [] }
            ($0.title, $0.body, $0.selection) = (title.text, body, selection)
            $0.saving = standing.failed != nil ? .failed : standing.unsaved ? .unsaved : .saved
            $0.failed = standing.failed.map { words.say("error-\($0)") }
            $0.ended = standing.ended.map { words.say("error-\($0)") }
            ($0.kept, $0.canUndo, $0.canRedo) = (standing.kept, standing.canUndo, standing.canRedo)
            $0.open = standing.ended == nil
        }
    }
}

extension Changes {
    /// Where the new letters of the body stand once all changes are made: each change moves those before it.
    fileprivate var ranges: [Range<Int>] {
        texts.filter { $0.field == .body }.reduce(into: []) { ranges, change in
            let (at, length) = (Int(change.start), change.inserted.utf16.count)
            func moved(_ place: Int) -> Int { place < at ? place : max(at, place - Int(change.deleted)) + length }
            ranges = ranges.map { moved($0.lowerBound)..<moved($0.upperBound) }.filter { !$0.isEmpty }
            if length > 0 { ranges.append(at..<at + length) }
        }
    }
}
