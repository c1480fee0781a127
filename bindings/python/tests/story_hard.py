"""When it is hard: a low hours or days later, and what was not right."""

import datetime

import nightstand
from nightstand import (
    Action, CheckIn, CheckInField, CheckInMoment, DropHelp, DropLevel, DropLooking, NightstandError, Side, Stance, Whose,
)
from phones import DAY, Phones, meet


def an_hour_ago():
    return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)


class Hard(Phones):
    async def test_a_low_is_met_with_ones_own_list(self):
        alex, sam = await self.couple()
        care = alex.drop_care()
        self.assertEqual(((await care.now()).level, (await care.now()).text_keys), (DropLevel.CLEAR, []))
        await alex.check_ins().add(CheckIn(moment=CheckInMoment.NEXT_MORNING, at=an_hour_ago(), drop=DropLevel.STRONG))
        list = [DropHelp.WORDS("Ring Kim"), DropHelp.ACTIVITY("bath")]
        await care.set_help_list(list, [])
        view = await care.now()
        self.assertEqual((view.level, view.what_helps, view.repeats), (DropLevel.STRONG, list, False))
        self.assertEqual(view.text_keys, ["drop-seen", "drop-what-helps", "drop-shared", "help-where", "not-medical-advice"])
        self.assertTrue(view.since)
        await meet(alex, sam)
        self.assertEqual((await sam.drop_care().now()).level, DropLevel.CLEAR)
        self.assertEqual(await sam.drop_care().help_list(), [])

        await care.set_looking(DropLooking.OFF)
        self.assertEqual((await care.looking(), (await care.now()).level), (DropLooking.OFF, DropLevel.CLEAR))
        self.assertEqual(await care.help_list(), list)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await care.set_help_list([DropHelp.ACTIVITY("dancing")], list)

    async def test_what_was_not_right_is_met_with_words_a_boundary_and_help(self):
        alex, sam = await self.couple()
        said = await alex.check_ins().add(CheckIn(moment=CheckInMoment.SOMETHING_NOT_RIGHT, at=an_hour_ago()))
        self.assertEqual((said.shared, nightstand.names_help(said.content)), ([], True))
        texts = nightstand.not_right_texts()
        known = {one.key for one in nightstand.text_keys()}
        self.assertTrue(set(texts.begin + texts.words + [texts.boundary] + texts.help + [texts.close]) <= known)

        offers = await alex.not_right().boundaries("cuddling", Stance.NEVER())
        self.assertEqual((len(offers), offers[0].stands, offers[0].present), (3, False, None))
        await alex.preferences().set(offers[0].item, offers[0].draft, offers[0].since)
        offers = await alex.not_right().boundaries("cuddling", Stance.NOT_NOW(None))
        self.assertEqual((offers[0].stands, offers[0].draft.stance, offers[1].stands), (True, Stance.NEVER(), False))
        self.assertEqual(await alex.preferences().effective(Whose.ME, "cuddling", Side.RECEIVE, []), Stance.NEVER())
        await meet(alex, sam)
        self.assertEqual((await sam.preferences().list(Whose.PARTNER)).items, [])
        self.assertEqual((await alex.drop_care().now()).level, DropLevel.CLEAR)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.not_right().boundaries("cuddling", Stance.LOVE())

    async def test_what_was_not_right_is_shared_after_a_look_of_its_own(self):
        alex, sam = await self.couple()
        check_ins, when = alex.check_ins(), an_hour_ago()
        said = CheckIn(moment=CheckInMoment.SOMETHING_NOT_RIGHT, at=when, note="I want some time.", calm=3)
        said = await check_ins.add(said)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await check_ins.share(said.id, [CheckInField.NOTE])
        preview = await check_ins.preview(said.id, [CheckInField.NOTE])
        self.assertEqual((preview.note, preview.calm), ("I want some time.", None))
        with self.fails(NightstandError.ChangedMeanwhile, "changed_meanwhile", Action.CHOOSE_AGAIN):
            await check_ins.share_previewed(said.id, [CheckInField.NOTE, CheckInField.CALM], preview)
        await check_ins.share_previewed(said.id, [CheckInField.NOTE], preview)
        await meet(alex, sam)
        (seen,) = await sam.check_ins().list(Whose.PARTNER, when - DAY, when + DAY)
        self.assertEqual((seen.content.note, seen.content.calm), ("I want some time.", None))
        await check_ins.share(said.id, [])
        await meet(alex, sam)
        self.assertEqual(await sam.check_ins().list(Whose.PARTNER, when - DAY, when + DAY), [])
