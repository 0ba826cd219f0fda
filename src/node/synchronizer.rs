//! The synchronizer in JavaScript.

use super::error::Result;
use super::hub::whole;
use super::region::Region;
use crate::store::shared;
use napi_derive::napi;
use parking_lot::Mutex;

/// Names of the synchronizers that run in this process, in the order of their start.
static RUNNING: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// How to make a region.
#[napi(object, object_to_js = false)]
pub struct SynchronizerOptions {
    /// Bound of the whole region, in bytes. @default 64 MiB
    pub max_bytes: Option<f64>,
    /// Most bytes of one encoded value. @default a quarter of `maxBytes`
    pub max_value_bytes: Option<f64>,
    /// Directory of the file.
    pub directory: Option<String>,
    /// The name that the processes of this application derive for themselves.
    pub application: Option<String>,
}

/// Owns the life of a region.
#[napi]
pub struct Synchronizer {
    synchronizer: Option<shared::Synchronizer>,
    name: String,
}

impl Drop for Synchronizer {
    fn drop(&mut self) {
        self.stop();
    }
}

#[napi]
impl Synchronizer {
    /// Becomes the synchronizer of this name, which the user calls `id`.
    #[napi(factory, catch_unwind)]
    pub fn start(name: String, id: String, options: SynchronizerOptions) -> Result<Self> {
        let options = shared::Options {
            max_bytes: whole("maxBytes", options.max_bytes)?,
            max_value_bytes: whole("maxValueBytes", options.max_value_bytes)?,
            directory: options.directory.map(Into::into),
            home: None,
            application: options.application,
        };
        let synchronizer = Some(shared::Synchronizer::start(&name, &id, &options)?);
        RUNNING.lock().push(name.clone());
        Ok(Self { synchronizer, name })
    }

    /// The name of the synchronizer that was started last in this process, in whatever thread, and still runs.
    #[napi]
    pub fn running() -> Option<String> {
        RUNNING.lock().last().cloned()
    }

    /// The name that a synchronizer of this application took, in the nearest ancestor of this process that has one.
    #[napi(catch_unwind)]
    pub fn inherited(application: String) -> Option<String> {
        shared::inherited_name(&application)
    }

    /// The region; `null` after `stop`.
    #[napi(catch_unwind)]
    pub fn region(&self) -> Option<Region> {
        self.synchronizer.as_ref().map(|synchronizer| synchronizer.region().into())
    }

    /// Gives the name up. The region goes on for its other users. Any number of calls is one.
    #[napi(catch_unwind)]
    pub fn stop(&mut self) {
        if self.synchronizer.take().is_some() {
            let mut running = RUNNING.lock();
            if let Some(place) = running.iter().rposition(|name| *name == self.name) {
                running.remove(place);
            }
        }
    }
}
