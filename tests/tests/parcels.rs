//! Nothing private is in a bundle or a mailbox: all that is sealed is looked through as it was before.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

#[path = "../../core/tests/common/mod.rs"]
mod common;

use std::sync::Arc;
use std::time::Duration;

use common::Couple;
use nightstand::journal::rich_text::RichText;
use nightstand::journal::{EntryDraft, Sharing};
use nightstand::mailbox::{Folder, Storage};
use nightstand::sync::{BundleExtent, BundleFor, Cancel};
use nightstand::vault::Vault;

const CANARY: &str = "quince and thyme";
const SHARED: &str = "lantern, two oars";

fn write(vault: &Vault, text: &str, sharing: Sharing) -> String {
    let draft = EntryDraft { title: text.into(), body: RichText::plain(text), ..EntryDraft::default() };
    vault.journal().write(&draft, sharing).unwrap().to_string()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}

fn holds(said: &[Vec<u8>], sought: &[u8]) -> bool {
    said.iter().any(|said| said.windows(sought.len()).any(|window| window == sought))
}

#[test]
fn nothing_private_is_in_a_bundle_or_a_mailbox() {
    let couple = Couple::new();
    let secret = write(&couple.alex, CANARY, Sharing::Private);
    // As an app has it, and as it is stored.
    let id = hex(secret.split_once('-').unwrap().1);
    let folder = tempfile::tempdir().unwrap();
    let storage = Arc::new(Folder::new(folder.path()));
    let sent = |vault: &Vault| {
        let (sync, minute, cancel) = (vault.sync(), Duration::from_secs(60), Cancel::new());
        let bundle = sync.make_bundle(BundleFor::Partner, BundleExtent::Everything, minute, &cancel);
        let mut said = bundle.unwrap().recorded;
        let place = Arc::clone(&storage);
        let (_, left) = sync.use_mailbox_recorded(place, minute, &cancel).unwrap();
        said.extend(left);
        said
    };
    let lengths = |said: &[Vec<u8>]| said.iter().map(Vec::len).collect::<Vec<_>>();
    sent(&couple.alex);
    // What is private changes nothing, not even a length.
    let before = sent(&couple.alex);
    for _ in 0..3 {
        write(&couple.alex, CANARY, Sharing::Private);
    }
    let after = sent(&couple.alex);
    assert_eq!(lengths(&before), lengths(&after));

    write(&couple.alex, SHARED, Sharing::Shared);
    let said = sent(&couple.alex);
    assert!(holds(&said, SHARED.as_bytes()), "what is shared is found where it is looked for");
    let raw: Vec<Vec<u8>> =
        storage.list().unwrap().iter().map(|name| storage.get(name, u64::MAX - 1).unwrap()).collect();
    assert!(!holds(&raw, SHARED.as_bytes()));
    for said in [&before, &after, &said, &raw] {
        assert!(!holds(said, &CANARY.as_bytes()[..8]) && !holds(said, &CANARY.as_bytes()[8..]));
        assert!(!holds(said, secret.as_bytes()) && !holds(said, &id));
    }
}
