//! What the cards rest on: publications, what kind each is, and what it found, in one careful sentence: the text
//! `source-<id>`.
//!
//! All of these found things that go together. None of them shows what brings about what, and the texts say no such thing.

use crate::names::names;

/// What kind of evidence a publication is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Evidence {
    /// People were asked once.
    Survey,
    /// People were asked every day for some weeks.
    Diary,
    /// People were asked once, and others every day for some weeks.
    SurveyAndDiary,
    /// Many studies, counted together.
    MetaAnalysis,
    /// A way of asking, of which the idea was taken and not the items.
    Instrument,
}

names!(Evidence {
    Self::Survey = "survey",
    Self::Diary = "diary",
    Self::SurveyAndDiary = "survey-and-diary",
    Self::MetaAnalysis = "meta-analysis",
    Self::Instrument = "instrument",
});

/// A publication.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Source {
    /// Its name here: what it found is the text `source-<id>`.
    pub id: &'static str,
    /// Who wrote it, as it is cited.
    pub authors: &'static str,
    /// When it came out.
    pub year: u16,
    /// What it is called.
    pub title: &'static str,
    /// Where it came out.
    pub place: &'static str,
    /// Of what kind it is: the text `evidence-<name>`.
    pub evidence: Evidence,
}

/// All of them.
pub fn sources() -> &'static [Source] {
    SOURCES
}

/// The source with this id.
pub fn source(id: &str) -> Option<&'static Source> {
    SOURCES.iter().find(|source| source.id == id)
}

const SOURCES: &[Source] = &[
    Source {
        id: "muise-2014",
        authors: "Muise, Giang & Impett",
        year: 2014,
        title: "Post sex affectionate exchanges promote sexual and relationship satisfaction",
        place: "Archives of Sexual Behavior",
        evidence: Evidence::SurveyAndDiary,
    },
    Source {
        id: "meltzer-2017",
        authors: "Meltzer, Makhanova, Hicks, French, McNulty & Bradbury",
        year: 2017,
        title: "Quantifying the sexual afterglow: the lingering benefits of sex and their implications for pair-bonded \
                relationships",
        place: "Psychological Science",
        evidence: Evidence::Diary,
    },
    Source {
        id: "mallory-2022",
        authors: "Mallory",
        year: 2022,
        title: "Dimensions of couples’ sexual communication, relationship satisfaction, and sexual satisfaction: a \
                meta-analysis",
        place: "Journal of Family Psychology",
        evidence: Evidence::MetaAnalysis,
    },
    Source {
        id: "schweitzer-2015",
        authors: "Schweitzer, O’Brien & Burri",
        year: 2015,
        title: "Postcoital dysphoria: prevalence and psychological correlates",
        place: "Sexual Medicine",
        evidence: Evidence::Survey,
    },
    Source {
        id: "maczkowiack-2019",
        authors: "Maczkowiack & Schweitzer",
        year: 2019,
        title: "Postcoital dysphoria: prevalence and correlates among males",
        place: "Journal of Sex & Marital Therapy",
        evidence: Evidence::Survey,
    },
    Source {
        id: "aron-1992",
        authors: "Aron, Aron & Smollan",
        year: 1992,
        title: "Inclusion of Other in the Self Scale and the structure of interpersonal closeness",
        place: "Journal of Personality and Social Psychology",
        evidence: Evidence::Instrument,
    },
    Source {
        id: "betella-2016",
        authors: "Betella & Verschure",
        year: 2016,
        title: "The Affective Slider: a digital self-assessment scale for the measurement of human emotions",
        place: "PLOS ONE",
        evidence: Evidence::Instrument,
    },
];
