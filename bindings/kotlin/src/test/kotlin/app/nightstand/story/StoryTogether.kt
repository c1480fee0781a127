package app.nightstand.story

import app.nightstand.Action
import app.nightstand.AgreementDraft
import app.nightstand.AgreementState
import app.nightstand.Audience
import app.nightstand.BreathPhase
import app.nightstand.Item
import app.nightstand.NightstandException
import app.nightstand.Prompt
import app.nightstand.ReflectionState
import app.nightstand.RowsQuery
import app.nightstand.SessionDraft
import app.nightstand.Sharing
import app.nightstand.Side
import app.nightstand.StepDraft
import app.nightstand.StepVerb
import app.nightstand.TickOf
import app.nightstand.breathing
import app.nightstand.breathingPaces
import java.time.Duration
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue

private const val ALEX = "I listen to you breathe, and count."
private const val SAM = "I look for your hand under the blanket."

/** What the two do together: an agreement, a sealed reflection, a question that was talked through. */
class StoryTogether : Phones() {
    @Test
    fun `an agreement holds while both accept`() = story {
        val (alex, sam) = couple()
        val proposed = alex.agreements().propose(AgreementDraft("Phones", "They stay in the kitchen."))
        assertEquals(AgreementState.PROPOSED, proposed.state)
        meet(alex, sam)
        val seen = sam.agreements().list()[0]
        val shown = seen.proposals[0]
        assertEquals(AgreementState.FOR_ME to "Phones", seen.state to shown.content.title)
        val held = sam.agreements().accept(seen.id, shown.id, shown.hash)
        assertEquals(AgreementState.HOLDS, held.state)
        meet(alex, sam)

        val reworded = alex.agreements().reword(seen.id, AgreementDraft("Phones", "Until breakfast."))
        assertEquals(AgreementState.APART, reworded.state)
        assertEquals(AgreementState.HOLDS, alex.agreements().undo(seen.id).state)
        fails<NightstandException.ChangedMeanwhile>("changed_meanwhile", Action.CHOOSE_AGAIN) {
            sam.agreements().accept(seen.id, shown.id, ByteArray(32))
        }
        assertEquals(AgreementState.FOR_ME, sam.agreements().withdraw(seen.id).state)
        meet(alex, sam)
        assertEquals(AgreementState.PROPOSED, alex.agreements().read(seen.id).state)
        alex.agreements().delete(seen.id)
        assertEquals(emptyList(), alex.agreements().list())
    }

    @Test
    fun `a reflection is sealed and opened`() = story {
        val (alex, sam) = couple()
        val round = alex.reflections().begin(Prompt.Question("first-minute"))
        alex.reflections().writeDraft(round.id, "I listen", round.draft)
        val sealed = alex.reflections().seal(round.id, ALEX, round.hash)
        assertEquals(Triple(ReflectionState.SEALED, "", ALEX), Triple(sealed.state, sealed.draft, sealed.mine))
        val back = alex.reflections().withdraw(round.id)
        assertEquals(ReflectionState.OPEN to ALEX, back.state to back.draft)
        alex.reflections().seal(round.id, back.draft, back.hash)
        meet(alex, sam)
        val seen = sam.reflections().list()[0]
        assertEquals(ReflectionState.OPEN to round.prompt, seen.state to seen.prompt)
        assertNull(seen.theirs)
        fails<NightstandException.ChangedMeanwhile>("changed_meanwhile", Action.CHOOSE_AGAIN) {
            sam.reflections().seal(seen.id, SAM, ByteArray(32))
        }
        sam.reflections().seal(seen.id, SAM, seen.hash)
        repeat(3) { meet(alex, sam) }
        for ((vault, mine, theirs) in listOf(Triple(alex, ALEX, SAM), Triple(sam, SAM, ALEX))) {
            val opened = vault.reflections().read(seen.id)
            assertEquals(Triple(ReflectionState.OPENED, mine, theirs), Triple(opened.state, opened.mine, opened.theirs))
            assertTrue(opened.choices.isEmpty() && opened.setAside.isEmpty())
        }
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.reflections().choose(seen.id, seen.id)
        }
        alex.reflections().delete(seen.id)
        fails<NightstandException.NotFound>("not_found", Action.CHOOSE_AGAIN) { alex.reflections().read(seen.id) }
        assertEquals(emptyList(), sam.reflections().former())
        fails<NightstandException.NotFound>("not_found", Action.CHOOSE_AGAIN) { sam.reflections().deleteFormer(seen.id) }
    }

    @Test
    fun `a question is talked through`() = story {
        val (alex, sam) = couple()
        alex.ticks().tick(TickOf.QUESTION, "first-minute", Audience.BOTH)
        alex.ticks().tick(TickOf.QUESTION, "tears-mean", Audience.ME)
        alex.ticks().tick(TickOf.CARD, "afterglow", Audience.ME)
        meet(alex, sam)
        assertEquals(listOf("first-minute"), sam.ticks().list(TickOf.QUESTION).map { it.id })
        sam.ticks().untick(TickOf.QUESTION, "first-minute", Audience.BOTH)
        meet(alex, sam)
        assertEquals(listOf(Audience.ME), alex.ticks().list(TickOf.QUESTION).map { it.audience })
    }

    @Test
    fun `an entry answers a question`() = story {
        val (alex, sam) = couple()
        val evening = alex.sessions().plan(Audience.BOTH, SessionDraft())
        val prompt = Prompt.Question("tears-mean")
        val salt = entry("Salt", "They pass.").copy(prompt = prompt, session = evening.id)
        alex.journal().write(salt, Sharing.SHARED)
        alex.journal().write(entry("Tea", "Warm."), Sharing.SHARED)
        meet(alex, sam)
        assertEquals(listOf("Salt"), titles(sam, RowsQuery(prompt = prompt)))
        assertEquals(listOf("Salt"), titles(sam, RowsQuery(session = evening.id)))
        val seen = sam.journal().rows(RowsQuery(prompt = prompt)).rows[0]
        assertEquals(evening.id, sam.journal().read(seen.id).entry.session)
    }

    @Test
    fun `what was done lately`() = story {
        val (alex, sam) = couple()
        val steps = listOf(StepDraft("water", Side.GIVE, 2.toUShort()))
        val evening = alex.sessions().plan(Audience.BOTH, SessionDraft(steps = steps))
        alex.sessions().step(evening.id, evening.steps[0].id, StepVerb.Done)
        alex.sessions().end(evening.id)
        meet(alex, sam)
        val later = evening.at.plus(Duration.ofDays(1))
        assertEquals(listOf("water"), sam.sessions().lately(later).map { it.activity })
        assertEquals(listOf(Item.Stance("water", Side.RECEIVE, null)), sam.preferences().unsaid(later))
    }

    @Test
    fun `breathing together`() = story {
        assertTrue("longer-out" in breathingPaces())
        val steps = breathing("longer-out", 3u)
        assertEquals(listOf(BreathPhase.IN to 4, BreathPhase.OUT to 6), steps.take(2).map { it.phase to it.seconds.toInt() })
        assertEquals(18 to listOf(0u, 1000u, 2000u, 3000u), steps.last().breath.toInt() to steps[0].touchesMs)
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) { breathing("longer-out", 0u) }
    }
}
