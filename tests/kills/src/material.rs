//! What the first sync brings over: a real diary, or a few made-up entries.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::dice::Dice;
use crate::options::Options;
use crate::{Trouble, complain};

const DIARY: &str = "shared/data/pepys-dayone.zip";

/// So many entries are made up: enough for several frames.
const MADE_UP: u32 = 150;

/// The export to import: the diary where it is here, and else one that is made in `folder`.
pub(crate) fn export(options: &Options, folder: &Path) -> Result<PathBuf, Trouble> {
    if let Some(diary) = &options.diary {
        return Ok(diary.canonicalize()?);
    }
    if !options.small {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        if let Some(diary) = here.ancestors().map(|folder| folder.join(DIARY)).find(|path| path.exists()) {
            return Ok(diary);
        }
        complain(format_args!(
            "SKIPPED: the diary: {DIARY} is not beside the project; a few made-up entries take its place"
        ));
    }
    let mut dice = Dice::new(options.seed);
    let entries: Vec<_> = (0..MADE_UP)
        .map(|number| {
            let words: String = (0..60).map(|_| format!("{:x} ", dice.number())).collect();
            let date = format!("2024-{:02}-{:02}T21:30:00Z", 1 + number / 28, 1 + number % 28);
            json!({ "uuid": format!("{number:032X}"), "creationDate": date, "text": format!("Evening {number}\n\n{words}") })
        })
        .collect();
    let path = folder.join("Journal.json");
    std::fs::write(&path, json!({ "entries": entries }).to_string())?;
    Ok(path)
}
