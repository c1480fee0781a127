package app.nightstand.story

import app.nightstand.Action
import app.nightstand.CardAs
import app.nightstand.Company
import app.nightstand.Condition
import app.nightstand.Family
import app.nightstand.InputFault
import app.nightstand.Item
import app.nightstand.ItemDraft
import app.nightstand.ItemView
import app.nightstand.Line
import app.nightstand.Need
import app.nightstand.NightstandException
import app.nightstand.Occasion
import app.nightstand.OccasionActivity
import app.nightstand.PersonState
import app.nightstand.PlannedStep
import app.nightstand.Plans
import app.nightstand.Question
import app.nightstand.Reason
import app.nightstand.Remark
import app.nightstand.ReviewPace
import app.nightstand.SaidAloud
import app.nightstand.Side
import app.nightstand.Stance
import app.nightstand.Standing
import app.nightstand.Texts
import app.nightstand.Vault
import app.nightstand.Way
import app.nightstand.reasonName
import java.time.Duration
import java.time.Instant
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

private fun on(activity: String, side: Side = Side.TOGETHER) = Item.Stance(activity, side, condition = null)

/** Says something on a screen that was drawn just before. */
private suspend fun say(vault: Vault, item: Item, draft: ItemDraft): ItemView =
    vault.preferences().set(item, draft, vault.preferences().read(item).version)

private suspend fun share(vault: Vault, item: Item, draft: ItemDraft) {
    vault.preferences().share(item, say(vault, item, draft).version)
}

private fun feels(stance: Stance) = ItemDraft(stance = stance)

private val HALF_AN_HOUR = Occasion(minutes = 30u, company = Company.TWO)

/** What the plan has of an activity; none if it is not in it. */
private fun step(plans: Plans, activity: String): PlannedStep? =
    plans.plan.steps.firstOrNull { it.step.activity == activity }

/** The activities that come up anywhere. */
private fun suggested(plans: Plans): Set<String> =
    (plans.others + plans.plan).flatMap { it.steps }.flatMap { it.swaps + it.step }.map { it.activity }.toSet()

/** A plan for the time after; the two side by side, a card, a review. */
class StoryPlan : Phones() {
    @Test
    fun `a plan from what both shared`() = story {
        val (alex, sam) = couple()
        for (vault in listOf(alex, sam)) {
            share(vault, on("silent-cuddling"), feels(Stance.Love))
            share(vault, on("kissing"), feels(Stance.Like))
        }
        share(alex, on("back-rub", Side.RECEIVE), feels(Stance.Love))
        share(sam, on("back-rub", Side.GIVE), feels(Stance.Open))
        meet(alex, sam)
        val plans = alex.preferences().plan(HALF_AN_HOUR)
        assertEquals<Reason?>(Reason.BothLove, step(plans, "silent-cuddling")?.reasons?.first())
        assertEquals(listOf<Reason>(Reason.BothLike), step(plans, "kissing")?.reasons)
        assertEquals(30 to null, plans.plan.minutes.toInt() to plans.talk)
        assertTrue(plans.plan.steps.sumOf { it.step.minutes.toInt() } <= 30)
        assertTrue(plans.others.size in 1..3)
        val asked = HALF_AN_HOUR.copy(me = PersonState(needs = listOf(Need.TOUCH), energy = 6u), rotation = 3u)
        val rub = assertNotNull(step(alex.preferences().plan(asked), "back-rub"))
        assertEquals(Way.FOR_ME to listOf(Reason.YouLike, Reason.Need(Need.TOUCH)), rub.step.way to rub.reasons)
        assertEquals("need", reasonName(rub.reasons[1]))
        val apart = sam.preferences().plan(HALF_AN_HOUR.copy(situation = listOf(Condition.APART)))
        assertEquals(emptySet(), suggested(apart) intersect setOf("kissing", "silent-cuddling", "back-rub"))
    }

    @Test
    fun `a private boundary is honoured and said nowhere`() = story {
        val (alex, sam) = couple()
        for (vault in listOf(alex, sam)) share(vault, on("kissing"), feels(Stance.Love))
        meet(alex, sam)
        say(alex, on("kissing"), feels(Stance.Never))
        assertFalse("kissing" in suggested(alex.preferences().plan(HALF_AN_HOUR)))
        val picked = sam.preferences().plan(HALF_AN_HOUR).plan.steps.map { it.step }
        val mark = alex.preferences().marks(HALF_AN_HOUR, picked).single()
        assertEquals(picked.indexOfFirst { it.activity == "kissing" }, mark.step.toInt())
        assertFalse(assertNotNull(mark.swap).activity in picked.map { it.activity })
        assertEquals(emptyList(), sam.preferences().marks(HALF_AN_HOUR, picked))
        alex.setPrivateKey(ByteArray(32), null)
        alex.lockPrivate()
        fails<NightstandException.PrivateLocked>("private_locked", Action.UNLOCK, retryable = true) {
            alex.preferences().plan(HALF_AN_HOUR)
        }
    }

