//! The 256 words of a check code.
//!
//! Plain things, easily told apart by ear; no names, nobody's body, gender, belief or plate. The order is part of the
//! format: two phones must say the same words.

/// In alphabetical order; a word stands for its place.
#[rustfmt::skip]
pub(super) const WORDS: [&str; 256] = [
    "abacus", "acorn", "acrobat", "airport", "album", "almanac", "anchor", "antler",
    "apron", "armchair", "artist", "atlas", "attic", "avenue", "bagpipe", "ballad",
    "bamboo", "banjo", "basket", "bathtub", "beacon", "bedrock", "beehive", "bicycle",
    "blossom", "bluebell", "bonfire", "bookmark", "bracelet", "breeze", "bridge", "button",
    "cabin", "cactus", "calendar", "camera", "canvas", "caravan", "cardigan", "carousel",
    "carpet", "cascade", "castle", "chapter", "chimney", "chorus", "cinema", "circle",
    "clarinet", "cloud", "clover", "cobalt", "comet", "compass", "concert", "copper",
    "cottage", "crayon", "cricket", "curtain", "cushion", "daffodil", "denim", "diary",
    "dispatch", "dolphin", "doorbell", "drizzle", "drumbeat", "dustpan", "echo", "eclipse",
    "editor", "elevator", "engine", "envelope", "equator", "evening", "explorer", "fabric",
    "falcon", "feather", "festival", "firefly", "flamingo", "flannel", "flute", "footpath",
    "forest", "fountain", "foxglove", "gadget", "galaxy", "gallop", "gateway", "giraffe",
    "glacier", "glider", "gondola", "grammar", "granite", "guitar", "habitat", "hammock",
    "handrail", "hedgehog", "helmet", "hexagon", "hillside", "holiday", "horizon", "igloo",
    "indigo", "inkwell", "island", "jaguar", "journal", "juggler", "jukebox", "kangaroo",
    "kayak", "kettle", "keyboard", "keyring", "kiosk", "kitchen", "koala", "ladder",
    "lagoon", "landmark", "lantern", "lavender", "leaflet", "library", "lilac", "linen",
    "lobby", "locket", "lodge", "logbook", "magnet", "mailbox", "mandolin", "marble",
    "meadow", "meerkat", "meteor", "midnight", "mirror", "mitten", "morning", "mural",
    "museum", "napkin", "network", "nickel", "notebook", "november", "oasis", "ocean",
    "octopus", "orbit", "orchard", "origami", "ostrich", "oxygen", "paddle", "palace",
    "panda", "parasol", "passport", "pasture", "pavilion", "pelican", "pencil", "penguin",
    "pergola", "pillow", "planet", "platypus", "postcard", "pottery", "primrose", "puzzle",
    "pyramid", "radio", "railway", "rainbow", "reindeer", "ribbon", "rooftop", "rowboat",
    "sailboat", "sapphire", "satchel", "saturn", "scooter", "seagull", "seashell", "shelter",
    "shoelace", "signal", "silver", "sketch", "skylark", "slipper", "snowfall", "sofa",
    "spaniel", "sparrow", "spring", "spruce", "suitcase", "sundial", "sunrise", "swan",
    "symphony", "tandem", "tapestry", "tartan", "teapot", "telegram", "tennis", "terrace",
    "thimble", "timber", "topaz", "toucan", "tractor", "treetop", "trellis", "triangle",
    "trolley", "tulip", "tunnel", "turtle", "twilight", "umbrella", "upstairs", "vacation",
    "valley", "veranda", "village", "violin", "vista", "voyage", "weekend", "whistle",
    "window", "winter", "wombat", "woodland", "workshop", "yearbook", "zenith", "zigzag",
];

#[cfg(test)]
mod tests {
    use super::WORDS;

    #[test]
    fn they_are_short_sorted_and_told_apart_by_their_first_four_letters() {
        assert!(WORDS.is_sorted_by(|a, b| a[..4] < b[..4]));
        for word in WORDS {
            assert!((4..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word}");
        }
    }

    /// Spelling is a rough guide to sound. Three letters or more differ between any two, and so do the consonants with
    /// those merged that are easily misheard.
    #[test]
    fn no_two_sound_alike() {
        for (at, one) in WORDS.iter().enumerate() {
            for other in &WORDS[at + 1..] {
                assert!(letters_that_differ(one, other) >= 3, "{one} {other}");
                assert_ne!(consonants(one), consonants(other), "{one} {other}");
            }
        }
    }

    fn letters_that_differ(one: &str, other: &str) -> usize {
        let mut row: Vec<usize> = (0..=other.len()).collect();
        for (at, a) in one.bytes().enumerate() {
            let mut diagonal = std::mem::replace(&mut row[0], at + 1);
            for (to, b) in other.bytes().enumerate() {
                let kept = diagonal + usize::from(a != b);
                diagonal = row[to + 1];
                row[to + 1] = kept.min(diagonal + 1).min(row[to] + 1);
            }
        }
        row[other.len()]
    }

    fn consonants(word: &str) -> String {
        let mut heard: Vec<char> = word
            .replace("ph", "f")
            .replace("ck", "k")
            .replace("ch", "j")
            .replace("sh", "j")
            .chars()
            .enumerate()
            .filter_map(|(at, letter)| match letter {
                'a' | 'e' | 'i' | 'o' | 'u' if at == 0 => Some('a'),
                'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'w' if at > 0 => None,
                'b' | 'p' => Some('p'),
                'd' | 't' => Some('t'),
                'c' | 'g' | 'k' | 'q' => Some('k'),
                'f' | 'v' => Some('f'),
                'm' | 'n' => Some('m'),
                's' | 'z' | 'x' => Some('s'),
                other => Some(other),
            })
            .collect();
        heard.dedup();
        heard.into_iter().collect()
    }
}
