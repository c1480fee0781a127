//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};

/// Two phones in one terminal: pair, write apart, meet, merge.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) role: Option<Role>,
    #[command(flatten)]
    pub(crate) options: Options,
}

/// What this process is, if it does not run the story.
#[derive(Subcommand)]
pub(crate) enum Role {
    /// One of the phones.
    #[command(hide = true)]
    Phone(PhoneOptions),
    /// Two weeks in the life of a couple, with all that there is; the same every time with the same seed.
    Fortnight(FortnightOptions),
}

/// How the story runs.
#[derive(Args)]
pub(crate) struct Options {
    /// A Day One export (.json or .zip), shared by Alex before the first sync.
    #[arg(long, value_name = "FILE", value_parser = a_path())]
    pub(crate) journal: Option<PathBuf>,
    /// Keep both vaults and their keys in DIR, which has to be new or empty; nobody else may look into it then.
    #[arg(long, value_name = "DIR", value_parser = a_path())]
    pub(crate) keep: Option<PathBuf>,
    /// Write the figures to FILE.
    #[arg(long, value_name = "FILE", value_parser = a_path())]
    pub(crate) json: Option<PathBuf>,
    /// Let Alex quote a private page in a shared one: the check has to notice.
    #[arg(long)]
    pub(crate) leak_on_purpose: bool,
}

/// How the two weeks run.
#[derive(Args)]
pub(crate) struct FortnightOptions {
    /// Where everything random comes from: keys, ids, who does what when.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Keep both vaults and their keys in DIR, which has to be new or empty; nobody else may look into it then.
    #[arg(long, value_name = "DIR", value_parser = a_path())]
    pub(crate) keep: Option<PathBuf>,
    /// Write the figures to FILE, which is not there yet.
    #[arg(long, value_name = "FILE", value_parser = a_path())]
    pub(crate) json: Option<PathBuf>,
    /// Let Alex quote a private page in a shared one: the check has to notice.
    #[arg(long)]
    pub(crate) leak_on_purpose: bool,
}

/// Which phone this process is.
#[derive(Args)]
pub(crate) struct PhoneOptions {
    /// Whose it is.
    #[arg(long)]
    pub(crate) name: String,
    /// Where its vault lies.
    #[arg(long)]
    pub(crate) folder: PathBuf,
    /// The folder goes when the parent does.
    #[arg(long)]
    pub(crate) temporary: bool,
}

fn a_path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new()
        .try_map(|path: OsString| if path.is_empty() { Err("it needs a path") } else { Ok(PathBuf::from(path)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &[&str]) -> Result<CommandLine, clap::Error> {
        CommandLine::try_parse_from([&["two-phones"], line].concat())
    }

    #[test]
    fn options_stand_in_any_order() {
        let CommandLine { role, options } = parsed(&["--leak-on-purpose", "--json", "out.json"]).unwrap();
        assert!(role.is_none() && options.keep.is_none());
        assert_eq!((options.json, options.leak_on_purpose), (Some(PathBuf::from("out.json")), true));
    }

    #[test]
    fn two_weeks_have_a_seed_also_if_none_is_given() {
        let seed = |line: &[&str]| match parsed(line).unwrap().role {
            Some(Role::Fortnight(options)) => options.seed,
            _ => panic!("{line:?}"),
        };
        assert_eq!((seed(&["fortnight"]), seed(&["fortnight", "--seed", "7"])), (1, 7));
    }

    #[test]
    fn what_is_unknown_incomplete_or_said_twice_is_refused() {
        let wrong: [&[&str]; 7] = [
            &["--jurnal", "x"],
            &["--journal"],
            &["--journal", ""],
            &["--keep", "here", "--keep", "there"],
            &["phone", "--name", "Alex"],
            &["fortnight", "--seed", "-1"],
            &["fortnight", "--journal", "x"],
        ];
        for line in wrong {
            assert!(parsed(line).is_err(), "{line:?}");
        }
    }
}
