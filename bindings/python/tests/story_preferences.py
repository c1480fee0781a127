"""What each of the two wants in the time after: said alone, shared item by item."""

import datetime
import json

import nightstand
from nightstand import (
    Action, Condition, Family, InputFault, Item, ItemDraft, Line, Need, NightstandError, PreferencesAs, Question, Remark,
    Side, Stance, Texts, Whose,
)
from phones import SUNDAY, WARSAW, Phones, Zones, meet, open_vault

HANDS = Item.STANCE(activity="holding-hands", side=Side.TOGETHER, condition=None)


async def say(vault, item, **draft):
    """Says something on a screen that was drawn just before."""
    screen = await vault.preferences().read(item)
    return await vault.preferences().set(item, ItemDraft(**draft), screen.version)


async def share(vault, item):
    return await vault.preferences().share(item, (await vault.preferences().read(item)).version)


async def theirs(vault):
    return {str(row.item): row for row in (await vault.preferences().list(Whose.PARTNER)).items}


class Preferences(Phones):
    def test_the_catalogue(self):
        activities = {activity.id: activity for activity in nightstand.activities()}
        hands = activities["holding-hands"]
        self.assertEqual((hands.family, hands.needs), (Family.TOUCH, [Need.TOUCH, Need.REASSURANCE]))
        self.assertTrue(0 < hands.least_minutes <= hands.most_minutes and not hands.works_apart)
        self.assertIn("sleepy", nightstand.choices(Question.USUAL_AFTER))

    async def test_what_is_said_alone(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        preferences = alex.preferences()
        await say(alex, HANDS, stance=Stance.LOVE(), note="Not too tight.")
        await say(alex, Item.QUESTION(Question.LENGTH), choices=["long"])
        await say(alex, Item.REMARK(Remark.QUIET), note="I am far away, and glad.")
        wish = await preferences.add(Line.WISH, "A walk")
        rows = (await preferences.list(Whose.ME)).items
        self.assertEqual(len(rows), 4)
        said = {str(row.item): row for row in rows}
        self.assertEqual((said[str(HANDS)].stance, said[str(HANDS)].note), (Stance.LOVE(), "Not too tight."))
        await preferences.remove(wish.item)
        with self.fails(NightstandError.Deleted, "deleted", Action.CHOOSE_AGAIN):
            await preferences.read(wish.item)
        with self.assertRaises(NightstandError.InvalidInput) as caught:
            await say(alex, Item.QUESTION(Question.LENGTH), choices=["for ever"])
        self.assertEqual(caught.exception.what, InputFault.CHOICES)
        self.assertEqual([past.content.stance for past in await preferences.history(HANDS)], [Stance.LOVE()])

    async def test_the_partner_hears_of_a_change_if_its_owner_says_so(self):
        alex, sam = await self.couple()
        await say(alex, HANDS, stance=Stance.LIKE())
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.preferences().ask_to_look(HANDS)
        await share(alex, HANDS)
        await meet(alex, sam)
        self.assertEqual(await sam.preferences().to_look_at(), [])
        await alex.preferences().ask_to_look(HANDS)
        await meet(alex, sam)
        self.assertEqual(await sam.preferences().to_look_at(), [HANDS])
        await sam.preferences().looked(HANDS)
        self.assertEqual(await sam.preferences().to_look_at(), [])

    async def test_a_boundary_reaches_the_partner_and_is_not_loosened_unseen(self):
        alex, sam = await self.couple()
        await say(alex, HANDS, stance=Stance.LIKE())
        old = await share(alex, HANDS)
        await meet(alex, sam)
        self.assertEqual((await theirs(sam))[str(HANDS)].stance, Stance.LIKE())

        until = Stance.NOT_NOW(until=SUNDAY + datetime.timedelta(days=36_500))
        await say(alex, HANDS, stance=until)
        preview = await alex.preferences().preview(HANDS)
        self.assertEqual((preview.present.stance, preview.next.stance), (Stance.LIKE(), until))
        await share(alex, HANDS)
        await meet(alex, sam)
        self.assertEqual((await theirs(sam))[str(HANDS)].stance, until)
        with self.fails(NightstandError.ChangedMeanwhile, "changed_meanwhile", Action.CHOOSE_AGAIN):
            await alex.preferences().set(HANDS, ItemDraft(stance=Stance.LOVE()), old.version)

        later = SUNDAY + datetime.timedelta(days=36_501)
        self.assertEqual(await alex.preferences().ended(SUNDAY), [])
        self.assertEqual(await alex.preferences().ended(later), [HANDS])
        tired = Item.STANCE(activity="holding-hands", side=Side.TOGETHER, condition=Condition.TIRED)
        await say(alex, tired, stance=Stance.NEVER())
        effective = alex.preferences().effective
        self.assertEqual(await effective(Whose.ME, "holding-hands", Side.TOGETHER, []), until)
        self.assertEqual(await effective(Whose.ME, "holding-hands", Side.TOGETHER, [Condition.TIRED]), Stance.NEVER())
        self.assertEqual(await sam.preferences().effective(Whose.PARTNER, "holding-hands", Side.TOGETHER, [Condition.TIRED]), until)

        await alex.preferences().take_back(HANDS)
        await meet(alex, sam)
        self.assertEqual(await theirs(sam), {})
        self.assertEqual((await alex.preferences().read(HANDS)).content.stance, until)

    async def test_preferences_go_along(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        await say(alex, HANDS, stance=Stance.LOVE(), note="Not too tight.")
        page, all = self.folder / "page.md", self.folder / "all.json"
        self.assertEqual(await alex.preferences().export(str(page), PreferencesAs.MARKDOWN, Texts([]), WARSAW, Zones()), 1)
        shown = "# What I want in the time after\n\n## I love it\n\n- Holding hands (Together): Not too tight.\n"
        self.assertEqual(page.read_text(), shown)
        await alex.preferences().export(str(all), PreferencesAs.JSON, Texts([]), WARSAW, Zones())
        self.assertEqual(json.loads(all.read_text())["mine"][0]["item"], "stance/holding-hands/together")
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.preferences().export(str(page), PreferencesAs.JSON, Texts([]), WARSAW, Zones())
        self.assertEqual(page.read_text(), shown)
