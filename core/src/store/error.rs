//! What goes wrong in the store, in the detail that the core needs. Apps see [`NightstandError`](crate::error).

use rusqlite::ErrorCode;

use crate::error::IoKind;

/// Why the store failed. It carries codes and never SQLite's texts, which may quote what was searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("the key does not fit the file")]
    WrongKey,
    #[error("somebody else holds the file")]
    Locked,
    #[error("there is no file")]
    Absent,
    #[error("the file holds another app's database")]
    NotAVault,
    #[error("the disk is full")]
    DiskFull,
    #[error("the file is damaged")]
    Damaged,
    #[error("the file is of version {found}, known is {supported}")]
    Newer { found: u32, supported: u32 },
    #[error("the file has to be brought up to date first")]
    Older,
    #[error("Private is locked")]
    PrivateLocked,
    #[error("cancelled")]
    Cancelled,
    #[error("somebody else's place")]
    NotYours,
    #[error("cut off by a pause")]
    Cut,
    #[error("the file system failed: {0:?}")]
    Io(IoKind),
    #[error("SQLite failed with code {0}")]
    Sqlite(i32),
    #[error("a mistake of ours: {0}")]
    Misuse(&'static str),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => Self::DiskFull,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged,
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Locked,
                ErrorCode::OperationInterrupted => Self::Cut,
                ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied => {
                    Self::Io(IoKind::NoAccess)
                }
                ErrorCode::ReadOnly => Self::Io(IoKind::ReadOnly),
                ErrorCode::SystemIoFailure => Self::Io(IoKind::Device),
                _ => Self::Sqlite(failure.extended_code),
            },
            // A column that holds what was never written there.
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..) => Self::Damaged,
            _ => Self::Misuse("a statement does not fit the tables"),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::NotFound => Self::Absent,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull,
            ErrorKind::PermissionDenied => Self::Io(IoKind::NoAccess),
            ErrorKind::ReadOnlyFilesystem => Self::Io(IoKind::ReadOnly),
            _ => Self::Io(IoKind::Device),
        }
    }
}
