//! Locks in the model: who holds holds alone, and whoever waits gets its turn, whatever becomes of the others.

use super::*;

/// Steps that a lease lasts, where leases end.
const LEASE: u64 = STANDSTILL / 3;

/// Locks these names so many times, one after the other.
fn lock_and_free(process: &Arc<Process>, hashes: &[Hash], times: u32, lease: u64) {
    for _ in 0..times {
        let (number, _told) = queue(process, hashes, None, lease);
        enter(process, number);
        for _ in 0..3 {
            step();
        }
        leave(process, number);
        process.desk.free(&**process, number);
    }
}

fn enter(process: &Arc<Process>, number: u64) {
    let mut inside = process.world.inside.lock();
    // No step in here: who is inside is looked at as at one instant.
    inside.retain(|(other, _)| other.is_alive());
    RUNNING.set(false);
    let others: Vec<_> =
        inside.iter().filter(|(other, number)| holds(other, *number)).map(|(_, number)| number).collect();
    let holds_itself = holds(process, number);
    RUNNING.set(true);
    // A request that stood still beyond its lease since it was told holds nothing any more.
    assert!(others.is_empty() || !holds_itself, "request {number} holds beside {others:?}");
    inside.push((process.clone(), number));
}

fn holds(process: &Process, number: u64) -> bool {
    // Its desk may be locked by a thread that stands still: its rows alone tell.
    process.table().queued().any(|seen| seen.place() == number && seen.owner == process.owner())
}

fn leave(process: &Arc<Process>, number: u64) {
    process.world.inside.lock().retain(|(_, other)| *other != number);
}

/// Tries many schedules, each with a fate at another step.
fn check(names: &'static [&'static [u64]], fate: Option<Fate>, schedules: usize, lease: u64) {
    let schedule = AtomicU64::new(0);
    shuttle::check_random(
        move || {
            let n = schedule.fetch_add(1, SeqCst);
            let mut fates = vec![None; names.len()];
            // Where it happens goes through all places of a request and of the next one.
            fates[0] = fate.map(|fate| (1 + n % 120, fate));
            let lives: Vec<Life> = names
                .iter()
                .map(|&names| {
                    let hashes: Vec<Hash> = names.iter().map(|&name| [name, !name]).collect();
                    Arc::new(move |process: &Arc<Process>| lock_and_free(process, &hashes, 2, lease)) as Life
                })
                .collect();
            run(&lives, &fates);
        },
        schedules,
    );
}

#[test]
fn r26_processes_that_lock_one_name_take_turns() {
    check(&[&[1], &[1]], None, 3000, FOR_EVER);
    check(&[&[1], &[1], &[1]], None, 2000, FOR_EVER);
}

#[test]
fn r26_processes_that_lock_several_names_take_turns_and_never_wait_for_each_other() {
    check(&[&[1, 2], &[2, 1]], None, 2000, FOR_EVER);
    check(&[&[1, 2], &[2, 3], &[3, 1]], None, 1500, FOR_EVER);
}

#[test]
fn r37_a_death_at_any_step_takes_nobodys_turn_away() {
    check(&[&[1], &[1]], Some(Fate::Dies), 8000, FOR_EVER);
    check(&[&[1], &[1], &[1]], Some(Fate::Dies), 5000, FOR_EVER);
    check(&[&[1, 2], &[2, 1], &[1]], Some(Fate::Dies), 2500, FOR_EVER);
}

#[test]
fn r37_a_standstill_at_any_step_takes_nobodys_turn_away_for_longer_than_its_lease() {
    check(&[&[1], &[1]], Some(Fate::StandsStill), 2000, LEASE);
    check(&[&[1], &[1], &[1]], Some(Fate::StandsStill), 1000, LEASE);
}
