//! Finding an entry again: by its words, and by what one knows of it.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use common::{Couple, edit, entry, vault};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::journal::{
    Author, DayOfYear, EntryDraft, Moment, RowsQuery, SearchHit, Sharing, TextRange, Visibility,
};
use nightstand::texts::Texts;
use nightstand::vault::Vault;

fn titles(vault: &Vault, text: &str) -> Vec<String> {
    hits(vault, text).into_iter().map(|hit| hit.row.title).collect()
}

fn hits(vault: &Vault, text: &str) -> Vec<SearchHit> {
    vault.journal().search(text, &RowsQuery::default(), 0).unwrap().hits
}

fn filtered(vault: &Vault, query: RowsQuery) -> Vec<String> {
    let rows = vault.journal().rows(&query).unwrap().rows;
    assert_eq!(vault.journal().count(&query).unwrap(), rows.len() as u64);
    rows.into_iter().map(|row| row.title).collect()
}

fn write(vault: &Vault, draft: &EntryDraft) {
    vault.journal().write(draft, Sharing::Private).unwrap();
}

/// The part of a text that a range stands for.
fn part(text: &str, range: TextRange) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    String::from_utf16(&units[range.start as usize..range.end as usize]).unwrap()
}

#[test]
fn words_are_found_without_their_marks_and_before_they_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    write(&alex, &entry("Zażółć gęślą jaźń", "Łódź, a smørrebrød, and the Straße by the café.", 1));
    write(&alex, &entry("Other", "nothing of that", 2));
    for text in
        ["zazolc", "ZAŻÓŁĆ", "lodz", "smorrebrod", "strasse", "Straße", "cafe", "café", "caf", "gesla jazn", "str lod"]
    {
        assert_eq!(titles(&alex, text), ["Zażółć gęślą jaźń"], "{text}");
    }
    for text in ["zazolcs", "\"stras\"", "\"by strasse\"", "cafe nothing"] {
        assert!(titles(&alex, text).is_empty(), "{text}");
    }
    assert_eq!(titles(&alex, "\"strasse by the\""), ["Zażółć gęślą jaźń"]);
}

#[test]
fn what_is_written_without_spaces_is_found_from_two_characters_on() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    write(&alex, &entry("雨の夜", "ただいま、と言える場所があるのはいいな。", 1));
    write(&alex, &entry("밤", "오늘은 사랑해라고 말했다.", 2));
    write(&alex, &entry("晚上", "我们把手机留在厨房里。", 3));
    for (text, title) in [
        ("場所", "雨の夜"),
        ("言える", "雨の夜"),
        ("ただ", "雨の夜"),
        ("사랑", "밤"),
        ("手机", "晚上"),
        ("厨房里", "晚上"),
    ] {
        assert_eq!(titles(&alex, text), [title], "{text}");
    }
    assert!(titles(&alex, "所場").is_empty());
    let hit = &hits(&alex, "言える")[0];
    assert_eq!(hit.snippet_matches.iter().map(|range| part(&hit.snippet, *range)).collect::<Vec<_>>(), ["言える"]);
}

#[test]
fn the_best_comes_first_and_shows_why() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let long = "We walked and talked of this and that. ".repeat(20);
    write(&alex, &entry("A long day", &format!("{long}Then the 🕯 lantern by the door. {long}"), 9));
    write(&alex, &entry("Lantern", "In the window.", 1));
    write(&alex, &entry("Nothing", "of the kind", 2));
    let found = hits(&alex, "lant");
    assert_eq!(found.iter().map(|hit| hit.row.title.as_str()).collect::<Vec<_>>(), ["Lantern", "A long day"]);
    assert_eq!(part("Lantern", found[0].title_matches[0]), "Lantern");
    assert_eq!((found[0].snippet.as_str(), found[0].snippet_matches.len()), ("In the window.", 0));
    let SearchHit { snippet, snippet_matches, title_matches, .. } = &found[1];
    assert!(snippet.starts_with('…') && snippet.ends_with('…') && snippet.chars().count() <= 162, "{snippet}");
    assert_eq!((part(snippet, snippet_matches[0]).as_str(), title_matches.len()), ("lantern", 0));

    for number in 0..7 {
        write(&alex, &entry(&format!("Page {number}"), "a lamp", number));
    }
    let page = |skip| alex.journal().search("lamp", &RowsQuery { limit: 3, ..RowsQuery::default() }, skip).unwrap();
    let pages = [page(0), page(3), page(6)];
    assert_eq!(pages.each_ref().map(|page| (page.hits.len(), page.next)), [(3, Some(3)), (3, Some(6)), (1, None)]);
    let all: Vec<_> = pages.iter().flat_map(|page| &page.hits).map(|hit| hit.row.title.as_str()).collect();
    assert_eq!(all, ["Page 6", "Page 5", "Page 4", "Page 3", "Page 2", "Page 1", "Page 0"]);
}

