//! Mirrors that follow rules M1 to M3 and M5, over first-in-first-out channels that deliver whenever chance wants:
//! whatever races, they converge on the store's contents and read their own writes.

pub(super) mod form;
mod mirror;

use self::form::Form;
use self::mirror::{Action, Message, Mirror, key_text};
use super::{Hub, Incoming, Kind, Outcome};
use crate::clock::Clock;
use crate::entry::{Format, Origin, Scope, Value};
use crate::store::memory::{MIN_MAX_BYTES, MemoryOptions, MemoryStore};
use crate::store::{Store, Wait};
use proptest::prelude::*;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

const KEYS: usize = 4;
const MIRRORS: usize = 4;
const SCOPES: [Option<&[u8]>; 2] = [None, Some(b"s")];
const MAX_VALUE: u64 = 1_000_000;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A mirror sets (some values are too large for the store), removes or clears.
    Set {
        mirror: usize,
        key: usize,
        too_large: bool,
    },
    Remove {
        mirror: usize,
        key: usize,
    },
    Clear {
        mirror: usize,
    },
    /// A mirror sends its oldest unsettled write again, as after a reconnect.
    Repeat {
        mirror: usize,
    },
    /// A mirror asks for the state of its scope.
    AskInit {
        mirror: usize,
    },
    /// A native process writes to the store.
    NativeSet {
        scope: usize,
        key: usize,
    },
    NativeClear {
        scope: usize,
    },
    /// The hub takes the next message of a mirror, or polls; a mirror takes its next event.
    HubReceives {
        mirror: usize,
    },
    HubPolls {
        limit: usize,
    },
    MirrorReceives {
        mirror: usize,
    },
    /// The hub loses its place in the feed.
    HubResyncs,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let mirror = 0..MIRRORS;
    let at_key = (0..MIRRORS, 0..KEYS);
    let step = prop_oneof![
        8 => (at_key.clone(), proptest::bool::weighted(0.1))
            .prop_map(|((mirror, key), too_large)| Step::Set { mirror, key, too_large }),
        3 => at_key.prop_map(|(mirror, key)| Step::Remove { mirror, key }),
        1 => mirror.clone().prop_map(|mirror| Step::Clear { mirror }),
        2 => mirror.clone().prop_map(|mirror| Step::Repeat { mirror }),
        1 => mirror.clone().prop_map(|mirror| Step::AskInit { mirror }),
        3 => (0..SCOPES.len(), 0..KEYS).prop_map(|(scope, key)| Step::NativeSet { scope, key }),
        1 => (0..SCOPES.len()).prop_map(|scope| Step::NativeClear { scope }),
        12 => mirror.clone().prop_map(|mirror| Step::HubReceives { mirror }),
        8 => (1..4_usize).prop_map(|limit| Step::HubPolls { limit }),
        16 => mirror.prop_map(|mirror| Step::MirrorReceives { mirror }),
        1 => Just(Step::HubResyncs),
    ];
    proptest::collection::vec(step, 1..150)
}

struct World {
    hub: Hub,
    form: Form,
    chunk_bytes: usize,
    store: Arc<dyn Store>,
    mirrors: Vec<Mirror>,
    value: u64,
    /// How many writes were applied, and as which of them each value.
    applied: u64,
    placed: BTreeMap<u64, u64>,
}

