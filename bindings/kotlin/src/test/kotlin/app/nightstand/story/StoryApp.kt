package app.nightstand.story

import app.nightstand.Action
import app.nightstand.Clock
import app.nightstand.FileForm
import app.nightstand.Layout
import app.nightstand.NightstandException
import app.nightstand.Observer
import app.nightstand.PairingState
import app.nightstand.RowsPage
import app.nightstand.RowsQuery
import app.nightstand.Sharing
import app.nightstand.SyncOutcome
import app.nightstand.Vault
import app.nightstand.changes
import app.nightstand.inspect
import app.nightstand.inspectWithKey
import app.nightstand.version
import java.time.Duration
import java.time.Instant
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.flow.transformWhile
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/** The life of an app: keys, pauses, observers, clocks, threads, endings. */
class StoryApp : Phones() {
    @Test
    fun `keys and files`() = story {
        val path = folder.resolve("alex.db").toString()
        assertEquals(FileForm.ABSENT, inspect(path).form)
        var alex = openVault(folder, "alex.db", 1)
        fails<NightstandException.Locked>("locked", Action.WAIT, retryable = true) { openVault(folder, "alex.db", 1) }
        alex.journal().write(entry("Kept", "words that stay"), Sharing.PRIVATE)
        alex.shut()
        val found = inspect(path)
        assertEquals(FileForm.PLAUSIBLE, found.form)
        assertEquals(Layout.CURRENT, inspectWithKey(path, ByteArray(32) { 1 }).layout)
        fails<NightstandException.WrongKey>("wrong_key", Action.UNLOCK) { openVault(folder, "alex.db", 9) }
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            Vault.open(path, "short".toByteArray(), ByteArray(16))
        }
        assertEquals(found.bytes, inspect(path).bytes)
        alex = openVault(folder, "alex.db", 1)
        assertEquals(listOf("Kept"), titles(alex))
    }

    @Test
    fun `the life of an app`() = story {
        val alex = openVault(folder, "alex.db", 1)
        val (journal, talk) = alex.journal() to alex.pairing().invite("Alex")
        alex.pause(Duration.ofSeconds(2))
        fails<NightstandException.Paused>("paused", Action.WAIT, retryable = true) { journal.rows(RowsQuery()) }
        alex.resume()
        assertEquals(0uL, journal.count(RowsQuery()))
        alex.pause(Duration.ofSeconds(Long.MAX_VALUE))
        alex.resume()
        alex.shut()
        val calls = listOf<suspend () -> Any?>(
            { journal.rows(RowsQuery()) }, { journal.write(entry("Late", "too late"), Sharing.PRIVATE) },
            { alex.pairing().invite("Alex") }, { alex.sync().begin() }, alex::resume,
            { alex.pause(Duration.ZERO) }, journal::sharedDigest, alex.pairing()::partner,
        )
        for (call in calls) fails<NightstandException.Closed>("closed", Action.UNLOCK) { call() }
        assertIs<PairingState.Meeting>(talk.state())
        alex.shut()
        // Behind AutoCloseable's own close() there is no handle left to ask.
        alex.close()
        assertFailsWith<IllegalStateException> { alex.journal() }
    }

    @Test
    fun `an observer is told after commits`() = story {
        val alex = openVault(folder, "alex.db", 1)
        val (journal, told) = alex.journal() to Told()
        val (angry, subscription) = Angry() to alex.observe(told)
        val anger = alex.observe(angry)
        told.reaches(0uL)
        for (number in 1uL..3uL) {
            journal.write(entry("Heard", "…", number.toLong()), Sharing.PRIVATE)
            told.reaches(number)
            angry.reaches(number)
            assertEquals(number, journal.count(RowsQuery()))
        }
        assertEquals(told.revisions.toSortedSet().toList(), told.revisions.toList())
        subscription.end()
        anger.end()
        val heard = told.revisions.toList()
        journal.write(entry("Unheard", "…"), Sharing.PRIVATE)
        assertEquals(heard, told.revisions.toList())
        // Letting go of it is enough.
        alex.observe(told).close()
        alex.shut()
    }

    @Test
    fun `changes come as a stream`() = story {
        val vault = openVault(folder, "alex.db", 1)
        assertEquals(0uL, vault.changes().first())
        val seen = vault.changes()
            .onEach { if (it < 3uL) vault.journal().write(entry("Seen", "…", it.toLong()), Sharing.PRIVATE) }
            .transformWhile { revision -> emit(revision).let { revision < 3uL } }
            .toList()
        assertEquals(listOf(0uL, 1uL, 2uL, 3uL), seen)

        val drawn = MutableStateFlow(0)
        val draw = { page: RowsPage -> drawn.value = page.rows.size }
        val screen = launch {
            vault.changes().collect { draw(vault.journal().rows(RowsQuery(limit = 50u))) }
        }
        drawn.first { it == 3 }
        vault.journal().write(entry("Drawn", "…", 4), Sharing.PRIVATE)
        drawn.first { it == 4 }
        screen.cancelAndJoin()
        vault.shut()
    }

    @Test
    fun `the apps clock is asked and may fail`() = story {
        val clock = SetClock()
        val (alex, sam) = openVault(folder, "alex.db", 1, clock) to openVault(folder, "sam.db", 2, clock)
        pair(alex, sam)
        assertTrue(clock.asked.get() > 0)
        clock.broken = true
        alex.pairing().partner()
        alex.journal().write(entry("Timeless", "…"), Sharing.JOINT)
        assertEquals(SyncOutcome.ALL_HANDED_OVER, meet(alex, sam).outcome)
    }

    @Test
    fun `a call given up is done all the same`() = story {
        val alex = openVault(folder, "alex.db", 1)
        val calls = (0L until 20L).map { day ->
            launch(start = CoroutineStart.UNDISPATCHED) {
                alex.journal().write(entry("Given up", "…", day), Sharing.PRIVATE)
            }
        }
        calls.forEach { it.cancel() }
        calls.joinAll()
        alex.journal().write(entry("Waited for", "…"), Sharing.PRIVATE)
        assertEquals(21uL, alex.journal().count(RowsQuery()))
    }

    @Test
    fun `many at once`() = story {
        val (alex, sam) = couple()
        suspend fun write(vault: Vault, number: Int): String {
            val id = vault.journal().write(entry("$number", "many at once", number.toLong()), Sharing.SHARED)
            return vault.journal().read(id).entry.title
        }
        val numbers = (0 until 40).flatMap { number -> listOf(alex to number, sam to number) }
        val written = numbers.map { (vault, number) -> async(Dispatchers.Default) { write(vault, number) } }
        assertEquals(numbers.map { (_, number) -> "$number" }, written.awaitAll())

        val failed = ConcurrentLinkedQueue<Throwable>()
        val threads = List(4) { listOf(alex, sam) }.flatten().map { vault ->
            thread { runCatching { runBlocking { write(vault, 40) } }.onFailure(failed::add) }
        }
        while (threads.any { it.isAlive }) meet(alex, sam)
        assertEquals(emptyList(), failed.toList())
        meet(alex, sam)
        assertEquals(88uL, alex.journal().count(RowsQuery()))
        assertEquals(alex.journal().sharedDigest(), sam.journal().sharedDigest())
    }

    @Test
    fun versions() {
        val version = version()
        assertTrue(Regex("""\d+\.\d+\.\d+.*""").matches(version.library))
        assertTrue(version.binding >= 2u && version.protocol >= 1u && version.schema >= 1u)
        assertTrue(version.catalogue >= 1u && version.synonyms >= 1u)
    }
}

/** Notes what it is told, on the core's thread, and wakes the story on its own. */
open class Told : Observer {
    val revisions = ConcurrentLinkedQueue<ULong>()
    private val newest = MutableStateFlow<ULong?>(null)

    override fun changed(revision: ULong) {
        revisions += revision
        newest.value = revision
    }

    suspend fun reaches(revision: ULong) {
        newest.first { it != null && it >= revision }
    }
}

private class Angry : Told() {
    override fun changed(revision: ULong) {
        super.changed(revision)
        error("a private word in an exception")
    }
}

private class SetClock : Clock {
    val asked = AtomicInteger()

    @Volatile
    var broken = false

    override fun now(): Instant {
        asked.incrementAndGet()
        check(!broken) { "no battery" }
        return SUNDAY
    }
}
