//! Who uses the region, and who of them lives (R14).
//!
//! A member holds the lock of a file of its own; the kernel drops it when the process ends, whatever ended it.

use super::layout::{Layout, MEMBERS, header};
use super::lock_file::{Probe, open_lock_file, probe};
use super::mapping::Mapping;
use super::process::{Birth, Identity, State};
use crate::error::{Error, Result};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

const GENERATION: usize = 0;
const PID: usize = 8;
const STARTED: usize = 16;
const NAMESPACE: usize = 24;
/// The generation that the member who has the slot has given it; 0 for nobody.
const CLAIMED: usize = 32;
/// What the thread that waits for the member's locks sleeps on (R28).
const LOCK_BELL: usize = 40;
const TIME_NAMESPACE: usize = 48;
const STACK: usize = 56;

/// The members of a region.
#[derive(Clone, Copy, Debug)]
pub struct Members<'a> {
    pub map: &'a Mapping,
    pub layout: &'a Layout,
    /// The folder of their lock files.
    pub folder: &'a Path,
}

/// This process's membership. Dropping it leaves the region, unless the process is killed, which does the same.
#[derive(Debug)]
pub struct Membership {
    pub slot: usize,
    generation: u64,
    lock: File,
}

impl Membership {
    /// What this member writes into the lock word: its slot and its slot's generation (R13).
    pub fn lock_word(&self) -> u64 {
        lock_word(self.slot, self.generation)
    }
}

/// One member's time in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    slot: usize,
    generation: u64,
}

impl Membership {
    /// This membership's own.
    pub fn stay(&self) -> Stay {
        Stay { slot: self.slot, generation: self.generation }
    }
}

fn lock_word(slot: usize, generation: u64) -> u64 {
    (slot as u64 + 1) << 48 | generation & 0xFFFF_FFFF_FFFF
}

/// The slot in a lock word.
pub fn slot_in(lock_word: u64) -> usize {
    ((lock_word >> 48) as usize).wrapping_sub(1)
}

impl<'a> Members<'a> {
    /// What a member's waiting thread sleeps on: a half word, in the slot that an owner's word names.
    pub fn lock_bell(&self, owner: u64) -> Option<&'a std::sync::atomic::AtomicU32> {
        let slot = slot_in(owner);
        (slot < MEMBERS).then(|| self.map.half_word(self.layout.member(slot) + LOCK_BELL))
    }
}

