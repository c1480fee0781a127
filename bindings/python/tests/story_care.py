"""The time after: a session led from two phones, check-ins shared field by field, an activity of one's own."""

from copy import copy
from datetime import timedelta

import nightstand
from nightstand import (
    Action, ActivityDraft, Audience, CheckIn, CheckInField, CheckInMoment, Condition, DropLevel, Family, InputFault, Need,
    NightstandError, RecordsAs, SessionDraft, SessionLead, SessionState, Side, Step, StepDraft, StepState, StepVerb,
    TextOf, Texts, Way, Whose,
)
from phones import DAY, SUNDAY, WARSAW, Phones, Zones, meet, pair

EVENING = SessionDraft(situation=[Condition.TIRED], steps=[
    StepDraft(activity="water", side=Side.GIVE, minutes=2),
    StepDraft(activity="holding-hands", side=Side.TOGETHER, minutes=10),
])


class Care(Phones):
    async def couple(self):
        alex, sam = await self.phones()
        await pair(alex, sam)
        return alex, sam

    async def test_an_evening_is_led_from_both_phones(self):
        alex, sam = await self.couple()
        planned = await alex.sessions().plan(Audience.BOTH, EVENING)
        self.assertEqual(planned.state, SessionState.PLANNED)
        await meet(alex, sam)
        seen = await sam.sessions().read(planned.id)
        self.assertEqual([step.side for step in seen.steps], [Side.RECEIVE, Side.TOGETHER])
        water, hands = (step.id for step in seen.steps)

        running = await sam.sessions().step(planned.id, water, StepVerb.START())
        self.assertEqual((running.state, running.steps[0].state), (SessionState.RUNNING, StepState.RUNNING))
        self.assertIsNotNone(running.steps[0].ends_at)
        await meet(alex, sam)
        both = await alex.sessions().step(planned.id, hands, StepVerb.START())
        self.assertEqual([step.state for step in both.steps], [StepState.PAUSED, StepState.RUNNING])
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.sessions().step(planned.id, water, StepVerb.EXTEND(600))
        added = await alex.sessions().add_step(planned.id, StepDraft(activity="music", side=Side.TOGETHER, minutes=20))
        music = added.steps[2].id
        moved = await alex.sessions().move_step(planned.id, music, 0)
        self.assertEqual(moved.steps[0].activity, "music")
        await alex.sessions().remove_step(planned.id, music)
        ended = await alex.sessions().end(planned.id)
        self.assertEqual([step.state for step in ended.steps], [StepState.PAUSED, StepState.DONE])
        await meet(alex, sam)
        listed = await sam.sessions().list(planned.at - DAY, planned.at + DAY)
        self.assertEqual([session.state for session in listed], [SessionState.ENDED])
        await sam.sessions().delete(planned.id)
        await meet(alex, sam)
        with self.fails(NightstandError.Deleted, "deleted", Action.CHOOSE_AGAIN):
            await alex.sessions().read(planned.id)

    async def test_a_session_leads_itself(self):
        alex, sam = await self.couple()
        planned = await alex.sessions().plan(Audience.BOTH, EVENING)
        led = await alex.sessions().lead(planned.id, SessionLead.BY_ITSELF)
        self.assertEqual((led.state, led.lead), (SessionState.RUNNING, SessionLead.BY_ITSELF))
        self.assertEqual([step.state for step in led.steps], [StepState.RUNNING, StepState.WAITING])
        self.assertEqual(led.steps[1].ends_at - led.steps[0].ends_at, timedelta(minutes=10))
        await meet(alex, sam)
        seen = await sam.sessions().read(planned.id)
        self.assertEqual([step.ends_at for step in seen.steps], [step.ends_at for step in led.steps])
        on = await sam.sessions().step(planned.id, led.steps[0].id, StepVerb.SKIP())
        self.assertEqual([step.state for step in on.steps], [StepState.SKIPPED, StepState.RUNNING])
        by_hand = await sam.sessions().lead(planned.id, SessionLead.BY_HAND)
        self.assertEqual((by_hand.lead, by_hand.steps[1].state), (SessionLead.BY_HAND, StepState.RUNNING))
        await sam.sessions().end(planned.id)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await sam.sessions().lead(planned.id, SessionLead.BY_ITSELF)

    async def test_a_step_keeps_its_way(self):
        alex, sam = await self.couple()
        massage = Step(activity="light-massage", way=Way.IN_TURNS, minutes=10)
        picked = [massage, Step(activity="bath", way=Way.ALONE, minutes=20)]
        steps = [nightstand.step_draft(step) for step in picked]
        session = await alex.sessions().plan(Audience.BOTH, SessionDraft(steps=steps))
        self.assertEqual([(step.way, step.side) for step in session.steps], [
            (Way.IN_TURNS, Side.TOGETHER), (Way.ALONE, Side.RECEIVE),
        ])
        await meet(alex, sam)
        seen = await sam.sessions().read(session.id)
        self.assertEqual([(step.way, step.side) for step in seen.steps], [
            (Way.IN_TURNS, Side.TOGETHER), (Way.ALONE, Side.GIVE),
        ])
        key = nightstand.text_key(TextOf.WAY(seen.steps[0].way))
        self.assertEqual(Texts(["en"]).say(key).text, "In turns")

    async def test_a_check_in_is_shared_field_by_field(self):
        alex, sam = await self.couple()
        session = await alex.sessions().plan(Audience.BOTH, EVENING)
        said = CheckIn(
            moment=CheckInMoment.NEXT_MORNING, at=SUNDAY, session=session.id, feelings=["tearful", "tender"],
            own_words=["far away, and glad"], closeness=5, drop=DropLevel.SOME, note="Only for me.",
        )
        self.assertTrue(set(said.feelings) <= {feeling.id for feeling in nightstand.feelings()} and "warm" in nightstand.body_words())
        self.assertTrue(nightstand.is_low(said) and not nightstand.names_help(said))
        saved = await alex.check_ins().add(said)
        fields = [CheckInField.FEELINGS, CheckInField.CLOSENESS]
        preview = await alex.check_ins().preview(saved.id, fields)
        await alex.check_ins().share(saved.id, fields)
        await meet(alex, sam)
        seen = (await sam.check_ins().of_session(Whose.PARTNER, session.id))[0]
        self.assertEqual(seen.content, preview)
        self.assertEqual((seen.content.closeness, seen.content.note, seen.content.drop), (5, "", None))

        said.closeness = 7
        changed = await alex.check_ins().change(saved.id, said, saved.content)
        self.assertTrue(changed.unshared_changes)
        said.closeness = 6
        with self.fails(NightstandError.ChangedMeanwhile, "changed_meanwhile", Action.CHOOSE_AGAIN):
            await alex.check_ins().change(saved.id, said, saved.content)
        await alex.check_ins().share(saved.id, [])
        await meet(alex, sam)
        self.assertEqual(await sam.check_ins().list(Whose.PARTNER, SUNDAY - DAY, SUNDAY + DAY), [])
        self.assertEqual((await alex.check_ins().read(saved.id)).content.closeness, 7)
        await alex.check_ins().delete(saved.id)
        self.assertEqual(await alex.check_ins().list(Whose.ME, SUNDAY - DAY, SUNDAY + DAY), [])
        with self.assertRaises(NightstandError.InvalidInput) as caught:
            await alex.check_ins().add(CheckIn(moment=CheckInMoment.CLOSING, at=SUNDAY, closeness=8))
        self.assertEqual(caught.exception.what, InputFault.RANGE)

    async def test_what_was_noted_is_found_and_taken_along(self):
        alex, sam = await self.couple()
        texts = Texts(["en"])
        said = CheckIn(moment=CheckInMoment.CLOSING, at=SUNDAY, feelings=["tearful"], note="The Caf\u00e9 by the sea.")
        saved = await alex.check_ins().add(said)
        found = await alex.check_ins().search(Whose.ME, "cafe tear", texts)
        self.assertEqual([view.id for view in found], [saved.id])
        self.assertEqual(await alex.check_ins().search(Whose.ME, "mountain", texts), [])
        await alex.check_ins().share(saved.id, [CheckInField.FEELINGS])
        await meet(alex, sam)
        self.assertEqual(len(await sam.check_ins().search(Whose.PARTNER, "tearful", texts)), 1)
        page, exact = self.folder / "records.md", self.folder / "records.json"
        self.assertEqual(await alex.preferences().export_records(str(page), RecordsAs.MARKDOWN, texts, WARSAW, Zones()), 1)
        self.assertEqual(await alex.preferences().export_records(str(exact), RecordsAs.JSON, texts, WARSAW, Zones()), 1)
        self.assertIn("My partner can read: Feelings", page.read_text(encoding="utf-8"))
        self.assertIn("## Closing · 15 November 2026, 21:30", page.read_text(encoding="utf-8"))
        self.assertIn('"shared": [\n', exact.read_text(encoding="utf-8"))
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.preferences().export_records(str(page), RecordsAs.MARKDOWN, texts, WARSAW, Zones())

    async def test_what_was_mine_becomes_ours(self):
        alex, sam = await self.phones()
        tea = ActivityDraft(
            title="Tea on the balcony", about="", family=Family.BODY, needs=[], least_minutes=5, most_minutes=10,
            works_apart=False,
        )
        own = await alex.activities().add(Audience.ME, tea)
        session = await alex.sessions().plan(Audience.ME, SessionDraft(situation=[Condition.TIRED], steps=[
            StepDraft(activity=own.id, side=Side.TOGETHER, minutes=5),
        ]))
        with self.fails(NightstandError.NotPaired, "not_paired", Action.PAIR):
            await alex.activities().copy_to_both(own.id)
        await pair(alex, sam)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.sessions().copy_to_both(session.id)
        both = await alex.activities().copy_to_both(own.id)
        copy = await alex.sessions().copy_to_both(session.id)
        self.assertEqual((await alex.sessions().copy_to_both(session.id)).id, copy.id)
        await meet(alex, sam)
        seen = await sam.sessions().read(copy.id)
        self.assertEqual((seen.situation, [step.activity for step in seen.steps]), ([], [both.id]))
        self.assertEqual([own.content.title for own in await sam.activities().list()], ["Tea on the balcony"])

    async def test_an_activity_of_ones_own(self):
        alex, sam = await self.couple()
        tea = ActivityDraft(
            title="Tea on the balcony", about="The blue cups.", family=Family.BODY, needs=[Need.BODY], least_minutes=10,
            most_minutes=20, works_apart=False,
        )
        added = await alex.activities().add(Audience.BOTH, tea)
        await meet(alex, sam)
        self.assertEqual((await sam.activities().list())[0].content.title, "Tea on the balcony")
        steps = [StepDraft(activity=added.id, side=Side.TOGETHER, minutes=10)]
        await sam.sessions().plan(Audience.BOTH, SessionDraft(steps=steps))
        tea.title = "Tea"
        await sam.activities().change(added.id, tea, added.content)
        await meet(alex, sam)
        # Alex's screen was drawn before that: nothing is written, and the screen is drawn again.
        longer = copy(added.content)
        longer.most_minutes = 40
        with self.fails(NightstandError.ChangedMeanwhile, "changed_meanwhile", Action.CHOOSE_AGAIN):
            await alex.activities().change(added.id, longer, added.content)
        self.assertEqual([own.content.title for own in await alex.activities().list()], ["Tea"])
        self.assertEqual(await sam.activities().title(added.id, Texts([])), "Tea")
        await alex.activities().remove(added.id)
        self.assertEqual(await alex.activities().list(), [])
        self.assertEqual(await alex.activities().title(added.id, Texts([])), "An activity that is not on this phone")
