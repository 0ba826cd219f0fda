//! Random operations on a store, held against a map; and a follower of its feed, held against the store.

use super::{Make, ROOMY, SMALL, Subject, ToldState};
use crate::clock::Instant;
use crate::entry::{ChangeKind, Format, Origin, Scope, Value};
use crate::store::{Follow, Swap, Wait};
use proptest::prelude::*;
use std::collections::HashMap;

#[derive(Clone, Debug)]
enum Operation {
    Set {
        key: usize,
        bytes: usize,
        ttl: Option<u64>,
    },
    Get {
        key: usize,
    },
    Remove {
        key: usize,
    },
    /// With what was expected when it was last read: `late` says that it was set again meanwhile.
    Swap {
        key: usize,
        bytes: Option<usize>,
        late: bool,
    },
    Clear {
        scope: usize,
    },
    Advance {
        ms: u64,
    },
    Follow {
        limit: usize,
    },
    Join,
}

const KEYS: usize = 12;

fn scope(number: usize) -> Scope {
    match number % 3 {
        0 => Scope::none(),
        1 => Scope::named(b"").unwrap(),
        _ => Scope::named(b"a").unwrap(),
    }
}

/// Keys of three scopes; the key `''` is one of them.
fn entry_key(number: usize) -> Vec<u8> {
    scope(number).entry_key(&vec![b'k'; number / 3]).unwrap()
}

fn operations(max_value_bytes: usize) -> impl Strategy<Value = Vec<Operation>> {
    use Operation::{Advance, Clear, Follow, Get, Join, Remove, Set, Swap};
    let key = 0..KEYS;
    let operation = prop_oneof![
        8 => (key.clone(), 1..max_value_bytes, proptest::option::of(0..30_u64))
            .prop_map(|(key, bytes, ttl)| Set { key, bytes, ttl }),
        6 => key.clone().prop_map(|key| Get { key }),
        2 => key.clone().prop_map(|key| Remove { key }),
        4 => (key, proptest::option::of(1..max_value_bytes), any::<bool>())
            .prop_map(|(key, bytes, late)| Swap { key, bytes, late }),
        1 => (0..3_usize).prop_map(|scope| Clear { scope }),
        2 => (1..20_u64).prop_map(|ms| Advance { ms }),
        3 => (1..5_usize).prop_map(|limit| Follow { limit }),
        1 => Just(Join),
    ];
    proptest::collection::vec(operation, 1..80)
}

type Contents = HashMap<Vec<u8>, (Vec<u8>, Instant)>;

/// One who took a snapshot of every scope and has followed the feed since.
struct Follower {
    cursor: u64,
    contents: Contents,
}

impl Follower {
    fn join(subject: &Subject) -> Self {
        let cursor = subject.store.cursor();
        let mut contents = Contents::new();
        for scope in (0..3).map(scope) {
            for (key, bytes, expires_at) in subject.snapshot(&scope, cursor) {
                contents.insert(scope.entry_key(&key).unwrap(), (bytes, expires_at));
            }
        }
        Self { cursor, contents }
    }

    /// Takes up to `limit` changes, or joins anew when too far behind.
    fn follow(&mut self, subject: &Subject, limit: usize) -> Follow {
        let contents = &mut self.contents;
        let mut last_seq = 0;
        let follow = subject
            .store
            .changes(&mut self.cursor, limit, &mut |change| {
                assert!(change.seq > last_seq);
                last_seq = change.seq;
                if change.kind == ChangeKind::Clear {
                    contents.retain(|key, _| !key.starts_with(change.entry_key));
                    return;
                }
                match ToldState::from(change.state) {
                    ToldState::Current(bytes, expires_at) => {
                        contents.insert(change.entry_key.to_vec(), (bytes, expires_at));
                    }
                    ToldState::Absent => drop(contents.remove(change.entry_key)),
                    ToldState::Superseded => {}
                }
            })
            .unwrap();
        if follow == Follow::Behind {
            *self = Self::join(subject);
        }
        follow
    }
}

/// A map that does what the store is to do, and the follower beside it.
struct Test {
    subject: Subject,
    model: Contents,
    follower: Follower,
    may_forget: bool,
    sets: u32,
}

