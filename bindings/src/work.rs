//! The threads that do what a host awaits.
//!
//! ```text
//!   the host's thread                    the core's threads, three for each open vault
//!   read, rows, count …      ──job──▶    reading   one after the other, beside a write
//!   write, share, frames …   ──job──▶    writing   one after the other
//!   pause, resume, close     ──job──▶    life      so that a pause can cut the other two off
//!   open, import …           ──job──▶    one of its own
//!   drive, dial, accept      ──job──▶    one of its own; each step of the conversation beside the others
//!   bundles, a mailbox       ──job──▶    one of its own; a mailbox is asked on a second one
//!                            ◀─answer─
//! ```
//!
//! A job that was handed over is done to its end, also when nobody waits for its answer any more. The end of the process waits
//! a second for what is under way, closing a vault included, and begins nothing more: when it comes, SQLCipher frees what all
//! connections share, whoever is just using one.

use std::future::Future;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use nightstand::error::NightstandError as CoreError;
use nightstand::sync::Talk;
use nightstand::vault::Vault;

use crate::error::NightstandError;

/// How long the end of a program waits for calls that are under way.
const LAST_CALLS: Duration = Duration::from_secs(1);

type Job = Box<dyn FnOnce(&Vault) + Send>;

/// An open vault and its threads.
pub(crate) struct Desk {
    // Dropped first: the threads hold it too, so that the file is never closed on a thread of the host's.
    vault: Vault,
    reading: Worker,
    writing: Worker,
    life: Worker,
}

impl Desk {
    pub(crate) fn new(vault: Vault) -> Result<Self, CoreError> {
        UnderWay::wait_at_exit();
        let reading = Worker::start("nightstand reading", vault.clone())?;
        let writing = Worker::start("nightstand writing", vault.clone())?;
        let life = Worker::start("nightstand life", vault.clone())?;
        Ok(Self { vault, reading, writing, life })
    }

    /// For what returns at once.
    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Does it after the reads that came before.
    pub(crate) async fn read<R: Send + 'static>(
        &self,
        job: impl FnOnce(&Vault) -> Result<R, CoreError> + Send + 'static,
    ) -> Result<R, NightstandError> {
        self.reading.run(job).await
    }

    /// Does it after the writes that came before.
    pub(crate) async fn write<R: Send + 'static>(
        &self,
        job: impl FnOnce(&Vault) -> Result<R, CoreError> + Send + 'static,
    ) -> Result<R, NightstandError> {
        self.writing.run(job).await
    }

    /// Does it beside reads and writes.
    pub(crate) async fn live<R: Send + 'static>(
        &self,
        job: impl FnOnce(&Vault) -> Result<R, CoreError> + Send + 'static,
    ) -> Result<R, NightstandError> {
        self.life.run(job).await
    }
}

/// A conversation or a pairing, with what a screen shows of it beside: so that looking never waits for a frame under way.
pub(crate) struct Led<T: Shown> {
    talk: Arc<Mutex<T>>,
    picture: Arc<Mutex<T::Picture>>,
    desk: Arc<Desk>,
}

/// What can be shown of something while it works.
pub(crate) trait Shown: Send + 'static {
    type Picture: Clone + Send + 'static;

    fn picture(&self) -> Self::Picture;
}

impl<T: Shown> Led<T> {
    pub(crate) fn new(desk: Arc<Desk>, talk: T) -> Self {
        let picture = Arc::new(Mutex::new(talk.picture()));
        Self { talk: Arc::new(Mutex::new(talk)), picture, desk }
    }

    pub(crate) fn picture(&self) -> T::Picture {
        lock(&self.picture).clone()
    }

    /// Does the next thing with it, and then shows where it stands.
    pub(crate) async fn run<R: Send + 'static>(
        &self,
        job: impl FnOnce(&mut T) -> Result<R, CoreError> + Send + 'static,
    ) -> Result<R, NightstandError> {
        let leading = self.leading();
        self.desk.write(move |_: &Vault| leading.step(job)).await
    }

    /// Reads what it needs from the vault.
    #[cfg(feature = "iroh")]
    pub(crate) async fn read<R: Send + 'static>(
        &self,
        job: impl FnOnce(&Vault) -> Result<R, CoreError> + Send + 'static,
    ) -> Result<R, NightstandError> {
        self.desk.read(job).await
    }

    /// Leads it to its end on a thread of its own. What else is called comes between two steps.
    pub(crate) async fn lead(
        &self,
        job: impl FnOnce(&mut Leading<T>) -> Result<(), CoreError> + Send + 'static,
    ) -> Result<(), NightstandError> {
        let mut leading = self.leading();
        apart(move || job(&mut leading)).await
    }

    fn leading(&self) -> Leading<T> {
        Leading { talk: Arc::clone(&self.talk), picture: Arc::clone(&self.picture) }
    }
}

