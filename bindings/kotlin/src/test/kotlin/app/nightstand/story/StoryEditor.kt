package app.nightstand.story

import app.nightstand.Action
import app.nightstand.Changes
import app.nightstand.Editor
import app.nightstand.Field
import app.nightstand.InputFault
import app.nightstand.NightstandException
import app.nightstand.RichText
import app.nightstand.Selection
import app.nightstand.Sharing
import app.nightstand.Style
import app.nightstand.StyleKind
import app.nightstand.Vault
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** A text view. */
private class View(val editor: Editor) {
    var text = editor.text(Field.BODY).text

    fun splice(start: UInt, end: UInt, with: String) {
        text = text.replaceRange(start.toInt(), end.toInt(), with)
    }

    fun key(start: UInt, end: UInt, with: String) {
        splice(start, end, with)
        editor.replace(Field.BODY, start, end, with)
    }

    fun show(changes: Changes): Changes {
        for (change in changes.texts.filter { it.`field` == Field.BODY }) {
            splice(change.start, change.start + change.deleted, change.inserted)
        }
        assertEquals(editor.text(Field.BODY).text, text)
        return changes
    }
}

private class Open(val alex: Vault, val sam: Vault, val id: String, val onAlex: View, val onSam: View)

/** Alex and Sam type into one entry. */
class StoryEditor : Phones() {
    private suspend fun bothOpen(text: String): Open {
        val (alex, sam) = couple()
        val id = alex.journal().write(entry("Evening", text), Sharing.JOINT)
        meet(alex, sam)
        return Open(alex, sam, id, View(alex.journal().openEditor(id)), View(sam.journal().openEditor(id)))
    }

    @Test
    fun `both type and meet`() = story {
        val open = bothOpen("We lay there.")
        val (onAlex, onSam) = open.onAlex to open.onSam
        val told = Told()
        val subscription = onAlex.editor.observe(told)
        onAlex.editor.setSelection(Selection(Field.BODY, anchor = 13u, head = 13u))
        var at = 13u
        for (letter in listOf(" ", "Q", "u", "i", "e", "t", " ", "🕯")) {
            onAlex.key(at, at, letter)
            at += letter.length.toUInt()
        }
        onAlex.editor.setStyle(3u, 6u, Style.Bold)
        onSam.key(0u, 0u, "Late. ")
        onAlex.editor.flush()
        onSam.editor.flush()
        assertFalse(onAlex.editor.state().unsaved)
        meet(open.alex, open.sam)
        for (view in listOf(onAlex, onSam)) view.editor.flush()
        val arrived = onAlex.show(onAlex.editor.pollChanges())
        assertEquals(listOf("Late. "), arrived.texts.map { it.inserted })
        val styled = onSam.show(onSam.editor.pollChanges())
        assertEquals(listOf(9u to 12u), styled.styles.map { it.start to it.end })
        assertEquals("Late. We lay there. Quiet 🕯", onAlex.text)
        assertEquals(onAlex.text, onSam.text)
        assertEquals(1u, onSam.editor.part(8u, 14u).marks[0].start)
        // One's own letters are taken back, not the partner's.
        repeat(2) { onAlex.show(onAlex.editor.undo()) }
        assertEquals("Late. We lay there.", onAlex.text)
        told.reaches(1uL)
        subscription.end()
    }

    @Test
    fun `undo redo and composing`() = story {
        val open = bothOpen("We lay there.")
        val (journal, onAlex) = open.alex.journal() to open.onAlex
        onAlex.key(13u, 13u, "!")
        onAlex.show(onAlex.editor.undo())
        assertEquals("We lay there." to true, onAlex.text to onAlex.editor.state().canRedo)
        onAlex.show(onAlex.editor.redo())
        onAlex.editor.endStep()
        for (text in listOf("s", "sa", "座")) {
            val where = onAlex.editor.composing() ?: Selection(Field.BODY, anchor = 3u, head = 6u)
            onAlex.editor.setComposing(Field.BODY, where.anchor, where.head, text)
            onAlex.splice(where.anchor, where.head, text)
        }
        onAlex.editor.flush()
        assertEquals("We lay there.!", journal.read(open.id).entry.body.text)
        onAlex.editor.finishComposing()
        onAlex.editor.paste(0u, 2u, RichText("They"))
        onAlex.splice(0u, 2u, "They")
        onAlex.editor.toggleStyle(0u, 4u, Style.Bullet)
        onAlex.editor.clearStyle(0u, 1u, StyleKind.BLOCK)
        assertEquals(onAlex.text, onAlex.editor.text(Field.BODY).text)
        onAlex.editor.shut()
        assertEquals("They 座 there.!", journal.read(open.id).entry.body.text)
        fails<NightstandException.Closed>("closed", Action.UNLOCK) {
            onAlex.editor.replace(Field.BODY, 0u, 0u, "x")
        }
        assertEquals("closed", onAlex.editor.state().ended)
    }

    @Test
    fun `what can t be changes nothing`() = story {
        val open = bothOpen("a🕯b")
        val (journal, onAlex) = open.alex.journal() to open.onAlex
        fun refused(start: UInt, end: UInt, text: String, fault: InputFault) {
            val error = assertFailsWith<NightstandException.InvalidInput> {
                onAlex.editor.replace(Field.BODY, start, end, text)
            }
            assertEquals(fault, error.what)
            assertFalse("private" in error.describe())
        }
        refused(2u, 2u, "a private word", InputFault.POSITION)
        refused(0u, 9u, "", InputFault.POSITION)
        refused(3u, 1u, "", InputFault.POSITION)
        refused(0u, 0u, "x".repeat(200_000), InputFault.TEXT_TOO_LONG)
        assertEquals("a🕯b", onAlex.editor.text(Field.BODY).text)
        val theirs = journal.write(entry("Mine", "…"), Sharing.SHARED).replace("mine", "theirs")
        fails<NightstandException.NotYours>("not_yours", Action.CHOOSE_AGAIN) { journal.openEditor(theirs) }
        // Letting go of it saves.
        onAlex.key(0u, 0u, "x")
        onAlex.editor.setStyle(0u, 1u, Style.Bold)
        onAlex.editor.close()
        open.alex.shut()
        assertTrue(open.onSam.editor.text(Field.BODY).text == "a🕯b")
    }
}
