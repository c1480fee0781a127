//! A server in memory that speaks both dialects, and does wrong what it is told to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use url::Url;

use crate::mailbox::http::{Http, HttpAnswer, HttpError, HttpRequest};

/// What it makes of `If-None-Match`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Conditions {
    Kept,
    Ignored,
    /// It knows nothing of it, and says so with this status.
    Refused(u16),
}

/// What goes wrong with a request.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Nothing is done, and this is the answer.
    Instead(Result<HttpAnswer, HttpError>),
    /// It is done, and this is the answer.
    After(Result<HttpAnswer, HttpError>),
    /// It is done, and half of the answer's body comes.
    Cut,
}

pub(crate) struct Server {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    conditions: Conditions,
    /// The request after so many others goes wrong; `None` is each.
    fault: Mutex<Option<(Option<usize>, Fault)>>,
    requests: Mutex<usize>,
}

impl Server {
    pub(crate) fn new(conditions: Conditions) -> Arc<Self> {
        let (files, fault, requests) = Default::default();
        Arc::new(Self { files, conditions, fault, requests })
    }

    /// By their paths.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.files.lock().unwrap().clone()
    }

    pub(crate) fn add(&self, path: String) {
        self.files.lock().unwrap().insert(path, Vec::new());
    }

    pub(crate) fn requests(&self) -> usize {
        *self.requests.lock().unwrap()
    }

    /// The request after so many others goes wrong.
    pub(crate) fn fail_after(&self, requests: usize, fault: Fault) {
        *self.fault.lock().unwrap() = Some((Some(self.requests() + requests), fault));
    }

    /// Each request goes wrong.
    pub(crate) fn fail(&self, fault: Fault) {
        *self.fault.lock().unwrap() = Some((None, fault));
    }

    fn answer(&self, request: HttpRequest) -> HttpAnswer {
        let url = Url::parse(&request.url).unwrap();
        let said = |name: &str| request.headers.iter().find(|header| header.name == name).map(|one| one.value.as_str());
        let credentials = said("Authorization").unwrap_or_default();
        if !credentials.starts_with("Basic YWxleDphIGxvbmcgd2FpdA==") && !credentials.starts_with("AWS4-HMAC-SHA256 ") {
            return plain(401);
        }
        let path = url.path().to_owned();
        let mut files = self.files.lock().unwrap();
        let condition = said("If-None-Match").map(|_| self.conditions);
        match (request.method, condition) {
            ("PROPFIND", _) => HttpAnswer { status: 207, body: multistatus(&path, &files) },
            ("GET", _) if url.query().is_some() => HttpAnswer { status: 200, body: bucket(&url, &files) },
            ("GET", _) => files.get(&path).map_or(plain(404), |body| HttpAnswer { status: 200, body: body.clone() }),
            ("PUT", Some(Conditions::Refused(status))) => plain(status),
            ("PUT", Some(Conditions::Kept)) if files.contains_key(&path) => plain(412),
            ("PUT", _) => plain(if files.insert(path, request.body).is_some() { 204 } else { 201 }),
            ("DELETE", _) => plain(if files.remove(&path).is_some() { 204 } else { 404 }),
            _ => plain(405),
        }
    }
}

impl Http for Server {
    fn send(&self, request: HttpRequest) -> Result<HttpAnswer, HttpError> {
        let mut requests = self.requests.lock().unwrap();
        let fault = self.fault.lock().unwrap().take_if(|(at, _)| at.is_none_or(|at| at == *requests));
        if let Some((None, fault)) = &fault {
            *self.fault.lock().unwrap() = Some((None, fault.clone()));
        }
        *requests += 1;
        let most = request.most;
        let answer = match fault.map(|(_, fault)| fault) {
            Some(Fault::Instead(answer)) => return answer,
            Some(Fault::After(answer)) => {
                self.answer(request);
                return answer;
            }
            Some(Fault::Cut) => {
                let mut answer = self.answer(request);
                answer.body.truncate(answer.body.len() / 2);
                answer
            }
            None => self.answer(request),
        };
        if answer.body.len() as u64 > most { Err(HttpError::TooLarge) } else { Ok(answer) }
    }
}

fn plain(status: u16) -> HttpAnswer {
    let body = if status < 300 { Vec::new() } else { b"<html><body><hr>Sorry.</body></html>".to_vec() };
    HttpAnswer { status, body }
}

fn multistatus(folder: &str, files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut text = String::from(r#"<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">"#);
    let mut add = |path: &str, what: &str| {
        let found = format!("<d:propstat><d:prop><d:resourcetype>{what}</d:resourcetype></d:prop></d:propstat>");
        write!(text, "<d:response><d:href>{path}</d:href>{found}</d:response>").unwrap();
    };
    add(folder, "<d:collection/>");
    files.keys().for_each(|path| add(path, ""));
    (text + "</d:multistatus>").into_bytes()
}

/// A page of a thousand.
fn bucket(url: &Url, files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let asked: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    let root = format!("{}{}", url.path(), asked["prefix"]);
    let after = asked.get("continuation-token").map_or("", String::as_str);
    let rest: Vec<&String> = files.keys().filter(|path| path.starts_with(&root) && path.as_str() > after).collect();
    let mut text = String::from("<ListBucketResult><EncodingType>url</EncodingType>");
    for path in rest.iter().take(1000) {
        let key = path.strip_prefix(url.path()).unwrap();
        write!(text, "<Contents><Key>{key}</Key><Size>1</Size></Contents>").unwrap();
    }
    if let Some(last) = rest.get(999).filter(|_| rest.len() > 1000) {
        write!(text, "<IsTruncated>true</IsTruncated><NextContinuationToken>{last}</NextContinuationToken>").unwrap();
    }
    (text + "</ListBucketResult>").into_bytes()
}
