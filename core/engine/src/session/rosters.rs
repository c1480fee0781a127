//! Rosters, what own devices know of whom they know, and vouchers anew: what is settled before any entry flows.

use super::hello::{Hello, RosterName};
use super::{CIRCLE, Config, Event, RIVALS, ROSTER, Session, SessionError, TAGS};
use crate::circle::Circle;
use crate::exchange::Parties;
use crate::ids::LogId;
use crate::log::Tag;
use crate::roster::{Membership, RosterError, SignedRoster};
use crate::sealed::ForOwnDevices;
use crate::store::{Store, Transaction};
use crate::vector::MOST_LOGS;
use crate::wire::{Reader, WireError, Writer};

impl Config {
    /// Takes a roster in. A newer one of this person may hold further own-entries keys for this device.
    pub(crate) fn take_roster(&mut self, roster: SignedRoster) -> Result<bool, RosterError> {
        let person = roster.roster().person;
        if person != self.parties.my_person() {
            let mut partners = self.parties.bonds.values_mut().filter(|partner| partner.person() == person);
            return partners.next().ok_or(RosterError::NotTheirs)?.take(roster);
        }
        let keys = ForOwnDevices::open(&roster, &self.device).map(|(_, keys)| keys);
        let newer = |parties: &Parties| parties.own_keys.current().number();
        let taken = self.parties.me.take(roster)?;
        if let Some(keys) = keys.filter(|keys| keys.current().number() > newer(&self.parties)) {
            self.parties.own_keys = keys;
        }
        Ok(taken)
    }

    /// Joins what another own device knows of whom they know with what is known here.
    pub(crate) fn take_circle(&mut self, told: Circle) -> Circle {
        self.circle.take(told, &self.parties.me);
        let standing = self.circle.bonds.iter().filter(|(_, bond)| !bond.standing.is_parted());
        self.parties.bonds = standing.map(|(id, bond)| (*id, bond.partner.clone())).collect();
        self.circle.clone()
    }
}

impl Session {
    /// Hears of rosters that this device took in by another road since the session began. Entries are judged by what is known
    /// when they come, so that who was removed meanwhile can't get past it through a session that is open.
    pub fn learn(&mut self, known: &Membership) {
        for roster in known.rosters() {
            // What is older than what this session heard itself stays as it is.
            let _ = self.config.take_roster(roster.clone());
        }
    }

    /// Finds out who must tell whom of rosters and, between own devices, of whom they know.
    pub(super) fn compare(&mut self, hello: &Hello) {
        for (held, theirs) in self.compared(hello) {
            let here = RosterName::of(&held);
            if here.tells(&theirs) {
                if held.is_disputed() {
                    self.messages.push_back((RIVALS, write_all(&held)));
                }
                self.messages.push_back((ROSTER, held.signed().as_bytes().to_vec()));
            }
            if theirs.tells(&here) {
                self.rosters_awaited += 1;
            }
        }
        let circle = &self.config.circle;
        if self.config.parties.are_own_devices() && hello.yours != RosterName::of_circle(circle.digest()) {
            self.messages.push_back((CIRCLE, circle.to_bytes()));
            self.circle_awaited = true;
        }
    }

    /// Do both sides know the same of persons and devices?
    pub(super) fn agrees(&self, hello: &Hello) -> bool {
        let parties = &self.config.parties;
        let circle = RosterName::of_circle(self.config.circle.digest());
        self.compared(hello).iter().all(|(held, theirs)| RosterName::of(held) == *theirs)
            && (!parties.are_own_devices() || hello.yours == circle)
    }

    fn compared(&self, hello: &Hello) -> Vec<(Membership, RosterName)> {
        let parties = &self.config.parties;
        if parties.are_own_devices() {
            return vec![(parties.me.clone(), hello.mine)];
        }
        vec![(parties.me.clone(), hello.yours), (parties.other().clone(), hello.mine)]
    }

    pub(super) fn handle_roster<E>(&mut self, body: &[u8]) -> Result<(), SessionError<E>> {
        self.take_roster(SignedRoster::parse(body)?)?;
        self.rosters_awaited = self.rosters_awaited.saturating_sub(1);
        self.check_listed()
    }

    /// Other rosters of the same epoch. The one that counts follows.
    pub(super) fn handle_rivals<E>(&mut self, body: &[u8]) -> Result<(), SessionError<E>> {
        read_all(body)?.into_iter().try_for_each(|roster| self.take_roster(roster))
    }

