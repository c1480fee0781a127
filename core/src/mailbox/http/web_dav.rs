//! A folder on a WebDAV server ([RFC 4918](https://www.rfc-editor.org/rfc/rfc4918)): Nextcloud and ownCloud, a NAS, Apache, nginx
//! with its extension, a web host.

use std::fmt;

use data_encoding::BASE64;
use percent_encoding::percent_decode_str;
use url::Url;
use zeroize::Zeroizing;

use super::place::{Tls, address, word};
use super::xml::walk;
use super::{Ask, Dialect, HttpAnswer, HttpHeader, HttpRequest, Page, by_status};
use crate::error::InvalidInput;
use crate::mailbox::StorageError;

/// Asks for no more of each file than whether it is a folder.
const WHAT: &str =
    r#"<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>"#;

/// A folder on a WebDAV server.
#[derive(Clone)]
pub struct WebDav {
    pub(in crate::mailbox) folder: Url,
    pub(super) credentials: DavCredentials,
}

/// What lets an app into a WebDAV server.
#[derive(Clone)]
pub enum DavCredentials {
    /// Nothing is asked for.
    Open,
    /// A name and a password. Many services have passwords for one app alone, which can be taken back: use such a one.
    Basic {
        /// Who.
        user: String,
        /// With which password.
        password: Zeroizing<String>,
    },
    /// A token, as of OAuth.
    Bearer(Zeroizing<String>),
}

impl WebDav {
    /// A folder that is there, by its address, such as `https://cloud.example/remote.php/dav/files/alex/Ours/`.
    ///
    /// Errors: `MailboxPlace` where the address is none, has credentials in it, or is not safe; `Credentials` where they can't be
    /// sent.
    pub fn new(folder: &str, credentials: DavCredentials, tls: Tls) -> Result<Self, InvalidInput> {
        match &credentials {
            DavCredentials::Open => {}
            DavCredentials::Basic { user, password } => {
                let sendable = |text: &str| !text.chars().any(char::is_control);
                if user.is_empty() || user.contains(':') || !sendable(user) || !sendable(password) {
                    return Err(InvalidInput::Credentials);
                }
            }
            DavCredentials::Bearer(token) => word(token)?,
        }
        Ok(Self { folder: address(folder, tls)?, credentials })
    }

    pub(super) fn authorization(&self) -> Option<HttpHeader> {
        let value = match &self.credentials {
            DavCredentials::Open => return None,
            DavCredentials::Basic { user, password } => {
                let pair = Zeroizing::new(format!("{user}:{}", password.as_str()));
                let encoded = Zeroizing::new(BASE64.encode(pair.as_bytes()));
                format!("Basic {}", encoded.as_str())
            }
            DavCredentials::Bearer(token) => format!("Bearer {}", token.as_str()),
        };
        Some(HttpHeader::new("Authorization", value))
    }
}

impl Dialect for WebDav {
    fn request(&self, ask: &Ask<'_>, _now_ms: i64) -> HttpRequest {
        let mut headers = ask.headers();
        headers.extend(self.authorization());
        let (method, body) = match ask {
            Ask::List { .. } => {
                headers.push(HttpHeader::new("Depth", "1"));
                headers.push(HttpHeader::new("Content-Type", "application/xml; charset=utf-8"));
                ("PROPFIND", WHAT.as_bytes())
            }
            other => (other.method(), other.body()),
        };
        let url = format!("{}{}", self.folder, ask.name());
        HttpRequest { method, url, headers, body: body.to_vec(), most: ask.most() }
    }

    fn read_page(&self, answer: &HttpAnswer) -> Result<Page, StorageError> {
        // Any other success is no answer to the question: a network's page that wants a tap, or no WebDAV at all.
        if answer.status != 207 {
            return Err(by_status(answer.status));
        }
        let (mut names, mut href, mut is_folder) = (Vec::new(), String::new(), false);
        let root = walk(&answer.body, |path, text| match path {
            ["multistatus", "response", "href"] => text.trim().clone_into(&mut href),
            ["multistatus", "response", "propstat", "prop", "resourcetype", "collection"] => is_folder = true,
            ["multistatus", "response"] => {
                let href = std::mem::take(&mut href);
                if !std::mem::take(&mut is_folder) {
                    names.extend(name_in(&href));
                }
            }
            _ => {}
        })?;
        if root == "multistatus" { Ok(Page { names, next: None }) } else { Err(StorageError::Unreachable) }
    }
}

/// The last part of an address, whole or without its host. What stands before it a proxy may have changed, and of a list of one
/// folder it is always the same.
fn name_in(href: &str) -> Option<String> {
    let path = href.split(['?', '#']).next()?;
    let name = percent_decode_str(path.rsplit('/').next()?).decode_utf8().ok()?;
    (!name.is_empty()).then(|| name.into_owned())
}

impl fmt::Debug for WebDav {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebDav")
    }
}

impl fmt::Debug for DavCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DavCredentials")
    }
}
