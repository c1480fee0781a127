"""Alex and Sam on two phones, from Python: what Swift and Kotlin do, they do in the same words."""

import asyncio
import atexit
import contextlib
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import threading
import unittest

import nightstand
from nightstand import (
    Action, Author, Cancel, Clock, EntryDraft, FileForm, ImportInto, ImportObserver, InputFault, Layout, Mark, Moment,
    NightstandError, Observer, PairingState, RichText, RowsQuery, Sharing, Style, SyncOutcome, Vault, Visibility,
    ZoneOffsets,
)

DAY = datetime.timedelta(days=1)
SUNDAY = datetime.datetime(2026, 11, 15, 20, 30, 0, 123000, tzinfo=datetime.timezone.utc)


def entry(title, text, day=0, **more):
    moment = Moment(utc=SUNDAY + day * DAY, offset_seconds=3600, zone="Europe/Warsaw")
    return EntryDraft(title=title, body=RichText(text=text), moment=moment, **more)


async def open_vault(folder, name, number, clock=None):
    return await Vault.open(str(folder / name), bytes([number]) * 32, bytes([number]) * 16, clock)


async def carry(source, target):
    """Carries the frames that wait at one side to the other. The channel in between is the app's own."""
    carried = 0
    while (frame := await source.poll_frame()) is not None:
        await target.handle_frame(frame)
        carried += 1
    return carried


async def pair(alex, sam):
    inviting = await alex.pairing().invite("Alex")
    joining = await sam.pairing().join("Sam", await inviting.link())
    while await carry(joining, inviting) + await carry(inviting, joining):
        pass
    shown = inviting.state(), joining.state()
    await inviting.confirm()
    await joining.confirm()
    while await carry(joining, inviting) + await carry(inviting, joining):
        pass
    return inviting, joining, shown


async def meet(alex, sam):
    begun, answering = await alex.sync().begin(), await sam.sync().answer()
    while await carry(begun, answering) + await carry(answering, begun):
        pass
    assert begun.is_over() and answering.is_over()
    return begun.report()


async def edit(vault, id, draft):
    """Saves what somebody makes of an entry that they have just read."""
    await vault.journal().edit(id, draft, (await vault.journal().read(id)).version)


async def titles(vault, **query):
    return [row.title for row in (await vault.journal().rows(RowsQuery(**query))).rows]


# Python must not end while a thread of the core's is calling it.
atexit.register(nightstand.wait_for_calls)

# What a short script does: it ends right after its last call, and closes nothing.
SCRIPT = """
import asyncio, atexit, pathlib, sys, nightstand

atexit.register(nightstand.wait_for_calls)

async def main():
    path = str(pathlib.Path(sys.argv[1]) / "script.db")
    vault = await nightstand.Vault.open(path, bytes(32), bytes(16))
    await vault.journal().rows(nightstand.RowsQuery())

asyncio.run(main())
"""


