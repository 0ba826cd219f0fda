//! Whatever is set, removed, cleared, evicted and expires: what owners hold is what a recount finds.

use crate::clock::Clock;
use crate::entry::Scope;
use crate::store::memory::{MIN_MAX_BYTES, MemoryOptions, MemoryStore};
use crate::store::{Store, Wait};
use crate::sync::{HELD_ENTRY_BYTES, Holder, Hub, Incoming, Kind, Outcome, Poll};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

const OWNERS: u32 = 3;
const KEYS: [&str; 6] = ["", "a", "bb", "ccc", "dddd", "eeeee"];
const SCOPES: [Option<&[u8]>; 3] = [None, Some(b""), Some(b"s")];
const LIMIT: u64 = 5 * (HELD_ENTRY_BYTES + 10);

#[derive(Clone, Copy, Debug)]
enum Step {
    Set {
        owner: u32,
        scope: usize,
        key: usize,
        bytes: usize,
        ttl: Option<u8>,
    },
    Remove {
        owner: u32,
        scope: usize,
        key: usize,
    },
    Clear {
        owner: u32,
        scope: usize,
    },
    /// A reader meets an entry; if its time is over, it leaves.
    Get {
        scope: usize,
        key: usize,
    },
    Advance(u8),
    Poll {
        limit: usize,
        in_parts: bool,
    },
    Forget {
        owner: u32,
    },
    Resync,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let place = (0..=OWNERS, 0..SCOPES.len(), 0..KEYS.len());
    let step = prop_oneof![
        12 => (place.clone(), 1..40_usize, proptest::option::of(1..20_u8)).prop_map(|((owner, scope, key), bytes, ttl)| {
            Step::Set { owner, scope, key, bytes, ttl }
        }),
        3 => place.clone().prop_map(|(owner, scope, key)| Step::Remove { owner, scope, key }),
        1 => place.clone().prop_map(|(owner, scope, _)| Step::Clear { owner, scope }),
        3 => place.prop_map(|(_, scope, key)| Step::Get { scope, key }),
        2 => (1..9_u8).prop_map(Step::Advance),
        6 => (1..5_usize, any::<bool>()).prop_map(|(limit, in_parts)| Step::Poll { limit, in_parts }),
        1 => (1..=OWNERS).prop_map(|owner| Step::Forget { owner }),
        1 => Just(Step::Resync),
    ];
    proptest::collection::vec(step, 1..120)
}

struct World {
    hub: Hub,
    store: Arc<dyn Store>,
    clock: Clock,
    /// Who set each key last, if that is known.
    setters: BTreeMap<(usize, usize), u32>,
}

impl World {
    fn new() -> Self {
        let clock = Clock::manual(1000);
        let options = MemoryOptions { max_entries: 9, ..MemoryOptions::within(MIN_MAX_BYTES, clock.clone()) };
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(options).unwrap());
        Self { hub: Hub::new(Arc::clone(&store)), store, clock, setters: BTreeMap::new() }
    }

    fn run(&mut self, step: Step) {
        match step {
            Step::Set { owner, scope, key, bytes, ttl } => {
                let text = vec![b'1'; bytes];
                let kind = Kind::Set { text: &text, ttl: ttl.map_or(f64::INFINITY, f64::from) };
                if self.apply(owner, scope, key, kind) {
                    self.setters.insert((scope, key), owner);
                }
            }
            Step::Remove { owner, scope, key } => assert!(self.apply(owner, scope, key, Kind::Remove)),
            Step::Clear { owner, scope } => assert!(self.apply(owner, scope, 0, Kind::Clear)),
            Step::Get { scope, key } => self.meet(scope, key),
            Step::Advance(ms) => self.clock.advance(ms.into()),
            Step::Poll { limit, in_parts } => drop(self.poll(limit, in_parts)),
            Step::Forget { owner } => {
                self.hub.forget_owner(owner);
                self.setters.retain(|_, setter| *setter != owner);
            }
            Step::Resync => {
                self.hub.resync();
                self.setters.clear();
            }
        }
        assert!((1..=OWNERS).all(|owner| self.hub.held_bytes(owner) <= LIMIT));
    }

    fn apply(&self, owner: u32, scope: usize, key: usize, kind: Kind<'_>) -> bool {
        let event = Incoming {
            kind,
            scope: SCOPES[scope],
            key: KEYS[key].as_bytes(),
            sender: b"",
            write: 0,
            session: b"",
            expected: None,
        };
        let holder = Holder { owner, max_held_bytes: LIMIT };
        match self.hub.apply_for(holder, &event, Wait::LONG).unwrap() {
            Outcome::Applied => true,
            Outcome::Duplicate => panic!("a write without a number has no duplicate"),
            Outcome::Rejected(error) => {
                assert!(owner != 0 && error.code() == "ERR_PSC_QUOTA_EXCEEDED");
                false
            }
        }
    }

    fn meet(&self, scope: usize, key: usize) {
        let key = Scope::new(SCOPES[scope]).unwrap().entry_key(KEYS[key].as_bytes()).unwrap();
        self.store.get(&key, &mut Vec::new()).unwrap();
    }

    fn poll(&self, limit: usize, in_parts: bool) -> bool {
        let told = if in_parts {
            self.hub.poll_parts(limit).map(|poll| matches!(poll, Poll::Events(parts) if !parts.is_empty()))
        } else {
            self.hub.poll(limit).map(|poll| matches!(poll, Poll::Events(text) if text != "[]"))
        };
        told.unwrap()
    }

    /// What is in the store, on the accounts of those who set it last.
    fn recount(&self) -> (BTreeMap<u32, u64>, usize) {
        let (mut held, mut owned) = (BTreeMap::new(), 0);
        for (at, scope) in SCOPES.into_iter().enumerate() {
            let scope = Scope::new(scope).unwrap();
            let mut visit = |key: &[u8], value: crate::entry::Value<'_>, _| {
                let number = KEYS.iter().position(|text| text.as_bytes() == key).unwrap();
                let owner = self.setters.get(&(at, number)).copied().unwrap_or_default();
                let bytes = scope.prefix().len() + key.len() + value.bytes.len();
                *held.entry(owner).or_default() += bytes as u64 + HELD_ENTRY_BYTES;
                owned += usize::from(owner != 0);
            };
            self.store.snapshot(&scope, self.store.cursor(), &mut visit).unwrap();
        }
        (held, owned)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_owners_hold_is_what_a_recount_finds(steps in steps()) {
        let mut world = World::new();
        steps.into_iter().for_each(|step| world.run(step));
        // The expired are counted until somebody meets them, and no snapshot shows them.
        (0..SCOPES.len()).for_each(|scope| (0..KEYS.len()).for_each(|key| world.meet(scope, key)));
        while world.poll(3, false) {}
        let (held, owned) = world.recount();
        for owner in 1..=OWNERS {
            assert_eq!(world.hub.held_bytes(owner), held.get(&owner).copied().unwrap_or_default(), "owner {owner}");
        }
        assert_eq!(world.hub.order.lock().holdings.notes(), owned);
    }
}
