package app.nightstand.story

import app.nightstand.Audience
import app.nightstand.CheckIn
import app.nightstand.CheckInField
import app.nightstand.CheckInLevel
import app.nightstand.CheckInMoment
import app.nightstand.CountedMoment
import app.nightstand.DropLevel
import app.nightstand.InputFault
import app.nightstand.Insight
import app.nightstand.InsightFigure
import app.nightstand.InsightLabel
import app.nightstand.InsightMethod
import app.nightstand.InsightOf
import app.nightstand.InsightSpan
import app.nightstand.InsightView
import app.nightstand.NightstandException
import app.nightstand.SessionDraft
import app.nightstand.SessionLength
import app.nightstand.Side
import app.nightstand.StepDraft
import app.nightstand.StepVerb
import app.nightstand.Texts
import app.nightstand.Vault
import java.time.Duration
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue

private fun days(number: Long) = Duration.ofDays(number)

private val BEGAN = SUNDAY - days(365)
private val SPAN = InsightSpan(since = BEGAN, until = SUNDAY + days(1000), offsetSeconds = 3600)
private val CLOSINGS = Insight.ByMonth(CheckInLevel.CLOSENESS, CountedMoment.CLOSING)

private suspend fun note(vault: Vault, moment: CheckInMoment, closeness: Int, day: Int): String =
    vault.checkIns().add(CheckIn(moment = moment, at = BEGAN + days(day.toLong()), closeness = closeness.toUByte())).id

private suspend fun share(vault: Vault, levels: List<Int>) = levels.forEachIndexed { day, level ->
    vault.checkIns().share(note(vault, CheckInMoment.CLOSING, level, day), listOf(CheckInField.CLOSENESS))
}

private suspend fun read(vault: Vault, insight: Insight, of: InsightOf = InsightOf.ME, span: InsightSpan = SPAN) =
    vault.insights().read(insight, of, span, Texts(listOf("en")))

private fun known(view: InsightView): InsightFigure.Known = assertIs<InsightFigure.Known>(view.whole)

/** What happened, in figures: of one's own, and of both only with a yes. */
class StoryInsights : Phones() {
    @Test
    fun `figures of ones own`() = story {
        val (alex, _) = phones()
        listOf(5, 6, 7, 4).forEachIndexed { day, level ->
            note(alex, CheckInMoment.CLOSING, level, day)
            note(alex, CheckInMoment.SOMETHING_NOT_RIGHT, 1, day)
        }
        val early = read(alex, CLOSINGS)
        assertEquals(InsightFigure.TooEarly(4u), early.whole)
        assertEquals("Too early to tell, from 4 times" to null, early.spoken.summary.text to early.spoken.method)
        note(alex, CheckInMoment.CLOSING, 6, 20)
        val seen = read(alex, CLOSINGS)
        assertEquals(5u to InsightMethod.MEAN, known(seen).n to known(seen).method)
        assertEquals(5.6, known(seen).value, 0.001)
        assertTrue(known(seen).low!! in 1.0..5.6 && known(seen).high!! in 5.6..7.0)
        val labels = listOf(InsightLabel.Month(2025, 11u), InsightLabel.Month(2025, 12u))
        assertEquals<List<InsightLabel>>(labels, seen.points.map { it.label })
        assertEquals(InsightFigure.TooEarly(1u), seen.points[1].figure)
        assertEquals("Closeness: Closing", seen.spoken.title.text)
        assertTrue(seen.spoken.summary.text.startsWith("5.6 on average, from 5 times; likely between "))
        assertTrue(seen.spoken.rows.all { it.size == seen.spoken.header.size })
        val drops = listOf(DropLevel.CLEAR, DropLevel.SOME, DropLevel.CLEAR, DropLevel.CLEAR, DropLevel.STRONG)
        for (drop in drops) {
            alex.checkIns().add(CheckIn(moment = CheckInMoment.NEXT_MORNING, at = SUNDAY, drop = drop))
        }
        val lows = read(alex, Insight.Lows)
        assertEquals(40.0 to "Times with a low", known(lows).value to lows.spoken.title.text)
        val wrong = assertFailsWith<NightstandException.InvalidInput> {
            read(alex, CLOSINGS, span = InsightSpan(SPAN.until, SPAN.since, 0))
        }
        assertEquals(InputFault.DATE, wrong.what)
    }

    @Test
    fun `both are joined only with a yes`() = story {
        val (alex, sam) = couple()
        share(alex, List(6) { 4 })
        share(sam, List(5) { 6 })
        meet(alex, sam)
        val none = read(alex, CLOSINGS, InsightOf.BOTH)
        assertEquals(InsightFigure.TooEarly(null), none.whole)
        assertTrue(none.points.isEmpty())
        assertFalse(sam.insights().consent())
        sam.insights().setConsent(true)
        assertTrue(sam.insights().consent())
        meet(alex, sam)
        val both = read(alex, CLOSINGS, InsightOf.BOTH)
        assertEquals(10u to 5.0, known(both).n to known(both).value)
        assertTrue(both.spoken.summary.text.startsWith("For the two of you together 5.0 on average"))
        assertEquals(4.0, known(read(alex, CLOSINGS)).value)
        sam.insights().setConsent(false)
        meet(alex, sam)
        assertEquals(none, read(alex, CLOSINGS, InsightOf.BOTH))
    }

    @Test
    fun `before and after by activity and length`() = story {
        val (alex, _) = phones()
        val draft = SessionDraft(steps = listOf(StepDraft("water", Side.TOGETHER, 2u)))
        var at = SUNDAY
        for ((before, after) in listOf(2 to 4, 3 to 5, 4 to 4, 2 to 6, 3 to 5)) {
            val session = alex.sessions().plan(Audience.ME, draft)
            alex.sessions().step(session.id, session.steps[0].id, StepVerb.Start)
            at = alex.sessions().end(session.id).at
            for ((moment, level) in listOf(CheckInMoment.ARRIVAL to before, CheckInMoment.CLOSING to after)) {
                alex.checkIns().add(CheckIn(moment, at, session = session.id, closeness = level.toUByte()))
            }
        }
        val span = InsightSpan(at - days(1), at + days(1), 0)
        val (level, moment) = CheckInLevel.CLOSENESS to CountedMoment.CLOSING
        val change = read(alex, Insight.Change(level, moment), span = span)
        assertEquals(Triple(5u, 2.0, InsightMethod.MEAN_DIFFERENCE), known(change).let { Triple(it.n, it.value, it.method) })
        val said = "Before 2.8, afterwards 4.8, on average over 5 times; the difference is likely between 0.2 and 3.8"
        assertEquals(said, change.spoken.summary.text)
        assertEquals<InsightLabel>(InsightLabel.Moment(moment), change.points[1].label)
        val done = read(alex, Insight.ByActivity(level, moment), span = span)
        assertEquals<InsightLabel>(InsightLabel.Activity("water", null), done.points[0].label)
        assertEquals("With “Water”, 5 times: 4.8 on average", done.spoken.lines[0].text)
        val long = read(alex, Insight.ByLength(level, moment), span = span)
        assertEquals<InsightLabel>(InsightLabel.Length(SessionLength.SHORT), long.points.single().label)
        assertTrue(read(alex, Insight.BySituation(level, moment), span = span).points.isEmpty())
        val often = read(alex, Insight.HowOften, span = span)
        assertEquals(5.0 to "Care was written down 5 times", known(often).value to often.spoken.summary.text)
        assertNull(known(often).low)
    }
}
