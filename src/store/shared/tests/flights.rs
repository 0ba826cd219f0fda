//! Flights and writes in a region (R38).

use super::*;
use crate::store::conformance::flights::{self, Flying};
use crate::store::locks::{Ask, Desk, Flight, Ground, Turn};
use crate::store::shared::MIN_BYTES;
use crate::store::shared::ring::Kind;

#[test]
fn r38_a_value_is_stored_only_if_nobody_has_written_to_its_key_since_its_flight_began() {
    let fixture = Fixture::new(MIN_BYTES);
    let flying = Arc::new(Flying { ground: fixture.region.clone(), store: fixture.region.clone() });
    flights::check(&flying);
    flights::race(&flying, 20_000);
    fixture.region.validate().unwrap();
}

#[test]
fn r38_a_takeover_from_a_writer_that_died_ends_all_flights() {
    let fixture = Fixture::new(MIN_BYTES);
    let ground: Arc<dyn Ground> = fixture.region.clone();
    let flight = Some(Flight { entry: 1, scope: 2 });
    let ask =
        Ask { hashes: vec![[1, 2]], flight, holder: 0, keeper: 0, user: 0, lease: 60_000, waker: Arc::new(|_| {}) };
    let request = Desk::queue(&ground, ask).unwrap();
    assert_eq!(Desk::take(&ground, request).unwrap(), Turn::Held);
    drop(fixture.region.lock(Wait::LONG).unwrap());
    assert!(ground.desk().holds(&*ground, request), "an ordinary turn of the lock says nothing of any key");
    // As a writer leaves it that is killed before it publishes what it has appended.
    let writer = fixture.region.lock(Wait::LONG).unwrap();
    let key = key_of("k");
    let tombstone = fixture.region.tombstone(Kind::Remove, fixture.region.hasher.hash(&key), &key, Origin::default());
    writer.append(&tombstone, writer.notices()).unwrap();
    drop(writer);
    drop(fixture.region.lock(Wait::LONG).unwrap());
    assert!(!ground.desk().holds(&*ground, request));
}