impl Members<'_> {
    fn word(&self, slot: usize, field: usize) -> &std::sync::atomic::AtomicU64 {
        self.map.word(self.layout.member(slot) + field)
    }

    fn path(&self, slot: usize) -> PathBuf {
        self.folder.join(slot.to_string())
    }

    /// Takes the first free slot. One that the lock word names is not free until the lock was taken over, or a dead
    /// owner's slot would look alive; nor is that of a member who lives and has only lost its descriptor (R14).
    ///
    /// ## Errors
    /// [`Error::TooManyProcesses`], [`Error::Io`].
    pub fn claim(&self) -> Result<Membership> {
        for slot in 0..MEMBERS {
            let path = self.path(slot);
            let file = open_lock_file(&path).map_err(Error::io("Opening a member's lock", &path))?;
            match file.try_lock() {
                Ok(()) if !self.is_named_or_lived_in(slot) => {
                    let identity = Identity::own();
                    let generation = self.word(slot, GENERATION).fetch_add(1, Ordering::SeqCst) + 1;
                    self.note(slot, &identity);
                    self.word(slot, CLAIMED).store(generation, Ordering::SeqCst);
                    return Ok(Membership { slot, generation, lock: file });
                }
                Ok(()) | Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(source)) => {
                    return Err(Error::Io { action: "Locking a member's lock", path, source });
                }
            }
        }
        Err(Error::TooManyProcesses { members: MEMBERS })
    }

    fn is_named_or_lived_in(&self, slot: usize) -> bool {
        slot_in(self.map.word(header::LOCK).load(Ordering::SeqCst)) == slot
            || (self.word(slot, CLAIMED).load(Ordering::SeqCst) != 0
                && self.identity(slot).state() == Some(State::Running))
    }

    /// Gives the slot back; the lock goes with the membership.
    pub fn release(&self, membership: &Membership) {
        self.word(membership.slot, GENERATION).fetch_add(1, Ordering::SeqCst);
        self.word(membership.slot, CLAIMED).store(0, Ordering::SeqCst);
        let _ = membership.lock.unlock();
    }

    /// Whether the owner named in a lock word lives. "Cannot tell" is alive.
    pub fn owner_lives(&self, lock_word_seen: u64, own: &Membership) -> bool {
        let slot = slot_in(lock_word_seen);
        if slot == own.slot {
            // Never probed: the probe's closing would not drop our lock (flock), but nor could it tell anything.
            return lock_word_seen == own.lock_word();
        }
        if slot >= MEMBERS {
            return false;
        }
        let generation = self.word(slot, GENERATION).load(Ordering::SeqCst);
        lock_word(slot, generation) == lock_word_seen && self.lives(slot)
    }

    /// Whether such an owner can exist.
    pub fn names_a_slot(owner: u64) -> bool {
        slot_in(owner) < MEMBERS
    }

    /// The pid of the owner named in a lock word, 0 if there is none.
    pub fn owner_pid(&self, lock_word_seen: u64) -> u32 {
        let slot = slot_in(lock_word_seen);
        if slot < MEMBERS { self.word(slot, PID).load(Ordering::Relaxed) as u32 } else { 0 }
    }

    /// The slots that are claimed, by the living or the dead.
    pub fn claimed(&self) -> impl Iterator<Item = usize> + use<'_> {
        (0..MEMBERS).filter(|&slot| self.word(slot, CLAIMED).load(Ordering::SeqCst) != 0)
    }

    /// What the members write where they name themselves.
    pub fn owners(&self) -> impl Iterator<Item = u64> + use<'_> {
        self.claimed().map(|slot| lock_word(slot, self.word(slot, GENERATION).load(Ordering::SeqCst)))
    }

    /// The members that have died and were not buried.
    pub fn dead(&self) -> Vec<Stay> {
        let stay = |slot| Stay { slot, generation: self.word(slot, CLAIMED).load(Ordering::SeqCst) };
        // The generation before the question: whoever takes the slot in between has another one.
        self.claimed().map(stay).filter(|stay| !self.lives(stay.slot)).collect()
    }

    /// Does not count a member any more; claiming never depended on it. One that has its slot by now is spared.
    pub fn bury(&self, stay: Stay) {
        let claimed = self.word(stay.slot, CLAIMED);
        let _ = claimed.compare_exchange(stay.generation, 0, Ordering::SeqCst, Ordering::SeqCst);
    }

    fn note(&self, slot: usize, Identity { birth, time_namespace, stack }: &Identity) {
        let Birth { pid, started, namespace } = birth;
        let noted = [
            (PID, u64::from(*pid)),
            (STARTED, *started),
            (NAMESPACE, *namespace),
            (TIME_NAMESPACE, *time_namespace),
            (STACK, *stack),
        ];
        for (field, value) in noted {
            self.word(slot, field).store(value, Ordering::Relaxed);
        }
    }

    fn identity(&self, slot: usize) -> Identity {
        let load = |field| self.word(slot, field).load(Ordering::Relaxed);
        let birth = Birth { pid: load(PID) as u32, started: load(STARTED), namespace: load(NAMESPACE) };
        Identity { birth, time_namespace: load(TIME_NAMESPACE), stack: load(STACK) }
    }

    /// Whether the member in a claimed slot lives. Its lock is the first witness, and what the kernel says of its process
    /// the second, for a child may have inherited the lock, and a library may have closed our descriptor. Nobody is dead
    /// but by a witness who knows (R14).
    pub fn lives(&self, slot: usize) -> bool {
        match (self.identity(slot).state(), probe(&self.path(slot))) {
            (Some(State::Gone), _) => false,
            (Some(State::Running), _) | (_, Probe::Held | Probe::Unknown) => true,
            (Some(State::Zombie) | None, Probe::Free) => false,
        }
    }

    /// Whether anyone but this member lives.
    pub fn others_live(&self, own: Option<&Membership>) -> bool {
        self.claimed().any(|slot| own.is_none_or(|own| own.slot != slot) && self.lives(slot))
    }
}
