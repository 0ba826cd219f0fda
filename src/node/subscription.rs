//! Tells JavaScript that the feed has something for a hub or for listeners. Carries no data: JavaScript polls those.

use super::changes::Changes;
use super::hub::Hub;
use super::region::Region;
use crate::guard;
use crate::store::{Store, shared};
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Result, Status};
use napi_derive::napi;
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::time::Duration;

/// Longest sleep between two looks at the feed, should a bell ever be missed.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

// Weak: a subscriber keeps no process alive.
type Callback = ThreadsafeFunction<(), (), (), Status, false, true>;

#[derive(Default)]
struct State {
    /// JavaScript was told and has not polled until nothing was left.
    told: bool,
    closed: bool,
}

struct Shared {
    region: Arc<shared::Region>,
    /// How far whoever is told has read.
    cursor: Box<dyn Fn() -> u64 + Send + Sync>,
    state: Mutex<State>,
    changed: Condvar,
}

/// A subscriber of the feed: a thread that sleeps until the doorbell rings.
#[napi]
pub struct Subscription {
    shared: Arc<Shared>,
}

#[napi]
impl Subscription {
    /// Calls `callback` once when something follows the hub's cursor, and again only after `rearm()`.
    #[napi(factory, ts_args_type = "region: Region, hub: Hub, callback: () => void")]
    pub fn start(region: &Region, hub: &Hub, callback: Function<'_, (), ()>) -> Result<Self> {
        let hub = hub.shared().clone();
        Self::begin(region, Box::new(move || hub.cursor()), callback)
    }

    /// Calls `callback` once when something follows the cursor of what is read for listeners, and again only after
    /// `rearm()`.
    #[napi(factory, ts_args_type = "region: Region, changes: Changes, callback: () => void")]
    pub fn follow(region: &Region, changes: &Changes, callback: Function<'_, (), ()>) -> Result<Self> {
        Self::begin(region, changes.cursor(), callback)
    }

    fn begin(
        region: &Region,
        cursor: Box<dyn Fn() -> u64 + Send + Sync>,
        callback: Function<'_, (), ()>,
    ) -> Result<Self> {
        let callback: Callback = callback.build_threadsafe_function().weak::<true>().build()?;
        let region = region.shared().clone();
        region.listen(true);
        let shared = Arc::new(Shared { region, cursor, state: Mutex::default(), changed: Condvar::new() });
        let thread = shared.clone();
        std::thread::Builder::new().name("psc-feed".into()).spawn(move || {
            guard::service("the thread that follows changes", || thread.run(&callback));
            thread.region.listen(false);
        })?;
        Ok(Self { shared })
    }

    /// The hub was polled until nothing was left.
    #[napi]
    pub fn rearm(&self) {
        self.shared.state.lock().told = false;
        self.shared.changed.notify_all();
    }

    /// Ends the subscription. Any number of calls is one.
    #[napi]
    pub fn close(&self) {
        self.shared.close();
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        guard::noted("the end of a subscription", || self.shared.close());
    }
}

impl Shared {
    fn close(&self) {
        if !std::mem::replace(&mut self.state.lock().closed, true) {
            self.changed.notify_all();
            self.region.wake();
        }
    }

    fn run(&self, callback: &Callback) {
        loop {
            {
                let mut state = self.state.lock();
                while state.told && !state.closed {
                    self.changed.wait(&mut state);
                }
                if state.closed {
                    return;
                }
            }
            fail_point!("feed:look");
            let retired = self.region.is_retired();
            if retired || self.region.wait_for_changes((self.cursor)(), LONGEST_SLEEP) || self.region.is_retired() {
                self.state.lock().told = true;
                if callback.call((), ThreadsafeFunctionCallMode::NonBlocking) != Status::Ok {
                    return;
                }
            }
        }
    }
}
