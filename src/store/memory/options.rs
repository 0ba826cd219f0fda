//! How large a memory store may grow.

use crate::clock::Clock;
use crate::error::{Error, Result};

/// Least `max_bytes` of a memory store: room for the longest key in the log and for some values beside it.
pub const MIN_MAX_BYTES: u64 = 1024 * 1024;
/// `max_bytes` where none is given.
pub const DEFAULT_MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Most that `max_value_bytes` is where none is given.
pub const DEFAULT_MAX_VALUE_BYTES: usize = 16 * 1024 * 1024;

/// The log gets one part in so many, and never more than [`MAX_LOG_BYTES`].
const LOG_SHARE: u64 = 8;
const MAX_LOG_BYTES: u64 = 8 * 1024 * 1024;
/// One value may take one part in so many.
const VALUE_SHARE: u64 = 4;

/// How large a memory store may grow, and which clock its entries expire by.
#[derive(Clone, Debug)]
pub struct MemoryOptions {
    /// Bound of everything the store keeps, in bytes: entries, the log of changes, bookkeeping. At least
    /// [`MIN_MAX_BYTES`].
    pub max_bytes: u64,
    /// Most entries, at least 1; `usize::MAX` is no limit.
    pub max_entries: usize,
    /// Most bytes of one encoded value, at most a quarter of `max_bytes`.
    pub max_value_bytes: usize,
    /// The clock that expiry uses.
    pub clock: Clock,
}

impl MemoryOptions {
    /// Bounded by bytes alone; one value may take a quarter of them, and [`DEFAULT_MAX_VALUE_BYTES`] at most.
    #[must_use]
    pub fn within(max_bytes: u64, clock: Clock) -> Self {
        let quarter = usize::try_from(max_bytes / VALUE_SHARE).unwrap_or(usize::MAX);
        let max_value_bytes = DEFAULT_MAX_VALUE_BYTES.min(quarter);
        Self { max_bytes, max_entries: usize::MAX, max_value_bytes, clock }
    }

    /// The part of `max_bytes` that the log of changes may take.
    pub(super) fn log_bytes(&self) -> u64 {
        MAX_LOG_BYTES.min(self.max_bytes / LOG_SHARE)
    }

    pub(super) fn check(&self) -> Result<()> {
        let invalid = |option, value: String, remedy| Err(Error::InvalidOption { option, value, remedy });
        if self.max_bytes < MIN_MAX_BYTES {
            return invalid("maxBytes", self.max_bytes.to_string(), format!("it is at least {MIN_MAX_BYTES}"));
        }
        if self.max_entries == 0 {
            return invalid("maxEntries", "0".to_owned(), "it is at least 1".to_owned());
        }
        let quarter = self.max_bytes / VALUE_SHARE;
        if self.max_value_bytes as u64 > quarter {
            let remedy = format!("it is at most a quarter of `maxBytes`, {quarter}");
            return invalid("maxValueBytes", self.max_value_bytes.to_string(), remedy);
        }
        Ok(())
    }
}
