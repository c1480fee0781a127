//! How records are written: numbered fields that say what a reader who does not know them shall do.
//!
//! ```text
//! record := field*                     fields in rising order of their numbers, each at most once
//! field  := varint(number·4 + rule)    rule 0 skip · 1 keep · 2 refuse
//!           varint(length) bytes
//! ```
//!
//! A reader takes the fields it knows. Of the others it drops those marked *skip*, hands back those marked *keep* so that
//! they are written again untouched, and answers [`WireError::TooNew`] to one marked *refuse*. So old and new versions
//! talk for as long as the meaning allows it, and a field decides that for itself.
//!
//! Varints are little-endian base 128, at most ten bytes, always the shortest form.

use std::collections::BTreeMap;

/// What is wrong with bytes from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// They end too early or hold what the format does not allow.
    #[error("malformed bytes")]
    Malformed,
    /// They hold a field that a newer version requires to be understood.
    #[error("written by a newer version")]
    TooNew,
    /// They exceed a limit of the protocol.
    #[error("over a limit of the protocol")]
    TooLarge,
}

/// What a reader that does not know a field shall do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Drop it.
    Skip,
    /// Keep it and write it again.
    Keep,
    /// Refuse the record.
    Refuse,
}

/// Appends to a buffer.
#[derive(Default, Clone)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// An empty buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// A number in as few bytes as it needs.
    pub fn varint(&mut self, mut value: u64) -> &mut Self {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
        self
    }

    /// A signed number: zigzag, then [`Self::varint`].
    pub fn signed(&mut self, value: i64) -> &mut Self {
        self.varint(((value << 1) ^ (value >> 63)) as u64)
    }

    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Bytes behind their length.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.varint(bytes.len() as u64).raw(bytes)
    }

    /// A field of a record.
    pub fn field(&mut self, number: u32, unknown: Unknown, bytes: &[u8]) -> &mut Self {
        self.varint(u64::from(number) << 2 | unknown as u64).bytes(bytes)
    }

    /// A field that holds a number.
    pub fn number(&mut self, number: u32, unknown: Unknown, value: u64) -> &mut Self {
        let mut inner = Writer::new();
        inner.varint(value);
        self.field(number, unknown, &inner.0)
    }

    /// How many bytes there are so far.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Is there nothing yet?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads from a slice, never past its end.
#[derive(Clone)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads these bytes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], WireError> {
        let (head, tail) = self.0.split_at_checked(count).ok_or(WireError::Malformed)?;
        self.0 = tail;
        Ok(head)
    }

    /// The next `N` bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        self.take(N)?.try_into().map_err(|_| WireError::Malformed)
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, WireError> {
        Ok(self.array::<1>()?[0])
    }

    /// A number as [`Writer::varint`] writes it.
    pub fn varint(&mut self) -> Result<u64, WireError> {
        let mut value = 0u64;
        for shift in (0..).step_by(7).take(10) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if (shift == 63 && bits > 1) || (shift > 0 && byte == 0) {
                return Err(WireError::Malformed);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(WireError::Malformed)
    }

    /// A number as [`Writer::signed`] writes it.
    pub fn signed(&mut self) -> Result<i64, WireError> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// A number that counts things in memory, at most `most`.
    pub fn count(&mut self, most: usize) -> Result<usize, WireError> {
        let value = usize::try_from(self.varint()?).map_err(|_| WireError::TooLarge)?;
        if value > most { Err(WireError::TooLarge) } else { Ok(value) }
    }

    /// Bytes behind their length.
    pub fn bytes(&mut self) -> Result<&'a [u8], WireError> {
        let length = usize::try_from(self.varint()?).map_err(|_| WireError::Malformed)?;
        self.take(length)
    }

    /// What is left.
    pub const fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// Is everything read?
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Fails unless everything is read.
    pub const fn end(&self) -> Result<(), WireError> {
        if self.0.is_empty() { Ok(()) } else { Err(WireError::Malformed) }
    }
}

/// A record being read: take the fields that are known, then [`Record::finish`].
pub struct Record<'a>(BTreeMap<u32, (u64, &'a [u8])>);

