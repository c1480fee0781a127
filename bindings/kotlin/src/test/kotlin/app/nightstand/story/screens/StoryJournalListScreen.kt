package app.nightstand.story.screens

import app.nightstand.Sharing
import app.nightstand.Texts
import app.nightstand.screens.JournalListScreen
import app.nightstand.story.Phones
import app.nightstand.story.edit
import app.nightstand.story.entry
import app.nightstand.story.meet
import app.nightstand.story.story
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

private suspend fun JournalListScreen.lists(vararg titles: String) =
    shows { state -> state.rows.map { it.title } == titles.toList() }

/** The app's texts, and words that it takes for each other. */
private fun textsWith(synonyms: String) = Texts(listOf("en")).apply { addSynonyms("en", synonyms) }

class StoryJournalListScreen : Phones() {
    @Test
    fun `the list draws what both write`() = story {
        val (alex, sam) = couple()
        screens { main ->
            val screen = JournalListScreen(alex, textsWith("day*, month*, dawn"), main)
            val id = alex.journal().write(entry("Evening", "We lay there.", 1), Sharing.PRIVATE)
            screen.lists("Evening")
            sam.journal().write(entry("A letter", "dear Alex", 2), Sharing.SHARED)
            meet(alex, sam)
            screen.lists("A letter", "Evening")
            edit(alex, id, entry("A month ago", "…", -30))
            val moved = screen.lists("A letter", "A month ago")
            assertEquals(listOf(11, 10), moved.months.map { it.month.toInt() })

            for (day in 3L..52L) alex.journal().write(entry("Day $day", "…", day), Sharing.PRIVATE)
            assertTrue(screen.shows { it.rows.firstOrNull()?.title == "Day 52" && it.rows.size == 50 }.hasMore)
            screen.more().join()
            assertFalse(screen.shows { it.rows.size == 52 }.hasMore)
            screen.calendar().join()
            val october = assertNotNull(screen.state.value.calendar).last()
            screen.jump(october).join()
            screen.lists("A month ago")
            screen.top().join()
            screen.shows { it.rows.size == 50 }
            screen.search("dawn").join()
            screen.moreFound().join()
            val found = assertNotNull(screen.state.value.found)
            assertEquals(51 to null, found.hits.size to found.next, "by the app's synonyms, page by page")
        }
    }

    @Test
    fun `searching and a locked private`() = story {
        val (alex, _) = couple()
        alex.journal().write(entry("Lanterns", "By the lamp.", 1), Sharing.JOINT)
        alex.journal().write(entry("Mine", "The lantern went out."), Sharing.PRIVATE)
        val key = ByteArray(32) { 7 }
        alex.setPrivateKey(key)
        screens { main ->
            val screen = JournalListScreen(alex, textsWith("lantern*, torch"), main)
            screen.lists("Lanterns", "Mine")
            screen.search("la")
            screen.search("lantern").join()
            val found = assertNotNull(screen.state.value.found)
            assertEquals(listOf("Lanterns", "Mine"), found.hits.map { it.row.title })
            assertEquals("lantern" to null, found.text to found.next)
            screen.search("torch").join()
            val others = assertNotNull(screen.state.value.found).hits.map { it.row.title }
            assertEquals(setOf("Lanterns", "Mine"), others.toSet(), "by the app's synonyms")
            screen.search(" ").join()
            assertNull(screen.state.value.found)

            screen.lockPrivate().join()
            screen.lists("Lanterns")
            assertEquals("What is private is locked.", screen.shows { it.locked != null }.locked?.text)
            screen.unlockPrivate(ByteArray(32) { 8 }).join()
            assertEquals("That key does not open your notes.", screen.says())
            screen.unlockPrivate(key).join()
            screen.lists("Lanterns", "Mine")
            screen.shows { it.locked == null }
            assertNull(screen.trouble.value)
        }
    }
}
