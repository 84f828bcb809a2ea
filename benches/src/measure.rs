//! How much of what the work takes.

use crate::{
    Figures,
    ours::Ours,
    server,
    work::{self, Who, Work, Worker},
};
use connectory::{HttpStack, deck::connections::AccessTokenRequest};
use std::{
    env,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tokio::{runtime::Runtime, task::JoinSet};

/// What a tool of valgrind's counts over a whole process, the server's part included.
#[derive(Clone, Copy)]
pub enum Count {
    Instructions,
    Allocations,
    /// The most bytes on the heap at a time.
    Peak,
}

impl Count {
    /// One piece of work's. The difference between many and few takes the start out.
    pub fn each(self, work: Work, few: usize, many: usize) -> Figures {
        Figures::of(|who| {
            let counted = |times| self.of(&worker_command(who, work, times));
            Some((counted(many) - counted(few)) / (many - few) as f64)
        })
    }

    pub fn of(self, program: &Command) -> f64 {
        let (tool, before) = match self {
            Self::Instructions => ("callgrind", "Collected : "),
            Self::Allocations => ("dhat", " bytes in "),
            Self::Peak => ("dhat", "At t-gmax: "),
        };
        let mut valgrind = Command::new("valgrind");
        valgrind.args([format!("--tool={tool}"), format!("--{tool}-out-file=/dev/null")]);
        valgrind.arg(program.get_program()).args(program.get_args());
        let output = valgrind.output().expect("valgrind, from the system's packages");
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{log}");
        let (_, count) = log.split_once(before).expect("the tool's count");
        let digits = count.split_whitespace().next().unwrap_or_default().replace(',', "");
        digits.parse().expect("a number")
    }
}

pub fn worker_command(who: Who, work: Work, times: usize) -> Command {
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.args(["worker".to_owned(), who.to_string(), work.to_string(), times.to_string()]);
    command
}

/// The process that is counted.
pub fn worker(mut arguments: impl Iterator<Item = String>) -> Option<()> {
    let (who, work) = (arguments.next()?.parse().ok()?, arguments.next()?.parse().ok()?);
    let times = arguments.next()?.parse().ok()?;
    current_thread().block_on(async { Worker::new(who, work).run(times).await });
    Some(())
}

/// Calls a second by so many tasks on two threads: the medians of rounds that take turns.
///
/// Which thread and which connection come to serve whom settles early and lasts, so the clients and their servers start
/// afresh every few rounds.
pub fn throughput(work: Work, tasks: usize) -> Figures {
    const STARTS: usize = 12;
    const ROUNDS: usize = 10;
    const CALLS: usize = 6_400;
    let rounds = (0..STARTS).map(|_| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let workers = Who::ALL.map(|who| runtime.block_on(async { Worker::new(who, work) }));
        turns(ROUNDS, |who| {
            let worker = &workers[who as usize];
            let start = Instant::now();
            runtime.block_on(async {
                let mut running = JoinSet::new();
                for _ in 0..tasks {
                    let worker = worker.clone();
                    running.spawn(async move { worker.run(CALLS / tasks).await });
                }
                running.join_all().await;
            });
            Some(CALLS as f64 / start.elapsed().as_secs_f64())
        })
    });
    medians(rounds)
}

/// Seconds from the start of a process to its first answer: medians of runs that take turns.
pub fn start(programs: &[(Who, Command)]) -> Figures {
    const ROUNDS: usize = 41;
    medians([turns(ROUNDS, |who| {
        let (_, program) = programs.iter().find(|(known, _)| *known == who)?;
        let start = Instant::now();
        let mut command = Command::new(program.get_program());
        let status = command.args(program.get_args()).stdout(Stdio::null()).status();
        assert!(status.expect("it runs").success());
        Some(start.elapsed().as_secs_f64())
    })])
}

type Measured = [Vec<f64>; Who::ALL.len()];

/// So many rounds, in which each goes first as often as the others.
fn turns(rounds: usize, measure: impl Fn(Who) -> Option<f64>) -> Measured {
    let mut measured = Measured::default();
    for round in 0..rounds {
        let mut order = Who::ALL;
        order.rotate_left(round % Who::ALL.len());
        for who in order {
            measured[who as usize].extend(measure(who));
        }
    }
    measured
}

fn medians(rounds: impl IntoIterator<Item = Measured>) -> Figures {
    let mut measured = Measured::default();
    for round in rounds {
        measured.iter_mut().zip(round).for_each(|(measured, round)| measured.extend(round));
    }
    Figures(measured.map(median))
}

/// The longest time by which a call exceeds its deadline when the server is silent.
pub fn overrun() -> Duration {
    let client = Ours::new(&format!("http://{}", server::silent()), work::UPDATE, HttpStack::Reqwest);
    let body = AccessTokenRequest::new("access");
    let timeout = Duration::from_millis(150);
    let overruns = (0..20).map(|_| {
        let start = Instant::now();
        let call = client.client().deck().connections().invalidate_access_token(&body).timeout(timeout);
        let error = current_thread().block_on(async { call.await }).expect_err("the server is silent");
        assert!(error.is_timeout());
        start.elapsed().saturating_sub(timeout)
    });
    overruns.max().unwrap_or_default()
}

fn current_thread() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
