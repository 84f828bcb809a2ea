use crate::OtherJson;
use std::fmt;

/// A part of an answer that was left out because it was not understood.
///
/// A member reads as absent then, and an item is missing from its list. `Debug` prints the place and not the JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct Unread {
    path: Box<str>,
    count: usize,
    json: Option<OtherJson>,
}

impl Unread {
    pub(crate) fn one(path: String, json: Option<OtherJson>) -> Self {
        Self { path: path.into(), count: 1, json }
    }

    pub(crate) fn more(path: String, count: usize) -> Self {
        Self { path: path.into(), count, json: None }
    }

    /// Where it stood, such as `data[3].enabled`, or `data[*].enabled` for all that are counted together.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// How many places it stands for.
    ///
    /// 1 for each of the first 1,000 places of an answer; the others are counted by their kind of place.
    pub fn count(&self) -> usize {
        self.count
    }

    /// What stood there; `None` where several places are counted together.
    pub fn json(&self) -> Option<&OtherJson> {
        self.json.as_ref()
    }
}

/// The answer of a list, which tells what it lacks.
pub(crate) trait TellsUnread {
    fn tell(&mut self, unread: &[Unread]);
}

/// Implements [`TellsUnread`] for types with a member `unread`.
macro_rules! tells_unread {
    ($($name:ident $(<$($parameter:ident),+>)?),+ $(,)?) => { $(
        impl $(<$($parameter),+>)? $crate::types::TellsUnread for $name $(<$($parameter),+>)? {
            fn tell(&mut self, unread: &[$crate::Unread]) {
                self.unread = unread.to_vec();
            }
        }
    )+ };
}

pub(crate) use tells_unread;

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unread").field("path", &self.path).field("count", &self.count).finish_non_exhaustive()
    }
}
