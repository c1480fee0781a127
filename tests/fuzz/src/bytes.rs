//! Choices taken from the bytes that the fuzzer makes up.

/// Takes from the front. What has run out gives zeros and nothing: every input says something.
pub struct Source<'a>(&'a [u8]);

impl<'a> Source<'a> {
    /// Takes from these.
    pub fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or(0)
    }

    /// A number of two bytes.
    pub fn short(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    /// At most this many bytes.
    pub fn take(&mut self, most: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(most.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// Bytes behind a length of two bytes.
    pub fn piece(&mut self) -> &'a [u8] {
        let length = self.short();
        self.take(length.into())
    }

    /// All that is left.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    /// Is nothing left?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Bytes behind a length of two bytes, as [`Source::piece`] takes them.
///
/// # Panics
/// With more than 65,535 of them.
pub fn piece(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("seeds are short");
    [&length.to_le_bytes()[..], bytes].concat()
}
