//! One cache for every process of an application.
//!
//! The core is plain Rust: [`store`] holds entries, in this process's memory or in a memory-mapped region that all
//! processes read and write; [`sync`] puts the changes of processes that cannot map it in order. The `node` feature
//! adds the N-API surface, the only part that knows JavaScript. `docs/design.md` says how it fits together.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod clock;
pub mod entry;
pub mod error;
pub mod guard;
#[macro_use]
pub mod store;
pub mod sync;
pub mod text;

#[cfg(feature = "node")]
mod node;

pub use error::{Error, Result};
