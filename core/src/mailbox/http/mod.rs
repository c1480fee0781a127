//! A mailbox on a server that speaks WebDAV or S3, with the requests as data: the core says what to send and reads what comes back,
//! the app sends it with the HTTP stack of its system, which knows the network's ways (proxies, certificates, metered
//! connections) and takes no room in the library.
//!
//! ```text
//!   a round ──put get list delete──▶ HttpMailbox ──Ask──▶ WebDav │ S3 ──HttpRequest──▶ Http (the app's)
//!                                        ◀────── StorageError, names ───────◀──HttpAnswer──
//! ```
//!
//! What holds for both dialects:
//!
//! - The server is trusted with nothing but its credentials. Those go over https alone, unless the host is this device itself or
//!   the app says otherwise ([`Tls`]), and to the place that was named alone: a redirect is never followed, it counts as out of
//!   reach. They stand in a request's headers and in no `Debug`, log or error; here they are wiped from memory when dropped.
//! - An answer has at most so many bytes as its request says, and a list may be long, wrong or cut off: it is read whole or not at
//!   all. Names that are none of ours are passed over.
//! - A file is written once. So it is put under the condition that there is none (`If-None-Match: *`), and a server that knows no
//!   conditions gets it without one. That there is one already may be the app's stack that sent the request twice, and then it is the same
//!   file: that is looked at. If it is another one, or half of one, then the file was not kept, and the next round writes
//!   it under another name, since a number is used once.
//! - A folder or bucket has to be there. Making it would hide a slip in an address: each phone would have a place of its own.
//! - S3 signs the time, which is that of the vault's clock. A service whose clock differs by more than it allows (a quarter of an
//!   hour, mostly) answers as with wrong credentials: [`StorageError::Refused`].

mod place;
mod s3;
mod sign;
#[cfg(test)]
pub(crate) mod tests;
mod web_dav;
mod xml;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::Zeroizing;

pub use place::Tls;
pub use s3::{Addressing, S3, S3Keys};
pub use web_dav::{DavCredentials, WebDav};

use super::{Storage, StorageError};
use crate::vault::Clock;

/// Most bytes of an answer that is no file and no list: an error's text may be in it.
const ANSWER_BYTES: u64 = 64 * 1024;

/// Most bytes of a list, all its pages together. WebDAV has no pages, and some servers tell a kilobyte of each file.
const LIST_BYTES: u64 = 64 * 1024 * 1024;

/// Most pages of a list: each has a thousand names, where a service follows the common rule.
const LIST_PAGES: usize = 1000;

/// A request that the app sends as it is.
pub struct HttpRequest {
    /// `GET`, `PUT`, `DELETE` or WebDAV's `PROPFIND`.
    pub method: &'static str,
    /// Where to. It holds no secret.
    pub url: String,
    /// What to send besides what a stack sends by itself (`Host`, `Content-Length`). Credentials are among them.
    pub headers: Vec<HttpHeader>,
    /// What to send; empty where there is nothing.
    pub body: Vec<u8>,
    /// Most bytes of an answer's body that are taken. What is longer is [`HttpError::TooLarge`].
    pub most: u64,
}

/// A line of a request's head.
pub struct HttpHeader {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub value: Zeroizing<String>,
}

/// What came back. A redirect is an answer like any other, and is not followed.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status, such as 200.
    pub status: u16,
    /// What came, decompressed.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HttpError {
    /// The server was not reached, or the answer was cut off.
    #[error("the server is out of reach")]
    Unreachable,
    /// The answer has more bytes than were asked for.
    #[error("too large")]
    TooLarge,
}

/// What sends requests: the HTTP stack of the app's system. It follows no redirect, keeps no cookie and caches nothing. It may wait
/// for its answer; see [`Storage`] for what a round does about that.
pub trait Http: Send + Sync {
    /// Sends a request, and waits for the whole answer.
    fn send(&self, request: HttpRequest) -> Result<HttpAnswer, HttpError>;
}

