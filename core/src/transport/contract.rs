//! What every road promises, as checks that a test runs over it. The clauses are those of the [module above](super).
//!
//! ```
//! use nightstand::transport::{contract, memory};
//!
//! contract::uphold(|| {
//!     let (alex, sam) = memory::pair();
//!     (Box::new(alex), Box::new(sam))
//! });
//! ```

use std::thread;
use std::time::{Duration, Instant};

use super::{CLOSE_PATIENCE, FRAME_BYTES, FRAME_COST, HELD_BYTES, Pipe, PipeError, SEND_PATIENCE};

/// Two ends of one road.
pub type Ends = (Box<dyn Pipe>, Box<dyn Pipe>);

/// One promise.
pub type Clause = fn(Ends);

/// Every promise, with its name.
pub const CLAUSES: &[(&str, Clause)] = &[
    ("whole and in order", whole_and_in_order),
    ("too large is refused", too_large_is_refused),
    ("both at once, receiving in between", both_at_once),
    ("both at once, receiving afterwards", both_hold_enough),
    ("no wait without end to receive", receive_gives_up),
    ("no wait without end to send", send_gives_up),
    ("closing hands over", closing_hands_over),
    ("both may close", both_close),
    ("dropping cuts", dropping_cuts),
    ("after the end, the end", after_the_end),
];

/// More than anything needs on a busy machine; nothing waits so long if the road is good.
const LONG: Duration = Duration::from_secs(20);

/// Checks every promise from either end. `road` gives a fresh road at each call, open on both ends: where the accepting
/// end hears of it only with a first frame, that frame has been sent and taken.
///
/// # Panics
///
/// If the road breaks a promise; the text says which.
pub fn uphold(road: impl Fn() -> Ends) {
    for (name, clause) in CLAUSES {
        for turned in [false, true] {
            let ends = road();
            let ends = if turned { (ends.1, ends.0) } else { ends };
            let run = thread::Builder::new().name(format!("{name} (turned: {turned})")).spawn(move || clause(ends));
            let kept = run.expect("the system has a thread to spare").join();
            assert!(kept.is_ok(), "the road breaks its promise: {name} (turned: {turned})");
        }
    }
}

fn whole_and_in_order((mut alex, mut sam): Ends) {
    for turn in 0..3 {
        for (n, size) in [1, 192, FRAME_BYTES, 2, FRAME_BYTES - 1].into_iter().enumerate() {
            put(&mut alex, &frame(turn * 10 + n, size));
            put(&mut sam, &frame(turn * 10 + n + 5, size));
        }
        for (n, size) in [1, 192, FRAME_BYTES, 2, FRAME_BYTES - 1].into_iter().enumerate() {
            assert_eq!(next(&mut sam), frame(turn * 10 + n, size), "there");
            assert_eq!(next(&mut alex), frame(turn * 10 + n + 5, size), "back");
        }
    }
}

fn too_large_is_refused((mut alex, mut sam): Ends) {
    assert_eq!(alex.send(&frame(0, FRAME_BYTES + 1)), Err(PipeError::FrameTooLarge));
    put(&mut alex, &frame(1, 10));
    assert_eq!(next(&mut sam), frame(1, 10));
}

fn both_at_once((alex, sam): Ends) {
    let frames = 6 * HELD_BYTES / FRAME_BYTES;
    let talk = move |mut pipe: Box<dyn Pipe>| {
        let began = Instant::now();
        let (mut sent, mut came) = (0, 0);
        while (sent, came) != (frames, frames) {
            if sent < frames {
                match pipe.send(&frame(sent, FRAME_BYTES)) {
                    Err(PipeError::Timeout) => assert!(began.elapsed() < 10 * LONG, "the two block each other"),
                    taken => (sent, ()) = (sent + 1, ok(taken)),
                }
            }
            let wait = if sent < frames { Duration::ZERO } else { LONG };
            while came < frames
                && let Some(received) = ok(pipe.receive(wait))
            {
                assert!(received == frame(came, FRAME_BYTES), "frame {came} differs");
                came += 1;
            }
        }
        pipe
    };
    let there = thread::spawn(move || talk(alex));
    let _sam = talk(sam);
    assert!(there.join().is_ok(), "the other end");
}

fn both_hold_enough((mut alex, mut sam): Ends) {
    let frames = HELD_BYTES / (FRAME_BYTES + FRAME_COST);
    for n in 0..frames {
        put(&mut alex, &frame(n, FRAME_BYTES));
        put(&mut sam, &frame(n + 1, FRAME_BYTES));
    }
    for n in 0..frames {
        assert!(next(&mut sam) == frame(n, FRAME_BYTES), "there: frame {n} differs");
        assert!(next(&mut alex) == frame(n + 1, FRAME_BYTES), "back: frame {n} differs");
    }
}