/// A conversation or a pairing that is led: held for one step at a time, and shown after each.
pub(crate) struct Leading<T: Shown> {
    talk: Arc<Mutex<T>>,
    picture: Arc<Mutex<T::Picture>>,
}

impl<T: Shown> Leading<T> {
    #[cfg(feature = "iroh")]
    pub(crate) fn look<R>(&self, look: impl FnOnce(&T) -> R) -> Result<R, CoreError> {
        Ok(look(&*self.hold()?))
    }

    fn hold(&self) -> Result<MutexGuard<'_, T>, CoreError> {
        self.talk.lock().map_err(|_| CoreError::Internal("a talk that ended in a panic"))
    }

    fn step<R>(&self, step: impl FnOnce(&mut T) -> Result<R, CoreError>) -> Result<R, CoreError> {
        let mut talk = self.hold()?;
        let done = step(&mut talk);
        *lock(&self.picture) = talk.picture();
        done
    }
}

impl<T: Shown + Talk> Talk for Leading<T> {
    fn handle_frame(&mut self, frame: &[u8]) -> Result<(), CoreError> {
        self.step(|talk| talk.handle_frame(frame))
    }

    fn poll_frame(&mut self) -> Result<Option<Vec<u8>>, CoreError> {
        self.step(T::poll_frame)
    }

    fn is_over(&self) -> bool {
        self.hold().map_or(true, |talk| talk.is_over())
    }

    fn leave(&mut self) -> bool {
        self.step(|talk| Ok(talk.leave())).unwrap_or(false)
    }

    fn stay_for_another(&mut self) -> Result<bool, CoreError> {
        self.step(T::stay_for_another)
    }

    fn handle_timeout(&mut self) -> Result<(), CoreError> {
        self.step(T::handle_timeout)
    }
}

/// A thread that does one job after the other. It ends when this is dropped, after what it was given.
struct Worker {
    jobs: mpsc::Sender<Job>,
}

impl Worker {
    fn start(name: &str, vault: Vault) -> Result<Self, CoreError> {
        let (jobs, given) = mpsc::channel::<Job>();
        let work = move || {
            for job in given {
                let _under_way = UnderWay::begin();
                job(&vault);
            }
            let _under_way = UnderWay::begin();
            drop(vault);
        };
        spawn(name, work)?;
        Ok(Self { jobs })
    }

    async fn run<R: Send + 'static>(
        &self,
        job: impl FnOnce(&Vault) -> Result<R, CoreError> + Send + 'static,
    ) -> Result<R, NightstandError> {
        let (promise, answer) = promise();
        // A worker that is gone drops the promise with the job, and the answer then says so.
        let _ = self.jobs.send(Box::new(move |vault| promise.keep(|| job(vault))));
        answer.await
    }
}

/// Does it on a thread of its own.
pub async fn apart<R: Send + 'static>(
    job: impl FnOnce() -> Result<R, CoreError> + Send + 'static,
) -> Result<R, NightstandError> {
    let (promise, answer) = promise();
    spawn("nightstand long", move || {
        let _under_way = UnderWay::begin();
        promise.keep(job);
    })?;
    answer.await
}

/// Drops something without making this thread wait for it.
pub(crate) fn drop_apart(thing: impl Send + 'static) {
    let _ = spawn("nightstand end", move || {
        let _under_way = UnderWay::begin();
        drop(thing);
    });
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), CoreError> {
    let spawned = thread::Builder::new().name(name.into()).spawn(work);
    spawned.map(drop).map_err(|_| CoreError::Internal("the system gives no thread"))
}

/// Something that may use SQLCipher, counted while it lasts.
struct UnderWay;

struct Work {
    under_way: usize,
    ending: bool,
}

static WORK: Mutex<Work> = Mutex::new(Work { under_way: 0, ending: false });
static WORK_CHANGED: Condvar = Condvar::new();

impl UnderWay {
    /// Begins, unless the process is ending: then this thread ends with it.
    fn begin() -> Self {
        let work = WORK_CHANGED.wait_while(lock(&WORK), |work| work.ending);
        work.unwrap_or_else(PoisonError::into_inner).under_way += 1;
        Self
    }

    /// Called when a vault was opened, and SQLCipher's own handler was registered by that: the last one comes first.
    #[expect(unsafe_code, reason = "the standard library has no call for it")]
    fn wait_at_exit() {
        unsafe extern "C" {
            safe fn atexit(handler: extern "C" fn()) -> core::ffi::c_int;
        }
        static REGISTERED: Once = Once::new();
        REGISTERED.call_once(|| {
            // Where there is no room for one more, the end is as it would be without.
            let _ = atexit(Self::end);
        });
    }

    extern "C" fn end() {
        let mut work = lock(&WORK);
        work.ending = true;
        let _ = WORK_CHANGED.wait_timeout_while(work, LAST_CALLS, |work| work.under_way > 0);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        lock(&WORK).under_way -= 1;
        WORK_CHANGED.notify_all();
    }
}

