import Foundation
import Nightstand
import Testing

private let here = RoadOptions(listen: "127.0.0.1:0")
private let minute: TimeInterval = 60
private let moment: TimeInterval = 0.001

private struct OutOfReach: Error {}

/// What lies between two ends of a channel inside this process. They are out of reach once so many pieces have passed.
private final class Air: @unchecked Sendable {
    let changed = NSCondition()
    var ways: [[Data]] = [[], []]
    var passing: [Int]
    var ended = [false, false]

    init(passing: Int) {
        self.passing = [passing, passing]
    }
}

private final class Wire: Channel {
    let air: Air
    let side: Int

    init(_ air: Air, _ side: Int) {
        (self.air, self.side) = (air, side)
    }

    var ended: Bool { air.changed.withLock { air.ended[side] } }

    func send(bytes: Data) throws -> Bool {
        try air.changed.withLock {
            if air.ended[side] || air.passing[side] == 0 { throw OutOfReach() }
            air.passing[side] -= 1
            air.ways[1 - side].append(bytes)
            air.changed.broadcast()
            return true
        }
    }

    func receive(wait: TimeInterval) throws -> Data? {
        let end = Date(timeIntervalSinceNow: wait)
        return try air.changed.withLock {
            while air.ways[side].isEmpty {
                if air.ended[1 - side] { throw OutOfReach() }
                if !air.changed.wait(until: end) { return nil }
            }
            return air.ways[side].removeFirst()
        }
    }

    func end() throws {
        air.changed.withLock {
            air.ended[side] = true
            air.changed.broadcast()
        }
    }
}

private func wires(passing: Int = 10_000) -> (Wire, Wire) {
    let air = Air(passing: passing)
    return (Wire(air, 0), Wire(air, 1))
}

/// What a screen does that looks now and then.
private func until(_ yes: () async throws -> Bool) async throws {
    while try await !yes() {
        try await Task.sleep(for: .milliseconds(10))
    }
}