fn receive_gives_up((mut alex, mut sam): Ends) {
    for n in 0..20 {
        assert_eq!(sam.receive(Duration::ZERO), Ok(None));
        assert_eq!(sam.receive(Duration::from_millis(2)), Ok(None));
        put(&mut alex, &frame(n, FRAME_BYTES));
        let began = Instant::now();
        let received = loop {
            match ok(sam.receive(Duration::from_micros(50))) {
                Some(received) => break received,
                None => assert!(began.elapsed() < LONG, "nothing came"),
            }
        };
        assert!(received == frame(n, FRAME_BYTES), "frame {n} differs");
    }
}

fn send_gives_up((mut alex, mut sam): Ends) {
    let (mut sent, mut refused) = (0, 0);
    // A slow network refuses now and then; a full road refuses for good.
    while refused < 20 {
        let began = Instant::now();
        match alex.send(&frame(sent, FRAME_BYTES)) {
            Ok(()) => (sent, refused) = (sent + 1, 0),
            Err(error) => {
                assert_eq!(error, PipeError::Timeout);
                refused += 1;
            }
        }
        assert!(began.elapsed() < SEND_PATIENCE + LONG, "sending did not give up");
        assert!(sent < 16 * HELD_BYTES / FRAME_BYTES, "the road takes in without bound");
    }
    for n in 0..sent {
        assert!(next(&mut sam) == frame(n, FRAME_BYTES), "frame {n} differs");
    }
    assert_eq!(sam.receive(Duration::ZERO), Ok(None), "the refused frame came");
    put(&mut alex, &frame(sent, 7));
    assert_eq!(next(&mut sam), frame(sent, 7));
}

fn closing_hands_over((mut alex, mut sam): Ends) {
    put(&mut sam, &frame(9, 9));
    for n in 0..100 {
        put(&mut alex, &frame(n, 10 * n + 1));
    }
    let began = Instant::now();
    alex.close();
    assert!(began.elapsed() < CLOSE_PATIENCE + LONG, "closing did not give up");
    for n in 0..100 {
        assert_eq!(next(&mut sam), frame(n, 10 * n + 1));
    }
    assert_eq!(sam.receive(LONG), Err(PipeError::Closed));
    assert_eq!(sam.send(&frame(0, 1)), Err(PipeError::Closed));
}

fn both_close((mut alex, mut sam): Ends) {
    for n in 0..20 {
        put(&mut alex, &frame(n, FRAME_BYTES));
        put(&mut sam, &frame(n, FRAME_BYTES));
    }
    let there = thread::spawn(move || alex.close());
    let began = Instant::now();
    sam.close();
    assert!(began.elapsed() < CLOSE_PATIENCE + LONG, "closing did not give up");
    assert!(there.join().is_ok(), "the other end");
}

fn dropping_cuts((mut alex, mut sam): Ends) {
    put(&mut alex, &frame(0, 500));
    drop(alex);
    let began = Instant::now();
    while ok_or_closed(sam.receive(LONG)).is_some() {}
    assert!(began.elapsed() < LONG, "the other side did not hear of the end");
    assert_eq!(sam.send(&frame(0, 1)), Err(PipeError::Closed));
}

fn after_the_end((mut alex, mut sam): Ends) {
    put(&mut alex, &frame(0, 3));
    for _ in 0..2 {
        alex.close();
        assert_eq!(alex.send(&frame(1, 1)), Err(PipeError::Closed));
        assert_eq!(alex.receive(LONG), Err(PipeError::Closed));
    }
    assert_eq!(next(&mut sam), frame(0, 3));
    for _ in 0..2 {
        assert_eq!(sam.receive(LONG), Err(PipeError::Closed));
        assert_eq!(sam.send(&frame(1, 1)), Err(PipeError::Closed));
    }
    assert_eq!(sam.send(&frame(0, FRAME_BYTES + 1)), Err(PipeError::FrameTooLarge));
    sam.close();
}

/// A frame that no other number or size makes.
fn frame(number: usize, size: usize) -> Vec<u8> {
    let step = |n: usize| (n ^ number.wrapping_mul(167)).wrapping_mul(0x9e37_79b1) >> 13;
    (0..size).map(|n| step(n + 1).to_le_bytes()[0]).collect()
}

/// Sends, again and again while the road has no room.
fn put(pipe: &mut Box<dyn Pipe>, frame: &[u8]) {
    let began = Instant::now();
    loop {
        match pipe.send(frame) {
            Err(PipeError::Timeout) if began.elapsed() < LONG => {}
            sent => return ok(sent),
        }
    }
}

fn next(pipe: &mut Box<dyn Pipe>) -> Vec<u8> {
    ok(pipe.receive(LONG)).expect("the road brings what was sent")
}

fn ok<T>(result: Result<T, PipeError>) -> T {
    result.expect("the road lasts")
}

fn ok_or_closed(result: Result<Option<Vec<u8>>, PipeError>) -> Option<Vec<u8>> {
    match result {
        Err(PipeError::Closed) => None,
        result => Some(ok(result).expect("the end comes in time")),
    }
}
