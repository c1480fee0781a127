//! What a person brings from elsewhere, or an app: exports of Day One, Markdown, files of texts.

use std::io::{Cursor, Write};

use nightstand::journal::day_one::DayOneExport;
use nightstand::journal::rich_text::{Mark, RichText, Style};
use nightstand::texts::{self, TextValue, Texts};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::bytes::{Source, piece};

/// An export as a file: JSON or a zip, told apart by what is in it.
pub(crate) fn day_one(data: &[u8]) {
    let Ok(export) = DayOneExport::read(Cursor::new(data)) else { return };
    let left = export.len();
    let entries = export.into_iter();
    assert_eq!(entries.len(), left);
    for entry in entries.flatten() {
        assert_reads_back(&entry.body);
        assert!(entry.tags.iter().all(|tag| !tag.is_empty() && tag.trim() == tag));
        assert!(!entry.title.contains('\n'));
    }
}

/// It is normalised, and what is written of it reads back as the same.
fn assert_reads_back(rich: &RichText) {
    assert!(rich.clone().normalised().as_ref() == Ok(rich), "it is in its fixed form");
    assert!(RichText::from_markdown(&rich.to_markdown()) == *rich, "Markdown reads back as it was written");
}

const PLAIN: &str = r##"{"metadata":{"version":"1.0"},"entries":[{"uuid":"0A1B2C3D4E5F60718293A4B5C6D7E8F9",
"creationDate":"2021-03-04T05:06:07Z","modifiedDate":"2021-03-04T05:06:07Z","timeZone":"Europe\/London","starred":true,
"isAllDay":false,"tags":["rain"," tea "],"text":"# Sunday\n\nWe **slept** in.\n![](dayone-moment:\/\/ABC)\n- toast\n- jam",
"photos":[{"identifier":"ABC","md5":"0"}],"weather":{"code":"rain"},"location":{"latitude":51.5}},
{"creationDate":"2021-03-05T05:06:07+01:00","text":"plain"},{"text":7},null]}"##;

const STYLED: &str = r##"{"entries":[{"uuid":"B","creationDate":"2021-03-04T05:06:07Z","richText":
"{\"contents\":[{\"text\":\"Sunday\\n\",\"attributes\":{\"line\":{\"header\":1}}},{\"text\":\"slept\",\"attributes\":{\"bold\":true,\"italic\":true,\"linkURL\":\"https:\/\/x.y\"}},{\"embeddedObjects\":[{\"type\":\"photo\",\"identifier\":\"A\"}]},{\"text\":\"\\nitem\\n\",\"attributes\":{\"line\":{\"listStyle\":\"bulleted\",\"indentLevel\":1}}},{\"text\":\"quote\\n\",\"attributes\":{\"line\":{\"quote\":true}}}],\"meta\":{\"version\":1}}"}]}"##;

pub(crate) fn exports() -> Vec<Vec<u8>> {
    let zip = |method, files: &[(&str, &str)]| {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            let options = SimpleFileOptions::default().compression_method(method);
            writer.start_file(*name, options).expect("memory");
            writer.write_all(text.as_bytes()).expect("memory");
        }
        writer.finish().expect("memory").into_inner()
    };
    let both = [("Journal.json", PLAIN), ("photos/a.jpeg", "no picture"), ("Second.JSON", STYLED)];
    vec![
        PLAIN.into(),
        STYLED.into(),
        b"{\"entries\":[]}".to_vec(),
        zip(CompressionMethod::Stored, &both),
        zip(CompressionMethod::Deflated, &both),
        zip(CompressionMethod::Stored, &[("a.json", "{\"entries\":[{}]}")]),
    ]
}

/// Markdown, or a text with marks anywhere.
pub(crate) fn markdown(data: &[u8]) {
    let mut source = Source::new(data);
    let marks = source.byte() % 8;
    let marks: Vec<_> = (0..marks).map(|_| mark(&mut source)).collect();
    let text = String::from_utf8_lossy(source.rest()).into_owned();
    if marks.is_empty() {
        assert_reads_back(&RichText::from_markdown(&text));
        return;
    }
    let rich = RichText { text, marks };
    let _ = rich.clone().normalised();
    assert_reads_back(&rich.settled());
}

