package app.nightstand.story

import app.nightstand.Action
import app.nightstand.Hush
import app.nightstand.NightstandException
import app.nightstand.Signal
import app.nightstand.SignalKind
import app.nightstand.Texts
import app.nightstand.Whose
import app.nightstand.signalLivesMinutes
import app.nightstand.signalTextKey
import java.time.Duration
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** One tap: signals that fade, ask for no answer, and do not tell who has read them. */
class StorySignals : Phones() {
    @Test
    fun `a signal counts for a while`() = story {
        val (alex, sam) = couple()
        val quiet = Signal.Listed(SignalKind.QUIET_FINE)
        assertEquals(60u.toUShort(), signalLivesMinutes(quiet))
        val said = Texts(listOf("en")).say(signalTextKey(SignalKind.QUIET_FINE))
        assertEquals("I need quiet, we are fine", said.text)
        val sent = alex.signals().send(quiet)
        assertEquals(Whose.ME to Duration.ofHours(1), sent.whose to Duration.between(sent.sent, sent.liveUntil))
        meet(alex, sam)
        val seen = sam.signals().list().live[0]
        assertEquals(Triple(sent.id, Whose.PARTNER, quiet as Signal), Triple(seen.id, seen.whose, seen.signal))

        val old = SUNDAY - Duration.ofDays(1)
        val told = sam.signals().toNotify(old, Hush.OFF)
        assertEquals(listOf(sent.id to "due-signal"), told.map { it.id to it.titleKey })
        assertTrue(sam.signals().toNotify(seen.received!!, Hush.OFF).isEmpty())
        assertTrue(sam.signals().toNotify(old, Hush.ON).isEmpty())
        fails<NightstandException.NotFound>("not_found", Action.CHOOSE_AGAIN) { sam.signals().takeBack(sent.id) }
        alex.signals().takeBack(sent.id)
        meet(alex, sam)
        val left = sam.signals().list()
        assertTrue(left.live.isEmpty() && left.earlier.isEmpty())
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) { alex.signals().send(quiet, 0u) }
    }

    @Test
    fun `own words are kept to be sent again`() = story {
        val (alex, sam) = couple()
        val saved = alex.signals().save("Hum to me", 20u)
        assertEquals(listOf("Hum to me"), alex.signals().saved().map { it.words })
        alex.signals().send(Signal.Own(saved.words), saved.livesMinutes)
        alex.signals().forget(saved.id)
        meet(alex, sam)
        val seen = sam.signals().list().live[0]
        assertEquals<Signal>(Signal.Own("Hum to me"), seen.signal)
        assertEquals(Duration.ofMinutes(20), Duration.between(seen.sent, seen.liveUntil))
        assertTrue(alex.signals().saved().isEmpty() && sam.signals().saved().isEmpty())
    }
}
