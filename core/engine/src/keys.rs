//! The keys of a person and of a device.
//!
//! ```text
//! recovery phrase (24 words, 32 bytes of entropy)
//!   └ BIP-39 seed ─ HKDF-SHA-256 ┬ "root"      → Ed25519 root: signs rosters, and who comes back
//!                                ├ "self" ‖ i  → own-entries key k_self(i), i rises at each removal of a device
//!                                └ "backup"    → opens backups that were sealed to the phrase (X25519)
//! device seed (32 bytes, drawn on the device, never leaves it)
//!   ├ identity            → Ed25519: signs device records
//!   └ install mark, bond  ┬ Noise key (X25519) for sessions under that bond
//!                         └ endpoint key (Ed25519) for the road underneath
//! ```
//!
//! The phrase is BIP-39 with an empty passphrase, so any tool that knows BIP-39 reaches the same seed; the HKDF infos are
//! `nightstand 1 root`, `nightstand 1 backup`, and `nightstand 1 self` followed by the key number as eight little-endian bytes.

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::hash::{self, Label};
use crate::ids::{BondId, DeviceId, PersonId};
use crate::random::{self, Random};

/// The words that bring a person's keys back, as their 32 bytes of entropy.
#[derive(Clone)]
pub struct Phrase(Zeroizing<[u8; 32]>);

/// Why words are no recovery phrase.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPhrase {
    /// Words that are not on the list, by their places, the first word's being 1; the first [`WORDS`] such.
    #[error("words that are not on the list")]
    UnknownWords(Vec<u32>),
    /// Words of the list, and not 24.
    #[error("not as many words as a phrase has")]
    WordCount(u32),
    /// 24 words of the list whose checksum does not fit: one for another, or two that changed places.
    #[error("words whose checksum does not fit")]
    Checksum,
}

/// How many words a phrase has.
pub const WORDS: usize = 24;

/// The words of the list that begin so, in the order of the list.
pub fn words_beginning(prefix: &str) -> &'static [&'static str] {
    let (list, prefix) = (bip39::Language::English.word_list(), Zeroizing::new(prefix.to_lowercase()));
    let first = list.partition_point(|word| *word < prefix.as_str());
    let count = list[first..].iter().take_while(|word| word.starts_with(prefix.as_str())).count();
    &list[first..first + count]
}

impl Phrase {
    /// A new phrase.
    pub fn make(random: &mut dyn Random) -> Self {
        Self(Zeroizing::new(random::make_bytes(random)))
    }

    /// The phrase of this entropy.
    pub fn from_entropy(entropy: [u8; 32]) -> Self {
        Self(Zeroizing::new(entropy))
    }

    /// The phrase that these 24 words spell, however they are set: whatever is no letter stands between words, so that
    /// numbers, commas and line breaks do no harm, and capitals count as small letters.
    pub fn from_words(words: &str) -> Result<Self, NotAPhrase> {
        let words = Zeroizing::new(words.to_lowercase());
        let words: Vec<&str> =
            words.split(|letter: char| !letter.is_alphabetic()).filter(|it| !it.is_empty()).collect();
        let on_list = |word: &&str| bip39::Language::English.find_word(word).is_some();
        let unknown: Vec<u32> =
            (1..).zip(&words).filter(|(_, word)| !on_list(word)).map(|(place, _)| place).take(WORDS).collect();
        match (unknown.is_empty(), words.len()) {
            (false, _) => Err(NotAPhrase::UnknownWords(unknown)),
            (true, WORDS) => Self::from_plain_words(&Zeroizing::new(words.join(" "))).ok_or(NotAPhrase::Checksum),
            (true, count) => Err(NotAPhrase::WordCount(u32::try_from(count).unwrap_or(u32::MAX))),
        }
    }

    fn from_plain_words(words: &str) -> Option<Self> {
        let mnemonic = bip39::Mnemonic::parse_in_normalized(bip39::Language::English, words).ok()?;
        let entropy = Zeroizing::new(mnemonic.to_entropy_array().0);
        Some(Self(Zeroizing::new(entropy[..32].try_into().ok()?)))
    }

    /// The 24 words, separated by single spaces.
    pub fn words(&self) -> Zeroizing<String> {
        Zeroizing::new(self.mnemonic().to_string())
    }

    /// The entropy, for the vault to keep until the person has written the words down.
    pub fn entropy(&self) -> &[u8; 32] {
        &self.0
    }

    /// The keys that the phrase stands for.
    pub fn root(&self) -> Root {
        let seed = Zeroizing::new(self.mnemonic().to_seed_normalized(""));
        let signing = SigningKey::from_bytes(&expand(&seed[..], &[b"nightstand 1 root"]));
        Root { signing, seed: Zeroizing::new(seed.to_vec()) }
    }

    fn mnemonic(&self) -> bip39::Mnemonic {
        bip39::Mnemonic::from_entropy(&self.0[..]).expect("32 bytes make 24 words")
    }
}