fn mark(source: &mut Source<'_>) -> Mark {
    let (start, length, style) = (u32::from(source.byte()), u32::from(source.byte()), source.byte());
    let style = match style % 10 {
        0 | 1 => Style::Bold,
        2 | 3 => Style::Italic,
        4 | 5 => Style::Link { url: String::from_utf8_lossy(source.take(usize::from(style) / 10)).into_owned() },
        6 => Style::Heading { level: style / 10 },
        7 => Style::Bullet,
        8 => Style::Numbered,
        _ => Style::Quote,
    };
    Mark { start, end: start + length, style }
}

pub(crate) fn markdowns() -> Vec<Vec<u8>> {
    let plain = [
        "# One\n\ntext\n###### six ##\n####### seven\n#tag\n---\na  \nd\\\ne\r\nf",
        "\na\n\n- b\n* c\n\n+ d\n\n\ne\n1. a\n1. b\n3) c\n\n2023. was good\n> a\n>b\n>\n> > c\nd",
        "a **b** *c* __d__ _e_ ***both*** in**si**de ![pic *x*](u *y*) [a *b*](https://x.y/(z)) <https://q.r>",
        "**静か。**です 🕯 x<b>y</b> </i> <em> `a *b* \\` ~~c~~ a&#32;&amp;&hearts;&#0;&nbsp;b \\*plain\\* [a [b](u) c](v)",
    ];
    let mut seeds: Vec<Vec<u8>> = plain.iter().map(|text| [&[0], text.as_bytes()].concat()).collect();
    let marks = [&[0, 6, 16][..], &[10, 15, 0], &[17, 3, 44], b"http", &[18, 1, 2], &[23, 5, 7]].concat();
    seeds.push([&[5], &marks[..], "Sunday\nWe slept.\nTea!\n\ntoast\n jam\nlike 1. this\n- that".as_bytes()].concat());
    seeds
}

/// A file of texts in a language, and what it says; or a list of synonyms.
pub(crate) fn texts(data: &[u8]) {
    let mut source = Source::new(data);
    let mode = source.byte();
    let tag = match mode % 4 {
        0 => String::from_utf8_lossy(source.piece()).into_owned(),
        1 => "ar".into(),
        2 => "pl".into(),
        _ => "en".into(),
    };
    let file = String::from_utf8_lossy(source.rest()).into_owned();
    let mut texts = Texts::new();
    if mode & 4 != 0 {
        let _ = texts.add_synonyms(&tag, &file);
        let _ = texts.remove(&tag);
        return;
    }
    let _ = texts::faults(&file);
    if texts.add(&tag, &file).is_err() {
        return;
    }
    texts.ask_for([&tag]);
    let parameters = [("n", TextValue::Number(i64::from(mode))), ("name", TextValue::Text("Sam".into()))];
    for line in file.lines().filter_map(|line| line.split_once('=')).take(64) {
        if let Ok(said) = texts.say(line.0.trim(), &parameters) {
            assert!(said.text.len() <= texts::MOST_WORDING_BYTES);
        }
    }
}

pub(crate) fn files() -> Vec<Vec<u8>> {
    let file = "# A comment\n-brand = Nightstand\ntea = Tea with { $name }, { $n ->\n    [0] none\n    [one] { $n } cup\n   *[other] { $n } cups\n}\n    .label = A label\nhours = { NUMBER($n, minimumFractionDigits: 1) } { -brand } { tea } {\"x\\u0041\"}\n";
    let synonyms = "umarm*, kuscheln, kuschelt\n# no\nbad, dusche, duschen";
    vec![
        [&[2], file.as_bytes()].concat(),
        [&[0], &piece(b"zh-Hant-TW")[..], file.as_bytes()].concat(),
        [&[7], synonyms.as_bytes()].concat(),
    ]
}
