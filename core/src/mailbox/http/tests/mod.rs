//! Servers that do as they should, and others.

mod faults;
mod recorded;
pub(crate) mod server;

use std::sync::Arc;

use zeroize::Zeroizing;

use self::server::{Conditions, Server};
use super::*;
use crate::error::InvalidInput;
use crate::mailbox::contract;

pub(super) const FOLDER: &str = "https://cloud.example/remote.php/dav/files/alex/Our%20place/";

pub(super) fn hidden(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

pub(super) fn basic() -> DavCredentials {
    DavCredentials::Basic { user: "alex".into(), password: hidden("a long wait") }
}

pub(crate) fn web_dav() -> Place {
    Place::WebDav(WebDav::new(FOLDER, basic(), Tls::Demanded).unwrap())
}

pub(super) fn bucket(service: &str, prefix: &str, addressing: Addressing) -> Result<S3, InvalidInput> {
    let keys = S3Keys::new("AKIAEXAMPLE", "secretexample", None)?;
    S3::new(service, "eu-central-1", "our-bucket", prefix, addressing, keys, Tls::Demanded)
}

pub(crate) fn s3() -> Place {
    Place::S3(bucket("https://s3.example", "ours", Addressing::Path).unwrap())
}

/// Its time stands still.
pub(crate) struct Stopped;

impl Clock for Stopped {
    fn now_ms(&self) -> i64 {
        1_369_353_600_000
    }
}

pub(crate) fn mailbox(place: Place, server: &Arc<Server>) -> HttpMailbox {
    HttpMailbox::new(place, server.clone(), Arc::new(Stopped))
}

#[test]
fn both_dialects_keep_the_contract_whatever_a_server_makes_of_conditions() {
    for conditions in [Conditions::Kept, Conditions::Ignored, Conditions::Refused(501), Conditions::Refused(400)] {
        for place in [web_dav(), s3()] {
            let server = Server::new(conditions);
            contract::holds(&mailbox(place, &server));
            assert!(server.files().is_empty());
        }
    }
}

#[test]
fn what_is_sent_is_as_the_dialect_wants_it() {
    let dialect = web_dav();
    let list = dialect.dialect().request(&Ask::List { after: None }, 0);
    assert_eq!((list.method, list.url.as_str()), ("PROPFIND", FOLDER));
    let said: Vec<_> = list.headers.iter().map(|header| (header.name, header.value.as_str())).collect();
    assert_eq!(said[..2], [("Authorization", "Basic YWxleDphIGxvbmcgd2FpdA=="), ("Depth", "1")]);
    let put = dialect.dialect().request(&Ask::Put { name: "ab-1", bytes: b"one", only: Only::New }, 0);
    assert_eq!((put.method, put.url), ("PUT", format!("{FOLDER}ab-1")));
    assert_eq!((put.headers[0].name, put.headers[0].value.as_str()), ("If-None-Match", "*"));

    let url = |place: S3, ask: &Ask<'_>| place.request(ask, 0).url;
    let get = Ask::Get { name: "ab-1", most: 9 };
    let path = bucket("https://s3.example:8443", "a/b/", Addressing::Path).unwrap();
    assert_eq!(url(path.clone(), &get), "https://s3.example:8443/our-bucket/a/b/ab-1");
    assert_eq!(
        url(path, &Ask::List { after: Some("1/a+b=") }),
        "https://s3.example:8443/our-bucket/?continuation-token=1%2Fa%2Bb%3D&delimiter=%2F&encoding-type=url&list-type=2\
         &max-keys=1000&prefix=a%2Fb%2F"
    );
    let host = bucket("https://s3.example", "", Addressing::VirtualHost).unwrap();
    assert_eq!(url(host, &get), "https://our-bucket.s3.example/ab-1");
}

/// The app's stack sent it twice, or somebody else wrote there.
#[test]
fn that_a_file_is_there_already_is_looked_at() {
    for place in [web_dav(), s3()] {
        let server = Server::new(Conditions::Kept);
        let storage = mailbox(place, &server);
        storage.put("ab-1", b"one").unwrap();
        assert_eq!(storage.put("ab-1", b"one"), Ok(()));
        for other in [&b"two"[..], b"", b"one and more"] {
            assert_eq!(storage.put("ab-1", other), Err(StorageError::Unreachable));
        }
        assert_eq!(storage.get("ab-1", 9).as_deref(), Ok(&b"one"[..]));
    }
}

#[test]
fn a_place_is_safe_or_refused() {
    let place = |text: &str, tls| WebDav::new(text, DavCredentials::Open, tls).map(|dav| dav.folder.to_string());
    assert_eq!(place("https://cloud.example/Ours", Tls::Demanded).as_deref(), Ok("https://cloud.example/Ours/"));
    for here in ["http://localhost:80/a", "http://127.3.2.1/a", "http://[::1]:8080/a", "http://x.localhost/a"] {
        assert!(place(here, Tls::Demanded).is_ok(), "{here}");
    }
    assert!(place("http://nas.lan/a", Tls::Optional).is_ok());
    for bad in [
        "http://nas.lan/a",
        "http://127.0.0.1.example/a",
        "http://localhost.example/a",
        "https://alex:secret@cloud.example/a",
        "https://alex@cloud.example/a",
        "https://cloud.example/a?b",
        "https://cloud.example/a#b",
        "https:///",
        "ftp://cloud.example/a",
        "file:///etc/",
        "cloud.example/a",
        "",
    ] {
        assert_eq!(place(bad, Tls::Demanded), Err(InvalidInput::MailboxPlace), "{bad}");
    }
    let as_alex = |user: &str, password: &str| {
        let credentials = DavCredentials::Basic { user: user.into(), password: hidden(password) };
        WebDav::new(FOLDER, credentials, Tls::Demanded).err()
    };
    assert_eq!(as_alex("alex", "pässword: with all"), None);
    for (user, password) in [("", "x"), ("a:b", "x"), ("alex\r\nX: y", "x"), ("alex", "x\n")] {
        assert_eq!(as_alex(user, password), Some(InvalidInput::Credentials));
    }
    let token = |text| WebDav::new(FOLDER, DavCredentials::Bearer(hidden(text)), Tls::Demanded).err();
    assert_eq!(
        (token("a.b~c="), token("a b"), token("")),
        (None, Some(InvalidInput::Credentials), Some(InvalidInput::Credentials))
    );

    let bad = Some(InvalidInput::MailboxPlace);
    assert_eq!(bucket("https://10.0.0.1", "", Addressing::VirtualHost).err(), bad);
    assert_eq!(bucket("https://s3.example/path", "", Addressing::Path).err(), bad);
    for prefix in ["a//b", "/a", "..", "a/../b", "a b", "ä"] {
        assert_eq!(bucket("https://s3.example", prefix, Addressing::Path).err(), bad, "{prefix}");
    }
    for (access, secret, token) in [("", "x", None), ("a/b", "x", None), ("a", "x y", None), ("a", "x", Some("\n"))] {
        assert_eq!(S3Keys::new(access, secret, token).err(), Some(InvalidInput::Credentials));
    }
}

#[test]
fn credentials_and_addresses_are_in_no_debug_output() {
    let shown = [
        format!("{:?} {:?} {:?}", web_dav(), s3(), basic()),
        format!("{:?}", web_dav().dialect().request(&Ask::Get { name: "ab-1", most: 9 }, 0)),
        format!("{:?}", s3().dialect().request(&Ask::List { after: None }, 0).headers),
        format!("{:?}", S3Keys::new("AKIAEXAMPLE", "secretexample", Some("tokenexample")).unwrap()),
        format!("{:?}", HttpAnswer { status: 200, body: b"a private word".to_vec() }),
    ];
    for private in ["alex", "long wait", "YWxl", "AKIA", "example", "Signature", "private", "112, 114"] {
        assert!(shown.iter().all(|shown| !shown.contains(private)), "{private} in {shown:?}");
    }
}
