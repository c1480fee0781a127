"""Alex's phone is backed up in one file, and lost."""

from nightstand import Action, BackupExtent, BackupKey, Cancel, NightstandError, Sharing
from phones import Phones, agree, carry, converse, entry, meet, open_vault, titles


class Backups(Phones):
    async def home(self):
        """Alex's phone and Sam's, with something in them, and Alex's 24 words."""
        alex, sam = await self.couple()
        await alex.journal().write(entry("Mine alone", "for me"), Sharing.PRIVATE)
        await alex.journal().write(entry("For both to read", "on the sofa", 1), Sharing.SHARED)
        await meet(alex, sam)
        return alex, sam, " ".join(await alex.recovery_phrase().show())

    def path(self, name):
        return str(self.folder / name)

    async def test_a_backup_brings_everything_back_and_the_phrase_lists_the_phone(self):
        alex, sam, words = await self.home()
        by_phrase, everything = BackupKey.PHRASE(words), BackupExtent.EVERYTHING
        made = await alex.backup().write(self.path("backup.age"), by_phrase, everything)
        self.assertTrue(made.with_private and made.is_whole)
        self.assertTrue((await alex.backup().identity(words)).startswith("AGE-SECRET-KEY-1"))

        new = await open_vault(self.folder, "new.db", 3)
        came = await new.backup().restore(self.path("backup.age"), by_phrase)
        self.assertEqual((came.entries, came.with_private), (made.entries, True))
        self.assertEqual(await titles(new), ["For both to read", "Mine alone"])
        self.assertEqual((await new.pairing().partner()).name, "Sam")
        view = await new.devices().list()
        self.assertTrue(view.this_is_unlisted and not view.this_is_removed)
        with self.fails(NightstandError.Refused, "refused", Action.CHOOSE_AGAIN):
            await new.devices().invite(words, "New phone")

        await new.devices().list_this(words, "New phone")
        self.assertFalse((await new.devices().list()).this_is_unlisted)
        await new.journal().write(entry("Back again", "at last", 2), Sharing.SHARED)
        await meet(new, sam)
        self.assertEqual(await titles(sam), ["Back again", "For both to read"])
        lost = (await new.devices().list()).others[0]
        self.assertEqual(await new.devices().remove(words, lost.device), 1)

    async def test_a_backup_opens_with_its_key_alone_and_comes_whole_or_not_at_all(self):
        alex, sam, words = await self.home()
        passphrase, everything = BackupKey.PASSPHRASE("four quiet yellow boats"), BackupExtent.EVERYTHING
        await alex.set_private_key(bytes(32), None)
        await alex.lock_private()
        with self.fails(NightstandError.PrivateLocked, "private_locked", Action.UNLOCK, retryable=True):
            await alex.backup().write(self.path("backup.age"), passphrase, everything)
        made = await alex.backup().write(self.path("backup.age"), passphrase, BackupExtent.WITHOUT_PRIVATE)
        self.assertFalse(made.with_private)
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await alex.backup().write(self.path("backup.age"), passphrase, BackupExtent.WITHOUT_PRIVATE)

        new = await open_vault(self.folder, "new.db", 3)
        with self.fails(NightstandError.WrongKey, "wrong_key", Action.UNLOCK):
            await new.backup().restore(self.path("backup.age"), BackupKey.PHRASE(words))
        whole = (self.folder / "backup.age").read_bytes()
        (self.folder / "cut.age").write_bytes(whole[:-20])
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await new.backup().restore(self.path("cut.age"), passphrase)
        cancel = Cancel()
        cancel.cancel()
        with self.fails(NightstandError.Cancelled, "cancelled", Action.WAIT, retryable=True):
            await new.backup().restore(self.path("backup.age"), passphrase, cancel=cancel)
        self.assertEqual(await titles(new), [])
        await new.backup().restore(self.path("backup.age"), passphrase)
        self.assertEqual(await titles(new), ["For both to read"])
        with self.fails(NightstandError.Refused, "refused", Action.CHOOSE_AGAIN):
            await sam.backup().restore(self.path("backup.age"), passphrase)

    async def test_without_a_backup_the_phrase_and_sams_phone_bring_back_what_is_shared(self):
        alex, sam, words = await self.home()
        new = await open_vault(self.folder, "new.db", 3)
        with self.fails(NightstandError.NotPaired, "not_paired", Action.PAIR):
            await new.pairing().invite_back("Alex")
        link = await (await sam.pairing().invite_back("Sam")).link()
        with self.fails(NightstandError.InvalidInput, "invalid_input", Action.CHOOSE_AGAIN):
            await new.pairing().join_back("no words", "New phone", link)
        with self.fails(NightstandError.Refused, "refused", Action.CHOOSE_AGAIN):
            await alex.pairing().join_back(words, "New phone", link)

        others = " ".join(await new.recovery_phrase().show())
        inviting = await sam.pairing().invite_back("Sam")
        stranger = await new.pairing().join_back(others, "New phone", await inviting.link())
        with self.fails(NightstandError.Refused, "refused", Action.CHOOSE_AGAIN):
            while await carry(stranger, inviting) + await carry(inviting, stranger):
                pass
        self.assertTrue(inviting.state().is_FAILED() and stranger.state().is_FAILED())

        inviting = await sam.pairing().invite_back("Sam")
        joining = await new.pairing().join_back(words, "New phone", await inviting.link())
        on_sam, on_new = await agree(inviting, joining)
        self.assertEqual((on_sam.code, on_sam.name, on_new.name), (on_new.code, "Alex", "Sam"))
        self.assertTrue(joining.state().is_PAIRED())
        await converse(await new.sync().begin_again(), sam)
        self.assertEqual(await titles(new), ["For both to read"])
        view = await new.devices().list()
        self.assertEqual((view.this_is_unlisted, [other.is_new for other in view.others]), (False, [True]))
        self.assertEqual(await new.devices().remove(words, view.others[0].device), 1)
