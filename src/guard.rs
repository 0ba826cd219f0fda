//! A panic of ours ends no application and no service: it becomes an error with a code, is noted for who may warn of it, and
//! what was running goes on.
//!
//! A panic is a bug. But a process that uses a cache must outlive a bug in the cache.

use crate::error::{Error, Result};
use parking_lot::Mutex;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// Most faults that wait to be told.
const MOST: usize = 16;
/// How long a service rests after a fault, the first time and at most: one that fails at once fails again.
const FIRST_REST: Duration = Duration::from_millis(10);
const LONGEST_REST: Duration = Duration::from_secs(1);

static FAULTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Runs something whose panic becomes [`Error::Internal`]. What it holds is dropped as the stack unwinds, locks included.
///
/// ## Errors
/// [`Error::Internal`].
pub fn caught<T>(place: &'static str, run: impl FnOnce() -> T) -> Result<T> {
    // Shared state is atomics and locks that are not poisoned; a write that ends in the middle is repaired by the next one.
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| Error::Internal { place, reason: reason_of(&*panic) })
}

/// Runs a service until it returns, and again, after a rest, whenever it panics. Each panic is noted.
pub fn service(place: &'static str, mut run: impl FnMut()) {
    let mut rest = FIRST_REST;
    while let Err(fault) = caught(place, &mut run) {
        note(fault.to_string());
        std::thread::sleep(rest);
        rest = (rest * 2).min(LONGEST_REST);
    }
}

/// Runs something that nobody waits for, such as the end of an object; a panic is noted.
pub fn noted(place: &'static str, run: impl FnOnce()) {
    if let Err(fault) = caught(place, run) {
        note(fault.to_string());
    }
}

/// Notes a fault that nobody could be told of as an error.
pub fn note(fault: String) {
    let mut faults = FAULTS.lock();
    if faults.len() < MOST {
        faults.push(fault);
    }
}

/// The faults that were noted since this was asked last.
pub fn take_faults() -> Vec<String> {
    std::mem::take(&mut FAULTS.lock())
}

fn reason_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "of unknown kind".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_that_says_where_and_why() {
        let error = caught("a test", || panic!("on purpose: {}", 1)).unwrap_err();
        assert_eq!(error.code(), "ERR_PSC_INTERNAL");
        assert!(error.to_string().contains("a test") && error.to_string().contains("on purpose: 1"), "{error}");
        assert_eq!(caught("a test", || 1).unwrap(), 1);
    }

    #[test]
    fn a_service_that_panics_goes_on_and_the_fault_is_noted_once() {
        let mut runs = 0;
        service("a service of this test", || {
            runs += 1;
            assert!(runs > 2, "run {runs}");
        });
        assert_eq!(runs, 3);
        let noted = take_faults().into_iter().filter(|fault| fault.contains("a service of this test")).count();
        assert_eq!(noted, 2);
    }
}
