//! The table by itself, and a desk over memory.

use super::table::{NoRow, Row, words_for};
use super::*;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const ME: u64 = 1 << 48 | 7;
const OTHER: u64 = 2 << 48 | 7;

struct Heap(Vec<AtomicU64>);

impl Heap {
    fn of(rows: usize) -> Self {
        Self((0..words_for(rows)).map(|_| AtomicU64::new(0)).collect())
    }

    fn table(&self) -> Table<'_> {
        Table(&self.0)
    }
}

fn queue(table: Table<'_>, owner: u64, names: &[u64]) -> Vec<Row> {
    let hashes: Vec<Hash> = names.iter().map(|&name| [name, !name]).collect();
    table.queue(owner, &hashes, 1000).unwrap().1
}

fn is_first(table: Table<'_>, rows: &[Row]) -> bool {
    rows.iter().all(|row| table.first(row.hash).is_some_and(|first| first.state == row.state))
}

fn check(table: Table<'_>) {
    table.check(&|owner| owner == ME || owner == OTHER).unwrap();
}

#[test]
fn r26_who_came_first_is_first_and_the_next_follows() {
    let heap = Heap::of(8);
    let table = heap.table();
    let (a, b, c) = (queue(table, ME, &[1]), queue(table, OTHER, &[1]), queue(table, ME, &[2]));
    assert!(is_first(table, &a) && !is_first(table, &b) && is_first(table, &c));
    assert!(table.free(&a[0]) && !table.free(&a[0]));
    assert!(is_first(table, &b));
    check(table);
}

#[test]
fn r26_several_resources_are_had_at_once_in_the_order_of_the_numbers() {
    let heap = Heap::of(8);
    let table = heap.table();
    let (ab, bc, ca) = (queue(table, ME, &[1, 2]), queue(table, OTHER, &[2, 3]), queue(table, ME, &[3, 1]));
    assert!(is_first(table, &ab) && !is_first(table, &bc) && !is_first(table, &ca));
    ab.iter().for_each(|row| assert!(table.free(row)));
    assert!(is_first(table, &bc) && !is_first(table, &ca));
    bc.iter().for_each(|row| assert!(table.free(row)));
    assert!(is_first(table, &ca));
    check(table);
}

#[test]
fn a_full_table_gives_nobody_a_part_of_what_was_asked_for() {
    let heap = Heap::of(4);
    let table = heap.table();
    let three = queue(table, ME, &[1, 2, 3]);
    assert_eq!(table.queue(ME, &[[4, 4], [5, 5]], 1000).unwrap_err(), NoRow::Full);
    queue(table, ME, &[4]);
    assert!(is_first(table, &three));
    check(table);
}

#[test]
fn r27_the_dead_and_those_beyond_their_deadline_leave_the_queue() {
    let heap = Heap::of(8);
    let table = heap.table();
    let (a, b) = (queue(table, OTHER, &[1]), queue(table, ME, &[1]));
    assert!(table.sweep(1000, &mut |_| false).is_empty());
    assert_eq!(table.sweep(1000, &mut |owner| owner == OTHER), [a[0].hash]);
    assert!(is_first(table, &b) && !table.renew(&a[0], 2000));
    assert!(table.renew(&b[0], 2000));
    assert!(table.sweep(2000, &mut |_| false).is_empty());
    assert_eq!(table.sweep(2001, &mut |_| false), [b[0].hash]);
    assert!(table.first(b[0].hash).is_none());
    check(table);
}

#[test]
fn r28_a_renewal_that_comes_late_cuts_nobodys_time_short() {
    let heap = Heap::of(1);
    let table = heap.table();
    let late = queue(table, OTHER, &[1])[0];
    table.sweep(1001, &mut |_| false);
    let (_, rows) = table.queue(ME, &[[1, !1]], 9000).unwrap();
    // As if it was stopped between looking and storing: the row is the same, and no more its own.
    assert!(!table.renew(&late, 1500));
    heap.0[super::table::ROW_WORDS + 4].fetch_max(1500, Ordering::SeqCst);
    assert_eq!(table.seen(rows[0].row).unwrap().deadline, 9000);
}

