//! What a session sent, as it was before encryption: for a check that nothing private leaves. Without the feature
//! `recording` nothing is kept, and no app has that feature.

/// The plaintext of every frame, and of every batch once more as it was before it was packed.
#[derive(Default)]
pub(super) struct Recording {
    #[cfg(feature = "recording")]
    sent: Vec<Vec<u8>>,
}

#[cfg(feature = "recording")]
impl Recording {
    pub(super) fn keep(&mut self, frame: &[u8]) {
        self.sent.push(frame.to_vec());
    }

    pub(super) fn keep_batch(&mut self, packed: &[u8]) {
        self.sent.push(crate::batch::unpack(packed).expect("it was packed here"));
    }
}

#[cfg(not(feature = "recording"))]
impl Recording {
    pub(super) fn keep(&mut self, _: &[u8]) {}

    pub(super) fn keep_batch(&mut self, _: &[u8]) {}
}

#[cfg(feature = "recording")]
impl super::Session {
    /// Everything that this side has sent so far, unencrypted and unpacked. For tests alone.
    pub fn recorded(&self) -> impl Iterator<Item = &[u8]> {
        self.recording.sent.iter().chain(&self.transfer.recording.sent).map(Vec::as_slice)
    }
}
