"""What happened, in figures: of one's own, and of both only with a yes."""

from nightstand import (
    Audience, CheckIn, CheckInField, CheckInLevel, CheckInMoment, CountedMoment, DropLevel, InputFault, Insight,
    InsightFigure, InsightLabel, InsightMethod, InsightOf, InsightSpan, NightstandError, SessionDraft, SessionLength, Side,
    StepDraft, StepVerb, Texts,
)
from phones import DAY, SUNDAY, Phones, meet

TEXTS = Texts(["en"])
BEGAN = SUNDAY - 365 * DAY
SPAN = InsightSpan(since=BEGAN, until=SUNDAY + 1000 * DAY, offset_seconds=3600)
CLOSINGS = Insight.BY_MONTH(level=CheckInLevel.CLOSENESS, moment=CountedMoment.CLOSING)


async def note(vault, moment, closeness, session=None, day=0):
    said = CheckIn(moment=moment, at=BEGAN + day * DAY, session=session, closeness=closeness)
    return (await vault.check_ins().add(said)).id


async def share(vault, levels):
    for day, level in enumerate(levels):
        noted = await note(vault, CheckInMoment.CLOSING, level, day=day)
        await vault.check_ins().share(noted, [CheckInField.CLOSENESS])


async def read(vault, insight, of=InsightOf.ME):
    return await vault.insights().read(insight, of, SPAN, TEXTS)


class Insights(Phones):
    async def test_figures_of_ones_own(self):
        alex, _ = await self.phones()
        for day, level in enumerate([5, 6, 7, 4]):
            await note(alex, CheckInMoment.CLOSING, level, day=day)
            await note(alex, CheckInMoment.SOMETHING_NOT_RIGHT, 1, day=day)
        early = await read(alex, CLOSINGS)
        self.assertEqual(early.whole, InsightFigure.TOO_EARLY(n=4))
        self.assertEqual((early.spoken.summary.text, early.spoken.method), ("Too early to tell, from 4 times", None))
        await note(alex, CheckInMoment.CLOSING, 6, day=20)
        seen = await read(alex, CLOSINGS)
        self.assertTrue(seen.whole.is_KNOWN())
        self.assertEqual((seen.whole.n, seen.whole.method), (5, InsightMethod.MEAN))
        self.assertAlmostEqual(seen.whole.value, 5.6)
        self.assertTrue(1 < seen.whole.low < 5.6 < seen.whole.high < 7)
        labels = [InsightLabel.MONTH(year=2025, month=11), InsightLabel.MONTH(year=2025, month=12)]
        self.assertEqual([point.label for point in seen.points], labels)
        self.assertEqual(seen.points[1].figure, InsightFigure.TOO_EARLY(n=1))
        self.assertEqual(seen.spoken.title.text, "Closeness: Closing")
        self.assertTrue(seen.spoken.summary.text.startswith("5.6 on average, from 5 times; likely between "))
        self.assertTrue(all(len(row) == len(seen.spoken.header) for row in seen.spoken.rows))
        for day, drop in enumerate([DropLevel.CLEAR, DropLevel.SOME, DropLevel.CLEAR, DropLevel.CLEAR, DropLevel.STRONG]):
            await alex.check_ins().add(CheckIn(moment=CheckInMoment.NEXT_MORNING, at=BEGAN + day * DAY, drop=drop))
        lows = await read(alex, Insight.LOWS())
        self.assertEqual((lows.whole.value, lows.spoken.title.text), (40.0, "Times with a low"))
        with self.assertRaises(NightstandError.InvalidInput) as caught:
            backwards = InsightSpan(since=SPAN.until, until=SPAN.since, offset_seconds=0)
            await alex.insights().read(CLOSINGS, InsightOf.ME, backwards, TEXTS)
        self.assertEqual(caught.exception.what, InputFault.DATE)

    async def test_both_are_joined_only_with_a_yes(self):
        alex, sam = await self.couple()
        await share(alex, [4] * 6)
        await share(sam, [6] * 5)
        await meet(alex, sam)
        none = await read(alex, CLOSINGS, InsightOf.BOTH)
        self.assertEqual((none.whole, none.points), (InsightFigure.TOO_EARLY(n=None), []))
        self.assertFalse(await sam.insights().consent())
        await sam.insights().set_consent(True)
        self.assertTrue(await sam.insights().consent())
        await meet(alex, sam)
        both = await read(alex, CLOSINGS, InsightOf.BOTH)
        self.assertEqual((both.whole.n, both.whole.value), (10, 5.0))
        self.assertTrue(both.spoken.summary.text.startswith("For the two of you together 5.0 on average"))
        self.assertEqual((await read(alex, CLOSINGS)).whole.value, 4.0)
        await sam.insights().set_consent(False)
        await meet(alex, sam)
        self.assertEqual(await read(alex, CLOSINGS, InsightOf.BOTH), none)

    async def test_before_and_after_by_activity_and_length(self):
        alex, _ = await self.phones()
        draft = SessionDraft(steps=[StepDraft(activity="water", side=Side.TOGETHER, minutes=2)])
        for before, after in [(2, 4), (3, 5), (4, 4), (2, 6), (3, 5)]:
            session = await alex.sessions().plan(Audience.ME, draft)
            await alex.sessions().step(session.id, session.steps[0].id, StepVerb.START())
            ended = await alex.sessions().end(session.id)
            for moment, level in (CheckInMoment.ARRIVAL, before), (CheckInMoment.CLOSING, after):
                said = CheckIn(moment=moment, at=ended.at, session=session.id, closeness=level)
                await alex.check_ins().add(said)
        span = InsightSpan(since=ended.at - DAY, until=ended.at + DAY, offset_seconds=0)

        async def now(insight):
            return await alex.insights().read(insight, InsightOf.ME, span, TEXTS)

        level, moment = CheckInLevel.CLOSENESS, CountedMoment.CLOSING
        change = await now(Insight.CHANGE(level=level, until=moment))
        self.assertEqual((change.whole.n, change.whole.value, change.whole.method), (5, 2.0, InsightMethod.MEAN_DIFFERENCE))
        said = "Before 2.8, afterwards 4.8, on average over 5 times; the difference is likely between 0.2 and 3.8"
        self.assertEqual(change.spoken.summary.text, said)
        self.assertEqual(change.points[1].label, InsightLabel.MOMENT(moment=moment))
        done = await now(Insight.BY_ACTIVITY(level=level, moment=moment))
        self.assertEqual(done.points[0].label, InsightLabel.ACTIVITY(id="water", title=None))
        self.assertEqual(done.spoken.lines[0].text, "With “Water”, 5 times: 4.8 on average")
        long = await now(Insight.BY_LENGTH(level=level, moment=moment))
        self.assertEqual([point.label for point in long.points], [InsightLabel.LENGTH(length=SessionLength.SHORT)])
        self.assertEqual((await now(Insight.BY_SITUATION(level=level, moment=moment))).points, [])
        often = await now(Insight.HOW_OFTEN())
        self.assertEqual((often.whole.value, often.whole.low), (5.0, None))
        self.assertEqual(often.spoken.summary.text, "Care was written down 5 times")
