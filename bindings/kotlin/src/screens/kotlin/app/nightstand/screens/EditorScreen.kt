package app.nightstand.screens

import app.nightstand.Changes
import app.nightstand.Editor
import app.nightstand.EntryId
import app.nightstand.Field
import app.nightstand.NightstandException
import app.nightstand.RichText
import app.nightstand.Selection
import app.nightstand.Style
import app.nightstand.TextChange
import app.nightstand.Texts
import app.nightstand.Vault
import app.nightstand.Wording
import app.nightstand.changes
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch

enum class Saving { SAVED, UNSAVED, FAILED }

data class EditingState(
    val title: String = "",
    val body: RichText = RichText(""),
    val selection: Selection? = null,
    /** Where letters came from elsewhere at the last time: ranges of the body, to be lit up for a moment. */
    val came: List<IntRange> = emptyList(),
    val saving: Saving = Saving.SAVED,
    /** Why the last save failed. What was typed stays in memory and is tried again. */
    val failed: Wording? = null,
    /** Why nothing can be typed any more. */
    val ended: Wording? = null,
    /** If it was deleted before all was saved: the private entry that has what would have been lost. */
    val kept: EntryId? = null,
    val canUndo: Boolean = false,
    val canRedo: Boolean = false,
    /** There is something to type into. */
    val open: Boolean = false,
)

/**
 * An entry open for typing, while the partner may type into it, too.
 *
 * Typing touches memory alone and is done when the call returns; positions count UTF-16 units, as a `String` does. The view
 * shows [EditingState.body] as it comes: it has what the person typed, what the partner did, and where the cursor went.
 */
class EditorScreen(vault: Vault, texts: Texts, scope: CoroutineScope, id: EntryId) :
    Screen<EditingState>(vault, Words(texts), scope, EditingState()) {
    private var editor: Editor? = null

    init {
        scope.launch {
            attempt {
                val editor = kept(vault.journal().openEditor(id))
                this@EditorScreen.editor = editor
                draw(editor)
                editor.changes().collect { poll(editor) }
            }
        }
    }

    fun type(field: Field, start: Int, end: Int, text: String) =
        edit { it.replace(field, start.toUInt(), end.toUInt(), text) }

    fun paste(start: Int, end: Int, text: RichText) = edit { it.paste(start.toUInt(), end.toUInt(), text) }

    /** Gives a range of the body a style, or takes it away, as a button does. */
    fun style(start: Int, end: Int, style: Style) = edit { it.toggleStyle(start.toUInt(), end.toUInt(), style) }

    /** What an input method underlines: it is shown and not saved. */
    fun compose(field: Field, start: Int, end: Int, text: String) =
        edit { it.setComposing(field, start.toUInt(), end.toUInt(), text) }

    fun finishComposing() = edit { it.finishComposing() }

    /** Where the person is, so that it moves along with what comes. */
    fun select(field: Field, anchor: Int, head: Int) =
        edit { it.setSelection(Selection(field, anchor.toUInt(), head.toUInt())) }

    fun undo() = edit { it.undo() }

    fun redo() = edit { it.redo() }

    /** Saves at once; it is saved by itself a quarter of a second after a keystroke. */
    fun save(): Job = intent {
        val editor = editor ?: return@intent
        editor.flush()
        draw(editor)
    }

    /** Saves and ends it. If that fails it stays open. */
    fun leave(): Job = intent {
        val editor = editor ?: return@intent
        editor.shut()
        draw(editor)
    }

    /** What came is made before the next edit: its positions are of the text as the view shows it then. */
    private fun edit(work: (Editor) -> Unit) {
        val editor = editor ?: return
        try {
            work(editor)
        } catch (error: NightstandException) {
            tell(error)
        }
        draw(editor)
    }

    private fun poll(editor: Editor) {
        val came = editor.pollChanges()
        draw(editor)
        if (came.texts.isNotEmpty()) show { it.copy(came = came.ranges()) }
    }

    private fun draw(editor: Editor) {
        val standing = editor.state()
        val (title, body) = editor.text(Field.TITLE) to editor.text(Field.BODY)
        val selection = editor.selection()
        show {
            it.copy(
                title = title.text,
                body = body,
                selection = selection,
                came = if (body == it.body) it.came else emptyList(),
                saving = when {
                    standing.failed != null -> Saving.FAILED
                    standing.unsaved -> Saving.UNSAVED
                    else -> Saving.SAVED
                },
                failed = standing.failed?.let { code -> words.say("error-$code") },
                ended = standing.ended?.let { code -> words.say("error-$code") },
                kept = standing.kept,
                canUndo = standing.canUndo,
                canRedo = standing.canRedo,
                open = standing.ended == null,
            )
        }
    }
}

/** Where the new letters of the body stand once all changes are made: each change moves those before it. */
private fun Changes.ranges(): List<IntRange> =
    texts.filter { it.field == Field.BODY }.fold(emptyList<IntRange>()) { ranges, change ->
        val start = change.start.toInt()
        val moved = ranges.mapNotNull { it.after(change) }
        if (change.inserted.isEmpty()) moved else moved + listOf(start until start + change.inserted.length)
    }

private fun IntRange.after(change: TextChange): IntRange? {
    val (at, deleted, inserted) = Triple(change.start.toInt(), change.deleted.toInt(), change.inserted.length)
    fun moved(place: Int) = if (place < at) place else maxOf(at, place - deleted) + inserted
    return (moved(first) until moved(last + 1)).takeIf { !it.isEmpty() }
}
