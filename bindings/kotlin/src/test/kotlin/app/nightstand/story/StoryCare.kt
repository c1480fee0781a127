package app.nightstand.story

import app.nightstand.Action
import app.nightstand.ActivityDraft
import app.nightstand.Audience
import app.nightstand.CheckIn
import app.nightstand.CheckInField
import app.nightstand.CheckInMoment
import app.nightstand.Condition
import app.nightstand.DropLevel
import app.nightstand.Family
import app.nightstand.InputFault
import app.nightstand.Need
import app.nightstand.NightstandException
import app.nightstand.RecordsAs
import app.nightstand.SessionDraft
import app.nightstand.SessionLead
import app.nightstand.SessionState
import app.nightstand.Side
import app.nightstand.Step
import app.nightstand.StepDraft
import app.nightstand.StepState
import app.nightstand.StepVerb
import app.nightstand.TextOf
import app.nightstand.Texts
import app.nightstand.Way
import app.nightstand.Whose
import app.nightstand.bodyWords
import app.nightstand.feelings
import app.nightstand.isLow
import app.nightstand.namesHelp
import app.nightstand.stepDraft
import app.nightstand.textKey
import java.time.Duration
import kotlin.io.path.readText
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

private val DAY: Duration = Duration.ofDays(1)

private fun step(activity: String, side: Side, minutes: Int) = StepDraft(activity, side, minutes.toUShort())

private val EVENING = SessionDraft(
    situation = listOf(Condition.TIRED),
    steps = listOf(step("water", Side.GIVE, 2), step("holding-hands", Side.TOGETHER, 10)),
)

