//! One order for the processes that cannot map the store: mirrors (`mirrors.md`, rules M1 to M9).
//!
//! A mirror's event is applied to the store with its origin; what mirrors are told comes from the store's feed alone,
//! echoes included (M1). So a mirror's write, a native process's write, an eviction and an expiry are told in the one
//! order in which they happened, and all mirrors converge on what the store holds.

mod answer;
mod event;
mod exchange;
mod form;
mod holdings;
mod hub;
mod init;
mod init_parts;
mod poll;
mod settled;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

pub use answer::{Exact, Refusal};
pub use exchange::Exchanged;
pub use form::Part;
pub use holdings::{HELD_ENTRY_BYTES, Holder};
pub use hub::{Expected, Hub, Incoming, Kind, Outcome};
pub use init_parts::StatePart;
pub use poll::Poll;
