//! The whole protocol of the lock table under a model checker: shuttle decides, at every access to a word of the table, which
//! of several processes goes on, and some of them die or stand still at any of these places.
//!
//! What runs is the code itself: table, desk and the rounds of the waiting thread. Words are accessed in one order there, as
//! all accesses are sequentially consistent. What is left out is sleeping: the waiting thread goes round all the time, so a
//! bell that is missed shows nothing here, but a request that nobody looks after does.

mod flights;
mod locking;

use super::desk::{Ask, Desk, Turn};
use super::table::{Flight, Hash, Table, words_for};
use super::{Ground, watch};
use parking_lot::Mutex;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::SeqCst};

/// How often a request looks in vain before its turn counts as lost. Every thread goes on after a few steps of the others.
const PATIENCE: u32 = 20_000;
/// Steps for which a process stands still.
const STANDSTILL: u64 = 12_000;
/// A lease that does not end.
const FOR_EVER: u64 = 1 << 40;

/// What becomes of a process at a step.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Dies,
    StandsStill,
}

struct Place {
    process: Arc<Process>,
    /// Steps until it meets its fate; `None` for those who live on.
    until: Option<(u64, Fate)>,
}

thread_local! {
    static RUNNING: Cell<bool> = const { Cell::new(false) };
    // All threads of the model are one thread of the system.
    static PLACES: RefCell<HashMap<shuttle::thread::ThreadId, Place>> = RefCell::default();
}

/// Whether this is a thread of the model.
pub(super) fn is_running() -> bool {
    RUNNING.get()
}

/// A place at which another process may go on, and at which this one may die or stand still.
pub(super) fn step() {
    if !is_running() {
        return;
    }
    let id = shuttle::thread::current().id();
    let fate = PLACES.with_borrow_mut(|places| {
        let place = places.get_mut(&id)?;
        if !place.process.is_alive() {
            return Some(Fate::Dies);
        }
        place.process.world.now.fetch_add(1, SeqCst);
        let (left, fate) = place.until.as_mut()?;
        *left -= 1;
        let fate = *fate;
        (*left == 0).then(|| {
            place.until = None;
            fate
        })
    });
    match fate {
        // Past everything it holds, as by a signal; not a panic, which shuttle would report.
        Some(Fate::Dies) => resume_unwind(Box::new(Death)),
        Some(Fate::StandsStill) => {
            let world = PLACES.with_borrow(|places| places[&id].process.world.clone());
            let end = world.now.load(SeqCst) + STANDSTILL;
            while world.now.load(SeqCst) < end {
                // When all others wait for this one, time goes on all the same.
                world.now.fetch_add(1, SeqCst);
                shuttle::thread::yield_now();
            }
        }
        None => shuttle::thread::yield_now(),
    }
}

/// Lets others go on until something holds: what takes a lock must not block the one thread of the system.
pub(super) fn wait_for(holds: impl Fn() -> bool) {
    while is_running() && !holds() {
        step();
    }
}

struct Death;

struct World {
    words: Box<[AtomicU64]>,
    processes: Mutex<Vec<Arc<Process>>>,
    now: AtomicU64,
    /// Of flights: what the value is computed from, and the version of it that the store has, 0 for none.
    truth: AtomicU64,
    stored: AtomicU64,
    /// Whose turn it is to write, 0 for nobody's, and whether the one before did not come to its end.
    writer: AtomicU64,
    is_unfinished: AtomicBool,
    /// Who is where only one may be: process and request.
    inside: Mutex<Vec<(Arc<Process>, u64)>>,
}

struct Process {
    world: Arc<World>,
    desk: Arc<Desk>,
    slot: u64,
    alive: AtomicBool,
}

impl Process {
    fn is_alive(&self) -> bool {
        self.alive.load(SeqCst)
    }
}

impl Ground for Process {
    fn table(&self) -> Table<'_> {
        Table(&self.world.words)
    }
    fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }
    fn owner(&self) -> u64 {
        (self.slot + 1) << 48 | 1
    }
    fn lives(&self, owner: u64) -> bool {
        self.world.processes.lock().iter().any(|process| process.owner() == owner && process.is_alive())
    }
    fn bell(&self, _: u64) -> Option<&AtomicU32> {
        None
    }
    fn now(&self) -> u64 {
        self.world.now.load(SeqCst)
    }
    fn is_over(&self) -> bool {
        false
    }
    fn hash(&self, bytes: &[u8]) -> u64 {
        bytes.iter().fold(7, |hash, &byte| hash * 31 + u64::from(byte))
    }
}

