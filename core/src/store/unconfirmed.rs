//! Logs of this person's listed devices that go on past what was known of them when a device was removed, under keys that the
//! removed device had: asked about, believed, or left out. They count under the roster that they came under; the next asks anew.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::ids::{DeviceId, LogId};
use nightstand_engine::roster::Membership;

use super::{Rows, StoreError, StoreTx};

/// In `meta`: of each log its id (16 bytes), its device (32 bytes), and its [`Answer`] (one byte).
const UNCONFIRMED: &str = "unconfirmed";

/// So many at most are kept; of more, nothing is asked until some of these are answered and the roster is another.
const MOST: usize = 1_024;

/// What the person said of such a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    /// Nothing so far.
    None,
    /// It is theirs.
    Theirs,
    /// It is not, or they can't tell.
    NotTheirs,
}

impl Answer {
    const ALL: [Self; 3] = [Self::None, Self::Theirs, Self::NotTheirs];

    const fn number(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Theirs => 1,
            Self::NotTheirs => 2,
        }
    }
}

/// By log.
pub(crate) type Unconfirmed = BTreeMap<LogId, (DeviceId, Answer)>;

impl Rows<'_> {
    pub(crate) fn unconfirmed(&self) -> Result<Unconfirmed, StoreError> {
        let kept: Vec<u8> = self.meta(UNCONFIRMED)?.unwrap_or_default();
        let (logs, rest) = kept.as_chunks::<49>();
        let read = |bytes: &[u8; 49]| {
            let (log, device) = (LogId::from_slice(&bytes[..16])?, DeviceId::from_slice(&bytes[16..48])?);
            Some((log, (device, *Answer::ALL.get(usize::from(bytes[48]))?)))
        };
        let logs = logs.iter().map(read).collect::<Option<_>>().filter(|_| rest.is_empty());
        logs.ok_or(StoreError::Damaged)
    }

    /// Those that the person said are theirs.
    pub(crate) fn believed(&self) -> Result<BTreeSet<LogId>, StoreError> {
        let all = self.unconfirmed()?.into_iter();
        Ok(all.filter(|(_, (_, answer))| *answer == Answer::Theirs).map(|(log, _)| log).collect())
    }

    fn put_unconfirmed(&self, all: &Unconfirmed) -> Result<(), StoreError> {
        if all.is_empty() {
            return self.drop_meta(UNCONFIRMED);
        }
        let mut bytes = Vec::new();
        for (log, (device, answer)) in all {
            bytes.extend_from_slice(log.as_bytes());
            bytes.extend_from_slice(device.as_bytes());
            bytes.push(answer.number());
        }
        self.set_meta(UNCONFIRMED, bytes)
    }
}

impl StoreTx<'_> {
    /// Notes a log that the person is to be asked about. `false` for one that is noted already.
    pub(crate) fn ask_about(&mut self, log: LogId, device: DeviceId) -> Result<bool, StoreError> {
        let mut all = self.rows().unconfirmed()?;
        if all.contains_key(&log) || all.len() >= MOST {
            return Ok(false);
        }
        all.insert(log, (device, Answer::None));
        self.rows().put_unconfirmed(&all)?;
        Ok(true)
    }

    /// What the person says of a device's logs. `false` if nothing is asked about it.
    pub(crate) fn answer_about(&mut self, device: &DeviceId, answer: Answer) -> Result<bool, StoreError> {
        let mut all = self.rows().unconfirmed()?;
        let mut found = false;
        for (_, said) in all.values_mut().filter(|(of, _)| of == device) {
            *said = answer;
            found = true;
        }
        self.rows().put_unconfirmed(&all)?;
        Ok(found)
    }

    /// Under another roster of this person's, other floors count.
    pub(super) fn forget_unconfirmed(&mut self, membership: &Membership) -> Result<(), StoreError> {
        if membership.person() == self.person() { self.rows().drop_meta(UNCONFIRMED) } else { Ok(()) }
    }
}
