import Foundation
import Nightstand
import NightstandTesting
import Testing

private let hands = Item.stance(activity: "holding-hands", side: .together, condition: nil)
private let day: TimeInterval = 86_400

/// An app's tests: vaults that go, a clock to set, a partner to script, a couple to show.
@Suite(.timeLimit(.minutes(5)))
struct StoryTesting {
    let folder = try! Folder()

    func pair(_ clock: TestClock? = nil) async throws -> (Vault, ScriptedPartner) {
        let alex = try await scratchVault(seed: 1, clock: clock, parent: folder.url.path)
        let sam = try await ScriptedPartner.named(name: "Sam", seed: 2, clock: clock, parent: folder.url.path)
        try await sam.pairs(with: alex, name: "Alex")
        return (alex, sam)
    }

    @Test func aPartnerAtATestsWord() async throws {
        let alex = try await scratchVault(seed: 1)
        let sam = try await ScriptedPartner.named(name: "Sam", seed: 2)
        try await sam.pairs(with: alex, name: "Alex")
        _ = try await sam.writes(title: "A letter", text: "dear Alex", sharing: .shared)
        let report = try await sam.meets(with: alex)
        #expect(report.outcome == .allHandedOver)
        #expect(try await titles(alex, RowsQuery(author: .partner)) == ["A letter"])
        #expect(try await alex.pairing().partner()?.name == "Sam")

        try await sam.says(item: hands, draft: ItemDraft(stance: .love))
        _ = try await alex.journal().write(draft: entry("For both", "Tea?"), sharing: .joint)
        #expect(try await alex.preferences().list(whose: .partner).items == [])
        _ = try await sam.meets(with: alex)
        #expect(try await alex.preferences().list(whose: .partner).items.map(\.stance) == [.love])
        #expect(try await titles(sam.vault()) == ["For both", "A letter"])
        await fails(.AlreadyPaired, "already_paired", .showSupport) {
            try await sam.pairs(with: alex, name: "Alex")
        }
    }

    @Test func aLinkThatDropsAndADiskThatIsFull() async throws {
        let (alex, sam) = try await pair()
        _ = try await sam.writes(title: "A letter", text: "dear Alex", sharing: .shared)
        sam.dropLink(afterFrames: 1)
        await fails(.Unreachable, "unreachable", .wait, retryable: true) { _ = try await sam.meets(with: alex) }
        #expect(try await titles(alex) == [])
        _ = try await sam.meets(with: alex)
        #expect(try await titles(alex) == ["A letter"])

        try await sam.fullDisk()
        _ = try await alex.journal().write(draft: entry("For both", "Tea?"), sharing: .joint)
        await fails(.Unreachable, "unreachable", .wait, retryable: true) { _ = try await sam.meets(with: alex) }
        try await sam.roomAgain()
        #expect(try await sam.meets(with: alex).outcome == .allHandedOver)
        #expect(try await titles(sam.vault()).count == 2)

        try await setDisk(vault: alex, disk: .full)
        await fails(.DiskFull, "disk_full", .freeSpace, retryable: true) {
            _ = try await alex.journal().write(draft: entry("Too much", "…"), sharing: .private)
        }
        #expect(try await titles(alex).count == 2)
        try await setDisk(vault: alex, disk: .roomy)
        _ = try await alex.journal().write(draft: entry("It fits", "…"), sharing: .private)
        #expect(try await titles(alex).count == 3)
    }

    @Test func theTimeIsSet() async throws {
        let clock = TestClock(at: sunday)
        let (alex, sam) = try await pair(clock)
        clock.advance(by: 2 * day)
        #expect(clock.now() == sunday + 2 * day)
        _ = try await sam.writes(title: "On Tuesday", text: "…", sharing: .shared)
        clock.set(to: sunday - day)
        _ = try await sam.writes(title: "On Saturday", text: "…", sharing: .shared)
        _ = try await sam.meets(with: alex)
        let moments = try await alex.journal().rows(query: RowsQuery()).rows.map(\.moment.utc)
        #expect(moments == [sunday + 2 * day, sunday - day])

        let unpaired = try await scratchVault(seed: 3, clock: clock)
        let late = try await ScriptedPartner.named(name: "Late", seed: 4, clock: clock)
        let link = try await unpaired.pairing().invite(name: "Alex").link()
        clock.advance(by: 11 * 60)
        await fails(.Refused(what: .invite), "refused", .chooseAgain) {
            _ = try await late.vault().pairing().join(name: "Late", link: link)
        }
    }

    @Test func equalSeedsMakeEqualCouples() async throws {
        let (first, again) = try await (Couple.make(seed: 7), Couple.make(seed: 7))
        let other = try await Couple.make(seed: 8)
        func shown(_ couple: Couple) async throws -> [JournalRow] {
            try await couple.alex().journal().rows(query: RowsQuery()).rows
        }

        #expect(try await shown(first) == shown(again))
        #expect(try await shown(first).map(\.id) != shown(other).map(\.id))
        let digest = try await first.alex().journal().sharedDigest()
        #expect(try await again.sam().vault().journal().sharedDigest() == digest)
        #expect(try await shown(first).count == 7)
        #expect(try await first.alex().preferences().list(whose: .partner).items.count == 5)
        // They go on alike, too.
        for couple in [first, again] {
            couple.clock().advance(by: day)
            _ = try await couple.sam().writes(title: "And so on", text: "…", sharing: .shared)
            _ = try await couple.sam().meets(with: couple.alex())
        }
        #expect(try await shown(first) == shown(again))
        var frames: [Data] = []
        for couple in [first, again, other] {
            frames.append(try #require(try await couple.alex().sync().begin().pollFrame()))
        }
        #expect(frames[0] == frames[1])
        #expect(frames[0] != frames[2])
    }

    @Test func nothingIsLeftBehind() async throws {
        let left = { try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count }
        do {
            let (alex, sam) = try await pair()
            #expect(try left() == 2)
            try await alex.close()
            try await sam.vault().close()
        }
        // The core's threads are about to let go.
        while try left() > 0 { try await Task.sleep(for: .milliseconds(10)) }
    }
}
