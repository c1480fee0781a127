//! What the two do and read together.
//!
//! | | |
//! |---|---|
//! | [agreements] | a text that holds while both accept this exact wording |
//! | [reflections] | both write to one question, unseen until both have sealed |
//! | [rituals] | named steps, per situation, offered beside plans |
//! | [songs] | what plays afterwards |
//! | [ticks] | what was talked through, tried, put away |
//! | [cards], [sources] | guidance, and what it rests on |
//! | [programme] | an introduction for couples to whom this is new |
//!
//! **Whose something is.** What lives in `Joint` both write, and a changed app writes any field of it. So who a song, a
//! wording or a proposed time is from is told as it says, and is no proof; nothing rests on it. Who accepts an agreement or
//! stands by a time is in each one's own `Mine`, which nobody else writes. How many one may add, and what a list shows of
//! each, goes by whose devices wrote it.
//!
//! Of cards and programme what is here is data: ids, and on what each claim rests. The sentences are [texts](crate::texts), by
//! these ids.
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

pub mod agreements;
pub mod cards;
mod order;
pub mod programme;
pub mod reflections;
pub mod rituals;
pub mod songs;
pub mod sources;
pub mod ticks;