/// What a job gives back, where its thread and the one that awaits it meet.
struct Meeting<R> {
    result: Option<Result<R, CoreError>>,
    waker: Option<Waker>,
}

struct Answer<R>(Arc<Mutex<Meeting<R>>>);

/// Dropped unkept, it says so: nobody waits for ever.
struct Promise<R>(Option<Arc<Mutex<Meeting<R>>>>);

fn promise<R>() -> (Promise<R>, Answer<R>) {
    let meeting = Arc::new(Mutex::new(Meeting { result: None, waker: None }));
    (Promise(Some(Arc::clone(&meeting))), Answer(meeting))
}

impl<R> Future for Answer<R> {
    type Output = Result<R, NightstandError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut meeting = lock(&self.0);
        match meeting.result.take() {
            Some(result) => Poll::Ready(result.map_err(NightstandError::from)),
            None => {
                meeting.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<R> Promise<R> {
    fn keep(mut self, job: impl FnOnce() -> Result<R, CoreError>) {
        let done = catch_unwind(AssertUnwindSafe(job));
        self.settle(done.unwrap_or(Err(CoreError::Internal("a panic"))));
    }

    fn settle(&mut self, result: Result<R, CoreError>) {
        let Some(meeting) = self.0.take() else { return };
        let mut meeting = lock(&meeting);
        meeting.result = Some(result);
        let waker = meeting.waker.take();
        drop(meeting);
        if let Some(waker) = waker {
            call_out(|| waker.wake());
        }
    }
}

impl<R> Drop for Promise<R> {
    fn drop(&mut self) {
        self.settle(Err(CoreError::Internal("a job was dropped")));
    }
}

/// A call into the host, counted while it lasts.
struct CallOut;

struct Calls {
    under_way: usize,
    ended: bool,
}

static CALLS: Mutex<Calls> = Mutex::new(Calls { under_way: 0, ended: false });
static CALL_OVER: Condvar = Condvar::new();

impl Drop for CallOut {
    fn drop(&mut self) {
        lock(&CALLS).under_way -= 1;
        CALL_OVER.notify_all();
    }
}

/// Calls the host, unless it wants no calls any more.
pub(crate) fn call_out<R>(call: impl FnOnce() -> R) -> Option<R> {
    {
        let mut calls = lock(&CALLS);
        if calls.ended {
            return None;
        }
        calls.under_way += 1;
    }
    let _under_way = CallOut;
    Some(call())
}

/// Begins no call into the host any more, and waits for those under way, at most a second.
pub(crate) fn end_calls() {
    let mut calls = lock(&CALLS);
    calls.ended = true;
    let _ = CALL_OVER.wait_timeout_while(calls, LAST_CALLS, |calls| calls.under_way > 0);
}

/// Something of the host's. Letting go of it calls the host as well, whose memory it is: once that wants no calls, it stays.
pub(crate) struct Held<T: ?Sized>(Option<Arc<T>>);

impl<T: ?Sized> Held<T> {
    pub(crate) fn new(thing: Arc<T>) -> Self {
        Self(Some(thing))
    }

    /// Calls it, unless the host wants no calls any more.
    pub(crate) fn call<R>(&self, call: impl FnOnce(&T) -> R) -> Option<R> {
        let thing = self.0.as_deref()?;
        call_out(|| call(thing))
    }
}

impl<T: ?Sized> Drop for Held<T> {
    fn drop(&mut self) {
        let thing = ManuallyDrop::new(self.0.take());
        call_out(|| drop(ManuallyDrop::into_inner(thing)));
    }
}

/// What these mutexes hold is whole at every moment, whoever panicked.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::mpsc;
    use std::task::Wake;
    use std::thread::Thread;

    use super::*;

    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    /// What a host's event loop does.
    fn wait<R>(future: impl Future<Output = R>) -> R {
        let (mut future, waker) = (pin!(future), Waker::from(Arc::new(Unpark(thread::current()))));
        loop {
            match future.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(result) => return result,
                Poll::Pending => thread::park(),
            }
        }
    }

    #[test]
    fn a_panic_becomes_an_error() {
        let ended = wait(apart(|| -> Result<(), CoreError> { panic!("on purpose") }));
        assert_eq!(ended.unwrap_err().code(), "internal");
    }

    #[test]
    fn nobody_waits_for_a_job_that_was_dropped() {
        let (promise, answer) = promise::<()>();
        drop(promise);
        assert_eq!(wait(answer).unwrap_err().code(), "internal");
    }

    #[test]
    fn what_was_begun_is_done_when_nobody_waits() {
        let ((go, gone), (done, heard)) = (mpsc::channel(), mpsc::channel());
        let mut call = Box::pin(apart(move || {
            let _ = gone.recv();
            let _ = done.send("done");
            Ok(())
        }));
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        assert!(call.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        drop(call);
        go.send(()).unwrap();
        assert_eq!(heard.recv().unwrap(), "done");
    }
}
