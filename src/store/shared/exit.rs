//! The end of a process that runs no finalizers, as by `process.exit()` or an uncaught exception: it leaves its regions
//! all the same, so that the last one takes the file away.

use std::sync::OnceLock;
use std::time::Duration;

/// How long the end waits for each thing that another thread of the process holds. What is not had by then stays as it is
/// after a kill, which the next synchronizer knows how to clear up.
const PATIENCE: Duration = Duration::from_millis(100);

/// Has the regions left when the process exits. Node's own hooks for the end of an environment are passed over by
/// `process.exit()`; what the C library calls is not.
pub fn leave_at_exit() {
    REGISTERED_BY.get_or_init(|| {
        register();
        std::process::id()
    });
}

static REGISTERED_BY: OnceLock<u32> = OnceLock::new();

#[cfg(target_os = "linux")]
fn register() {
    // SAFETY: this is the declaration of ISO C and POSIX, and the C library that std links has it.
    unsafe extern "C" {
        fn atexit(function: extern "C" fn()) -> std::ffi::c_int;
    }
    // SAFETY: `leave_all` takes nothing, returns nothing and does not unwind. It stays callable until the process ends,
    // because the module is never unmapped (build.rs).
    unsafe { atexit(leave_all) };
}

/// Elsewhere it is not certain that the module stays mapped until then.
#[cfg(not(target_os = "linux"))]
fn register() {
    let _ = leave_all;
}

extern "C" fn leave_all() {
    // A copy of the process that was made without `exec` is no member, and its locks are those of the original.
    if REGISTERED_BY.get() != Some(&std::process::id()) {
        return;
    }
    // A panic must not reach C.
    let _ = std::panic::catch_unwind(|| {
        super::ownership::give_all_back(PATIENCE);
        super::leave::leave_all(PATIENCE);
    });
}
