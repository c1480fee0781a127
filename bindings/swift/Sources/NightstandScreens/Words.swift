import Nightstand

/// Something went wrong: what, and what the person can do about it. It holds nothing that people wrote.
struct Trouble: Equatable {
    let what: Wording
    let remedy: Wording
    let action: Action
    let retryable: Bool
}

/// What screens say, by key. A text comes with its language, which is the voice for a screen reader.
struct Words: Sendable {
    private let texts: Texts

    init(_ texts: Texts) {
        self.texts = texts
    }

    /// A key without a text, which a newer app on the other phone may bring, is shown as it is.
    func say(_ key: String, _ parameters: [String: TextValue] = [:]) -> Wording {
        (try? texts.say(key: key, parameters: parameters)) ?? own(key)
    }

    func say(_ of: TextOf) -> Wording {
        say(textKey(of: of))
    }

    func say(_ key: String, _ name: String, _ number: some BinaryInteger) -> Wording {
        say(key, [name: .number(Int64(number))])
    }

    /// Sign by sign, for a screen reader, which would read a link or digits as words and numbers otherwise.
    func spelled(_ text: String) -> String {
        text.filter { !$0.isWhitespace }.map(String.init).joined(separator: " ")
    }

    /// What people wrote themselves: in a language that nobody has said.
    func own(_ text: String) -> Wording {
        Wording(text: text, language: "und", direction: .leftToRight)
    }

    /// An activity's title. One of the couple's own that was removed, or is not here, has none any more, and is no id.
    func activity(_ id: String, _ own: [OwnActivity]) -> Wording {
        if let known = own.first(where: { $0.id == id }) { return self.own(known.content.title) }
        return (try? texts.say(key: "activity-\(id)", parameters: [:])) ?? say("unknown-activity")
    }

    func reason(_ reason: Reason, _ step: Step) -> Wording {
        var need = ""
        if case .need(let one) = reason { need = String(textKey(of: .need(one)).dropFirst("need-".count)) }
        if case .often(let one) = reason { need = String(textKey(of: .need(one)).dropFirst("need-".count)) }
        let minutes = TextValue.number(Int64(step.minutes))
        return say("reason-\(reasonName(reason: reason))", ["minutes": minutes, "need": .text(need)])
    }

    func trouble(_ error: NightstandError) -> Trouble {
        Trouble(
            what: say(error.textKey()), remedy: say(.action(error.action())), action: error.action(),
            retryable: error.retryable())
    }
}
