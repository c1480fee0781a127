//! What a person keeps to themself changes nothing that the partner's phone gets, not even its length.
//!
//! Two worlds begin with the same two files. In one, Alex sets boundaries and writes for themself alone; in the other they don't.
//! In both they plan, and pick nothing: what comes up differs, and nothing else does.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use common::{Couple, entry};
use nightstand::care::check_ins::{CheckIn, CheckInMoment, DropLevel};
use nightstand::care::drop::{Help, Looking};
use nightstand::care::plan::{Company, Occasion};
use nightstand::care::{Item, ItemDraft, Line, Question, Stance, Whose};
use nightstand::journal::{RowsQuery, Sharing};
use nightstand::vault::{OpenOptions, Vault};

/// What went over, frame by frame: from whom, how many bytes.
type Crossed = Vec<(&'static str, usize)>;

fn meet(alex: &Vault, sam: &Vault) -> Crossed {
    let (mut alex, mut sam) = (alex.sync().begin().unwrap(), sam.sync().answer().unwrap());
    let mut crossed = Vec::new();
    loop {
        let before = crossed.len();
        while let Some(frame) = alex.poll_frame().unwrap() {
            crossed.push(("alex", frame.len()));
            sam.handle_frame(&frame).unwrap();
        }
        while let Some(frame) = sam.poll_frame().unwrap() {
            crossed.push(("sam", frame.len()));
            alex.handle_frame(&frame).unwrap();
        }
        if crossed.len() == before {
            return crossed;
        }
    }
}

fn say(vault: &Vault, item: &str, draft: &ItemDraft) {
    let (item, preferences) = (item.parse::<Item>().unwrap(), vault.preferences());
    let seen = preferences.read(&item).unwrap().version;
    preferences.set(&item, draft, &seen).unwrap();
}

fn feels(stance: Stance) -> ItemDraft {
    ItemDraft { stance: Some(stance), ..ItemDraft::default() }
}

/// What Alex says to nobody.
fn for_oneself(alex: &Vault) {
    say(alex, "stance/holding-hands/together", &feels(Stance::Never));
    say(alex, "stance/holding-hands/together/tired", &feels(Stance::NotNow { until_ms: None }));
    say(alex, "stance/bath/receive", &ItemDraft { note: Some("a private word".into()), ..feels(Stance::Never) });
    let usual = ItemDraft { choices: Some(["tearful".to_owned()].into()), ..ItemDraft::default() };
    say(alex, &Item::Question(Question::UsualAfter).to_string(), &usual);
    let wish = alex.preferences().add(Line::Wish, "a private wish").unwrap();
    alex.preferences().remove(&wish.item).unwrap();
    let id = alex.journal().write(&entry("For me", "a private page", 1), Sharing::Private).unwrap();
    alex.journal().write(&entry("For me, too", "another", 2), Sharing::Private).unwrap();
    alex.journal().delete(&id).unwrap();
    alex.signals().save("Hum to me", None).unwrap();
    low_for_oneself(alex);
}

/// Alex is low, and something was not right; their phone answers.
fn low_for_oneself(alex: &Vault) {
    let now_ms = i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let low =
        CheckIn { drop: Some(DropLevel::Strong), ..CheckIn::new(CheckInMoment::NextMorning, None, now_ms - 3_600_000) };
    alex.check_ins().add(&low).unwrap();
    let not_right = CheckIn::new(CheckInMoment::SomethingNotRight, None, now_ms - 3_600_000);
    alex.check_ins().add(&not_right).unwrap();
    let care = alex.drop_care();
    care.set_help_list(&[Help::Words("a private help".into()), Help::Activity("bath".into())], &[]).unwrap();
    assert_eq!(care.now().unwrap().level, DropLevel::Strong);
    care.set_looking(Looking::Off).unwrap();
    let offer = alex.not_right().boundaries("kissing", Stance::Never).unwrap().remove(0);
    alex.preferences().set(&offer.item, &offer.draft, &offer.since).unwrap();
}

/// Alex plans, for two and for one, looks at what of it meets a boundary, and picks nothing. Answers what came up.
fn plan_and_pick_nothing(alex: &Vault) -> BTreeSet<String> {
    let preferences = alex.preferences();
    let mut came_up = BTreeSet::new();
    for rotation in 0..6 {
        for company in [Company::Two, Company::Alone] {
            let occasion = Occasion { minutes: 30, company, rotation, ..Occasion::default() };
            let plans = preferences.plan(&occasion).unwrap();
            let steps = plans.others.iter().chain([&plans.plan]).flat_map(|plan| &plan.steps);
            let steps: Vec<_> = steps.map(|it| it.step.clone()).collect();
            preferences.marks(&occasion, &steps).unwrap();
            came_up.extend(steps.into_iter().map(|step| step.activity));
        }
    }
    came_up
}

/// The bytes of a file whose vault is open.
fn bytes(vault: &Vault, path: &Path) -> Vec<u8> {
    vault.pause(Duration::from_secs(10)).unwrap();
    let bytes = std::fs::read(path).unwrap();
    vault.resume().unwrap();
    bytes
}

fn counts(sam: &Vault) -> Vec<(String, String)> {
    sam.support_report().unwrap().lines.into_iter().map(|line| (line.name, line.value)).collect()
}

#[test]
fn no_byte_that_reaches_the_partner_changes() {
    let couple = Couple::new();
    for vault in [&couple.alex, &couple.sam] {
        say(vault, "stance/holding-hands/together", &feels(Stance::Like));
        let hands = "stance/holding-hands/together".parse().unwrap();
        let seen = vault.preferences().read(&hands).unwrap().version;
        vault.preferences().share(&hands, &seen).unwrap();
    }
    couple.alex.journal().write(&entry("For us", "a joint page", 1), Sharing::Joint).unwrap();
    couple.meet();
    couple.alex.close().unwrap();
    couple.sam.close().unwrap();

    let folder = tempfile::tempdir().unwrap();
    let world = |name: &str, private: bool| {
        let path = |number: u8| folder.path().join(format!("{name}-{number}.db"));
        let open = |from: &Path, number: u8| {
            std::fs::copy(from, path(number)).unwrap();
            Vault::open_with(OpenOptions::new(path(number), [number; 32], [number; 16]).seed([9; 32])).unwrap()
        };
        let (alex, sam) = (open(&couple.path_of_alex(), 1), open(&couple.path_of_sam(), 2));
        if private {
            for_oneself(&alex);
        }
        let before = bytes(&alex, &path(1));
        let came_up = plan_and_pick_nothing(&alex);
        assert!(bytes(&alex, &path(1)) == before, "planning has written something");
        let idle = meet(&alex, &sam);
        alex.journal().write(&entry("Again", "another joint page", 2), Sharing::Joint).unwrap();
        sam.journal().write(&entry("Mine", "for you", 3), Sharing::Shared).unwrap();
        if private {
            say(&alex, "stance/holding-hands/together", &feels(Stance::Never));
        }
        plan_and_pick_nothing(&alex);
        let busy = meet(&alex, &sam);
        let on_sams_phone = plan_and_pick_nothing(&sam);
        let shown = sam.preferences().list(Whose::Partner).unwrap();
        let titles: Vec<_> =
            sam.journal().rows(&RowsQuery::default()).unwrap().rows.into_iter().map(|row| row.title).collect();
        assert_eq!(alex.journal().shared_digest(), sam.journal().shared_digest());
        (came_up, (idle, busy, counts(&sam), shown, titles, on_sams_phone))
    };
    let ((open, quiet), (kept, busy)) = (world("quiet", false), world("busy", true));
    assert_eq!(quiet, busy);
    assert_eq!((quiet.0.len(), quiet.4.len()), (2, 3), "they met, and something went over");
    let hands = |came_up: &BTreeSet<String>| came_up.contains("holding-hands");
    assert!(hands(&open) && !hands(&kept), "on Alex's own phone the boundary counts");
    assert!(hands(&quiet.5), "on Sam's it is not known");
}