impl World {
    fn new(max_entries: usize, form: Form, chunk_bytes: usize) -> Self {
        let options = MemoryOptions {
            max_entries,
            max_value_bytes: MAX_VALUE.to_string().len(),
            ..MemoryOptions::within(MIN_MAX_BYTES, Clock::manual(1000))
        };
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(options).unwrap());
        let mirrors = (0..MIRRORS).map(Mirror::new).collect();
        let hub = Hub::new(Arc::clone(&store));
        Self { hub, form, chunk_bytes, store, mirrors, value: 0, applied: 0, placed: BTreeMap::new() }
    }

    /// A value that was never written before.
    fn fresh(&mut self) -> u64 {
        self.value += 1;
        self.value
    }

    /// Notes that a write was applied. Returns as which.
    fn place(&mut self, value: Option<u64>) -> u64 {
        self.applied += 1;
        // A value that is written a second time, by a replayed write, has its first place.
        if let Some(value) = value {
            self.placed.entry(value).or_insert(self.applied);
        }
        self.applied
    }

    fn run(&mut self, step: Step) {
        match step {
            Step::Set { mirror, key, too_large } => {
                let value = self.fresh() + if too_large { 100 * MAX_VALUE } else { 0 };
                self.mirrors[mirror].write(Action::Set(key, value));
            }
            Step::Remove { mirror, key } => self.mirrors[mirror].write(Action::Remove(key)),
            Step::Clear { mirror } => self.mirrors[mirror].write(Action::Clear),
            Step::Repeat { mirror } => {
                let mirror = &mut self.mirrors[mirror];
                if let Some(&(write, action)) = mirror.pending.front() {
                    mirror.uplink.push_back(Message::Write(write, action));
                }
            }
            Step::AskInit { mirror } => self.mirrors[mirror].uplink.push_back(Message::Init),
            Step::NativeSet { scope, key } => {
                let number = self.fresh();
                let text = number.to_string();
                let value = Value { bytes: text.as_bytes(), format: Format::Ascii };
                let key = Scope::new(SCOPES[scope]).unwrap().entry_key(key_text(key).as_bytes()).unwrap();
                self.store.set(&key, value, 0, Origin::default(), Wait::LONG).unwrap();
                self.place(Some(number));
            }
            Step::NativeClear { scope } => {
                self.store.clear(&Scope::new(SCOPES[scope]).unwrap(), Origin::default(), Wait::LONG).unwrap();
            }
            Step::HubReceives { mirror } => self.hub_receives(mirror),
            Step::HubPolls { limit } => drop(self.poll(limit)),
            Step::MirrorReceives { mirror } => self.mirrors[mirror].receive(),
            Step::HubResyncs => {
                self.hub.resync();
                (0..MIRRORS).for_each(|mirror| self.init(mirror));
            }
        }
        assert!(self.mirrors.iter().all(Mirror::reads_its_own_writes));
        assert!(self.mirrors.iter_mut().all(|mirror| mirror.never_goes_back(&self.placed)));
        self.store.validate().unwrap();
    }

    fn hub_receives(&mut self, mirror: usize) {
        match self.mirrors[mirror].uplink.pop_front() {
            None => {}
            Some(Message::Init) => {
                while self.poll(3) {}
                self.init(mirror);
            }
            Some(Message::Write(write, action)) => self.apply(mirror, write, action),
        }
    }

    fn init(&mut self, mirror: usize) {
        let Mirror { scope, id, .. } = &self.mirrors[mirror];
        let reply = self.state_of(*scope, id.as_bytes());
        self.mirrors[mirror].downlink.extend(reply);
    }

    fn apply(&mut self, number: usize, write: u64, action: Action) {
        let mirror = &self.mirrors[number];
        let text = if let Action::Set(_, value) = action { value.to_string() } else { String::new() };
        let (kind, key) = match action {
            Action::Set(key, _) => (Kind::Set { text: text.as_bytes(), ttl: f64::INFINITY }, key_text(key)),
            Action::Remove(key) => (Kind::Remove, key_text(key)),
            Action::Clear => (Kind::Clear, String::new()),
        };
        let (scope, sender, key) = (mirror.scope, mirror.id.as_bytes(), key.as_bytes());
        let event = Incoming { kind, scope, key, sender, write, session: b"", expected: None };
        let error = match self.hub.apply(&event, Wait::LONG).unwrap() {
            Outcome::Applied => {
                let value = if let Action::Set(_, value) = action { Some(value) } else { None };
                let position = self.place(value);
                self.mirrors[number].positions.entry(write).or_insert(position);
                return;
            }
            Outcome::Duplicate => None,
            Outcome::Rejected(error) => Some(error),
        };
        let answer = self.answer(scope, key, sender, write, error.as_ref());
        self.mirrors[number].downlink.push_back(answer);
    }

    /// Broadcasts one batch to the mirrors of each event's scope. Returns whether there was anything.
    fn poll(&mut self, limit: usize) -> bool {
        let events = self.next_events(limit);
        for event in &events {
            let scope = event.get("scope").map(|scope| scope.as_str().unwrap().as_bytes());
            for mirror in self.mirrors.iter_mut().filter(|mirror| mirror.scope == scope) {
                mirror.downlink.push_back(event.clone());
            }
        }
        !events.is_empty()
    }

    /// What is on its way to the mirrors, without the epoch, which every store has for itself.
    fn undelivered(&mut self) -> Vec<Json> {
        let mut events: Vec<_> = self.mirrors.iter().flat_map(|mirror| mirror.downlink.clone()).collect();
        for event in &mut events {
            event.as_object_mut().unwrap().remove("epoch").unwrap();
            // Entries have no order among themselves.
            if let Some(state) = event["value"].as_str() {
                event["value"] = serde_json::from_str(state).unwrap();
            }
        }
        events
    }

    /// Delivers all that is on its way, and then wants everybody to agree.
    fn settle(&mut self) {
        (0..MIRRORS).for_each(|mirror| {
            while !self.mirrors[mirror].uplink.is_empty() {
                self.hub_receives(mirror)
            }
        });
        while self.poll(5) {}
        for mirror in &mut self.mirrors {
            while !mirror.downlink.is_empty() {
                mirror.receive();
            }
            let mut stored = BTreeMap::new();
            let mut visit = |key: &[u8], value: Value<'_>, _| {
                let number = std::str::from_utf8(value.bytes).unwrap().parse::<u64>().unwrap();
                stored.insert(String::from_utf8(key.to_vec()).unwrap(), number);
            };
            self.store.snapshot(&Scope::new(mirror.scope).unwrap(), self.store.cursor(), &mut visit).unwrap();
            assert_eq!(mirror.visible, stored, "{} differs from the store", mirror.id);
            assert!(mirror.pending.is_empty(), "writes of {} were never settled", mirror.id);
        }
    }
}

fn simulate(max_entries: usize, form: Form) {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in steps())| {
        let mut world = World::new(max_entries, form, 8);
        steps.into_iter().for_each(|step| world.run(step));
        world.settle();
    });
}

#[test]
fn mirrors_converge_on_the_store_whatever_races() {
    simulate(usize::MAX, Form::Joined);
}

#[test]
fn mirrors_converge_on_a_store_that_evicts() {
    simulate(3, Form::Joined);
}

#[test]
fn mirrors_converge_on_what_is_told_in_parts() {
    simulate(3, Form::InParts);
}

#[test]
fn what_is_told_in_parts_is_what_is_told_as_one_text() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in steps())| {
        let mut worlds = [Form::Joined, Form::InParts].map(|form| World::new(3, form, usize::MAX));
        for step in steps {
            worlds.iter_mut().for_each(|world| world.run(step));
            let [joined, in_parts] = worlds.each_mut().map(World::undelivered);
            assert_eq!(joined, in_parts);
        }
    });
}
