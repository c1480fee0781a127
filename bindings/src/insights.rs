//! Insights: what happened, in figures.

use std::sync::Arc;

use nightstand::care::Condition;
use nightstand::insights as core;
use nightstand::insights::{
    CountedMoment, Insight, InsightOf, Level as CheckInLevel, Method as InsightMethod, SessionLength,
};
use nightstand::texts::Wording;

use crate::error::NightstandError;
use crate::texts::Texts;
use crate::time::Timestamp;
use crate::work::Desk;

/// What happened, in figures, on the phone alone. Nothing is stored, nothing leaves the phone, and no figure says why or sets one
/// person beside the other. Check-ins in which something was not right are counted nowhere.
///
/// Sharing a check-in is for reading. Being counted is a consent of its own: without the partner's, figures are of one's own
/// check-ins alone. With it, the levels that they share are joined with one's own into one number for the two; it takes at least
/// five values of each, comes in half levels, and looks the same with too few values as without a yes. Whoever knows their own
/// figure can still reckon roughly where the other's lies, which is less than what is shared says to whoever reads it.
#[derive(uniffi::Object)]
pub struct Insights(pub(crate) Arc<Desk>);

#[uniffi::export]
impl Insights {
    /// One insight over a span, with its points for a plot, and in the words of `texts`. It takes a few milliseconds.
    ///
    /// Errors: `PrivateLocked`, as one's own check-ins are private; `NotPaired` for a figure of both without a partner;
    /// `InvalidInput` for a span that ends before it begins or is out of range (`Date`), and for lows of both or a change that
    /// ends on arriving (`Choices`).
    pub async fn read(
        &self,
        insight: Insight,
        of: InsightOf,
        span: InsightSpan,
        texts: Arc<Texts>,
    ) -> Result<InsightView, NightstandError> {
        let InsightSpan { since, until, offset_seconds } = span;
        let span = core::InsightSpan { from_ms: since.0, before_ms: until.0, offset_seconds };
        self.0
            .read(move |vault| {
                let view = vault.insights().read(insight, of, &span)?;
                let spoken = texts.read(|texts| view.spoken(texts))?;
                let points = view.points.into_iter().map(InsightPoint::from).collect();
                Ok(InsightView { whole: view.whole.into(), points, spoken: spoken.into() })
            })
            .await
    }

    /// Has this vault's person said yes to being counted?
    pub async fn consent(&self) -> Result<bool, NightstandError> {
        self.0.read(|vault| vault.insights().consent()).await
    }

    /// Says yes to being counted, or takes the yes back: what one shares of check-ins then counts, or counts no more, in the
    /// figures of both on the partner's phone. Saved when this returns; it holds there from the next sync on. Nothing is shared
    /// by it that was not shared before, and nobody is told of it; a figure that appears or goes can be noticed. No, where there
    /// was no yes, is the same as never asked.
    ///
    /// Errors: `NotPaired`.
    pub async fn set_consent(&self, counted: bool) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.insights().set_consent(counted)).await
    }
}

/// What a figure is about.
#[uniffi::remote(Enum)]
pub enum Insight {
    /// How many sessions ended, and how many in each month. Of both: those of both; else also one's own.
    HowOften,
    /// How a level was at a later moment than on arriving, in the same session and by the same person.
    Change {
        /// Which level.
        level: CheckInLevel,
        /// At which later moment; not on arriving.
        until: CountedMoment,
    },
    /// A level at a moment, and month by month.
    ByMonth {
        /// Which level.
        level: CheckInLevel,
        /// At which moment.
        moment: CountedMoment,
    },
    /// The same, by what was done in the session.
    ByActivity {
        /// Which level.
        level: CheckInLevel,
        /// At which moment.
        moment: CountedMoment,
    },
    /// The same, by how long the session took.
    ByLength {
        /// Which level.
        level: CheckInLevel,
        /// At which moment.
        moment: CountedMoment,
    },
    /// The same, by what the session came after.
    BySituation {
        /// Which level.
        level: CheckInLevel,
        /// At which moment.
        moment: CountedMoment,
    },
    /// How often there was a low, of the times about which one said whether there was. One's own alone.
    Lows,
}

/// Of whose check-ins a figure is.
#[uniffi::remote(Enum)]
pub enum InsightOf {
    /// Of one's own alone.
    Me,
    /// Of both together, if the partner lets theirs count.
    Both,
}

/// A level of check-ins: the texts `level-<name>`.
#[uniffi::remote(Enum)]
pub enum CheckInLevel {
    /// 1 to 7.
    Closeness,
    /// 0 to 10.
    Calm,
    /// 0 to 10.
    Energy,
    /// 0 to 10.
    Comfort,
}

/// A moment whose check-ins are counted. There is none in which something was not right.
#[uniffi::remote(Enum)]
pub enum CountedMoment {
    /// Before, or on arriving.
    Arrival,
    /// When it ends.
    Closing,
    /// Later that day.
    LaterToday,
    /// The next morning.
    NextMorning,
}

