//! The region in JavaScript.

use super::error::{Code, Result};
use super::hub::Hub;
use super::scoped::Scoped;
use super::text::Text;
use crate::entry::Scope;
use crate::guard;
use crate::store::shared::Mapping;
use crate::store::{Store, Wait, shared};
use napi::bindgen_prelude::{Env, Unknown};
use napi::sys;
use napi_derive::napi;
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

/// How long a mirror's event may wait for its turn on the JavaScript thread: long enough to take over from a writer that
/// died, short enough for a stopped one.
const HUB_WAIT: Wait = Wait(Duration::from_millis(20));

/// The shared store, as one JavaScript environment sees it.
#[napi]
pub struct Region {
    region: Arc<shared::Region>,
}

impl From<Arc<shared::Region>> for Region {
    fn from(region: Arc<shared::Region>) -> Self {
        Self { region }
    }
}

#[napi]
impl Region {
    /// Joins the region of this name; `null` if there is none yet. `inherited` is the folder that root's synchronizer told its
    /// children of.
    #[napi(catch_unwind)]
    pub fn join(name: String, inherited: Option<String>) -> Result<Option<Region>> {
        let inherited = inherited.as_deref().map(std::path::Path::new);
        Ok(shared::Region::join_own_or_root(&name, inherited)?.map(Self::from))
    }

    /// The faults of this process's threads that nobody was told of yet.
    #[napi]
    pub fn faults() -> Vec<String> {
        guard::take_faults()
    }

    /// The entries of one scope.
    #[napi(catch_unwind, ts_args_type = "scope: string | undefined")]
    pub fn scope(&self, scope: Option<Text>) -> Result<Scoped> {
        let scope = Scope::new(scope.as_ref().map(|text| text.0.as_slice()))?;
        Ok(Scoped::new(self.region.clone(), scope))
    }

    /// A hub that puts the events of mirrors in order and applies them to this region.
    #[napi(catch_unwind)]
    pub fn hub(&self) -> Hub {
        Hub::over(self.region.clone(), self.region.clone(), HUB_WAIT)
    }

    /// The index and, behind it, the marks, mapped for this environment; `null` where the engine allows no external
    /// memory, as in Electron. Each call maps anew, so call it once.
    #[napi(catch_unwind, ts_return_type = "ArrayBuffer | null")]
    pub fn index(&self, env: &Env) -> Result<Option<Unknown<'_>>> {
        let mapping = Box::new(self.region.map_index()?);
        let (address, size) = (mapping.as_ptr(), mapping.size());
        let hint = Box::into_raw(mapping);
        let mut buffer = ptr::null_mut();
        // SAFETY: `address` and `size` are those of a mapping that lives until `unmap` drops it, which Node calls when the
        // buffer is collected and not before. The mapping is new, so no other buffer has this address.
        let status = unsafe {
            sys::napi_create_external_arraybuffer(
                env.raw(),
                address.cast(),
                size,
                Some(unmap),
                hint.cast(),
                &mut buffer,
            )
        };
        if status != sys::Status::napi_ok {
            // SAFETY: Node did not take the mapping, so it is still ours, and `hint` came from `Box::into_raw`.
            drop(unsafe { Box::from_raw(hint) });
            return Ok(None);
        }
        // SAFETY: `buffer` was just made in this environment's running call.
        Ok(Some(unsafe { Unknown::from_raw_unchecked(env.raw(), buffer) }))
    }

    /// How many words the index has: `index()` holds them, eight bytes each, then as many marks.
    #[napi(getter)]
    pub fn index_words(&self) -> f64 {
        self.region.index_words() as f64
    }

    /// Milliseconds since boot, the clock that expiry uses.
    #[napi]
    pub fn now(&self) -> f64 {
        self.region.now() as f64
    }

    /// Tells all users to join the region that has taken this one's place.
    #[napi(catch_unwind)]
    pub fn give_up(&self) {
        self.region.give_up();
    }

    /// Whether the region was replaced, so that its users have to join the new one.
    #[napi(getter)]
    pub fn retired(&self) -> bool {
        self.region.is_retired()
    }

    /// Whether space ran out, so that the cache is smaller than asked for.
    #[napi(getter)]
    pub fn out_of_space(&self) -> bool {
        self.region.is_out_of_space()
    }

    /// Reads a key and does nothing with it: what a call costs before it does anything. For the bench.
    #[napi(catch_unwind, ts_args_type = "key: string")]
    pub fn noop(_key: Text) {}

    /// Names the order of the region's changes, and so the region itself.
    #[napi(getter)]
    pub fn epoch(&self) -> f64 {
        self.region.epoch() as f64
    }

    /// The file.
    #[napi(getter)]
    pub fn path(&self) -> String {
        self.region.path().to_string_lossy().into_owned()
    }

    /// The counts, as JSON text.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> String {
        serde_json::json!(self.region.stats()).to_string()
    }

    /// Checks every invariant, and throws the first that does not hold.
    #[napi(catch_unwind)]
    pub fn validate(&self) -> Result<()> {
        let unsound = |reason| napi::Error::new(Code::CORRUPT, format!("The store is not sound: {reason}."));
        self.region.validate().map_err(unsound)
    }

    pub(super) fn shared(&self) -> &Arc<shared::Region> {
        &self.region
    }
}

/// Drops the mapping of a buffer that was collected.
unsafe extern "C" fn unmap(_env: sys::napi_env, _address: *mut c_void, hint: *mut c_void) {
    // SAFETY: `hint` came from `Box::into_raw` in `index`, and Node calls a finalizer once.
    drop(unsafe { Box::from_raw(hint.cast::<Mapping>()) });
}
