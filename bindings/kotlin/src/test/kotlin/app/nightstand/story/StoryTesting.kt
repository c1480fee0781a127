package app.nightstand.story

import app.nightstand.Action
import app.nightstand.Author
import app.nightstand.Item
import app.nightstand.ItemDraft
import app.nightstand.NightstandException
import app.nightstand.RowsQuery
import app.nightstand.Sharing
import app.nightstand.Side
import app.nightstand.Stance
import app.nightstand.SyncOutcome
import app.nightstand.Vault
import app.nightstand.Whose
import app.nightstand.testing.Couple
import app.nightstand.testing.Disk
import app.nightstand.testing.ScriptedPartner
import app.nightstand.testing.TestClock
import app.nightstand.testing.scratchVault
import app.nightstand.testing.setDisk
import java.time.Duration
import kotlin.io.path.listDirectoryEntries
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlinx.coroutines.delay

private val HANDS = Item.Stance(activity = "holding-hands", side = Side.TOGETHER, condition = null)
private val DAY = Duration.ofDays(1)

/** An app's tests: vaults that go, a clock to set, a partner to script, a couple to show. */
class StoryTesting : Phones() {
    private suspend fun pair(clock: TestClock? = null): Pair<Vault, ScriptedPartner> {
        val alex = scratchVault(1u, clock, folder.toString())
        val sam = ScriptedPartner.named("Sam", 2u, clock, folder.toString())
        sam.pairs(alex, "Alex")
        return alex to sam
    }

    @Test
    fun `a partner at a tests word`() = story {
        val alex = scratchVault(seed = 1u)
        val sam = ScriptedPartner.named("Sam", seed = 2u)
        sam.pairs(alex, "Alex")
        sam.writes("A letter", "dear Alex", Sharing.SHARED)
        val report = sam.meets(alex)
        assertEquals(SyncOutcome.ALL_HANDED_OVER, report.outcome)
        assertEquals(listOf("A letter"), titles(alex, RowsQuery(author = Author.PARTNER)))
        assertEquals("Sam", alex.pairing().partner()?.name)

        sam.says(HANDS, ItemDraft(stance = Stance.Love))
        alex.journal().write(entry("For both", "Tea?"), Sharing.JOINT)
        assertEquals(emptyList(), alex.preferences().list(Whose.PARTNER).items)
        sam.meets(alex)
        val theirs = alex.preferences().list(Whose.PARTNER).items
        assertEquals(listOf<Stance?>(Stance.Love), theirs.map { it.stance })
        assertEquals(listOf("For both", "A letter"), titles(sam.vault()))
        fails<NightstandException.AlreadyPaired>("already_paired", Action.SHOW_SUPPORT) { sam.pairs(alex, "Alex") }
    }

    @Test
    fun `a link that drops and a disk that is full`() = story {
        val (alex, sam) = pair()
        sam.writes("A letter", "dear Alex", Sharing.SHARED)
        sam.dropLink(afterFrames = 1u)
        fails<NightstandException.Unreachable>("unreachable", Action.WAIT, retryable = true) { sam.meets(alex) }
        assertEquals(emptyList(), titles(alex))
        sam.meets(alex)
        assertEquals(listOf("A letter"), titles(alex))

        sam.fullDisk()
        alex.journal().write(entry("For both", "Tea?"), Sharing.JOINT)
        fails<NightstandException.Unreachable>("unreachable", Action.WAIT, retryable = true) { sam.meets(alex) }
        sam.roomAgain()
        assertEquals(SyncOutcome.ALL_HANDED_OVER, sam.meets(alex).outcome)
        assertEquals(2, titles(sam.vault()).size)

        setDisk(alex, Disk.FULL)
        fails<NightstandException.DiskFull>("disk_full", Action.FREE_SPACE, retryable = true) {
            alex.journal().write(entry("Too much", "…"), Sharing.PRIVATE)
        }
        assertEquals(2, titles(alex).size)
        setDisk(alex, Disk.ROOMY)
        alex.journal().write(entry("It fits", "…"), Sharing.PRIVATE)
        assertEquals(3, titles(alex).size)
    }

    @Test
    fun `the time is set`() = story {
        val clock = TestClock(SUNDAY)
        val (alex, sam) = pair(clock)
        clock.advance(Duration.ofDays(2))
        assertEquals(SUNDAY + Duration.ofDays(2), clock.now())
        sam.writes("On Tuesday", "…", Sharing.SHARED)
        clock.set(SUNDAY - DAY)
        sam.writes("On Saturday", "…", Sharing.SHARED)
        sam.meets(alex)
        val moments = alex.journal().rows(RowsQuery()).rows.map { it.moment.utc }
        assertEquals(listOf(SUNDAY + Duration.ofDays(2), SUNDAY - DAY), moments)

        val unpaired = scratchVault(3u, clock)
        val late = ScriptedPartner.named("Late", 4u, clock)
        val link = unpaired.pairing().invite("Alex").link()
        clock.advance(Duration.ofMinutes(11))
        fails<NightstandException.Refused>("refused", Action.CHOOSE_AGAIN) { late.vault().pairing().join("Late", link) }
    }

    @Test
    fun `equal seeds make equal couples`() = story {
        val (first, again, other) = listOf(7uL, 7uL, 8uL).map { Couple.make(it) }
        suspend fun shown(couple: Couple) =
            couple.alex().journal().rows(RowsQuery()).rows.map { Triple(it.id, it.title, it.moment) }

        assertEquals(shown(first), shown(again))
        assertNotEquals(shown(first).map { it.first }, shown(other).map { it.first })
        val digest = first.alex().journal().sharedDigest()
        assertEquals(digest, again.sam().vault().journal().sharedDigest())
        assertEquals(7, shown(first).size)
        assertEquals(5, first.alex().preferences().list(Whose.PARTNER).items.size)
        // They go on alike, too.
        for (couple in listOf(first, again)) {
            couple.clock().advance(DAY)
            couple.sam().writes("And so on", "…", Sharing.SHARED)
            couple.sam().meets(couple.alex())
        }
        assertEquals(shown(first), shown(again))
        val frames = listOf(first, again, other).map { assertNotNull(it.alex().sync().begin().pollFrame()) }
        assertTrue(frames[0].contentEquals(frames[1]))
        assertFalse(frames[0].contentEquals(frames[2]))
    }

    @Test
    fun `nothing is left behind`() = story {
        val (alex, sam) = pair()
        assertEquals(2, folder.listDirectoryEntries().size)
        alex.use { it.shut() }
        sam.use { partner -> partner.vault().use { it.shut() } }
        // The core's threads are about to let go.
        while (folder.listDirectoryEntries().isNotEmpty()) delay(10)
    }
}
