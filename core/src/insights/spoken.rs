//! An insight in words, and as a table: for a screen reader, and for whoever would rather read than look at a plot.

use super::figure::{Figure, Known, Method};
use super::{CountedMoment, Insight, InsightLabel, InsightOf, InsightView, Level};
use crate::care::activities;
use crate::error::NightstandError;
use crate::texts::{TextValue, Texts, Wording};

/// An insight in words. Its numbers are rounded to tenths; in the language of the texts a fraction is written as the text
/// `fraction` has it.
#[derive(Clone, PartialEq, Eq)]
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

impl InsightView {
    /// Puts it in the words of `texts`.
    ///
    /// Errors: `InvalidInput` (`Parameters`), `TooLarge` for an added wording that can't be said with what there is.
    pub fn spoken(&self, texts: &Texts) -> Result<InsightSpoken, NightstandError> {
        let say = Say(texts);
        let title = say.title(self.insight)?;
        let points: Vec<_> =
            self.points.iter().map(|point| Ok((say.label(&point.label)?, point))).collect::<Said<_>>()?;
        let known = points.iter().filter_map(|(name, point)| match point.figure {
            Figure::Known(known) => Some((name, &point.label, known)),
            Figure::TooEarly { .. } => None,
        });
        let lines = known.filter(|(_, _, known)| known.method != Method::Count);
        let lines = lines.map(|(name, label, known)| say.line(self.of, name, label, &known)).collect::<Said<_>>()?;
        let counts = self.insight == Insight::HowOften;
        let rows = points.iter().map(|(name, point)| say.row(name, &point.figure, counts)).collect::<Said<Vec<_>>>()?;
        let what = if matches!(self.insight, Insight::HowOften | Insight::ByMonth { .. }) {
            "table-when"
        } else {
            "table-what"
        };
        let header = if counts {
            vec![what, "table-count"]
        } else {
            vec![what, "table-value", "table-from", "table-to", "table-count"]
        };
        let n = TextValue::Number(i64::try_from(rows.len()).unwrap_or(i64::MAX));
        Ok(InsightSpoken {
            summary: self.summary(&say)?,
            lines,
            method: match self.whole {
                Figure::Known(known) => Some(say.text(&format!("insight-method-{}", known.method.name()), &[])?),
                Figure::TooEarly { .. } => None,
            },
            caption: say.text("table-caption", &[("n", n), ("name", title.text.clone().into())])?,
            header: header.into_iter().map(|key| Ok(say.text(key, &[])?.text)).collect::<Said<_>>()?,
            rows,
            title,
        })
    }

    fn summary(&self, say: &Say<'_>) -> Said<Wording> {
        let known = match self.whole {
            Figure::Known(known) => known,
            Figure::TooEarly { n: Some(n) } => return say.text("insight-early", &[("n", i64::from(n).into())]),
            Figure::TooEarly { n: None } => return say.text("insight-early-both", &[]),
        };
        let joined = if self.of == InsightOf::Both { "-both" } else { "" };
        let mut given = vec![("n", TextValue::Number(known.n.into()))];
        for (name, end) in [("low", known.low), ("high", known.high)] {
            given.push((name, say.number(end.unwrap_or(known.value))?.into()));
        }
        let key = match known.method {
            Method::Count => "insight-care".to_owned(),
            Method::Share => {
                let count = (known.value * f64::from(known.n) / 100.0).round();
                given.push(("count", TextValue::Number(count as i64)));
                "insight-share".to_owned()
            }
            Method::Mean => {
                given.push(("value", say.number(known.value)?.into()));
                format!("insight-mean{joined}")
            }
            Method::MeanDifference => {
                for (name, point) in ["before", "after"].into_iter().zip(&self.points) {
                    if let Figure::Known(known) = point.figure {
                        given.push((name, say.number(known.value)?.into()));
                    }
                }
                format!("insight-before-after{joined}")
            }
        };
        say.text(&key, &given)
    }
}

type Said<T> = Result<T, NightstandError>;

struct Say<'a>(&'a Texts);

