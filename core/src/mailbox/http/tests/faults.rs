//! Whatever a server answers, it ends in one of the few errors.

use proptest::prelude::*;

use super::server::Fault;
use super::*;

fn answer(status: u16, body: &[u8]) -> Result<HttpAnswer, HttpError> {
    Ok(HttpAnswer { status, body: body.to_vec() })
}

fn after(place: Place, fault: Fault) -> HttpMailbox {
    let server = Server::new(Conditions::Kept);
    let storage = mailbox(place, &server);
    storage.put("ab-1", b"one").unwrap();
    server.fail(fault);
    storage
}

#[test]
fn every_status_is_one_of_the_few_errors() {
    for place in [web_dav(), s3()] {
        for status in 100..=599 {
            let storage = after(place.clone(), Fault::Instead(answer(status, b"")));
            let expected = match status {
                404 | 410 => StorageError::Missing,
                401 | 403 | 407 => StorageError::Refused,
                413 | 507 => StorageError::Full,
                _ => StorageError::Unreachable,
            };
            assert_eq!(storage.list().err(), Some(expected), "{status}");
            if !(200..300).contains(&status) {
                assert_eq!(storage.put("ab-2", b"two").err(), Some(expected), "{status}");
                let deleted = storage.delete("ab-1");
                assert_eq!(deleted.err(), Some(expected).filter(|error| *error != StorageError::Missing), "{status}");
            }
            if status != 200 {
                assert_eq!(storage.get("ab-1", 3).err(), Some(expected), "{status}");
            }
        }
    }
}

#[test]
fn what_a_service_says_is_told_from_its_status() {
    let said = |status, code: &str| {
        let body = format!("<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>No</Message></Error>");
        after(s3(), Fault::Instead(answer(status, body.as_bytes()))).get("ab-1", 3).unwrap_err()
    };
    assert_eq!(said(404, "NoSuchKey"), StorageError::Missing);
    assert_eq!(said(404, "NoSuchBucket"), StorageError::Missing);
    assert_eq!(said(400, "ExpiredToken"), StorageError::Refused);
    assert_eq!(said(400, "AuthorizationHeaderMalformed"), StorageError::Refused);
    assert_eq!(said(403, "SignatureDoesNotMatch"), StorageError::Refused);
    assert_eq!(said(403, "RequestTimeTooSkewed"), StorageError::Refused);
    assert_eq!(said(400, "EntityTooLarge"), StorageError::Full);
    assert_eq!(said(403, "QuotaExceeded"), StorageError::Full);
    assert_eq!(said(507, "XMinioStorageFull"), StorageError::Full);
    assert_eq!(said(503, "SlowDown"), StorageError::Unreachable);
    assert_eq!(said(301, "PermanentRedirect"), StorageError::Unreachable);
    assert_eq!(said(409, "ConditionalRequestConflict"), StorageError::Unreachable);
}

#[test]
fn a_server_that_never_answers_or_says_too_much() {
    for place in [web_dav(), s3()] {
        let storage = after(place.clone(), Fault::Instead(Err(HttpError::Unreachable)));
        let gone = StorageError::Unreachable;
        assert_eq!((storage.list().err(), storage.get("ab-1", 3).err()), (Some(gone), Some(gone)));
        assert_eq!((storage.put("ab-2", b"").err(), storage.delete("ab-1").err()), (Some(gone), Some(gone)));
        // The second one is an app that did not look at how much it takes.
        let endless = answer(200, &vec![b'x'; 70_000]);
        for fault in [Fault::Instead(Err(HttpError::TooLarge)), Fault::Instead(endless)] {
            let storage = after(place.clone(), fault);
            assert_eq!(storage.get("ab-1", 3).err(), Some(StorageError::TooLarge));
            assert_eq!((storage.put("ab-2", b"").err(), storage.delete("ab-1").err()), (Some(gone), Some(gone)));
        }
    }
}

