//! A mailbox on a server, over the HTTP of the app's own system.

use std::sync::Arc;
use std::time::Duration;

use nightstand::error::InvalidInput;
use nightstand::mailbox::Storage as CoreStorage;
use nightstand::mailbox::http::{
    Addressing, DavCredentials as CoreCredentials, Http as CoreHttp, HttpAnswer as CoreAnswer,
    HttpError as CoreHttpError, HttpMailbox, HttpRequest as CoreRequest, Place, S3, S3Keys, Tls, WebDav,
};
use nightstand::sync::MailboxReport;
use nightstand::vault::Vault;
use zeroize::Zeroizing;

use crate::error::NightstandError;
use crate::sync::{Cancel, Sync};
use crate::work::Held;

/// A mailbox on a server, for `use_mailbox_server()` and `once()`.
#[derive(uniffi::Record)]
pub struct MailboxServer {
    /// Where the files lie.
    pub place: MailboxPlace,
    /// What sends the requests. It may be left out where the library was built with the feature `object-store`, which no phone
    /// app needs: then the library sends them itself.
    #[uniffi(default)]
    pub http: Option<Arc<dyn Http>>,
}

/// Where a mailbox's files lie. The folder or bucket has to be there, and on both phones it is the same. Nothing of this is kept in the
/// vault: the app keeps the credentials in the Keychain or Keystore.
#[derive(uniffi::Enum)]
pub enum MailboxPlace {
    /// A folder on a WebDAV server: Nextcloud, a NAS, a web host.
    WebDav(WebDavFolder),
    /// A bucket of an S3-compatible service.
    S3(S3Bucket),
}

/// A folder on a WebDAV server.
#[derive(uniffi::Record)]
pub struct WebDavFolder {
    /// Its address, such as `https://cloud.example/remote.php/dav/files/alex/Ours/`, without credentials in it.
    pub url: String,
    /// What lets the app in.
    pub credentials: DavCredentials,
    /// Whether it has to be reached over https.
    pub tls: Tls,
}

/// What lets an app into a WebDAV server.
#[derive(uniffi::Enum)]
pub enum DavCredentials {
    /// Nothing is asked for.
    Open,
    /// A name and a password. Many services have passwords for one app alone, which can be taken back: use such a one.
    Basic {
        /// Who.
        user: String,
        /// With which password.
        password: String,
    },
    /// A token, as of OAuth. The app gets a new one in time.
    Bearer {
        /// The token.
        token: String,
    },
}

/// A bucket of an S3-compatible service. Keys that can do no more than list, read, write and delete in it are enough.
#[derive(uniffi::Record)]
pub struct S3Bucket {
    /// The address of the service without the bucket, such as `https://s3.eu-central-1.amazonaws.com`.
    pub service: String,
    /// The region, such as `eu-central-1`. Some services want `auto`, and many that one runs oneself take `us-east-1`.
    pub region: String,
    /// The bucket's name.
    pub bucket: String,
    /// What the files' names begin with, such as `ours`: it keeps them apart from others in the bucket. Empty where there are none.
    #[uniffi(default)]
    pub prefix: String,
    /// Where the bucket's name stands in addresses.
    pub addressing: Addressing,
    /// The access key's id.
    pub access_key: String,
    /// The secret access key. It is never sent.
    pub secret_key: String,
    /// The token of keys that last for a while.
    #[uniffi(default)]
    pub session_token: Option<String>,
    /// Whether it has to be reached over https.
    pub tls: Tls,
}

/// Where a bucket's name stands in addresses.
#[uniffi::remote(Enum)]
pub enum Addressing {
    /// After the host, `https://service.example/bucket/`. Most services that one runs oneself want it so.
    Path,
    /// Before the host, `https://bucket.service.example/`.
    VirtualHost,
}

/// Whether a place has to be reached over https.
#[uniffi::remote(Enum)]
pub enum Tls {
    /// It has to be, unless its host is this device itself.
    Demanded,
    /// It may be without, as a server at home. Whoever is in that network then reads the credentials, and nothing of what people wrote.
    Optional,
}

/// What sends a mailbox's requests: the HTTP stack of the app's system.
///
/// `send` is not async, so that it can wait for its answer: within a round it is called from one thread of the core's, one request
/// after the other. A request that takes longer than the round had time for is left to itself; its answer is not heard, and a
/// later round may send others meanwhile. What is thrown that is no `HttpError` counts as `Unreachable`.
///
/// Send each request as it is: follow no redirect, keep no cookies, cache nothing. An answer of any status is returned, a 404 or a 500
/// too. Never log a request: its headers hold the credentials.
#[uniffi::export(foreign)]
pub trait Http: Send + std::marker::Sync {
    /// Sends a request and waits for the whole answer. Throw `TooLarge` as soon as its body has more than `most` bytes, and `Unreachable`
    /// where there is none, or where it was cut off.
    fn send(&self, request: HttpRequest) -> Result<HttpAnswer, HttpError>;
}

