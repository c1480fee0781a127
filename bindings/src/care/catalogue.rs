//! The built-in activities.

use nightstand::care::catalogue as core;
use nightstand::care::catalogue::{Family, Need};

/// All activities that this version knows, family by family. A title is the text `activity-<id>`, a description
/// `activity-<id>.about`.
#[uniffi::export]
pub fn activities() -> Vec<Activity> {
    core::activities().iter().map(Activity::from).collect()
}

/// One thing to do.
#[derive(uniffi::Record)]
pub struct Activity {
    /// Its name in everything saved, such as `holding-hands`.
    pub id: String,
    /// Its kind.
    pub family: Family,
    /// What it can be good for; the first is what it is best known for.
    pub needs: Vec<Need>,
    /// How long it usually takes at least, in minutes.
    pub least_minutes: u16,
    /// How long it usually takes at most, in minutes.
    pub most_minutes: u16,
    /// Can it be done while the two are apart?
    pub works_apart: bool,
}

impl From<&core::Activity> for Activity {
    fn from(activity: &core::Activity) -> Self {
        let core::Activity { id, family, needs, minutes, works_apart } = *activity;
        let (least_minutes, most_minutes) = minutes;
        Self { id: id.into(), family, needs: needs.to_vec(), least_minutes, most_minutes, works_apart }
    }
}

/// What kind of thing an activity is.
#[uniffi::remote(Enum)]
pub enum Family {
    /// Bodies near each other.
    Touch,
    /// Something said.
    Words,
    /// Little is said and done.
    Quiet,
    /// Looking after the body.
    Body,
    /// Sleep.
    Rest,
    /// Something done side by side.
    Shared,
    /// For some time afterwards.
    Later,
}

/// What an activity can be good for.
#[uniffi::remote(Enum)]
pub enum Need {
    /// To be touched.
    Touch,
    /// To hear something.
    Words,
    /// To know that all is well.
    Reassurance,
    /// To be seen as who one is.
    BeingSeen,
    /// To have it quiet.
    Quiet,
    /// To have room.
    Space,
    /// To have the body looked after.
    Body,
    /// To rest.
    Rest,
    /// To play.
    Play,
}
