//! What a change claims, counted before Automerge believes it.
//!
//! The operations of a change stand in columns, and in a column a dozen bytes can say that one value stands there 2⁶⁰ times.
//! Automerge takes that as it is: it counts through all operations that are claimed, makes a list of all earlier ones that an
//! operation claims to overwrite, and makes room for a text as long as it claims to be, in each case before anything is found
//! amiss. So a change of a hundred bytes could keep a phone busy for ever or take all of its memory, in every sync anew. Here
//! those three are added up without being unfolded.
//!
//! ```text
//! operations := count { specification length }* column*
//! column     := run*        run := n > 0, value · −n, n values · 0, n nothings
//! ```

use super::{Leb, Unusable};
use crate::limits;
use crate::wire::WireError;

/// The column that says what each operation does: there are as many operations as it has values.
const ACTION: u64 = 4 << 4 | INTEGER;

/// What a column holds, from the last three bits of its specification. Those of other types are read along with the
/// operations and never ahead of them.
const TYPE: u64 = 0b111;
const GROUP: u64 = 0;
const INTEGER: u64 = 2;
const TEXT: u64 = 5;

/// Fails if a change claims more than a change may, given what stands behind its other actors.
pub(super) fn check(operations: &[u8]) -> Result<(), Unusable> {
    let mut leb = Leb(operations);
    let mut columns = Vec::new();
    for _ in 0..leb.number()? {
        columns.push((leb.number()?, leb.number()?));
    }
    for (specification, length) in columns {
        let column = Column(leb.take(usize::try_from(length).map_err(|_| Unusable::NotAChange)?)?);
        match specification & TYPE {
            _ if specification == ACTION => column.check_operations()?,
            GROUP => column.check_groups()?,
            TEXT => column.check_texts()?,
            _ => {}
        }
    }
    Ok(())
}

impl From<WireError> for Unusable {
    fn from(_: WireError) -> Self {
        Self::NotAChange
    }
}

struct Column<'a>(&'a [u8]);

impl Column<'_> {
    fn check_operations(self) -> Result<(), Unusable> {
        let mut operations: u64 = 0;
        self.runs(|run, times| {
            if let Run::Values(column) = run {
                column.unsigned()?;
            }
            operations = operations.saturating_add(times);
            if operations > limits::CHANGE_OPERATIONS as u64 { Err(Unusable::TooManyOperations) } else { Ok(()) }
        })
    }

    fn check_groups(self) -> Result<(), Unusable> {
        let mut members: u64 = 0;
        self.runs(|run, times| {
            let Run::Values(column) = run else { return Ok(()) };
            members = members.saturating_add(column.unsigned()?.saturating_mul(times));
            if members > limits::CHANGE_PREDECESSORS { Err(Unusable::TooLarge) } else { Ok(()) }
        })
    }

    fn check_texts(self) -> Result<(), Unusable> {
        self.runs(|run, _| {
            let Run::Values(column) = run else { return Ok(()) };
            let length = usize::try_from(column.unsigned()?).map_err(|_| Unusable::NotAChange)?;
            column.0 = column.0.get(length..).ok_or(Unusable::NotAChange)?;
            Ok(())
        })
    }

    /// Calls `each` with every value, which it has to read, or every nothing, and how many times that stands there.
    fn runs(mut self, mut each: impl FnMut(Run<'_, '_>, u64) -> Result<(), Unusable>) -> Result<(), Unusable> {
        while !self.0.is_empty() {
            match self.signed()? {
                0 => {
                    let times = self.unsigned()?;
                    each(Run::Nothing, times)?;
                }
                times @ 1.. => each(Run::Values(&mut self), times.unsigned_abs())?,
                // Each value takes a byte at least, so this ends with the column.
                many => (0..many.unsigned_abs()).try_for_each(|_| each(Run::Values(&mut self), 1))?,
            }
        }
        Ok(())
    }

    fn unsigned(&mut self) -> Result<u64, Unusable> {
        self.leb().map(|(value, ..)| value)
    }

    fn signed(&mut self) -> Result<i64, Unusable> {
        let (value, bits, last) = self.leb()?;
        let sign = if bits < 64 && last & 0x40 != 0 { u64::MAX << bits } else { 0 };
        Ok((value | sign) as i64)
    }

    /// A number in LEB128 of any form, how many bits it has, and its last byte. Inside columns Automerge takes forms that are
    /// longer than they need to be.
    fn leb(&mut self) -> Result<(u64, u32, u8), Unusable> {
        let (mut value, mut bits) = (0, 0);
        loop {
            let byte = *self.0.split_off_first().ok_or(Unusable::NotAChange)?;
            if bits > 63 {
                return Err(Unusable::NotAChange);
            }
            value |= u64::from(byte & 0x7f) << bits;
            bits += 7;
            if byte & 0x80 == 0 {
                return Ok((value, bits, byte));
            }
        }
    }
}

enum Run<'a, 'b> {
    Values(&'a mut Column<'b>),
    Nothing,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One column, and its value that many times.
    fn column(specification: u64, times: u64, value: &[u8]) -> Vec<u8> {
        let mut data = signed(times);
        data.extend(value);
        [vec![1, specification as u8, data.len() as u8], data].concat()
    }

    fn signed(mut number: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while number > 0x3f {
            bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    }

    #[test]
    fn as_much_as_a_change_may_and_no_more() {
        let most = limits::CHANGE_OPERATIONS as u64;
        assert_eq!(check(&column(ACTION, most, &[1])), Ok(()));
        for more in [most + 1, 1 << 40, i64::MAX as u64] {
            assert_eq!(check(&column(ACTION, more, &[1])), Err(Unusable::TooManyOperations));
        }
        // As nothings, and in a longer form than it takes.
        assert_eq!(check(&[1, 0x42, 5, 0, 0xff, 0xff, 0xff, 0x7f]), Err(Unusable::TooManyOperations));
        assert_eq!(check(&[1, 0x42, 4, 0x81, 0x80, 0, 1]), Ok(()));

        let group = 7 << 4;
        assert_eq!(check(&column(group, most, &[4])), Ok(()));
        assert_eq!(check(&column(group, most, &[5])), Err(Unusable::TooLarge));
        assert_eq!(check(&column(group, 1, &[0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])), Err(Unusable::TooLarge));
        assert_eq!(check(&column(group, most * 9, &[0])), Ok(()), "none, many times");

        let text = 1 << 4 | TEXT;
        assert_eq!(check(&column(text, 9, b"\x03key")), Ok(()));
        assert_eq!(check(&column(text, 9, b"\x04key")), Err(Unusable::NotAChange));
        assert_eq!(check(&[1, text as u8, 7, 0x7e, 1, b'a', 2, b'b', b'c', 0]), Err(Unusable::NotAChange));
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..3) {
            let _ = check(&bytes);
            let specification = [ACTION, 7 << 4, 1 << 4 | TEXT][at];
            let length = bytes.len().min(127);
            let _ = check(&[&[1, specification as u8, length as u8], &bytes[..length]].concat());
        }
    }
}
