"""What the two do together: an agreement, a sealed reflection, a question that was talked through."""

import nightstand
from nightstand import (
    Action, AgreementDraft, AgreementState, Audience, BreathPhase, Item, NightstandError, Prompt, ReflectionState, RowsQuery, SessionDraft, Sharing,
    Side, StepDraft, StepVerb, TickOf,
)
from phones import DAY, Phones, entry, meet, pair, titles

ALEX = "I listen to you breathe, and count."
SAM = "I look for your hand under the blanket."


class Together(Phones):
    async def couple(self):
        alex, sam = await self.phones()
        await pair(alex, sam)
        return alex, sam

    async def test_an_agreement_holds_while_both_accept(self):
        alex, sam = await self.couple()
        proposed = await alex.agreements().propose(AgreementDraft(title="Phones", text="They stay in the kitchen."))
        self.assertEqual(proposed.state, AgreementState.PROPOSED)
        await meet(alex, sam)
        seen = (await sam.agreements().list())[0]
        self.assertEqual((seen.state, seen.proposals[0].content.title), (AgreementState.FOR_ME, "Phones"))
        shown = seen.proposals[0]
        held = await sam.agreements().accept(seen.id, shown.id, shown.hash)
        self.assertEqual(held.state, AgreementState.HOLDS)
        await meet(alex, sam)

        reworded = await alex.agreements().reword(seen.id, AgreementDraft(title="Phones", text="Until breakfast."))
        self.assertEqual(reworded.state, AgreementState.APART)
        self.assertEqual((await alex.agreements().undo(seen.id)).state, AgreementState.HOLDS)
        with self.fails(NightstandError.ChangedMeanwhile, "changed_meanwhile", Action.CHOOSE_AGAIN):
            await sam.agreements().accept(seen.id, shown.id, bytes(32))
        self.assertEqual((await sam.agreements().withdraw(seen.id)).state, AgreementState.FOR_ME)
        await meet(alex, sam)
        self.assertEqual((await alex.agreements().read(seen.id)).state, AgreementState.PROPOSED)
        await alex.agreements().delete(seen.id)
        self.assertEqual(await alex.agreements().list(), [])

    async def test_a_reflection_is_sealed_and_opened(self):
        alex, sam = await self.couple()
        round = await alex.reflections().begin(Prompt.QUESTION("first-minute"))
        await alex.reflections().write_draft(round.id, "I listen", round.draft)
        sealed = await alex.reflections().seal(round.id, ALEX, round.hash)
        self.assertEqual((sealed.state, sealed.draft, sealed.mine), (ReflectionState.SEALED, "", ALEX))
        back = await alex.reflections().withdraw(round.id)
        self.assertEqual((back.state, back.draft), (ReflectionState.OPEN, ALEX))
        await alex.reflections().seal(round.id, back.draft, back.hash)
        await meet(alex, sam)
        seen = (await sam.reflections().list())[0]
        self.assertEqual((seen.state, seen.theirs, seen.prompt), (ReflectionState.OPEN, None, round.prompt))
        with self.fails(NightstandError.ChangedMeanwhile, "changed_meanwhile", Action.CHOOSE_AGAIN):
            await sam.reflections().seal(seen.id, SAM, bytes(32))
        await sam.reflections().seal(seen.id, SAM, seen.hash)
        for _ in range(3):
            await meet(alex, sam)
        for vault, mine, theirs in [(alex, ALEX, SAM), (sam, SAM, ALEX)]:
            opened = await vault.reflections().read(seen.id)
            self.assertEqual((opened.state, opened.mine, opened.theirs), (ReflectionState.OPENED, mine, theirs))
            self.assertEqual((opened.choices, opened.set_aside), ([], []))
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.reflections().choose(seen.id, seen.id)
        await alex.reflections().delete(seen.id)
        with self.fails(NightstandError.NotFound, "not_found", Action.CHOOSE_AGAIN):
            await alex.reflections().read(seen.id)
        self.assertEqual(await sam.reflections().former(), [])
        with self.fails(NightstandError.NotFound, "not_found", Action.CHOOSE_AGAIN):
            await sam.reflections().delete_former(seen.id)

    async def test_a_question_is_talked_through(self):
        alex, sam = await self.couple()
        await alex.ticks().tick(TickOf.QUESTION, "first-minute", Audience.BOTH)
        await alex.ticks().tick(TickOf.QUESTION, "tears-mean", Audience.ME)
        await alex.ticks().tick(TickOf.CARD, "afterglow", Audience.ME)
        await meet(alex, sam)
        self.assertEqual([tick.id for tick in await sam.ticks().list(TickOf.QUESTION)], ["first-minute"])
        await sam.ticks().untick(TickOf.QUESTION, "first-minute", Audience.BOTH)
        await meet(alex, sam)
        self.assertEqual([tick.audience for tick in await alex.ticks().list(TickOf.QUESTION)], [Audience.ME])

    async def test_an_entry_answers_a_question(self):
        alex, sam = await self.couple()
        evening = await alex.sessions().plan(Audience.BOTH, SessionDraft())
        prompt = Prompt.QUESTION("tears-mean")
        await alex.journal().write(entry("Salt", "They pass.", prompt=prompt, session=evening.id), Sharing.SHARED)
        await alex.journal().write(entry("Tea", "Warm."), Sharing.SHARED)
        await meet(alex, sam)
        self.assertEqual(await titles(sam, prompt=prompt), ["Salt"])
        self.assertEqual(await titles(sam, session=evening.id), ["Salt"])
        seen = (await sam.journal().rows(RowsQuery(prompt=prompt))).rows[0]
        self.assertEqual((await sam.journal().read(seen.id)).entry.session, evening.id)

    async def test_what_was_done_lately(self):
        alex, sam = await self.couple()
        steps = [StepDraft(activity="water", side=Side.GIVE, minutes=2)]
        evening = await alex.sessions().plan(Audience.BOTH, SessionDraft(steps=steps))
        await alex.sessions().step(evening.id, evening.steps[0].id, StepVerb.DONE())
        await alex.sessions().end(evening.id)
        await meet(alex, sam)
        done = await sam.sessions().lately(evening.at + DAY)
        self.assertEqual([one.activity for one in done], ["water"])
        unsaid = await sam.preferences().unsaid(evening.at + DAY)
        self.assertEqual(unsaid, [Item.STANCE(activity="water", side=Side.RECEIVE, condition=None)])

    async def test_breathing_together(self):
        self.assertIn("longer-out", nightstand.breathing_paces())
        steps = nightstand.breathing("longer-out", 3)
        self.assertEqual([(step.phase, step.seconds) for step in steps[:2]], [(BreathPhase.IN, 4), (BreathPhase.OUT, 6)])
        self.assertEqual((steps[-1].breath, steps[0].touches_ms), (18, [0, 1000, 2000, 3000]))
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            nightstand.breathing("longer-out", 0)