/// A request that the app sends as it is.
#[derive(uniffi::Record)]
pub struct HttpRequest {
    /// `GET`, `PUT`, `DELETE` or WebDAV's `PROPFIND`.
    pub method: String,
    /// Where to.
    pub url: String,
    /// What to send besides what a stack sends by itself, such as `Host` and `Content-Length`. Credentials are among them.
    pub headers: Vec<HttpHeader>,
    /// What to send; empty where there is nothing.
    pub body: Vec<u8>,
    /// Most bytes of an answer's body that are taken.
    pub most: u64,
}

/// A line of a request's head.
#[derive(uniffi::Record)]
pub struct HttpHeader {
    /// Its name.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// What came back.
#[derive(uniffi::Record)]
pub struct HttpAnswer {
    /// The status, such as 200.
    pub status: u16,
    /// What came, decompressed.
    pub body: Vec<u8>,
}

/// Why there is no answer. The app throws it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Error)]
pub enum HttpError {
    /// The server was not reached, or the answer was cut off.
    Unreachable,
    /// The answer has more bytes than were asked for.
    TooLarge,
}

impl core::fmt::Display for HttpError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        CoreHttpError::from(*self).fmt(f)
    }
}

impl core::error::Error for HttpError {}

/// What the app's own code throws is not looked at: it may quote an address.
impl From<uniffi::UnexpectedUniFFICallbackError> for HttpError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unreachable
    }
}

impl From<HttpError> for CoreHttpError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unreachable => Self::Unreachable,
            HttpError::TooLarge => Self::TooLarge,
        }
    }
}

/// The host's stack as the core's.
struct HostHttp(Held<dyn Http>);

impl CoreHttp for HostHttp {
    fn send(&self, request: CoreRequest) -> Result<CoreAnswer, CoreHttpError> {
        let headers = request.headers.iter();
        let headers = headers
            .map(|header| HttpHeader { name: header.name.into(), value: header.value.as_str().into() })
            .collect();
        let CoreRequest { method, url, body, most, .. } = request;
        let request = HttpRequest { method: method.into(), url, headers, body, most };
        let answer = self.0.call(|http| http.send(request)).unwrap_or(Err(HttpError::Unreachable))?;
        Ok(CoreAnswer { status: answer.status, body: answer.body })
    }
}

impl MailboxServer {
    /// As the core asks it. Times are those of the vault's clock.
    pub(crate) fn storage(self, vault: &Vault) -> Result<Arc<dyn CoreStorage>, NightstandError> {
        let place = self.place.check().map_err(|what| NightstandError::InvalidInput { what })?;
        match self.http {
            Some(http) => Ok(Arc::new(HttpMailbox::new(place, Arc::new(HostHttp(Held::new(http))), vault.clock()))),
            None => own_storage(&place),
        }
    }
}

#[cfg(feature = "object-store")]
fn own_storage(place: &Place) -> Result<Arc<dyn CoreStorage>, NightstandError> {
    Ok(Arc::new(nightstand::mailbox::ObjectStorage::at(place)?))
}

#[cfg(not(feature = "object-store"))]
fn own_storage(_place: &Place) -> Result<Arc<dyn CoreStorage>, NightstandError> {
    Err(NightstandError::InvalidInput { what: InvalidInput::State })
}

impl MailboxPlace {
    fn check(self) -> Result<Place, InvalidInput> {
        match self {
            Self::WebDav(WebDavFolder { url, credentials, tls }) => {
                let credentials = match credentials {
                    DavCredentials::Open => CoreCredentials::Open,
                    DavCredentials::Basic { user, password } => {
                        CoreCredentials::Basic { user, password: Zeroizing::new(password) }
                    }
                    DavCredentials::Bearer { token } => CoreCredentials::Bearer(Zeroizing::new(token)),
                };
                WebDav::new(&url, credentials, tls).map(Place::WebDav)
            }
            Self::S3(at) => {
                let secret = Zeroizing::new(at.secret_key);
                let token = at.session_token.map(Zeroizing::new);
                let keys = S3Keys::new(&at.access_key, &secret, token.as_ref().map(|token| token.as_str()))?;
                S3::new(&at.service, &at.region, &at.bucket, &at.prefix, at.addressing, keys, at.tls).map(Place::S3)
            }
        }
    }
}

#[uniffi::export]
impl Sync {
    /// The same as `use_mailbox()` on a server that speaks WebDAV or S3: the core makes the requests, the app sends them. Use one
    /// mailbox.
    ///
    /// Errors: `InvalidInput` (`MailboxPlace`) for an address where no mailbox can be, or one that is not safe, (`Credentials`)
    /// where they can't be sent, (`State`) without an `http` where the library has none; and as `use_mailbox()`. What the server refuses is said in the report: `Refused` too where this phone's
    /// clock is off by a quarter of an hour, since S3 signs the time.
    #[uniffi::method(default(cancel = None))]
    pub async fn use_mailbox_server(
        &self,
        server: MailboxServer,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<MailboxReport, NightstandError> {
        let storage = server.storage(self.0.vault())?;
        self.visit(storage, within, cancel).await
    }
}
