//! Notices that files were saved.
//!
//! By looking at modification times again and again, since what systems report of themselves cannot
//! be relied on: nothing comes from network drives, from folders shared with a container or from
//! Windows' side of WSL, and editors that save by renaming lose a watched file. A look at some
//! hundred files takes about a millisecond.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use crate::source::{self, Stamps};

/// The pause between two looks at what people write.
const SOON: Duration = Duration::from_millis(50);
/// The pause between two looks at releases and rules, which change by the week.
const SELDOM: Duration = Duration::from_millis(500);
/// A look may take one part in so many of the time, however many files there are.
const SHARE: u32 = 20;
/// Editors save in steps: a change counts when nothing more happened for so long.
const CALM: Duration = Duration::from_millis(15);
/// A file that never comes to rest is not waited for.
const MOST_LOOKS: usize = 20;

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// What the team writes.
    Written,
    /// The release, or what others say of it.
    Data,
}

/// The files that a site is made from, and how they were when last looked at.
#[derive(Debug)]
pub struct Watch {
    written: Group,
    data: Group,
}

impl Watch {
    /// Watches files and folders, from how they are now.
    pub fn new(written: Vec<PathBuf>, data: Vec<PathBuf>) -> Watch {
        Watch {
            written: Group::new(written, SOON),
            data: Group::new(data, SELDOM),
        }
    }

    /// Watches these from now on; what is watched already stays as it was last seen.
    pub fn follow(&mut self, written: Vec<PathBuf>, data: Vec<PathBuf>) {
        for (group, paths) in [(&mut self.written, written), (&mut self.data, data)] {
            if group.paths != paths {
                *group = Group::new(paths, group.pause);
            }
        }
    }

    /// Waits for the next change.
    pub fn wait(&mut self) -> Change {
        loop {
            if self.written.has_changed() {
                return Change::Written;
            }
            if self.data.has_changed() {
                return Change::Data;
            }
            let due = self.written.due.min(self.data.due);
            thread::sleep(due.saturating_duration_since(Instant::now()));
        }
    }
}

/// Files that are looked at together.
#[derive(Debug)]
struct Group {
    paths: Vec<PathBuf>,
    pause: Duration,
    seen: Stamps,
    due: Instant,
}

impl Group {
    fn new(paths: Vec<PathBuf>, pause: Duration) -> Group {
        Group {
            seen: source::stamps(&paths),
            paths,
            pause,
            due: Instant::now() + pause,
        }
    }

    /// Looks, if it is time to.
    fn has_changed(&mut self) -> bool {
        let start = Instant::now();
        if start < self.due {
            return false;
        }
        let mut now = source::stamps(&self.paths);
        self.due = start + self.pause.max(start.elapsed() * SHARE);
        if now == self.seen {
            return false;
        }
        for _ in 0..MOST_LOOKS {
            thread::sleep(CALM);
            let later = source::stamps(&self.paths);
            let is_calm = later == now;
            now = later;
            if is_calm {
                break;
            }
        }
        self.seen = now;
        true
    }
}