    /// This device was removed, and here is its own person's word for it.
    pub(super) fn handle_removed<E>(&mut self, body: &[u8]) -> Result<(), SessionError<E>> {
        self.handle_rivals(body)?;
        self.check_listed()?;
        Err(SessionError::UnknownPeer)
    }

    fn take_roster<E>(&mut self, roster: SignedRoster) -> Result<(), SessionError<E>> {
        if self.config.take_roster(roster.clone())? {
            self.events.push_back(Event::Roster(roster));
        }
        Ok(())
    }

    fn check_listed<E>(&self) -> Result<(), SessionError<E>> {
        let parties = &self.config.parties;
        if parties.me.has_removed(&self.config.device.device()) {
            return Err(SessionError::Removed);
        }
        let listed = self.peer.as_ref().is_some_and(|peer| parties.other().lists(&peer.device));
        if listed { Ok(()) } else { Err(SessionError::UnknownPeer) }
    }

    pub(super) fn handle_circle<E>(&mut self, body: &[u8]) -> Result<(), SessionError<E>> {
        if !self.config.parties.are_own_devices() {
            return Err(WireError::Malformed.into());
        }
        let circle = self.config.take_circle(Circle::parse(body)?);
        self.circle_awaited = false;
        self.events.push_back(Event::Circle(circle));
        Ok(())
    }

    /// After a removal the partner's phone holds tags under an earlier key. They get new ones for where the logs end, so that
    /// it can bring them to a new device of this person.
    pub(super) fn say_tags<S: Store>(&mut self, store: &mut S) -> Result<(), SessionError<S::Error>> {
        if std::mem::replace(&mut self.tags_said, true) {
            return Ok(());
        }
        let tx = store.begin().map_err(SessionError::Store)?;
        let tags = new_tags(&tx, &self.config.parties).map_err(SessionError::Store)?;
        if !tags.is_empty() {
            self.messages.push_back((TAGS, tags));
        }
        Ok(())
    }

    pub(super) fn handle_tags<S: Store>(&mut self, store: &mut S, body: &[u8]) -> Result<(), SessionError<S::Error>> {
        take_tags(store, &self.config.parties, body)?.map_err(SessionError::Store)
    }
}

/// Tags under the newest key for where this person's logs end. None between own devices, and none under the first key.
pub(crate) fn new_tags<T: Transaction>(tx: &T, parties: &Parties) -> Result<Vec<u8>, T::Error> {
    let (key, mut writer) = (parties.own_keys.current(), Writer::new());
    if parties.are_own_devices() || key.number() < 2 {
        return Ok(Vec::new());
    }
    for row in tx.logs(&parties.audience)? {
        if parties.is_mine(&row.opening) && row.count > 0 {
            let tag = Tag::make(key, row.count, &row.head);
            writer.raw(row.opening.log().as_bytes()).varint(tag.number).varint(tag.key_number).raw(&tag.mac);
        }
    }
    Ok(writer.finish())
}

/// Keeps what [`new_tags`] said of the other person's logs.
pub(crate) fn take_tags<S: Store>(
    store: &mut S,
    parties: &Parties,
    body: &[u8],
) -> Result<Result<(), S::Error>, WireError> {
    let mut reader = Reader::new(body);
    let mut tags = Vec::new();
    while tags.len() < MOST_LOGS && !reader.is_empty() {
        let log = LogId::from_bytes(reader.array()?);
        let (number, key_number) = (reader.varint()?, reader.varint()?);
        tags.push((log, Tag { number, key_number, mac: reader.array()? }));
    }
    Ok(keep_tags(store, parties, &tags))
}

fn keep_tags<S: Store>(store: &mut S, parties: &Parties, tags: &[(LogId, Tag)]) -> Result<(), S::Error> {
    let mut tx = store.begin()?;
    for (log, tag) in tags {
        let theirs = parties.other().person();
        if tx.log(log)?.is_some_and(|row| row.opening.person == theirs && (1..=row.count).contains(&tag.number)) {
            tx.put_tag(log, tag)?;
        }
    }
    tx.commit()
}

/// All rosters of a person's present epoch.
pub(crate) fn write_all(membership: &Membership) -> Vec<u8> {
    let mut writer = Writer::new();
    for roster in membership.rosters() {
        writer.bytes(roster.as_bytes());
    }
    writer.finish()
}

pub(crate) fn read_all(body: &[u8]) -> Result<Vec<SignedRoster>, RosterError> {
    let mut reader = Reader::new(body);
    let mut rosters = Vec::new();
    while !reader.is_empty() {
        rosters.push(SignedRoster::parse(reader.bytes()?)?);
    }
    Ok(rosters)
}
