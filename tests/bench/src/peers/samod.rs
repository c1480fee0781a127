//! Samod (Automerge's repository for Rust), one document an entry, storage in memory.
//!
//! Counted: whole messages as samod hands them to its transport, its handshake and the document
//! ids in them included. Its sync messages are Automerge's, so whole documents travel deflated.
//! Round trips are those of the handshake and of the document with the longest conversation.
//!
//! Samod never says that it is done: a meeting lasts until B has all of A's documents at their
//! heads, and the other way round, and nothing has passed for [`QUIET`]; wall time ends with the
//! last message. B asks for documents that are new to it by id; how it came by the ids costs
//! nothing here, though an app would have to carry them.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use automerge::ROOT;
use futures::{
    FutureExt, StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
    future::BoxFuture,
};
use samod::{
    AcceptorHandle, BackoffConfig, DialError, Dialer, DocHandle, PeerId, Repo, Transport, storage::InMemoryStorage,
};
use tokio::runtime::Runtime;
use url::Url;

use super::automerge::{apply, read, write};
use crate::{
    pair::{Cost, Meter, Pair, Side},
    work::{Edit, Entry},
};

/// Longer than any pause within a meeting.
const QUIET: Duration = Duration::from_millis(2_500);

pub(crate) struct Samod {
    runtime: Runtime,
    a: Repo,
    b: Repo,
    on_a: Vec<DocHandle>,
    on_b: Vec<DocHandle>,
}

impl Samod {
    pub(crate) fn new() -> Self {
        let runtime = Runtime::new().expect("a runtime starts");
        let repo = |name: &str| {
            let builder = Repo::build_tokio().with_peer_id(PeerId::from(name));
            builder.with_storage(InMemoryStorage::new()).load()
        };
        let (a, b) = runtime.block_on(async { (repo("a").await, repo("b").await) });
        Self { runtime, a, b, on_a: Vec::new(), on_b: Vec::new() }
    }

    fn document(&self, side: Side, entry: usize) -> &DocHandle {
        match side {
            Side::A => &self.on_a[entry],
            Side::B => &self.on_b[entry],
        }
    }
}

impl Pair for Samod {
    fn create(&mut self, entries: &[Entry]) {
        for entry in entries {
            let mut document = automerge::Automerge::new();
            document.transact(|transaction| write(transaction, &ROOT, entry)).expect("a new document takes an entry");
            let handle = self.runtime.block_on(self.a.create(document));
            self.on_a.push(handle.expect("a running repository creates"));
        }
    }

    fn sync(&mut self) -> Cost {
        let runtime = self.runtime.handle().clone();
        runtime.block_on(self.meet())
    }

    fn edit(&mut self, side: Side, edit: &Edit) {
        self.document(side, edit.entry).with_document(|document| {
            document.transact(|transaction| apply(transaction, &ROOT, edit)).expect("an entry has a body");
        });
    }

    fn read(&mut self, side: Side, entry: usize) -> Entry {
        let document = self.document(side, entry);
        document.with_document(|document| read(document, &ROOT)).expect("an entry has all its fields")
    }
}

impl Samod {
    async fn meet(&mut self) -> Cost {
        let line = Arc::new(Line::new());
        let since = Instant::now();
        let acceptor = self.b.make_acceptor(address()).expect("a running repository accepts");
        let wiring = Wiring { acceptor, line: line.clone() };
        let dialing = self.a.dial(BackoffConfig::default(), Arc::new(wiring));
        let dialing = dialing.expect("a running repository dials");
        dialing.established().await.expect("B answers");
        line.quiet().await;
        for known_to_a in &self.on_a[self.on_b.len()..] {
            let found = self.b.find(known_to_a.document_id().clone()).await;
            self.on_b.push(found.expect("B runs").expect("A has it"));
        }
        while !self.agree() {
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        line.quiet().await;
        let cost = line.cost(since);
        dialing.close();
        line.cut().await;
        cost
    }

    fn agree(&self) -> bool {
        let heads = |handle: &DocHandle| handle.with_document(|document| document.get_heads());
        self.on_a.iter().zip(&self.on_b).all(|(a, b)| heads(a) == heads(b))
    }
}

fn address() -> Url {
    Url::parse("bench://b").expect("a fixed address parses")
}

/// Joins A's new connection to B's acceptor.
struct Wiring {
    acceptor: AcceptorHandle,
    line: Arc<Line>,
}

impl Dialer for Wiring {
    type Error = Infallible;

