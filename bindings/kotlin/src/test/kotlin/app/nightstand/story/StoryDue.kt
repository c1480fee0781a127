package app.nightstand.story

import app.nightstand.Action
import app.nightstand.Audience
import app.nightstand.CheckInMoment
import app.nightstand.DueKind
import app.nightstand.DueLead
import app.nightstand.FollowUpAnswer
import app.nightstand.FollowUpDraft
import app.nightstand.FollowUpFor
import app.nightstand.FollowUpTime
import app.nightstand.InputFault
import app.nightstand.Mute
import app.nightstand.NightstandException
import app.nightstand.QuietHours
import app.nightstand.RoomDraft
import app.nightstand.RoomState
import app.nightstand.SessionDraft
import app.nightstand.Side
import app.nightstand.StepDraft
import app.nightstand.StepVerb
import app.nightstand.Vault
import app.nightstand.Whose
import app.nightstand.ZoneRule
import app.nightstand.reconnectScripts
import java.time.Duration
import java.time.Instant
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

private val DAY: Duration = Duration.ofDays(1)

private suspend fun due(vault: Vault, begins: Instant, zone: String = WARSAW) =
    vault.due().between(begins - DAY, begins + DAY.multipliedBy(9), zone, LocalZones)

private suspend fun kinds(vault: Vault, begins: Instant) = due(vault, begins).items.map { it.kind }