/// Stands in the queues until it holds the names.
fn queue(process: &Arc<Process>, hashes: &[Hash], flight: Option<Flight>, lease: u64) -> (u64, Arc<AtomicBool>) {
    let ground: Arc<dyn Ground> = process.clone();
    loop {
        let told = Arc::new(AtomicBool::new(false));
        let waker = {
            let told = told.clone();
            Arc::new(move |_| told.store(true, SeqCst))
        };
        let ask = Ask { hashes: hashes.to_vec(), flight, holder: 0, keeper: 0, user: 0, lease, waker };
        let number = Desk::queue(&ground, ask).unwrap();
        if waits_its_turn(&ground, number, &told) {
            return (number, told);
        }
    }
}

/// Whether the request came to hold its names; else it was lost. Panics if nobody tells it that its turn has come.
fn waits_its_turn(ground: &Arc<dyn Ground>, number: u64, told: &AtomicBool) -> bool {
    loop {
        match Desk::take(ground, number).unwrap() {
            Turn::Held => return true,
            Turn::Lost => return false,
            Turn::Waiting => {}
        }
        let mut looks = 0;
        while !told.swap(false, SeqCst) {
            looks += 1;
            assert!(looks < PATIENCE, "request {number} was never told that its turn has come");
            if looks % 100 == 0 {
                ground.desk().renew(&**ground, 0);
            }
            step();
        }
    }
}

/// A thread of a process: ends with it.
fn spawn(
    process: &Arc<Process>,
    until: Option<(u64, Fate)>,
    run: impl FnOnce() + Send + 'static,
) -> shuttle::thread::JoinHandle<()> {
    let process = process.clone();
    shuttle::thread::spawn(move || {
        let id = shuttle::thread::current().id();
        RUNNING.set(true);
        PLACES.with_borrow_mut(|places| places.insert(id, Place { process: process.clone(), until }));
        let end = catch_unwind(AssertUnwindSafe(run));
        PLACES.with_borrow_mut(|places| places.remove(&id));
        match end {
            Ok(()) => {}
            Err(death) if death.is::<Death>() => process.alive.store(false, SeqCst),
            Err(panic) => resume_unwind(panic),
        }
    })
}

/// What a process does.
type Life = Arc<dyn Fn(&Arc<Process>) + Send + Sync>;

/// Some processes, each with its own life and fate, and in each a thread that goes round. Returns what they leave behind.
fn run(lives: &[Life], fates: &[Option<(u64, Fate)>]) -> Arc<World> {
    let world = Arc::new(World {
        words: (0..words_for(8)).map(|_| AtomicU64::new(0)).collect(),
        processes: Mutex::default(),
        now: AtomicU64::new(0),
        truth: AtomicU64::new(1),
        stored: AtomicU64::new(0),
        writer: AtomicU64::new(0),
        is_unfinished: AtomicBool::new(false),
        inside: Mutex::default(),
    });
    let processes: Vec<Arc<Process>> = (0..lives.len() as u64)
        .map(|slot| {
            let (world, desk) = (world.clone(), Arc::default());
            Arc::new(Process { world, desk, slot, alive: AtomicBool::new(true) })
        })
        .collect();
    *world.processes.lock() = processes.clone();
    let done = Arc::new(AtomicBool::new(false));
    let rounds: Vec<_> = processes
        .iter()
        .map(|process| {
            let (one, done) = (process.clone(), done.clone());
            spawn(process, None, move || {
                while !done.load(SeqCst) {
                    step();
                    if one.desk.lock().wait() {
                        watch::round(&*one, &one.desk, true);
                    }
                }
            })
        })
        .collect();
    let threads: Vec<_> = processes
        .iter()
        .zip(lives)
        .zip(fates)
        .map(|((process, life), fate)| {
            let (one, life) = (process.clone(), life.clone());
            spawn(process, *fate, move || life(&one))
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    done.store(true, SeqCst);
    rounds.into_iter().for_each(|thread| thread.join().unwrap());
    RUNNING.set(false);
    world.processes.lock().clear();
    world
}
