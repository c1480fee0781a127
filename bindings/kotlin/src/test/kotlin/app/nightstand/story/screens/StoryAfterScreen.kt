package app.nightstand.story.screens

import app.nightstand.ActivityDraft
import app.nightstand.Audience
import app.nightstand.Clock
import app.nightstand.Condition
import app.nightstand.Family
import app.nightstand.Item
import app.nightstand.ItemDraft
import app.nightstand.SessionDraft
import app.nightstand.SessionState
import app.nightstand.Side
import app.nightstand.Stance
import app.nightstand.StepDraft
import app.nightstand.StepState
import app.nightstand.StepVerb
import app.nightstand.Vault
import app.nightstand.screens.AfterScreen
import app.nightstand.screens.AfterStage
import app.nightstand.story.Phones
import app.nightstand.story.SUNDAY
import app.nightstand.story.meet
import app.nightstand.story.openVault
import app.nightstand.story.pair
import app.nightstand.story.story
import java.time.Duration
import java.time.Instant
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

private fun both(activity: String) = Item.Stance(activity, Side.TOGETHER, condition = null)

private suspend fun share(vault: Vault, item: Item, stance: Stance) {
    val preferences = vault.preferences()
    val said = preferences.set(item, ItemDraft(stance = stance), preferences.read(item).version)
    preferences.share(item, said.version)
}

class StoryAfterScreen : Phones() {
    @Test
    fun `an occasion becomes a plan and an evening`() = story {
        val (alex, sam) = couple()
        for (vault in listOf(alex, sam)) {
            share(vault, both("silent-cuddling"), Stance.Love)
            share(vault, both("kissing"), Stance.Like)
        }
        meet(alex, sam)
        screens { main ->
            val after = AfterScreen(alex, TEXTS, main)
            after.plan(30, setOf(Condition.TIRED)).join()
            val picked = after.state.value.picked
            assertEquals(AfterStage.CHOOSING, after.state.value.stage)
            assertEquals(listOf("When I’m tired"), after.state.value.situation.map { it.text })
            val cuddling = picked.indexOfFirst { it.step.activity == "silent-cuddling" }
            assertEquals("Cuddling in silence" to "You both love it", picked[cuddling].run { title.text to reasons[0].text })

            val swap = picked[cuddling].swaps[0]
            after.swap(cuddling, swap).join()
            assertEquals(swap.title, after.state.value.picked[cuddling].title)
            after.swap(cuddling, after.state.value.picked[cuddling].swaps[0]).join()
            assertEquals(picked[cuddling].step, after.state.value.picked[cuddling].step)
            after.remove(cuddling).join()
            assertEquals(picked.size - 1, after.state.value.picked.size)
            after.another().join()
            val steps = after.state.value.picked

            after.start().join()
            val begun = after.state.value
            assertEquals(AfterStage.LEADING to steps.map { it.title }, begun.stage to begun.led.map { it.title })
            assertEquals(StepState.RUNNING, begun.led[0].state)
            assertNotNull(begun.led[0].endsAt)
            after.pause().join()
            assertEquals(StepState.PAUSED, after.state.value.led[0].state)
            after.resume().join()
            after.extend(5).join()
            assertEquals("${steps[0].step.minutes.toInt() + 5} minutes", after.state.value.led[0].minutes.text)
            after.byItself(true).join()
            assertTrue(after.state.value.byItself)
            after.skip().join()
            assertEquals(listOf(StepState.SKIPPED, StepState.RUNNING), after.state.value.led.take(2).map { it.state })
            after.byItself(false).join()
            assertFalse(after.state.value.byItself)
            after.next().join()
            assertEquals(StepState.DONE, after.state.value.led[1].state)
            after.end().join()
            assertEquals(AfterStage.OVER, after.state.value.stage)
            after.pause().join()
            assertEquals(null, after.trouble.value)
            meet(alex, sam)
            val listed = sam.sessions().list(Instant.now() - Duration.ofDays(1), Instant.now() + Duration.ofDays(1))
            assertEquals(listOf(SessionState.ENDED), listed.map { it.state })
            // What Alex said of the occasion was for Alex's phone.
            assertEquals(emptyList(), listed[0].situation)
            after.plan(30, setOf(Condition.SHORT_TIME)).join()
            after.start(tellSituation = true).join()
            val begunAgain = assertNotNull(after.state.value.session)
            assertEquals(listOf(Condition.SHORT_TIME), alex.sessions().read(begunAgain).situation)
            after.plan(0).join()
            assertContains(after.says(), "occasion")
        }
    }

