"""An app's tests: vaults that go, a clock to set, a partner to script, a couple to show."""

import asyncio
import datetime
import os

from nightstand import (
    Action, Author, EntryDraft, Item, ItemDraft, Moment, NightstandError, RichText, RowsQuery, Sharing, Side, Stance,
    SyncOutcome, Whose,
)
from nightstand_testing import Couple, Disk, ScriptedPartner, TestClock, scratch_vault, set_disk
from phones import DAY, SUNDAY, Phones, entry, titles

HANDS = Item.STANCE(activity="holding-hands", side=Side.TOGETHER, condition=None)


class Testing(Phones):
    async def pair(self, clock=None):
        alex = await scratch_vault(1, clock, str(self.folder))
        sam = await ScriptedPartner.named("Sam", 2, clock, str(self.folder))
        await sam.pairs(alex, "Alex")
        return alex, sam

    async def test_a_partner_at_a_tests_word(self):
        alex = await scratch_vault(seed=1)
        sam = await ScriptedPartner.named("Sam", seed=2)
        await sam.pairs(alex, "Alex")
        await sam.writes("A letter", "dear Alex", Sharing.SHARED)
        report = await sam.meets(alex)
        self.assertEqual(report.outcome, SyncOutcome.ALL_HANDED_OVER)
        self.assertEqual(await titles(alex, author=Author.PARTNER), ["A letter"])
        self.assertEqual((await alex.pairing().partner()).name, "Sam")

        await sam.says(HANDS, ItemDraft(stance=Stance.LOVE()))
        await alex.journal().write(entry("For both", "Tea?"), Sharing.JOINT)
        self.assertEqual((await alex.preferences().list(Whose.PARTNER)).items, [])
        await sam.meets(alex)
        self.assertEqual([row.stance for row in (await alex.preferences().list(Whose.PARTNER)).items], [Stance.LOVE()])
        self.assertEqual(await titles(sam.vault()), ["For both", "A letter"])
        with self.fails(NightstandError.AlreadyPaired, "already_paired", Action.SHOW_SUPPORT):
            await sam.pairs(alex, "Alex")

    async def test_a_link_that_drops_and_a_disk_that_is_full(self):
        alex, sam = await self.pair()
        await sam.writes("A letter", "dear Alex", Sharing.SHARED)
        sam.drop_link(after_frames=1)
        with self.fails(NightstandError.Unreachable, "unreachable", Action.WAIT, retryable=True):
            await sam.meets(alex)
        self.assertEqual(await titles(alex), [])
        await sam.meets(alex)
        self.assertEqual(await titles(alex), ["A letter"])

        await sam.full_disk()
        await alex.journal().write(entry("For both", "Tea?"), Sharing.JOINT)
        with self.fails(NightstandError.Unreachable, "unreachable", Action.WAIT, retryable=True):
            await sam.meets(alex)
        await sam.room_again()
        self.assertEqual((await sam.meets(alex)).outcome, SyncOutcome.ALL_HANDED_OVER)
        self.assertEqual(len(await titles(sam.vault())), 2)

        await set_disk(alex, Disk.FULL)
        with self.fails(NightstandError.DiskFull, "disk_full", Action.FREE_SPACE, retryable=True):
            await alex.journal().write(entry("Too much", "…"), Sharing.PRIVATE)
        self.assertEqual(len(await titles(alex)), 2)
        await set_disk(alex, Disk.ROOMY)
        await alex.journal().write(entry("It fits", "…"), Sharing.PRIVATE)
        self.assertEqual(len(await titles(alex)), 3)

    async def test_the_time_is_set(self):
        clock = TestClock(SUNDAY)
        alex, sam = await self.pair(clock)
        clock.advance(2 * DAY)
        self.assertEqual(clock.now(), SUNDAY + 2 * DAY)
        await sam.writes("On Tuesday", "…", Sharing.SHARED)
        clock.set(SUNDAY - DAY)
        await sam.writes("On Saturday", "…", Sharing.SHARED)
        await sam.meets(alex)
        moments = [row.moment.utc for row in (await alex.journal().rows(RowsQuery())).rows]
        self.assertEqual(moments, [SUNDAY + 2 * DAY, SUNDAY - DAY])

        unpaired = await scratch_vault(3, clock)
        late = await ScriptedPartner.named("Late", 4, clock)
        link = await (await unpaired.pairing().invite("Alex")).link()
        clock.advance(datetime.timedelta(minutes=11))
        with self.fails(NightstandError.Refused, "refused", Action.CHOOSE_AGAIN):
            await late.vault().pairing().join("Late", link)

    async def test_equal_seeds_make_equal_couples(self):
        first, again, other = await Couple.make(7), await Couple.make(7), await Couple.make(8)

        async def shown(couple):
            rows = (await couple.alex().journal().rows(RowsQuery())).rows
            return [(row.id, row.title, row.moment) for row in rows]

        self.assertEqual(await shown(first), await shown(again))
        self.assertNotEqual([id for id, _, _ in await shown(first)], [id for id, _, _ in await shown(other)])
        digest = await first.alex().journal().shared_digest()
        self.assertEqual(digest, await again.sam().vault().journal().shared_digest())
        self.assertEqual(len(await shown(first)), 7)
        self.assertEqual(len((await first.alex().preferences().list(Whose.PARTNER)).items), 5)
        # They go on alike, too.
        for couple in first, again:
            couple.clock().advance(DAY)
            await couple.sam().writes("And so on", "…", Sharing.SHARED)
            await couple.sam().meets(couple.alex())
        self.assertEqual(await shown(first), await shown(again))
        frames = [await (await couple.alex().sync().begin()).poll_frame() for couple in (first, again, other)]
        self.assertEqual(frames[0], frames[1])
        self.assertNotEqual(frames[0], frames[2])

    async def test_nothing_is_left_behind(self):
        alex, sam = await self.pair()
        self.assertEqual(len(os.listdir(self.folder)), 2)
        await alex.close()
        await sam.vault().close()
        del alex, sam
        await self.until(lambda: os.listdir(self.folder) == [])

    async def until(self, so):
        """Waits for what another thread is about to do."""
        for _ in range(1000):
            if so():
                return
            await asyncio.sleep(0.01)
        self.fail("it did not come about")