impl<'a> Record<'a> {
    /// Reads all fields of a record.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let mut fields = BTreeMap::new();
        let mut last = None;
        while !reader.is_empty() {
            let header = reader.varint()?;
            let number = u32::try_from(header >> 2).map_err(|_| WireError::Malformed)?;
            if header & 3 == 3 || last.is_some_and(|last| number <= last) {
                return Err(WireError::Malformed);
            }
            last = Some(number);
            fields.insert(number, (header & 3, reader.bytes()?));
        }
        Ok(Self(fields))
    }

    /// A field's bytes, if it is there.
    pub fn field(&mut self, number: u32) -> Option<&'a [u8]> {
        self.0.remove(&number).map(|(_, bytes)| bytes)
    }

    /// A field that must be there.
    pub fn required(&mut self, number: u32) -> Result<&'a [u8], WireError> {
        self.field(number).ok_or(WireError::Malformed)
    }

    /// A field that must be there and has `N` bytes.
    pub fn array<const N: usize>(&mut self, number: u32) -> Result<[u8; N], WireError> {
        self.required(number)?.try_into().map_err(|_| WireError::Malformed)
    }

    /// A field that holds a number, if it is there.
    pub fn number(&mut self, number: u32) -> Result<Option<u64>, WireError> {
        let Some(bytes) = self.field(number) else { return Ok(None) };
        let mut reader = Reader::new(bytes);
        let value = reader.varint()?;
        reader.end()?;
        Ok(Some(value))
    }

    /// What was not taken: the fields to keep, written again; an error where one must be understood.
    pub fn finish(self) -> Result<Kept, WireError> {
        let mut kept = Writer::new();
        for (number, (rule, bytes)) in self.0 {
            match rule {
                0 => {}
                1 => {
                    kept.field(number, Unknown::Keep, bytes);
                }
                _ => return Err(WireError::TooNew),
            }
        }
        Ok(Kept(kept.finish()))
    }
}

/// Fields from the future that a record carried and that go with it when it is written again. Their numbers are above all
/// known ones, so they stand at the record's end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept(Vec<u8>);

impl Kept {
    /// The fields, to be written after the known ones.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_from_the_future_are_skipped_kept_or_refused() {
        let mut writer = Writer::new();
        writer.number(1, Unknown::Refuse, 7).field(5, Unknown::Skip, b"skip").field(6, Unknown::Keep, b"keep");
        let bytes = writer.finish();

        let mut record = Record::parse(&bytes).expect("well formed");
        assert_eq!(record.number(1), Ok(Some(7)));
        let kept = record.finish().expect("nothing to refuse");
        let mut again = Record::parse(kept.as_bytes()).expect("well formed");
        assert_eq!((again.field(5), again.field(6)), (None, Some(&b"keep"[..])));

        assert_eq!(Record::parse(&bytes).expect("well formed").finish(), Err(WireError::TooNew));
    }

    #[test]
    fn a_field_twice_or_out_of_order_is_malformed() {
        let mut writer = Writer::new();
        writer.field(2, Unknown::Skip, b"").field(2, Unknown::Skip, b"");
        assert_eq!(Record::parse(&writer.finish()).err(), Some(WireError::Malformed));
    }

    proptest! {
        #[test]
        fn numbers_round_trip(value: u64, signed: i64) {
            let mut writer = Writer::new();
            writer.varint(value).signed(signed);
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.varint(), Ok(value));
            prop_assert_eq!(reader.signed(), Ok(signed));
            prop_assert!(reader.is_empty());
        }

        #[test]
        fn any_bytes_end_in_a_value_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(record) = Record::parse(&bytes) {
                let _ = record.finish();
            }
        }

        #[test]
        fn a_varint_has_one_form(bytes in proptest::collection::vec(any::<u8>(), 1..11)) {
            let mut reader = Reader::new(&bytes);
            if let Ok(value) = reader.varint() {
                let used = bytes.len() - reader.rest().len();
                let mut writer = Writer::new();
                writer.varint(value);
                prop_assert_eq!(&writer.finish()[..], &bytes[..used]);
            }
        }
    }
}
