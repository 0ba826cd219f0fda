//! Places at which a test kills the process. Compiled in only with the `failpoints` feature.

/// Names a place between two stores. `PSC_FAILPOINT=name` or `name#n` kills the process there, the n-th time;
/// with `PSC_FAILPOINT_SIGNAL=STOP` it stops it, as a debugger would, and with `PANIC` it panics, as a bug would.
macro_rules! fail_point {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        $crate::store::shared::failpoint::reached($name);
    };
}

/// Every name on the way of a write, so that a test can go through all of them.
#[cfg(feature = "failpoints")]
pub const NAMES: &[&str] = &[
    "step:intended",
    "step:stored",
    "step:counting",
    "room:copied",
    "room:tail",
    "room:swung",
    "room:cleared",
    "room:head",
    "set:locked",
    "set:pad",
    "set:header",
    "set:bytes",
    "set:tail",
    "set:word",
    "set:published",
    "set:flights",
    "set:unlocked",
    "bell:disarmed",
];

/// Every name on the way of a lock (R25 to R29).
#[cfg(feature = "failpoints")]
pub const LOCK_NAMES: &[&str] =
    &["lock:claimed", "lock:written", "lock:choosing", "lock:numbered", "lock:queued", "lock:freed"];

#[cfg(feature = "failpoints")]
pub fn reached(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static TARGET: OnceLock<Option<(String, AtomicU64)>> = OnceLock::new();
    let target = TARGET.get_or_init(|| {
        let text = std::env::var("PSC_FAILPOINT").ok()?;
        let (name, count) = match text.rsplit_once('#') {
            Some((name, count)) => (name.to_owned(), count.parse().unwrap_or(1)),
            None => (text, 1),
        };
        Some((name, AtomicU64::new(count)))
    });
    if let Some((wanted, left)) = target
        && wanted == name
        && left.fetch_sub(1, Ordering::Relaxed) == 1
    {
        let signal = std::env::var_os("PSC_FAILPOINT_SIGNAL");
        assert!(signal.as_deref().is_none_or(|signal| signal != "PANIC"), "on purpose at {name}");
        #[cfg(unix)]
        {
            use rustix::process::{Signal, getpid, kill_process};
            let stop = signal.is_some_and(|signal| signal == "STOP");
            let _ = kill_process(getpid(), if stop { Signal::STOP } else { Signal::KILL });
            if stop {
                // Whichever thread takes the signal stops the others a moment later; this one must not get on till then.
                std::thread::sleep(std::time::Duration::from_millis(200));
                return;
            }
        }
        std::process::abort();
    }
}