#[test]
fn what_was_called_by_another_word_is_found_behind() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    write(&alex, &entry("Cuddles, cuddles", "We cuddled for an hour, by the window.", 9));
    write(&alex, &entry("A long day", "Work, and work again. And then, at the very end of it all, one hug.", 1));
    write(&alex, &entry("Bathing", "The water was hot, and I was snug and quiet.", 3));
    write(&alex, &entry("Nothing", "of the kind", 2));

    assert_eq!(titles(&alex, "hug"), ["A long day", "Cuddles, cuddles"]);
    let found = hits(&alex, "hugging window");
    let [hit] = found.as_slice() else { panic!("{}", found.len()) };
    assert_eq!(part(&hit.row.title, hit.title_matches[0]), "Cuddles");
    let matches: Vec<_> = hit.snippet_matches.iter().map(|range| part(&hit.snippet, *range)).collect();
    assert_eq!(matches, ["cuddled", "window"]);

    assert_eq!(titles(&alex, "shower"), ["Bathing"]);
    assert_eq!(titles(&alex, "SHOWERED silence"), ["Bathing"]);
    for text in ["\"hugging\"", "\"shower\"", "show", "bathrobe", "shower-hug"] {
        assert!(titles(&alex, text).is_empty(), "{text}");
    }
    // As much as can be asked for.
    assert_eq!(titles(&alex, &"hug ".repeat(32)), ["A long day", "Cuddles, cuddles"]);

    // Page by page, what was typed first.
    let page = |skip| alex.journal().search("hug", &RowsQuery { limit: 1, ..RowsQuery::default() }, skip).unwrap();
    let pages = [page(0), page(1)];
    assert_eq!(pages.each_ref().map(|page| page.next), [Some(1), None]);
    assert_eq!(pages.each_ref().map(|page| page.hits[0].row.title.as_str()), ["A long day", "Cuddles, cuddles"]);
}

#[test]
fn another_word_is_found_under_a_second_key_too() {
    let Couple { alex, .. } = &Couple::new();
    alex.set_private_key(Some([7; 32]), |_| std::ops::ControlFlow::Continue(())).unwrap();
    write(alex, &entry("Mine", "We cuddled.", 9));
    alex.journal().write(&entry("Ours", "We hugged.", 1), Sharing::Joint).unwrap();
    assert_eq!(titles(alex, "hug"), ["Ours", "Mine"]);
    alex.lock_private().unwrap();
    assert_eq!(titles(alex, "hug"), ["Ours"]);
}

#[test]
fn what_changed_or_went_is_not_found_any_more() {
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Evening", "soup and lanterns", 1), Sharing::Joint).unwrap();
    couple.meet();
    assert_eq!(titles(&couple.sam, "lantern"), ["Evening"]);
    edit(&couple.alex, &id, &entry("Evening", "soup and candles", 1));
    couple.meet();
    for vault in [&couple.alex, &couple.sam] {
        assert!(titles(vault, "lantern").is_empty());
        assert_eq!(titles(vault, "candle"), ["Evening"]);
    }
    couple.alex.journal().delete(&id).unwrap();
    couple.meet();
    assert!(titles(&couple.alex, "candle").is_empty() && titles(&couple.sam, "candle").is_empty());
}

#[test]
fn a_shared_entry_is_found_once() {
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Letter", "dear Sam", 1), Sharing::Shared).unwrap();
    edit(&couple.alex, &id, &entry("Letter", "dear Sam, and more", 1));
    couple.alex.journal().write(&entry("Diary", "dear me", 2), Sharing::Private).unwrap();
    couple.meet();
    assert_eq!(titles(&couple.alex, "dear").len(), 2);
    assert_eq!(titles(&couple.alex, "more"), ["Letter"]);
    assert!(titles(&couple.sam, "more").is_empty());
    let of = |author| RowsQuery { author: Some(author), ..RowsQuery::default() };
    let found = |vault: &Vault, query: &RowsQuery| vault.journal().search("dear", query, 0).unwrap().hits.len();
    assert_eq!((found(&couple.alex, &of(Author::Me)), found(&couple.sam, &of(Author::Partner))), (2, 1));
    let shared = RowsQuery { visibility: Some(Visibility::Shared), ..RowsQuery::default() };
    assert_eq!(found(&couple.alex, &shared), 1);
}

