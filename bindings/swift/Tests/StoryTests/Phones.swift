import Foundation
import Nightstand
import Testing

let warsaw = "Europe/Warsaw"

/// Warsaw in winter, and no other.
final class LocalZones: ZoneOffsets {
    func offsetSeconds(zone: String, at: Date) throws -> Int32? {
        zone == warsaw ? 3600 : nil
    }
}

let sunday = Date(timeIntervalSince1970: 1_794_774_600.123)

func entry(_ title: String, _ text: String, day: Int = 0) -> EntryDraft {
    let moment = Moment(utc: sunday + TimeInterval(day * 86_400), offsetSeconds: 3600, zone: "Europe/Warsaw")
    return EntryDraft(title: title, body: RichText(text: text), moment: moment)
}

func bytes(_ number: UInt8, _ count: Int) -> Data {
    Data(repeating: number, count: count)
}

protocol Talk: Sendable {
    func pollFrame() async throws -> Data?
    func handleFrame(frame: Data) async throws
}

extension PairingTalk: Talk {}
extension Conversation: Talk {}

/// Carries the frames that wait at one side to the other. The channel in between is the app's own.
func carry(_ source: some Talk, _ target: some Talk) async throws -> Int {
    var carried = 0
    while let frame = try await source.pollFrame() {
        try await target.handleFrame(frame: frame)
        carried += 1
    }
    return carried
}

struct Paired {
    let inviting: PairingTalk
    let joining: PairingTalk
    let onAlex: PairingState
    let onSam: PairingState
}

@discardableResult
func pair(_ alex: Vault, _ sam: Vault) async throws -> Paired {
    let inviting = try await alex.pairing().invite(name: "Alex")
    return try await agree(inviting, sam.pairing().join(name: "Sam", link: inviting.link()))
}

/// Both people look at both screens, and say that the codes are the same.
func agree(_ inviting: PairingTalk, _ joining: PairingTalk) async throws -> Paired {
    while try await carry(joining, inviting) + carry(inviting, joining) > 0 {}
    let (onAlex, onSam) = (inviting.state(), joining.state())
    try await inviting.confirm()
    try await joining.confirm()
    while try await carry(joining, inviting) + carry(inviting, joining) > 0 {}
    return Paired(inviting: inviting, joining: joining, onAlex: onAlex, onSam: onSam)
}

@discardableResult
func meet(_ alex: Vault, _ sam: Vault) async throws -> SyncReport {
    try await converse(alex.sync().begin(), sam)
}

/// Syncs with the device that this one was linked to.
@discardableResult
func meetOwn(_ device: Vault, _ other: Vault) async throws -> SyncReport {
    let linked = try #require(try await device.devices().list().others.first)
    return try await converse(device.sync().beginWithOwn(device: linked.device), other)
}

func converse(_ begun: Conversation, _ called: Vault) async throws -> SyncReport {
    let answering = try await called.sync().answer()
    while try await carry(begun, answering) + carry(answering, begun) > 0 {}
    #expect(begun.isOver() && answering.isOver())
    return begun.report()
}

/// Saves what somebody makes of an entry that they have just read.
func edit(_ vault: Vault, _ id: EntryId, _ draft: EntryDraft) async throws {
    let version = try await vault.journal().read(id: id).version
    _ = try await vault.journal().edit(id: id, draft: draft, since: version)
}

func titles(_ vault: Vault, _ query: RowsQuery = RowsQuery()) async throws -> [String] {
    try await vault.journal().rows(query: query).rows.map(\.title)
}

/// Expects an error of one kind, with all that an app goes by.
func fails(
    _ kind: NightstandError, _ code: String, _ action: Action, retryable: Bool = false,
    at location: SourceLocation = #_sourceLocation, _ call: () async throws -> Void
) async {
    await #expect(throws: kind, sourceLocation: location) { try await call() }
    #expect(kind.code() == code, sourceLocation: location)
    #expect(kind.action() == action, sourceLocation: location)
    #expect(kind.retryable() == retryable, sourceLocation: location)
}

/// Where a story's files lie, for as long as it is told.
final class Folder: Sendable {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String {
        url.appendingPathComponent(name).path
    }

    func open(_ name: String, _ number: UInt8, clock: (any Nightstand.Clock)? = nil) async throws -> Vault {
        try await Vault.open(path: path(name), key: bytes(number, 32), installMark: bytes(number, 16), clock: clock)
    }

    func phones() async throws -> (Vault, Vault) {
        try await (open("alex.db", 1), open("sam.db", 2))
    }

    func couple() async throws -> (Vault, Vault) {
        let (alex, sam) = try await phones()
        try await pair(alex, sam)
        return (alex, sam)
    }
}
