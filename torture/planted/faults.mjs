// Faults that somebody might make one day, and the test that finds each. `find` is in the file once.

const rust = (filter) => ({ tool: 'cargo', filter });
const ava = (file, title) => ({ tool: 'ava', file, title });

/** Each is planted alone. */
export const faults = [
  {
    name: 'a moved entry is pointed to before its record is copied',
    file: 'src/store/shared/room.rs',
    find: '        self.ring().copy(record, to, &self.hasher);\n',
    replace:
      '        self.index().word(slot).store(word_of(record.hash, to), Ordering::Release);\n' +
      '        std::thread::yield_now();\n' +
      '        self.ring().copy(record, to, &self.hasher);\n',
    test: rust('never_see_a'),
  },
  {
    name: 'the second load of the word is left out',
    file: 'src/store/shared/read.rs',
    find: '        fence(Ordering::Acquire);\n        self.index()',
    replace:
      '        if slot < usize::MAX {\n            return true;\n        }\n        self.index()',
    test: rust('never_see_a'),
  },
  {
    name: 'a takeover does not look whether the owner lives',
    file: 'src/store/shared/lock.rs',
    find: 'if !self.members().owner_lives(seen, &self.membership) {',
    replace: 'if seen != 0 {',
    test: rust('r15_a_stopped_owner_is_not_robbed'),
  },
  {
    name: 'a request that looked too early is not told again',
    file: 'src/store/locks/desk.rs',
    find: '            request.called = false;\n',
    replace: '',
    test: rust('r37_a_death_at_any_step'),
  },
  {
    name: 'one word too many is copied',
    file: 'src/store/shared/ring.rs',
    find: '(record.seal_offset() - record.key_offset()) / 8)',
    replace: '(record.seal_offset() - record.key_offset()) / 8 + 1)',
    test: rust('a_record_and_its_copy_are_whole'),
  },
  {
    name: 'a write ends no flight',
    file: 'src/store/shared/write.rs',
    find: '        end_flights(self);\n',
    replace: '        let _ = end_flights;\n',
    test: rust('shared::tests::flights::r38_a_value'),
  },
  {
    name: 'whoever retires a region leaves its words',
    file: 'src/store/shared/retire.rs',
    find: '        word.store(0, Ordering::Release);',
    replace: '        let _ = word;',
    test: rust('r19_whoever_replaces_a_region_from_outside'),
  },
  {
    name: 'start times of another time namespace are believed',
    file: 'src/store/shared/process.rs',
    find: 'self.time_namespace != namespace("time")',
    replace: 'self.time_namespace == u64::MAX',
    test: rust('a_later_process_with_the_same_pid'),
  },
  {
    name: 'a state is told with the entries of all scopes',
    file: 'src/store/shared/read.rs',
    find: '                    && scope.holds(&key)\n',
    replace: '                    && key.len() >= scope.prefix().len()\n',
    test: rust('shared::tests::conforming::a_snapshot_has_the_live_entries'),
  },
  {
    name: 'a mirror applies what others write while its own write is pending',
    file: 'ts/mirror/ledger.ts',
    find: '    if (this.pending.spares(key)) {\n',
    replace: '    if (this.pending.spares(key) && key === undefined) {\n',
    test: ava('__test__/mirror-simulation.spec.ts'),
  },
  {
    name: 'a value is kept though JSON loses it',
    file: 'ts/lossless.ts',
    find: '  return Object.keys(value).length === 0;\n}\n\n/** What JSON does not',
    replace: '  return false;\n}\n\n/** What JSON does not',
    test: ava('__test__/values.spec.ts', '*JSON does not carry*'),
  },
  {
    name: 'the highest number tells a duplicate',
    file: 'ts/uplinks.ts',
    find: '    if (number > uplink.last + 1) {\n',
    replace: '    if (number > uplink.last + 1 && number < 0) {\n',
    test: ava('__test__/mirror-reordering.spec.ts'),
  },
  {
    name: 'a state that is older than a doubt ends it',
    file: 'ts/mirror/ledger.ts',
    find: 'if (upTo <= seq) this.#doubts.delete(key);',
    replace: 'if (upTo <= seq || seq >= 0) this.#doubts.delete(key);',
    test: ava('__test__/mirror-messages.spec.ts'),
  },
  {
    name: 'a successor is published before the region before it is retired',
    file: 'src/store/shared/migrate.rs',
    find: '        former.retire();\n',
    replace: '',
    test: rust('r39_the_bounds'),
  },
  {
    name: 'a lock is believed whose path leads to another file',
    file: 'src/store/shared/ownership.rs',
    find: 'Ok(()) if leads_to(path, &lock) => {',
    replace: 'Ok(()) if leads_to(path, &lock) || length(&lock).is_ok() => {',
    test: rust('r18_a_lock_that_is_removed_again'),
  },
];