/// Where the files lie.
#[derive(Clone, Debug)]
pub enum Place {
    /// A folder on a WebDAV server.
    WebDav(WebDav),
    /// A bucket of an S3-compatible service.
    S3(S3),
}

/// A mailbox on a server.
pub struct HttpMailbox {
    place: Place,
    http: Arc<dyn Http>,
    clock: Arc<dyn Clock>,
    /// Until it has shown that it takes a file only without.
    takes_conditions: AtomicBool,
}

impl HttpMailbox {
    /// This place, over what sends the requests. `clock` is the vault's.
    pub fn new(place: Place, http: Arc<dyn Http>, clock: Arc<dyn Clock>) -> Self {
        Self { place, http, clock, takes_conditions: AtomicBool::new(true) }
    }

    /// Asks the server.
    fn ask(&self, ask: Ask<'_>) -> Result<HttpAnswer, StorageError> {
        let is_file_or_list = matches!(ask, Ask::Get { .. } | Ask::List { .. });
        let request = self.place.dialect().request(&ask, self.clock.now_ms());
        let most = request.most;
        match self.http.send(request) {
            Ok(answer) if answer.body.len() as u64 <= most => Ok(answer),
            Ok(_) | Err(HttpError::TooLarge) if is_file_or_list => Err(StorageError::TooLarge),
            Ok(_) | Err(_) => Err(StorageError::Unreachable),
        }
    }

    fn why(&self, answer: &HttpAnswer) -> StorageError {
        self.place.dialect().why(answer)
    }

    /// What is to be done where there is a file under that name already, says the server.
    fn compare(&self, name: &str, bytes: &[u8]) -> Result<Found, StorageError> {
        match self.get(name, bytes.len() as u64) {
            Ok(there) if there == bytes => Ok(Found::Same),
            Ok(_) | Err(StorageError::TooLarge) => Ok(Found::Another),
            Err(StorageError::Missing) => Ok(Found::Nothing),
            Err(error) => Err(error),
        }
    }
}

/// What lies under a name.
#[derive(PartialEq, Eq)]
enum Found {
    Same,
    Another,
    Nothing,
}

impl Storage for HttpMailbox {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StorageError> {
        let name = ours(name).ok_or(StorageError::Missing)?;
        if self.takes_conditions.load(Ordering::Relaxed) {
            let answer = self.ask(Ask::Put { name, bytes, only: Only::New })?;
            match answer.status {
                200..=299 => return Ok(()),
                // It is about the condition, or the server did not understand it.
                400 | 412 | 501 => match self.compare(name, bytes)? {
                    Found::Same => return Ok(()),
                    Found::Another => return Err(StorageError::Unreachable),
                    Found::Nothing => {}
                },
                _ => return Err(self.why(&answer)),
            }
        }
        let answer = self.ask(Ask::Put { name, bytes, only: Only::Always })?;
        if !(200..=299).contains(&answer.status) {
            return Err(self.why(&answer));
        }
        self.takes_conditions.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn get(&self, name: &str, most: u64) -> Result<Vec<u8>, StorageError> {
        let name = ours(name).ok_or(StorageError::Missing)?;
        let answer = self.ask(Ask::Get { name, most })?;
        match answer.status {
            200 if answer.body.len() as u64 > most => Err(StorageError::TooLarge),
            200 => Ok(answer.body),
            _ => Err(self.why(&answer)),
        }
    }

    fn list(&self) -> Result<Vec<String>, StorageError> {
        let (mut names, mut after, mut left) = (Vec::new(), None, LIST_BYTES);
        for _ in 0..LIST_PAGES {
            let answer = self.ask(Ask::List { after: after.as_deref() })?;
            let page = self.place.dialect().read_page(&answer)?;
            left = left.checked_sub(answer.body.len() as u64).ok_or(StorageError::TooLarge)?;
            names.extend(page.names.into_iter().filter(|name| ours(name).is_some()));
            if page.next.is_none() {
                return Ok(names);
            }
            // One page again and again has no end.
            if page.next == after {
                return Err(StorageError::Unreachable);
            }
            after = page.next;
        }
        Err(StorageError::TooLarge)
    }

