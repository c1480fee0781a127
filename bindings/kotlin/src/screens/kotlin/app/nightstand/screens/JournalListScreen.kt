package app.nightstand.screens

import app.nightstand.JournalRow
import app.nightstand.LiveRows
import app.nightstand.Month
import app.nightstand.PrivateLock
import app.nightstand.RowChange
import app.nightstand.RowCursor
import app.nightstand.RowsQuery
import app.nightstand.RowsUpdate
import app.nightstand.SearchHit
import app.nightstand.Texts
import app.nightstand.Vault
import app.nightstand.Wording
import app.nightstand.updates
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch

data class JournalListState(
    /** The window of the list, newest first. Rows keep their ids. */
    val rows: List<JournalRow> = emptyList(),
    /** Its sections: the first so many rows are of the first month, and so on. */
    val months: List<Month> = emptyList(),
    /** There are rows behind the window. */
    val hasMore: Boolean = false,
    /** Every month in which there is an entry, to jump to; asked for by [JournalListScreen.calendar]. */
    val calendar: List<Month>? = null,
    val found: Found? = null,
    /** Private is locked: what is said in its place. The list shows what is shared and joint. */
    val locked: Wording? = null,
)

/** What a search has found. */
data class Found(val text: String, val hits: List<SearchHit>, val next: UInt?)

/** The journal's list: a window that stays true while either of the two writes. */
class JournalListScreen(vault: Vault, private val texts: Texts, scope: CoroutineScope) :
    Screen<JournalListState>(vault, Words(texts), scope, JournalListState()) {
    private var list: LiveRows? = null
    private var from: RowCursor? = null
    private var limit = PAGE
    private var searching: Job? = null

    init {
        scope.launch {
            attempt {
                val list = kept(vault.journal().watchRows(RowsQuery(limit = limit)))
                this@JournalListScreen.list = list
                list.updates().collect(::draw)
            }
        }
        redraw {
            val locked = vault.privateLock() == PrivateLock.LOCKED
            show { it.copy(locked = if (locked) words.say("error-private_locked") else null) }
        }
    }

    /** One page more, as the person scrolls to the end. */
    fun more(): Job = intent {
        limit += PAGE
        list?.show(from, limit)
    }

    fun calendar(): Job = intent {
        val months = vault.journal().months(RowsQuery())
        show { it.copy(calendar = months) }
    }

    /** The window begins with a month's newest entry. */
    fun jump(month: Month): Job = intent { move(month.start) }

    /** Back to the newest. */
    fun top(): Job = intent { move(null) }

    /** Searches while the person types, by the app's synonyms too: the search before is given up. An empty text ends it. */
    fun search(text: String): Job {
        searching?.cancel()
        if (text.isBlank()) return intent { show { it.copy(found = null) } }
        return scope.launch {
            attempt {
                val page = vault.journal().search(text, RowsQuery(limit = PAGE), texts = texts)
                show { it.copy(found = Found(text, page.hits, page.next)) }
            }
        }.also { searching = it }
    }

    fun moreFound(): Job = intent {
        val found = state.value.found ?: return@intent
        val page = vault.journal().search(found.text, RowsQuery(limit = PAGE), found.next ?: return@intent, texts)
        // Meanwhile somebody may search for something else.
        show { if (it.found == found) it.copy(found = found.copy(hits = found.hits + page.hits, next = page.next)) else it }
    }

    /** Opens Private, with its second key. The list comes anew by itself. */
    fun unlockPrivate(key: ByteArray): Job = intent { vault.unlockPrivate(key) }

    fun lockPrivate(): Job = intent { vault.lockPrivate() }

    private fun move(to: RowCursor?) {
        from = to
        limit = PAGE
        list?.show(to, limit)
    }

    private fun draw(update: RowsUpdate) = when (update) {
        is RowsUpdate.Whole -> show {
            it.copy(rows = update.state.rows, months = update.state.months, hasMore = update.state.next != null)
        }
        is RowsUpdate.Changed -> show {
            it.copy(rows = it.rows.after(update.changes), months = update.months, hasMore = update.next != null)
        }
        is RowsUpdate.Failed -> tell(update.error)
    }
}

private const val PAGE = 50u

/** The steps, one after the other: what a `ListUpdateCallback` is told. */
private fun List<JournalRow>.after(changes: List<RowChange>): List<JournalRow> {
    val rows = toMutableList()
    for (change in changes) {
        when (change) {
            is RowChange.Delete -> rows.removeAt(change.at.toInt())
            is RowChange.Insert -> rows.add(change.at.toInt(), change.row)
            is RowChange.Move -> rows.add(change.target.toInt(), rows.removeAt(change.origin.toInt()))
            is RowChange.Update -> rows[change.at.toInt()] = change.row
        }
    }
    return rows
}
