"""What the README shows, and that it shows it."""

import datetime
import pathlib
import secrets
import textwrap
import zoneinfo

from nightstand import (
    EntryDraft, Moment, PairingState, PrivateLock, RichText, RowsQuery, Sharing, TextValue, Texts, Vault, unwrap_key, wrap_key,
)
from phones import Phones, carry, open_vault


class Readme(Phones):
    async def test_in_a_few_lines(self):
        path, key, install_mark = str(self.folder / "alex.db"), bytes(32), bytes(16)
        vault = await Vault.open(path, key, install_mark)
        now = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Warsaw"))
        day = Moment(utc=now, zone=now.tzinfo.key, offset_seconds=int(now.utcoffset().total_seconds()))
        draft = EntryDraft(title="A slow evening", body=RichText(text="No phones."), moment=day)
        id = await vault.journal().write(draft, Sharing.PRIVATE)
        view = await vault.journal().read(id)
        view.entry.mood = "calm"
        await vault.journal().edit(id, view.entry, view.version)
        page = await vault.journal().rows(RowsQuery(limit=50))
        titles = [row.title for row in page.rows]
        await vault.close()
        self.assertEqual(titles, ["A slow evening"])

    async def test_a_second_key_in_a_few_lines(self):
        vault = await open_vault(self.folder, "alex.db", 1)
        second = secrets.token_bytes(32)
        wrapped = await wrap_key(second, "four quiet yellow boats")  # keep this, and not the key
        await vault.set_private_key(second)
        await vault.lock_private()
        assert await vault.private_lock() == PrivateLock.LOCKED
        await vault.unlock_private(await unwrap_key(wrapped, "four quiet yellow boats"))
        self.assertEqual(await vault.private_lock(), PrivateLock.UNLOCKED)

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

    def test_texts_in_a_few_lines(self):
        texts = Texts(["pl-PL", "en"])
        texts.add("pl", "activity-water = Woda")
        water = texts.say("activity-water").text
        waiting = texts.say("waiting-for-phone", {"name": TextValue.TEXT("Sam")}).text
        self.assertEqual((water, waiting), ("Woda", "Waiting for Sam’s phone"))

    def test_the_readme_shows_what_runs_here(self):
        here = pathlib.Path(__file__).parent
        readme = (here.parent / "README.md").read_text("utf-8")
        told = "story_readme.py", "phones.py", "testing/story_testing.py"
        run = "".join((here / name).read_text("utf-8") for name in told)
        examples = [part.split("```")[0] for part in readme.split("```python\n")[1:]]
        self.assertEqual(len(examples), 6)
        for example in examples:
            indented = [example, textwrap.indent(example, " " * 8)]
            self.assertTrue(any(text in run for text in indented), example)

    def test_docstrings_come_through(self):
        self.assertIn("32 random bytes", Vault.open.__doc__)
        self.assertIn("comes at once", Vault.observe.__doc__)
