"""Alex and Sam type into one entry."""

from nightstand import (
    Action, Field, InputFault, NightstandError, RichText, Selection, Sharing, Style, StyleKind,
)
from phones import Phones, entry, meet
from story_app import Told


class View:
    """A text view. Its text is kept in UTF-16, as those of phones are."""

    def __init__(self, editor):
        self.editor, self.units = editor, editor.text(Field.BODY).text.encode("utf-16-le")

    @property
    def text(self):
        return self.units.decode("utf-16-le")

    def splice(self, start, end, text):
        self.units = self.units[: start * 2] + text.encode("utf-16-le") + self.units[end * 2 :]

    def key(self, start, end, text):
        self.splice(start, end, text)
        self.editor.replace(Field.BODY, start, end, text)

    def show(self, changes):
        for change in changes.texts:
            if change.field == Field.BODY:
                self.splice(change.start, change.start + change.deleted, change.inserted)
        assert self.text == self.editor.text(Field.BODY).text
        return changes


class Editing(Phones):
    async def both_open(self, text):
        alex, sam = await self.couple()
        id = await alex.journal().write(entry("Evening", text), Sharing.JOINT)
        await meet(alex, sam)
        return alex, sam, id, *[View(await vault.journal().open_editor(id)) for vault in (alex, sam)]

    async def test_both_type_and_meet(self):
        alex, sam, id, on_alex, on_sam = await self.both_open("We lay there.")
        told = Told()
        subscription = on_alex.editor.observe(told)
        on_alex.editor.set_selection(Selection(field=Field.BODY, anchor=13, head=13))
        for number, letter in enumerate(" Quiet 🕯"):
            on_alex.key(13 + number, 13 + number, letter)
        on_alex.editor.set_style(3, 6, Style.BOLD())
        on_sam.key(0, 0, "Late. ")
        await on_alex.editor.flush()
        await on_sam.editor.flush()
        self.assertFalse(on_alex.editor.state().unsaved)
        await meet(alex, sam)
        for view in on_alex, on_sam:
            await view.editor.flush()
        changes = on_alex.show(on_alex.editor.poll_changes())
        self.assertEqual([change.inserted for change in changes.texts], ["Late. "])
        changes = on_sam.show(on_sam.editor.poll_changes())
        self.assertEqual([(change.start, change.end) for change in changes.styles], [(9, 12)])
        self.assertEqual(on_alex.text, "Late. We lay there. Quiet 🕯")
        self.assertEqual(on_alex.text, on_sam.text)
        self.assertEqual(on_sam.editor.part(8, 14).marks[0].start, 1)
        # One's own letters are taken back, not the partner's.
        on_alex.show(on_alex.editor.undo())
        on_alex.show(on_alex.editor.undo())
        self.assertEqual(on_alex.text, "Late. We lay there.")
        await told.reaches(1)
        await subscription.end()

    async def test_undo_redo_and_composing(self):
        alex, _, id, on_alex, _ = await self.both_open("We lay there.")
        on_alex.key(13, 13, "!")
        on_alex.show(on_alex.editor.undo())
        self.assertEqual((on_alex.text, on_alex.editor.state().can_redo), ("We lay there.", True))
        on_alex.show(on_alex.editor.redo())
        on_alex.editor.end_step()
        for text in "s", "sa", "座":
            where = on_alex.editor.composing() or Selection(field=Field.BODY, anchor=3, head=6)
            on_alex.editor.set_composing(Field.BODY, where.anchor, where.head, text)
            on_alex.splice(where.anchor, where.head, text)
        await on_alex.editor.flush()
        self.assertEqual((await alex.journal().read(id)).entry.body.text, "We lay there.!")
        on_alex.editor.finish_composing()
        on_alex.editor.paste(0, 2, RichText(text="They"))
        on_alex.splice(0, 2, "They")
        on_alex.editor.toggle_style(0, 4, Style.BULLET())
        on_alex.editor.clear_style(0, 1, StyleKind.BLOCK)
        self.assertEqual(on_alex.editor.text(Field.BODY).text, on_alex.text)
        await on_alex.editor.close()
        self.assertEqual((await alex.journal().read(id)).entry.body.text, "They 座 there.!")
        with self.fails(NightstandError.Closed, "closed", Action.UNLOCK):
            on_alex.editor.replace(Field.BODY, 0, 0, "x")
        self.assertEqual(on_alex.editor.state().ended, "closed")

    async def test_what_can_t_be_changes_nothing(self):
        alex, _, id, on_alex, _ = await self.both_open("a🕯b")
        for start, end, text, fault in [
            (2, 2, "a private word", InputFault.POSITION), (0, 9, "", InputFault.POSITION),
            (3, 1, "", InputFault.POSITION), (0, 0, "x" * 200_000, InputFault.TEXT_TOO_LONG),
        ]:
            with self.assertRaises(NightstandError.InvalidInput) as caught:
                on_alex.editor.replace(Field.BODY, start, end, text)
            self.assertEqual(caught.exception.what, fault)
            self.assertNotIn("private", caught.exception.describe())
        self.assertEqual(on_alex.editor.text(Field.BODY).text, "a🕯b")
        theirs = await alex.journal().write(entry("Mine", "…"), Sharing.SHARED)
        with self.fails(NightstandError.NotYours, "not_yours", Action.CHOOSE_AGAIN):
            await alex.journal().open_editor(theirs.replace("mine", "theirs"))
        # Letting go of it saves.
        on_alex.key(0, 0, "x")
        on_alex.editor.set_style(0, 1, Style.BOLD())
        del on_alex
        await alex.close()
