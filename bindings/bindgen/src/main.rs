//! `uniffi-bindgen`, of the version that the library was built with. In what it generates, docstrings name calls as the
//! language does.

mod docstrings;

fn main() -> std::io::Result<()> {
    uniffi::uniffi_bindgen_main();
    let asked: Vec<_> = std::env::args().collect();
    let told = |option: &str| asked.iter().skip_while(|one| *one != option).nth(1);
    match (told("--language").map(String::as_str), told("--out-dir")) {
        (Some("kotlin" | "swift"), Some(folder)) => docstrings::spell_in(folder.as_ref()),
        _ => Ok(()),
    }
}
