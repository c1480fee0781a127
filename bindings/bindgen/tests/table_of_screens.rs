//! The README's table "From a screen to its calls" knows every call that there is.
#![allow(clippy::unwrap_used, reason = "tests may stop at once")]

use std::fs;
use std::path::{Path, PathBuf};

const BINDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn every_call_has_a_row() {
    let readme = fs::read_to_string(Path::new(BINDINGS).join("../README.md")).unwrap();
    let table = readme.split("\n## From a screen to its calls\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| ")).collect();
    let editor = fs::read_to_string(Path::new(BINDINGS).join("../docs/editor.md")).unwrap();
    let calls = sources().into_iter().flat_map(|path| calls(&fs::read_to_string(path).unwrap()));
    let calls: Vec<_> = calls.filter(|(_, call)| call != "new").collect();
    assert!(calls.len() > 120, "found {} calls", calls.len());
    let has_row = |object: &str, call: &str| match object {
        "Editor" => names(&editor, call),
        // The vault hands out handles, which stand before their calls.
        "Vault" if rows.iter().any(|row| row.contains(&format!("{call}()."))) => true,
        _ => rows.iter().any(|row| row.contains(&place(object)) && names(row, call)),
    };
    let missing: Vec<_> = calls.iter().filter(|(object, call)| !has_row(object, call)).collect();
    assert!(missing.is_empty(), "no row names {missing:?}");
}

/// What a row says beside the calls of an object, so that it is told from another's of the same name.
fn place(object: &str) -> String {
    match object {
        // The vault's own calls, those of what has one row, and functions are named as they are.
        "Vault" | "" | "NightstandError" => String::new(),
        "PairingTalk" => "pairing().".into(),
        "Conversation" => "sync().".into(),
        "LiveRows" => "watch_rows".into(),
        "Subscription" | "Cancel" | "Texts" | "Road" => object.into(),
        "Activities" => "vault.activities().".into(),
        "DueItems" => "`due().".into(),
        "OwnSettings" => "`settings().".into(),
        handle => format!("`{}().", snake(handle)),
    }
}

/// Is it said as code, with or without what it takes?
fn names(text: &str, call: &str) -> bool {
    text.split('`').skip(1).step_by(2).any(|code| {
        let last = code.split('(').next().unwrap().rsplit('.').next().unwrap();
        let behind_handle = code.rsplit("().").next().unwrap().split('(').next().unwrap();
        last == call || behind_handle == call
    })
}

/// Each exported call, with the object that it is of.
fn calls(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for exported in source.split("#[uniffi::export").skip(1) {
        let (attribute, item) = exported.split_once("]\n").unwrap();
        let functions = |block: &str| {
            let lines = block.lines().filter_map(|line| line.trim_start().strip_prefix("pub "));
            let named = lines.filter_map(|line| line.trim_start_matches("async ").strip_prefix("fn "));
            named.map(|rest| rest.split(['(', '<']).next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        if attribute.contains("foreign") {
            continue; // the app's own
        } else if let Some(of) = item.strip_prefix("impl ") {
            let object = of.split(' ').next().unwrap().to_owned();
            let block = of.split("\n}\n").next().unwrap();
            found.extend(functions(block).into_iter().map(|call| (object.clone(), call)));
        } else if !attribute.contains("Display") {
            found.extend(functions(item).into_iter().take(1).map(|call| (String::new(), call)));
        }
    }
    found
}

fn sources() -> Vec<PathBuf> {
    let mut folders = vec![Path::new(BINDINGS).join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}

fn snake(name: &str) -> String {
    let words = name.chars().enumerate().flat_map(|(at, letter)| {
        let between = (letter.is_uppercase() && at > 0).then_some('_');
        between.into_iter().chain(letter.to_lowercase())
    });
    words.collect()
}