    fn delete(&self, name: &str) -> Result<(), StorageError> {
        let Some(name) = ours(name) else { return Ok(()) };
        let answer = self.ask(Ask::Delete { name })?;
        match (answer.status, self.why(&answer)) {
            (200..=299, _) | (_, StorageError::Missing) => Ok(()),
            (_, why) => Err(why),
        }
    }
}

/// What a server is asked for.
enum Ask<'a> {
    Put {
        name: &'a str,
        bytes: &'a [u8],
        only: Only,
    },
    Get {
        name: &'a str,
        most: u64,
    },
    /// A page of the names: the first, or the one after another.
    List {
        after: Option<&'a str>,
    },
    Delete {
        name: &'a str,
    },
}

impl Ask<'_> {
    fn method(&self) -> &'static str {
        match self {
            Self::Put { .. } => "PUT",
            Self::Get { .. } | Self::List { .. } => "GET",
            Self::Delete { .. } => "DELETE",
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Put { name, .. } | Self::Get { name, .. } | Self::Delete { name } => name,
            Self::List { .. } => "",
        }
    }

    fn body(&self) -> &[u8] {
        if let Self::Put { bytes, .. } = self { bytes } else { &[] }
    }

    fn most(&self) -> u64 {
        match self {
            // Of a small file an error's text may be longer.
            Self::Get { most, .. } => ANSWER_BYTES.max(*most),
            Self::List { .. } => LIST_BYTES,
            Self::Put { .. } | Self::Delete { .. } => ANSWER_BYTES,
        }
    }

    /// What both dialects say with it.
    fn headers(&self) -> Vec<HttpHeader> {
        let Self::Put { only, .. } = self else { return Vec::new() };
        let condition = (*only == Only::New).then(|| HttpHeader::new("If-None-Match", "*"));
        condition.into_iter().chain([HttpHeader::new("Content-Type", "application/octet-stream")]).collect()
    }
}

/// When a file is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Only {
    /// Where there is none.
    New,
    Always,
}

/// A page of names.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    names: Vec<String>,
    /// Where the next one begins.
    next: Option<String>,
}

/// How one kind of server is talked to.
trait Dialect {
    fn request(&self, ask: &Ask<'_>, now_ms: i64) -> HttpRequest;

    /// Errors: why the list was refused, or `Unreachable` where it is none or was cut off.
    fn read_page(&self, answer: &HttpAnswer) -> Result<Page, StorageError>;

    /// What an answer says that is no success.
    fn why(&self, answer: &HttpAnswer) -> StorageError {
        by_status(answer.status)
    }
}

impl Place {
    /// What stands in each request to a WebDAV server.
    #[cfg(feature = "object-store")]
    pub(super) fn authorization(&self) -> Option<reqwest::header::HeaderValue> {
        let Self::WebDav(folder) = self else { return None };
        let mut value = reqwest::header::HeaderValue::from_str(&folder.authorization()?.value).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    fn dialect(&self) -> &dyn Dialect {
        match self {
            Self::WebDav(web_dav) => web_dav,
            Self::S3(s3) => s3,
        }
    }
}

pub(super) fn by_status(status: u16) -> StorageError {
    match status {
        404 | 410 => StorageError::Missing,
        401 | 403 | 407 => StorageError::Refused,
        413 | 507 => StorageError::Full,
        _ => StorageError::Unreachable,
    }
}

/// A name as ours are: it needs no encoding in a URL, and leads nowhere else.
pub(super) fn ours(name: &str) -> Option<&str> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    ((1..=64).contains(&name.len()) && name.bytes().all(plain)).then_some(name)
}

impl HttpHeader {
    fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: Zeroizing::new(value.into()) }
    }
}

/// Where to and with which credentials is nobody's business.
impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for HttpHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpHeader").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for HttpAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpAnswer").field("status", &self.status).field("bytes", &self.body.len()).finish()
    }
}
