//! `docs/open-the-file.md`, word for word: a stock SQLCipher opens a vault's file with the commands of the page.
//!
//! Needs Python and, the first time, PyPI. `NIGHTSTAND_REQUIRE=python` makes their absence a failure.

mod common;

use common::{KEY, WORDS, here, open, read, salt, say, vault_settings, write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::{env, fs};

const SQLCIPHER_FOR_PYTHON: &str = "sqlcipher3-wheels==0.5.7";

#[test]
fn the_python_block_opens_a_vault() {
    let Some(python) = python_with_sqlcipher() else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let (vault, script) = (dir.path().join("copy.db"), dir.path().join("open.py"));
    write(&vault, &vault_settings(KEY));
    fs::write(&script, block("python", 0)).unwrap();

    let told = run(Command::new(python).arg(&script).arg(&vault).arg(KEY));
    assert_eq!(stdout(&told), "user_version 7\nentry\n");
    assert_eq!(read(&vault, &vault_settings(KEY)).unwrap(), WORDS, "the vault is none the worse");

    let wrong_key = KEY.replacen("00", "01", 1);
    let refused = Command::new(python).arg(&script).arg(&vault).arg(wrong_key).output().unwrap();
    assert!(!refused.status.success());
    assert_eq!(stdout(&refused), "");

    let mistyped = dir.path().join("copi.db");
    let refused = Command::new(python).arg(&script).arg(&mistyped).arg(KEY).output().unwrap();
    assert!(!refused.status.success() && !mistyped.exists());
}

/// The newest words are in `-wal` while the app is open; a copy of all the files has them.
#[test]
fn a_copy_taken_while_the_vault_is_open_is_whole() {
    let Some(python) = python_with_sqlcipher() else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let (vault, copy) = (dir.path().join("vault.db"), dir.path().join("copy.db"));
    write(&vault, &vault_settings(KEY));
    let db = open(&vault, &vault_settings(KEY));
    db.execute_batch("CREATE TABLE newest (words TEXT) STRICT").unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let beside = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        fs::copy(beside(&vault), beside(&copy)).unwrap();
    }
    let told = run(Command::new(python).args(["-c", &block("python", 0)]).arg(&copy).arg(KEY));
    assert_eq!(stdout(&told), "user_version 7\nentry\nnewest\n");
}

/// The shell's statements, given to the same SQLCipher through Python: what they are, not how the shell prints.
#[test]
fn the_sql_blocks_open_and_export_a_vault() {
    let Some(python) = python_with_sqlcipher() else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("copy.db"), &vault_settings(KEY));
    let through_python = "import sqlcipher3, sqlite3, sys
db = sqlcipher3.connect('copy.db', isolation_level=None)
for statement in sys.argv[1].split(';')[:-1]:
    for row in db.execute(statement):
        print(*row)
for row in sqlite3.connect('plain.db').execute('SELECT words FROM entry ORDER BY day'):
    print(*row)
";
    let statements = block("sql", 0) + &block("sql", 1);
    let told = run(Command::new(python).args(["-c", through_python, &statements]).current_dir(&dir));
    let told = stdout(&told);
    let lines: Vec<_> = told.lines().filter(|line| !["ok", "None"].contains(line)).collect();
    assert_eq!(lines, [&["entry"], WORDS.as_slice()].concat());
}

#[test]
fn the_page_shows_the_key_and_the_salt_of_its_example() {
    let page = page();
    assert!(page.contains(&format!("it is `{}`", salt(KEY))));
    assert!(block("sql", 0).starts_with(&format!("PRAGMA key = \"x'{KEY}{}'\";\n", salt(KEY))));
    for setting in &vault_settings(KEY)[1..] {
        let pragma = format!("PRAGMA {setting}");
        assert!(block("python", 0).contains(&pragma) && block("sql", 0).contains(&pragma), "{pragma}");
    }
}

#[test]
fn the_one_line_prints_key_and_salt() {
    let Some(python) = python_with_sqlcipher() else {
        return;
    };
    let command = block("sh", 2);
    let (program, key) = command.strip_prefix("python3 -c '").unwrap().split_once("' ").unwrap();
    let told = run(Command::new(python).args(["-c", program, key.trim()]));
    assert_eq!(stdout(&told).trim(), format!("{KEY}{}", salt(KEY)));
}

fn page() -> String {
    fs::read_to_string(here("../../docs/open-the-file.md")).unwrap()
}

/// The page's block of code number `number` in `language`.
fn block(language: &str, number: usize) -> String {
    let page = page();
    let after = page.split(&format!("```{language}\n")).nth(number + 1).expect("the page has the block");
    after.split("```").next().expect("split yields one part at least").to_owned()
}

/// A Python with SQLCipher in a cached virtual environment, made at the first run.
fn python_with_sqlcipher() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    let python = PYTHON.get_or_init(|| {
        make_venv()
            .inspect_err(|reason| say(&format!("SKIPPED: no stock SQLCipher tried docs/open-the-file.md: {reason}")))
            .ok()
    });
    let required = env::var("NIGHTSTAND_REQUIRE").is_ok_and(|names| names.contains("python"));
    assert!(python.is_some() || !required, "NIGHTSTAND_REQUIRE asks for python");
    python.as_deref()
}

fn make_venv() -> Result<PathBuf, String> {
    let home = |name: &str| env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let cache = home("XDG_CACHE_HOME").or_else(|| Some(home("HOME").or_else(|| home("USERPROFILE"))?.join(".cache")));
    let folder = cache.ok_or("no home folder for the cache")?.join("nightstand");
    let venv = folder.join("venv");
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });

    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    // Other test programs may use the environment, and one of them makes it.
    let lock = fs::File::create(folder.join("venv.lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    if attempt(Command::new(&python).args(["-c", "import sqlcipher3"])).is_ok() {
        return Ok(python);
    }
    attempt(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    let pip = ["-m", "pip", "install", "--quiet", "--retries", "1", "--timeout", "20", SQLCIPHER_FOR_PYTHON];
    attempt(Command::new(&python).args(pip))?;
    attempt(Command::new(&python).args(["-c", "import sqlcipher3"]))?;
    Ok(python)
}

fn attempt(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

fn run(command: &mut Command) -> Output {
    attempt(command).unwrap_or_else(|reason| panic!("{reason}"))
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n")
}
