//! `backup.json`: whose vault it is, and whom they know.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::{BASE64, HEXLOWER};
use nightstand_engine::circle::Circle;
use nightstand_engine::exchange::{Audience, Reach};
use nightstand_engine::ids::{LogId, PersonId, Space};
use nightstand_engine::roster::{Membership, SignedRoster};
use serde::{Deserialize, Serialize};

use super::VERSION;
use crate::error::{InvalidInput, NightstandError};
use crate::store::Rows;

const FORMAT: &str = "nightstand backup";

/// Most bytes of the file.
pub(in crate::recovery) const MOST_MANIFEST: usize = 8 * 1024 * 1024;

/// As it stands in the file. A later version may add fields, which this one passes over.
#[derive(Serialize, Deserialize)]
struct Saved {
    format: String,
    version: u32,
    /// Milliseconds since 1970.
    made: i64,
    private: bool,
    /// In hexadecimal.
    person: String,
    /// The signed lists of the person's devices: of one epoch, in base64.
    rosters: Vec<String>,
    /// Whom the person is paired with, and the public keys of devices (see `nightstand_engine::circle`), in base64.
    known: String,
    /// Up to where private logs of removed devices count, by the logs' ids in hexadecimal.
    #[serde(default)]
    floors: BTreeMap<String, u64>,
    /// Logs of which two contents were seen.
    #[serde(default)]
    frozen: Vec<String>,
    /// It is one of an archive's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    volume: Option<Volume>,
}

/// What a volume of an archive says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::recovery) struct Volume {
    /// Under which name it was put: nobody can put it in another's place.
    pub(in crate::recovery) name: String,
    /// The number of the volume whose end it begins at; 0 for the first.
    pub(in crate::recovery) after: u64,
    /// There was nothing more to write.
    pub(in crate::recovery) complete: bool,
}

/// What the file says.
#[derive(Clone)]
pub(in crate::recovery) struct Manifest {
    pub(in crate::recovery) made_ms: i64,
    pub(in crate::recovery) with_private: bool,
    pub(in crate::recovery) me: Membership,
    pub(in crate::recovery) circle: Circle,
    pub(in crate::recovery) private_floors: BTreeMap<LogId, u64>,
    pub(in crate::recovery) frozen: BTreeSet<LogId>,
    pub(in crate::recovery) volume: Option<Volume>,
}

impl Manifest {
    /// Of a vault as it is.
    pub(in crate::recovery) fn of(
        rows: &Rows<'_>,
        person: PersonId,
        me: Membership,
        now_ms: i64,
    ) -> Result<Self, NightstandError> {
        let (mut private_floors, mut frozen) = (BTreeMap::new(), BTreeSet::new());
        let signed = rows.for_own_devices(&me)?.floors;
        for row in rows.logs(&Audience::OwnDevice(Reach::Everything))? {
            let (log, opening) = (row.opening.log(), row.opening);
            if opening.space == Space::Private && me.has_removed(&opening.device) {
                // A vault that was restored itself can't read the signed ones.
                let floor = signed.get(&log).map(|floor| floor.number).or(rows.before_left_behind(&log)?);
                private_floors.insert(log, floor.unwrap_or(row.count));
            }
            if row.frozen {
                frozen.insert(log);
            }
        }
        let circle = rows.circle(person)?;
        Ok(Self { made_ms: now_ms, with_private: false, me, circle, private_floors, frozen, volume: None })
    }

    /// The same, of a volume.
    pub(in crate::recovery) fn of_volume(&self, volume: Volume) -> Self {
        Self { volume: Some(volume), ..self.clone() }
    }

    pub(in crate::recovery) fn to_json(&self) -> Result<Vec<u8>, NightstandError> {
        let hex = |log: &LogId| HEXLOWER.encode(log.as_bytes());
        let saved = Saved {
            format: FORMAT.to_owned(),
            version: VERSION,
            made: self.made_ms,
            private: self.with_private,
            person: HEXLOWER.encode(self.me.person().as_bytes()),
            rosters: self.me.rosters().iter().map(|roster| BASE64.encode(roster.as_bytes())).collect(),
            known: BASE64.encode(&self.circle.to_bytes()),
            floors: self.private_floors.iter().map(|(log, number)| (hex(log), *number)).collect(),
            frozen: self.frozen.iter().map(hex).collect(),
            volume: self.volume.clone(),
        };
        serde_json::to_vec_pretty(&saved).map_err(|_| NightstandError::Internal("a backup's list that is no JSON"))
    }

    /// Signatures are checked: nobody's list is believed that is not theirs.
    pub(in crate::recovery) fn parse(json: &[u8]) -> Result<Self, NightstandError> {
        #[derive(Deserialize)]
        struct Named {
            format: String,
            version: u32,
        }
        let unusable = NightstandError::from(InvalidInput::File);
        let named: Named = serde_json::from_slice(json).map_err(|_| unusable)?;
        if named.format != FORMAT {
            return Err(unusable);
        }
        if named.version > VERSION {
            return Err(NightstandError::NewerVersion { found: named.version, supported: VERSION });
        }
        let saved: Saved = serde_json::from_slice(json).map_err(|_| unusable)?;
        Self::read(&saved).ok_or(unusable)
    }

    fn read(saved: &Saved) -> Option<Self> {
        let bytes = |text: &str| BASE64.decode(text.as_bytes()).ok();
        let log = |text: &str| LogId::from_slice(&HEXLOWER.decode(text.as_bytes()).ok()?);
        let mut rosters = saved.rosters.iter().map(|roster| SignedRoster::parse(&bytes(roster)?).ok());
        let mut me = Membership::from(rosters.next()??);
        for roster in rosters {
            me.take(roster?).ok()?;
        }
        if HEXLOWER.encode(me.person().as_bytes()) != saved.person {
            return None;
        }
        let floors = saved.floors.iter().map(|(id, number)| Some((log(id)?, *number)));
        Some(Self {
            made_ms: saved.made,
            with_private: saved.private,
            me,
            circle: Circle::parse(&bytes(&saved.known)?).ok()?,
            private_floors: floors.collect::<Option<_>>()?,
            frozen: saved.frozen.iter().map(|id| log(id)).collect::<Option<_>>()?,
            volume: saved.volume.clone(),
        })
    }
}