class Story(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    async def phones(self):
        return await open_vault(self.folder, "alex.db", 1), await open_vault(self.folder, "sam.db", 2)

    async def couple(self):
        alex, sam = await self.phones()
        await pair(alex, sam)
        return alex, sam

    @contextlib.contextmanager
    def fails(self, kind, code, action, retryable=False):
        with self.assertRaises(kind) as caught:
            yield
        error = caught.exception
        self.assertIsInstance(error, NightstandError)
        self.assertEqual((error.code(), error.action(), error.retryable()), (code, action, retryable))

    async def test_in_a_few_lines(self):
        path, key, install_mark = str(self.folder / "alex.db"), bytes(32), bytes(16)
        vault = await Vault.open(path, key, install_mark)
        day = Moment(utc=datetime.datetime.now(datetime.timezone.utc), zone="Europe/Warsaw", offset_seconds=3600)
        draft = EntryDraft(title="A slow evening", body=RichText(text="No phones."), moment=day)
        id = await vault.journal().write(draft, Sharing.PRIVATE)
        view = await vault.journal().read(id)
        view.entry.mood = "calm"
        await vault.journal().edit(id, view.entry, view.version)
        page = await vault.journal().rows(RowsQuery(limit=50))
        titles = [row.title for row in page.rows]
        await vault.close()
        self.assertEqual(titles, ["A slow evening"])

    async def test_pairing_in_a_few_lines(self):
        alex, sam = await self.phones()
        inviting = await alex.pairing().invite("Alex")
        joining = await sam.pairing().join("Sam", await inviting.link())
        while await carry(joining, inviting) + await carry(inviting, joining):
            pass

        on_alex, on_sam = inviting.state(), joining.state()
        assert isinstance(on_alex, PairingState.COMPARE) and isinstance(on_sam, PairingState.COMPARE)
        assert (on_alex.code.words, on_alex.code.digits) == (on_sam.code.words, on_sam.code.digits)
        await inviting.confirm()
        await joining.confirm()

        while await carry(joining, inviting) + await carry(inviting, joining):
            pass
        assert inviting.state().is_PAIRED() and joining.state().is_PAIRED()

    def test_the_readme_shows_what_runs_here(self):
        here = pathlib.Path(__file__)
        readme = (here.parent.parent / "README.md").read_text("utf-8")
        examples = [part.split("```")[0] for part in readme.split("```python\n")[1:]]
        self.assertEqual(len(examples), 3)
        for example in examples:
            indented = [example, textwrap.indent(example, " " * 8)]
            self.assertTrue(any(text in here.read_text("utf-8") for text in indented), example)

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

    def test_a_script_ends_well(self):
        for _ in range(10):
            with tempfile.TemporaryDirectory() as folder:
                ended = subprocess.run([sys.executable, "-c", SCRIPT, folder], capture_output=True, check=False)
                self.assertEqual((ended.returncode, ended.stderr), (0, b""))

    async def test_a_diary_of_ones_own(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        journal = alex.journal()
        bold = Mark(start=3, end=9, style=Style.BOLD())
        draft = entry("Tea 🕯", "Hot, strong and sweet.", tags=["tea", "evening"], mood="calm", favourite=True)
        draft.body.marks = [Mark(start=5, end=11, style=Style.BOLD())]
        id = await journal.write(draft, Sharing.PRIVATE)
        view = await journal.read(id)
        self.assertEqual(view.entry.moment.utc, SUNDAY)
        self.assertEqual(view.entry.tags, ["evening", "tea"])
        self.assertEqual((view.id, view.author, view.visibility), (id, Author.ME, Visibility.ONLY_ME))
        view.entry.tags = draft.tags = []
        self.assertEqual(view.entry, draft)
        self.assertNotEqual(view.entry.body.marks, [bold])

        await journal.edit(id, entry("Tea again", "Cold by now."), view.version)
        self.assertEqual((await journal.read(id)).entry.title, "Tea again")
        for day in range(1, 6):
            await journal.write(entry(f"Day {day}", "…", day), Sharing.PRIVATE)
        first = await journal.rows(RowsQuery(limit=4))
        rest = await journal.rows(RowsQuery(after=first.next))
        self.assertEqual([row.title for row in first.rows + rest.rows], [f"Day {day}" for day in range(5, 0, -1)] + ["Tea again"])
        self.assertIsNone(rest.next)
        await journal.delete(id)
        self.assertEqual(await journal.count(RowsQuery()), 5)
        with self.fails(NightstandError.Deleted, "deleted", Action.CHOOSE_AGAIN):
            await journal.read(id)
        with self.fails(NightstandError.NotFound, "not_found", Action.CHOOSE_AGAIN):
            await journal.read("mine-of nothing")

    async def test_from_two_diaries_to_one(self):
        alex, sam = await self.phones()
        await alex.journal().write(entry("Only mine", "for me alone", 1), Sharing.PRIVATE)
        with self.fails(NightstandError.NotPaired, "not_paired", Action.CHOOSE_AGAIN):
            await alex.journal().write(entry("Too early", "nobody to share with"), Sharing.JOINT)

        inviting, joining, (on_alex, on_sam) = await pair(alex, sam)
        self.assertTrue(on_alex.is_COMPARE() and on_sam.is_COMPARE())
        self.assertEqual(on_alex.code, on_sam.code)
        self.assertEqual((on_alex.name, on_sam.name, len(on_alex.code.words)), ("Sam", "Alex", 4))
        self.assertTrue(inviting.state().is_PAIRED() and joining.state().is_PAIRED())
        partner = await alex.pairing().partner()
        self.assertEqual((partner.name, partner.confirmed_by_both), ("Sam", True))
        with self.fails(NightstandError.AlreadyPaired, "already_paired", Action.CHOOSE_AGAIN):
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

    async def test_keys_and_files(self):
        path = str(self.folder / "alex.db")
        self.assertEqual((await nightstand.inspect(path)).form, FileForm.ABSENT)
        alex = await open_vault(self.folder, "alex.db", 1)
        with self.fails(NightstandError.Locked, "locked", Action.WAIT, retryable=True):
            await open_vault(self.folder, "alex.db", 1)
        await alex.journal().write(entry("Kept", "words that stay"), Sharing.PRIVATE)
        await alex.close()
        found = await nightstand.inspect(path)
        self.assertEqual(found.form, FileForm.PLAUSIBLE)
        self.assertEqual((await nightstand.inspect_with_key(path, bytes([1]) * 32)).layout, Layout.CURRENT)
        with self.fails(NightstandError.WrongKey, "wrong_key", Action.UNLOCK):
            await open_vault(self.folder, "alex.db", 9)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await Vault.open(path, b"short", bytes(16))
        self.assertEqual((await nightstand.inspect(path)).bytes, found.bytes)
        alex = await open_vault(self.folder, "alex.db", 1)
        self.assertEqual(await titles(alex), ["Kept"])

    async def test_the_life_of_an_app(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        journal, talk = alex.journal(), await alex.pairing().invite("Alex")
        await alex.pause(datetime.timedelta(seconds=2))
        with self.fails(NightstandError.Paused, "paused", Action.WAIT, retryable=True):
            await journal.rows(RowsQuery())
        await alex.resume()
        self.assertEqual(await journal.count(RowsQuery()), 0)
        await alex.pause(datetime.timedelta.max)
        await alex.resume()
        await alex.close()
        closed = (NightstandError.Closed, "closed", Action.UNLOCK)
        calls = [
            lambda: journal.rows(RowsQuery()), lambda: journal.write(entry("Late", "too late"), Sharing.PRIVATE),
            lambda: alex.pairing().invite("Alex"), lambda: alex.sync().begin(), alex.resume,
            lambda: alex.pause(datetime.timedelta(0)), journal.shared_digest, alex.pairing().partner,
        ]
        for call in calls:
            with self.fails(*closed):
                await call()
        self.assertTrue(talk.state().is_MEETING())
        await alex.close()

    async def test_an_observer_is_told_after_commits(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        journal, told = alex.journal(), Told()
        with self.assertRaises(TypeError):
            alex.observe(object())
        angry, subscription = Angry(), alex.observe(told)
        anger = alex.observe(angry)
        await told.reaches(0)
        for number in range(1, 4):
            await journal.write(entry("Heard", "…", number), Sharing.PRIVATE)
            await told.reaches(number)
            await angry.reaches(number)
            self.assertEqual(await journal.count(RowsQuery()), number)
        self.assertEqual(told.revisions, sorted(set(told.revisions)))
        await subscription.end()
        await anger.end()
        heard = list(told.revisions)
        await journal.write(entry("Unheard", "…"), Sharing.PRIVATE)
        self.assertEqual(told.revisions, heard)
        # Letting go of it is enough.
        dropped = alex.observe(told)
        del dropped
        await alex.close()

    async def test_the_apps_clock_is_asked_and_may_fail(self):
        clock = SetClock()
        alex = await open_vault(self.folder, "alex.db", 1, clock)
        sam = await open_vault(self.folder, "sam.db", 2, clock)
        await pair(alex, sam)
        self.assertGreater(clock.asked, 0)
        clock.broken = True
        await alex.pairing().partner()
        await alex.journal().write(entry("Timeless", "…"), Sharing.JOINT)
        self.assertEqual((await meet(alex, sam)).outcome, SyncOutcome.ALL_HANDED_OVER)

    async def test_an_import_that_is_cancelled_and_goes_on(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        export = self.folder / "export.json"
        export.write_text(json.dumps({"metadata": {"version": "1.0"}, "entries": [
            {"uuid": f"{number:032X}", "creationDate": "1660-01-01T12:00:00Z", "text": f"# Day {number}\n\nUp early.",
             "timeZone": "Europe/London" if number else "Nowhere/Else", "starred": number == 1, "tags": ["diary"]}
            for number in range(900)
        ]}))
        cancel = Cancel()
        progress = Progress(lambda done: cancel.cancel() if done >= 200 else None)
        summary = await alex.journal().import_day_one(str(export), ImportInto.PRIVATE, Zones(), progress, cancel)
        self.assertTrue(summary.cancelled and cancel.is_cancelled())
        self.assertTrue(0 < summary.imported < 900 == summary.total)
        self.assertEqual(await alex.journal().count(RowsQuery()), summary.imported)

        def throw(done):
            raise ValueError("a bar that breaks")
        rest = await alex.journal().import_day_one(str(export), ImportInto.PRIVATE, Zones(), Progress(throw))
        self.assertEqual((rest.imported, rest.known, rest.cancelled), (900 - summary.imported, summary.imported, False))
        page = await alex.journal().rows(RowsQuery(limit=900))
        moments = {row.moment.zone: row.moment for row in page.rows}
        self.assertEqual(moments["Europe/London"].offset_seconds, -75)
        self.assertIsNone(moments["Nowhere/Else"].offset_seconds)
        self.assertEqual(moments["Europe/London"].utc, datetime.datetime(1660, 1, 1, 12, tzinfo=datetime.timezone.utc))
        self.assertEqual(progress.total, 900)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            export.write_text("no export")
            await alex.journal().import_day_one(str(export), ImportInto.PRIVATE)

    async def test_a_call_given_up_is_done_all_the_same(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        calls = [asyncio.create_task(alex.journal().write(entry("Given up", "…", day), Sharing.PRIVATE)) for day in range(20)]
        await asyncio.sleep(0)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await alex.journal().write(entry("Waited for", "…"), Sharing.PRIVATE)
        self.assertEqual(await alex.journal().count(RowsQuery()), 21)

    async def test_many_at_once(self):
        alex, sam = await self.couple()

        async def write(vault, number):
            id = await vault.journal().write(entry(f"{number}", "many at once", number), Sharing.SHARED)
            return (await vault.journal().read(id)).entry.title

        written = await asyncio.gather(*(write(vault, number) for number in range(40) for vault in (alex, sam)))
        self.assertEqual(written, [str(number) for number in range(40) for _ in range(2)])

        failed = []

        def on_a_thread(vault):
            try:
                asyncio.run(write(vault, 40))
            except Exception as error:
                failed.append(error)
        threads = [threading.Thread(target=on_a_thread, args=(vault,)) for vault in (alex, sam) * 4]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            await meet(alex, sam)
        self.assertEqual(failed, [])
        await meet(alex, sam)
        self.assertEqual(await alex.journal().count(RowsQuery()), 88)
        self.assertEqual(await alex.journal().shared_digest(), await sam.journal().shared_digest())

    async def test_no_error_tells_what_was_written(self):
        alex = await open_vault(self.folder, "secret-name.db", 1)
        secret = "a private word"
        bad = [
            entry("", secret, mood=""), entry("", secret, tags=[" "]), entry(secret + "\n", secret),
            entry(secret * 100, ""), entry("", secret * 20_000), entry("", secret),
        ]
        bad[-1].body.marks = [Mark(start=9, end=5, style=Style.LINK(url=secret))]
        faults = []
        for draft in bad:
            with self.assertRaises(NightstandError.InvalidInput) as caught:
                await alex.journal().write(draft, Sharing.PRIVATE)
            error = caught.exception
            faults.append(error.what)
            for text in str(error), repr(error), error.describe():
                self.assertNotIn("private", text)
                self.assertNotIn("secret", text)
            self.assertTrue(error.describe().startswith("an input can't be used"))
        self.assertEqual(faults, [
            InputFault.MOOD, InputFault.TAGS, InputFault.TITLE_OF_SEVERAL_LINES, InputFault.TITLE_TOO_LONG,
            InputFault.TEXT_TOO_LONG, InputFault.STYLES,
        ])
        with self.assertRaises(NightstandError) as caught:
            await open_vault(self.folder / "missing-secret", "secret-name.db", 1)
        self.assertNotIn("secret", str(caught.exception) + caught.exception.describe())
        with self.assertRaises(TypeError):
            naive = entry("", "")
            naive.moment.utc = datetime.datetime(2026, 1, 1)
            await alex.journal().write(naive, Sharing.PRIVATE)

    def test_markdown_in_and_out(self):
        text = nightstand.rich_text_from_markdown("# Sunday\n\nTea **in bed**, [again](https://example.org).\n")
        self.assertTrue(text.text.startswith("Sunday\n"))
        self.assertIn(Style.HEADING(level=1), [mark.style for mark in text.marks])
        again = nightstand.rich_text_from_markdown(nightstand.rich_text_to_markdown(text))
        self.assertEqual(again, text)

    def test_versions(self):
        version = nightstand.version()
        self.assertRegex(version.library, r"^\d+\.\d+\.\d+")
        self.assertTrue(version.binding >= 1 and version.protocol >= 1 and version.schema >= 1)

    def test_docstrings_come_through(self):
        self.assertIn("32 random bytes", Vault.open.__doc__)
        self.assertIn("comes at once", Vault.observe.__doc__)


class Told(Observer):
    """Notes what it is told, on the core's thread, and wakes the story on its own."""

    def __init__(self):
        self.revisions, self.told, self.loop = [], asyncio.Event(), asyncio.get_running_loop()

    def changed(self, revision):
        self.revisions.append(revision)
        self.loop.call_soon_threadsafe(self.told.set)

    async def reaches(self, revision):
        while not self.revisions or self.revisions[-1] < revision:
            self.told.clear()
            await asyncio.wait_for(self.told.wait(), 60)


class Angry(Told):
    def changed(self, revision):
        super().changed(revision)
        raise ValueError("a private word in an exception")


class SetClock(Clock):
    def __init__(self):
        self.asked, self.broken = 0, False

    def now(self):
        self.asked += 1
        if self.broken:
            raise ValueError("no battery")
        return SUNDAY


class Zones(ZoneOffsets):
    def offset_seconds(self, zone, at):
        assert at.year == 1660
        if zone != "Europe/London":
            raise ValueError("no such zone")
        return -75


class Progress(ImportObserver):
    def __init__(self, react):
        self.react, self.total = react, 0

    def progressed(self, progress):
        self.total = progress.total
        self.react(progress.done)


if __name__ == "__main__":
    unittest.main()
