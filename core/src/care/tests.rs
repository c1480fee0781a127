//! Four phones, two of each person, say, share, take back and sync at random, from screens that may be old: a boundary holds
//! wherever it has come, until its own person, having seen it, loosens it.
//!
//! The second phone of a person is a copy of the first one's file under an install mark of its own, so it writes logs of its
//! own. Two copies can't both answer calls, so batches go from store to store. Working copies stay where they are.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Item, ItemDraft, ItemVersion, Side, Stance, Whose};
use crate::error::NightstandError;
use crate::store::tests::{Phone, hand_over, pair};
use crate::vault::{OpenOptions, Vault};

const PHONES: usize = 4;
const ITEMS: usize = 2;

#[derive(Clone, Debug)]
enum Step {
    /// Draw a screen anew.
    Look {
        phone: usize,
        item: usize,
    },
    /// Say something on the screen as it was last drawn, and share it if that is wanted.
    Say {
        phone: usize,
        item: usize,
        stance: Stance,
        share: bool,
    },
    TakeBack {
        phone: usize,
        item: usize,
    },
    /// Everything that one has under the bond goes to another.
    HandOver {
        from: usize,
        to: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let stance = prop_oneof![
        2 => Just(Stance::Never),
        1 => Just(Stance::NotNow { until_ms: None }),
        1 => (1_i64..4).prop_map(|until| Stance::NotNow { until_ms: Some(1_900_000_000_000 + until) }),
        1 => Just(Stance::Open),
        1 => Just(Stance::Like),
        2 => Just(Stance::Love),
    ];
    prop_oneof![
        3 => (0..PHONES, 0..ITEMS).prop_map(|(phone, item)| Step::Look { phone, item }),
        5 => (0..PHONES, 0..ITEMS, stance, prop::bool::weighted(0.8))
            .prop_map(|(phone, item, stance, share)| Step::Say { phone, item, stance, share }),
        1 => (0..PHONES, 0..ITEMS).prop_map(|(phone, item)| Step::TakeBack { phone, item }),
        5 => (0..PHONES, 0..PHONES).prop_map(|(from, to)| Step::HandOver { from, to }),
    ]
}

/// A stance that was shared: what it is, and which earlier ones its screen had shown.
struct Said {
    stance: Stance,
    covers: BTreeSet<usize>,
}

/// What each phone knows of one item of one person, as far as it was shared.
#[derive(Default)]
struct Model {
    said: Vec<Said>,
    known: [BTreeSet<usize>; PHONES],
    /// A taken back item tells the model nothing more: what stands then is compared between phones alone.
    taken_back: bool,
}

impl Model {
    /// What counts at a phone: of what is known there, all that nothing else there has seen.
    fn standing(&self, phone: usize) -> impl Iterator<Item = (usize, Stance)> {
        let known = &self.known[phone];
        let covered: BTreeSet<_> = known.iter().flat_map(|said| &self.said[*said].covers).collect();
        known.iter().filter(move |said| !covered.contains(said)).map(|said| (*said, self.said[*said].stance))
    }

    fn stance(&self, phone: usize) -> Option<Stance> {
        self.standing(phone).map(|(_, stance)| stance).min()
    }

    fn say(&mut self, phone: usize, stance: Stance) {
        let covers = self.known[phone].clone();
        self.said.push(Said { stance, covers });
        self.known[phone].insert(self.said.len() - 1);
    }

    fn hand_over(&mut self, from: usize, to: usize) {
        let known = self.known[from].clone();
        self.known[to].extend(known);
    }
}

/// A screen with one item, as it was last drawn.
#[derive(Clone, Default)]
struct Screen {
    version: ItemVersion,
    /// The shared stances that had come.
    shared: BTreeSet<usize>,
    /// How often something had been said in the working copy.
    said: usize,
}

struct World {
    phones: [Vault; PHONES],
    _files: [Phone; 2],
    screens: BTreeMap<(usize, usize), Screen>,
    /// What the working copies say, phone by phone, and how often something was said: it does not travel.
    working: BTreeMap<(usize, usize), (Stance, usize)>,
    models: BTreeMap<(usize, usize), Model>,
}

fn person(phone: usize) -> usize {
    phone / 2
}

fn item(number: usize) -> Item {
    Item::Stance { activity: ["bath", "water"][number].into(), side: Side::Receive, condition: None }
}

impl World {
    fn new() -> Self {
        let files = [Phone::alex(), Phone::sam()];
        let originals = [files[0].open(), files[1].open()];
        pair(&originals[0], &originals[1]);
        drop(originals);
        let open = |phone: usize| {
            let file = &files[person(phone)];
            let path = file.path().with_extension(["first", "second"][phone % 2]);
            std::fs::copy(file.path(), &path).unwrap();
            let mark = 10 + phone as u8;
            Vault::open_with(OpenOptions::new(path, file.key(), [mark; 16]).seed([mark; 32])).unwrap()
        };
        let phones = [open(0), open(1), open(2), open(3)];
        let (screens, working, models) = Default::default();
        Self { phones, _files: files, screens, working, models }
    }

    fn model(&mut self, phone: usize, item: usize) -> &mut Model {
        self.models.entry((person(phone), item)).or_default()
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Look { phone, item: number } => self.look(phone, number),
            Step::Say { phone, item: number, stance, share } => self.say(phone, number, stance, share),
            Step::TakeBack { phone, item: number } => {
                let preferences = self.phones[phone].preferences();
                let before = preferences.read(&item(number)).unwrap();
                let after = preferences.take_back(&item(number)).unwrap();
                assert_eq!(after.shared, None);
                if before.shared.is_some() {
                    self.model(phone, number).taken_back = true;
                }
            }
            Step::HandOver { from, to } => {
                hand_over(&self.phones[from], &self.phones[to]);
                for model in self.models.values_mut() {
                    model.hand_over(from, to);
                }
            }
        }
    }

