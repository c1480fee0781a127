//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::Trouble;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Two phones in one terminal: pair, write apart, meet, merge.

Usage: two-phones [--journal FILE] [--keep DIR] [--json FILE] [--leak-on-purpose]

  --journal FILE     a Day One export (.json or .zip), shared by Alex before the first sync
  --keep DIR         keep both vaults and their keys in DIR, which has to be new or empty
  --json FILE        write the figures to FILE
  --leak-on-purpose  let Alex quote a private page in a shared one: the check has to notice";

/// What this process is.
pub(crate) enum Role {
    /// It runs the story.
    Parent(Options),
    /// It is one of the phones.
    Phone(PhoneOptions),
    /// It says how it is used.
    Help,
}

/// How the story runs.
#[derive(Default)]
pub(crate) struct Options {
    /// A Day One export for Alex's phone.
    pub(crate) journal: Option<PathBuf>,
    /// Where both vaults stay.
    pub(crate) keep: Option<PathBuf>,
    /// Where the figures go.
    pub(crate) json: Option<PathBuf>,
    /// Alex quotes a private page in a shared one.
    pub(crate) leak_on_purpose: bool,
}

/// Which phone this process is.
pub(crate) struct PhoneOptions {
    /// Whose it is.
    pub(crate) name: String,
    /// Where its vault lies.
    pub(crate) folder: PathBuf,
    /// The folder goes when the parent does.
    pub(crate) temporary: bool,
}

/// Reads the arguments after the program's name.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Role, Trouble> {
    let mut arguments = arguments.peekable();
    if arguments.next_if(|first| first == "phone").is_some() {
        return parse_phone(arguments).map(Role::Phone);
    }
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        let mut path = || arguments.next().map(PathBuf::from).ok_or_else(|| missing(&argument));
        match argument.to_str() {
            Some("--journal") => options.journal = Some(path()?),
            Some("--keep") => options.keep = Some(path()?),
            Some("--json") => options.json = Some(path()?),
            Some("--leak-on-purpose") => options.leak_on_purpose = true,
            Some("--help" | "-h") => return Ok(Role::Help),
            _ => return Err(unknown(&argument)),
        }
    }
    Ok(Role::Parent(options))
}

fn parse_phone(mut arguments: impl Iterator<Item = OsString>) -> Result<PhoneOptions, Trouble> {
    let (mut name, mut folder, mut temporary) = (None, None, false);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--name") => name = arguments.next().and_then(|name| name.into_string().ok()),
            Some("--folder") => folder = arguments.next().map(PathBuf::from),
            Some("--temporary") => temporary = true,
            _ => return Err(unknown(&argument)),
        }
    }
    let name = name.ok_or("a phone needs a --name")?;
    Ok(PhoneOptions { name, folder: folder.ok_or("a phone needs a --folder")?, temporary })
}

fn missing(argument: &OsString) -> Trouble {
    format!("{} needs a path.", argument.to_string_lossy()).into()
}

fn unknown(argument: &OsString) -> Trouble {
    format!("What is {}?", argument.to_string_lossy()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Role, Trouble> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn options_stand_in_any_order() {
        let Ok(Role::Parent(options)) = parsed("--leak-on-purpose --json out.json") else { panic!() };
        assert_eq!((options.json, options.leak_on_purpose), (Some(PathBuf::from("out.json")), true));
    }

    #[test]
    fn what_is_unknown_or_incomplete_is_said() {
        assert!(parsed("--jurnal x").is_err_and(|trouble| trouble.to_string().contains("--jurnal")));
        assert!(parsed("--journal").is_err());
        assert!(parsed("phone --name Alex").is_err());
    }
}