private func sayYes(_ talk: PairingTalk) async throws -> Code {
    while true {
        if case .compare(let code, _) = talk.state() {
            try await talk.confirm()
            return code
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// Alex and Sam over QUIC, and over a channel of the app's own: the core leads, off every screen's thread.
@Suite(.timeLimit(.minutes(5)))
struct StoryRoads {
    let folder = try! Folder()

    @Test func overQuicFromTheInviteToASync() async throws {
        let (alex, sam) = try await folder.phones()
        let inviting = try await alex.pairing().invite(name: "Alex")
        let ofAlex = try await inviting.road(options: here)
        let joining = try await sam.pairing().join(
            name: "Sam", link: inviting.link(addresses: ofAlex.addresses()))
        let ofSam = try await joining.road(options: here)
        async let invited = inviting.accept(road: ofAlex, within: minute)
        async let joined = joining.dial(road: ofSam, within: minute)
        async let alexsCode = sayYes(inviting)
        async let samsCode = sayYes(joining)
        let codes = try await [alexsCode, samsCode]
        #expect(codes[0] == codes[1])
        let states = try await [invited, joined]
        #expect(states == [.paired, .paired])
        try await ofAlex.end()
        try await ofSam.end()

        _ = try await alex.journal().write(draft: entry("Evening", "We lay there."), sharing: .joint)
        let (onAlex, onSam) = try await (alex.sync().road(options: here), sam.sync().road(options: here))
        let (begun, answering) = try await (alex.sync().begin(), sam.sync().answer())
        async let called = answering.accept(road: onSam, within: minute)
        let addresses = try await onSam.addresses()
        let report = try await begun.dial(road: onAlex, addresses: addresses, within: minute)
        let answer = try await called
        #expect([report.outcome, answer.outcome] == [.allHandedOver, .allHandedOver])
        #expect(try await titles(sam) == ["Evening"])

        // After a while in the background the roads are made anew. The two then stay connected until one of them goes.
        for road in [onAlex, onSam] {
            try await road.rebuild()
            try await road.networkChanged()
        }
        let (live, staying) = try await (alex.sync().beginLive(), sam.sync().answerLive())
        let cancel = Cancel()
        let again = try await onSam.addresses()
        async let calling = live.dial(road: onAlex, addresses: again, within: minute, cancel: cancel)
        async let stayed = staying.accept(road: onSam, within: minute)
        _ = try await sam.journal().write(draft: entry("Answer", "Yes.", day: 1), sharing: .shared)
        try await until {
            try await titles(alex) == ["Answer", "Evening"] && live.isLevel() && staying.isLevel()
        }
        cancel.cancel()
        let outcomes = try await [calling.outcome, stayed.outcome]
        #expect(outcomes == [.allHandedOver, .allHandedOver])
    }

    @Test func aCallHasAnEnd() async throws {
        let (alex, sam) = try await folder.couple()
        let (onAlex, onSam) = try await (alex.sync().road(options: here), sam.sync().road(options: here))
        let (begun, answering) = try await (alex.sync().begin(), sam.sync().answer())
        let cancel = Cancel()
        async let waiting = answering.accept(road: onSam, within: minute, cancel: cancel)
        cancel.cancel()
        do {
            _ = try await waiting
            Issue.record("it waits for nobody")
        } catch {
            #expect(error as? NightstandError == .Cancelled)
        }
        await fails(.Unreachable, "unreachable", .wait, retryable: true) {
            _ = try await answering.accept(road: onSam, within: moment)
        }
        await fails(.Unreachable, "unreachable", .wait, retryable: true) {
            _ = try await begun.dial(road: onAlex, addresses: [], within: moment)
        }
        try await onSam.end()
        try await onSam.end()
        await fails(.Closed, "closed", .unlock) {
            _ = try await onSam.addresses()
        }
        for options in [RoadOptions(relays: ["relay.example.org"]), RoadOptions(listen: "here")] {
            await fails(.InvalidInput(what: .address), "invalid_input", .chooseAgain) {
                _ = try await alex.sync().road(options: options)
            }
        }
    }

    @Test func overAChannelOfTheAppsOwn() async throws {
        let (alex, sam) = try await folder.phones()
        let inviting = try await alex.pairing().invite(name: "Alex")
        let joining = try await sam.pairing().join(name: "Sam", link: inviting.link())
        let (near, far) = wires()
        async let invited = inviting.drive(channel: near, within: minute)
        async let joined = joining.drive(channel: far, within: minute)
        async let alexsCode = sayYes(inviting)
        async let samsCode = sayYes(joining)
        let codes = try await [alexsCode, samsCode]
        #expect(codes[0] == codes[1])
        let states = try await [invited, joined]
        #expect(states == [.paired, .paired])
        #expect(near.ended && far.ended)

        // As over Bluetooth: in pieces of 100 bytes, and out of reach after some of them.
        let text = (0..<60).map { "\($0) minutes past" }.joined(separator: " ")
        for day in 0..<3 {
            _ = try await alex.journal().write(draft: entry("Day \(day)", text, day: day), sharing: .joint)
        }
        let (cut, off) = wires(passing: 7)
        let (first, answered) = try await (alex.sync().begin(), sam.sync().answer())
        async let other = answered.drive(channel: off, within: minute, pieceBytes: 100)
        await fails(.Unreachable, "unreachable", .wait, retryable: true) {
            _ = try await first.drive(channel: cut, within: minute, pieceBytes: 100)
        }
        do {
            _ = try await other
            Issue.record("there is nobody in reach")
        } catch {
            #expect(error as? NightstandError == .Unreachable)
        }

        let (one, two) = wires()
        let (begun, answering) = try await (alex.sync().begin(), sam.sync().answer())
        async let called = answering.drive(channel: two, within: minute, pieceBytes: 100)
        let report = try await begun.drive(channel: one, within: minute, pieceBytes: 100)
        let answer = try await called
        #expect([report.outcome, answer.outcome] == [.allHandedOver, .allHandedOver])
        #expect(try await titles(sam) == ["Day 2", "Day 1", "Day 0"])
    }
}
