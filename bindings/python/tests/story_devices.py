"""Alex's phone and tablet: linked, lost, removed; and Alex parts from Sam."""

from nightstand import Action, NightstandError, PartingChoice, RowsQuery, Sharing, Stays
from phones import DAY, Hands, Phones, agree, carry, entry, meet, meet_own, open_vault, pair, titles


class Devices(Phones):
    async def home(self):
        """Alex's phone and Sam's, paired, and Alex's 24 words."""
        self.clock = Hands()
        phone = await open_vault(self.folder, "alex.db", 1, self.clock)
        sam = await open_vault(self.folder, "sam.db", 2, self.clock)
        await pair(phone, sam)
        return phone, sam, " ".join(await phone.recovery_phrase().show())

    async def tablet(self, phone, words):
        tablet = await open_vault(self.folder, "tablet.db", 3, self.clock)
        inviting = await phone.devices().invite(words, "Phone")
        joining = await tablet.devices().join("Tablet", await inviting.link())
        shown = await agree(inviting, joining)
        report = await meet_own(tablet, phone)
        self.assertTrue(report.devices_changed)
        return tablet, shown

    async def only(self, phone):
        others = (await phone.devices().list()).others
        self.assertEqual(len(others), 1)
        return others[0]

    async def test_a_tablet_is_linked_by_the_recovery_phrase_and_has_what_is_shared(self):
        phone, sam, words = await self.home()
        await phone.journal().write(entry("Mine alone", "for me"), Sharing.PRIVATE)
        await phone.journal().write(entry("For both to read", "on the sofa", 1), Sharing.SHARED)
        others = " ".join(await sam.recovery_phrase().show())
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await phone.devices().invite(others, "Phone")
        link = await (await phone.devices().invite(words, "Phone")).link()
        with self.fails(NightstandError.Refused, "refused", Action.CHOOSE_AGAIN):
            await sam.devices().join("Tablet", link)

        tablet, (on_phone, on_tablet) = await self.tablet(phone, words)
        self.assertEqual(on_phone.code, on_tablet.code)
        self.assertEqual((on_phone.name, on_tablet.name), ("Tablet", "Phone"))
        self.assertEqual(await titles(tablet), ["For both to read"])
        self.assertEqual((await tablet.pairing().partner()).name, "Sam")
        view = await phone.devices().list()
        self.assertEqual([(other.name, other.is_new) for other in view.others], [("Tablet", True)])
        self.assertFalse(view.this_is_removed or view.needs_settling)
        await phone.devices().seen()
        self.assertFalse((await self.only(phone)).is_new)

        begun = await phone.sync().begin_live_with_own((await self.only(phone)).device)
        answering = await tablet.sync().answer_live()
        while await carry(begun, answering) + await carry(answering, begun):
            pass
        self.assertTrue(begun.is_level() and answering.is_level())
        await tablet.journal().write(entry("From the tablet", "in bed", 2), Sharing.SHARED)
        await begun.leave()
        while await carry(answering, begun) + await carry(begun, answering):
            pass
        self.assertTrue(begun.is_over() and answering.is_over())
        self.assertEqual(await titles(phone), ["From the tablet", "For both to read", "Mine alone"])

    async def test_what_is_private_comes_after_three_days(self):
        phone, _, words = await self.home()
        await phone.journal().write(entry("Mine alone", "for me"), Sharing.PRIVATE)
        tablet, _ = await self.tablet(phone, words)
        there = await self.only(phone)
        self.assertTrue(there.private_passing.is_WAITS())
        self.assertEqual(there.private_passing.until, there.since + 3 * DAY)
        self.assertEqual(await titles(tablet), [])
        self.clock.at += 3 * DAY
        self.assertTrue((await self.only(phone)).private_passing.is_PASSES())
        await meet_own(tablet, phone)
        self.assertEqual(await titles(tablet), ["Mine alone"])

    async def test_private_is_refused_or_let_pass_at_once(self):
        phone, _, words = await self.home()
        await phone.journal().write(entry("Mine alone", "for me"), Sharing.PRIVATE)
        tablet, _ = await self.tablet(phone, words)
        device = (await self.only(phone)).device
        await phone.devices().refuse_private(device)
        self.clock.at += 4 * DAY
        await meet_own(tablet, phone)
        self.assertTrue((await self.only(phone)).private_passing.is_REFUSED())
        self.assertEqual(await titles(tablet), [])
        # Sooner, it takes the second key.
        with self.fails(NightstandError.Refused, "refused", Action.CHOOSE_AGAIN):
            await phone.devices().let_private_pass(device)
        await phone.set_private_key(bytes(32), None)
        await phone.devices().let_private_pass(device)
        await meet_own(tablet, phone)
        self.assertEqual(await titles(tablet), ["Mine alone"])
        with self.fails(NightstandError.NotFound, "not_found", Action.CHOOSE_AGAIN):
            await phone.devices().refuse_private("nobody's")

    async def test_a_lost_tablet_is_removed_and_refused(self):
        phone, sam, words = await self.home()
        tablet, _ = await self.tablet(phone, words)
        await tablet.journal().write(entry("On the sofa", "with tea"), Sharing.SHARED)
        await meet(tablet, sam)
        await meet_own(tablet, phone)
        self.assertEqual(await phone.devices().remove(words, (await self.only(phone)).device), 1)
        self.assertEqual((await phone.devices().list()).others, [])
        with self.fails(NightstandError.Refused, "refused", Action.CHOOSE_AGAIN):
            await meet_own(tablet, phone)
        await meet(phone, sam)
        begun, answering = await tablet.sync().begin_again(), await sam.sync().answer()
        with self.fails(NightstandError.Refused, "refused", Action.CHOOSE_AGAIN):
            await carry(begun, answering)
        # What Sam's phone says last tells the tablet why.
        with self.fails(NightstandError.Refused, "refused", Action.SHOW_SUPPORT):
            await carry(answering, begun)
        self.assertTrue((await tablet.devices().list()).this_is_removed)
        # What is on it stays.
        for vault in phone, sam, tablet:
            self.assertEqual(await titles(vault), ["On the sofa"])

    async def test_what_the_removed_tablet_wrote_last_is_set_aside_kept_or_let_go(self):
        phone, sam, words = await self.home()
        await phone.journal().write(entry("Under the trees", "with tea", 2), Sharing.SHARED)
        await meet(phone, sam)
        tablet, _ = await self.tablet(phone, words)
        for day, title in enumerate(["Was that me?", "Or somebody else"]):
            await tablet.journal().write(entry(title, "on the sofa", day), Sharing.SHARED)
        newest = (await tablet.journal().rows(RowsQuery())).rows[0]
        self.assertEqual(newest.title, "Under the trees")
        await tablet.journal().delete(newest.id)
        await meet(tablet, sam)
        await phone.devices().remove(words, (await self.only(phone)).device)
        await meet(phone, sam)
        self.assertEqual(await titles(sam), [])
        # Its own text stands in Private still.
        self.assertEqual(await titles(phone), ["Under the trees"])
        self.assertEqual(await sam.devices().set_aside(), [])
        let_go, deleted, kept = sorted(await phone.devices().set_aside(), key=lambda one: one.title)
        self.assertEqual((kept.title, kept.text, let_go.title), ("Was that me?", "on the sofa", "Or somebody else"))
        self.assertEqual((deleted.title, deleted.text), ("Under the trees", "with tea"))
        self.assertEqual([one.deleted for one in (let_go, deleted, kept)], [False, True, False])
        await phone.devices().keep_set_aside(kept.id)
        await phone.devices().keep_set_aside(deleted.id)
        await phone.devices().let_go_set_aside(let_go.id)
        self.assertEqual(await phone.devices().set_aside(), [])
        with self.fails(NightstandError.NotFound, "not_found", Action.CHOOSE_AGAIN):
            await phone.devices().keep_set_aside(kept.id)
        await meet(phone, sam)
        for vault in phone, sam:
            self.assertEqual(await titles(vault), ["Under the trees", "Was that me?"])

    async def test_a_phone_that_was_put_back_asks_before_it_takes_its_own_words_in_again(self):
        phone, sam, words = await self.home()
        await self.tablet(phone, words)
        await phone.close()
        copy = (self.folder / "alex.db").read_bytes()
        phone = await open_vault(self.folder, "alex.db", 1, self.clock)
        await phone.journal().write(entry("After the copy", "with tea"), Sharing.SHARED)
        await meet(phone, sam)
        await phone.close()

        (self.folder / "alex.db").write_bytes(copy)
        phone = await open_vault(self.folder, "alex.db", 1, self.clock)
        await phone.devices().remove(words, (await self.only(phone)).device)
        self.assertEqual((await phone.devices().list()).unconfirmed, [])
        # The tablet could have made up what Sam's phone has.
        self.assertTrue((await meet(phone, sam)).devices_changed)
        self.assertEqual(await titles(phone), [])
        (asked,) = (await phone.devices().list()).unconfirmed
        self.assertEqual((asked.is_this, asked.name, asked.stays_out), (True, "", False))
        await phone.devices().confirm(asked.device, theirs=False)
        await meet(phone, sam)
        self.assertEqual(await titles(phone), [])
        self.assertTrue((await phone.devices().list()).unconfirmed[0].stays_out)
        await phone.devices().confirm(asked.device, theirs=True)
        self.assertEqual((await phone.devices().list()).unconfirmed, [])
        await meet(phone, sam)
        self.assertEqual(await titles(phone), ["After the copy"])
        with self.fails(NightstandError.NotFound, "not_found", Action.CHOOSE_AGAIN):
            await phone.devices().confirm("nobody's", theirs=True)

    async def test_alex_parts(self):
        alex, sam = await self.couple()
        await alex.journal().write(entry("Mine alone", "for me"), Sharing.PRIVATE)
        await alex.journal().write(entry("Ours", "for both", 1), Sharing.JOINT)
        await sam.journal().write(entry("From Sam", "dear Alex", 2), Sharing.SHARED)
        await meet(alex, sam)
        await alex.pairing().part(PartingChoice(mine=Stays.KEPT, together=Stays.KEPT))
        self.assertEqual(await titles(alex), ["Ours", "Mine alone"])
        self.assertIsNone(await alex.pairing().partner())
        again = PartingChoice(mine=Stays.KEPT, together=Stays.LET_GO)
        for call in (lambda: alex.sync().begin(), lambda: alex.pairing().part(again)):
            with self.fails(NightstandError.NotPaired, "not_paired", Action.PAIR):
                await call()
        # Sam's phone was told nothing, and has all that it had.
        self.assertEqual((await sam.pairing().partner()).name, "Alex")
        self.assertEqual(await titles(sam), ["From Sam", "Ours"])
        await sam.pairing().part(again)
        self.assertEqual(await titles(sam), ["From Sam"])
        # Linked again, the two begin with nothing.
        await pair(alex, sam)
        await meet(alex, sam)
        self.assertEqual(await titles(alex), ["Ours", "Mine alone"])
        self.assertEqual(await titles(sam), ["From Sam"])
