package app.nightstand.story

import app.nightstand.Action
import app.nightstand.CheckIn
import app.nightstand.CheckInField
import app.nightstand.CheckInMoment
import app.nightstand.DropHelp
import app.nightstand.DropLevel
import app.nightstand.DropLooking
import app.nightstand.NightstandException
import app.nightstand.Side
import app.nightstand.Stance
import app.nightstand.Whose
import app.nightstand.namesHelp
import app.nightstand.notRightTexts
import app.nightstand.textKeys
import java.time.Duration
import java.time.Instant
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

private val DAY = Duration.ofDays(1)

private fun anHourAgo() = Instant.now() - Duration.ofHours(1)

/** When it is hard: a low hours or days later, and what was not right. */
class StoryHard : Phones() {
    @Test
    fun `a low is met with ones own list`() = story {
        val (alex, sam) = couple()
        val care = alex.dropCare()
        assertEquals(DropLevel.CLEAR to emptyList(), care.now().level to care.now().textKeys)
        val low = CheckIn(moment = CheckInMoment.NEXT_MORNING, at = anHourAgo(), drop = DropLevel.STRONG)
        alex.checkIns().add(low)
        val list = listOf(DropHelp.Words("Ring Kim"), DropHelp.Activity("bath"))
        care.setHelpList(list, emptyList())
        val view = care.now()
        assertEquals(Triple(DropLevel.STRONG, list, false), Triple(view.level, view.whatHelps, view.repeats))
        assertEquals(listOf("drop-seen", "drop-what-helps", "drop-shared", "help-where", "not-medical-advice"), view.textKeys)
        assertNotNull(view.since)
        meet(alex, sam)
        assertEquals(DropLevel.CLEAR, sam.dropCare().now().level)
        assertTrue(sam.dropCare().helpList().isEmpty())

        care.setLooking(DropLooking.OFF)
        assertEquals(DropLooking.OFF to DropLevel.CLEAR, care.looking() to care.now().level)
        assertEquals<List<DropHelp>>(list, care.helpList())
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            care.setHelpList(listOf(DropHelp.Activity("dancing")), list)
        }
    }

    @Test
    fun `what was not right is met with words a boundary and help`() = story {
        val (alex, sam) = couple()
        val said = alex.checkIns().add(CheckIn(moment = CheckInMoment.SOMETHING_NOT_RIGHT, at = anHourAgo()))
        assertTrue(said.shared.isEmpty() && namesHelp(said.content))
        val texts = notRightTexts()
        val known = textKeys().map { it.key }.toSet()
        assertTrue(known.containsAll(texts.begin + texts.words + texts.boundary + texts.help + texts.close))

        val offers = alex.notRight().boundaries("cuddling", Stance.Never)
        assertEquals(3 to false, offers.size to offers[0].stands)
        assertNull(offers[0].present)
        alex.preferences().set(offers[0].item, offers[0].draft, offers[0].since)
        val again = alex.notRight().boundaries("cuddling", Stance.NotNow(null))
        assertEquals(Triple(true, Stance.Never, false), Triple(again[0].stands, again[0].draft.stance, again[1].stands))
        val effective = alex.preferences().effective(Whose.ME, "cuddling", Side.RECEIVE, listOf())
        assertEquals<Stance?>(Stance.Never, effective)
        meet(alex, sam)
        assertTrue(sam.preferences().list(Whose.PARTNER).items.isEmpty())
        assertEquals(DropLevel.CLEAR, alex.dropCare().now().level)
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.notRight().boundaries("cuddling", Stance.Love)
        }
    }

    @Test
    fun `what was not right is shared after a look of its own`() = story {
        val (alex, sam) = couple()
        val (checkIns, whenItWas) = alex.checkIns() to anHourAgo()
        val content =
            CheckIn(CheckInMoment.SOMETHING_NOT_RIGHT, whenItWas, note = "I want some time.", calm = 3u)
        val said = checkIns.add(content)
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            checkIns.share(said.id, listOf(CheckInField.NOTE))
        }
        val preview = checkIns.preview(said.id, listOf(CheckInField.NOTE))
        assertEquals<Pair<String, UByte?>>("I want some time." to null, preview.note to preview.calm)
        fails<NightstandException.ChangedMeanwhile>("changed_meanwhile", Action.CHOOSE_AGAIN) {
            checkIns.sharePreviewed(said.id, listOf(CheckInField.NOTE, CheckInField.CALM), preview)
        }
        checkIns.sharePreviewed(said.id, listOf(CheckInField.NOTE), preview)
        meet(alex, sam)
        val seen = sam.checkIns().list(Whose.PARTNER, whenItWas - DAY, whenItWas + DAY).single().content
        assertEquals<Pair<String, UByte?>>("I want some time." to null, seen.note to seen.calm)
        checkIns.share(said.id, listOf())
        meet(alex, sam)
        assertTrue(sam.checkIns().list(Whose.PARTNER, whenItWas - DAY, whenItWas + DAY).isEmpty())
    }
}