/// A person's root. It is rebuilt from the phrase when a roster is signed and dropped afterwards.
pub struct Root {
    signing: SigningKey,
    seed: Zeroizing<Vec<u8>>,
}

impl Root {
    /// The person.
    pub fn person(&self) -> PersonId {
        PersonId::from_bytes(self.signing.verifying_key().to_bytes())
    }

    /// The own-entries key with this number.
    pub fn own_entries_key(&self, number: u64) -> OwnEntriesKey {
        OwnEntriesKey { number, key: expand(&self.seed, &[b"nightstand 1 self", &number.to_le_bytes()]) }
    }

    /// The X25519 private key that opens what was sealed to the phrase: backups. It signs nothing and vouches for nothing.
    pub fn backup_key(&self) -> Zeroizing<[u8; 32]> {
        expand(&self.seed, &[b"nightstand 1 backup"])
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.signing.sign(message).to_bytes()
    }
}

fn expand(seed: &[u8], info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, seed)
        .expand_multi_info(info, &mut key[..])
        .expect("32 bytes are within what HKDF-SHA-256 expands to");
    key
}

/// The key under which a person's own devices vouch for that person's logs to each other.
#[derive(Clone)]
pub struct OwnEntriesKey {
    number: u64,
    key: Zeroizing<[u8; 32]>,
}

impl OwnEntriesKey {
    /// The key as it was kept.
    pub fn from_parts(number: u64, key: [u8; 32]) -> Self {
        Self { number, key: Zeroizing::new(key) }
    }

    /// Which one it is; raised at each removal of a device.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The key, to keep it or to make tags with it.
    pub fn secret(&self) -> &[u8; 32] {
        &self.key
    }
}

/// The own-entries keys that a device has: the one that counts, and those before it, under which earlier entries are tagged.
#[derive(Clone)]
pub struct OwnKeys {
    keys: Vec<OwnEntriesKey>,
}

impl From<OwnEntriesKey> for OwnKeys {
    fn from(key: OwnEntriesKey) -> Self {
        Self { keys: vec![key] }
    }
}

impl OwnKeys {
    /// All keys of a person up to this number.
    pub fn of(root: &Root, number: u64) -> Self {
        Self { keys: (1..=number.max(1)).map(|number| root.own_entries_key(number)).collect() }
    }

    /// These keys; none if there is none, or if they are not in rising order.
    pub fn from_keys(keys: Vec<OwnEntriesKey>) -> Option<Self> {
        let rising = keys.is_sorted_by(|a, b| a.number < b.number);
        (rising && !keys.is_empty()).then_some(Self { keys })
    }

    /// The key that counts.
    pub fn current(&self) -> &OwnEntriesKey {
        self.keys.last().expect("made of one, and never emptied")
    }

    /// The key with this number.
    pub fn get(&self, number: u64) -> Option<&OwnEntriesKey> {
        self.keys.iter().find(|key| key.number == number)
    }

    /// The keys, in rising order.
    pub fn iter(&self) -> impl Iterator<Item = &OwnEntriesKey> {
        self.keys.iter()
    }
}

/// What a device is made of. A copy of it under another install mark has other session keys and the same identity.
#[derive(Clone)]
pub struct DeviceKeys {
    seed: Zeroizing<[u8; 32]>,
    install_mark: [u8; 16],
    install: u64,
}

impl DeviceKeys {
    /// The keys of a device with this seed, where the host keeps this install mark.
    pub fn new(seed: [u8; 32], install_mark: [u8; 16]) -> Self {
        Self { seed: Zeroizing::new(seed), install_mark, install: 0 }
    }

    /// The same, where the file is under its `install`th install mark after the first.
    pub fn installed(self, install: u64) -> Self {
        Self { install, ..self }
    }

    /// How many install marks there were before this one.
    pub fn install(&self) -> u64 {
        self.install
    }

    /// The device.
    pub fn device(&self) -> DeviceId {
        DeviceId::from_bytes(self.identity().verifying_key().to_bytes())
    }

    /// The X25519 private key of sessions under a bond.
    pub fn noise_key(&self, bond: &BondId) -> Zeroizing<[u8; 32]> {
        hash::derive_key(Label::NoiseKey, &self.seed, &[&self.install_mark, bond.as_bytes()])
    }

    /// The Ed25519 private key of the endpoint under a bond.
    pub fn endpoint_key(&self, bond: &BondId) -> Zeroizing<[u8; 32]> {
        hash::derive_key(Label::EndpointKey, &self.seed, &[&self.install_mark, bond.as_bytes()])
    }

    /// The X25519 private key that opens what is sealed to the device's identity (see [`crate::sealed`]). It is the same
    /// under every install mark.
    pub(crate) fn sealing_key(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.identity().to_scalar_bytes())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.identity().sign(message).to_bytes()
    }

    fn identity(&self) -> SigningKey {
        SigningKey::from_bytes(&hash::derive_key(Label::DeviceIdentity, &self.seed, &[]))
    }
}