/** What is due, and what leads to it: settings, wishes about later, a time that both set aside. */
class StoryDue : Phones() {
    @Test
    fun `what is due follows from what stands`() = story {
        val (alex, sam) = couple()
        val since = alex.settings().read()
        alex.settings().set(since.copy(askClosing = true, askLaterToday = null), since)
        val water = StepDraft("water", Side.TOGETHER, 5u)
        val session = alex.sessions().plan(Audience.BOTH, SessionDraft(steps = listOf(water)))
        val step = session.steps[0].id
        val running = alex.sessions().step(session.id, step, StepVerb.Start)
        val begins = running.at
        val told = due(alex, begins)
        assertEquals(listOf(DueKind.STEP), told.items.map { it.kind })
        assertEquals(running.steps[0].endsAt to ZoneRule.INSTANT, told.items[0].fire to told.items[0].rule)
        assertEquals(listOf<DueLead>(DueLead.Step(session.id, step)), told.items[0].leadsTo)
        assertEquals(begins + DAY.multipliedBy(9) to true, told.askAgainAt to told.zoneKnown)

        val ended = assertNotNull(alex.sessions().end(session.id).ended)
        assertEquals(listOf(), kinds(sam, begins))
        meet(alex, sam)
        assertTrue(DueKind.CHECK_IN_NEXT_MORNING in kinds(sam, begins))
        val (closing, morning) = due(alex, begins).items
        assertEquals(DueKind.CHECK_IN_CLOSING to DueKind.CHECK_IN_NEXT_MORNING, closing.kind to morning.kind)
        assertEquals(ZoneRule.LOCAL_TIME, morning.rule)
        assertEquals(listOf<DueLead>(DueLead.Session(session.id, CheckInMoment.NEXT_MORNING)), morning.leadsTo)
        assertTrue(closing.id in morning.replaces)
        assertEquals("due-check-in-next-morning", morning.titleKey)
        assertFalse(due(alex, begins, "Mars/Base").zoneKnown)

        alex.due().decline(morning.id)
        alex.due().snooze(closing.id, ended + DAY)
        val putOff = due(alex, begins).items.single()
        assertEquals(closing.id to ended + DAY, putOff.id to putOff.fire)
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.due().snooze(closing.id, ended + DAY.multipliedBy(60))
        }
    }

    @Test
    fun `who wants quiet has it`() = story {
        val (alex, _) = phones()
        val settings = alex.settings().read()
        assertFalse(settings.askClosing || settings.offerReconnect)
        assertEquals<Mute>(Mute.Off, settings.mute)
        val quiet = settings.copy(quietHours = QuietHours((21 * 60).toUShort(), (7 * 60).toUShort()))
        alex.settings().set(quiet, settings)
        assertEquals(quiet, alex.settings().read())
        assertTrue(alex.settings().isQuiet(SUNDAY, WARSAW, LocalZones))
        assertFalse(alex.settings().isQuiet(SUNDAY, "Mars/Base", LocalZones))
        fails<NightstandException.ChangedMeanwhile>("changed_meanwhile", Action.CHOOSE_AGAIN) {
            alex.settings().set(settings.copy(askClosing = true), settings)
        }
        val muted = quiet.copy(mute = Mute.UntilTakenOff)
        alex.settings().set(muted, quiet)
        assertTrue(alex.settings().isQuiet(SUNDAY, "Mars/Base", LocalZones))
        val wrong = assertFailsWith<NightstandException.InvalidInput> {
            alex.settings().set(muted.copy(askNextMorning = 1440u), muted)
        }
        assertEquals(InputFault.RANGE, wrong.what)
    }

    @Test
    fun `a wish of the partners comes due after a yes`() = story {
        val (alex, sam) = couple()
        val word = FollowUpDraft(time = FollowUpTime.NextDay((9 * 60).toUShort()), activity = "kind-word-next-day")
        val wish = alex.followUps().add(FollowUpFor.PARTNER, word)
        meet(alex, sam)
        val seen = sam.followUps().list(Whose.PARTNER).single()
        assertEquals(Triple(word, null, FollowUpFor.ME), Triple(seen.content, seen.answer, seen.wishedOf))
        assertEquals(listOf(), kinds(sam, wish.made))
        sam.followUps().answer(wish.id, FollowUpAnswer.NO, seen.hash)
        meet(alex, sam)
        val unanswered = alex.followUps().read(wish.id)
        assertContentEquals(wish.hash, unanswered.hash)
        assertEquals(wish.copy(hash = unanswered.hash), unanswered)
        fails<NightstandException.ChangedMeanwhile>("changed_meanwhile", Action.CHOOSE_AGAIN) {
            sam.followUps().answer(wish.id, FollowUpAnswer.YES, ByteArray(32))
        }
        sam.followUps().answer(wish.id, FollowUpAnswer.YES, seen.hash)
        assertEquals(listOf(DueKind.KIND_WORD), kinds(sam, wish.made))
        meet(alex, sam)
        assertTrue(alex.followUps().read(wish.id).partnerSaidYes)
        assertEquals(listOf(), kinds(alex, wish.made))
        fails<NightstandException.ChangedMeanwhile>("changed_meanwhile", Action.CHOOSE_AGAIN) {
            sam.followUps().done(wish.id, ByteArray(32))
        }
        assertTrue(sam.followUps().done(wish.id, seen.hash).isDone)
        assertEquals(listOf(), kinds(sam, wish.made))

        val near = FollowUpDraft(
            time = FollowUpTime.At(wish.made + DAY.multipliedBy(2)),
            activity = "reconnect-later",
            script = reconnectScripts()[0],
        )
        val own = alex.followUps().add(FollowUpFor.ME, near)
        assertEquals(listOf(DueKind.RECONNECT), kinds(alex, wish.made))
        val past = FollowUpDraft(time = FollowUpTime.At(wish.made - DAY), words = "Yesterday.")
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.followUps().add(FollowUpFor.ME, past)
        }
        val more = near.copy(words = "On the balcony.")
        assertEquals(more, alex.followUps().change(own.id, more, near).content)
        alex.followUps().takeBack(wish.id)
        meet(alex, sam)
        assertEquals(listOf(), sam.followUps().list(Whose.PARTNER))
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.followUps().answer(own.id, FollowUpAnswer.YES, own.hash)
        }
    }

    @Test
    fun `an offer to reconnect comes to whoever wants it`() = story {
        val (alex, sam) = couple()
        val session = alex.sessions().plan(Audience.BOTH, SessionDraft())
        val begins = alex.sessions().start(session.id).at
        alex.sessions().end(session.id)
        val since = alex.settings().read()
        alex.settings().set(since.copy(offerReconnect = true), since)
        meet(alex, sam)
        suspend fun offers(vault: Vault) =
            vault.due().between(begins + DAY.multipliedBy(9), begins + DAY.multipliedBy(30), WARSAW, LocalZones)
                .items.filter { it.leadsTo == listOf<DueLead>(DueLead.Reconnect) }
        val offer = offers(alex).single()
        assertEquals(DueKind.RECONNECT to "due-reconnect", offer.kind to offer.titleKey)
        assertEquals(listOf(), offers(sam))
        alex.due().decline(offer.id)
        assertEquals(listOf(), offers(alex))
    }

    @Test
    fun `a time that both set aside`() = story {
        val (alex, sam) = couple()
        val planned = alex.sessions().plan(Audience.ME, SessionDraft()).at
        val slowly = RoomDraft(at = planned + DAY.multipliedBy(5), minutes = 90u, title = "Slowly")
        val room = alex.rooms().propose(slowly)
        assertEquals(RoomState.WAITING to Whose.ME, room.state to room.proposedBy)
        assertEquals(30.toUShort(), room.reminderMinutes)
        meet(alex, sam)
        assertEquals(RoomState.DECLINED, sam.rooms().decline(room.id).state)
        meet(alex, sam)
        assertEquals(RoomState.WAITING, alex.rooms().read(room.id).state)
        fails<NightstandException.ChangedMeanwhile>("changed_meanwhile", Action.CHOOSE_AGAIN) {
            sam.rooms().accept(room.id, ByteArray(32))
        }
        sam.rooms().accept(room.id, room.hash)
        sam.rooms().remind(room.id, 120u)
        meet(alex, sam)
        assertEquals(listOf(DueKind.ROOM), kinds(alex, planned))
        val told = due(sam, planned).items.single()
        assertEquals(slowly.at - Duration.ofHours(2), told.fire)
        assertEquals(listOf<DueLead>(DueLead.Room(room.id)), told.leadsTo)

        val moved = alex.rooms().moveTo(room.id, slowly.copy(at = slowly.at + DAY))
        meet(alex, sam)
        val asked = sam.rooms().read(moved.id)
        assertEquals(RoomState.ASKED to room.id, asked.state to asked.moves)
        assertEquals(moved.id, sam.rooms().read(room.id).movedTo)
        sam.rooms().accept(moved.id, asked.hash)
        assertEquals(RoomState.DECLINED, sam.rooms().withdraw(moved.id).state)
        assertEquals(2, sam.rooms().list(planned, planned + DAY.multipliedBy(9)).size)
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.rooms().decline(moved.id)
        }
    }
}
