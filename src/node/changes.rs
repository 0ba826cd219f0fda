//! What happens in a region, for those who listen.

use super::error::Result;
use super::region::Region;
use super::text::Text;
use crate::entry::{ChangeKind, Scope, split_entry_key};
use crate::store::shared::Happened;
use crate::store::{Follow, Store, shared};
use napi_derive::napi;
use parking_lot::Mutex;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A change as it happened.
#[napi(object, object_from_js = false)]
pub struct NativeChange {
    /// What happened.
    #[napi(js_name = "type", ts_type = "'set' | 'remove' | 'clear' | 'evict' | 'expire'")]
    pub kind: &'static str,
    /// The scope, if it has one.
    #[napi(ts_type = "string")]
    pub scope: Option<Text>,
    /// The key; `''` for a clear.
    #[napi(ts_type = "string")]
    pub key: Text,
    /// The process that did it.
    pub pid: u32,
    /// The session in which it was done, if it is known.
    #[napi(ts_type = "string")]
    pub session: Option<Text>,
    /// Its place in the one order.
    pub seq: f64,
}

/// What [`Changes::read`] has read.
#[napi(object, object_from_js = false)]
pub struct ChangesRead {
    /// The changes, in order.
    pub changes: Vec<NativeChange>,
    /// Whether nothing is left for now.
    pub is_all: bool,
    /// Whether changes were lost before these, because they were read too late.
    pub is_lost: bool,
}

/// Reads the changes of some scopes of a region.
#[napi]
pub struct Changes {
    region: Arc<shared::Region>,
    /// Shared with the thread that waits for more.
    cursor: Arc<AtomicU64>,
    /// The prefixes of the scopes that somebody listens to.
    scopes: Mutex<HashSet<Box<[u8]>>>,
}

impl Changes {
    pub(super) fn cursor(&self) -> Box<dyn Fn() -> u64 + Send + Sync> {
        let cursor = self.cursor.clone();
        Box::new(move || cursor.load(Ordering::SeqCst))
    }
}

#[napi]
impl Changes {
    /// What happens in the region from now on.
    #[napi(factory)]
    pub fn of(region: &Region) -> Self {
        let region = region.shared().clone();
        let cursor = Arc::new(AtomicU64::new(region.cursor()));
        Self { region, cursor, scopes: Mutex::default() }
    }

    /// Reads the changes of a scope, too, or no longer.
    #[napi(catch_unwind, ts_args_type = "scope: string | undefined, listens: boolean")]
    pub fn listen(&self, scope: Option<Text>, listens: bool) -> Result<()> {
        let scope = Scope::new(scope.as_ref().map(|text| text.0.as_slice()))?;
        let mut scopes = self.scopes.lock();
        if listens {
            scopes.insert(scope.prefix().into());
        } else {
            scopes.remove(scope.prefix());
        }
        Ok(())
    }

    /// Goes on reading, through at most `limit` changes of any scope.
    #[napi(catch_unwind)]
    pub fn read(&self, limit: u32) -> ChangesRead {
        let scopes = self.scopes.lock();
        let mut changes = Vec::new();
        let mut cursor = self.cursor.load(Ordering::SeqCst);
        let follow = self.region.happened(&mut cursor, limit as usize, &mut |happened| {
            let Some((prefix, key)) = split_entry_key(happened.entry_key) else { return };
            if scopes.contains(prefix) {
                changes.push(NativeChange::new(happened, prefix, key));
            }
        });
        let is_lost = follow == Follow::Behind;
        if is_lost {
            cursor = self.region.cursor();
        }
        self.cursor.store(cursor, Ordering::SeqCst);
        ChangesRead { changes, is_all: follow == Follow::CaughtUp, is_lost }
    }
}

impl NativeChange {
    fn new(happened: &Happened<'_>, prefix: &[u8], key: &[u8]) -> Self {
        let &Happened { seq, kind, pid, session, .. } = happened;
        let kind = match kind {
            ChangeKind::Set => "set",
            ChangeKind::Remove => "remove",
            ChangeKind::Clear => "clear",
            ChangeKind::Evict => "evict",
            ChangeKind::Expire => "expire",
        };
        // Four bytes of length come first; no scope has none of its own.
        let is_named = prefix.iter().take(4).any(|&byte| byte != 0);
        Self {
            kind,
            scope: is_named.then(|| Text(prefix[4..].to_vec())),
            key: Text(key.to_vec()),
            pid,
            session: (!session.is_empty()).then(|| Text(session.to_vec())),
            seq: seq as f64,
        }
    }
}
