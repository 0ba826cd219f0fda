//! Bringing a persisted region to the disk, now and then (R33).
//!
//! What processes have written is the kernel's from then on, and survives the end of all of them. This is for the end of
//! the operating system.

use super::checksum;
use super::layout::header;
use super::region::Region;
use crate::clock::wall_ms;
use crate::error::{Error, Result};
use crate::guard;
use parking_lot::{Condvar, Mutex};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often. So much of what was written last may be missing after a crash of the operating system.
const INTERVAL: Duration = Duration::from_secs(1);
/// Bytes of a reading of both clocks.
const READING: usize = 24;

/// A thread of its own, because the disk may take its time, and members who die must not wait for it. Ends when dropped,
/// after what it is doing.
#[derive(Debug)]
pub struct Flusher(Arc<Ending>);

#[derive(Debug, Default)]
struct Ending {
    over: Mutex<bool>,
    woken: Condvar,
}

impl Flusher {
    /// Flushes whatever region is in there.
    pub fn start(region: &Arc<Mutex<Arc<Region>>>) -> Self {
        let ending = Arc::new(Ending::default());
        let (theirs, region) = (ending.clone(), Arc::downgrade(region));
        // Without a thread the kernel still writes, only later.
        let _ = std::thread::Builder::new().name("psc-flusher".into()).spawn(move || {
            guard::service("the thread that brings the cache to the disk", || run(&theirs, &region));
        });
        Self(ending)
    }
}

impl Drop for Flusher {
    fn drop(&mut self) {
        *self.0.over.lock() = true;
        self.0.woken.notify_all();
    }
}

fn run(ending: &Ending, region: &Weak<Mutex<Arc<Region>>>) {
    let mut flushed = None;
    loop {
        let mut over = ending.over.lock();
        if !*over {
            ending.woken.wait_for(&mut over, INTERVAL);
        }
        if *over {
            return;
        }
        drop(over);
        fail_point!("flush:look");
        let Some(region) = region.upgrade() else { return };
        let region = region.lock().clone();
        // A disk must not be kept awake by a region in which nothing happens.
        let written = (region.region_id(), region.map.word(header::TAIL).load(Ordering::Relaxed));
        if flushed != Some(written) && region.flush().is_ok() {
            flushed = Some(written);
        }
    }
}

impl Region {
    /// Has everything written so far brought to the disk, if the region is persisted, and waits for it.
    ///
    /// ## Errors
    /// [`Error::Io`].
    pub fn flush(&self) -> Result<()> {
        if !self.persisted {
            return Ok(());
        }
        self.note_clocks();
        self.map.flush().map_err(Error::io("Writing the region to the disk", &self.path))
    }

    /// Notes what the boot-time clock and the wall clock say, in place of the older of two such notes: one of them is
    /// whole, whenever the machine stops.
    fn note_clocks(&self) {
        let word = |slot: usize, field: usize| self.map.word(header::CLOCKS + slot * READING + field * 8);
        let boot_of = |slot| word(slot, 0).load(Ordering::Relaxed);
        let slot = usize::from(boot_of(1) < boot_of(0));
        let readings = [self.clock.now(), wall_ms()];
        word(slot, 0).store(readings[0], Ordering::Relaxed);
        word(slot, 1).store(readings[1], Ordering::Relaxed);
        word(slot, 2).store(checksum::of_clocks(&self.hasher, readings), Ordering::Relaxed);
    }
}
