//! Names of what can be chosen, as they stand in everything saved and in the keys of texts.

/// Gives an enum its values in the order of a screen, and each of them a name.
macro_rules! names {
    ($type:ty { $($value:path = $name:literal),+ $(,)? }) => {
        impl $type {
            /// All, in the order of a screen.
            pub const ALL: &'static [Self] = &[$($value),+];

            /// Its name, which stays as it is: in what is saved, and in the keys of texts.
            pub const fn name(self) -> &'static str {
                match self { $($value => $name),+ }
            }

            /// The one with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

pub(crate) use names;
