//! What is said of a touch: as data, since a wiki says it in its own language.

use std::fmt::{self, Display, Formatter};

use serde::{Serialize, Serializer};

use crate::gaps::fill;

/// A sentence, and what fills its gaps. It is shown and serialised in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Which sentence.
    pub sentence: Sentence,
    /// What fills its gaps, by name.
    values: Vec<(&'static str, String)>,
}

impl Said {
    pub(super) fn new(sentence: Sentence, values: &[(&'static str, &str)]) -> Said {
        let values = values.iter();
        Said {
            sentence,
            values: values
                .map(|&(name, value)| (name, value.to_owned()))
                .collect(),
        }
    }

    /// The sentence in the words of a language.
    pub fn in_words(&self, text: &str) -> String {
        let values = self.values.iter();
        let values: Vec<(&str, &dyn Display)> = values
            .map(|(name, value)| (*name, value as &dyn Display))
            .collect();
        fill(text, &values)
    }
}

impl Display for Said {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.write_str(&self.in_words(self.sentence.english()))
    }
}

impl Serialize for Said {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

macro_rules! sentences {
    ($($name:ident $text:literal)+) => {
        /// Why something is touched, and what to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the texts speak for themselves")]
        pub enum Sentence {
            $($name,)+
        }

        impl Sentence {
            /// Every sentence.
            pub const ALL: &[Sentence] = &[$(Sentence::$name,)+];

            /// Its text in English; backticks mark code.
            pub const fn english(self) -> &'static str {
                match self {
                    $(Sentence::$name => $text,)+
                }
            }
        }
    };
}

sentences! {
    Revoked "`{id}` is revoked in {release}; {successor} stands in its place"
    Abandoned "`{id}` {name} is revoked in {release}, without a successor"
    Moved "`{id}` is `{successor}` in {release}"
    Deprecated "`{id}` {name} is deprecated in {release}"
    Deleted "`{id}` {name} is deleted in {release}"
    TacticRenamed "tactic `{id}`, {was}, is {now} in {release}"
    TacticGone "tactic `{id}` {name} is gone in {release}"
    ShortNameChanged "tactic `{id}` has another short name in {release}"
    NamesOldTactic "the tactic `{name}` is called {now} in {release}"
    NamesGoneTactic "the tactic `{name}` is gone in {release}"
    Renamed "`{id}`, {was}, is called {now} in {release}"
    LeftTactic "`{id}` is not in the tactic {list} any more in {release}"
    Unseen "`{id}` is not seen in {list} any more in {release}"
    NewVersion "`{id}` is at version {now} in {release}, reviewed was {was}"
    WriteSuccessor "write `{id}`, and read the text through"
    WriteId "write `{id}`"
    SayWhatIsMeant "say what is meant today"
    CheckMeaning "see that {name} is still what is meant"
    NameTactics "name the tactics that took its techniques"
    CheckTactic "see which tactic the technique belongs to now"
    CheckTitle "see that the title still fits {name}"
    NowInTactic "it is in {list} now"
    CheckQueries "see that events and queries still hold"
    ReadChanges "read what changed, then set `technique_version: \"{version}\"`"
}
