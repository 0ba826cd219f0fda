//! Locks in JavaScript.

use super::error::Result;
use super::hub::Hub;
use super::region::Region;
use super::text::Text;
use crate::entry::Scope;
use crate::guard;
use crate::store::locks::{self, Ask, Desk, Ground, Hash, Kind, Turn, Waker};
use napi::Status;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells the keepers of this process apart: each JavaScript environment is one, or several.
static KEEPERS: AtomicU64 = AtomicU64::new(1);

// Weak: who waits for a lock is kept alive by what it waits with, if at all.
type Callback = ThreadsafeFunction<f64, (), f64, Status, false, true>;

/// The locks of a region, or of a hub's memory, as one JavaScript environment uses them. What it has not freed when it is
/// collected, or when its environment ends, is freed then.
#[napi]
pub struct Locks {
    ground: Arc<dyn Ground>,
    keeper: u64,
    waker: Waker,
}

impl Locks {
    fn new(ground: Arc<dyn Ground>, callback: &Function<'_, f64, ()>) -> napi::Result<Self> {
        let callback: Callback = callback.build_threadsafe_function().weak::<true>().build()?;
        let waker: Waker = Arc::new(move |number| {
            // An environment that ends is told nothing any more.
            let _ = callback.call(number as f64, ThreadsafeFunctionCallMode::NonBlocking);
        });
        Ok(Self { ground, keeper: KEEPERS.fetch_add(1, Ordering::Relaxed), waker })
    }

    fn desk(&self) -> &Desk {
        self.ground.desk()
    }

    fn hash(&self, flight: bool, scope: &Scope, name: &Text) -> Hash {
        locks::hash_of(&*self.ground, if flight { Kind::Flight } else { Kind::Resource }, scope, &name.0)
    }
}

impl Drop for Locks {
    fn drop(&mut self) {
        guard::noted("the end of an environment's locks", || self.desk().dismiss(&*self.ground, self.keeper, None));
    }
}

#[napi]
impl Region {
    /// The locks of this region. `callback` is called with the number of a request when there is something to `take`.
    #[napi(catch_unwind, ts_args_type = "callback: (request: number) => void")]
    pub fn locks(&self, callback: Function<'_, f64, ()>) -> napi::Result<Locks> {
        Locks::new(self.shared().clone(), &callback)
    }
}

#[napi]
impl Hub {
    /// The locks of this hub's store. `callback` is called with the number of a request when there is something to `take`.
    #[napi(catch_unwind, ts_args_type = "callback: (request: number) => void")]
    pub fn locks(&self, callback: Function<'_, f64, ()>) -> napi::Result<Locks> {
        Locks::new(self.ground().clone(), &callback)
    }
}

#[napi]
impl Locks {
    /// Stands in the queues of the names, to hold all of them at once; returns the number of the request. `flight`: they
    /// are one key that is computed, and never meets resources. `holder` is whose `unlock` frees them, `user` with whose
    /// `dismiss` the request ends, `lease` the milliseconds within which `renew` has to come, again and again.
    #[napi(
        catch_unwind,
        ts_args_type = "flight: boolean, scope: string | undefined, names: string[], holder: number, user: number, \
                        lease: number"
    )]
    pub fn queue(
        &self,
        flight: bool,
        scope: Option<Text>,
        names: Vec<Text>,
        holder: f64,
        user: f64,
        lease: f64,
    ) -> Result<f64> {
        let scope = Scope::new(scope.as_ref().map(|text| text.0.as_slice()))?;
        let mut hashes: Vec<Hash> = names.iter().map(|name| self.hash(flight, &scope, name)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        let computed = names.first().filter(|_| flight);
        let flight = computed.map(|name| locks::flight_of(&*self.ground, &scope, &[scope.prefix(), &name.0].concat()));
        let (keeper, waker) = (self.keeper, self.waker.clone());
        let (holder, user, lease) = (holder as u64, user as u64, lease as u64);
        let ask = Ask { hashes, flight, holder, keeper, user, lease, waker };
        Ok(Desk::queue(&self.ground, ask)? as f64)
    }

    /// Whether the request's turn has come: then it holds its names from here on. `undefined`: its time was over, or the
    /// table was replaced, and it is no more.
    #[napi(catch_unwind)]
    pub fn take(&self, request: f64) -> Result<Option<bool>> {
        Ok(match Desk::take(&self.ground, request as u64)? {
            Turn::Waiting => Some(false),
            Turn::Held => Some(true),
            Turn::Lost => None,
        })
    }

    /// Whether a request that was told to hold its names still does. A flight does not any more when somebody has written to
    /// its key since.
    #[napi(catch_unwind)]
    pub fn holds(&self, request: f64) -> bool {
        self.desk().holds(&*self.ground, request as u64)
    }

    /// Gives up a request: what it holds, or its place in the queues.
    #[napi(catch_unwind)]
    pub fn free(&self, request: f64) {
        self.desk().free(&*self.ground, request as u64);
    }

    /// Frees a name if the holder holds it.
    #[napi(catch_unwind, ts_args_type = "scope: string | undefined, name: string, holder: number")]
    pub fn unlock(&self, scope: Option<Text>, name: Text, holder: f64) -> Result<bool> {
        let scope = Scope::new(scope.as_ref().map(|text| text.0.as_slice()))?;
        Ok(self.desk().unlock(&*self.ground, holder as u64, self.hash(false, &scope, &name)))
    }

    /// Gives up everything of a user, or of all of this environment.
    #[napi(catch_unwind)]
    pub fn dismiss(&self, user: Option<f64>) {
        self.desk().dismiss(&*self.ground, self.keeper, user.map(|user| user as u64));
    }

    /// How many requests of this environment there are.
    #[napi(getter)]
    pub fn requests(&self) -> u32 {
        self.desk().count(self.keeper) as u32
    }

    /// Begins the leases of this environment's requests anew. Returns those that were lost before.
    #[napi(catch_unwind)]
    pub fn renew(&self) -> Vec<f64> {
        self.desk().renew(&*self.ground, self.keeper).into_iter().map(|request| request as f64).collect()
    }
}