impl Test {
    fn new(make: Make, max_bytes: u64, may_forget: bool) -> Self {
        let subject = Subject::new(make, max_bytes);
        let follower = Follower::join(&subject);
        Self { subject, model: Contents::new(), follower, may_forget, sets: 0 }
    }

    fn run(&mut self, operation: &Operation) {
        match *operation {
            Operation::Set { key, bytes, ttl } => {
                self.sets += 1;
                let expires_at = ttl.map_or(0, |ttl| self.subject.clock.now() + ttl);
                let bytes = self.sets.to_le_bytes().repeat(bytes.div_ceil(4));
                let value = Value { bytes: &bytes, format: Format::Binary };
                let (store, key) = (&self.subject.store, entry_key(key));
                store.set(&key, value, expires_at, Origin::default(), Wait::LONG).unwrap();
                self.model.insert(key, (bytes, expires_at));
            }
            Operation::Get { key } => self.check(&entry_key(key)),
            Operation::Remove { key } => {
                self.subject.remove(&entry_key(key));
                self.model.remove(&entry_key(key));
            }
            Operation::Swap { key, bytes, late } => self.swap(&entry_key(key), bytes, late),
            Operation::Clear { scope: number } => {
                self.subject.clear(&scope(number));
                self.model.retain(|key, _| !scope(number).holds(key));
            }
            Operation::Advance { ms } => self.subject.clock.advance(ms),
            Operation::Follow { limit } => {
                self.follower.follow(&self.subject, limit);
            }
            Operation::Join => self.follower = Follower::join(&self.subject),
        }
        self.subject.store.validate().unwrap();
    }

    fn swap(&mut self, key: &[u8], bytes: Option<usize>, late: bool) {
        self.check(key);
        let expected = self.subject.find(key).map_or(0, |(_, found)| found.seq);
        if late {
            self.subject.set(key, b"later");
            self.model.insert(key.to_vec(), (b"later".to_vec(), 0));
        }
        self.sets += 1;
        let bytes = bytes.map(|bytes| self.sets.to_le_bytes().repeat(bytes.div_ceil(4)));
        let swap = match &bytes {
            Some(bytes) => self.subject.swap(key, expected, bytes, None),
            None => self.subject.remove_if(key, expected),
        };
        assert_eq!(swap == Swap::Changed, late);
        match bytes {
            _ if late => {}
            Some(bytes) => {
                let end = self.model.get(key).map_or(0, |(_, end)| *end);
                self.model.insert(key.to_vec(), (bytes, end));
            }
            None => drop(self.model.remove(key)),
        }
    }

    fn check(&mut self, key: &[u8]) {
        let now = self.subject.clock.now();
        self.model.retain(|_, (_, expires_at)| *expires_at == 0 || now < *expires_at);
        let found = self.subject.find(key).map(|(bytes, found)| (bytes, found.expires_at));
        if found.is_none() && self.may_forget {
            // What was forgotten once must not come back.
            self.model.remove(key);
        }
        assert!(found.as_ref() == self.model.get(key), "{key:?} at {now}: {:?}", found.map(|found| found.1));
    }

    /// Meets every entry, so that nothing lingers that is over, and then wants the follower to hold the same.
    fn finish(mut self) {
        (0..KEYS).for_each(|key| self.check(&entry_key(key)));
        while self.follower.follow(&self.subject, 7) != Follow::CaughtUp {}
        assert!(self.follower.contents == self.model, "the follower holds something else than the store");
        let live = self.model.len() as u64;
        assert_eq!(self.subject.store.stats().entries, live);
    }
}

fn hold_against_a_map(make: Make, max_bytes: u64, max_value_bytes: usize, may_forget: bool) {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(operations in operations(max_value_bytes))| {
        let mut test = Test::new(make, max_bytes, may_forget);
        operations.iter().for_each(|operation| test.run(operation));
        test.finish();
    });
}

pub(crate) fn a_roomy_store_does_what_a_map_does(make: Make) {
    hold_against_a_map(make, ROOMY, 1000, false);
}

pub(crate) fn a_small_store_does_what_a_map_does_but_may_forget(make: Make) {
    hold_against_a_map(make, SMALL, 800_000, true);
}
