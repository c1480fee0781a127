"""Rituals that plans offer, and songs that were chosen beforehand."""

from copy import copy

from nightstand import (
    Action, Audience, Company, Condition, InputFault, NightstandError, Occasion, RitualDraft, SessionLead,
    SessionState, Side, SongBy, SongDraft, SongState, StepDraft, StepState,
)
from phones import Phones, meet


def step(activity, minutes, side=Side.TOGETHER):
    return StepDraft(activity=activity, side=side, minutes=minutes)


class Rituals(Phones):
    async def test_a_ritual_is_offered_and_begun(self):
        alex, sam = await self.couple()
        draft = RitualDraft(
            title="Coming back down", situation=[Condition.INTENSE],
            steps=[step("water", 2, Side.GIVE), step("silent-cuddling", 10)],
        )
        made = await alex.rituals().add(Audience.BOTH, draft)
        self.assertEqual((made.minutes, await alex.rituals().read(made.id)), (12, made))
        await meet(alex, sam)
        seen = (await sam.rituals().list())[0]
        self.assertEqual([it.side for it in seen.steps], [Side.RECEIVE, Side.TOGETHER])
        occasion = Occasion(minutes=15, company=Company.TWO, situation=[Condition.INTENSE])
        self.assertEqual((await sam.preferences().plan(occasion)).rituals, [made.id])
        occasion.situation = []
        self.assertEqual((await sam.preferences().plan(occasion)).rituals, [])

        water, cuddling = (it.id for it in seen.steps)
        await alex.rituals().move_step(made.id, cuddling, 0)
        await sam.rituals().add_step(made.id, step("music", 20))
        await sam.rituals().change_step(made.id, water, step("water", 3), seen)
        await meet(alex, sam)
        shown = await sam.rituals().read(made.id)
        merged = await sam.rituals().describe(made.id, "Down again", [], shown)
        self.assertEqual([it.activity for it in merged.steps], ["silent-cuddling", "water", "music"])
        self.assertEqual((merged.title, merged.situation, merged.minutes), ("Down again", [], 33))
        session = await sam.rituals().start(made.id)
        self.assertEqual((session.state, session.audience, len(session.steps)), (SessionState.RUNNING, Audience.BOTH, 3))
        self.assertEqual((session.lead, session.steps[0].state), (SessionLead.BY_ITSELF, StepState.RUNNING))
        await sam.rituals().remove_step(made.id, water)
        await sam.rituals().remove(made.id)
        await meet(alex, sam)
        with self.fails(NightstandError.Deleted, "deleted", Action.CHOOSE_AGAIN):
            await alex.rituals().start(made.id)
        self.assertEqual(len((await alex.sessions().read(session.id)).steps), 3)

    async def test_songs_are_chosen_beforehand(self):
        alex, sam = await self.couple()
        one = SongDraft(title="One", artist="Somebody", link="https://music.example/1")
        two = SongDraft(title="Two", link="spotify:track:4uLU6hMCjMI75M1A2tKUQC", situation=[Condition.TIRED])
        first = await alex.songs().add(Audience.BOTH, one)
        second = await alex.songs().add(Audience.BOTH, two)
        asked = await alex.songs().ask(SongDraft(title="The one from the train"))
        await meet(alex, sam)
        seen = await sam.songs().list()
        self.assertEqual([song.content for song in seen], [one, two])
        self.assertEqual((seen[0].by, first.by), (SongBy.PARTNER, SongBy.ME))
        self.assertEqual([song.content.title for song in await sam.songs().list(Condition.NEW)], ["One"])
        self.assertEqual([song.id for song in await sam.songs().asked()], [asked.id])
        self.assertEqual((await sam.songs().let_in(asked.id)).state, SongState.LISTED)
        await sam.songs().move_to(asked.id, 0)
        slower = copy(two)
        slower.title = "Two, slower"
        await sam.songs().change(second.id, slower, two)
        await sam.songs().remove(first.id)
        await meet(alex, sam)
        titles = [song.content.title for song in await alex.songs().list()]
        self.assertEqual(titles, ["The one from the train", "Two, slower"])
        with self.assertRaises(NightstandError.InvalidInput) as caught:
            await alex.songs().add(Audience.ME, SongDraft(title="One", link="javascript:alert(1)"))
        self.assertEqual(caught.exception.what, InputFault.LINK)
