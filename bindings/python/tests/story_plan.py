"""A plan for the time after; the two side by side, a card, a review."""

import datetime

import nightstand
from nightstand import (
    Action, CardAs, Company, Condition, Family, InputFault, Item, ItemDraft, Line, Need, NightstandError, Occasion,
    OccasionActivity, PersonState, Question, Reason, Remark, ReviewPace, SaidAloud, Side, Stance, Standing, Texts, Way,
)
from phones import DAY, WARSAW, Phones, Zones, meet, open_vault


def on(activity, side=Side.TOGETHER):
    return Item.STANCE(activity=activity, side=side, condition=None)


async def say(vault, item, **draft):
    """Says something on a screen that was drawn just before."""
    screen = await vault.preferences().read(item)
    return await vault.preferences().set(item, ItemDraft(**draft), screen.version)


async def share(vault, item, **draft):
    said = await say(vault, item, **draft)
    await vault.preferences().share(item, said.version)


def half_an_hour(**more):
    return Occasion(minutes=30, company=Company.TWO, **more)


def step(plans, activity):
    """What the plan has of an activity; none if it is not in it."""
    return next((it for it in plans.plan.steps if it.step.activity == activity), None)


def suggested(plans):
    """The activities that come up anywhere."""
    steps = [it for plan in [plans.plan, *plans.others] for it in plan.steps]
    return {it.step.activity for it in steps} | {swap.activity for it in steps for swap in it.swaps}


