//! What flights and writes are to each other (R38), in any store with a lock table.

use crate::entry::{Format, Origin, Scope, Value};
use crate::store::locks::{Ask, Desk, Ground, Kind, Turn, flight_of, hash_of};
use crate::store::{Expected, Replacement, Store, Swap, Wait};
use std::sync::Arc;

/// A store and its lock table.
pub(crate) struct Flying {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) ground: Arc<dyn Ground>,
}

const KEY: &[u8] = b"key";

fn value(bytes: &[u8]) -> Value<'_> {
    Value { bytes, format: Format::Ascii }
}

fn key_of(scope: &Scope) -> Vec<u8> {
    scope.entry_key(KEY).unwrap()
}

impl Flying {
    fn ask(&self, scope: &Scope) -> u64 {
        let hashes = vec![hash_of(&*self.ground, Kind::Flight, scope, KEY)];
        let flight = Some(flight_of(&*self.ground, scope, &key_of(scope)));
        let waker = Arc::new(|_| {});
        let ask = Ask { hashes, flight, holder: 0, keeper: 0, user: 0, lease: 60_000, waker };
        Desk::queue(&self.ground, ask).unwrap()
    }

    fn take(&self, request: u64) -> Turn {
        Desk::take(&self.ground, request).unwrap()
    }

    /// Begins to compute the key.
    fn begin(&self, scope: &Scope) -> u64 {
        let request = self.ask(scope);
        assert_eq!(self.take(request), Turn::Held);
        request
    }

    /// Whether the flight's value was stored.
    fn land(&self, scope: &Scope, flight: u64) -> bool {
        let replacement = Replacement::Value { value: value(b"computed"), expires_at: Some(0) };
        let expected = Expected { seq: 0, flight };
        let swap = self.store.set_if(&key_of(scope), expected, replacement, Origin::default(), Wait::LONG).unwrap();
        self.ground.desk().free(&*self.ground, flight);
        matches!(swap, Swap::Done(_))
    }

    fn set(&self, scope: &Scope, bytes: &[u8]) {
        self.store.set(&key_of(scope), value(bytes), 0, Origin::default(), Wait::LONG).unwrap();
    }

    fn remove(&self, scope: &Scope) {
        self.store.remove(&key_of(scope), Origin::default(), Wait::LONG).unwrap();
    }

    fn get(&self, scope: &Scope) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.store.get(&key_of(scope), &mut bytes).unwrap().map(|_| bytes)
    }
}

/// All of it, over a fresh store.
pub(crate) fn check(flying: &Flying) {
    let (none, other) = (Scope::none(), Scope::named(b"other").unwrap());

    // Nothing is said of the key: its value is stored.
    let flight = flying.begin(&none);
    flying.set(&other, b"of the same key in another scope");
    flying.store.clear(&other, Origin::default(), Wait::LONG).unwrap();
    assert!(flying.land(&none, flight));
    assert_eq!(flying.get(&none).as_deref(), Some(&b"computed"[..]));
    flying.remove(&none);

    // A write to the key ends the flight, whatever it leaves behind.
    let writes: [(&str, &dyn Fn()); 4] = [
        ("remove", &|| flying.remove(&none)),
        ("set", &|| flying.set(&none, b"newer")),
        ("set, then remove", &|| {
            flying.set(&none, b"newer");
            flying.remove(&none);
        }),
        ("clear", &|| {
            flying.store.clear(&none, Origin::default(), Wait::LONG).unwrap();
        }),
    ];
    for (name, write) in writes {
        let flight = flying.begin(&none);
        assert!(flying.ground.desk().holds(&*flying.ground, flight));
        write();
        assert!(!flying.ground.desk().holds(&*flying.ground, flight), "{name} ends the flight");
        let newer = flying.get(&none);
        // Who asks now computes at once, and is not undone by the end of the one before.
        let next = flying.ask(&none);
        assert_eq!(flying.take(next), Turn::Held, "{name} lets others compute");
        assert!(!flying.land(&none, flight), "what was computed before the {name} is not stored");
        assert_eq!(flying.get(&none), newer);
        flying.remove(&none);
        assert!(!flying.land(&none, next));
    }

    // So does a swap.
    let flight = flying.begin(&none);
    let replacement = Replacement::Value { value: value(b"newer"), expires_at: None };
    let swap = flying.store.set_if(&key_of(&none), 0.into(), replacement, Origin::default(), Wait::LONG).unwrap();
    assert!(matches!(swap, Swap::Done(_)));
    assert!(!flying.land(&none, flight));
    flying.remove(&none);

    // Who only waits is not ended: what it computes begins later.
    let (first, waiting) = (flying.begin(&none), flying.ask(&none));
    assert_eq!(flying.take(waiting), Turn::Waiting);
    flying.remove(&none);
    assert!(!flying.land(&none, first));
    assert_eq!(flying.take(waiting), Turn::Held);
    assert!(flying.land(&none, waiting));

    // A lock on a resource of the same name is no flight.
    let hashes = vec![hash_of(&*flying.ground, Kind::Resource, &none, KEY)];
    let ask = Ask { hashes, flight: None, holder: 0, keeper: 0, user: 0, lease: 60_000, waker: Arc::new(|_| {}) };
    let lock = Desk::queue(&flying.ground, ask).unwrap();
    assert_eq!(flying.take(lock), Turn::Held);
    flying.remove(&none);
    flying.store.clear(&none, Origin::default(), Wait::LONG).unwrap();
    assert!(flying.ground.desk().holds(&*flying.ground, lock));
    flying.ground.desk().free(&*flying.ground, lock);
}

/// Threads write and compute at the same time: what is in the store in the end was computed after the last write.
pub(crate) fn race(flying: &Arc<Flying>, rounds: u64) {
    use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
    let truth = Arc::new(AtomicU64::new(0));
    let scope = Scope::none();
    let computing = std::thread::spawn({
        let (flying, truth, scope) = (flying.clone(), truth.clone(), scope.clone());
        move || {
            while truth.load(SeqCst) < rounds {
                let request = flying.ask(&scope);
                match flying.take(request) {
                    Turn::Held => {}
                    Turn::Waiting | Turn::Lost => {
                        flying.ground.desk().free(&*flying.ground, request);
                        continue;
                    }
                }
                if flying.get(&scope).is_none() {
                    let computed = truth.load(SeqCst).to_string();
                    let replacement = Replacement::Value { value: value(computed.as_bytes()), expires_at: Some(0) };
                    let expected = Expected { seq: 0, flight: request };
                    let key = key_of(&scope);
                    flying.store.set_if(&key, expected, replacement, Origin::default(), Wait::LONG).unwrap();
                }
                flying.ground.desk().free(&*flying.ground, request);
            }
        }
    });
    for round in 1..=rounds {
        truth.store(round, SeqCst);
        flying.remove(&scope);
        if let Some(seen) = flying.get(&scope) {
            let seen: u64 = std::str::from_utf8(&seen).unwrap().parse().unwrap();
            assert!(seen >= round, "after the removal of round {round}, a value of round {seen} is there");
        }
    }
    computing.join().unwrap();
}
