//! Words for how somebody is: of feelings and of the body. Their texts come by these ids; people add words of their own.

/// Feelings, in the order of a screen. Ids stand in what people have saved: the list only grows.
pub const FEELINGS: &[&str] = &[
    "calm",
    "close",
    "content",
    "playful",
    "tender",
    "relieved",
    "loved",
    "safe",
    "grateful",
    "joyful",
    "seen",
    "energised",
    "elated",
    "sleepy",
    "tired",
    "exhausted",
    "vulnerable",
    "tearful",
    "numb",
    "anxious",
    "overwhelmed",
    "confused",
    "uncertain",
    "insecure",
    "irritable",
    "distant",
    "disconnected",
    "used",
    "lonely",
    "disappointed",
    "ashamed",
    "sad",
];

/// Feelings that are answered gently: all of this happens, whatever the desire or satisfaction was.
pub const LOW: &[&str] = &[
    "exhausted",
    "vulnerable",
    "tearful",
    "numb",
    "anxious",
    "overwhelmed",
    "confused",
    "uncertain",
    "insecure",
    "irritable",
    "distant",
    "disconnected",
    "used",
    "lonely",
    "disappointed",
    "ashamed",
    "sad",
];

/// How a body can be.
pub const BODY: &[&str] = &["warm", "cold", "tense", "sore", "sensitive", "shaky", "thirsty", "hungry"];
