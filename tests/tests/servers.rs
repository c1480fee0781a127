//! A mailbox on real servers: nginx speaks WebDAV, s3s-fs speaks S3.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

#[path = "../../core/tests/common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use common::Couple;
use nightstand::journal::rich_text::RichText;
use nightstand::journal::{EntryDraft, RowsQuery, Sharing};
use nightstand::mailbox::http::{
    Addressing, DavCredentials, Http, HttpAnswer, HttpError, HttpMailbox, HttpRequest, Place, S3, S3Keys, Tls, WebDav,
};
use nightstand::mailbox::{ObjectStorage, Storage, StorageError, contract};
use nightstand::sync::{Cancel, MailboxReport, MailboxTrouble, SyncOutcome};
use nightstand::vault::{SystemClock, Vault};
use nightstand_servers::{ACCESS_KEY, BUCKET, PASSWORD, SECRET_KEY, Server, USER};

/// As much of HTTP as these servers need. One connection a request, which ends with the answer.
struct Client;

impl Http for Client {
    fn send(&self, request: HttpRequest) -> Result<HttpAnswer, HttpError> {
        let answer = exchange(&request).map_err(|_| HttpError::Unreachable)?;
        if answer.body.len() as u64 > request.most { Err(HttpError::TooLarge) } else { Ok(answer) }
    }
}

fn exchange(request: &HttpRequest) -> io::Result<HttpAnswer> {
    let (host, path) = request.url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut head = format!("{} /{path} HTTP/1.0\r\nHost: {host}\r\n", request.method);
    for header in &request.headers {
        head += &format!("{}: {}\r\n", header.name, header.value.as_str());
    }
    head += &format!("Content-Length: {}\r\n\r\n", request.body.len());
    let mut server = TcpStream::connect(host)?;
    server.write_all(head.as_bytes())?;
    // Who refuses a file does not read it.
    let _ = server.write_all(&request.body);
    let mut bytes = Vec::new();
    server.read_to_end(&mut bytes)?;
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
    let body = bytes.split_off(end + 4);
    let said = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    if said.is_some_and(|length| length != body.len()) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(HttpAnswer { status, body })
}

/// The two roads to a server.
const ROADS: [fn(Place) -> Arc<dyn Storage>; 2] = [
    |place| Arc::new(HttpMailbox::new(place, Arc::new(Client), Arc::new(SystemClock))),
    |place| Arc::new(ObjectStorage::at(&place).unwrap()),
];

fn folder(url: &str, password: &str) -> Place {
    let credentials = DavCredentials::Basic { user: USER.into(), password: password.to_owned().into() };
    Place::WebDav(WebDav::new(url, credentials, Tls::Demanded).unwrap())
}

fn bucket(service: &str, bucket: &str, prefix: &str, secret: &str) -> Place {
    let keys = S3Keys::new(ACCESS_KEY, secret, None).unwrap();
    let s3 = S3::new(service, "us-east-1", bucket, prefix, Addressing::Path, keys, Tls::Demanded);
    Place::S3(s3.unwrap())
}

/// Each server that is there, new for each road, with a mailbox on it.
fn all() -> Vec<(Server, Arc<dyn Storage>)> {
    let mut all = Vec::new();
    for road in ROADS {
        let web_dav = Server::web_dav().map(|server| (folder(&server.url("ours"), PASSWORD), server));
        let s3 = Server::s3().map(|server| (bucket(&server.url(""), BUCKET, "", SECRET_KEY), server));
        all.extend(web_dav.into_iter().chain(s3).map(|(place, server)| (server, road(place))));
    }
    all
}

fn write(vault: &Vault, title: &str) {
    let draft = EntryDraft { title: title.into(), body: RichText::plain(title), ..EntryDraft::default() };
    vault.journal().write(&draft, Sharing::Shared).unwrap();
}

fn titles(vault: &Vault) -> Vec<String> {
    let rows = vault.journal().rows(&RowsQuery::default()).unwrap().rows;
    let mut titles: Vec<String> = rows.into_iter().map(|row| row.title).collect();
    titles.sort();
    titles
}

fn visit(vault: &Vault, storage: &Arc<dyn Storage>) -> MailboxReport {
    vault.sync().use_mailbox(Arc::clone(storage), Duration::from_secs(60), &Cancel::new()).unwrap()
}

fn rounds(couple: &Couple, storage: &Arc<dyn Storage>, rounds: usize) {
    for _ in 0..rounds {
        visit(&couple.alex, storage);
        visit(&couple.sam, storage);
    }
}

#[test]
fn real_servers_keep_the_contract() {
    for (server, storage) in all() {
        contract::holds(&*storage);
        // A request that was sent twice.
        for _ in 0..2 {
            assert_eq!(storage.put("ab-1", b"one"), Ok(()));
        }
        fs::write(server.files().join("Holiday (ü).jpg"), b"x").unwrap();
        fs::create_dir(server.files().join("a-folder")).unwrap();
        assert_eq!(storage.list().as_deref(), Ok(&["ab-1".to_owned()][..]));
    }
}

#[test]
fn two_mailboxes_share_a_bucket() {
    for road in ROADS {
        let Some(server) = Server::s3() else { return };
        let at = |prefix| road(bucket(&server.url(""), BUCKET, prefix, SECRET_KEY));
        let (whole, ours) = (at(""), at("a/b"));
        whole.put("ab-1", b"one").unwrap();
        contract::holds(&*ours);
        ours.put("ab-2", b"two").unwrap();
        assert_eq!((whole.list().unwrap(), ours.list().unwrap()), (vec!["ab-1".into()], vec!["ab-2".into()]));
    }
}

