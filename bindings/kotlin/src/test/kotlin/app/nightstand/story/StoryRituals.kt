package app.nightstand.story

import app.nightstand.Action
import app.nightstand.Audience
import app.nightstand.Company
import app.nightstand.Condition
import app.nightstand.InputFault
import app.nightstand.NightstandException
import app.nightstand.Occasion
import app.nightstand.RitualDraft
import app.nightstand.SessionLead
import app.nightstand.SessionState
import app.nightstand.Side
import app.nightstand.SongBy
import app.nightstand.SongDraft
import app.nightstand.SongState
import app.nightstand.StepDraft
import app.nightstand.StepState
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

private fun step(activity: String, minutes: Int, side: Side = Side.TOGETHER) = StepDraft(activity, side, minutes.toUShort())

/** Rituals that plans offer, and songs that were chosen beforehand. */
class StoryRituals : Phones() {
    @Test
    fun `a ritual is offered and begun`() = story {
        val (alex, sam) = couple()
        val draft = RitualDraft(
            title = "Coming back down",
            situation = listOf(Condition.INTENSE),
            steps = listOf(step("water", 2, Side.GIVE), step("silent-cuddling", 10)),
        )
        val made = alex.rituals().add(Audience.BOTH, draft)
        assertEquals(12u to made, made.minutes to alex.rituals().read(made.id))
        meet(alex, sam)
        val seen = sam.rituals().list().single()
        assertEquals(listOf(Side.RECEIVE, Side.TOGETHER), seen.steps.map { it.side })
        val occasion = Occasion(minutes = 15u, company = Company.TWO, situation = listOf(Condition.INTENSE))
        assertEquals(listOf(made.id), sam.preferences().plan(occasion).rituals)
        assertEquals(listOf(), sam.preferences().plan(occasion.copy(situation = listOf())).rituals)

        val (water, cuddling) = seen.steps.map { it.id }
        alex.rituals().moveStep(made.id, cuddling, 0u)
        sam.rituals().addStep(made.id, step("music", 20))
        sam.rituals().changeStep(made.id, water, step("water", 3), seen)
        meet(alex, sam)
        val shown = sam.rituals().read(made.id)
        val merged = sam.rituals().describe(made.id, "Down again", listOf(), shown)
        assertEquals(listOf("silent-cuddling", "water", "music"), merged.steps.map { it.activity })
        assertEquals(Triple("Down again", listOf(), 33u), Triple(merged.title, merged.situation, merged.minutes))
        val session = sam.rituals().start(made.id)
        assertEquals(SessionState.RUNNING to Audience.BOTH, session.state to session.audience)
        assertEquals(SessionLead.BY_ITSELF to StepState.RUNNING, session.lead to session.steps[0].state)
        sam.rituals().removeStep(made.id, water)
        sam.rituals().remove(made.id)
        meet(alex, sam)
        fails<NightstandException.Deleted>("deleted", Action.CHOOSE_AGAIN) { alex.rituals().start(made.id) }
        assertEquals(3, alex.sessions().read(session.id).steps.size)
    }

    @Test
    fun `songs are chosen beforehand`() = story {
        val (alex, sam) = couple()
        val one = SongDraft(title = "One", artist = "Somebody", link = "https://music.example/1")
        val link = "spotify:track:4uLU6hMCjMI75M1A2tKUQC"
        val two = SongDraft(title = "Two", link = link, situation = listOf(Condition.TIRED))
        val first = alex.songs().add(Audience.BOTH, one)
        val second = alex.songs().add(Audience.BOTH, two)
        val asked = alex.songs().ask(SongDraft(title = "The one from the train"))
        meet(alex, sam)
        val seen = sam.songs().list()
        assertEquals(listOf(one, two), seen.map { it.content })
        assertEquals(SongBy.PARTNER to SongBy.ME, seen[0].by to first.by)
        assertEquals(listOf("One"), sam.songs().list(Condition.NEW).map { it.content.title })
        assertEquals(listOf(asked.id), sam.songs().asked().map { it.id })
        assertEquals(SongState.LISTED, sam.songs().letIn(asked.id).state)
        sam.songs().moveTo(asked.id, 0u)
        sam.songs().change(second.id, two.copy(title = "Two, slower"), two)
        sam.songs().remove(first.id)
        meet(alex, sam)
        assertEquals(listOf("The one from the train", "Two, slower"), alex.songs().list().map { it.content.title })
        val wrong = assertFailsWith<NightstandException.InvalidInput> {
            alex.songs().add(Audience.ME, SongDraft(title = "One", link = "javascript:alert(1)"))
        }
        assertEquals(InputFault.LINK, wrong.what)
    }
}
