//! The texts that ship, and a small second and third language beside them.

mod words;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::file::{Part, Pattern};
use super::*;

const POLISH: &str = "
-sam = { $case ->
   *[nominative] Sam
    [genitive] Sama
}
activity-water = Woda
    .about = Po szklance.
waiting-for-phone = Czekamy na telefon { -sam(case: \"genitive\") }
minutes-spoken = { $minutes ->
    [one] { $minutes } minuta
    [few] { $minutes } minuty
    [many] { $minutes } minut
   *[other] { $minutes } minuty
}
";

fn said(texts: &Texts, key: &str, parameters: &[(&str, TextValue)]) -> String {
    texts.say(key, parameters).unwrap().text
}

/// Everything that a text can say, each variant on a line of its own.
fn all_of(pattern: &Pattern, into: &mut String) {
    for part in &pattern.0 {
        match part {
            Part::Text(text) => into.push_str(text),
            Part::Parameter(_) | Part::Reference(_) => into.push('…'),
            Part::Select(select) => {
                for (_, variant) in &select.variants {
                    into.push('\n');
                    all_of(variant, into);
                }
            }
        }
    }
}

fn shipped() -> impl Iterator<Item = (&'static str, File)> {
    SHIPPED.iter().map(|(language, source)| (*language, file::read(source).0))
}

#[test]
fn every_language_that_ships_is_whole() {
    for (language, source) in SHIPPED {
        assert_eq!(faults(source), [], "{language}");
    }
    let keys = keys();
    assert_eq!(keys.len(), keys.iter().map(|one| &one.key).collect::<BTreeSet<_>>().len());
    let (_, english) = shipped().next().unwrap();
    for TextKey { key, parameters, most_units } in keys {
        let mut named = BTreeSet::new();
        english.patterns[&key].parameters(&mut named);
        assert_eq!(named, parameters.into_iter().collect(), "{key}");
        let mut all = String::new();
        all_of(&english.patterns[&key], &mut all);
        for line in all.lines() {
            assert!(line.encode_utf16().count() <= most_units as usize * 2 / 3, "{key}: {} units", line.len());
            assert!(!line.contains("  ") && !line.contains('\'') && !line.contains("..."), "{key}: {line}");
        }
    }
}

#[test]
fn what_is_asked_for_answers_in_order() {
    let mut texts = Texts::new();
    texts.add("pl", POLISH).unwrap();
    texts.add("de", "activity-water = Wasser\nactivity-bath = Ein Bad\n").unwrap();
    assert_eq!(said(&texts, "activity-water", &[]), "Water");
    texts.ask_for(["pl-PL", "not a language", "de"]);
    let said = |key| texts.say(key, &[]).map(|wording| (wording.text, wording.language));
    let of = |text: &str, language: &str| Ok((text.to_owned(), language.to_owned()));
    assert_eq!(said("activity-water"), of("Woda", "pl"));
    assert_eq!(said("activity-bath"), of("Ein Bad", "de"));
    assert_eq!(said("activity-bath.about"), of("Warm water to lie in, together or alone.", "en"));
    for unknown in ["", "-sam", "activity-", "activity-water.", "activity-water.about.about", "ACTIVITY-WATER"] {
        assert_eq!(said(unknown), Err(NightstandError::NotFound), "{unknown}");
    }
}

#[test]
fn polish_counts_in_four_ways() {
    let mut texts = Texts::new();
    texts.add("pl", POLISH).unwrap();
    texts.ask_for(["pl"]);
    let minutes = |n: i64| said(&texts, "minutes-spoken", &[("minutes", n.into())]);
    assert_eq!(
        [0, 1, 2, 4, 5, 12, 21, 22].map(minutes),
        ["0 minut", "1 minuta", "2 minuty", "4 minuty", "5 minut", "12 minut", "21 minut", "22 minuty"]
    );
    // The fourth is that of fractions, which come as text.
    assert_eq!(said(&texts, "minutes-spoken", &[("minutes", "1,5".into())]), "1,5 minuty");
    // A term is given what stands behind its name, and nothing of the screen's.
    let sam = [("name", "Sam".into()), ("case", "nominative".into())];
    assert_eq!(said(&texts, "waiting-for-phone", &sam), "Czekamy na telefon Sama");
}

#[test]
fn hebrew_runs_the_other_way_and_names_come_as_they_are() {
    let mut texts = Texts::new();
    texts.add("he", "waiting-for-phone = מחכים לטלפון של { $name }\nactivity-water = מים\n").unwrap();
    texts.ask_for(["he-IL"]);
    let waiting = texts.say("waiting-for-phone", &[("name", "Sam".into())]).unwrap();
    assert_eq!((waiting.text.as_str(), waiting.direction), ("מחכים לטלפון של Sam", WritingDirection::RightToLeft));
    assert_eq!(texts.say("activity-bath", &[]).unwrap().direction, WritingDirection::LeftToRight);
    // A name that would turn the rest of the line around does not.
    let turned = texts.say("waiting-for-phone", &[("name", "\u{202e}Sam\u{2066}".into())]).unwrap();
    assert_eq!(turned.text, waiting.text);
    // No marks that a screen reader would read aloud.
    assert!(waiting.text.chars().all(|letter| !('\u{2066}'..='\u{2069}').contains(&letter)));
}

#[test]
fn an_app_puts_its_own_wording_in_place_and_takes_it_out_again() {
    let mut texts = Texts::new();
    texts.add("en", "activity-water = A big glass\napp-title = Evenings\n").unwrap();
    assert_eq!(said(&texts, "activity-water", &[]), "A big glass");
    assert_eq!(said(&texts, "app-title", &[]), "Evenings");
    assert!(said(&texts, "activity-water.about", &[]).starts_with("A glass for each"));
    texts.add("en", "activity-water = Two glasses\n").unwrap();
    assert_eq!(said(&texts, "activity-water", &[]), "Two glasses");
    texts.remove("en").unwrap();
    assert_eq!(said(&texts, "activity-water", &[]), "Water");
    assert_eq!(texts.say("app-title", &[]), Err(NightstandError::NotFound));
}

#[test]
fn a_translation_that_asks_for_too_much_is_passed_over() {
    let mut texts = Texts::new();
    texts.add("en", "waiting-for-phone = Waiting for { $name }, { $age }\n").unwrap();
    assert_eq!(said(&texts, "waiting-for-phone", &[("name", "Sam".into())]), "Waiting for Sam’s phone");
    assert_eq!(said(&texts, "waiting-for-phone", &[("name", "Sam".into()), ("age", 40.into())]), "Waiting for Sam, 40");
    let parameters = Err(NightstandError::InvalidInput { what: InvalidInput::Parameters });
    assert_eq!(texts.say("waiting-for-phone", &[]), parameters);
    assert_eq!(texts.say("insight-early", &[]), parameters);
}

#[test]
fn what_can_not_be_used_is_refused_whole() {
    let mut texts = Texts::new();
    let refused = |what| Err(NightstandError::InvalidInput { what });
    assert_eq!(texts.add("not a language", "a = b\n"), refused(InvalidInput::Language));
    let deep = format!("a = {}\n", "{".repeat(200_000));
    let called = format!("a = {{ {}\n", "F(\n".repeat(100_000));
    let long = format!("a0 = x\n{}", (1..20).map(|n| format!("a{n} = {{ a{} }}\n", n - 1)).collect::<String>());
    let bad = [
        ("a = { $n", FaultKind::Syntax),
        ("no equals sign", FaultKind::Syntax),
        ("a = { \"\\u00é\" }", FaultKind::Syntax),
        ("a = { \"\\Ué\" }", FaultKind::Syntax),
        ("a = b\na = c", FaultKind::Twice),
        ("a = { NUMBER($n, minimumFractionDigits: 1000000000) }", FaultKind::Unsupported),
        ("a = { 1 ->\n *[other] x\n }", FaultKind::Unsupported),
        ("a = { $n ->\n [0.5] x\n *[other] y\n }", FaultKind::Unsupported),
        ("a = { b }", FaultKind::Reference),
        ("a = { -b }", FaultKind::Reference),
        ("a = { b }\nb = { c }\nc = { a }", FaultKind::Endless),
        (&long, FaultKind::Endless),
        (&deep, FaultKind::Nested),
        (&called, FaultKind::Nested),
    ];
    for (file, kind) in bad {
        assert!(faults(file).iter().any(|fault| fault.kind == kind), "{kind:?}");
        assert_eq!(
            texts.add("en", &format!("activity-water = Wine\n{file}")),
            refused(InvalidInput::Texts),
            "{kind:?}"
        );
    }
    assert_eq!(texts.add("en", &" ".repeat(MOST_FILE_BYTES + 1)), Err(NightstandError::TooLarge));
    for faulty in ["a\n", "a =\n", "a = { \"\n", "a = { -b }\n", "a = { $n ->\n"] {
        let file = faulty.repeat(MOST_FILE_BYTES / faulty.len());
        assert_eq!(texts.add("en", &file), refused(InvalidInput::Texts));
        assert_eq!(faults(&file).len(), MOST_FAULTS, "{faulty}");
    }
    assert_eq!(said(&texts, "activity-water", &[]), "Water");

    // A file of comments is a file; it counts all the same.
    let comment = "# ".repeat(MOST_FILE_BYTES / 2);
    let added = (0..9).map(|_| texts.add("de", &comment)).collect::<Vec<_>>();
    assert_eq!((added[7], added[8]), (Ok(()), Err(NightstandError::TooLarge)));
    texts.remove("de").unwrap();
    texts.add("de", &comment).unwrap();
}

#[test]
fn what_comes_out_has_an_end() {
    let mut texts = Texts::new();
    let ten = |of: &str| format!("{{ {of} }}").repeat(10);
    let laughs = format!("a = ha\nb = {}\nc = {}\nd = {}\ne = {}\n", ten("a"), ten("b"), ten("c"), ten("d"));
    texts.add("en", &laughs).unwrap();
    assert_eq!(said(&texts, "d", &[]).len(), 2_000);
    assert_eq!(texts.say("e", &[]), Err(NightstandError::TooLarge));
    texts.add("en", &laughs.replace("= ha", "= { \"\" }")).unwrap();
    assert_eq!(texts.say("e", &[]), Err(NightstandError::TooLarge));

    let parameters = Err(NightstandError::InvalidInput { what: InvalidInput::Parameters });
    let say = |name: TextValue| texts.say("waiting-for-phone", &[("name", name)]);
    assert!(say("x".repeat(4_096).into()).is_ok());
    assert_eq!(say("x".repeat(4_097).into()), parameters);
    assert_eq!(say(i64::MIN.into()), parameters);
    assert_eq!(say((-3).into()).unwrap().text, "Waiting for -3’s phone");
    let many: Vec<_> = (0..33).map(|_| ("name", TextValue::from(1))).collect();
    assert_eq!(texts.say("waiting-for-phone", &many), parameters);
}

#[test]
fn whoever_translates_is_told_what_is_amiss() {
    let draft = "activity-water = Woda\nactivity-wattr = Woda\nwaiting-for-phone = { $nmae }\n\
                 family-touch = Dotykanie, obejmowanie, trzymanie się za ręce i wszystko, co jeszcze do tego należy\n";
    let found = faults(draft);
    let of = |kind| found.iter().filter(move |fault| fault.kind == kind).map(|fault| (fault.line, fault.key.as_str()));
    assert_eq!(of(FaultKind::Unknown).collect::<Vec<_>>(), [(2, "activity-wattr")]);
    assert_eq!(of(FaultKind::Parameters).collect::<Vec<_>>(), [(3, "waiting-for-phone")]);
    assert_eq!(of(FaultKind::TooLong).collect::<Vec<_>>(), [(4, "family-touch")]);
    assert_eq!(of(FaultKind::Missing).count(), keys().len() - 3);
}

#[test]
fn circles_and_waiting_are_spoken() {
    let texts = Texts::new();
    let levels: BTreeSet<_> =
        (1..=7).map(|level: i64| said(&texts, "closeness-spoken", &[("level", level.into())])).collect();
    assert_eq!(levels.len(), 7);
    assert!(levels.contains("touching, 3 of 7"));
    assert_eq!(said(&texts, "calm-spoken", &[("level", 4.into())]), "calm: 4 of 10");
    assert_eq!(said(&texts, "waiting-for-phone", &[("name", "Sam".into())]), "Waiting for Sam’s phone");
    assert_eq!(said(&texts, "reason-need", &[("need", "being-seen".into())]), "Helps with feeling seen");
    assert_eq!(said(&texts, "mute-until", &[]), "Until a time I choose");
    assert_eq!(said(&texts, "mute-until.until", &[("when", "Sunday, 7 pm".into())]), "Until Sunday, 7 pm");
    for need in crate::care::catalogue::Need::ALL {
        assert_ne!(said(&texts, "reason-need", &[("need", need.name().into())]), "Fits how you are");
    }
}

#[test]
fn no_log_hears_what_a_text_says() {
    let name = [("name", TextValue::from("Sam")), ("level", TextValue::from(31_337))];
    let wording = Texts::new().say("waiting-for-phone", &name).unwrap();
    assert_eq!(wording.text, "Waiting for Sam’s phone");
    let shown = format!("{name:?} {wording:?}");
    assert!(!["Sam", "Waiting", "31337"].iter().any(|said| shown.contains(said)), "{shown}");
    assert!(shown.contains("en, 25 bytes"), "{shown}");
}

/// The card says to put water and a blanket ready; a plan's reason for them does not say that there is nothing to do for it.
#[test]
fn a_reason_and_the_card_say_the_same() {
    let texts = Texts::new();
    assert!(said(&texts, "card-what-helps-most.body", &[]).contains("Put water and a blanket ready"));
    assert_eq!(said(&texts, "reason-at-hand", &[]), "Can be done with what is at hand");
}

#[test]
fn every_error_has_its_text_and_what_to_do() {
    let texts = Texts::new();
    let inputs = InvalidInput::ALL.iter().map(|what| NightstandError::InvalidInput { what: *what });
    let refused = crate::error::Refused::ALL.iter().map(|what| NightstandError::Refused(*what));
    for error in inputs.chain(refused).chain([NightstandError::DiskFull, NightstandError::Internal("why")]) {
        assert!(!said(&texts, &error.text_key(), &[]).is_empty(), "{error}");
        assert!(!said(&texts, &format!("action-{}", error.action().name()), &[]).is_empty());
    }
}

/// Somebody who reads what went wrong is told their case, not one that it shares with another.
#[test]
fn no_two_faults_share_a_text() {
    let texts = Texts::new();
    let prefixes = ["error-", "input-", "refused-"];
    let keys =
        keys().into_iter().map(|one| one.key).filter(|key| prefixes.iter().any(|prefix| key.starts_with(prefix)));
    let mut all = BTreeMap::new();
    for key in keys {
        let other = all.insert(said(&texts, &key, &[]), key.clone());
        assert_eq!(other, None, "{key}");
    }
    assert_eq!(
        said(&texts, &format!("action-{}", NightstandError::NotPaired.action().name()), &[]),
        "Link your two phones"
    );
}

proptest! {
    /// Whatever a file is, it is taken or refused, and what is taken is said or not.
    #[test]
    fn any_file_ends_well(
        pieces in prop::collection::vec(
            prop_oneof![
                Just("a = "), Just("\nb = "), Just("\n-t = "), Just("\n    .c = "), Just("{ "), Just(" }"),
                Just("$n"), Just(" ->\n"), Just("    [one] "), Just("   *[other] "), Just("\n"), Just("b"),
                Just("-t"), Just("(x: 1)"), Just("\"\\u00e9\""), Just("F("), Just(")"), Just("1.5"),
                Just("é \u{202e}"), Just("\"\\u"), Just("\\U0"), Just("# x\n"), Just("\r\n"), Just("\\"), Just("}"),
            ],
            0..40,
        ),
        n in any::<i64>(),
    ) {
        let file = pieces.concat();
        let mut texts = Texts::new();
        let taken = texts.add("pl", &file).is_ok();
        let own = |kind: FaultKind| kind < FaultKind::TooLong;
        prop_assert_eq!(taken, !faults(&file).iter().any(|fault| own(fault.kind)));
        texts.ask_for(["pl"]);
        for key in ["a", "b", "a.c", "b.c"] {
            let _ = texts.say(key, &[("n", TextValue::from(n >> 11))]);
        }
    }

    #[test]
    fn any_letters_end_well(file in "\\PC{0,200}", key in "\\PC{0,20}", tag in "\\PC{0,12}") {
        let mut texts = Texts::new();
        let _ = texts.add(&tag, &file);
        texts.ask_for([&tag]);
        let _ = (texts.say(&key, &[(&key, file.as_str().into())]), texts.remove(&tag), faults(&file));
    }
}

/// Which keys there are is pinned by nothing but the lists they follow from; that each list is in is.
#[test]
fn the_code_knows_its_texts_by_list() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let keys = keys();
    for key in &keys {
        *counts.entry(key.key.split('-').next().unwrap()).or_default() += 1;
    }
    let count = |prefix| counts[prefix];
    assert_eq!((count("activity"), count("feeling"), count("error"), count("action")), (98, 32, 26, 8));
    assert_eq!((count("ask"), count("card"), count("due")), (77, 32, 14));
}
