//! What goes wrong inside, as the few kinds that an app sees.

use nightstand_engine::author::AuthorError;
use nightstand_engine::exchange::admit::AdmitError;

use super::{InvalidInput, NightstandError, Refused};
use crate::store::StoreError;
use crate::transport::PipeError;

impl From<StoreError> for NightstandError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::WrongKey => Self::WrongKey,
            StoreError::Locked => Self::Locked,
            StoreError::Absent => Self::NotFound,
            StoreError::NotAVault => Self::InvalidInput { what: InvalidInput::File },
            StoreError::DiskFull => Self::DiskFull,
            StoreError::Damaged => Self::Damaged { salvage: None },
            StoreError::Newer { found, supported } => Self::NewerVersion { found, supported },
            StoreError::Older => Self::MigrationNeeded,
            StoreError::PrivateLocked => Self::PrivateLocked,
            StoreError::Cancelled => Self::Cancelled,
            StoreError::NotYours => Self::NotYours,
            StoreError::Cut => Self::Paused,
            StoreError::Io(kind) => Self::Io(kind),
            StoreError::Sqlite(code) => Self::Internal(rusqlite::ffi::code_to_str(code)),
            StoreError::Misuse(why) => Self::Internal(why),
        }
    }
}

impl From<PipeError> for NightstandError {
    fn from(error: PipeError) -> Self {
        match error {
            PipeError::FrameTooLarge => Self::Internal("a frame over the limit"),
            PipeError::Cancelled => Self::Cancelled,
            _ => Self::Unreachable,
        }
    }
}

impl From<AuthorError<StoreError>> for NightstandError {
    fn from(error: AuthorError<StoreError>) -> Self {
        match error {
            AuthorError::Store(error) => error.into(),
            // Where another kind of document lies, what was meant can be written no more than where one was deleted.
            AuthorError::Buried | AuthorError::OtherKind => Self::Deleted,
            AuthorError::Absent => Self::NotFound,
            AuthorError::TooLarge => Self::TooLarge,
            AuthorError::NotTheirs => Self::NotYours,
            AuthorError::Damaged(_) => Self::Damaged { salvage: None },
            AuthorError::Edit(_) => Self::Internal("an edit that does not fit its document"),
        }
    }
}

impl From<AdmitError<StoreError>> for NightstandError {
    fn from(error: AdmitError<StoreError>) -> Self {
        match error {
            AdmitError::Store(error) => error.into(),
            AdmitError::Refused(_) => Self::Refused(Refused::Bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Action, IoKind};

    #[test]
    fn what_the_store_says_reaches_the_app_as_something_to_do() {
        let cases = [
            (StoreError::WrongKey, "wrong_key", Action::Unlock, false),
            (StoreError::Locked, "locked", Action::Wait, true),
            (StoreError::DiskFull, "disk_full", Action::FreeSpace, true),
            (StoreError::Damaged, "damaged", Action::ShowSupport, false),
            (StoreError::Newer { found: 9, supported: 1 }, "newer_version", Action::UpdateThisApp, false),
            (StoreError::Older, "migration_needed", Action::Wait, true),
            (StoreError::Cut, "paused", Action::Wait, true),
            (StoreError::NotAVault, "invalid_input", Action::ChooseAgain, false),
            (StoreError::Io(IoKind::NoAccess), "io", Action::Unlock, true),
        ];
        for (inside, code, action, retryable) in cases {
            let outside = NightstandError::from(inside);
            assert_eq!((outside.code(), outside.action(), outside.retryable()), (code, action, retryable));
        }
    }

    #[test]
    fn sqlites_texts_stay_inside() {
        let quoting = rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ERROR),
            Some("fts5: syntax error near \"a private word\"".into()),
        );
        let error = StoreError::from(quoting);
        assert!(!format!("{error} {error:?} {}", NightstandError::from(error)).contains("private"));
    }
}
