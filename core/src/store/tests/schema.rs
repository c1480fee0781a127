//! The tables.

use rusqlite::Connection;

use super::Phone;
use crate::store::schema::{APPLICATION_ID, VERSION};

/// What a database has, without comments, line breaks and spaces beside commas, which SQLite keeps as they were written.
fn tables(connection: &Connection) -> Vec<(String, String)> {
    let sql = "SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?))).unwrap();
    let plain = |sql: String| {
        let lines = sql.lines().map(|line| line.split("--").next().unwrap());
        let line = lines.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        line.replace(" ,", ",").replace(" )", ")").replace("( ", "(")
    };
    rows.map(Result::unwrap).map(|(name, sql): (String, String)| (name, plain(sql))).collect()
}

#[test]
fn the_steps_lead_to_the_explained_schema() {
    let explained = Connection::open_in_memory().unwrap();
    explained.execute_batch(include_str!("../schema.sql")).unwrap();
    let phone = Phone::alex();
    let _vault = phone.open();
    let tool = phone.tool();
    assert_eq!(tables(&tool), tables(&explained));
    let options = |connection: &Connection| -> Vec<(String, i64)> {
        let mut statement = connection.prepare("SELECT k, v FROM search_config ORDER BY k").unwrap();
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(options(&tool), options(&explained));
}

#[test]
fn the_file_says_whose_it_is_and_how_old() {
    let phone = Phone::alex();
    let _vault = phone.open();
    let number = |pragma| phone.tool().pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(number("user_version"), i64::from(VERSION));
    assert_eq!(number("application_id"), i64::from(APPLICATION_ID));
}

#[test]
fn a_whole_file_checks_out() {
    let phone = Phone::alex();
    let vault = phone.open();
    use super::Journaling;
    let key = vault.begin_entry(nightstand_engine::ids::Space::Private, "Tea", "and rain");
    vault.edit_title(&key, "Tea and rain").unwrap();
    let tool = phone.tool();
    let ask = |sql: &str| tool.query_row(sql, [], |row| row.get::<_, String>(0));
    assert_eq!(ask("PRAGMA integrity_check").unwrap(), "ok");
    assert_eq!(ask("PRAGMA foreign_key_check"), Err(rusqlite::Error::QueryReturnedNoRows));
}