class Plan(Phones):
    async def test_a_plan_from_what_both_shared(self):
        alex, sam = await self.couple()
        for vault in (alex, sam):
            await share(vault, on("silent-cuddling"), stance=Stance.LOVE())
            await share(vault, on("kissing"), stance=Stance.LIKE())
        await share(alex, on("back-rub", Side.RECEIVE), stance=Stance.LOVE())
        await share(sam, on("back-rub", Side.GIVE), stance=Stance.OPEN())
        await meet(alex, sam)
        plans = await alex.preferences().plan(half_an_hour())
        self.assertEqual(step(plans, "silent-cuddling").reasons[0], Reason.BOTH_LOVE())
        self.assertEqual(step(plans, "kissing").reasons, [Reason.BOTH_LIKE()])
        self.assertEqual((plans.plan.minutes, plans.talk), (30, None))
        self.assertLessEqual(sum(it.step.minutes for it in plans.plan.steps), 30)
        self.assertTrue(1 <= len(plans.others) <= 3)
        asked = half_an_hour(me=PersonState(needs=[Need.TOUCH], energy=6), rotation=3)
        rub = step(await alex.preferences().plan(asked), "back-rub")
        self.assertEqual((rub.step.way, rub.reasons), (Way.FOR_ME, [Reason.YOU_LIKE(), Reason.NEED(Need.TOUCH)]))
        self.assertEqual(nightstand.reason_name(rub.reasons[1]), "need")
        apart = await sam.preferences().plan(half_an_hour(situation=[Condition.APART]))
        self.assertFalse({"kissing", "silent-cuddling", "back-rub"} & suggested(apart))

    async def test_a_private_boundary_is_honoured_and_said_nowhere(self):
        alex, sam = await self.couple()
        for vault in (alex, sam):
            await share(vault, on("kissing"), stance=Stance.LOVE())
        await meet(alex, sam)
        await say(alex, on("kissing"), stance=Stance.NEVER())
        self.assertNotIn("kissing", suggested(await alex.preferences().plan(half_an_hour())))
        picked = [it.step for it in (await sam.preferences().plan(half_an_hour())).plan.steps]
        kissing = [it.activity for it in picked].index("kissing")
        [mark] = await alex.preferences().marks(half_an_hour(), picked)
        self.assertEqual(mark.step, kissing)
        self.assertNotIn(mark.swap.activity, [it.activity for it in picked])
        self.assertEqual(await sam.preferences().marks(half_an_hour(), picked), [])
        await alex.set_private_key(bytes(32), None)
        await alex.lock_private()
        with self.fails(NightstandError.PrivateLocked, "private_locked", Action.UNLOCK, retryable=True):
            await alex.preferences().plan(half_an_hour())

    async def test_a_plan_for_one_and_from_what_was_said_aloud(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        preferences = alex.preferences()
        minute = await preferences.plan(Occasion(minutes=1, company=Company.TWO))
        self.assertEqual((minute.plan.minutes, len(minute.plan.steps)), (1, 1))
        self.assertEqual(minute.talk.reason, Reason.TALK())
        self.assertEqual(minute.talk.mine[0].reasons[0], Reason.FOR_EACH_ALONE())
        alone = await preferences.plan(Occasion(minutes=20, company=Company.ALONE))
        self.assertEqual({it.step.way for it in alone.plan.steps}, {Way.ALONE})
        self.assertIsNone(alone.talk)

        dance = OccasionActivity(
            id="our-dance", family=Family.SHARED, needs=[Need.PLAY], least_minutes=3, most_minutes=9, works_apart=False)
        both = PersonState(said=[SaidAloud(activity="our-dance", side=Side.TOGETHER, stance=Stance.LOVE())])
        plans = await preferences.plan(half_an_hour(me=both, partner=both, own=[dance], not_at_hand=["water"]))
        self.assertEqual(step(plans, "our-dance").reasons, [Reason.BOTH_LOVE()])
        self.assertNotIn("water", suggested(plans))
        with self.assertRaises(NightstandError.InvalidInput) as caught:
            await preferences.plan(Occasion(minutes=241, company=Company.TWO))
        self.assertEqual(caught.exception.what, InputFault.OCCASION)

    async def test_side_by_side(self):
        alex, sam = await self.couple()
        await share(alex, on("holding-hands"), stance=Stance.LOVE(), note="Not too tight.")
        await share(sam, on("holding-hands"), stance=Stance.LIKE())
        await share(alex, on("bath", Side.GIVE), stance=Stance.LIKE())
        await share(sam, Item.QUESTION(Question.LENGTH), choices=["long"])
        await say(alex, on("kissing"), stance=Stance.NEVER())
        await meet(alex, sam)
        seen = await sam.preferences().side_by_side()
        rows = [(row.activity, row.way, row.standing) for row in seen.activities]
        expected = [("bath", Way.FOR_ME, Standing.ASK), ("holding-hands", Way.TOGETHER, Standing.MATCH)]
        self.assertEqual(rows, expected)
        self.assertEqual((seen.activities[1].partners.note, seen.activities[0].mine), ("Not too tight.", None))
        [question] = seen.questions
        self.assertEqual((question.question, question.standing), (Question.LENGTH, Standing.ASK))
        self.assertEqual(question.mine, ["long"])

    async def test_a_card_of_what_was_picked(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        preferences = alex.preferences()
        await say(alex, on("holding-hands"), stance=Stance.LOVE(), note="Not too tight.")
        await say(alex, Item.REMARK(Remark.QUIET), note="I am far away, & glad.")
        await preferences.add(Line.WISH, "Nobody's business")
        texts = Texts(["en"])
        picked = [Item.REMARK(Remark.QUIET), on("holding-hands")]
        card = await preferences.card(picked, CardAs.MARKDOWN, texts, WARSAW, Zones())
        shown = ("# What helps me afterwards\n\n## I love it\n\n- Holding hands (Together): Not too tight.\n\n"
                 "## When I go quiet, it means …\n\n- I am far away, \\& glad.\n")
        self.assertEqual(card, shown)
        page = await preferences.card(picked, CardAs.HTML, texts, WARSAW, Zones())
        self.assertIn("<html lang=\"en\">", page)
        self.assertIn("I am far away, &amp; glad.", page)
        self.assertNotIn("business", page)

    async def test_a_review_at_a_pace(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        preferences = alex.preferences()
        now = datetime.datetime.now(datetime.timezone.utc)
        self.assertEqual(((await preferences.review(now)).pace, (await preferences.review(now)).next), (None, None))
        await preferences.set_review_pace(ReviewPace.QUARTERLY)
        await preferences.reviewed()
        soon, later = await preferences.review(now + DAY), await preferences.review(now + 100 * DAY)
        self.assertEqual((soon.pace, soon.is_due, later.is_due), (ReviewPace.QUARTERLY, False, True))
        self.assertTrue(85 * DAY < later.next - later.last < 95 * DAY)
        await preferences.set_review_pace(ReviewPace.WHEN_ASKED)
        self.assertIsNone((await preferences.review(now + 1000 * DAY)).next)
