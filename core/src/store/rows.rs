//! Reading: one view of the file, and the statements that all others are made of.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, InterruptHandle, Params, Row};

use super::segments::Histories;
use super::{Access, Private, StoreError, schema};
use crate::error::Salvage;
use nightstand_engine::ids::PersonId;

/// The file as it stands at one moment. Each concern adds its questions (see `logs`, `entries`, `documents` …); lists ask
/// [`Rows::all`] with SQL of their own.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'c> {
    connection: &'c Connection,
    cut: &'c Cut,
    private: &'c Private,
    histories: &'c Histories,
}

impl<'c> Rows<'c> {
    pub(super) fn new(
        connection: &'c Connection,
        cut: &'c Cut,
        private: &'c Private,
        histories: &'c Histories,
    ) -> Self {
        Self { connection, cut, private, histories }
    }

    /// What documents told since this view of the file began.
    pub(super) fn histories(&self) -> &'c Histories {
        self.histories
    }

    /// How Private stands.
    pub(crate) fn private(&self) -> &'c Private {
        self.private
    }

    /// The first row of a query, if there is one.
    pub(crate) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.cut.check()?;
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.query_and_then(params, read)?.next().transpose()
    }

    /// All rows of a query.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.cut.check()?;
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.query_and_then(params, read)?.collect()
    }

    /// The answers up to the first that is not wanted; what stands behind it is not read.
    pub(crate) fn all_while<T>(
        &self,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
        mut wanted: impl FnMut(&T) -> bool,
    ) -> Result<Vec<T>, StoreError> {
        self.cut.check()?;
        let mut statement = self.connection.prepare_cached(sql)?;
        let (mut rows, mut all) = (statement.query(params)?, Vec::new());
        while let Some(row) = rows.next()? {
            let answer = read(row)?;
            if !wanted(&answer) {
                break;
            }
            all.push(answer);
        }
        Ok(all)
    }

    /// Runs a statement that answers nothing. Returns how many rows it changed.
    pub(super) fn run(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        self.cut.check()?;
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }

    /// Inserts one row. Returns its id.
    pub(super) fn insert(&self, sql: &str, params: impl Params) -> Result<i64, StoreError> {
        self.cut.check()?;
        Ok(self.connection.prepare_cached(sql)?.insert(params)?)
    }
}

/// Cuts off whatever a connection is doing, from another thread.
#[derive(Clone)]
pub(crate) struct Cut {
    asked: Arc<AtomicBool>,
    interrupt: Arc<Mutex<InterruptHandle>>,
}

impl Cut {
    pub(super) fn of(connection: &Connection) -> Self {
        Self { asked: Arc::default(), interrupt: Arc::new(Mutex::new(connection.get_interrupt_handle())) }
    }

    /// Goes over to a connection that takes the place of another.
    pub(super) fn follow(&self, connection: &Connection) {
        *self.interrupt() = connection.get_interrupt_handle();
    }

    /// Ends the running statement and refuses all further ones: the connection is about to be closed.
    pub(crate) fn now(&self) {
        self.asked.store(true, Ordering::SeqCst);
        self.interrupt().interrupt();
    }

    pub(super) fn check(&self) -> Result<(), StoreError> {
        if self.asked.load(Ordering::SeqCst) { Err(StoreError::Cut) } else { Ok(()) }
    }

