import Foundation
import Nightstand
import Testing

@testable import NightstandScreens

@Suite(.timeLimit(.minutes(5))) @MainActor
struct StoryPairScreen {
    let folder = try! Folder()

    @available(iOS 17, macOS 14, *)
    @Test func twoPeopleCompareDigitsAndSayYes() async throws {
        let (alex, sam) = try await folder.phones()
        let (atAlex, atSam) = End.both()
        let (onAlex, onSam) = (PairScreen(alex, texts) { _ in atAlex }, PairScreen(sam, texts) { _ in atSam })
        try await views([onAlex.watch, onSam.watch]) {
            await onAlex.invite("Alex")
            let (link, qr) = (try #require(onAlex.state.link), try #require(onAlex.state.qr))
            #expect(qr.dark.count == Int(qr.width * qr.width))
            #expect(onAlex.state.qrSpoken?.text.contains(link.map(String.init).joined(separator: " ")) == true)
            await onSam.join("Sam", link: " \(link)\n")

            let toAlex = try await shows(onAlex) { $0.phase == .compare }
            let toSam = try await shows(onSam) { $0.phase == .compare }
            let code = try #require(toAlex.code)
            #expect(toSam.code == code && toAlex.name == "Sam" && toSam.name == "Alex")
            let digits = code.digits.filter(\.isNumber).map(String.init).joined(separator: " ")
            #expect(toAlex.codeSpoken?.text.contains("In digits: \(digits)") == true)
            #expect(toAlex.link == nil)
            await onAlex.confirm()
            #expect(onAlex.state.phase == .waiting)
            await onSam.confirm()
            for screen in [onAlex, onSam] { try await shows(screen) { $0.phase == .paired } }
            #expect(try await alex.pairing().partner()?.name == "Sam")
        }
        let later = PairScreen(alex, texts) { _ in atAlex }
        try await views([later.watch]) {
            try await shows(later) { $0.phase == .paired && $0.name == "Sam" }
            await later.invite("Alex")
            #expect(try await says(later).hasPrefix("This phone is linked with a partner’s already"))
        }
    }

    @available(iOS 17, macOS 14, *)
    @Test func aLinkThatIsNoneANoAndAChannelThatEnds() async throws {
        let (alex, sam) = try await folder.phones()
        let channels = [End.both(), End.both()]
        let (opened, joined) = (Number(0), Number(0))
        @Sendable func next(_ number: Number) -> Int {
            defer { number.value += 1 }
            return number.value
        }
        let onAlex = PairScreen(alex, texts) { _ in channels[next(opened)].0 }
        let onSam = PairScreen(sam, texts) { _ in channels[next(joined)].1 }
        try await views([onAlex.watch, onSam.watch]) {
            await onSam.join("Sam", link: "https://example.org/")
            let trouble = try #require(onSam.trouble)
            #expect(trouble.what.text == "This is not an invitation." && trouble.action == .chooseAgain)
            #expect(trouble.remedy.text == "Choose again" && onSam.state.phase == .start)
            onSam.dismissTrouble()
            #expect(onSam.trouble == nil)

            await onAlex.invite("Alex")
            await onSam.join("Sam", link: try #require(onAlex.state.link))
            for screen in [onAlex, onSam] { try await shows(screen) { $0.phase == .compare } }
            await onAlex.refuse()
            for screen in [onAlex, onSam] { try await shows(screen) { $0.phase == .refused && $0.code == nil } }
            #expect(try await alex.pairing().partner() == nil)

            await onAlex.again()
            #expect(onAlex.state.phase == .start)
            await onAlex.invite("Alex")
            channels[1].1.hangUp()
            try await shows(onAlex) { $0.phase == .failed }
            #expect(try await says(onAlex) == "The other phone is out of reach. What was handed over before stays.")
        }
    }
}
