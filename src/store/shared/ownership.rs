//! The lock that says who the synchronizer of a name is (R18).
//!
//! A synchronizer holds it alone, for its life. Who only takes a region away, the last to leave it or a collector, shares
//! it for a moment. So whoever is refused it can tell the two apart, however long that moment lasts.
//!
//! A lock that nobody uses is removed, by who then holds it alone. So whoever has got a lock looks whether its path still
//! leads to it, and a synchronizer marks the file by its length: one that is held and not marked is being removed.

use super::descent::Note;
use super::directory::leads_to;
use super::lock_file::{Held, open_existing, open_lock_file};
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
/// The length of a lock's file while a synchronizer holds it. A longer one is a file of the user's that has the name of the
/// lock of a `persist` path: it is locked, and otherwise left alone.
const MARK: u64 = 1;

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
        let length = |lock: &File| lock.metadata().map(|file| file.len()).map_err(io);
        let deadline = Instant::now() + PATIENCE;
        let lock = loop {
            let lock = open_lock_file(path).map_err(io)?;
            match lock.try_lock() {
                Ok(()) if leads_to(path, &lock) => {
                    if length(&lock)? == 0 {
                        lock.set_len(MARK).map_err(io)?;
                    }
                    break lock;
                }
                // Removed since it was opened.
                Ok(()) => continue,
                Err(TryLockError::Error(source)) => return Err(io(source)),
                Err(TryLockError::WouldBlock) => {}
            }
            match lock.try_lock_shared() {
                Err(TryLockError::Error(source)) => return Err(io(source)),
                Err(TryLockError::WouldBlock) if length(&lock)? > 0 => {
                    return Err(Error::EndpointInUse { id: id.into() });
                }
                // Not a synchronizer, or not yet: it will go, or mark the file.
                Err(TryLockError::WouldBlock) => {}
                Ok(()) => lock.unlock().map_err(io)?,
            }
            drop(lock);
            if Instant::now() > deadline {
                return Err(io(std::io::Error::new(
                    std::io::ErrorKind::TimedOut,
                    "a process that takes regions away holds it and does not run",
                )));
            }
            std::thread::sleep(BETWEEN_LOOKS);
        };
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
pub fn while_nobody_owns(path: &Path) -> Option<Held> {
    loop {
        let lock = Held::share(open_lock_file(path).ok()?).ok()?;
        if leads_to(path, lock.file()) {
            return Some(lock);
        }
    }
}

/// Removes a lock that nobody holds, if `is_unused` says so, which is asked while nobody can take it. Only where an open
/// file can be told from one that has taken its place: elsewhere locks stay.
pub fn remove_lock(path: &Path, is_unused: impl FnOnce() -> bool) {
    if !cfg!(unix) {
        return;
    }
    let Ok(lock) = open_existing(path) else { return };
    if lock.metadata().map_or(true, |file| file.len() > MARK) || lock.try_lock_shared().is_err() {
        return;
    }
    // The mark of one that was killed. Whoever meets the file from here on, until it is gone, waits.
    let _ = lock.set_len(0);
    let _ = lock.unlock();
    if lock.try_lock().is_ok() {
        if leads_to(path, &lock) && is_unused() {
            let _ = std::fs::remove_file(path);
        }
        let _ = lock.unlock();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

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

    /// Leaves those who start room between those who take away.
    const PAUSE: Duration = Duration::from_micros(20);

    #[test]
    fn r18_a_lock_that_is_removed_again_and_again_has_one_owner_at_a_time_and_nobody_is_refused_for_its_removal() {
        let directory = tempfile::tempdir().unwrap();
        let path = &directory.path().join("test.lock");
        let (owners, taken, over) = (&AtomicUsize::new(0), &AtomicUsize::new(0), &AtomicBool::new(false));
        std::thread::scope(|threads| {
            let starters = [(); 3].map(|()| {
                threads.spawn(move || {
                    for _ in 0..500 {
                        let owner = match Ownership::take(path, "test") {
                            Ok(owner) => owner,
                            Err(error) => {
                                assert_eq!(error.code(), "ERR_PSC_ENDPOINT_IN_USE");
                                continue;
                            }
                        };
                        assert_eq!(owners.fetch_add(1, Ordering::SeqCst), 0, "there are two owners");
                        taken.fetch_add(1, Ordering::SeqCst);
                        std::thread::yield_now();
                        assert_eq!(owners.fetch_sub(1, Ordering::SeqCst), 1, "there were two owners");
                        owner.give_back();
                    }
                })
            });
            for _ in 0..2 {
                threads.spawn(|| {
                    while !over.load(Ordering::SeqCst) {
                        remove_lock(path, || true);
                        std::thread::sleep(PAUSE);
                    }
                });
                threads.spawn(|| {
                    while !over.load(Ordering::SeqCst) {
                        if let Some(_moment) = while_nobody_owns(path) {
                            assert_eq!(owners.load(Ordering::SeqCst), 0, "somebody owns it");
                        }
                        std::thread::sleep(PAUSE);
                    }
                });
            }
            let ended = starters.map(|starter| starter.join());
            over.store(true, Ordering::SeqCst);
            for end in ended {
                end.unwrap();
            }
        });
        assert!(taken.load(Ordering::SeqCst) > 0);
        remove_lock(path, || true);
        assert!(!path.exists());
    }

    #[test]
    fn r18_who_removes_a_lock_is_waited_for_and_not_taken_for_a_synchronizer() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.lock");
        // As one that was killed left it.
        std::fs::write(&path, "1").unwrap();
        let mut starter = None;
        remove_lock(&path, || {
            let path = path.clone();
            starter = Some(std::thread::spawn(move || Ownership::take(&path, "test")));
            std::thread::sleep(Duration::from_millis(100));
            true
        });
        starter.unwrap().join().unwrap().unwrap();
    }

    #[test]
    fn r34_a_users_file_that_has_the_name_of_a_lock_is_neither_changed_nor_removed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("yarn.lock");
        std::fs::write(&path, "# yarn lockfile v1").unwrap();
        let owner = Ownership::take(&path, "test").unwrap();
        assert_eq!(Ownership::take(&path, "test").unwrap_err().code(), "ERR_PSC_ENDPOINT_IN_USE");
        owner.give_back();
        remove_lock(&path, || true);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "# yarn lockfile v1");
    }
}
