//! The order of things that two phones move: each thing has a number, and there is room between two.
//!
//! Moving one thing changes that one alone, so that what the other phone moves meanwhile stays moved. Where two phones put
//! something in the same place, both stand there, in the order of their ids.

use crate::care::sessions::order_of;

/// Numbers for a thing that moves, or for all where there is no room left.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Placed {
    At(i64),
    /// All anew: the one at each position gets [`order_of`] it.
    Anew,
}

/// Where a thing goes, to stand at this position among others with these numbers, in rising order.
pub(super) fn place(others: &[i64], position: usize) -> Placed {
    let position = position.min(others.len());
    let before = position.checked_sub(1).and_then(|before| others.get(before));
    let room = order_of(1);
    let at = match (before, others.get(position)) {
        (None, None) => Some(order_of(0)),
        (Some(before), None) => before.checked_add(room),
        (None, Some(after)) => after.checked_sub(room),
        (Some(before), Some(after)) => {
            after.checked_sub(*before).filter(|gap| *gap > 1).map(|gap| before.saturating_add(gap / 2))
        }
    };
    at.map_or(Placed::Anew, Placed::At)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_between_two() {
        assert_eq!(place(&[], 3), Placed::At(0));
        let one = order_of(1);
        assert_eq!(place(&[0], 9), Placed::At(one));
        assert_eq!(place(&[0], 0), Placed::At(-one));
        assert_eq!(place(&[0, one], 1), Placed::At(one / 2));
        assert_eq!(place(&[4, 5], 1), Placed::Anew);
        assert_eq!(place(&[4, 4], 1), Placed::Anew);
        assert_eq!(place(&[i64::MAX], 1), Placed::Anew);
        assert_eq!(place(&[i64::MIN], 0), Placed::Anew);
        assert_eq!(place(&[i64::MIN, i64::MAX], 1), Placed::Anew);
    }
}
