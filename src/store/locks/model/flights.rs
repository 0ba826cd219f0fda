//! Flights and writes in the model (R38): nothing that was computed before an invalidation is there after it.

use super::*;

/// The writer's turn (R13): whoever takes over from the dead ends all flights, because nobody knows what was written (R38).
fn in_turn(process: &Arc<Process>, write: impl FnOnce()) {
    let World { writer, is_unfinished, .. } = &*process.world;
    loop {
        step();
        let owner = writer.load(SeqCst);
        let is_free = owner == 0 || !process.lives(owner);
        if is_free && writer.compare_exchange(owner, process.owner(), SeqCst, SeqCst).is_ok() {
            break;
        }
    }
    if is_unfinished.load(SeqCst) {
        process.table().end_all_flights();
    }
    is_unfinished.store(true, SeqCst);
    step();
    write();
    step();
    is_unfinished.store(false, SeqCst);
    step();
    writer.store(0, SeqCst);
}

const ENTRY: u64 = 5;

/// Changes the truth and invalidates the entry, so many times. Afterwards nothing older than that is there.
fn invalidate(process: &Arc<Process>, times: u32) {
    let World { truth, stored, .. } = &*process.world;
    for _ in 0..times {
        let version = truth.fetch_add(1, SeqCst) + 1;
        in_turn(process, || {
            stored.store(0, SeqCst);
            step();
            process.table().end_flights_of_entry(ENTRY);
        });
        let there = stored.load(SeqCst);
        assert!(there == 0 || there >= version, "version {there} is there after the invalidation of {version}");
    }
}

/// Computes the entry, so many times.
fn compute(process: &Arc<Process>, times: u32) {
    let ground: Arc<dyn Ground> = process.clone();
    let World { truth, stored, .. } = &*process.world;
    for _ in 0..times {
        let (number, _told) = queue(process, &[[1, !1]], Some(Flight { entry: ENTRY, scope: 0 }), FOR_EVER);
        step();
        if stored.load(SeqCst) == 0 {
            let version = truth.load(SeqCst);
            step();
            in_turn(process, || {
                if process.desk.holds(&*ground, number) {
                    step();
                    stored.store(version, SeqCst);
                    step();
                    process.table().end_flights_of_entry(ENTRY);
                }
            });
        }
        process.desk.free(&*ground, number);
    }
}

fn check_flights(fate: Option<Fate>, whose: usize, schedules: usize) {
    let schedule = AtomicU64::new(0);
    shuttle::check_random(
        move || {
            let n = schedule.fetch_add(1, SeqCst);
            let computes: Life = Arc::new(|process| compute(process, 3));
            let invalidates: Life = Arc::new(|process| invalidate(process, 3));
            let mut fates = vec![None; 3];
            fates[whose] = fate.map(|fate| (1 + n % 150, fate));
            let world = run(&[computes.clone(), invalidates, computes], &fates);
            let (truth, stored) = (world.truth.load(SeqCst), world.stored.load(SeqCst));
            let is_finished = !world.is_unfinished.load(SeqCst);
            // A writer that died on its way has told nobody that its invalidation is done.
            let oldest = if is_finished && fate.is_none() { truth } else { truth - 1 };
            assert!(stored == 0 || stored >= oldest, "version {stored} is left of {truth}");
        },
        schedules,
    );
}

#[test]
fn r38_nothing_older_than_the_last_invalidation_is_stored() {
    check_flights(None, 0, 4000);
}

#[test]
fn r38_a_death_of_whoever_computes_or_writes_leaves_nothing_older_behind() {
    check_flights(Some(Fate::Dies), 0, 3000);
    check_flights(Some(Fate::Dies), 1, 3000);
}
