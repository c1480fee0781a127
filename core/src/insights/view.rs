//! An insight as a plot takes it: the whole, and its points.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike};
use nightstand_engine::ids::PersonId;

use super::figure::{Figure, Values};
use super::levels::{Noted, levels, lows};
use super::sessions::{By, labels, times};
use super::{CountedMoment, Insight, InsightOf, InsightSpan, Insights, Level, SessionLength};
use crate::care::{Condition, activities};
use crate::error::{InvalidInput, NightstandError};
use crate::records::Places;
use crate::store::{Private, Rows};

/// An insight, ready for a plot and a table.
#[derive(Clone, PartialEq, Debug)]
pub struct InsightView {
    /// What it is about.
    pub insight: Insight,
    /// Of whose check-ins.
    pub of: InsightOf,
    /// Over the whole span. Of what is by activity or situation: all times that have one, each once.
    pub whole: Figure,
    /// Months in their order; else, what there is most of first. A session that has several activities is with each of them. Of
    /// both, there is no point for what has too few values.
    pub points: Vec<InsightPoint>,
}

/// A point of a plot.
#[derive(Clone, PartialEq, Debug)]
pub struct InsightPoint {
    /// Of what.
    pub label: InsightLabel,
    /// How it was.
    pub figure: Figure,
}

/// Of what a point is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum InsightLabel {
    /// A month of the calendar in which something happened.
    Month {
        /// The year.
        year: i32,
        /// 1 to 12.
        month: u8,
    },
    /// A moment: a mean beside a change.
    Moment(CountedMoment),
    /// What was done.
    Activity {
        /// The activity's id.
        id: String,
        /// The title of one's own.
        title: Option<String>,
    },
    /// How long it took.
    Length(SessionLength),
    /// What it came after.
    Situation(Condition),
}

impl Insights {
    /// One insight over a span. It is read anew each time: of five years, in some milliseconds.
    ///
    /// Errors: `PrivateLocked`, as one's own check-ins are private; `NotPaired` for a figure of both without a partner;
    /// `InvalidInput` for a span that ends before it begins or is out of range (`Date`), and for lows of both or a change that
    /// ends on arriving (`Choices`).
    pub fn read(&self, insight: Insight, of: InsightOf, span: &InsightSpan) -> Result<InsightView, NightstandError> {
        span.check()?;
        let impossible = match insight {
            Insight::Lows => of == InsightOf::Both,
            Insight::Change { until, .. } => until == CountedMoment::Arrival,
            _ => false,
        };
        if impossible {
            return Err(InvalidInput::Choices.into());
        }
        self.vault.read(|rows, person| {
            if matches!(rows.private(), Private::Locked) {
                return Err(NightstandError::PrivateLocked);
            }
            let places = Places::of(rows, person)?;
            if of == InsightOf::Both {
                places.shared()?;
            }
            let (whole, points) = Reading { rows, person, places: &places, of, span }.read(insight)?;
            Ok(InsightView { insight, of, whole, points })
        })
    }
}

struct Reading<'a> {
    rows: &'a Rows<'a>,
    person: PersonId,
    places: &'a Places,
    of: InsightOf,
    span: &'a InsightSpan,
}

type Found = (Figure, Vec<InsightPoint>);