    fn url(&self) -> Url {
        address()
    }

    fn connect(&self) -> BoxFuture<'static, Result<Transport, DialError<Infallible>>> {
        let (acceptor, line) = (self.acceptor.clone(), self.line.clone());
        async move {
            let (from_a, to_b) = line.carry(Side::A);
            let (from_b, to_a) = line.carry(Side::B);
            let at_b = Transport::new(to_b.map(Ok::<_, Infallible>), from_b);
            acceptor.accept(at_b).map_err(DialError::transient)?;
            Ok(Transport::new(to_a.map(Ok::<_, Infallible>), from_a))
        }
        .boxed()
    }
}

/// What passes between the two, counted for each document; the empty id is the handshake.
struct Line {
    passed: Mutex<Passed>,
    up: tokio::sync::watch::Sender<bool>,
}

struct Passed {
    conversations: BTreeMap<Vec<u8>, Meter>,
    last: Instant,
}

impl Line {
    fn new() -> Self {
        Self {
            passed: Mutex::new(Passed { conversations: BTreeMap::new(), last: Instant::now() }),
            up: tokio::sync::watch::Sender::new(true),
        }
    }

    /// One direction of the line, open until it is cut.
    fn carry(self: &Arc<Self>, from: Side) -> (UnboundedSender<Vec<u8>>, UnboundedReceiver<Vec<u8>>) {
        let (sender, mut sent) = unbounded::<Vec<u8>>();
        let (deliver, receiver) = unbounded();
        let line = self.clone();
        let mut up = self.up.subscribe();
        tokio::spawn(async move {
            loop {
                let message = tokio::select! {
                    message = sent.next() => message,
                    _ = up.wait_for(|up| !up) => None,
                };
                let Some(message) = message else { break };
                line.count(from, &message);
                if deliver.unbounded_send(message).is_err() {
                    break;
                }
            }
        });
        (sender, receiver)
    }

    fn count(&self, from: Side, message: &[u8]) {
        let mut passed = self.passed();
        let topic = document_id(message).to_vec();
        passed.conversations.entry(topic).or_default().count(from, message);
        passed.last = Instant::now();
    }

    fn cost(&self, since: Instant) -> Cost {
        let mut passed = self.passed();
        let mut conversations = std::mem::take(&mut passed.conversations);
        let handshake = conversations.remove([].as_slice()).unwrap_or_default();
        let documents = conversations.into_values().reduce(Meter::beside);
        handshake.then(documents.unwrap_or_default()).cost(since, passed.last)
    }

    /// Waits until nothing has passed for [`QUIET`].
    async fn quiet(&self) {
        loop {
            let since = self.passed().last.elapsed();
            if since >= QUIET {
                break;
            }
            tokio::time::sleep(QUIET - since).await;
        }
    }

    /// Ends the connection and leaves both sides a moment to notice.
    async fn cut(&self) {
        self.up.send_replace(false);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }

    fn passed(&self) -> MutexGuard<'_, Passed> {
        self.passed.lock().expect("nobody panics while counting")
    }
}

/// The document that a message is about: what follows its CBOR key `documentId` (a text of fewer
/// than 256 bytes), or nothing.
fn document_id(message: &[u8]) -> &[u8] {
    const KEY: &[u8] = b"documentId";
    let Some(at) = message.windows(KEY.len()).position(|window| window == KEY) else {
        return &[];
    };
    match &message[at + KEY.len()..] {
        [0x78, length, text @ ..] => &text[..usize::from(*length).min(text.len())],
        [head @ 0x60..0x78, text @ ..] => &text[..usize::from(head - 0x60).min(text.len())],
        _ => &[],
    }
}