/// The X25519 public key of a private one.
pub fn noise_public_key(private: &[u8; 32]) -> [u8; 32] {
    use snow::resolvers::{CryptoResolver, DefaultResolver};
    let mut dh = DefaultResolver.resolve_dh(&snow::params::DHChoice::Curve25519).expect("the curve is compiled in");
    dh.set(private);
    dh.pubkey().try_into().expect("an X25519 key has 32 bytes")
}

/// The X25519 public key that goes with a device's identity: the same point of the curve in its other form.
pub(crate) fn sealing_public_key(device: &DeviceId) -> Option<[u8; 32]> {
    let key = VerifyingKey::from_bytes(device.as_bytes()).ok()?;
    (!key.is_weak()).then(|| key.to_montgomery().to_bytes())
}

/// The Ed25519 public key of a private one.
pub fn endpoint_public_key(private: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(private).verifying_key().to_bytes()
}

/// Is this `key`'s signature over `message`? Malleable and small-order forms are refused.
pub(crate) fn signature_holds(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(key)
        .is_ok_and(|key| key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seeded;

    #[test]
    fn words_bring_the_same_keys_back() {
        let phrase = Phrase::make(&mut Seeded::from_number(1));
        let words = phrase.words();
        assert_eq!(words.split(' ').count(), 24);
        let again = Phrase::from_words(&words).expect("its own words");
        assert_eq!(again.root().person(), phrase.root().person());
        assert_eq!(again.root().own_entries_key(3).secret(), phrase.root().own_entries_key(3).secret());
        assert_ne!(phrase.root().own_entries_key(3).secret(), phrase.root().own_entries_key(4).secret());
    }

    #[test]
    fn words_are_read_however_they_are_set() {
        let phrase = Phrase::from_entropy([7; 32]);
        let words = phrase.words();
        let numbered = (1..).zip(words.split(' ')).map(|(place, word)| format!("{place}. {}\r\n", word.to_uppercase()));
        for set in [numbered.collect(), format!("  {}\t\n", words.replace(' ', ",  ")), words.replace(' ', "\u{a0}• ")]
        {
            assert_eq!(Phrase::from_words(&set).unwrap().entropy(), phrase.entropy());
        }
    }

    #[test]
    fn what_is_no_phrase_says_why() {
        let words = Phrase::from_entropy([0; 32]).words();
        let why = |words: &str| Phrase::from_words(words).err();
        assert_eq!(why(""), Some(NotAPhrase::WordCount(0)));
        assert_eq!(why(&words.replacen("abandon ", "", 2)), Some(NotAPhrase::WordCount(22)));
        assert_eq!(why(&words.replacen("abandon", "lantern7", 1)), Some(NotAPhrase::UnknownWords(vec![1])));
        assert_eq!(why(&words.replace("art", "abandon")), Some(NotAPhrase::Checksum));
        assert_eq!(why(&"lantern ".repeat(1_000)), Some(NotAPhrase::UnknownWords((1..=24).collect())));
        // A phrase of twelve words is another app's.
        assert_eq!(why(&("abandon ".repeat(11) + "about")), Some(NotAPhrase::WordCount(12)));
    }

    #[test]
    fn the_list_is_looked_up_by_how_words_begin() {
        assert_eq!(words_beginning("ZOO"), ["zoo"]);
        assert_eq!(words_beginning("zo"), ["zone", "zoo"]);
        assert_eq!(words_beginning("").len(), 2048);
        assert!(words_beginning("zz").is_empty() && words_beginning("é").is_empty());
    }

    /// For other implementations: what is derived of one phrase, for ever.
    #[test]
    fn a_recorded_phrase_brings_the_recorded_keys() {
        let recorded = include_str!("../tests/phrase.txt");
        let of = |name: &str| recorded.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap();
        let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
        let phrase = Phrase::from_words(of("words")).unwrap();
        let root = phrase.root();
        assert_eq!(hex(phrase.entropy()), of("entropy"));
        assert_eq!(hex(root.person().as_bytes()), of("person"));
        assert_eq!(hex(root.own_entries_key(1).secret()), of("own-entries key 1"));
        assert_eq!(hex(root.own_entries_key(2).secret()), of("own-entries key 2"));
        assert_eq!(hex(&root.backup_key()[..]), of("backup key"));
    }

    #[test]
    fn the_entropy_of_zeros_spells_what_bip_39_says() {
        let words = Phrase::from_entropy([0; 32]).words();
        assert_eq!(words.split(' ').filter(|word| *word == "abandon").count(), 23);
        assert!(words.ends_with(" art"));
    }

    #[test]
    fn a_copy_under_another_mark_is_the_same_device_with_other_keys() {
        let (here, copy) = (DeviceKeys::new([1; 32], [1; 16]), DeviceKeys::new([1; 32], [2; 16]));
        let bond = BondId::from_bytes([9; 16]);
        assert_eq!(here.device(), copy.device());
        assert_ne!(*here.noise_key(&bond), *copy.noise_key(&bond));
        assert_ne!(*here.endpoint_key(&bond), *copy.endpoint_key(&bond));
    }
}