#[test]
fn a_list_of_several_pages_is_read_whole() {
    for (server, storage) in all() {
        for number in 0..2500 {
            fs::write(server.files().join(format!("ab-{number:04}")), b"").unwrap();
        }
        let mut names = storage.list().unwrap();
        names.sort();
        assert_eq!((names.len(), names[2499].as_str()), (2500, "ab-2499"));
    }
}

#[test]
fn two_phones_that_never_meet_exchange_everything() {
    for (server, storage) in all() {
        let couple = Couple::new();
        write(&couple.alex, "From Alex");
        write(&couple.sam, "From Sam");
        rounds(&couple, &storage, 3);
        for vault in [&couple.alex, &couple.sam] {
            assert_eq!(titles(vault), ["From Alex", "From Sam"]);
            let report = visit(vault, &storage);
            assert_eq!((report.outcome, report.trouble), (SyncOutcome::AllHandedOver, None));
        }
        assert!(files(&server).len() <= 2);
    }
}

fn files(server: &Server) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(server.files()).unwrap().map(|entry| entry.unwrap());
    let named = entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()));
    // s3s-fs keeps what it knows of a file in hidden ones beside it.
    named.filter(|(name, _)| !name.starts_with('.')).collect()
}

fn set(server: &Server, wanted: &BTreeMap<String, Vec<u8>>) {
    for name in files(server).keys() {
        fs::remove_file(server.files().join(name)).unwrap();
    }
    for (name, bytes) in wanted {
        fs::write(server.files().join(name), bytes).unwrap();
    }
}

#[test]
fn copies_halves_and_an_older_state_do_no_harm() {
    for (server, storage) in all() {
        let couple = Couple::new();
        write(&couple.alex, "First");
        visit(&couple.alex, &storage);
        let first = files(&server);
        let mut fiddled = first.clone();
        for (name, bytes) in &first {
            fiddled.insert(name.clone(), bytes[..bytes.len() / 2].to_vec());
            fiddled.insert(format!("{name} (1)"), bytes.clone());
            fiddled.insert(format!("{}-0000000001", "ab".repeat(16)), bytes.clone());
        }
        set(&server, &fiddled);
        let report = visit(&couple.sam, &storage);
        assert!(report.damaged > 0);
        assert_eq!(titles(&couple.sam), [""; 0]);
        set(&server, &first);
        rounds(&couple, &storage, 1);
        assert_eq!(titles(&couple.sam), ["First"]);

        // The whole place as it was before, and then nothing.
        write(&couple.alex, "Second");
        rounds(&couple, &storage, 1);
        set(&server, &first);
        write(&couple.sam, "Third");
        rounds(&couple, &storage, 2);
        set(&server, &BTreeMap::new());
        write(&couple.alex, "Fourth");
        rounds(&couple, &storage, 3);
        for vault in [&couple.alex, &couple.sam] {
            assert_eq!(titles(vault), ["First", "Fourth", "Second", "Third"]);
            assert_eq!(visit(vault, &storage).outcome, SyncOutcome::AllHandedOver);
        }
    }
}

#[test]
fn what_a_server_does_not_do_is_said() {
    let couple = Couple::new();
    write(&couple.alex, "First");
    for road in ROADS {
        let trouble = |place| visit(&couple.alex, &road(place)).trouble.unwrap();
        if let Some(server) = Server::web_dav() {
            assert_eq!(trouble(folder(&server.url("ours/"), "another")), MailboxTrouble::Refused);
            assert_eq!(trouble(folder(&server.url("nowhere/"), PASSWORD)), MailboxTrouble::Unreachable);
            assert_eq!(trouble(folder(&server.url("small/"), PASSWORD)), MailboxTrouble::Full);
            let place = folder(&server.url("ours/"), PASSWORD);
            drop(server);
            assert_eq!(trouble(place), MailboxTrouble::Unreachable);
        }
        if let Some(server) = Server::s3() {
            assert_eq!(trouble(bucket(&server.url(""), BUCKET, "", "another")), MailboxTrouble::Refused);
            assert_eq!(trouble(bucket(&server.url(""), "nobodys", "", SECRET_KEY)), MailboxTrouble::Unreachable);
        }
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let storage = road(folder(&format!("http://{}/", silent.local_addr().unwrap()), PASSWORD));
        let moment = Duration::from_millis(50);
        let report = couple.alex.sync().use_mailbox(Arc::clone(&storage), moment, &Cancel::new());
        assert_eq!(report.unwrap().outcome, SyncOutcome::NotYet);
        drop(silent);
        assert_eq!(storage.list(), Err(StorageError::Unreachable));
    }
}

/// The credentials would go along.
#[test]
fn a_redirect_is_not_followed() {
    for road in ROADS {
        let (here, there) = (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
        let storage = road(folder(&format!("http://{}/", here.local_addr().unwrap()), PASSWORD));
        let answer = format!(
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://{}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            there.local_addr().unwrap()
        );
        let list = thread::scope(|threads| {
            threads.spawn(|| {
                let mut asked = here.accept().unwrap().0;
                asked.write_all(answer.as_bytes()).unwrap();
                // What is not read would take the answer along when this ends.
                asked.shutdown(Shutdown::Write).unwrap();
                asked.read_to_end(&mut Vec::new()).unwrap();
            });
            storage.list()
        });
        assert_eq!(list, Err(StorageError::Unreachable));
        there.set_nonblocking(true).unwrap();
        assert!(there.accept().is_err());
    }
}