    @Test
    fun `a plan for one and from what was said aloud`() = story {
        val preferences = openVault(folder, "alex.db", 1).preferences()
        val minute = preferences.plan(Occasion(minutes = 1u, company = Company.TWO))
        assertEquals(1 to 1, minute.plan.minutes.toInt() to minute.plan.steps.size)
        val talk = assertNotNull(minute.talk)
        assertEquals<List<Reason>>(listOf(Reason.Talk, Reason.ForEachAlone), listOf(talk.reason, talk.mine[0].reasons[0]))
        val alone = preferences.plan(Occasion(minutes = 20u, company = Company.ALONE))
        assertEquals(setOf(Way.ALONE), alone.plan.steps.map { it.step.way }.toSet())
        assertNull(alone.talk)

        val dance = OccasionActivity(
            id = "our-dance",
            family = Family.SHARED,
            needs = listOf(Need.PLAY),
            leastMinutes = 3u,
            mostMinutes = 9u,
            worksApart = false,
        )
        val both = PersonState(said = listOf(SaidAloud("our-dance", Side.TOGETHER, Stance.Love)))
        val plans = preferences.plan(
            HALF_AN_HOUR.copy(me = both, partner = both, own = listOf(dance), notAtHand = listOf("water")),
        )
        assertEquals(listOf<Reason>(Reason.BothLove), step(plans, "our-dance")?.reasons)
        assertFalse("water" in suggested(plans))
        val error = assertFailsWith<NightstandException.InvalidInput> {
            preferences.plan(Occasion(minutes = 241u, company = Company.TWO))
        }
        assertEquals(InputFault.OCCASION, error.what)
    }

    @Test
    fun `side by side`() = story {
        val (alex, sam) = couple()
        share(alex, on("holding-hands"), ItemDraft(stance = Stance.Love, note = "Not too tight."))
        share(sam, on("holding-hands"), feels(Stance.Like))
        share(alex, on("bath", Side.GIVE), feels(Stance.Like))
        share(sam, Item.Question(Question.LENGTH), ItemDraft(choices = listOf("long")))
        say(alex, on("kissing"), feels(Stance.Never))
        meet(alex, sam)
        val seen = sam.preferences().sideBySide()
        val expected = listOf(
            Triple("bath", Way.FOR_ME, Standing.ASK),
            Triple("holding-hands", Way.TOGETHER, Standing.MATCH),
        )
        assertEquals(expected, seen.activities.map { Triple(it.activity, it.way, it.standing) })
        assertEquals("Not too tight." to null, seen.activities[1].partners?.note to seen.activities[0].mine)
        val question = seen.questions.single()
        assertEquals(Question.LENGTH to Standing.ASK, question.question to question.standing)
        assertEquals(listOf("long"), question.mine)
    }

    @Test
    fun `a card of what was picked`() = story {
        val alex = openVault(folder, "alex.db", 1)
        say(alex, on("holding-hands"), ItemDraft(stance = Stance.Love, note = "Not too tight."))
        say(alex, Item.Remark(Remark.QUIET), ItemDraft(note = "I am far away, & glad."))
        alex.preferences().add(Line.WISH, "Nobody's business")
        val texts = Texts(listOf("en"))
        val picked = listOf(Item.Remark(Remark.QUIET), on("holding-hands"))
        val shown = "# What helps me afterwards\n\n## I love it\n\n- Holding hands (Together): Not too tight.\n\n" +
            "## When I go quiet, it means …\n\n- I am far away, \\& glad.\n"
        assertEquals(shown, alex.preferences().card(picked, CardAs.MARKDOWN, texts, WARSAW, LocalZones))
        val page = alex.preferences().card(picked, CardAs.HTML, texts, WARSAW, LocalZones)
        assertTrue("<html lang=\"en\">" in page && "I am far away, &amp; glad." in page)
        assertFalse("business" in page)
    }

    @Test
    fun `a review at a pace`() = story {
        val preferences = openVault(folder, "alex.db", 1).preferences()
        val now = Instant.now()
        suspend fun after(days: Long) = preferences.review(now + Duration.ofDays(days))
        assertEquals(null to null, after(0).pace to after(0).next)
        preferences.setReviewPace(ReviewPace.QUARTERLY)
        preferences.reviewed()
        assertEquals(ReviewPace.QUARTERLY to false, after(1).pace to after(1).isDue)
        assertTrue(after(100).isDue)
        assertTrue(Duration.between(after(100).last, after(100).next).toDays() in 85..95)
        preferences.setReviewPace(ReviewPace.WHEN_ASKED)
        assertNull(after(1000).next)
    }
}
