//! Where a proposed time stands, and what one can do with it.

use crate::names::names;

/// Where a proposal stands, as this phone knows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RoomState {
    /// The partner proposes it.
    Asked,
    /// Both set it aside.
    Agreed,
    /// One stands by it, and waits.
    Waiting,
    /// One said no to it, and the partner does not know.
    Declined,
    /// Neither stands by it.
    Withdrawn,
}

names!(RoomState {
    Self::Asked = "asked",
    Self::Agreed = "agreed",
    Self::Waiting = "waiting",
    Self::Declined = "declined",
    Self::Withdrawn = "withdrawn",
});

/// What one can do with a proposal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RoomVerb {
    /// Sets the time aside.
    Accept,
    /// Says no, for oneself.
    Decline,
    /// Takes back that one set it aside.
    Withdraw,
}

/// What may follow on what. What is so already stays so, and the rest is refused.
const TABLE: &[(RoomState, RoomVerb, RoomState)] = &[
    (RoomState::Asked, RoomVerb::Accept, RoomState::Agreed),
    (RoomState::Asked, RoomVerb::Decline, RoomState::Declined),
    (RoomState::Declined, RoomVerb::Accept, RoomState::Agreed),
    (RoomState::Waiting, RoomVerb::Withdraw, RoomState::Withdrawn),
    (RoomState::Agreed, RoomVerb::Withdraw, RoomState::Declined),
    (RoomState::Withdrawn, RoomVerb::Accept, RoomState::Waiting),
    (RoomState::Withdrawn, RoomVerb::Decline, RoomState::Withdrawn),
];

impl RoomState {
    pub(super) fn of(mine: bool, theirs: bool, declined: bool) -> Self {
        match (mine, theirs) {
            (true, true) => Self::Agreed,
            (true, false) => Self::Waiting,
            (false, true) if declined => Self::Declined,
            (false, true) => Self::Asked,
            (false, false) => Self::Withdrawn,
        }
    }

    pub(super) fn after(self, verb: RoomVerb) -> Option<Self> {
        let follows = TABLE.iter().find(|(state, with, _)| (*state, *with) == (self, verb)).map(|(_, _, next)| *next);
        let already = || TABLE.iter().any(|(_, with, next)| (*with, *next) == (verb, self)).then_some(self);
        follows.or_else(already)
    }
}
