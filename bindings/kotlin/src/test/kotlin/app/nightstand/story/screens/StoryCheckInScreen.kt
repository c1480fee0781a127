package app.nightstand.story.screens

import app.nightstand.CheckIn
import app.nightstand.CheckInField
import app.nightstand.CheckInMoment
import app.nightstand.TextValue
import app.nightstand.Vault
import app.nightstand.Whose
import app.nightstand.screens.CheckInScreen
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

private suspend fun read(vault: Vault): List<CheckIn> {
    val day = Duration.ofDays(1)
    return vault.checkIns().list(Whose.PARTNER, SUNDAY - day, SUNDAY + day).map { it.content }
}

class StoryCheckInScreen : Phones() {
    @Test
    fun `a check in is told and shared part by part`() = story {
        val (alex, sam) = couple()
        screens { main ->
            val screen = CheckInScreen(alex, TEXTS, main, CheckInMoment.NEXT_MORNING, at = SUNDAY)
            assertEquals("Next morning", screen.shows { it.canShare }.title.text)
            for (id in listOf("tearful", "tender", "tender")) screen.feel(id)
            screen.body("warm")
            screen.ownWord("far away, and glad")
            screen.closeness(3)
            screen.calm(5)
            screen.note("Only for me.")
            val told = screen.state.value
            assertEquals(listOf("tearful"), told.feelings.filter { it.picked }.map { it.id })
            assertEquals(listOf("Warm"), told.body.filter { it.picked }.map { it.word.text })
            assertEquals("touching, 3 of 7" to "halfway calm, 5 of 10", told.closeness?.text to told.calm?.text)
            assertTrue(told.unsaved)
            screen.save().join()
            val saved = screen.state.value
            assertTrue(saved.answer[0].text.startsWith("All of this happens"))
            assertEquals(Triple(false, emptySet(), null), Triple(saved.unsaved, saved.shared, saved.preview))
            meet(alex, sam)
            assertEquals(emptyList(), read(sam))

            screen.offer(CheckInField.FEELINGS, on = true).join()
            screen.offer(CheckInField.NOTE, on = true).join()
            screen.offer(CheckInField.CLOSENESS, on = true).join()
            screen.offer(CheckInField.NOTE, on = false).join()
            val preview = assertNotNull(screen.state.value.preview)
            assertEquals("" to listOf("tearful"), preview.note to preview.feelings)
            assertEquals("This is what your partner will see.", screen.state.value.previewSays?.text)
            meet(alex, sam)
            assertEquals(emptyList(), read(sam))
            screen.share().join()
            meet(alex, sam)
            assertEquals(listOf(preview), read(sam))

            screen.closeness(4)
            screen.save().join()
            assertTrue(screen.state.value.unsharedChanges)

            // Changed elsewhere meanwhile: what stands is shown, and what was typed is offered again.
            val stands = screen.state.value.content
            alex.checkIns().change(assertNotNull(screen.state.value.saved), stands.copy(wish = "Tea"), stands)
            screen.note("Only for me, and longer.")
            screen.save().join()
            assertEquals(TEXTS.say("error-changed_meanwhile").text, screen.says())
            val shown = screen.state.value
            assertEquals(listOf("Tea", "Only for me."), listOf(shown.content.wish, shown.content.note))
            assertEquals("Only for me, and longer." to false, shown.typed?.note to shown.unsaved)
            screen.wish("Tea, with milk")
            screen.takeUp()
            assertEquals("" to "Tea, with milk", screen.state.value.run { content.wish to typed?.wish })
            screen.letGo()
            screen.wish("Tea")
            screen.save().join()
            assertEquals("Tea" to "Only for me, and longer.", screen.state.value.content.run { wish to note })
            assertEquals(null to false, screen.state.value.run { typed to unsaved })
            screen.takeBack().join()
            assertEquals(emptySet(), screen.state.value.shared)
            assertContains(assertNotNull(screen.state.value.takenBack).text, "Your partner’s app removes it")
            meet(alex, sam)
            assertEquals(emptyList(), read(sam))
            screen.delete().join()
            assertNull(screen.state.value.saved)
        }
    }

    @Test
    fun `something that was not right stays with its person`() = story {
        val (alex, sam) = couple()
        screens { main ->
            val moment = CheckInMoment.SOMETHING_NOT_RIGHT
            val screen = CheckInScreen(alex, TEXTS, main, moment, at = SUNDAY, contacts = "the line of your region", emergency = "112")
            screen.note("It was too fast for me.")
            screen.closeness(9)
            screen.save().join()
            assertEquals(TEXTS.say("input-range").text, screen.says())
            assertTrue(screen.state.value.unsaved && screen.state.value.content.note.isNotEmpty())
            screen.closeness(null)
            screen.save().join()
            assertNull(screen.trouble.value)
            val answer = screen.state.value.answer.map { it.text }
            assertTrue(answer[0].startsWith("Thank you for writing it down"))
            assertContains(answer, TEXTS.say("help-where", mapOf("contacts" to TextValue.Text("the line of your region"))).text)
            assertContains(answer, "In danger at this moment? The emergency number here is 112.")
            assertTrue(answer.last().startsWith("You can close this now"))
            screen.offer(CheckInField.NOTE, on = true).join()
            assertEquals(false to null, screen.state.value.run { canShare to preview })
            meet(alex, sam)
            assertEquals(emptyList(), read(sam))
        }
    }
}
