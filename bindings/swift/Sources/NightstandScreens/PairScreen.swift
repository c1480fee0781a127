import Foundation
import Nightstand

/// Where the two are with pairing.
enum PairPhase { case start, meeting, compare, waiting, paired, refused, failed }

struct PairState: Equatable {
    var phase = PairPhase.start
    /// Of who invites: what the other phone reads. It holds a secret.
    var link: String?
    var qr: QrCode?
    /// What a screen reader says of the picture.
    var qrSpoken: Wording?
    /// What both compare: words, and always digits, too.
    var code: Code?
    var codeSpoken: Wording?
    var compare: Wording?
    /// What the other calls themself; unproven until the codes were compared.
    var name: String?
}

/// What carries frames to the other phone, whole and in order: the app's own.
protocol FrameChannel: Sendable {
    func send(_ frame: Data) async throws

    /// The next frame; none once the channel has ended, or the task is cancelled.
    func receive() async throws -> Data?
}

/// Pairing: one invites and shows a picture, the other reads it, both compare a code and say yes.
///
/// `open` makes the channel: who joins calls the addresses in the invite, who invites waits to be called.
@available(iOS 17, macOS 14, *)
final class PairScreen: Screen<PairState> {
    private let open: @Sendable (PairingTalk) async throws -> any FrameChannel
    private let wait: Wait
    private let sending = Turns()
    private var talk: PairingTalk?
    private var channel: (any FrameChannel)?
    private var carrying: Task<Void, Never>?

    init(
        _ vault: Vault, _ texts: Texts, wait: @escaping Wait = systemWait,
        open: @escaping @Sendable (PairingTalk) async throws -> any FrameChannel
    ) {
        self.wait = wait
        self.open = open
        super.init(vault, Words(texts), first: PairState())
    }

    /// For as long as the view is there. An invite that nobody takes up runs out while it is shown.
    func watch() async {
        await attempt {
            guard let partner = try await vault.pairing().partner(), partner.confirmedByBoth else { return }
            show { ($0.phase, $0.name) = (.paired, partner.name) }
        }
        while (try? await wait(5)) != nil {
            guard let talk, !talk.isOver() else { continue }
            await attempt { try await talk.handleTimeout() }
            draw(talk)
            if talk.isOver() { carrying?.cancel() }
        }
        carrying?.cancel()
    }

    func invite(_ name: String, addresses: [String] = []) async {
        await intent {
            let talk = try await self.vault.pairing().invite(name: name)
            let (link, qr) = try await (talk.link(addresses: addresses), talk.qr(addresses: addresses))
            let spoken = self.words.say("qr-spoken", ["link": .text(self.words.spelled(link))])
            self.show { ($0.phase, $0.link, $0.qr, $0.qrSpoken) = (.meeting, link, qr, spoken) }
            self.begin(talk)
        }
    }

    func join(_ name: String, link: String) async {
        await intent {
            let link = link.trimmingCharacters(in: .whitespacesAndNewlines)
            let talk = try await self.vault.pairing().join(name: name, link: link)
            self.show { $0.phase = .meeting }
            self.begin(talk)
        }
    }

    /// Both phones show the same.
    func confirm() async {
        await answer { try await $0.confirm() }
    }

    /// They don't, or it is not the one whom the person meant.
    func refuse() async {
        await answer { try await $0.refuse() }
    }

    /// Back to the start, after a no or a failure.
    func again() async {
        await intent {
            self.carrying?.cancel()
            await self.carrying?.value
            (self.talk, self.channel) = (nil, nil)
            self.show { $0 = PairState() }
        }
    }

    private func begin(_ talk: PairingTalk) {
        self.talk = talk
        carrying = Task { await carry(talk) }
    }

    private func answer(_ say: @escaping @Sendable (PairingTalk) async throws -> Void) async {
        await intent {
            guard let talk = self.talk else { return }
            try await say(talk)
            self.draw(talk)
            if let channel = self.channel { try await self.send(talk, channel) }
            if talk.isOver() { self.carrying?.cancel() }
        }
    }

    private func carry(_ talk: PairingTalk) async {
        let well = await attempt {
            let channel = try await open(talk)
            self.channel = channel
            try await send(talk, channel)
            while !talk.isOver() {
                guard let frame = try await channel.receive() else {
                    if Task.isCancelled { return }
                    throw NightstandError.Unreachable
                }
                try await talk.handleFrame(frame: frame)
                try await send(talk, channel)
            }
        }
        if !well && !talk.isOver() { show { $0.phase = .failed } }
    }

    /// One at a time, so that frames leave in their order.
    private func send(_ talk: PairingTalk, _ channel: any FrameChannel) async throws {
        var failed: (any Error)?
        await sending.take {
            do {
                while let frame = try await talk.pollFrame() { try await channel.send(frame) }
            } catch {
                failed = error
            }
        }
        if let failed { throw failed }
        draw(talk)
    }

    private func draw(_ talk: PairingTalk) {
        switch talk.state() {
        case .meeting: show { $0.phase = .meeting }
        case .compare(let code, let name):
            let spoken: [String: TextValue] = [
                "words": .text(code.words.joined(separator: ", ")), "digits": .text(words.spelled(code.digits)),
            ]
            show {
                $0 = PairState(
                    phase: .compare, code: code, codeSpoken: words.say("code-spoken", spoken),
                    compare: words.say("code-compare"), name: name)
            }
        case .waiting: show { $0.phase = .waiting }
        case .paired: show { $0 = PairState(phase: .paired, name: $0.name) }
        case .refused: show { $0 = PairState(phase: .refused) }
        case .failed: show { $0 = PairState(phase: .failed) }
        }
    }
}
