//! A bucket of an S3-compatible service.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::{Host, Url};
use zeroize::Zeroizing;

use super::place::{Tls, address, word};
use super::sign::{ToSign, sign};
use super::xml::walk;
use super::{Ask, Dialect, HttpAnswer, HttpRequest, Page, by_status};
use crate::error::InvalidInput;
use crate::mailbox::StorageError;

/// What is encoded in a query, by the rules of signatures.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Most bytes of what a service says where a list goes on: it comes back in an address.
const MOST_TOKEN: usize = 8 * 1024;

/// A bucket of an S3-compatible service.
#[derive(Clone)]
pub struct S3 {
    /// The bucket's, and with a slash at its end.
    pub(super) root: Url,
    pub(in crate::mailbox) region: String,
    #[cfg(feature = "object-store")]
    pub(in crate::mailbox) bucket: String,
    /// Empty, or with a slash at its end.
    pub(in crate::mailbox) prefix: String,
    pub(in crate::mailbox) keys: S3Keys,
}

/// Where a bucket's name stands in addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Addressing {
    /// After the host, `https://service.example/bucket/`. Most services that one runs oneself want it so.
    #[default]
    Path,
    /// Before the host, `https://bucket.service.example/`.
    VirtualHost,
}

/// What lets an app into a bucket. Let it do no more than list, read, write and delete there.
#[derive(Clone)]
pub struct S3Keys {
    pub(in crate::mailbox) access_key: String,
    pub(in crate::mailbox) secret_key: Zeroizing<String>,
    pub(in crate::mailbox) session_token: Option<Zeroizing<String>>,
}

impl S3Keys {
    /// The two keys, and of keys that last for a while their token.
    ///
    /// Errors: `Credentials` where one of them can't be sent.
    pub fn new(access_key: &str, secret_key: &str, session_token: Option<&str>) -> Result<Self, InvalidInput> {
        for text in [access_key, secret_key].into_iter().chain(session_token) {
            word(text)?;
        }
        // They would end a part of the signature.
        if access_key.contains(['/', ',']) {
            return Err(InvalidInput::Credentials);
        }
        let hidden = |text: &str| Zeroizing::new(text.to_owned());
        Ok(Self {
            access_key: access_key.into(),
            secret_key: hidden(secret_key),
            session_token: session_token.map(hidden),
        })
    }
}

impl S3 {
    /// A bucket that is there. `service` is the address of the whole service, such as `https://s3.eu-central-1.amazonaws.com`. A prefix,
    /// such as `ours`, keeps the mailbox's files apart from others in the bucket; it is empty where there are none.
    ///
    /// Errors: `MailboxPlace` where the address is none, has credentials or a path in it, or is not safe, or where one of the names
    /// can't be one.
    pub fn new(
        service: &str,
        region: &str,
        bucket: &str,
        prefix: &str,
        addressing: Addressing,
        keys: S3Keys,
        tls: Tls,
    ) -> Result<Self, InvalidInput> {
        let mut root = address(service, tls)?;
        if root.path() != "/" || !is_name(region) || !is_name(bucket) {
            return Err(InvalidInput::MailboxPlace);
        }
        let parts: Vec<&str> = prefix.trim_end_matches('/').split('/').collect();
        if !prefix.is_empty() && !parts.iter().all(|part| is_name(part)) {
            return Err(InvalidInput::MailboxPlace);
        }
        let prefix = if prefix.is_empty() { String::new() } else { format!("{}/", parts.join("/")) };
        match (addressing, root.host()) {
            (Addressing::Path, _) => root.set_path(&format!("/{bucket}/")),
            (Addressing::VirtualHost, Some(Host::Domain(host))) => {
                let host = format!("{bucket}.{host}");
                root.set_host(Some(&host)).map_err(|_| InvalidInput::MailboxPlace)?;
            }
            // An address of numbers has nothing before it.
            (Addressing::VirtualHost, _) => return Err(InvalidInput::MailboxPlace),
        }
        Ok(Self {
            root,
            region: region.into(),
            #[cfg(feature = "object-store")]
            bucket: bucket.into(),
            prefix,
            keys,
        })
    }

    /// The address without a path.
    #[cfg(feature = "object-store")]
    pub(in crate::mailbox) fn endpoint(&self) -> String {
        self.root.as_str().trim_end_matches(self.root.path()).to_owned()
    }

