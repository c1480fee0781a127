"""Alex and Sam on two phones: pairing, sharing, merging."""


from nightstand import Action, Author, NightstandError, RowsQuery, Sharing, SyncOutcome, Visibility
from phones import Phones, carry, edit, entry, meet, open_vault, pair, titles


class Couple(Phones):
    async def test_from_two_diaries_to_one(self):
        alex, sam = await self.phones()
        await alex.journal().write(entry("Only mine", "for me alone", 1), Sharing.PRIVATE)
        with self.fails(NightstandError.NotPaired, "not_paired", Action.PAIR):
            await alex.journal().write(entry("Too early", "nobody to share with"), Sharing.JOINT)

        inviting, joining, (on_alex, on_sam) = await pair(alex, sam)
        self.assertTrue(on_alex.is_COMPARE() and on_sam.is_COMPARE())
        self.assertEqual(on_alex.code, on_sam.code)
        self.assertEqual((on_alex.name, on_sam.name, len(on_alex.code.words)), ("Sam", "Alex", 4))
        self.assertTrue(inviting.state().is_PAIRED() and joining.state().is_PAIRED())
        partner = await alex.pairing().partner()
        self.assertEqual((partner.name, partner.confirmed_by_both), ("Sam", True))
        with self.fails(NightstandError.AlreadyPaired, "already_paired", Action.SHOW_SUPPORT):
            await alex.pairing().invite("Alex")

        joint = await alex.journal().write(entry("Evening", "We lay there.", 2), Sharing.JOINT)
        letter = await sam.journal().write(entry("A letter", "dear Alex", 3), Sharing.SHARED)
        report = await meet(alex, sam)
        self.assertEqual(report.outcome, SyncOutcome.ALL_HANDED_OVER)
        self.assertEqual(await titles(alex), ["A letter", "Evening", "Only mine"])
        self.assertEqual(await titles(sam), ["A letter", "Evening"])
        self.assertEqual(await titles(alex, author=Author.PARTNER), ["A letter"])

        await edit(alex, joint, entry("Evening", "We lay there. It was quiet.", 2))
        await edit(sam, joint, entry("A slow evening", "The lamp was on. We lay there.", 2))
        await meet(sam, alex)
        for vault in alex, sam:
            merged = (await vault.journal().read(joint)).entry
            self.assertEqual(merged.title, "A slow evening")
            self.assertEqual(merged.body.text, "The lamp was on. We lay there. It was quiet.")
        self.assertEqual(await alex.journal().shared_digest(), await sam.journal().shared_digest())

        await edit(sam, letter, entry("A letter", "dear Alex, I have second thoughts", 3))
        await meet(alex, sam)
        theirs = (await alex.journal().rows(RowsQuery(author=Author.PARTNER))).rows[0]
        self.assertEqual(theirs.preview, "dear Alex")
        with self.fails(NightstandError.NotYours, "not_yours", Action.CHOOSE_AGAIN):
            await edit(alex, theirs.id, entry("", "not mine to write"))
        preview = await sam.journal().preview(letter)
        self.assertEqual((preview.present.body.text, preview.next.body.text[-8:]), ("dear Alex", "thoughts"))
        await sam.journal().share(letter)
        await meet(alex, sam)
        self.assertIn("second thoughts", (await alex.journal().read(theirs.id)).entry.body.text)
        await sam.journal().take_back(letter)
        await meet(alex, sam)
        self.assertEqual(await titles(alex, author=Author.PARTNER), [])
        self.assertEqual((await sam.journal().read(letter)).visibility, Visibility.ONLY_ME)

    async def test_what_is_saved_from_an_old_screen_keeps_what_came_since(self):
        alex, sam = await self.couple()
        joint = await alex.journal().write(entry("Evening", "We lay there."), Sharing.JOINT)
        other = await alex.journal().write(entry("Mine", "for me alone"), Sharing.PRIVATE)
        await meet(alex, sam)
        screen = await alex.journal().read(joint)
        await edit(sam, joint, entry("Evening", "We lay there.\nSam: the lamp was on."))
        await meet(alex, sam)
        screen.entry.body.text = "We just lay there."
        await alex.journal().edit(joint, screen.entry, screen.version)
        await meet(alex, sam)
        for vault in alex, sam:
            text = (await vault.journal().read(joint)).entry.body.text
            self.assertEqual(text, "We just lay there.\nSam: the lamp was on.")
        for version in (await alex.journal().read(other)).version, b"", b"nonsense":
            with self.fails(NightstandError.ChangedMeanwhile, "changed_meanwhile", Action.CHOOSE_AGAIN):
                await alex.journal().edit(joint, screen.entry, version)
        self.assertEqual((await alex.journal().read(joint)).entry.body.text, text)
        # What a save answers is what one types on from.
        view = await alex.journal().read(joint)
        for word in [" And", " so", " on."]:
            view.entry.body.text += word
            view = await alex.journal().edit(joint, view.entry, view.version)
        self.assertEqual(view, await alex.journal().read(joint))
        self.assertEqual(view.entry.body.text, text + " And so on.")

    async def test_nothing_new_costs_one_round_trip(self):
        alex, sam = await self.couple()
        for day in range(10):
            await alex.journal().write(entry(f"Day {day}", "…", day), Sharing.SHARED)
        await meet(alex, sam)
        idle = await meet(alex, sam)
        self.assertEqual((idle.round_trips, idle.entries_received, idle.entries_sent), (1, 0, 0))
        self.assertLessEqual(idle.bytes_sent + idle.bytes_received, 400)

    async def test_staying_connected_while_both_write(self):
        alex, sam = await self.couple()
        begun, answering = await alex.sync().begin_live(), await sam.sync().answer_live()

        async def pass_frames():
            while await carry(begun, answering) + await carry(answering, begun):
                pass
            return begun.is_level() and answering.is_level()

        self.assertTrue(await pass_frames())
        await alex.journal().write(entry("For both", "Tea?"), Sharing.JOINT)
        await alex.journal().write(entry("For me", "Tired.", 1), Sharing.PRIVATE)
        self.assertTrue(await pass_frames())
        await sam.journal().write(entry("From Sam", "Yes, please.", 2), Sharing.SHARED)
        self.assertTrue(await pass_frames())
        self.assertEqual(await titles(sam), ["From Sam", "For both"])
        self.assertEqual(await titles(alex), ["From Sam", "For me", "For both"])
        await answering.leave()
        self.assertFalse(await pass_frames())
        self.assertTrue(begun.is_over() and answering.is_over())
        self.assertEqual((begun.report().entries_sent, begun.report().entries_received), (1, 1))

    async def test_a_conversation_cut_off_goes_on_later(self):
        alex, sam = await self.couple()
        await alex.journal().write(entry("Evening", "We lay there."), Sharing.JOINT)
        begun, answering = await alex.sync().begin(), await sam.sync().answer()
        await answering.handle_frame(await begun.poll_frame())
        del begun, answering
        again, answering = await alex.sync().begin_again(), await sam.sync().answer()
        while await carry(again, answering) + await carry(answering, again):
            pass
        self.assertEqual(again.report().outcome, SyncOutcome.ALL_HANDED_OVER)
        self.assertEqual(await titles(sam), ["Evening"])
        broken = await sam.sync().answer()
        with self.fails(NightstandError.Refused, "refused", Action.CHOOSE_AGAIN):
            await broken.handle_frame(b"not a frame")

    async def test_saying_no(self):
        alex, sam = await self.phones()
        inviting = await alex.pairing().invite("Alex")
        code = await inviting.qr()
        self.assertEqual(len(code.dark), code.width ** 2)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await sam.pairing().join("Sam", "https://example.org/")
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await inviting.link(["the kitchen table"])
        addresses = ["192.168.1.7:4433", "[fd00::7]:4433"]
        self.assertGreater((await inviting.qr(addresses)).width, code.width)
        link = await inviting.link(addresses)
        joining = await sam.pairing().join("Sam", link)
        self.assertEqual(await joining.link(["10.0.0.1:1"]), link)
        self.assertEqual((await joining.inviter_addresses(), await inviting.inviter_addresses()), (addresses, []))
        while await carry(joining, inviting) + await carry(inviting, joining):
            pass
        await inviting.refuse()
        await carry(inviting, joining)
        self.assertTrue(inviting.state().is_REFUSED() and joining.state().is_REFUSED())
        self.assertTrue(inviting.is_over() and joining.is_over())
        self.assertIsNone(await alex.pairing().partner())

    async def test_an_old_copy_put_back_loses_nothing_that_the_partner_has(self):
        alex, sam = await self.couple()
        await alex.journal().write(entry("Evening", "We lay there."), Sharing.SHARED)
        await meet(alex, sam)
        await alex.close()
        copy = (self.folder / "alex.db").read_bytes()
        alex = await open_vault(self.folder, "alex.db", 1)
        await alex.journal().write(entry("Night", "It rained.", 1), Sharing.SHARED)
        await meet(alex, sam)
        await alex.close()

        (self.folder / "alex.db").write_bytes(copy)
        alex = await open_vault(self.folder, "alex.db", 1)
        await alex.journal().write(entry("Morning", "Nobody knew yet.", 2), Sharing.SHARED)
        report = await meet(alex, sam)
        self.assertEqual((report.forks, report.repaired), (1, 1))
        for vault in alex, sam:
            self.assertEqual(await titles(vault), ["Morning", "Night", "Evening"])
        self.assertEqual(await alex.journal().shared_digest(), await sam.journal().shared_digest())
