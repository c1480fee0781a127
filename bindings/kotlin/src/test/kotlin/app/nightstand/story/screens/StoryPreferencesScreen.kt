package app.nightstand.story.screens

import app.nightstand.Item
import app.nightstand.ItemDraft
import app.nightstand.Line
import app.nightstand.Side
import app.nightstand.Stance
import app.nightstand.Standing
import app.nightstand.screens.PreferencesScreen
import app.nightstand.story.Phones
import app.nightstand.story.SUNDAY
import app.nightstand.story.meet
import app.nightstand.story.story
import java.time.Duration
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.flow.first

private val HANDS = Item.Stance(activity = "holding-hands", side = Side.TOGETHER, condition = null)

class StoryPreferencesScreen : Phones() {
    @Test
    fun `a preference is said shown and taken back`() = story {
        val (alex, sam) = couple()
        screens { main ->
            val (onAlex, onSam) = PreferencesScreen(alex, TEXTS, main) to PreferencesScreen(sam, TEXTS, main)
            onAlex.open(HANDS).join()
            onAlex.set(ItemDraft(stance = Stance.Love, note = "Not too tight.")).join()
            val row = onAlex.shows { it.mine.isNotEmpty() }.mine.single()
            val said = listOf(row.title, row.side, row.stance).map { it?.text }
            assertEquals(listOf<String?>("Holding hands", "Together", "I love it"), said)
            assertEquals("Not too tight." to false, row.note to row.shared)
            onAlex.preview().join()
            val preview = assertNotNull(onAlex.state.value.open?.preview)
            assertEquals(null to Stance.Love, preview.present to preview.next.stance)
            meet(alex, sam)
            assertEquals(emptyList(), onSam.state.value.partners)

            onAlex.share().join()
            onSam.open(HANDS).join()
            onSam.set(ItemDraft(stance = Stance.Like)).join()
            onSam.share().join()
            meet(alex, sam)
            val seen = onSam.shows { it.partners.isNotEmpty() && it.sideBySide.isNotEmpty() }
            assertEquals("I love it", seen.partners.single().stance?.text)
            assertEquals(listOf("Holding hands"), seen.sideBySide[Standing.MATCH]?.map { it.text })
            assertEquals("Where you meet", seen.headings[Standing.MATCH]?.text)

            onAlex.takeBack().join()
            assertContains(assertNotNull(onAlex.state.value.open?.takenBack).text, "Your partner’s app removes it")
            meet(alex, sam)
            onSam.shows { it.partners.isEmpty() }
            onAlex.add(Line.WISH, "A walk").join()
            onAlex.shows { state -> state.mine.any { it.title.text == "For next time" && it.note == "A walk" } }
            onAlex.remove().join()
            onAlex.shows { it.mine.size == 1 && it.open == null }
        }
    }

    @Test
    fun `a screen that was overtaken is drawn again`() = story {
        val (alex, _) = couple()
        val (day, until) = Duration.ofDays(1) to Stance.NotNow(until = SUNDAY + Duration.ofDays(36_500))
        screens { main ->
            val (one, other) = List(2) { PreferencesScreen(alex, TEXTS, main) { SUNDAY + day.multipliedBy(36_501) } }
            for (screen in listOf(one, other)) screen.open(HANDS).join()
            other.set(ItemDraft(stance = until)).join()
            assertTrue(assertNotNull(other.state.value.open?.boundary).text.startsWith("This stays with you"))
            one.set(ItemDraft(stance = Stance.Love)).join()
            val open = assertNotNull(one.state.value.open)
            val changed = "This changed while you were looking at it. Here is how it is now."
            assertEquals(changed to until, open.changed?.text to open.view.content.stance)
            assertNull(one.trouble.value)
            assertEquals(listOf<Item>(HANDS), one.shows { it.toAskAgain.isNotEmpty() }.toAskAgain)
            // What the person says having seen it counts.
            one.set(ItemDraft(stance = Stance.Love)).join()
            val again = assertNotNull(one.state.value.open)
            assertEquals<Stance?>(Stance.Love, again.view.content.stance)
            assertNull(again.changed)
            one.shows { it.toAskAgain.isEmpty() }

            alex.setPrivateKey(ByteArray(32) { 7 })
            alex.lockPrivate()
            assertEquals("What is private is locked.", one.says())
            alex.unlockPrivate(ByteArray(32) { 7 })
            one.trouble.first { it == null }
            one.close().join()
            assertNull(one.state.value.open)
        }
    }
}
