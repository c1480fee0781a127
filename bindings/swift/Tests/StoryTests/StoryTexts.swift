import Nightstand
import Testing

private let polish = """
    activity-water = Woda
    minutes-spoken = { $minutes ->
        [one] { $minutes } minuta
        [few] { $minutes } minuty
        [many] { $minutes } minut
       *[other] { $minutes } minuty
    }
    """

/// What screens say: texts by key, in the reader's languages; and what there is to read and to try.
@Suite(.timeLimit(.minutes(5)))
struct StoryTexts {
    @Test func aTextByItsKey() throws {
        let texts = Texts(languages: ["en-GB"])
        let water = try texts.say(key: "activity-water")
        #expect((water.text, water.language, water.direction) == ("Water", "en", .leftToRight))
        let waiting = try texts.say(key: "waiting-for-phone", parameters: ["name": .text("Sam")])
        #expect(waiting.text == "Waiting for Sam’s phone")
        #expect(try texts.say(key: "closeness-spoken", parameters: ["level": .number(3)]).text == "touching, 3 of 7")
        #expect(throws: NightstandError.NotFound) { try texts.say(key: "activity-juggling") }
        let missing = NightstandError.InvalidInput(what: .parameters)
        #expect(throws: missing) { try texts.say(key: "waiting-for-phone") }
        #expect(missing.action() == .chooseAgain)
        #expect(try texts.say(key: missing.textKey()).text == "Something is lacking to say this.")
    }

    @Test func anAppBringsALanguage() throws {
        let texts = Texts(languages: ["pl-PL", "en"])
        try texts.add(language: "pl", file: polish)
        let minutes = try [1, 2, 5, 22].map { number in
            try texts.say(key: "minutes-spoken", parameters: ["minutes": .number(number)]).text
        }
        #expect(minutes == ["1 minuta", "2 minuty", "5 minut", "22 minuty"])
        #expect(try texts.say(key: "activity-water").text == "Woda")
        #expect(try texts.say(key: "activity-bath").language == "en")
        try texts.add(language: "he", file: "activity-water = מים")
        texts.askFor(languages: ["he", "pl"])
        #expect(try texts.say(key: "activity-water").direction == .rightToLeft)
        try texts.remove(language: "he")
        #expect(try texts.say(key: "activity-water").text == "Woda")
        let refused: [(String, String, InputFault)] = [("no tag", "a = b", .language), ("pl", "a = { b }", .texts)]
        for (language, file, what) in refused {
            #expect(throws: NightstandError.InvalidInput(what: what)) { try texts.add(language: language, file: file) }
        }
    }

    @Test func anAppPutsItsOwnWordingInPlace() throws {
        let texts = Texts(languages: [])
        try texts.add(language: "en", file: "activity-water = A glass of water")
        #expect(try texts.say(key: "activity-water").text == "A glass of water")
        #expect(try texts.say(key: "activity-water.about").text.hasPrefix("A glass for each"))
        try texts.remove(language: "en")
        #expect(try texts.say(key: "activity-water").text == "Water")
    }

    @Test func whoeverTranslatesSeesWhatIsAmiss() throws {
        let keys = textKeys()
        #expect(keys.first { $0.key == "waiting-for-phone" }?.parameters == ["name"])
        #expect(textFaults(file: "").count == keys.count)
        let found = textFaults(file: "activity-water = Woda\nactivity-wotter = Woda\n")
        let amiss = found.filter { $0.kind != .missing }
        #expect(amiss == [TextFault(line: 2, key: "activity-wotter", kind: .unknown)])
    }

    @Test func everyIdHasItsText() throws {
        let texts = Texts(languages: [])
        for activity in activities() {
            _ = try texts.say(key: "activity-\(activity.id)")
            _ = try texts.say(key: "activity-\(activity.id).about")
        }
        let low = try feelings().filter { try !texts.say(key: "feeling-\($0.id)").text.isEmpty && $0.isLow }
        #expect(low.contains { $0.id == "tearful" })
        #expect(try texts.say(key: "answer-low").text.hasPrefix("All of this happens"))
        for id in bodyWords() { _ = try texts.say(key: "body-\(id)") }
        #expect(try texts.say(key: textKey(of: .condition(.tired))).text == "When I’m tired")
        let said: [(TextOf, String)] = [
            (.moment(.nextMorning), "Next morning"), (.drop(.clear), "No low"), (.way(.inTurns), "In turns"),
            (.verb(.extend(minutes: 5)), "More time"), (.setting(.quietHours), "Quiet hours"), (.pace(.yearly), "Every year"),
        ]
        for (of, text) in said { #expect(try texts.say(key: textKey(of: of)).text == text) }
        let full = NightstandError.DiskFull
        #expect(try texts.say(key: full.textKey()).text.hasPrefix("There is no room left"))
        #expect(try texts.say(key: textKey(of: .action(full.action()))).text == "Make some room on this phone")
    }

    @Test func decksOfQuestions() throws {
        let texts = Texts(languages: [])
        let questions = deckQuestions()
        #expect(questions.count >= 70)
        #expect(Set(questions.map(\.deck)).count == 7)
        for question in questions {
            #expect(try texts.say(key: "ask-\(question.id)").text.contains("?"))
        }
        #expect(try texts.say(key: textKey(of: .deck(questions[0].deck))).text == "Getting started")
    }

    @Test func cardsSayOnWhatTheyRest() throws {
        let texts = Texts(languages: [])
        let cards = guidanceCards()
        for card in cards {
            _ = try texts.say(key: "card-\(card.id)")
            _ = try texts.say(key: "card-\(card.id).body")
            #expect(!card.sources.isEmpty || card.grade == .practice)
        }
        let afterglow = try #require(cards.first { $0.id == "afterglow" })
        #expect((afterglow.grade, afterglow.sources[0].year) == (.study, 2017))
        #expect(try texts.say(key: "source-\(afterglow.sources[0].id)").text.contains("48 hours"))
        #expect(cards.contains { $0.id == "drop" && $0.namesHelp })
        let help = try texts.say(key: "help-where", parameters: ["contacts": .text("the line of your region")])
        #expect(help.text.contains("the line of your region"))
    }

    @Test func theIntroduction() throws {
        let texts = Texts(languages: [])
        let steps = programmeSteps()
        #expect(steps.count == 4)
        for step in steps {
            _ = try texts.say(key: "programme-\(step.id)")
            _ = try texts.say(key: "programme-\(step.id).body")
            #expect(try step.toTry.allSatisfy { try !texts.say(key: "try-\($0)").text.isEmpty })
        }
        #expect(try gratitudeStarters().map { try texts.say(key: "gratitude-\($0)") }.count >= 12)
        #expect(try complimentStarters().map { try texts.say(key: "compliment-\($0)") }.count >= 12)
    }
}
