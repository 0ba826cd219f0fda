//! Processes that tests kill and stop. The test binary starts itself; one of its tests is the victim's life.

use super::{NAME, Region};
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

const DIRECTORY: &str = "PSC_TEST_VICTIM";

/// In a victim's life: the region that it was started for, when the test knows that it lives. Elsewhere nothing.
pub(super) fn begin() -> Option<Arc<Region>> {
    let directory = std::env::var_os(DIRECTORY)?;
    let region = Region::join(NAME, Some(Path::new(&directory))).unwrap().unwrap();
    tell("ready");
    Some(region)
}

/// In a victim's life: tells the test. Who is not listened to any more has nothing to live for.
pub(super) fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// A process that lives as a test says. Iterates over what it tells, to its end; the last line may be cut short.
pub(super) struct Victim {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Victim {
    /// Returns when it has joined the region of this directory.
    pub fn start(life: &str, directory: &Path, settings: &[(&str, &str)], failpoint: Option<&str>) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &format!("store::shared::tests::{life}"), "--nocapture", "--test-threads=1"])
            .env(DIRECTORY, directory)
            .envs(settings.iter().copied())
            .envs(failpoint.map(|failpoint| ("PSC_FAILPOINT", failpoint)))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut victim = Self { child, lines };
        // The runner of its tests may have begun the line.
        assert!(victim.any(|line| line.ends_with("ready")));
        victim
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Waits until the process is no more.
    pub fn bury(mut self) {
        self.child.wait().unwrap();
    }

    #[cfg(feature = "failpoints")]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has stopped at its failpoint.
    #[cfg(feature = "failpoints")]
    pub fn until_stopped(&self) {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while !std::fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap().contains(") T ") {
            assert!(std::time::Instant::now() < deadline, "it never stopped");
            std::thread::yield_now();
        }
    }

    /// Lets one that has stopped go on. Somebody has to read along, or its pipe would fill up and stop it again.
    #[cfg(feature = "failpoints")]
    pub fn go_on(&self) {
        use rustix::process::{Pid, Signal, kill_process};
        kill_process(Pid::from_child(&self.child), Signal::CONT).unwrap();
    }
}

impl Iterator for Victim {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.lines.next()?.ok()
    }
}
