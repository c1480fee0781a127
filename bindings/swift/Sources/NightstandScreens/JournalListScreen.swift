import Foundation
import Nightstand

struct JournalListState: Equatable {
    /// The window of the list, newest first. Rows keep their ids.
    var rows: [JournalRow] = []
    /// Its sections: the first so many rows are of the first month, and so on.
    var months: [Month] = []
    /// There are rows behind the window.
    var hasMore = false
    /// Every month in which there is an entry, to jump to; asked for by `calendar()`.
    var calendar: [Month]?
    var found: Found?
    /// Private is locked: what is said in its place. The list shows what is shared and joint.
    var locked: Wording?
}

/// What a search has found.
struct Found: Equatable {
    let text: String
    var hits: [SearchHit]
    var next: UInt32?
}

/// The journal's list: a window that stays true while either of the two writes.
@available(iOS 17, macOS 14, *)
final class JournalListScreen: Screen<JournalListState> {
    private static let page: UInt32 = 50
    private let texts: Texts
    private var list: LiveRows?
    private var from: RowCursor?
    private var limit = page
    private var searches = 0

    init(_ vault: Vault, _ texts: Texts) {
        self.texts = texts
        super.init(vault, Words(texts), first: JournalListState())
    }

    /// For as long as the view is there. One that comes back begins with the newest.
    func watch() async {
        async let followed: Void = follow()
        await redraw {
            let locked = try await self.vault.privateLock() == .locked
            self.show { $0.locked = locked ? self.words.say("error-private_locked") : nil }
        }
        await followed
    }

    /// One page more, as the person scrolls to the end.
    func more() async {
        await intent {
            self.limit += Self.page
            try self.list?.show(after: self.from, limit: self.limit)
        }
    }

    func calendar() async {
        await intent {
            let months = try await self.vault.journal().months(query: RowsQuery())
            self.show { $0.calendar = months }
        }
    }

    /// The window begins with a month's newest entry.
    func jump(_ month: Month) async {
        await move(month.start)
    }

    /// Back to the newest.
    func top() async {
        await move(nil)
    }

    /// Searches while the person types, by the app's synonyms too: what a search before finds is not looked at. An empty text
    /// ends it.
    func search(_ text: String) async {
        searches += 1
        let mine = searches
        if text.allSatisfy(\.isWhitespace) { return show { $0.found = nil } }
        await attempt {
            let page = try await vault.journal().search(text: text, query: RowsQuery(limit: Self.page), texts: texts)
            if mine == searches { show { $0.found = Found(text: text, hits: page.hits, next: page.next) } }
        }
    }

    func moreFound() async {
        await intent {
            guard let found = self.state.found, let next = found.next else { return }
            let query = RowsQuery(limit: Self.page)
            let page = try await self.vault.journal().search(text: found.text, query: query, skip: next, texts: self.texts)
            // Meanwhile somebody may search for something else.
            guard self.state.found == found else { return }
            self.show { $0.found = Found(text: found.text, hits: found.hits + page.hits, next: page.next) }
        }
    }

    /// Opens Private, with its second key. The list comes anew by itself.
    func unlockPrivate(_ key: Data) async {
        await intent { try await self.vault.unlockPrivate(key: key) }
    }

    func lockPrivate() async {
        await intent { try await self.vault.lockPrivate() }
    }

    private func follow() async {
        (from, limit) = (nil, Self.page)
        await attempt {
            let list = try vault.journal().watchRows(query: RowsQuery(limit: limit))
            self.list = list
            for await update in list.updates() { draw(update) }
        }
        list = nil
    }

    private func move(_ to: RowCursor?) async {
        await intent {
            (self.from, self.limit) = (to, Self.page)
            try self.list?.show(after: to, limit: Self.page)
        }
    }

    private func draw(_ update: RowsUpdate) {
        switch update {
        case .whole(let now): show { ($0.rows, $0.months, $0.hasMore) = (now.rows, now.months, now.next != nil) }
        case .changed(_, let changes, let months, let next):
            show {
                for change in changes { change.make(in: &$0.rows) }
                ($0.months, $0.hasMore) = (months, next != nil)
            }
        case .failed(let error): tell(error)
        }
    }
}

extension RowChange {
    /// One step, which turns the rows into those of a diffable data source's next snapshot.
    fileprivate func make(in rows: inout [JournalRow]) {
        switch self {
        case .delete(let at): rows.remove(at: Int(at))
        case .insert(let at, let row): rows.insert(row, at: Int(at))
        case .move(let origin, let target): rows.insert(rows.remove(at: Int(origin)), at: Int(target))
        case .update(let at, let row): rows[Int(at)] = row
        }
    }
}