impl Reading<'_> {
    fn read(&self, insight: Insight) -> Result<Found, NightstandError> {
        match insight {
            Insight::HowOften => self.how_often(),
            Insight::Change { level, until } => self.change(level, until),
            Insight::ByMonth { level, moment } => self.by_month(level, moment),
            Insight::ByActivity { level, moment } => self.by(By::Activity, level, moment),
            Insight::ByLength { level, moment } => self.by(By::Length, level, moment),
            Insight::BySituation { level, moment } => self.by(By::Situation, level, moment),
            Insight::Lows => Ok((Figure::of_share(&lows(self.rows, self.places, self.span)?), Vec::new())),
        }
    }

    fn how_often(&self) -> Result<Found, NightstandError> {
        let times = times(self.rows, self.places, self.of == InsightOf::Me, self.span)?;
        let whole = Figure::of_count(times.len());
        let mut months: BTreeMap<InsightLabel, u32> = BTreeMap::new();
        if whole.is_known() {
            let of = times.into_iter().filter_map(|at_ms| self.month(at_ms));
            of.for_each(|month| *months.entry(month).or_default() += 1);
        }
        let points = months.into_iter().map(|(label, n)| InsightPoint { label, figure: Figure::counted(n) });
        Ok((whole, points.collect()))
    }

    fn change(&self, level: Level, until: CountedMoment) -> Result<Found, NightstandError> {
        let noted = self.noted(level, &[CountedMoment::Arrival, until], None)?;
        let mut pairs: BTreeMap<_, (Option<Noted>, Option<Noted>)> = BTreeMap::new();
        for one in noted {
            let Some(session) = one.session.clone() else { continue };
            let pair = pairs.entry((session, one.of)).or_default();
            match one.moment {
                CountedMoment::Arrival => pair.0 = Some(one),
                _ => pair.1 = Some(one),
            }
        }
        let [mut before, mut after, mut change] = [(); 3].map(|()| Values::default());
        for ((_, of), (arrived, later)) in pairs {
            if let (Some(arrived), Some(later)) = (arrived, later)
                && (self.span.from_ms..self.span.before_ms).contains(&arrived.at_ms)
            {
                let (one, other) = (f64::from(arrived.level), f64::from(later.level));
                before.add(of, one);
                after.add(of, other);
                change.add(of, other - one);
            }
        }
        let whole = change.mean_difference(self.joined(), ends(level));
        let point = |moment, values: &Values| InsightPoint {
            label: InsightLabel::Moment(moment),
            figure: values.mean(self.joined(), ends(level)),
        };
        let points = [point(CountedMoment::Arrival, &before), point(until, &after)];
        Ok((whole, if whole.is_known() { points.into() } else { Vec::new() }))
    }

    fn by_month(&self, level: Level, moment: CountedMoment) -> Result<Found, NightstandError> {
        let (mut whole, mut months) = (Values::default(), BTreeMap::<_, Values>::new());
        for one in self.noted(level, &[moment], Some(self.span))? {
            if let Some(month) = self.month(one.at_ms) {
                whole.add(one.of, one.level.into());
                months.entry(month).or_default().add(one.of, one.level.into());
            }
        }
        Ok((whole.mean(self.joined(), ends(level)), self.points(months.into_iter().collect(), level)))
    }

    fn by(&self, by: By, level: Level, moment: CountedMoment) -> Result<Found, NightstandError> {
        let labels = labels(self.rows, self.places, by, self.span)?;
        let (mut whole, mut groups) = (Values::default(), BTreeMap::<&str, Values>::new());
        for one in self.noted(level, &[moment], None)? {
            let labels = one.session.as_deref().and_then(|session| labels.get(session));
            for (at, label) in labels.into_iter().flatten().enumerate() {
                if at == 0 {
                    whole.add(one.of, one.level.into());
                }
                groups.entry(label).or_default().add(one.of, one.level.into());
            }
        }
        let own = match by {
            By::Activity => activities::list(self.rows, self.places, self.person)?,
            By::Length | By::Situation => Vec::new(),
        };
        let own: BTreeMap<String, String> = own.into_iter().map(|own| (own.id, own.content.title)).collect();
        let label = |name: &str| match by {
            By::Activity => Some(InsightLabel::Activity { id: name.to_owned(), title: own.get(name).cloned() }),
            By::Length => SessionLength::from_name(name).map(InsightLabel::Length),
            By::Situation => Condition::from_name(name).map(InsightLabel::Situation),
        };
        let groups = groups.into_iter().filter_map(|(name, values)| Some((label(name)?, values)));
        let mut groups: Vec<_> = groups.collect();
        groups.sort_by(|one, other| other.1.len().cmp(&one.1.len()).then_with(|| one.0.cmp(&other.0)));
        Ok((whole.mean(self.joined(), ends(level)), self.points(groups, level)))
    }

    fn noted(
        &self,
        level: Level,
        moments: &[CountedMoment],
        span: Option<&InsightSpan>,
    ) -> Result<Vec<Noted>, NightstandError> {
        levels(self.rows, self.places, self.of, level, moments, span)
    }

    fn points(&self, groups: Vec<(InsightLabel, Values)>, level: Level) -> Vec<InsightPoint> {
        let point = |(label, values): (InsightLabel, Values)| InsightPoint {
            label,
            figure: values.mean(self.joined(), ends(level)),
        };
        let shown = |point: &InsightPoint| !self.joined() || point.figure.is_known();
        groups.into_iter().map(point).filter(shown).collect()
    }

    fn joined(&self) -> bool {
        self.of == InsightOf::Both
    }

    fn month(&self, at_ms: i64) -> Option<InsightLabel> {
        let there = at_ms.checked_add(i64::from(self.span.offset_seconds) * 1_000)?;
        let there = DateTime::from_timestamp_millis(there)?;
        Some(InsightLabel::Month { year: there.year(), month: u8::try_from(there.month()).ok()? })
    }
}

fn ends(level: Level) -> (f64, f64) {
    let scale = level.scale();
    (f64::from(*scale.start()), f64::from(*scale.end()))
}

/// Names no activity.
impl core::fmt::Debug for InsightLabel {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Month { year, month } => write!(f, "Month({year}-{month:02})"),
            Self::Moment(moment) => write!(f, "Moment({moment:?})"),
            Self::Activity { .. } => f.write_str("Activity(…)"),
            Self::Length(length) => write!(f, "Length({length:?})"),
            Self::Situation(_) => f.write_str("Situation(…)"),
        }
    }
}