#[test]
fn r26_of_many_threads_exactly_one_is_first_at_any_time() {
    let heap = Arc::new(Heap::of(64));
    let (inside, turns) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let threads: Vec<_> = (0..4_u64)
        .map(|thread| {
            let (heap, inside, turns) = (heap.clone(), inside.clone(), turns.clone());
            std::thread::spawn(move || {
                let table = heap.table();
                for n in 0..500 {
                    // Each thread names them in another order.
                    let names = [[1, 2], [2, 1]][(thread as usize + n) % 2];
                    let rows = queue(table, if thread % 2 == 0 { ME } else { OTHER }, &names);
                    while !is_first(table, &rows) {
                        std::thread::yield_now();
                    }
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    turns.fetch_add(1, Ordering::SeqCst);
                    inside.fetch_sub(1, Ordering::SeqCst);
                    rows.iter().for_each(|row| assert!(table.free(row)));
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(turns.load(Ordering::SeqCst), 2000);
    check(heap.table());
}

struct Caller {
    ground: Arc<dyn Ground>,
    called: Receiver<u64>,
    waker: Waker,
}

impl Caller {
    fn new() -> Self {
        let (tell, called) = channel();
        let tell = parking_lot::Mutex::new(tell);
        let waker: Waker = Arc::new(move |number| tell.lock().send(number).unwrap());
        Self { ground: Arc::new(HeapLocks::default()), called, waker }
    }

    fn queue(&self, names: &[&str], holder: u64, lease: u64) -> u64 {
        let hashes = names.iter().map(|name| self.hash(name)).collect();
        Desk::queue(
            &self.ground,
            Ask { hashes, flight: None, holder, keeper: holder, user: 0, lease, waker: self.waker.clone() },
        )
        .unwrap()
    }

    fn hash(&self, name: &str) -> Hash {
        hash_of(&*self.ground, Kind::Resource, &Scope::none(), name.as_bytes())
    }

    fn take(&self, number: u64) -> Turn {
        Desk::take(&self.ground, number).unwrap()
    }

    fn unlock(&self, holder: u64, name: &str) -> bool {
        self.ground.desk().unlock(&*self.ground, holder, self.hash(name))
    }

    fn called(&self) -> u64 {
        self.called.recv_timeout(Duration::from_secs(20)).unwrap()
    }
}

#[test]
fn who_waits_is_called_when_its_turn_has_come() {
    let caller = Caller::new();
    let (a, b) = (caller.queue(&["x"], 1, 60_000), caller.queue(&["x"], 2, 60_000));
    assert_eq!((caller.take(a), caller.take(b)), (Turn::Held, Turn::Waiting));
    assert!(!caller.unlock(2, "x"), "what another holds was freed");
    assert!(!caller.unlock(1, "y"));
    assert!(caller.unlock(1, "x"));
    assert_eq!(caller.called(), b);
    assert!(!caller.unlock(2, "x"), "a hold was freed before its holder knew of it");
    assert_eq!(caller.take(b), Turn::Held);
    assert!(caller.unlock(2, "x"));
}

#[test]
fn r29_of_several_locked_at_once_each_is_unlocked_by_itself() {
    let caller = Caller::new();
    let both = caller.queue(&["x", "y"], 1, 60_000);
    assert_eq!(caller.take(both), Turn::Held);
    let (x, y) = (caller.queue(&["x"], 2, 60_000), caller.queue(&["y"], 2, 60_000));
    assert!(caller.unlock(1, "y"));
    assert_eq!(caller.called(), y);
    assert_eq!(caller.take(x), Turn::Waiting);
    caller.ground.desk().free(&*caller.ground, both);
    assert_eq!(caller.called(), x);
}

#[test]
fn r28_what_is_not_renewed_in_time_is_lost_to_who_waits() {
    let caller = Caller::new();
    let (a, b) = (caller.queue(&["x"], 1, 50), caller.queue(&["x"], 2, 60_000));
    assert_eq!(caller.take(a), Turn::Held);
    assert_eq!(caller.called(), b);
    assert_eq!(caller.ground.desk().renew(&*caller.ground, 1), [a]);
    assert_eq!((caller.take(a), caller.take(b)), (Turn::Lost, Turn::Held));
    assert!(!caller.unlock(1, "x"));
}

#[test]
fn a_keeper_that_ends_gives_up_what_it_held_and_waited_for() {
    let caller = Caller::new();
    let (a, b, c) = (caller.queue(&["x"], 1, 60_000), caller.queue(&["x"], 1, 60_000), caller.queue(&["x"], 2, 60_000));
    assert_eq!((caller.take(a), caller.take(b), caller.take(c)), (Turn::Held, Turn::Waiting, Turn::Waiting));
    caller.ground.desk().dismiss(&*caller.ground, 1, None);
    assert_eq!(caller.called(), c);
    assert_eq!(caller.take(c), Turn::Held);
}

#[test]
fn names_of_other_scopes_and_kinds_never_meet() {
    let ground = HeapLocks::default();
    let hash = |kind, scope: &Scope, name: &[u8]| hash_of(&ground, kind, scope, name);
    let (none, named) = (Scope::none(), Scope::named(b"s").unwrap());
    let all = [
        hash(Kind::Resource, &none, b"x"),
        hash(Kind::Flight, &none, b"x"),
        hash(Kind::Resource, &named, b"x"),
        hash(Kind::Resource, &none, b"sx"),
    ];
    for (n, one) in all.iter().enumerate() {
        assert!(all[n + 1..].iter().all(|other| other != one && other[0] != one[1]));
    }
}
