//! The N-API surface: turns JavaScript values into Rust ones and back, and decides nothing.

mod changes;
mod entries;
mod error;
mod event;
mod exchange;
mod hub;
mod later;
mod locks;
mod raw;
mod region;
mod scoped;
mod storage;
mod subscription;
mod synchronizer;
mod text;
