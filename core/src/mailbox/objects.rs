//! Any store of the crate `object_store` as a mailbox: for programs that are no phone apps, or that have such a store anyway.
//!
//! On a phone [`HttpMailbox`](super::http::HttpMailbox) is the better road. This one brings the library larger by its tree, takes its time from the
//! system's clock where S3 signs it, and lets WebDAV overwrite, since `object_store` puts there without a condition.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService,
};
use object_store::http::HttpBuilder;
use object_store::path::Path;
use object_store::{Error, GetResult, ObjectStore, ObjectStoreExt, PutMode, RetryConfig};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use tokio::runtime::{Builder, Runtime};

use super::http::{Place, by_status, ours};
use super::{Storage, StorageError};
use crate::error::NightstandError;

/// How long a request may take. The round has a time of its own.
const PATIENCE: Duration = Duration::from_secs(60);

/// A store as a mailbox.
pub struct ObjectStorage {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    /// Where the store's work is done. It is only ever gone while this is dropped.
    runtime: Option<Runtime>,
    /// The status of the last answer, 0 where there was none: `object_store` has not an error for each.
    status: Arc<AtomicU16>,
}

impl ObjectStorage {
    /// A store, and what comes before the files' names in it. It must not need a runtime of the caller's.
    ///
    /// Errors: `Internal` where the system gives no runtime.
    pub fn new(store: Arc<dyn ObjectStore>, prefix: Path) -> Result<Self, NightstandError> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|_| NightstandError::Internal("the system gives no runtime"))?;
        Ok(Self { store, prefix, runtime: Some(runtime), status: Arc::default() })
    }

    /// The same place that an [`HttpMailbox`](super::http::HttpMailbox) takes, with the library's own HTTP. No redirect is followed.
    ///
    /// Errors: `Internal` where it can't be made.
    pub fn at(place: &Place) -> Result<Self, NightstandError> {
        let status = Arc::new(AtomicU16::new(0));
        let connector = Connector { authorization: place.authorization(), status: Arc::clone(&status) };
        let options = ClientOptions::new().with_allow_http(true); // the place says where that may be
        let retry = RetryConfig { max_retries: 0, ..RetryConfig::default() }; // the next round tries again
        let wrong = |_| NightstandError::Internal("a store that can't be made");
        let (store, prefix): (Arc<dyn ObjectStore>, _) = match place {
            Place::WebDav(folder) => {
                let builder = HttpBuilder::new().with_url(folder.folder.as_str()).with_client_options(options);
                (Arc::new(builder.with_retry(retry).with_http_connector(connector).build().map_err(wrong)?), "")
            }
            Place::S3(s3) => {
                let mut builder = AmazonS3Builder::new()
                    .with_endpoint(s3.endpoint())
                    .with_virtual_hosted_style_request(s3.is_virtual_host())
                    .with_region(&s3.region)
                    .with_bucket_name(&s3.bucket)
                    .with_access_key_id(&s3.keys.access_key)
                    .with_secret_access_key(s3.keys.secret_key.as_str())
                    .with_client_options(options)
                    .with_retry(retry)
                    .with_http_connector(connector);
                if let Some(token) = &s3.keys.session_token {
                    builder = builder.with_token(token.as_str());
                }
                (Arc::new(builder.build().map_err(wrong)?), s3.prefix.as_str())
            }
        };
        let mut storage = Self::new(store, Path::from(prefix))?;
        storage.status = status;
        Ok(storage)
    }

    fn path(&self, name: &str) -> Option<Path> {
        ours(name).map(|name| self.prefix.clone().join(name))
    }

    fn wait<R>(&self, work: impl Future<Output = Result<R, Error>>) -> Result<R, Error> {
        self.status.store(0, Ordering::Relaxed);
        match &self.runtime {
            Some(runtime) => runtime.block_on(work),
            None => Err(Error::NotImplemented { operation: String::new(), implementer: String::new() }),
        }
    }

    fn why(&self, error: &Error) -> StorageError {
        match error {
            Error::NotFound { .. } => StorageError::Missing,
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => StorageError::Refused,
            _ => by_status(self.status.load(Ordering::Relaxed)),
        }
    }
}

impl Storage for ObjectStorage {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StorageError> {
        let path = self.path(name).ok_or(StorageError::Missing)?;
        let put = |mode: PutMode| self.wait(self.store.put_opts(&path, bytes.to_vec().into(), mode.into()));
        match put(PutMode::Create) {
            Ok(_) => Ok(()),
            Err(Error::NotImplemented { .. } | Error::NotSupported { .. }) => {
                put(PutMode::Overwrite).map(drop).map_err(|error| self.why(&error))
            }
            // As of an `HttpMailbox`.
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {
                match self.get(name, bytes.len() as u64)? {
                    there if there == bytes => Ok(()),
                    _ => Err(StorageError::Unreachable),
                }
            }
            Err(error) => Err(self.why(&error)),
        }
    }

    fn get(&self, name: &str, most: u64) -> Result<Vec<u8>, StorageError> {
        let path = self.path(name).ok_or(StorageError::Missing)?;
        let got = self.wait(async {
            let got: GetResult = self.store.get(&path).await?;
            if got.meta.size > most { Ok(None) } else { got.bytes().await.map(Some) }
        });
        let bytes = got.map_err(|error| self.why(&error))?.ok_or(StorageError::TooLarge)?;
        if bytes.len() as u64 > most { Err(StorageError::TooLarge) } else { Ok(bytes.into()) }
    }

    fn list(&self) -> Result<Vec<String>, StorageError> {
        let prefix = (!self.prefix.as_ref().is_empty()).then_some(&self.prefix);
        let listed = self.wait(self.store.list_with_delimiter(prefix)).map_err(|error| self.why(&error))?;
        let names = listed.objects.iter().filter_map(|object| object.location.filename().and_then(ours));
        Ok(names.map(str::to_owned).collect())
    }

    fn delete(&self, name: &str) -> Result<(), StorageError> {
        let Some(path) = self.path(name) else { return Ok(()) };
        match self.wait(self.store.delete(&path)) {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.why(&error)),
        }
    }
}

impl Drop for ObjectStorage {
    fn drop(&mut self) {
        // It may be dropped on a thread of another runtime, which waits for nothing.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Makes a client that follows no redirect, since the credentials would go along.
struct Connector {
    authorization: Option<HeaderValue>,
    status: Arc<AtomicU16>,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        // An app that uses rustls itself has chosen already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let headers: HeaderMap = self.authorization.iter().map(|value| (AUTHORIZATION, value.clone())).collect();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .default_headers(headers)
            .timeout(PATIENCE)
            .build()
            .map_err(|error| Error::Generic { store: "mailbox", source: Box::new(error) })?;
        Ok(HttpClient::new(Watching { client, status: Arc::clone(&self.status) }))
    }
}

/// Notes what each answer's status is.
struct Watching {
    client: reqwest::Client,
    status: Arc<AtomicU16>,
}

impl fmt::Debug for Watching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watching")
    }
}

#[async_trait::async_trait]
impl HttpService for Watching {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = self.client.call(request).await?;
        self.status.store(answer.status().as_u16(), Ordering::Relaxed);
        Ok(answer)
    }
}