    fn interrupt(&self) -> MutexGuard<'_, InterruptHandle> {
        self.interrupt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a file stands to this version of the code.
pub(crate) struct Layout {
    /// Of its tables; 0 if there are none.
    pub(crate) version: u32,
    pub(crate) derived_is_current: bool,
}

impl Layout {
    pub(crate) fn of(connection: &Connection) -> Result<Self, StoreError> {
        let version = schema::version(connection)?;
        let cut = Cut::of(connection);
        let derived_is_current = (1..=schema::VERSION).contains(&version)
            && Rows::new(connection, &cut, &Private::Open, &Histories::default()).derived_is_current()?;
        Ok(Self { version, derived_is_current })
    }
}

/// A connection that only reads.
pub(crate) struct Reader {
    access: Arc<Access>,
    connection: Connection,
    cut: Cut,
    private: Private,
    /// What Private was under when `private` was found out: another process, or the writer, may have changed it since.
    lock: Option<Vec<u8>>,
}

impl Reader {
    pub(crate) fn open(access: &Arc<Access>) -> Result<Self, StoreError> {
        let connection = access.reader()?;
        let cut = Cut::of(&connection);
        let mut reader = Self { access: access.clone(), cut, private: Private::Open, lock: None, connection };
        reader.restore_private()?;
        Ok(reader)
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn access(&self) -> Arc<Access> {
        self.access.clone()
    }

    pub(super) fn set_private(&mut self, private: Private, lock: Option<Vec<u8>>) {
        (self.private, self.lock) = (private, lock);
    }

    /// As the file says; and unlocked, if it was before the file was let go of.
    fn restore_private(&mut self) -> Result<(), StoreError> {
        let private = self.access.remembered().map_or(Private::Locked, Private::Unlocked);
        let current = self.follow_private(&private).and_then(|()| self.lists_are_current());
        if matches!(current, Ok(true)) { Ok(()) } else { self.follow_private(&Private::Locked) }
    }

    /// Reads a file that somebody else may be writing. The file has to be one that this version's writer would leave.
    pub(crate) fn open_alone(access: &Arc<Access>) -> Result<Self, StoreError> {
        let connection = access.read_only()?;
        // What it says of Private is found out once the file is one that can be read.
        let cut = Cut::of(&connection);
        let mut reader = Self { access: access.clone(), cut, private: Private::Open, lock: None, connection };
        match Layout::of(&reader.connection)? {
            Layout { version: schema::VERSION, derived_is_current: true } => {
                reader.restore_private()?;
                Ok(reader)
            }
            Layout { version, .. } if version > schema::VERSION => {
                Err(StoreError::Newer { found: version, supported: schema::VERSION })
            }
            Layout { .. } => Err(StoreError::Older),
        }
    }

    fn lists_are_current(&self) -> Result<bool, StoreError> {
        Rows::new(&self.connection, &self.cut, &self.private, &Histories::default()).private_lists_are_current()
    }

    /// Whose vault it is.
    pub(crate) fn person(&mut self) -> Result<PersonId, StoreError> {
        self.read(|rows| rows.stored_person())?.ok_or(StoreError::Damaged)
    }

    /// Reads the file as it stands. What is committed meanwhile is not seen. If Private was put under a second key since the
    /// last read, or under another, it is locked here.
    pub(crate) fn read<R, E: From<StoreError>>(
        &mut self,
        read: impl FnOnce(&Rows<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        let mut attached_anew = false;
        loop {
            let tx = self.connection.transaction().map_err(StoreError::from)?;
            let histories = Histories::default();
            let rows = Rows::new(&tx, &self.cut, &self.private, &histories);
            let lock_is_the_same = rows.private_lock()? == self.lock;
            if lock_is_the_same && (attached_anew || rows.private_lists_are_current()?) {
                return read(&rows);
            }
            drop(tx);
            if lock_is_the_same {
                // The lists lag behind; or another file has taken the place of the one that is attached here.
                attached_anew = true;
                self.follow_private(&self.private.clone())?;
            } else {
                self.follow_private(&Private::Locked)?;
            }
        }
    }

    pub(crate) fn cut(&self) -> Cut {
        self.cut.clone()
    }

    /// Says how much of a damaged file is whole, and goes on with a new connection: SQLCipher reads nothing more through
    /// one that has met a damaged page.
    pub(crate) fn after_damage(&mut self) -> Option<Salvage> {
        if let Ok(connection) = self.access.reader() {
            self.cut.follow(&connection);
            self.connection = connection;
            let _ = self.restore_private();
        }
        self.access.salvage()
    }
}
