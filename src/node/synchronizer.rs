//! The synchronizer in JavaScript.

use super::error::Result;
use super::hub::whole;
use super::region::Region;
use crate::guard;
use crate::store::shared;
use napi::Task;
use napi::bindgen_prelude::{AsyncTask, Env};
use napi_derive::napi;
use parking_lot::Mutex;
use std::sync::Arc;

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
    /// The file that keeps the region for later runs, by its absolute path.
    pub persist: Option<String>,
    /// The number of the user who may use it beside root.
    pub admit_user: Option<u32>,
    /// The number of the group that may.
    pub admit_group: Option<u32>,
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
        guard::noted("the end of a synchronizer", || drop(self.end()));
    }
}

/// Brings to the disk what a synchronizer leaves behind.
pub struct Flush(Option<Arc<shared::Region>>);

impl Task for Flush {
    type Output = ();
    type JsValue = ();

    fn compute(&mut self) -> napi::Result<()> {
        if let Some(region) = self.0.take() {
            // What the disk does not take now, the kernel goes on offering it.
            guard::noted("bringing the cache to the disk", || {
                let _ = region.flush();
            });
        }
        Ok(())
    }

    fn resolve(&mut self, _env: Env, (): ()) -> napi::Result<()> {
        Ok(())
    }
}

impl Synchronizer {
    /// Gives the name up, and returns the region if it was not given up before.
    fn end(&mut self) -> Option<Arc<shared::Region>> {
        let region = self.synchronizer.take()?.region();
        let mut running = RUNNING.lock();
        if let Some(place) = running.iter().rposition(|name| *name == self.name) {
            running.remove(place);
        }
        Some(region)
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
            persist: options.persist.map(Into::into),
            admit: options
                .admit_user
                .map(shared::Admission::User)
                .or(options.admit_group.map(shared::Admission::Group)),
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

    /// Why the folder where everyone looks first is not used, if another user has taken it.
    #[napi(catch_unwind)]
    pub fn folder_taken() -> Option<String> {
        shared::folder_taken()
    }

    /// The region; `null` after `stop`.
    #[napi(catch_unwind)]
    pub fn region(&self) -> Option<Region> {
        self.synchronizer.as_ref().map(|synchronizer| synchronizer.region().into())
    }

    /// The folder where all look for the region; `null` after `stop`.
    #[napi(catch_unwind)]
    pub fn home(&self) -> Option<String> {
        self.synchronizer.as_ref().map(|synchronizer| synchronizer.region().home().to_string_lossy().into_owned())
    }

    /// What was found in the persisted file at the start, as JSON text; `null` after `stop`.
    #[napi(catch_unwind)]
    pub fn recovered(&self) -> Option<String> {
        let synchronizer = self.synchronizer.as_ref()?;
        Some(serde_json::json!(synchronizer.recovered()).to_string())
    }

    /// Gives the name up, at once. The region goes on for its other users. Resolves when what was written so far is on the
    /// disk, if the region is persisted. Any number of calls is one.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn stop(&mut self) -> AsyncTask<Flush> {
        AsyncTask::new(Flush(self.end()))
    }
}
