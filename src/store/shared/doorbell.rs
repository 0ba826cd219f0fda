//! The doorbell (R17): wakes those who sleep until something follows their cursor. It carries no data and coalesces:
//! who is woken rereads the feed.

use super::Region;
use super::layout::header;
use std::sync::atomic::{AtomicU32, Ordering, fence};
use std::time::Duration;

impl Region {
    /// After a change was published. Costs a fence while nobody sleeps.
    pub(super) fn ring_the_bell(&self) {
        fence(Ordering::SeqCst);
        self.ring_the_bell_behind_a_fence();
    }

    /// As [`Region::ring_the_bell`], of whoever had a fence since the change was published, as each finished write has.
    pub(super) fn ring_the_bell_behind_a_fence(&self) {
        // Publish, fence, look for sleepers here; arm, fence, look for changes there: one of the two sees the other.
        let armed = self.map.word(header::ARMED);
        if armed.load(Ordering::Relaxed) != 0 && armed.swap(0, Ordering::SeqCst) != 0 {
            fail_point!("bell:disarmed");
            self.wake_all();
        }
    }

    /// Wakes every sleeper of every process.
    pub(super) fn wake_all(&self) {
        let bell = self.map.half_word(header::BELL);
        bell.fetch_add(1, Ordering::SeqCst);
        wake(bell);
    }

    /// See [`crate::store::Store::wait_for_changes`].
    pub(super) fn sleep_until_rung(&self, cursor: u64, timeout: Duration) -> bool {
        let bell = self.map.half_word(header::BELL);
        let seen = bell.load(Ordering::SeqCst);
        self.map.word(header::ARMED).store(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        if self.feed_cursor() > cursor {
            return true;
        }
        sleep(bell, seen, timeout);
        self.feed_cursor() > cursor
    }
}

#[cfg(target_os = "linux")]
/// Wakes all who sleep on a word, whatever their process.
pub(in crate::store) fn wake(bell: &AtomicU32) {
    use rustix::thread::futex;
    // Without the private flag, so that it reaches the sleepers of other processes. It cannot fail on a mapped word.
    let _ = futex::wake(bell, futex::Flags::empty(), i32::MAX as u32);
}

#[cfg(target_os = "linux")]
/// Sleeps while the word is the one that was seen, and not for longer than this. May return early without reason.
pub(in crate::store) fn sleep(bell: &AtomicU32, seen: u32, timeout: Duration) {
    use rustix::thread::futex;
    let timeout =
        futex::Timespec { tv_sec: timeout.as_secs().min(1 << 30) as i64, tv_nsec: timeout.subsec_nanos().into() };
    // Whatever ends the sleep, the caller looks for itself.
    let _ = futex::wait(bell, futex::Flags::empty(), seen, Some(&timeout));
}

// Elsewhere there is no documented way to sleep on a word of another process, so the word is looked at.
#[cfg(not(target_os = "linux"))]
const GLANCE: Duration = Duration::from_millis(1);

#[cfg(not(target_os = "linux"))]
pub(in crate::store) fn wake(_bell: &AtomicU32) {}

#[cfg(not(target_os = "linux"))]
pub(in crate::store) fn sleep(bell: &AtomicU32, seen: u32, timeout: Duration) {
    let deadline = std::time::Instant::now() + timeout;
    while bell.load(Ordering::SeqCst) == seen && std::time::Instant::now() < deadline {
        std::thread::sleep(GLANCE);
    }
}