    @Test
    fun `an evening outlives its screens and is led from both phones`() = story {
        val clock = Hands()
        val (alex, sam) = openVault(folder, "alex.db", 1, clock) to openVault(folder, "sam.db", 2, clock)
        pair(alex, sam)
        val steps = listOf(
            StepDraft("phones-away", Side.TOGETHER, 2u), StepDraft("kissing", Side.TOGETHER, 10u),
            StepDraft("water", Side.GIVE, 2u),
        )
        val planned = alex.sessions().plan(Audience.BOTH, SessionDraft(steps = steps))
        alex.sessions().step(planned.id, planned.steps[0].id, StepVerb.Start)
        meet(alex, sam)
        val never = sam.preferences()
        never.set(both("kissing"), ItemDraft(stance = Stance.Never), never.read(both("kissing")).version)

        screens { main ->
            val onSam = AfterScreen(sam, TEXTS, main, clock::now)
            val seen = onSam.shows { it.stage == AfterStage.LEADING }
            assertEquals(StepState.RUNNING to true, seen.led[0].state to seen.dark)
            assertEquals(listOf(false, true, false), seen.led.map { it.marked })
            assertEquals(0, seen.cues)
            onSam.swapLed(seen.led[1].id).join()
            val swapped = onSam.state.value.led
            assertNotEquals("Kissing", swapped[1].title.text)
            assertFalse(swapped.any { it.marked })
            onSam.phonesAway(false)
            assertFalse(onSam.state.value.dark)
        }
        clock.time += Duration.ofMinutes(3)
        screens { main ->
            val again = AfterScreen(sam, TEXTS, main, clock::now)
            val due = again.shows { it.cues == 1 }
            assertTrue(due.dark && due.session == planned.id)
            again.next().join()
            assertEquals(listOf(StepState.DONE, StepState.RUNNING), again.state.value.led.take(2).map { it.state })
            assertTrue(again.state.value.dark)
            again.byItself(true).join()
        }
        clock.time += Duration.ofHours(1)
        screens { main ->
            val later = AfterScreen(sam, TEXTS, main, clock::now)
            val led = later.shows { it.byItself }.led.map { it.state }
            assertEquals(listOf(StepState.DONE, StepState.DONE, StepState.RUNNING), led)
            alex.sessions().delete(planned.id)
            meet(alex, sam)
            later.shows { it.stage == AfterStage.ASKING && !it.dark }
        }
    }

    @Test
    fun `that two are apart is known to both and an activity that is gone has words`() = story {
        val (alex, sam) = couple()
        val draft = ActivityDraft("A call from the balcony", "", Family.SHARED, listOf(), 5u, 10u, worksApart = true)
        val call = alex.activities().add(Audience.BOTH, draft)
        for (vault in listOf(alex, sam)) {
            meet(alex, sam)
            share(vault, both(call.id), Stance.Love)
        }
        meet(alex, sam)
        val (never, apart) = sam.preferences() to Item.Stance(call.id, Side.TOGETHER, Condition.APART)
        never.set(apart, ItemDraft(stance = Stance.Never), never.read(apart).version)
        screens { main ->
            val onAlex = AfterScreen(alex, TEXTS, main)
            onAlex.plan(30, setOf(Condition.APART, Condition.TIRED)).join()
            assertContains(onAlex.state.value.picked.map { it.title.text }, "A call from the balcony")
            onAlex.start().join()
            val begun = alex.sessions().read(assertNotNull(onAlex.state.value.session))
            assertEquals(true to listOf(Condition.APART), begun.apart to begun.situation)
            meet(alex, sam)
            val onSam = AfterScreen(sam, TEXTS, main)
            val led = onSam.shows { it.stage == AfterStage.LEADING }.led
            assertEquals(listOf("A call from the balcony"), led.filter { it.marked }.map { it.title.text })

            alex.activities().remove(call.id)
            onAlex.shows { state -> state.led.any { it.title == TEXTS.say("unknown-activity") } }
        }
    }
}

private class Hands : Clock {
    @Volatile
    var time: Instant = SUNDAY

    override fun now() = time
}