    /// Does the bucket's name stand before the host?
    #[cfg(feature = "object-store")]
    pub(in crate::mailbox) fn is_virtual_host(&self) -> bool {
        self.root.path() == "/"
    }

    /// As every stack writes the `Host` of a request.
    fn host(&self) -> String {
        let host = self.root.host_str().unwrap_or_default();
        self.root.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

/// A name that needs no encoding and leads nowhere else.
fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=255).contains(&text.len()) && text.bytes().all(plain) && text != "." && text != ".."
}

impl Dialect for S3 {
    fn request(&self, ask: &Ask<'_>, now_ms: i64) -> HttpRequest {
        let (path, query) = match ask {
            Ask::List { after } => (self.root.path().to_owned(), list_query(&self.prefix, *after)),
            other => (format!("{}{}{}", self.root.path(), self.prefix, other.name()), String::new()),
        };
        let mut url = self.root.clone();
        url.set_path(&path);
        url.set_query((!query.is_empty()).then_some(query.as_str()));
        let (method, host, body) = (ask.method(), self.host(), ask.body());
        let to_sign = ToSign { method, host: &host, path: &path, query: &query, body };
        let mut headers = ask.headers();
        headers.extend(sign(&to_sign, &self.keys, &self.region, now_ms));
        HttpRequest { method, url: url.into(), headers, body: body.to_vec(), most: ask.most() }
    }

    fn read_page(&self, answer: &HttpAnswer) -> Result<Page, StorageError> {
        if answer.status != 200 {
            return Err(self.why(answer));
        }
        let (mut keys, mut token, mut goes_on, mut is_encoded) = (Vec::new(), None, false, false);
        let root = walk(&answer.body, |path, text| match path {
            ["ListBucketResult", "Contents", "Key"] => keys.push(text.to_owned()),
            ["ListBucketResult", "IsTruncated"] => goes_on = text.trim() == "true",
            ["ListBucketResult", "NextContinuationToken"] => token = Some(text.to_owned()),
            ["ListBucketResult", "EncodingType"] => is_encoded = text.trim() == "url",
            _ => {}
        })?;
        // That there is more, and not where, would be half a list.
        let says_where = token.as_ref().is_some_and(|token| token.len() <= MOST_TOKEN);
        if root != "ListBucketResult" || (goes_on && !says_where) {
            return Err(StorageError::Unreachable);
        }
        let name = |key: String| {
            let decoded = is_encoded.then(|| percent_decode_str(&key).decode_utf8_lossy().into_owned());
            decoded.unwrap_or(key).strip_prefix(&self.prefix).map(str::to_owned)
        };
        Ok(Page { names: keys.into_iter().filter_map(name).collect(), next: token.filter(|_| goes_on) })
    }

    /// The code tells more than the status, where there is one: that a session is over comes with 400, that there is no room with 403.
    fn why(&self, answer: &HttpAnswer) -> StorageError {
        let mut code = String::new();
        let read = walk(&answer.body, |path, text| {
            if path == ["Error", "Code"] {
                text.trim().clone_into(&mut code);
            }
        });
        match code.as_str() {
            _ if read.is_err() => by_status(answer.status),
            "EntityTooLarge" | "QuotaExceeded" | "XMinioAdminBucketQuotaExceeded" | "XMinioStorageFull" => {
                StorageError::Full
            }
            "ExpiredToken"
            | "InvalidToken"
            | "TokenRefreshRequired"
            | "AuthorizationHeaderMalformed"
            | "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "AccessDenied"
            | "RequestTimeTooSkewed" => StorageError::Refused,
            _ => by_status(answer.status),
        }
    }
}

/// In the order of names. Names of others may be such as no XML can hold, so that they are asked for encoded.
fn list_query(prefix: &str, after: Option<&str>) -> String {
    let encoded = |text| utf8_percent_encode(text, QUERY);
    let token = after.map(|after| format!("continuation-token={}&", encoded(after))).unwrap_or_default();
    let prefix = encoded(prefix);
    format!("{token}delimiter=%2F&encoding-type=url&list-type=2&max-keys=1000&prefix={prefix}")
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S3")
    }
}

impl fmt::Debug for S3Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S3Keys")
    }
}