#[test]
fn half_a_list_and_other_pages_are_no_list() {
    let whole =
        r#"<?xml version="1.0"?><multistatus xmlns="DAV:"><response><href>/a/ab-1</href></response></multistatus>"#;
    let bomb = r#"<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><multistatus>&b;</multistatus>"#;
    let deep = "<multistatus>".repeat(100_000) + &"</multistatus>".repeat(100_000);
    let list = |body: &str| after(web_dav(), Fault::Instead(answer(207, body.as_bytes()))).list();
    assert_eq!(list(whole).as_deref(), Ok(&["ab-1".to_owned()][..]));
    for cut in 0..whole.len() {
        assert_eq!(list(&whole[..cut]), Err(StorageError::Unreachable), "{}", &whole[..cut]);
    }
    for bad in [
        bomb,
        &deep,
        "<multistatus>&unknown;</multistatus>",
        "<multistatus></other>",
        "<multistatus/><multistatus/>",
        "<html><body>Please accept the terms</body></html>",
        "{}",
    ] {
        assert_eq!(list(bad), Err(StorageError::Unreachable), "{}", &bad[..20.min(bad.len())]);
    }
    let bucket = |body: &str| after(s3(), Fault::Instead(answer(200, body.as_bytes()))).list();
    for bad in [
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        // One page again and again.
        "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a</NextContinuationToken></ListBucketResult>",
        "<Error><Code>SlowDown</Code></Error>",
        "",
    ] {
        assert_eq!(bucket(bad), Err(StorageError::Unreachable), "{bad}");
    }
}

#[test]
fn a_list_may_be_long() {
    for (place, root) in [(web_dav(), "/remote.php/dav/files/alex/Our%20place/"), (s3(), "/our-bucket/ours/")] {
        let server = Server::new(Conditions::Kept);
        for number in 0..100_000 {
            server.add(format!("{root}ab-{number:06}"));
            server.add(format!("{root}Picture%20{number}.jpg"));
        }
        let names = mailbox(place, &server).list().unwrap();
        assert_eq!((names.len(), names[99_999].as_str()), (100_000, "ab-099999"));
    }
}

/// A service whose list has no end: each page is another one.
struct Endless {
    pages: std::sync::atomic::AtomicUsize,
    token: usize,
}

impl Http for Endless {
    fn send(&self, _request: HttpRequest) -> Result<HttpAnswer, HttpError> {
        let page = self.pages.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let names = "<Contents><Key>ours/ab</Key></Contents>".repeat(200_000);
        let token = format!("{page}{}", "x".repeat(self.token));
        let more = format!("<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>");
        answer(200, format!("<ListBucketResult>{names}{more}</ListBucketResult>").as_bytes())
    }
}

#[test]
fn a_list_has_an_end() {
    for (token, pages, expected) in [(1, 9, StorageError::TooLarge), (100_000, 1, StorageError::Unreachable)] {
        let service = Arc::new(Endless { pages: Default::default(), token });
        let storage = HttpMailbox::new(s3(), service.clone(), Arc::new(Stopped));
        assert_eq!(storage.list(), Err(expected));
        assert_eq!(service.pages.load(std::sync::atomic::Ordering::SeqCst), pages);
    }
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(status in prop_oneof![Just(200_u16), Just(207), Just(403), 0..1000_u16], body: Vec<u8>) {
        for place in [web_dav(), s3()] {
            let storage = after(place, Fault::Instead(answer(status, &body)));
            let _ = (storage.list(), storage.get("ab-1", 10), storage.put("ab-2", b"x"), storage.delete("ab-1"));
        }
    }

    #[test]
    fn no_change_to_a_list_makes_it_panic_or_bring_other_names(
        which in 0..recorded::LISTS.len(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut body = recorded::LISTS[which].as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        for (place, status) in [(web_dav(), 207), (s3(), 200)] {
            let names = after(place, Fault::Instead(answer(status, &body))).list().unwrap_or_default();
            prop_assert!(names.iter().all(|name| ours(name).is_some()));
        }
    }
}