impl Say<'_> {
    fn text(&self, key: &str, given: &[(&str, TextValue)]) -> Said<Wording> {
        self.0.say(key, given)
    }

    fn title(&self, insight: Insight) -> Said<Wording> {
        let (key, level, moment) = match insight {
            Insight::HowOften => return self.text("insight-title-how-often", &[]),
            Insight::Lows => return self.text("insight-title-lows", &[]),
            Insight::Change { level, until } => {
                let moments = [("before", self.moment(CountedMoment::Arrival)?), ("after", self.moment(until)?)];
                let [before, after] = moments.map(|(name, moment)| (name, moment.into()));
                return self.text("insight-title-change", &[("level", self.level(level)?.into()), before, after]);
            }
            Insight::ByMonth { level, moment } => ("insight-title", level, moment),
            Insight::ByActivity { level, moment } => ("insight-title-by-activity", level, moment),
            Insight::ByLength { level, moment } => ("insight-title-by-length", level, moment),
            Insight::BySituation { level, moment } => ("insight-title-by-situation", level, moment),
        };
        self.text(key, &[("level", self.level(level)?.into()), ("moment", self.moment(moment)?.into())])
    }

    fn level(&self, level: Level) -> Said<String> {
        Ok(self.text(&format!("level-{}", level.name()), &[])?.text)
    }

    fn moment(&self, moment: CountedMoment) -> Said<String> {
        Ok(self.text(&format!("moment-{}", moment.name()), &[])?.text)
    }

    fn label(&self, label: &InsightLabel) -> Said<String> {
        Ok(match label {
            InsightLabel::Month { year, month } => self.0.month(*year, *month),
            InsightLabel::Moment(moment) => self.moment(*moment)?,
            InsightLabel::Activity { title: Some(title), .. } => title.clone(),
            InsightLabel::Activity { id, title: None } => activities::said(self.0, id)?,
            InsightLabel::Length(length) => self.text(&format!("session-length-{}", length.name()), &[])?.text,
            InsightLabel::Situation(condition) => self.text(&format!("condition-{}", condition.name()), &[])?.text,
        })
    }

    fn line(&self, of: InsightOf, name: &str, label: &InsightLabel, known: &Known) -> Said<Wording> {
        let given = [("n", TextValue::Number(known.n.into())), ("value", self.number(known.value)?.into())];
        let [n, value] = given;
        match (of, label) {
            (InsightOf::Both, _) => self.text("insight-by-group-both", &[n, value, ("name", name.into())]),
            (InsightOf::Me, InsightLabel::Activity { .. }) => {
                self.text("insight-by-activity", &[n, value, ("activity", name.into())])
            }
            (InsightOf::Me, _) => self.text("insight-by-group", &[n, value, ("name", name.into())]),
        }
    }

    fn row(&self, name: &str, figure: &Figure, counts: bool) -> Said<Vec<String>> {
        let name = name.to_owned();
        Ok(match figure {
            Figure::Known(known) if counts => vec![name, known.n.to_string()],
            Figure::Known(known) => {
                let ends = [known.low, known.high].map(|end| self.number(end.unwrap_or(known.value)));
                let [low, high] = ends;
                vec![name, self.number(known.value)?, low?, high?, known.n.to_string()]
            }
            Figure::TooEarly { n } => {
                let early = match n {
                    Some(n) => self.text("insight-early", &[("n", i64::from(*n).into())])?,
                    None => self.text("insight-early-both", &[])?,
                };
                let n = n.map(|n| n.to_string()).unwrap_or_default();
                vec![name, early.text, String::new(), String::new(), n]
            }
        })
    }

    /// To tenths, as the language writes them.
    fn number(&self, value: f64) -> Said<String> {
        let tenths = (value * 10.0).round() as i64;
        let minus = if tenths < 0 { "−" } else { "" };
        let whole = format!("{minus}{}", tenths.abs() / 10);
        Ok(self.text("fraction", &[("whole", whole.into()), ("tenths", (tenths.abs() % 10).into())])?.text)
    }
}

/// Shows how much there is: titles of own activities are among it.
impl core::fmt::Debug for InsightSpoken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "InsightSpoken({} lines, {} rows)", self.lines.len(), self.rows.len())
    }
}
