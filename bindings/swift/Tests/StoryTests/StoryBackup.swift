import Foundation
import Nightstand
import Testing

/// Alex's phone is backed up in one file, and lost.
@Suite(.timeLimit(.minutes(5)))
struct StoryBackup {
    let folder = try! Folder()

    /// Alex's phone and Sam's, with something in them, and Alex's 24 words.
    func home() async throws -> (Vault, Vault, String) {
        let (alex, sam) = try await folder.couple()
        _ = try await alex.journal().write(draft: entry("Mine alone", "for me"), sharing: .private)
        _ = try await alex.journal().write(draft: entry("For both to read", "on the sofa", day: 1), sharing: .shared)
        try await meet(alex, sam)
        return try await (alex, sam, alex.recoveryPhrase().show().joined(separator: " "))
    }

    @Test func aBackupBringsEverythingBackAndThePhraseListsThePhone() async throws {
        let (alex, sam, words) = try await home()
        let (file, byPhrase) = (folder.path("backup.age"), BackupKey.phrase(words: words))
        let made = try await alex.backup().write(path: file, key: byPhrase, extent: .everything)
        #expect(made.withPrivate && made.isWhole)
        #expect(try await alex.backup().identity(words: words).hasPrefix("AGE-SECRET-KEY-1"))

        let new = try await folder.open("new.db", 3)
        let came = try await new.backup().restore(path: file, key: byPhrase)
        #expect((came.entries, came.withPrivate) == (made.entries, true))
        #expect(try await titles(new) == ["For both to read", "Mine alone"])
        #expect(try await new.pairing().partner()?.name == "Sam")
        let view = try await new.devices().list()
        #expect(view.thisIsUnlisted && !view.thisIsRemoved)
        await fails(.Refused(what: .notListed), "refused", .chooseAgain) {
            _ = try await new.devices().invite(words: words, thisDevice: "New phone")
        }

        try await new.devices().listThis(words: words, thisDevice: "New phone")
        #expect(try await !new.devices().list().thisIsUnlisted)
        _ = try await new.journal().write(draft: entry("Back again", "at last", day: 2), sharing: .shared)
        try await meet(new, sam)
        #expect(try await titles(sam) == ["Back again", "For both to read"])
        let lost = try await #require(new.devices().list().others.first)
        #expect(try await new.devices().remove(words: words, device: lost.device) == 1)
    }

    @Test func aBackupOpensWithItsKeyAloneAndComesWholeOrNotAtAll() async throws {
        let (alex, sam, words) = try await home()
        let (file, passphrase) = (folder.path("backup.age"), BackupKey.passphrase(passphrase: "four quiet yellow boats"))
        try await alex.setPrivateKey(key: bytes(0, 32))
        try await alex.lockPrivate()
        await fails(.PrivateLocked, "private_locked", .unlock, retryable: true) {
            _ = try await alex.backup().write(path: file, key: passphrase, extent: .everything)
        }
        let made = try await alex.backup().write(path: file, key: passphrase, extent: .withoutPrivate)
        #expect(!made.withPrivate)
        await fails(.InvalidInput(what: .fileExists), "invalid_input", .chooseAgain) {
            _ = try await alex.backup().write(path: file, key: passphrase, extent: .withoutPrivate)
        }

        let new = try await folder.open("new.db", 3)
        await fails(.WrongKey, "wrong_key", .unlock) {
            _ = try await new.backup().restore(path: file, key: .phrase(words: words))
        }
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        try whole.dropLast(20).write(to: URL(fileURLWithPath: folder.path("cut.age")))
        await fails(.InvalidInput(what: .file), "invalid_input", .chooseAgain) {
            _ = try await new.backup().restore(path: folder.path("cut.age"), key: passphrase)
        }
        let cancel = Cancel()
        cancel.cancel()
        await fails(.Cancelled, "cancelled", .wait, retryable: true) {
            _ = try await new.backup().restore(path: file, key: passphrase, cancel: cancel)
        }
        #expect(try await titles(new) == [])
        _ = try await new.backup().restore(path: file, key: passphrase)
        #expect(try await titles(new) == ["For both to read"])
        await fails(.Refused(what: .notEmpty), "refused", .chooseAgain) {
            _ = try await sam.backup().restore(path: file, key: passphrase)
        }
    }

    @Test func withoutABackupThePhraseAndSamsPhoneBringBackWhatIsShared() async throws {
        let (alex, sam, words) = try await home()
        let new = try await folder.open("new.db", 3)
        await fails(.NotPaired, "not_paired", .pair) { _ = try await new.pairing().inviteBack(name: "Alex") }
        let link = try await sam.pairing().inviteBack(name: "Sam").link()
        await fails(.InvalidInput(what: .phrase), "invalid_input", .chooseAgain) {
            _ = try await new.pairing().joinBack(words: "no words", thisDevice: "New phone", link: link)
        }
        await fails(.Refused(what: .notEmpty), "refused", .chooseAgain) {
            _ = try await alex.pairing().joinBack(words: words, thisDevice: "New phone", link: link)
        }

        let others = try await new.recoveryPhrase().show().joined(separator: " ")
        let first = try await sam.pairing().inviteBack(name: "Sam")
        let stranger = try await new.pairing().joinBack(words: others, thisDevice: "New phone", link: first.link())
        await fails(.Refused(what: .device), "refused", .chooseAgain) {
            while try await carry(stranger, first) + carry(first, stranger) > 0 {}
        }
        #expect(first.state() == .failed && stranger.state() == .failed)

        let inviting = try await sam.pairing().inviteBack(name: "Sam")
        let joining = try await new.pairing().joinBack(words: words, thisDevice: "New phone", link: inviting.link())
        let agreed = try await agree(inviting, joining)
        guard case .compare(let onSam, let alexsName) = agreed.onAlex, case .compare(let onNew, let samsName) = agreed.onSam
        else {
            Issue.record("there is no code to compare")
            return
        }
        #expect(onSam == onNew)
        #expect((alexsName, samsName) == ("Alex", "Sam"))
        #expect(joining.state() == .paired)
        _ = try await converse(new.sync().beginAgain(), sam)
        #expect(try await titles(new) == ["For both to read"])
        let view = try await new.devices().list()
        #expect(!view.thisIsUnlisted)
        let lost = try #require(view.others.first)
        #expect(lost.isNew)
        #expect(try await new.devices().remove(words: words, device: lost.device) == 1)
    }
}
