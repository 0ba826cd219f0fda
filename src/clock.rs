//! The clock that expiry uses: milliseconds since boot. Time asleep counts, wall-clock jumps do not (R22).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// An instant in milliseconds since boot. `0` stands for "never" wherever an expiry is meant.
pub type Instant = u64;

const NS_PER_MS: u64 = 1_000_000;

/// Tells the time since boot, or, in tests, the time that the test set.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    manual: Option<Arc<AtomicU64>>,
    /// Added to this process's boot-time clock, so that it agrees with that of another time namespace.
    shift_ms: i64,
}

impl Clock {
    /// The clock of the machine.
    #[must_use]
    pub fn boot() -> Self {
        Self::default()
    }

    /// The clock of the machine as a process whose [`namespace_offset_ms`] is this one sees it.
    #[must_use]
    pub fn boot_in_namespace_of(offset_ms: i64) -> Self {
        Self { manual: None, shift_ms: offset_ms - namespace_offset_ms() }
    }

    /// How much later an instant is on this clock than on another one of this process's.
    pub(crate) fn ms_ahead_of(&self, other: &Self) -> i64 {
        self.shift_ms - other.shift_ms
    }

    /// A clock that stands still until [`Clock::advance`] is called.
    #[must_use]
    pub fn manual(start: Instant) -> Self {
        Self { manual: Some(Arc::new(AtomicU64::new(start))), shift_ms: 0 }
    }

    /// Moves a manual clock, and every clone of it. The clock of the machine goes its own way.
    pub fn advance(&self, ms: u64) {
        if let Some(now) = &self.manual {
            now.fetch_add(ms, Ordering::SeqCst);
        }
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Instant {
        match &self.manual {
            Some(now) => now.load(Ordering::SeqCst),
            None => (boot_time_ns() / NS_PER_MS).saturating_add_signed(self.shift_ms),
        }
    }

    /// The first whole millisecond that is not before the present instant.
    fn not_before(&self) -> Instant {
        match &self.manual {
            Some(now) => now.load(Ordering::SeqCst),
            None => boot_time_ns().div_ceil(NS_PER_MS).saturating_add_signed(self.shift_ms),
        }
    }

    /// The instant `ttl_ms` from now. Not finite or absurdly far means never; zero or less means at once.
    #[must_use]
    pub fn after(&self, ttl_ms: f64) -> Instant {
        // Ten thousand years: beyond it nobody means an instant.
        const FAR: f64 = 1e4 * 365.25 * 864e5;
        if ttl_ms.is_nan() || ttl_ms >= FAR {
            return 0;
        }
        // Positive and below FAR, so the cast is exact enough and in range. Both parts are rounded up: an entry lives as long
        // as it was given, or a moment longer.
        (self.not_before() + ttl_ms.max(0.0).ceil() as u64).max(1)
    }
}

#[cfg(target_os = "linux")]
fn boot_time_ns() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

// The monotonic clock of macOS goes on while the machine sleeps.
#[cfg(all(unix, not(target_os = "linux")))]
fn boot_time_ns() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

#[cfg(windows)]
fn boot_time_ns() -> u64 {
    // SAFETY: the call takes no arguments and has no preconditions.
    unsafe { windows_sys::Win32::System::SystemInformation::GetTickCount64() * NS_PER_MS }
}

/// How far this process's boot-time clock is set off by its time namespace, in milliseconds (R22).
#[must_use]
pub fn namespace_offset_ms() -> i64 {
    namespace_offset_of("boottime")
}

/// Milliseconds that the machine has run, the same in every process of it: the clock of leases. Time asleep does not
/// count, for then nobody could have renewed anything.
#[must_use]
pub fn running_ms() -> u64 {
    static OFFSET: std::sync::OnceLock<i64> = std::sync::OnceLock::new();
    let offset = *OFFSET.get_or_init(|| namespace_offset_of("monotonic"));
    (running_ns() / NS_PER_MS).saturating_add_signed(-offset)
}

#[cfg(unix)]
fn running_ns() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

#[cfg(windows)]
fn running_ns() -> u64 {
    boot_time_ns()
}

/// By how much the time namespace of this process sets off one of its clocks, in milliseconds.
fn namespace_offset_of(clock: &str) -> i64 {
    let offsets = std::fs::read_to_string("/proc/self/timens_offsets").unwrap_or_default();
    let offset = offsets.lines().find_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        (fields.next()? == clock).then_some(())?;
        let seconds: i64 = fields.next()?.parse().ok()?;
        let nanoseconds: i64 = fields.next()?.parse().ok()?;
        Some(seconds * 1000 + nanoseconds / 1_000_000)
    });
    offset.unwrap_or(0)
}

/// Milliseconds since 1970, as the machine's wall clock has it now. It jumps.
#[must_use]
pub fn wall_ms() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_millis() as u64
}

/// Names the current boot, so that a file of an earlier one is not taken for a living region (R18).
#[must_use]
pub fn boot_id() -> [u8; 16] {
    #[cfg(target_os = "linux")]
    if let Ok(text) = std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        && let Ok(id) = uuid::Uuid::parse_str(text.trim())
    {
        return id.into_bytes();
    }
    // Elsewhere the moment of boot stands for it, in minutes, because it is computed from two clocks.
    let wall = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let booted_minutes = (wall.as_millis() as u64).saturating_sub(boot_time_ns() / NS_PER_MS) / 60_000;
    let mut id = [0; 16];
    id[..8].copy_from_slice(&booted_minutes.to_le_bytes());
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_stands_still_until_it_is_advanced() {
        let clock = Clock::manual(100);
        let same = clock.clone();
        assert_eq!(clock.now(), 100);
        same.advance(5);
        assert_eq!(clock.now(), 105);
    }

    #[test]
    fn ttls_that_are_not_finite_never_expire_and_negative_ones_expire_at_once() {
        let clock = Clock::manual(100);
        assert_eq!(clock.after(f64::INFINITY), 0);
        assert_eq!(clock.after(f64::NAN), 0);
        assert_eq!(clock.after(-5.0), 100);
        assert_eq!(clock.after(0.2), 101);
    }

    #[test]
    fn the_boot_keeps_its_name() {
        assert_eq!(boot_id(), boot_id());
        assert_ne!(boot_id(), [0; 16]);
    }
}
