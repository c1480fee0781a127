package app.nightstand.story.screens

import app.nightstand.Field
import app.nightstand.Sharing
import app.nightstand.Style
import app.nightstand.screens.EditorScreen
import app.nightstand.screens.Saving
import app.nightstand.story.Phones
import app.nightstand.story.entry
import app.nightstand.story.meet
import app.nightstand.story.story
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class StoryEditorScreen : Phones() {
    @Test
    fun `two type into one entry`() = story {
        val (alex, sam) = couple()
        val id = alex.journal().write(entry("Evening", "We lay there."), Sharing.JOINT)
        meet(alex, sam)
        screens { main ->
            val (onAlex, onSam) = EditorScreen(alex, TEXTS, main, id) to EditorScreen(sam, TEXTS, main, id)
            for (screen in listOf(onAlex, onSam)) assertEquals("Evening", screen.shows { it.open }.title)
            onAlex.select(Field.BODY, 13, 13)
            onAlex.type(Field.BODY, 13, 13, " Quiet 🕯")
            onAlex.style(3, 6, Style.Bold)
            val typed = onAlex.state.value
            assertEquals("We lay there. Quiet 🕯" to Saving.UNSAVED, typed.body.text to typed.saving)
            assertEquals(22u, typed.selection?.head)
            onSam.type(Field.BODY, 0, 0, "Late. ")
            onSam.type(Field.TITLE, 7, 7, "s")
            for (screen in listOf(onAlex, onSam)) screen.save().join()
            assertEquals(Saving.SAVED, onAlex.state.value.saving)
            meet(alex, sam)

            val came = onAlex.shows { it.body.text == "Late. We lay there. Quiet 🕯" && it.came.isNotEmpty() }
            assertEquals(listOf(0..5), came.came)
            assertEquals("Evenings" to 28u, came.title to came.selection?.head)
            assertEquals(9u to 12u, came.body.marks.single().let { it.start to it.end })
            val onSams = onSam.shows { it.body == came.body }
            assertEquals(listOf(19..27), onSams.came)
            // One's own letters are taken back, not the partner's.
            repeat(2) { onAlex.undo() }
            assertEquals("Late. We lay there." to true, onAlex.state.value.run { body.text to canRedo })
            onAlex.redo()
            onAlex.leave().join()
            assertEquals("Your notes are closed.", onAlex.state.value.ended?.text)
        }
    }

    @Test
    fun `an editor says what can not be and why it ended`() = story {
        val (alex, sam) = couple()
        val mine = alex.journal().write(entry("Mine", "for me alone"), Sharing.PRIVATE)
        val joint = alex.journal().write(entry("Evening", "We lay there."), Sharing.JOINT)
        meet(alex, sam)
        screens { main ->
            val (own, both) = EditorScreen(alex, TEXTS, main, mine) to EditorScreen(alex, TEXTS, main, joint)
            for (screen in listOf(own, both)) screen.shows { it.open }
            own.type(Field.BODY, 90, 90, "x")
            assertEquals("That place is not in the text any more.", own.says())
            assertEquals("for me alone", own.state.value.body.text)
            own.compose(Field.BODY, 0, 3, "座")
            own.finishComposing()
            own.save().join()
            assertEquals("座 me alone", alex.journal().read(mine).entry.body.text)

            sam.journal().delete(joint)
            meet(alex, sam)
            val ended = both.shows { it.ended != null }
            assertEquals("This was deleted and can’t be opened any more." to false, ended.ended?.text to ended.open)
            both.type(Field.BODY, 0, 0, "x")
            assertEquals(ended.ended?.text, both.says())
            alex.setPrivateKey(ByteArray(32) { 7 })
            alex.lockPrivate()
            assertEquals("What is private is locked.", own.shows { it.ended != null }.ended?.text)
            assertFalse(own.state.value.open)
            assertTrue(own.state.value.body.text.isEmpty())
        }
    }
}