/** The time after: a session led from two phones, check-ins shared field by field, an activity of one's own. */
class StoryCare : Phones() {
    @Test
    fun `an evening is led from both phones`() = story {
        val (alex, sam) = couple()
        val planned = alex.sessions().plan(Audience.BOTH, EVENING)
        assertEquals(SessionState.PLANNED, planned.state)
        meet(alex, sam)
        val seen = sam.sessions().read(planned.id)
        assertEquals(listOf(Side.RECEIVE, Side.TOGETHER), seen.steps.map { it.side })
        val (water, hands) = seen.steps.map { it.id }

        val running = sam.sessions().step(planned.id, water, StepVerb.Start)
        assertEquals(SessionState.RUNNING to StepState.RUNNING, running.state to running.steps[0].state)
        assertNotNull(running.steps[0].endsAt)
        meet(alex, sam)
        val both = alex.sessions().step(planned.id, hands, StepVerb.Start)
        assertEquals(listOf(StepState.PAUSED, StepState.RUNNING), both.steps.map { it.state })
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.sessions().step(planned.id, water, StepVerb.Extend(600u))
        }
        val added = alex.sessions().addStep(planned.id, step("music", Side.TOGETHER, 20))
        val music = added.steps[2].id
        assertEquals("music", alex.sessions().moveStep(planned.id, music, 0u).steps[0].activity)
        alex.sessions().removeStep(planned.id, music)
        val ended = alex.sessions().end(planned.id)
        assertEquals(listOf(StepState.PAUSED, StepState.DONE), ended.steps.map { it.state })
        meet(alex, sam)
        val listed = sam.sessions().list(planned.at - DAY, planned.at + DAY)
        assertEquals(listOf(SessionState.ENDED), listed.map { it.state })
        sam.sessions().delete(planned.id)
        meet(alex, sam)
        fails<NightstandException.Deleted>("deleted", Action.CHOOSE_AGAIN) { alex.sessions().read(planned.id) }
    }

    @Test
    fun `a session leads itself`() = story {
        val (alex, sam) = couple()
        val planned = alex.sessions().plan(Audience.BOTH, EVENING)
        val led = alex.sessions().lead(planned.id, SessionLead.BY_ITSELF)
        assertEquals(SessionState.RUNNING to SessionLead.BY_ITSELF, led.state to led.lead)
        assertEquals(listOf(StepState.RUNNING, StepState.WAITING), led.steps.map { it.state })
        val (first, second) = led.steps.map { assertNotNull(it.endsAt) }
        assertEquals(Duration.ofMinutes(10), Duration.between(first, second))
        meet(alex, sam)
        assertEquals(led.steps.map { it.endsAt }, sam.sessions().read(planned.id).steps.map { it.endsAt })
        val on = sam.sessions().step(planned.id, led.steps[0].id, StepVerb.Skip)
        assertEquals(listOf(StepState.SKIPPED, StepState.RUNNING), on.steps.map { it.state })
        val byHand = sam.sessions().lead(planned.id, SessionLead.BY_HAND)
        assertEquals(SessionLead.BY_HAND to StepState.RUNNING, byHand.lead to byHand.steps[1].state)
        sam.sessions().end(planned.id)
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            sam.sessions().lead(planned.id, SessionLead.BY_ITSELF)
        }
    }

    @Test
    fun `a step keeps its way`() = story {
        val (alex, sam) = couple()
        val picked = listOf(Step("light-massage", Way.IN_TURNS, 10u), Step("bath", Way.ALONE, 20u))
        val session = alex.sessions().plan(Audience.BOTH, SessionDraft(steps = picked.map { stepDraft(it) }))
        val here = listOf(Way.IN_TURNS to Side.TOGETHER, Way.ALONE to Side.RECEIVE)
        assertEquals(here, session.steps.map { it.way to it.side })
        meet(alex, sam)
        val seen = sam.sessions().read(session.id)
        val there = listOf(Way.IN_TURNS to Side.TOGETHER, Way.ALONE to Side.GIVE)
        assertEquals(there, seen.steps.map { it.way to it.side })
        assertEquals("In turns", Texts(listOf("en")).say(textKey(TextOf.Way(seen.steps[0].way))).text)
    }

    @Test
    fun `a check in is shared field by field`() = story {
        val (alex, sam) = couple()
        val session = alex.sessions().plan(Audience.BOTH, EVENING)
        val said = CheckIn(
            moment = CheckInMoment.NEXT_MORNING,
            at = SUNDAY,
            session = session.id,
            feelings = listOf("tearful", "tender"),
            ownWords = listOf("far away, and glad"),
            closeness = 5u,
            drop = DropLevel.SOME,
            note = "Only for me.",
        )
        assertTrue(feelings().map { it.id }.containsAll(said.feelings) && "warm" in bodyWords())
        assertTrue(isLow(said) && !namesHelp(said))
        val saved = alex.checkIns().add(said)
        val fields = listOf(CheckInField.FEELINGS, CheckInField.CLOSENESS)
        val preview = alex.checkIns().preview(saved.id, fields)
        alex.checkIns().share(saved.id, fields)
        meet(alex, sam)
        val seen = sam.checkIns().ofSession(Whose.PARTNER, session.id).single()
        assertEquals(preview, seen.content)
        assertEquals(Triple(5.toUByte(), "", null), Triple(seen.content.closeness, seen.content.note, seen.content.drop))

        assertTrue(alex.checkIns().change(saved.id, said.copy(closeness = 7u), saved.content).unsharedChanges)
        fails<NightstandException.ChangedMeanwhile>("changed_meanwhile", Action.CHOOSE_AGAIN) {
            alex.checkIns().change(saved.id, said.copy(closeness = 6u), saved.content)
        }
        alex.checkIns().share(saved.id, listOf())
        meet(alex, sam)
        assertEquals(listOf(), sam.checkIns().list(Whose.PARTNER, SUNDAY - DAY, SUNDAY + DAY))
        assertEquals(7.toUByte(), alex.checkIns().read(saved.id).content.closeness)
        alex.checkIns().delete(saved.id)
        assertEquals(listOf(), alex.checkIns().list(Whose.ME, SUNDAY - DAY, SUNDAY + DAY))
        val wrong = assertFailsWith<NightstandException.InvalidInput> {
            alex.checkIns().add(CheckIn(moment = CheckInMoment.CLOSING, at = SUNDAY, closeness = 8u))
        }
        assertEquals(InputFault.RANGE, wrong.what)
    }

    @Test
    fun `what was noted is found and taken along`() = story {
        val (alex, sam) = couple()
        val texts = Texts(listOf("en"))
        val said = CheckIn(
            moment = CheckInMoment.CLOSING,
            at = SUNDAY,
            feelings = listOf("tearful"),
            note = "The Caf\u00e9 by the sea.",
        )
        val saved = alex.checkIns().add(said)
        assertEquals(listOf(saved.id), alex.checkIns().search(Whose.ME, "cafe tear", texts).map { it.id })
        assertTrue(alex.checkIns().search(Whose.ME, "mountain", texts).isEmpty())
        alex.checkIns().share(saved.id, listOf(CheckInField.FEELINGS))
        meet(alex, sam)
        assertEquals(1, sam.checkIns().search(Whose.PARTNER, "tearful", texts).size)
        val (page, exact) = folder.resolve("records.md") to folder.resolve("records.json")
        assertEquals(1uL, alex.preferences().exportRecords(page.toString(), RecordsAs.MARKDOWN, texts, WARSAW, LocalZones))
        assertEquals(1uL, alex.preferences().exportRecords(exact.toString(), RecordsAs.JSON, texts, WARSAW, LocalZones))
        assertTrue("My partner can read: Feelings" in page.readText())
        assertTrue("\"shared\": [\n" in exact.readText())
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.preferences().exportRecords(page.toString(), RecordsAs.MARKDOWN, texts, WARSAW, LocalZones)
        }
    }

    @Test
    fun `what was mine becomes ours`() = story {
        val (alex, sam) = phones()
        val tea = ActivityDraft("Tea on the balcony", "", Family.BODY, listOf(), 5u, 10u, false)
        val own = alex.activities().add(Audience.ME, tea)
        val draft = SessionDraft(listOf(Condition.TIRED), steps = listOf(step(own.id, Side.TOGETHER, 5)))
        val session = alex.sessions().plan(Audience.ME, draft)
        fails<NightstandException.NotPaired>("not_paired", Action.PAIR) {
            alex.activities().copyToBoth(own.id)
        }
        pair(alex, sam)
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.sessions().copyToBoth(session.id)
        }
        val both = alex.activities().copyToBoth(own.id)
        val copy = alex.sessions().copyToBoth(session.id)
        assertEquals(copy.id, alex.sessions().copyToBoth(session.id).id)
        meet(alex, sam)
        val seen = sam.sessions().read(copy.id)
        assertEquals(listOf<Condition>() to listOf(both.id), seen.situation to seen.steps.map { it.activity })
        assertEquals(listOf("Tea on the balcony"), sam.activities().list().map { it.content.title })
    }

    @Test
    fun `an activity of ones own`() = story {
        val (alex, sam) = couple()
        val tea = ActivityDraft(
            title = "Tea on the balcony",
            about = "The blue cups.",
            family = Family.BODY,
            needs = listOf(Need.BODY),
            leastMinutes = 10u,
            mostMinutes = 20u,
            worksApart = false,
        )
        val added = alex.activities().add(Audience.BOTH, tea)
        meet(alex, sam)
        assertEquals("Tea on the balcony", sam.activities().list().single().content.title)
        sam.sessions().plan(Audience.BOTH, SessionDraft(steps = listOf(step(added.id, Side.TOGETHER, 10))))
        sam.activities().change(added.id, tea.copy(title = "Tea"), added.content)
        meet(alex, sam)
        // Alex's screen was drawn before that: nothing is written, and the screen is drawn again.
        fails<NightstandException.ChangedMeanwhile>("changed_meanwhile", Action.CHOOSE_AGAIN) {
            alex.activities().change(added.id, tea.copy(mostMinutes = 40u), added.content)
        }
        assertEquals(listOf("Tea"), alex.activities().list().map { it.content.title })
        assertEquals("Tea", sam.activities().title(added.id, Texts(listOf())))
        alex.activities().remove(added.id)
        assertEquals(listOf(), alex.activities().list())
        assertEquals("An activity that is not on this phone", alex.activities().title(added.id, Texts(listOf())))
    }
}