    fn look(&mut self, phone: usize, number: usize) {
        let version = self.phones[phone].preferences().read(&item(number)).unwrap().version;
        let shared = self.model(phone, number).known[phone].clone();
        let said = self.working.get(&(phone, number)).map_or(0, |(_, said)| *said);
        self.screens.insert((phone, number), Screen { version, shared, said });
    }

    /// Did something stricter come that the screen does not show?
    fn must_refuse(&mut self, phone: usize, number: usize, screen: &Screen, stance: Stance) -> bool {
        let unseen_here =
            self.working.get(&(phone, number)).is_some_and(|(here, said)| *said != screen.said && *here < stance);
        let model = self.model(phone, number);
        unseen_here || model.standing(phone).any(|(said, there)| there < stance && !screen.shared.contains(&said))
    }

    fn say(&mut self, phone: usize, number: usize, stance: Stance, share: bool) {
        let preferences = self.phones[phone].preferences();
        let screen = self.screens.get(&(phone, number)).cloned().unwrap_or_default();
        let must_refuse = self.must_refuse(phone, number, &screen, stance);
        let before = preferences.read(&item(number)).unwrap();
        let draft = ItemDraft { stance: Some(stance), ..ItemDraft::default() };
        match preferences.set(&item(number), &draft, &screen.version) {
            Ok(_) => {
                let taken_back = self.model(phone, number).taken_back;
                assert!(!must_refuse || taken_back, "something stricter was not seen, and gave way");
                let said = self.working.get(&(phone, number)).map_or(0, |(_, said)| *said);
                self.working.insert((phone, number), (stance, said + 1));
            }
            Err(NightstandError::ChangedMeanwhile) => {
                let taken_back = self.model(phone, number).taken_back;
                assert!(must_refuse || taken_back, "a screen that showed all that is stricter was refused");
                assert_eq!(preferences.read(&item(number)).unwrap(), before, "refused, and yet something was written");
                return;
            }
            Err(error) => panic!("{error:?}"),
        }
        if share {
            let shown = preferences.read(&item(number)).unwrap().version;
            let after = preferences.share(&item(number), &shown).unwrap();
            assert_eq!(after.shared.unwrap().stance, Some(stance));
            self.model(phone, number).say(phone, stance);
        }
        self.look(phone, number);
    }

    /// Every phone shows what the model says that it has to.
    fn check(&mut self) {
        for ((owner, number), model) in &self.models {
            if model.taken_back {
                continue;
            }
            for phone in 0..PHONES {
                let preferences = self.phones[phone].preferences();
                let standing = model.stance(phone);
                let shown = if person(phone) == *owner {
                    preferences.read(&item(*number)).unwrap().shared.and_then(|shared| shared.stance)
                } else {
                    let rows = preferences.list(Whose::Partner).unwrap().items;
                    rows.into_iter().find(|row| row.item == item(*number)).and_then(|row| row.stance)
                };
                assert_eq!(shown, standing, "phone {phone}, item {number} of person {owner}");
                if person(phone) == *owner {
                    let own = self.working.get(&(phone, *number)).map(|(stance, _)| *stance);
                    let counts = [own, standing].into_iter().flatten().min();
                    assert_eq!(preferences.read(&item(*number)).unwrap().content.stance, counts);
                }
            }
        }
    }
}

/// One phone shares a boundary while the other takes the item back and shares it anew, looser: the boundary goes over.
#[test]
fn a_boundary_outlives_a_taking_back_that_had_not_seen_it() {
    let world = World::new();
    let [alex, alex_too, sam, _] = &world.phones;
    let set = |vault: &Vault, stance| {
        let seen = vault.preferences().read(&item(0)).unwrap().version;
        let draft = ItemDraft { stance: Some(stance), ..ItemDraft::default() };
        let set = vault.preferences().set(&item(0), &draft, &seen).unwrap();
        vault.preferences().share(&item(0), &set.version).unwrap();
    };
    set(alex, Stance::Like);
    hand_over(alex, alex_too);
    set(alex_too, Stance::Never);
    alex.preferences().take_back(&item(0)).unwrap();
    set(alex, Stance::Love);
    hand_over(alex, alex_too);
    hand_over(alex_too, alex);
    hand_over(alex_too, sam);
    for vault in [alex, alex_too] {
        let shared = vault.preferences().read(&item(0)).unwrap().shared.unwrap();
        assert_eq!(shared.stance, Some(Stance::Never));
    }
    let theirs = sam.preferences().list(Whose::Partner).unwrap().items;
    assert_eq!(theirs.iter().map(|row| row.stance).collect::<Vec<_>>(), [Some(Stance::Never)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_merge_loosens_a_boundary(steps in proptest::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
            world.check();
        }
        // Everything goes round twice, and once more for what a phone writes when it hears of a taking back: all show the same.
        for from in (0..PHONES).cycle().take(3 * PHONES) {
            world.take(&Step::HandOver { from, to: (from + 1) % PHONES });
        }
        world.check();
        let digests: Vec<_> = world.phones.iter().map(|phone| phone.journal().shared_digest().unwrap()).collect();
        prop_assert!(digests.windows(2).all(|two| two[0] == two[1]));
    }
}
