//! The lock that says who the synchronizer of a name is (R18).
//!
//! A synchronizer holds it alone, for its life. Who only takes a region away, the last to leave it or a collector, shares
//! it for a moment. So whoever is refused it can tell the two apart, however long that moment lasts.

use super::descent::Note;
use super::members::open_lock_file;
use crate::error::{Error, Result};
use parking_lot::Mutex;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// How far apart it is looked whether those who share the lock have gone.
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);
/// How long they are waited for: they work for well under a millisecond, if they run.
const PATIENCE: Duration = Duration::from_secs(5);

/// The ownerships of this process, for its end.
static HELD: Mutex<Vec<Weak<Ownership>>> = Mutex::new(Vec::new());

/// The right to own the region of a name.
#[derive(Debug)]
pub struct Ownership {
    lock: File,
    /// Whether the region is not to be looked after any more. Locked while it is.
    over: Mutex<bool>,
    /// Tells descendants the name. Goes with this.
    note: Mutex<Option<Note>>,
}

impl Ownership {
    /// Takes the lock, which the user knows as `id`.
    ///
    /// ## Errors
    /// [`Error::EndpointInUse`] if a synchronizer has it, [`Error::Io`].
    pub fn take(path: &Path, id: &str) -> Result<Arc<Self>> {
        let io = |source| Error::Io { action: "Taking the synchronizer's lock", path: path.into(), source };
        let lock = open_lock_file(path).map_err(io)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(source)) => return Err(io(source)),
                Err(TryLockError::WouldBlock) => {}
            }
            match lock.try_lock_shared() {
                Err(TryLockError::Error(source)) => return Err(io(source)),
                Err(TryLockError::WouldBlock) => return Err(Error::EndpointInUse { id: id.into() }),
                // Not a synchronizer, then: it will go.
                Ok(()) => lock.unlock().map_err(io)?,
            }
            if Instant::now() > deadline {
                return Err(io(std::io::Error::new(
                    std::io::ErrorKind::TimedOut,
                    "a process that takes regions away holds it and does not run",
                )));
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
        let taken = Arc::new(Self { lock, over: Mutex::new(false), note: Mutex::new(None) });
        let mut held = HELD.lock();
        held.retain(|ownership| ownership.strong_count() > 0);
        held.push(Arc::downgrade(&taken));
        Ok(taken)
    }

    /// Keeps a note for as long as this lasts.
    pub fn keep(&self, note: Option<Note>) {
        *self.note.lock() = note;
    }

    /// Calls `look` again and again, and `rest` in between with what says whether this is over, until it is. Whoever ends
    /// it wakes who rests.
    pub fn each_round(&self, mut look: impl FnMut(), mut rest: impl FnMut(&dyn Fn() -> bool)) {
        loop {
            let over = self.over.lock();
            if *over {
                return;
            }
            look();
            drop(over);
            rest(&|| *self.over.lock());
        }
    }

    /// Ends the rounds; the one under way goes on.
    pub fn end(&self) {
        *self.over.lock() = true;
    }

    /// Gives the lock back. Unlocking reaches copies of the descriptor too, such as the one that a child has between fork
    /// and exec; closing would not.
    pub fn give_back(&self) {
        *self.note.lock() = None;
        let _ = self.lock.unlock();
    }
}

/// Gives back what this process owns, at its end, when its threads may be anywhere: none of them looks after a region from
/// here on. What is not had within `patience` stays as it is, as when the process is killed.
pub fn give_all_back(patience: Duration) {
    let Some(held) = HELD.try_lock_for(patience) else { return };
    for ownership in held.iter().filter_map(Weak::upgrade) {
        if let Some(over) = ownership.over.try_lock_for(patience) {
            // Never unlocked again: the thread that looks after the region stays where it waits.
            std::mem::forget(over);
            if let Some(mut note) = ownership.note.try_lock_for(patience) {
                *note = None;
            }
            let _ = ownership.lock.unlock();
        }
    }
}

/// Shares the lock for a moment, in which no synchronizer starts: `None` if there is one. Held until dropped.
pub fn while_nobody_owns(path: &Path) -> Option<File> {
    let lock = open_lock_file(path).ok()?;
    lock.try_lock_shared().ok()?;
    Some(lock)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn r18_who_only_takes_a_region_away_is_waited_for_and_a_synchronizer_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.lock");
        let collectors = [while_nobody_owns(&path).unwrap(), while_nobody_owns(&path).unwrap()];
        let starter = std::thread::spawn({
            let path = path.clone();
            move || Ownership::take(&path, "test")
        });
        // Far longer than a collector takes that runs.
        std::thread::sleep(Duration::from_millis(300));
        assert!(!starter.is_finished());
        drop(collectors);
        let owner = starter.join().unwrap().unwrap();
        assert!(while_nobody_owns(&path).is_none());
        let refused = Instant::now();
        assert_eq!(Ownership::take(&path, "test").unwrap_err().code(), "ERR_PSC_ENDPOINT_IN_USE");
        assert!(refused.elapsed() < PATIENCE);
        owner.give_back();
        assert!(while_nobody_owns(&path).is_some());
    }
}
