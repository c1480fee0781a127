//! What the two can read, try and make together: guidance cards, an introduction for couples to whom this is new; their own
//! [rituals], and [songs] to come down to.
//!
//! Cards and introduction are data: ids, and on what each claim rests. The sentences are [texts](crate::texts), by these ids.
//!
//! ```
//! use nightstand::texts::Texts;
//! use nightstand::together::cards::{Grade, card};
//! use nightstand::together::sources::source;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let texts = Texts::new();
//! let afterglow = card("afterglow").ok_or("no such card")?;
//! println!("{}\n{}", texts.say("card-afterglow", &[])?.text, texts.say("card-afterglow.body", &[])?.text);
//! assert_eq!(afterglow.grade, Grade::Study);
//! for id in afterglow.sources {
//!     let source = source(id).ok_or("no such source")?;
//!     println!("{} ({}): {}", source.authors, source.year, texts.say(&format!("source-{id}"), &[])?.text);
//! }
//! # Ok(())
//! # }
//! ```

pub mod cards;
mod order;
pub mod programme;
pub mod rituals;
pub mod songs;
pub mod sources;
