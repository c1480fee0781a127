"""What is due, and what leads to it: settings, wishes about later, a time that both set aside."""

from nightstand import (
    Action, Audience, CheckInMoment, DueKind, DueLead, FollowUpAnswer, FollowUpDraft, FollowUpFor, FollowUpTime, InputFault,
    Mute, NightstandError, QuietHours, RoomDraft, RoomState, SessionDraft, Side, StepDraft, StepVerb, Whose, ZoneRule,
    reconnect_scripts,
)
from phones import DAY, SUNDAY, WARSAW, Phones, Zones, meet


async def due(vault, begins, zone=WARSAW):
    return await vault.due().between(begins - DAY, begins + 9 * DAY, zone, Zones())


async def kinds(vault, begins):
    return [item.kind for item in (await due(vault, begins)).items]


class Due(Phones):
    async def test_what_is_due_follows_from_what_stands(self):
        alex, sam = await self.couple()
        settings, since = await alex.settings().read(), await alex.settings().read()
        settings.ask_closing, settings.ask_later_today = True, None
        await alex.settings().set(settings, since)
        water = [StepDraft(activity="water", side=Side.TOGETHER, minutes=5)]
        session = await alex.sessions().plan(Audience.BOTH, SessionDraft(steps=water))
        running = await alex.sessions().step(session.id, session.steps[0].id, StepVerb.START())
        begins = running.at
        told = await due(alex, begins)
        self.assertEqual([item.kind for item in told.items], [DueKind.STEP])
        self.assertEqual((told.items[0].fire, told.items[0].rule), (running.steps[0].ends_at, ZoneRule.INSTANT))
        self.assertEqual(told.items[0].leads_to, [DueLead.STEP(session.id, session.steps[0].id)])
        self.assertEqual((told.ask_again_at, told.zone_known), (begins + 9 * DAY, True))

        ended = (await alex.sessions().end(session.id)).ended
        self.assertEqual(await kinds(sam, begins), [])
        await meet(alex, sam)
        self.assertIn(DueKind.CHECK_IN_NEXT_MORNING, await kinds(sam, begins))
        closing, morning = (await due(alex, begins)).items
        self.assertEqual((closing.kind, morning.kind), (DueKind.CHECK_IN_CLOSING, DueKind.CHECK_IN_NEXT_MORNING))
        self.assertEqual((morning.rule, morning.leads_to), (ZoneRule.LOCAL_TIME, [DueLead.SESSION(session.id, CheckInMoment.NEXT_MORNING)]))
        self.assertIn(closing.id, morning.replaces)
        self.assertEqual(morning.title_key, "due-check-in-next-morning")
        self.assertFalse((await due(alex, begins, "Mars/Base")).zone_known)

        await alex.due().decline(morning.id)
        await alex.due().snooze(closing.id, ended + DAY)
        put_off, = (await due(alex, begins)).items
        self.assertEqual((put_off.id, put_off.fire), (closing.id, ended + DAY))
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.due().snooze(closing.id, ended + 60 * DAY)

    async def test_who_wants_quiet_has_it(self):
        alex, _ = await self.phones()
        settings = await alex.settings().read()
        self.assertEqual((settings.ask_closing, settings.offer_reconnect, settings.mute), (False, False, Mute.OFF()))
        before = await alex.settings().read()
        settings.quiet_hours = QuietHours(_from=21 * 60, to=7 * 60)
        await alex.settings().set(settings, before)
        late = await alex.settings().read()
        late.quiet_hours, late.ask_closing = None, True
        with self.fails(NightstandError.ChangedMeanwhile, "changed_meanwhile", Action.CHOOSE_AGAIN):
            await alex.settings().set(late, before)
        self.assertEqual(await alex.settings().read(), settings)
        self.assertTrue(await alex.settings().is_quiet(SUNDAY, WARSAW, Zones()))
        self.assertFalse(await alex.settings().is_quiet(SUNDAY, "Mars/Base", Zones()))
        quiet = await alex.settings().read()
        settings.mute = Mute.UNTIL_TAKEN_OFF()
        await alex.settings().set(settings, quiet)
        self.assertTrue(await alex.settings().is_quiet(SUNDAY, "Mars/Base", Zones()))
        settings.ask_next_morning = 1440
        with self.assertRaises(NightstandError.InvalidInput) as caught:
            await alex.settings().set(settings, await alex.settings().read())
        self.assertEqual(caught.exception.what, InputFault.RANGE)

    async def test_a_wish_of_the_partners_comes_due_after_a_yes(self):
        alex, sam = await self.couple()
        word = FollowUpDraft(activity="kind-word-next-day", time=FollowUpTime.NEXT_DAY(9 * 60))
        wish = await alex.follow_ups().add(FollowUpFor.PARTNER, word)
        await meet(alex, sam)
        seen, = await sam.follow_ups().list(Whose.PARTNER)
        self.assertEqual((seen.content, seen.answer, seen.wished_of), (word, None, FollowUpFor.ME))
        self.assertEqual(await kinds(sam, wish.made), [])
        await sam.follow_ups().answer(wish.id, FollowUpAnswer.NO, seen.hash)
        await meet(alex, sam)
        self.assertEqual(await alex.follow_ups().read(wish.id), wish)
        with self.fails(NightstandError.ChangedMeanwhile, "changed_meanwhile", Action.CHOOSE_AGAIN):
            await sam.follow_ups().answer(wish.id, FollowUpAnswer.YES, bytes(32))
        await sam.follow_ups().answer(wish.id, FollowUpAnswer.YES, seen.hash)
        self.assertEqual(await kinds(sam, wish.made), [DueKind.KIND_WORD])
        await meet(alex, sam)
        self.assertTrue((await alex.follow_ups().read(wish.id)).partner_said_yes)
        self.assertEqual(await kinds(alex, wish.made), [])
        with self.fails(NightstandError.ChangedMeanwhile, "changed_meanwhile", Action.CHOOSE_AGAIN):
            await sam.follow_ups().done(wish.id, bytes(32))
        self.assertTrue((await sam.follow_ups().done(wish.id, seen.hash)).is_done)
        self.assertEqual(await kinds(sam, wish.made), [])

        moment = FollowUpTime.AT(wish.made + 2 * DAY)
        near = FollowUpDraft(activity="reconnect-later", script=reconnect_scripts()[0], time=moment)
        own = await alex.follow_ups().add(FollowUpFor.ME, near)
        self.assertEqual(await kinds(alex, wish.made), [DueKind.RECONNECT])
        past = FollowUpDraft(words="Yesterday.", time=FollowUpTime.AT(wish.made - DAY))
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.follow_ups().add(FollowUpFor.ME, past)
        near.words = "On the balcony."
        self.assertEqual((await alex.follow_ups().change(own.id, near, own.content)).content, near)
        await alex.follow_ups().take_back(wish.id)
        await meet(alex, sam)
        self.assertEqual(await sam.follow_ups().list(Whose.PARTNER), [])
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.follow_ups().answer(own.id, FollowUpAnswer.YES, own.hash)

    async def test_an_offer_to_reconnect_comes_to_whoever_wants_it(self):
        alex, sam = await self.couple()
        session = await alex.sessions().plan(Audience.BOTH, SessionDraft())
        begins = (await alex.sessions().start(session.id)).at
        await alex.sessions().end(session.id)
        settings, since = await alex.settings().read(), await alex.settings().read()
        settings.offer_reconnect = True
        await alex.settings().set(settings, since)
        await meet(alex, sam)

        async def offers(vault):
            items = (await vault.due().between(begins + 9 * DAY, begins + 30 * DAY, WARSAW, Zones())).items
            return [item for item in items if item.leads_to == [DueLead.RECONNECT()]]

        offer, = await offers(alex)
        self.assertEqual((offer.kind, offer.title_key), (DueKind.RECONNECT, "due-reconnect"))
        self.assertEqual(await offers(sam), [])
        await alex.due().decline(offer.id)
        self.assertEqual(await offers(alex), [])

    async def test_a_time_that_both_set_aside(self):
        alex, sam = await self.couple()
        planned = (await alex.sessions().plan(Audience.ME, SessionDraft())).at
        slowly = RoomDraft(at=planned + 5 * DAY, minutes=90, title="Slowly")
        room = await alex.rooms().propose(slowly)
        self.assertEqual((room.state, room.proposed_by, room.reminder_minutes), (RoomState.WAITING, Whose.ME, 30))
        await meet(alex, sam)
        self.assertEqual((await sam.rooms().decline(room.id)).state, RoomState.DECLINED)
        await meet(alex, sam)
        self.assertEqual((await alex.rooms().read(room.id)).state, RoomState.WAITING)
        with self.fails(NightstandError.ChangedMeanwhile, "changed_meanwhile", Action.CHOOSE_AGAIN):
            await sam.rooms().accept(room.id, bytes(32))
        await sam.rooms().accept(room.id, room.hash)
        await sam.rooms().remind(room.id, 120)
        await meet(alex, sam)
        self.assertEqual(await kinds(alex, planned), [DueKind.ROOM])
        told, = (await due(sam, planned)).items
        self.assertEqual((told.fire, told.leads_to), (slowly.at - DAY / 12, [DueLead.ROOM(room.id)]))

        slowly.at += DAY
        moved = await alex.rooms().move_to(room.id, slowly)
        await meet(alex, sam)
        asked = await sam.rooms().read(moved.id)
        self.assertEqual((asked.state, asked.moves), (RoomState.ASKED, room.id))
        self.assertEqual((await sam.rooms().read(room.id)).moved_to, moved.id)
        await sam.rooms().accept(moved.id, asked.hash)
        self.assertEqual((await sam.rooms().withdraw(moved.id)).state, RoomState.DECLINED)
        self.assertEqual(len(await sam.rooms().list(planned, planned + 9 * DAY)), 2)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.rooms().decline(moved.id)