/// How long a session took. One that took over twelve hours was left open, and is not counted by length.
#[uniffi::remote(Enum)]
pub enum SessionLength {
    /// Up to ten minutes.
    Short,
    /// Over ten, up to thirty.
    Middle,
    /// Over thirty.
    Long,
}

/// How a figure was reckoned, and its interval: the texts `insight-method-<name>`.
#[uniffi::remote(Enum)]
pub enum InsightMethod {
    /// Counted. There is no interval.
    Count,
    /// A mean, with Wilson's score interval for what has two ends.
    Mean,
    /// A mean difference of pairs, with Student's interval.
    MeanDifference,
    /// A share in a hundred, with Wilson's score interval.
    Share,
}

/// Which time a figure is about.
#[derive(uniffi::Record)]
pub struct InsightSpan {
    /// From this on. What is about sessions asks when a session was, the rest when a check-in was.
    pub since: Timestamp,
    /// Before this.
    pub until: Timestamp,
    /// What to add to UTC for the calendar's months: the phone's at present will do.
    pub offset_seconds: i32,
}

/// An insight, ready for a plot, a table and a screen reader.
#[derive(uniffi::Record)]
pub struct InsightView {
    /// Over the whole span.
    pub whole: InsightFigure,
    /// Months in their order; else, what there is most of first. Of both, there is no point for what has too few values.
    pub points: Vec<InsightPoint>,
    /// The same in words.
    pub spoken: InsightSpoken,
}

/// A figure, if there is enough to go by.
#[derive(uniffi::Enum)]
pub enum InsightFigure {
    /// There is not.
    TooEarly {
        /// How many values there are, of one's own and of sessions; of what both noted in check-ins this is not told.
        n: Option<u32>,
    },
    /// There is.
    Known {
        /// On how many values it rests; of both in fives, rounded down.
        n: u32,
        /// A count, a level, a difference of levels, a share in a hundred. Of both, levels come in halves.
        value: f64,
        /// Where its interval of 95 in 100 begins.
        low: Option<f64>,
        /// Where its interval ends.
        high: Option<f64>,
        /// How it was reckoned.
        method: InsightMethod,
    },
}

/// A point of a plot.
#[derive(uniffi::Record)]
pub struct InsightPoint {
    /// Of what.
    pub label: InsightLabel,
    /// How it was.
    pub figure: InsightFigure,
}

/// Of what a point is.
#[derive(uniffi::Enum)]
pub enum InsightLabel {
    /// A month of the calendar in which something happened.
    Month {
        /// The year.
        year: i32,
        /// 1 to 12.
        month: u8,
    },
    /// A moment: a mean beside a change.
    Moment {
        /// Which.
        moment: CountedMoment,
    },
    /// What was done.
    Activity {
        /// The activity's id.
        id: String,
        /// The title of one's own.
        title: Option<String>,
    },
    /// How long it took.
    Length {
        /// Which length.
        length: SessionLength,
    },
    /// What it came after.
    Situation {
        /// Which.
        condition: Condition,
    },
}

/// An insight in words. Its numbers are rounded to tenths, and written as the text `fraction` has it.
#[derive(uniffi::Record)]
pub struct InsightSpoken {
    /// What it is about.
    pub title: Wording,
    /// The whole in a sentence; or that it is too early to tell.
    pub summary: Wording,
    /// A sentence for each point that is known.
    pub lines: Vec<Wording>,
    /// How the whole was reckoned; none if it is too early to tell. The text `insight-about` belongs beneath it.
    pub method: Option<Wording>,
    /// Over the table.
    pub caption: Wording,
    /// What stands over each column.
    pub header: Vec<String>,
    /// A row for each point, as wide as the header.
    pub rows: Vec<Vec<String>>,
}

impl From<core::Figure> for InsightFigure {
    fn from(figure: core::Figure) -> Self {
        match figure {
            core::Figure::TooEarly { n } => Self::TooEarly { n },
            core::Figure::Known(core::Known { n, value, low, high, method }) => {
                Self::Known { n, value, low, high, method }
            }
        }
    }
}

impl From<core::InsightPoint> for InsightPoint {
    fn from(core::InsightPoint { label, figure }: core::InsightPoint) -> Self {
        let label = match label {
            core::InsightLabel::Month { year, month } => InsightLabel::Month { year, month },
            core::InsightLabel::Moment(moment) => InsightLabel::Moment { moment },
            core::InsightLabel::Activity { id, title } => InsightLabel::Activity { id, title },
            core::InsightLabel::Length(length) => InsightLabel::Length { length },
            core::InsightLabel::Situation(condition) => InsightLabel::Situation { condition },
        };
        Self { label, figure: figure.into() }
    }
}

impl From<core::InsightSpoken> for InsightSpoken {
    fn from(spoken: core::InsightSpoken) -> Self {
        let core::InsightSpoken { title, summary, lines, method, caption, header, rows } = spoken;
        Self { title, summary, lines, method, caption, header, rows }
    }
}