#[test]
fn filters_let_through_what_fits_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let tagged = |draft: EntryDraft, tags: &[&str]| EntryDraft {
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..draft
    };
    write(&alex, &tagged(entry("Both", "tea", 10), &["evening", "tea, \"hot\""]));
    write(
        &alex,
        &EntryDraft { mood: Some("calm".into()), favourite: true, ..tagged(entry("One", "tea", 20), &["evening"]) },
    );
    write(&alex, &EntryDraft { mood: Some("calm".into()), ..entry("None", "coffee", 30) });
    let with =
        |tags: &[&str]| RowsQuery { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..RowsQuery::default() };
    assert_eq!(filtered(&alex, with(&["evening"])), ["One", "Both"]);
    assert_eq!(filtered(&alex, with(&["evening", "tea, \"hot\""])), ["Both"]);
    assert_eq!(filtered(&alex, with(&["even"])), Vec::<String>::new());
    let calm = RowsQuery { mood: Some("calm".into()), ..RowsQuery::default() };
    assert_eq!(filtered(&alex, calm.clone()), ["None", "One"]);
    assert_eq!(filtered(&alex, RowsQuery { favourites: true, ..calm.clone() }), ["One"]);
    let day = 86_400_000;
    let between = RowsQuery { from_ms: Some(10 * day), until_ms: Some(30 * day), ..RowsQuery::default() };
    assert_eq!(filtered(&alex, between), ["One", "Both"]);
    let tea = alex.journal().search("tea", &calm, 0).unwrap().hits;
    assert_eq!(tea.iter().map(|hit| hit.row.title.as_str()).collect::<Vec<_>>(), ["One"]);
    let tags = alex.journal().tags().unwrap().into_iter().map(|tag| (tag.tag, tag.entries)).collect::<Vec<_>>();
    assert_eq!(tags, [("evening".to_owned(), 2), ("tea, \"hot\"".to_owned(), 1)]);
}

#[test]
fn on_this_day_is_the_day_where_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let at = |title: &str, utc_ms, offset_seconds| EntryDraft {
        when: Moment { utc_ms, offset_seconds, zone: None },
        ..entry(title, "", 0)
    };
    // 29 February 2024, 23:30 in UTC: 1 March in Warsaw. And 1 March 1660, in London.
    write(&alex, &at("Utc", 1_709_249_400_000, None));
    write(&alex, &at("Warsaw", 1_709_249_400_000, Some(3600)));
    write(&alex, &at("London", -9_777_412_800_000, Some(-75)));
    let on = |month, day| RowsQuery { day: Some(DayOfYear { month, day }), ..RowsQuery::default() };
    assert_eq!(filtered(&alex, on(2, 29)), ["Utc"]);
    assert_eq!(filtered(&alex, on(3, 1)), ["Warsaw", "London"]);
    for (month, day) in [(0, 1), (13, 1), (1, 0), (1, 32)] {
        let refused = alex.journal().rows(&on(month, day));
        assert_eq!(refused, Err(NightstandError::InvalidInput { what: InvalidInput::Date }));
    }
}

#[test]
fn nothing_to_seek_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    for text in ["", " … ", &"word ".repeat(50), &"x".repeat(2_000)] {
        let refused = alex.journal().search(text, &RowsQuery::default(), 0);
        assert_eq!(refused, Err(NightstandError::InvalidInput { what: InvalidInput::Query }));
    }
    assert!(hits(&alex, "a AND OR NOT ( * ^ \"").is_empty());
}

#[test]
fn an_app_brings_words_that_stand_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    write(&alex, &entry("Abends", "Eine lange Umarmung.", 0));
    write(&alex, &entry("Evening", "A long hug.", 1));
    let mut texts = Texts::new();
    let found = |texts: &Texts, text: &str| {
        let page = alex.journal().search_with(text, &RowsQuery::default(), 0, texts).unwrap();
        page.hits.into_iter().map(|hit| hit.row.title).collect::<Vec<_>>()
    };
    assert_eq!(found(&texts, "kuscheln"), Vec::<String>::new());
    texts.add_synonyms("de", "umarm*, kuscheln, hug").unwrap();
    assert_eq!(found(&texts, "kuscheln"), ["Evening", "Abends"]);
    assert_eq!(found(&texts, "cuddle"), ["Evening"], "what ships stays, and no ring goes on into the next");
    assert_eq!(found(&texts, "\"kuscheln\""), Vec::<String>::new());
    assert_eq!(titles(&alex, "kuscheln"), Vec::<String>::new(), "it stands beside these texts alone");
    texts.add_synonyms("en", "cuddl*").unwrap();
    assert_eq!(found(&texts, "cuddle"), Vec::<String>::new());
    texts.remove("en").unwrap();
    assert_eq!(found(&texts, "cuddle"), ["Evening"]);

    let refused = |what| Err(NightstandError::InvalidInput { what });
    assert_eq!(texts.add_synonyms("no tag", "a, b"), refused(InvalidInput::Language));
    assert_eq!(texts.add_synonyms("de", "zwei Worte, eins"), refused(InvalidInput::Texts));
    assert_eq!(texts.add_synonyms("de", &"#".repeat(512 * 1024 + 1)), Err(NightstandError::TooLarge));
    assert_eq!(found(&texts, "kuscheln"), ["Evening", "Abends"]);
}
