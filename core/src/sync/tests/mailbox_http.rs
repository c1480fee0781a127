//! A mailbox on a server.

use std::sync::Arc;

use super::shelf::visit_place;
use crate::devices::tests::{Home, titles, write};
use crate::journal::Sharing;
use crate::mailbox::http::tests::server::{Conditions, Fault, Server};
use crate::mailbox::http::tests::{mailbox, s3, web_dav};
use crate::mailbox::http::{HttpAnswer, HttpError, HttpMailbox};
use crate::sync::{MailboxTrouble, SyncOutcome};

fn rounds(home: &Home, storage: &Arc<HttpMailbox>, rounds: usize) {
    for _ in 0..rounds {
        visit_place(&home.phone, storage);
        visit_place(&home.sam, storage);
    }
}

#[test]
fn two_phones_never_online_together_exchange_everything_over_a_server() {
    for place in [web_dav(), s3()] {
        let home = Home::new();
        let server = Server::new(Conditions::Kept);
        let storage = Arc::new(mailbox(place, &server));
        write(&home.phone, "From the phone", Sharing::Shared);
        write(&home.phone, "Mine alone", Sharing::Private);
        write(&home.sam, "Our evening", Sharing::Joint);
        rounds(&home, &storage, 3);
        assert_eq!(titles(&home.phone), ["From the phone", "Mine alone", "Our evening"]);
        assert_eq!(titles(&home.sam), ["From the phone", "Our evening"]);
        assert_eq!(visit_place(&home.phone, &storage).outcome, SyncOutcome::AllHandedOver);
        assert!(server.files().len() <= 2);
    }
}

#[test]
fn whatever_a_server_answers_once_nothing_is_lost_and_nothing_doubled() {
    let answer = |status, body: &str| Ok(HttpAnswer { status, body: body.into() });
    let faults = [
        Fault::Instead(Err(HttpError::Unreachable)),
        Fault::After(Err(HttpError::Unreachable)),
        Fault::After(Err(HttpError::TooLarge)),
        Fault::Cut,
        Fault::Instead(answer(200, "<html>Please accept the terms</html>")),
        Fault::Instead(answer(302, "")),
        Fault::Instead(answer(401, "")),
        Fault::Instead(answer(412, "")),
        Fault::After(answer(412, "")),
        Fault::Instead(answer(501, "")),
        Fault::Instead(answer(507, "")),
    ];
    for (place, faults) in [(web_dav(), &faults[..]), (s3(), &faults[..4])] {
        let home = Home::new();
        let server = Server::new(Conditions::Kept);
        let mut written = Vec::new();
        for (number, fault) in faults.iter().enumerate() {
            for request in 0.. {
                let storage = Arc::new(mailbox(place.clone(), &server));
                for (vault, who) in [(&home.phone, "Alex"), (&home.sam, "Sam")] {
                    let title = format!("{who} {number:02} {request:02}");
                    write(vault, &title, Sharing::Shared);
                    written.push(title);
                }
                let before = server.requests();
                server.fail_after(request, fault.clone());
                rounds(&home, &storage, 2);
                let made = server.requests() - before;
                rounds(&home, &storage, 4);
                written.sort();
                for vault in [&home.phone, &home.sam] {
                    assert_eq!(titles(vault), written, "{fault:?} at {request}");
                    let report = visit_place(vault, &storage);
                    let known = (report.outcome, report.trouble, report.missing);
                    assert_eq!(known, (SyncOutcome::AllHandedOver, None, false), "{fault:?} at {request}");
                }
                if request >= made {
                    assert!(request > 8, "there were only {request} requests");
                    break;
                }
            }
        }
    }
}

#[test]
fn what_a_server_does_not_do_is_said() {
    let home = Home::new();
    let server = Server::new(Conditions::Kept);
    let storage = Arc::new(mailbox(web_dav(), &server));
    write(&home.phone, "First", Sharing::Shared);
    for (status, trouble) in [
        (401, MailboxTrouble::Refused),
        (404, MailboxTrouble::Unreachable),
        (301, MailboxTrouble::Unreachable),
        (507, MailboxTrouble::Full),
    ] {
        server.fail_after(0, Fault::Instead(Ok(HttpAnswer { status, body: Vec::new() })));
        let report = visit_place(&home.phone, &storage);
        assert_eq!((report.outcome, report.trouble), (SyncOutcome::NotYet, Some(trouble)), "{status}");
    }
    rounds(&home, &storage, 2);
    assert_eq!(titles(&home.sam), ["First"]);
}
