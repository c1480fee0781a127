"""Alex's own diary: writing, reading, importing."""

import asyncio
import datetime
import json

import nightstand
from nightstand import (
    Action, Author, Cancel, DayOfYear, ExportAs, ImportInto, ProgressObserver, InputFault, Mark, NightstandError, RowChange,
    RowsQuery, RowsState, RowsUpdate, Sharing, Style, Texts, Visibility, ZoneOffsets,
)
from phones import DAY, SUNDAY, Phones, entry, open_vault, titles


class Diary(Phones):
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

    async def test_a_list_stays_true(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        journal, screen = alex.journal(), []
        watched = journal.watch_rows(RowsQuery(limit=2))

        async def draw():
            update = await watched.next()
            if isinstance(update, RowsUpdate.WHOLE):
                screen[:] = update.state.rows
            if isinstance(update, RowsUpdate.CHANGED):
                for change in update.changes:
                    apply(change, screen)
            return update

        self.assertEqual((await draw()).state, RowsState(number=1, rows=[], months=[], next=None))
        for day in range(1, 4):
            await journal.write(entry(f"Day {day}", "…", day), Sharing.PRIVATE)
            await draw()
        self.assertEqual([row.title for row in screen], ["Day 3", "Day 2"])
        watched.show(None, 10)
        grown = await draw()
        self.assertEqual((grown.number, grown.next), (5, None))
        oldest = (await journal.rows(RowsQuery())).rows[2]
        self.assertEqual(grown.changes, [RowChange.INSERT(at=2, row=oldest)])
        self.assertEqual([(month.year, month.month, month.entries) for month in grown.months], [(2026, 11, 3)])
        earlier = screen[0].id
        await journal.edit(earlier, entry("A month ago", "…", -30), (await journal.read(earlier)).version)
        moved = await draw()
        self.assertEqual(moved.changes[0], RowChange.MOVE(origin=0, target=2))
        self.assertEqual([row.title for row in screen], ["Day 2", "Day 1", "A month ago"])
        self.assertEqual(await journal.months(RowsQuery()), moved.months)
        october = (await journal.rows(RowsQuery(after=moved.months[1].start))).rows
        self.assertEqual([row.title for row in october], ["A month ago"])

        await alex.pause(datetime.timedelta(seconds=2))
        await alex.resume()
        self.assertEqual((await draw()).state.rows, screen)
        other = journal.watch_rows(RowsQuery(limit=1))
        self.assertEqual([row.title for row in (await other.next()).state.rows], ["Day 2"])
        waiting = asyncio.create_task(other.next())
        await asyncio.sleep(0)
        other.end()
        self.assertIsNone(await waiting)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            journal.watch_rows(RowsQuery(day=DayOfYear(month=13, day=1)))
        await alex.close()
        self.assertIsNone(await draw())

    async def test_finding_an_entry_again(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        journal = alex.journal()
        await journal.write(entry("Zażółć gęślą jaźń", "By the lantern 🕯 in Łódź.", tags=["light"]), Sharing.PRIVATE)
        await journal.write(entry("Lanterns", "ただいま、と言える場所。A hug.", 1, mood="calm", favourite=True), Sharing.PRIVATE)
        found = (await journal.search("lant", RowsQuery())).hits
        self.assertEqual([hit.row.title for hit in found], ["Lanterns", "Zażółć gęślą jaźń"])
        (match,) = found[1].snippet_matches
        self.assertEqual(found[1].snippet[match.start : match.end], "lantern")
        for text in "zazolc", "lodz", "GESLA jazn", '"in lodz"':
            self.assertEqual(len((await journal.search(text, RowsQuery())).hits), 1, text)
        self.assertEqual([hit.row.title for hit in (await journal.search("場所", RowsQuery())).hits], ["Lanterns"])
        (other_word,) = (await journal.search("cuddle", RowsQuery())).hits
        (match,) = other_word.snippet_matches
        self.assertEqual(other_word.snippet[match.start : match.end], "hug")
        self.assertEqual((await journal.search('"cuddle"', RowsQuery())).hits, [])
        texts = Texts([])
        texts.add_synonyms("en", "lantern*, torch")
        self.assertEqual(len((await journal.search("torch", RowsQuery(), 0, texts)).hits), 2)
        self.assertEqual((await journal.search("torch", RowsQuery())).hits, [])
        self.assertEqual((await journal.search("lant", RowsQuery(tags=["light"]))).hits[0].row.title, "Zażółć gęślą jaźń")
        first = await journal.search("lant", RowsQuery(limit=1))
        self.assertEqual((len(first.hits), first.next), (1, 1))
        self.assertIsNone((await journal.search("lant", RowsQuery(limit=1), first.next)).next)
        self.assertEqual(await titles(alex, favourites=True, mood="calm"), ["Lanterns"])
        self.assertEqual(await titles(alex, since=SUNDAY, until=SUNDAY + DAY), ["Zażółć gęślą jaźń"])
        self.assertEqual(await titles(alex, day=DayOfYear(month=11, day=16)), ["Lanterns"])
        self.assertEqual([(tag.tag, tag.entries) for tag in await journal.tags()], [("light", 1)])
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await journal.search(" … ", RowsQuery())

    async def test_going_back_to_how_it_was(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        journal = alex.journal()
        id = await journal.write(entry("Evening", "We lay there."), Sharing.PRIVATE)
        view = await journal.read(id)
        await journal.edit(id, entry("Night", "It rained."), view.version)
        newest, oldest = await journal.history(id)
        self.assertEqual((newest.by, newest.at >= oldest.at), (Author.ME, True))
        self.assertEqual((await journal.read_past(id, oldest.version)).body.text, "We lay there.")
        restored = await journal.restore(id, oldest.version)
        self.assertEqual((restored.entry.title, restored.entry.body.text), ("Evening", "We lay there."))
        self.assertEqual(len(await journal.history(id)), 3)
        with self.fails(NightstandError.NotFound, "not_found", Action.CHOOSE_AGAIN):
            await journal.restore(id, bytes(32))

    async def test_taking_the_journal_along(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        await alex.journal().write(entry("Evening", "We lay there."), Sharing.PRIVATE)
        for form, name in (ExportAs.MARKDOWN, "a.zip"), (ExportAs.JSON, "a.json"), (ExportAs.DAY_ONE, "b.zip"):
            summary = await alex.journal().export(str(self.folder / name), form, RowsQuery())
            self.assertEqual(summary.entries, 1)
        self.assertIn("We lay there.", (self.folder / "a.json").read_text("utf-8"))
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.journal().export(str(self.folder / "a.json"), ExportAs.JSON, RowsQuery())
        sam = await open_vault(self.folder, "sam.db", 2)
        await sam.journal().import_day_one(str(self.folder / "b.zip"), ImportInto.PRIVATE)
        self.assertEqual(await titles(sam), ["Evening"])
        cancel = Cancel()
        cancel.cancel()
        with self.fails(NightstandError.Cancelled, "cancelled", Action.WAIT, retryable=True):
            await alex.journal().export(str(self.folder / "c.zip"), ExportAs.DAY_ONE, RowsQuery(), None, cancel)
        self.assertFalse((self.folder / "c.zip").exists())

    async def test_an_import_that_is_cancelled_and_goes_on(self):
        alex = await open_vault(self.folder, "alex.db", 1)
        export = self.folder / "export.json"
        export.write_text(json.dumps({"metadata": {"version": "1.0"}, "entries": [
            {"uuid": f"{number:032X}", "creationDate": "1660-01-01T12:00:00Z", "text": f"# Day {number}\n\nUp early.",
             "timeZone": "Europe/London" if number else "Nowhere/Else", "starred": number == 1, "tags": ["diary"]}
            for number in range(900)
        ]}))
        cancel = Cancel()
        progress = Bar(lambda done: cancel.cancel() if done >= 200 else None)
        summary = await alex.journal().import_day_one(str(export), ImportInto.PRIVATE, Zones(), progress, cancel)
        self.assertTrue(summary.cancelled and cancel.is_cancelled())
        self.assertTrue(0 < summary.imported < 900 == summary.total)
        self.assertEqual(await alex.journal().count(RowsQuery()), summary.imported)

        def throw(done):
            raise ValueError("a bar that breaks")
        rest = await alex.journal().import_day_one(str(export), ImportInto.PRIVATE, Zones(), Bar(throw))
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

    def test_markdown_in_and_out(self):
        text = nightstand.rich_text_from_markdown("# Sunday\n\nTea **in bed**, [again](https://example.org).\n")
        self.assertTrue(text.text.startswith("Sunday\n"))
        self.assertIn(Style.HEADING(level=1), [mark.style for mark in text.marks])
        again = nightstand.rich_text_from_markdown(nightstand.rich_text_to_markdown(text))
        self.assertEqual(again, text)

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


class Zones(ZoneOffsets):
    def offset_seconds(self, zone, at):
        assert at.year == 1660
        if zone != "Europe/London":
            raise ValueError("no such zone")
        return -75


class Bar(ProgressObserver):
    def __init__(self, react):
        self.react, self.total = react, 0

    def progressed(self, progress):
        self.total = progress.total
        self.react(progress.done)


def apply(change, rows):
    """One step of a list."""
    match change:
        case RowChange.DELETE():
            del rows[change.at]
        case RowChange.INSERT():
            rows.insert(change.at, change.row)
        case RowChange.MOVE():
            rows.insert(change.target, rows.pop(change.origin))
        case RowChange.UPDATE():
            rows[change.at] = change.row
