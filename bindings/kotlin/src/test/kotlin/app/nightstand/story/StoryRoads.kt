package app.nightstand.story

import app.nightstand.Action
import app.nightstand.Cancel
import app.nightstand.Channel
import app.nightstand.Code
import app.nightstand.NightstandException
import app.nightstand.PairingState
import app.nightstand.PairingTalk
import app.nightstand.RoadOptions
import app.nightstand.Sharing
import app.nightstand.SyncOutcome
import java.io.IOException
import java.time.Duration
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import kotlinx.coroutines.supervisorScope

private val HERE = RoadOptions(listen = "127.0.0.1:0")
private val MINUTE: Duration = Duration.ofMinutes(1)
private val MOMENT: Duration = Duration.ofMillis(1)

/** One end of a channel inside this process. The two are out of reach once so many pieces have passed. */
private class Wire(@Volatile private var passing: Int) : Channel {
    lateinit var other: Wire
    private val came = LinkedBlockingQueue<ByteArray>()

    @Volatile var ended = false

    override fun send(bytes: ByteArray): Boolean {
        if (ended || passing == 0) throw IOException()
        passing -= 1
        return other.came.add(bytes)
    }

    override fun receive(wait: Duration): ByteArray? {
        val bytes = came.poll(wait.toNanos(), TimeUnit.NANOSECONDS)
        if (bytes == null && other.ended) throw IOException()
        return bytes
    }

    override fun end() {
        ended = true
    }
}

private fun wires(passing: Int = 10_000): Pair<Wire, Wire> {
    val (one, other) = Wire(passing) to Wire(passing)
    one.other = other
    other.other = one
    return one to other
}

/** What a screen does that looks now and then. */
private suspend fun until(yes: suspend () -> Boolean) {
    while (!yes()) delay(10)
}

private suspend fun sayYes(talk: PairingTalk): Code {
    until { talk.state() is PairingState.Compare }
    val code = (talk.state() as PairingState.Compare).code
    talk.confirm()
    return code
}

/** Alex and Sam over QUIC, and over a channel of the app's own: the core leads, off every screen's thread. */
class StoryRoads : Phones() {
    @Test
    fun `over quic from the invite to a sync`() = story {
        val (alex, sam) = phones()
        val inviting = alex.pairing().invite("Alex")
        val ofAlex = inviting.road(HERE)
        val joining = sam.pairing().join("Sam", inviting.link(ofAlex.addresses()))
        val ofSam = joining.road(HERE)
        val states = listOf(async { inviting.accept(ofAlex, MINUTE) }, async { joining.dial(ofSam, MINUTE) })
        val codes = listOf(async { sayYes(inviting) }, async { sayYes(joining) }).awaitAll()
        assertEquals(codes[0], codes[1])
        assertEquals(listOf<PairingState>(PairingState.Paired, PairingState.Paired), states.awaitAll())
        ofAlex.end()
        ofSam.end()

        alex.journal().write(entry("Evening", "We lay there."), Sharing.JOINT)
        val (onAlex, onSam) = alex.sync().road(HERE) to sam.sync().road(HERE)
        val (begun, answering) = alex.sync().begin() to sam.sync().answer()
        val called = async { answering.accept(onSam, MINUTE) }
        val reports = listOf(begun.dial(onAlex, onSam.addresses(), MINUTE), called.await())
        assertEquals(List(2) { SyncOutcome.ALL_HANDED_OVER }, reports.map { it.outcome })
        assertEquals(listOf("Evening"), titles(sam))

        // After a while in the background the roads are made anew. The two then stay connected until one of them goes.
        for (road in listOf(onAlex, onSam)) {
            road.rebuild()
            road.networkChanged()
        }
        val (live, staying) = alex.sync().beginLive() to sam.sync().answerLive()
        val cancel = Cancel()
        val addresses = onSam.addresses()
        val led = listOf(
            async { live.dial(onAlex, addresses, MINUTE, cancel) },
            async { staying.accept(onSam, MINUTE) },
        )
        sam.journal().write(entry("Answer", "Yes.", 1), Sharing.SHARED)
        until { titles(alex) == listOf("Answer", "Evening") && live.isLevel() && staying.isLevel() }
        cancel.cancel()
        assertEquals(List(2) { SyncOutcome.ALL_HANDED_OVER }, led.awaitAll().map { it.outcome })
    }

    @Test
    fun `a call has an end`() = story {
        val (alex, sam) = couple()
        val (onAlex, onSam) = alex.sync().road(HERE) to sam.sync().road(HERE)
        val (begun, answering) = alex.sync().begin() to sam.sync().answer()
        val cancel = Cancel()
        supervisorScope {
            val waiting = async { answering.accept(onSam, MINUTE, cancel) }
            cancel.cancel()
            fails<NightstandException.Cancelled>("cancelled", Action.WAIT, true) { waiting.await() }
        }
        fails<NightstandException.Unreachable>("unreachable", Action.WAIT, true) { answering.accept(onSam, MOMENT) }
        fails<NightstandException.Unreachable>("unreachable", Action.WAIT, true) {
            begun.dial(onAlex, listOf(), MOMENT)
        }
        onSam.end()
        onSam.end()
        fails<NightstandException.Closed>("closed", Action.UNLOCK) { onSam.addresses() }
        for (options in listOf(RoadOptions(relays = listOf("relay.example.org")), RoadOptions(listen = "here"))) {
            fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) { alex.sync().road(options) }
        }
    }

    @Test
    fun `over a channel of the app's own`() = story {
        val (alex, sam) = phones()
        val inviting = alex.pairing().invite("Alex")
        val joining = sam.pairing().join("Sam", inviting.link())
        val (near, far) = wires()
        val states = listOf(async { inviting.drive(near, MINUTE) }, async { joining.drive(far, MINUTE) })
        listOf(async { sayYes(inviting) }, async { sayYes(joining) }).awaitAll()
        assertEquals(listOf<PairingState>(PairingState.Paired, PairingState.Paired), states.awaitAll())
        assertTrue(near.ended && far.ended)

        // As over Bluetooth: in pieces of 100 bytes, and out of reach after some of them.
        val text = (0..<60).joinToString(" ") { "$it minutes past" }
        for (day in 0L..<3L) alex.journal().write(entry("Day $day", text, day), Sharing.JOINT)
        val (cut, off) = wires(passing = 7)
        val (first, answered) = alex.sync().begin() to sam.sync().answer()
        supervisorScope {
            val leds = listOf(
                async { first.drive(cut, MINUTE, pieceBytes = 100u) },
                async { answered.drive(off, MINUTE, pieceBytes = 100u) },
            )
            for (led in leds) {
                fails<NightstandException.Unreachable>("unreachable", Action.WAIT, true) { led.await() }
            }
        }
        val (one, other) = wires()
        val (begun, answering) = alex.sync().begin() to sam.sync().answer()
        val reports = listOf(
            async { begun.drive(one, MINUTE, pieceBytes = 100u) },
            async { answering.drive(other, MINUTE, pieceBytes = 100u) },
        ).awaitAll()
        assertEquals(List(2) { SyncOutcome.ALL_HANDED_OVER }, reports.map { it.outcome })
        assertEquals(listOf("Day 2", "Day 1", "Day 0"), titles(sam))
    }
}
