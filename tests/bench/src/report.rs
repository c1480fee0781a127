//! The findings as an aligned table and as JSON.

use serde_json::{Value, json};

/// One line: a figure of a row for one size, ours beside one peer.
pub(crate) struct Figure {
    pub(crate) id: &'static str,
    pub(crate) what: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) n: usize,
    pub(crate) ours: Outcome,
    pub(crate) peer: Outcome,
    pub(crate) peer_name: &'static str,
    /// Ours, on the socket.
    pub(crate) wire_bytes: Option<u64>,
}

#[derive(Clone, Copy)]
pub(crate) enum Outcome {
    Value(f64),
    /// It hung or went on beyond the limit.
    OverLimit,
    /// An assertion failed.
    Failed,
    /// What it needs is not here.
    Skipped,
}

impl Figure {
    fn ratio(&self) -> Option<f64> {
        let (ours, peer) = (self.ours.value()?, self.peer.value()?);
        (peer > 0.0).then(|| ours / peer)
    }
}

impl Outcome {
    fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    fn shown(self) -> String {
        match self {
            Self::Value(value) => number(value),
            Self::OverLimit => "> limit".to_owned(),
            Self::Failed => "failed".to_owned(),
            Self::Skipped => "skipped".to_owned(),
        }
    }
}

/// `[{"id","what","n","ours","peer","peer_name","unit","ratio"}]`; null where there is no number.
pub(crate) fn json(figures: &[Figure]) -> String {
    let rows = figures.iter().map(|figure| {
        let mut row = json!({
            "id": figure.id,
            "what": figure.what,
            "n": figure.n,
            "ours": figure.ours.value(),
            "peer": figure.peer.value(),
            "peer_name": figure.peer_name,
            "unit": figure.unit,
            "ratio": figure.ratio(),
        });
        if let Some(bytes) = figure.wire_bytes {
            row["wire_bytes"] = bytes.into();
        }
        row
    });
    let mut text =
        serde_json::to_string_pretty(&rows.collect::<Value>()).expect("strings and numbers can be written as JSON");
    text.push('\n');
    text
}

pub(crate) fn table(figures: &[Figure]) -> String {
    let head = ["id", "what", "n", "peer", "its figure", "ours", "unit", "ratio", "on the wire"];
    let mut lines = vec![head.map(str::to_owned)];
    lines.extend(figures.iter().map(|figure| {
        [
            figure.id.to_owned(),
            figure.what.to_owned(),
            number(figure.n as f64),
            figure.peer_name.to_owned(),
            figure.peer.shown(),
            figure.ours.shown(),
            figure.unit.to_owned(),
            figure.ratio().map_or(String::new(), |ratio| format!("{ratio:.3}")),
            figure.wire_bytes.map_or(String::new(), |bytes| number(bytes as f64)),
        ]
    }));
    let numeric = [false, false, true, false, true, true, false, true, true];
    let widths: Vec<usize> = (0..head.len())
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max())
        .map(Option::unwrap_or_default)
        .collect();
    lines
        .iter()
        .map(|line| {
            let cells: Vec<String> = (0..head.len())
                .map(|column| match (numeric[column], widths[column]) {
                    (true, width) => format!("{:>width$}", line[column]),
                    (false, width) => format!("{:<width$}", line[column]),
                })
                .collect();
            format!("{}\n", cells.join("  ").trim_end())
        })
        .collect()
}

/// `1,234,567`, with one decimal below a thousand and two below ten unless it is whole.
fn number(value: f64) -> String {
    if value.fract() != 0.0 && value < 10.0 {
        return format!("{value:.2}");
    }
    if value.fract() != 0.0 && value < 1_000.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
