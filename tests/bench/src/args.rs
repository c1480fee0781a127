//! What the command line asks for.

use std::{path::PathBuf, str::FromStr, time::Duration};

use crate::{child::Task, rows};

pub(crate) const USAGE: &str = "\
usage: nightstand-bench [ROW ...] [options]

  ROW                  rows of the targets to run, such as T1 (default: all)
  --sizes N,N,...      how many entries, for the rows that go by size
  --limit-seconds N    after this a measurement is cut, and so is a preparation (default 120)
  --seed N             what the made-up entries and edits are drawn from (default 1660)
  --json FILE          write the rows there as well";

pub(crate) enum Command {
    Run(Settings),
    /// One measurement, in the process that [`child::run`](crate::child::run) started for it.
    Measure(Task),
}

pub(crate) struct Settings {
    /// Empty means all.
    pub(crate) rows: Vec<String>,
    /// Stands for the sizes that a row would choose.
    pub(crate) sizes: Option<Vec<usize>>,
    pub(crate) limit: Duration,
    pub(crate) seed: u64,
    pub(crate) json: Option<PathBuf>,
}

pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut args = args.peekable();
    if args.next_if(|first| first == "measure").is_some() {
        return Ok(Command::Measure(Task {
            row: value("a row", args.next())?,
            who: value("a name", args.next())?,
            n: value("a size", args.next())?,
            seed: value("a seed", args.next())?,
        }));
    }
    let mut settings =
        Settings { rows: Vec::new(), sizes: None, limit: Duration::from_secs(120), seed: 1660, json: None };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--sizes" => settings.sizes = Some(sizes(&value::<String>(&arg, args.next())?)?),
            "--limit-seconds" => settings.limit = Duration::from_secs(value(&arg, args.next())?),
            "--seed" => settings.seed = value(&arg, args.next())?,
            "--json" => settings.json = Some(value(&arg, args.next())?),
            id if rows::find(id).is_some() => settings.rows.push(arg),
            _ => return Err(format!("don't know {arg}")),
        }
    }
    Ok(Command::Run(settings))
}

fn value<T: FromStr>(of: &str, given: Option<String>) -> Result<T, String> {
    let given = given.ok_or_else(|| format!("{of} wants a value"))?;
    given.parse().map_err(|_| format!("{of} can't be {given:?}"))
}

fn sizes(list: &str) -> Result<Vec<usize>, String> {
    let sizes =
        list.split(',').map(|size| value("--sizes", Some(size.to_owned()))).collect::<Result<Vec<usize>, _>>()?;
    if sizes.contains(&0) {
        return Err("--sizes can't be 0".to_owned());
    }
    Ok(sizes)
}
