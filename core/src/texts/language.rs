//! Language tags: which is wider than which, and how each is written.

use icu_locale_core::subtags::{Language as Subtag, Script, language, script};
use icu_locale_core::{LanguageIdentifier, Locale};

/// In which direction a text is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WritingDirection {
    /// As English.
    LeftToRight,
    /// As Arabic and Hebrew.
    RightToLeft,
}

/// A language, with its script and region if they were named.
#[derive(Clone, Debug)]
pub(super) struct Language {
    id: LanguageIdentifier,
    tag: String,
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.tag == other.tag
    }
}

/// Longest tag that is looked at, in bytes.
const MOST_TAG_BYTES: usize = 128;

const RIGHT_TO_LEFT_SCRIPTS: [Script; 12] = [
    script!("Adlm"),
    script!("Arab"),
    script!("Aran"),
    script!("Hebr"),
    script!("Mand"),
    script!("Nkoo"),
    script!("Rohg"),
    script!("Samr"),
    script!("Syrc"),
    script!("Thaa"),
    script!("Yezi"),
    script!("Mend"),
];

/// Those that are written so where no script is named.
const RIGHT_TO_LEFT_LANGUAGES: [Subtag; 19] = [
    language!("ar"),
    language!("arc"),
    language!("azb"),
    language!("bal"),
    language!("ckb"),
    language!("dv"),
    language!("fa"),
    language!("glk"),
    language!("he"),
    language!("ks"),
    language!("lrc"),
    language!("mzn"),
    language!("nqo"),
    language!("ps"),
    language!("sd"),
    language!("syr"),
    language!("ug"),
    language!("ur"),
    language!("yi"),
];

impl Language {
    /// Reads a tag, as in `pt-BR` or `pt_BR`. Extensions, such as a calendar, are left out.
    pub(super) fn parse(tag: &str) -> Option<Self> {
        let fits = (2..=MOST_TAG_BYTES).contains(&tag.len());
        let id = fits.then(|| tag.replace('_', "-").parse::<Locale>().ok())??.id;
        (id.language != Subtag::UNKNOWN).then(|| Self::of(id))
    }

    pub(super) fn english() -> Self {
        Self::of(language!("en").into())
    }

    fn of(id: LanguageIdentifier) -> Self {
        Self { tag: id.to_string(), id }
    }

    pub(super) fn tag(&self) -> &str {
        &self.tag
    }

    pub(super) fn id(&self) -> &LanguageIdentifier {
        &self.id
    }

    /// This language, and what is left when its variants, its region and its script are taken from it (as in RFC 4647, 3.4).
    pub(super) fn and_wider(&self) -> Vec<Self> {
        let mut chain = vec![self.clone()];
        let mut id = self.id.clone();
        for part in [
            |id: &mut LanguageIdentifier| {
                id.variants.clear();
            },
            |id: &mut LanguageIdentifier| id.region = None,
            |id: &mut LanguageIdentifier| id.script = None,
        ] {
            part(&mut id);
            let wider = Self::of(id.clone());
            if chain.last() != Some(&wider) {
                chain.push(wider);
            }
        }
        chain
    }

    pub(super) fn direction(&self) -> WritingDirection {
        let right_to_left = match self.id.script {
            Some(script) => RIGHT_TO_LEFT_SCRIPTS.contains(&script),
            None => RIGHT_TO_LEFT_LANGUAGES.contains(&self.id.language),
        };
        if right_to_left { WritingDirection::RightToLeft } else { WritingDirection::LeftToRight }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wider() {
        let wider = |tag| Language::parse(tag).unwrap().and_wider().into_iter().map(|one| one.tag).collect::<Vec<_>>();
        assert_eq!(wider("zh-Hant-TW"), ["zh-Hant-TW", "zh-Hant", "zh"]);
        assert_eq!(wider("pt_br"), ["pt-BR", "pt"]);
        assert_eq!(wider("de-CH-1996-u-ca-gregory"), ["de-CH-1996", "de-CH", "de"]);
        assert_eq!(wider("pl"), ["pl"]);
        for none in ["", "p", "und", "two words", "pl-", &"x".repeat(4_000)] {
            assert_eq!(Language::parse(none).map(|one| one.tag), None, "{none}");
        }
    }

    #[test]
    fn how_each_is_written() {
        let right_to_left = |tag| Language::parse(tag).unwrap().direction() == WritingDirection::RightToLeft;
        assert!(["ar", "he-IL", "fa", "ur-PK", "yi", "ckb-IQ", "pa-Arab", "az-Arab-IR"].into_iter().all(right_to_left));
        assert!(!["en", "pl", "ja", "az", "uz-Latn", "ku", "ar-Latn"].into_iter().any(right_to_left));
    }
}
