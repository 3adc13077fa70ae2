//! What has been measured, and where.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::measure::{Goal, Measure, Role};
use crate::sampling::{Sample, ceiling, median, processor, round, turnaround, units};

/// The machine, as far as a reader must know it.
pub(crate) struct Machine {
    pub(crate) threads: usize,
    pub(crate) model: String,
    pub(crate) rustc: String,
    pub(crate) date: String,
}

impl Machine {
    pub(crate) fn read() -> Self {
        let output = |program: &str, arguments: &[&str]| {
            let output = Command::new(program).args(arguments).output().ok()?;
            String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
        };
        let model = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            line.split_once(':').map(|(_, model)| model.trim().to_owned())
        });
        let unknown = || "unknown".to_owned();
        Self {
            threads: thread::available_parallelism().map_or(1, usize::from),
            model: model.unwrap_or_else(unknown),
            rustc: output("rustc", &["--version"]).unwrap_or_else(unknown),
            date: output("date", &["-u", "+%Y-%m-%d %H:%M UTC"]).unwrap_or_else(unknown),
        }
    }
}

/// One version's medians.
pub(crate) struct Entry {
    pub(crate) role: Role,
    pub(crate) name: &'static str,
    /// What one run takes, in nanoseconds.
    pub(crate) time: f64,
    /// How many times as fast as the sequential version.
    pub(crate) gain: f64,
    /// Processor time, in that of the sequential version.
    pub(crate) processor: f64,
}

/// One measure.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) entries: Vec<Entry>,
    pub(crate) ceiling: f64,
    /// Each goal in words, what was found, whether that is enough.
    pub(crate) goals: Vec<(String, String, bool)>,
}

impl Line {
    pub(crate) fn of(&self, role: Role) -> Option<&Entry> {
        let entries = self.entries.iter().filter(|entry| entry.role == role);
        entries.max_by(|one, other| one.gain.total_cmp(&other.gain))
    }
}

/// All of it.
pub(crate) struct Board {
    pub(crate) machine: Machine,
    pub(crate) groups: Vec<(&'static str, Vec<Line>)>,
    pub(crate) passes: u32,
    pub(crate) took: Duration,
    /// Median of all probes, and their lowest and highest tenth.
    pub(crate) ceiling: [f64; 3],
    /// What a line of the cache takes to the other processor and back, in nanoseconds: as `ceiling`.
    pub(crate) turnaround: [f64; 3],
    /// Processor time that the process uses while nobody asks for anything, as a share of one
    /// processor.
    pub(crate) idle: f64,
    /// The share of the moments in which a core's units were somebody else's as well.
    pub(crate) shared: f64,
}

struct Rounds {
    measure: Measure,
    samples: Vec<Vec<Sample>>,
    ceilings: Vec<f64>,
    elsewhere: Vec<f64>,
}

impl Board {
    pub(crate) fn measure(
        machine: Machine,
        groups: impl IntoIterator<Item = (&'static str, Vec<Measure>)>,
        only: &str,
        time: Duration,
    ) -> Self {
        let mut all: Vec<(&'static str, Vec<Rounds>)> = groups
            .into_iter()
            .map(|(name, measures)| {
                let chosen = measures.into_iter().filter(|measure| measure.name.contains(only));
                let rounds = chosen.map(|mut measure| {
                    measure.verify();
                    let (samples, ceilings, elsewhere) = (Vec::new(), Vec::new(), Vec::new());
                    Rounds { measure, samples, ceilings, elsewhere }
                });
                (name, rounds.collect())
            })
            .collect();
        let idle = idle();
        let (start, mut passes) = (Instant::now(), 0);
        let (mut moments, mut turnarounds) = (Vec::new(), Vec::new());
        // An unfinished pass counts: every measure has its own rounds.
        'passes: loop {
            for rounds in all.iter_mut().flat_map(|(_, rounds)| rounds) {
                if passes > 0 && start.elapsed() >= time {
                    break 'passes;
                }
                if passes % rounds.measure.every == 0 {
                    moments.push(units());
                    turnarounds.push(turnaround());
                    rounds.ceilings.push(ceiling());
                    rounds.samples.push(round(&mut rounds.measure, passes % 2 == 1));
                    let elsewhere = rounds.measure.elsewhere.as_mut();
                    rounds.elsewhere.extend(elsewhere.and_then(|other| (other.gain)()));
                }
            }
            passes += 1;
        }
        let ceilings: Vec<f64> =
            all.iter().flat_map(|(_, all)| all).flat_map(|r| r.ceilings.clone()).collect();
        let alone = moments.iter().copied().fold(f64::INFINITY, f64::min);
        let shared = moments.iter().filter(|&&moment| moment > 1.4 * alone).count();
        Self {
            machine,
            ceiling: middle_and_tenths(ceilings),
            turnaround: middle_and_tenths(turnarounds),
            shared: shared as f64 / moments.len().max(1) as f64,
            groups: all
                .into_iter()
                .map(|(name, rounds)| (name, rounds.iter().map(line).collect()))
                .filter(|(_, lines): &(_, Vec<Line>)| !lines.is_empty())
                .collect(),
            passes,
            took: start.elapsed(),
            idle,
        }
    }
}

/// The median, and the borders of the lowest and the highest tenth.
fn middle_and_tenths(mut numbers: Vec<f64>) -> [f64; 3] {
    numbers.sort_by(f64::total_cmp);
    [5, 1, 9].map(|share| numbers.get(numbers.len() * share / 10).copied().unwrap_or(1.0))
}

fn line(rounds: &Rounds) -> Line {
    let of = |read: &dyn Fn(&[Sample]) -> f64| {
        median(rounds.samples.iter().map(|samples| read(samples)).collect())
    };
    let versions = rounds.measure.versions.iter().enumerate();
    let mut entries: Vec<Entry> = versions
        .map(|(k, version)| Entry {
            role: version.role,
            name: version.name,
            time: of(&|samples| samples[k].wall),
            gain: of(&|samples| samples[0].wall / samples[k].wall),
            processor: of(&|samples| samples[k].processor / samples[0].processor),
        })
        .collect();
    if let Some(other) = &rounds.measure.elsewhere
        && !rounds.elsewhere.is_empty()
    {
        let gain = median(rounds.elsewhere.clone());
        // Neither its time nor its processor time can be compared with ours.
        let (time, processor) = (f64::NAN, f64::NAN);
        entries.push(Entry { role: Role::Peer, name: other.name, time, gain, processor });
    }
    let mut line = Line {
        name: rounds.measure.name.clone(),
        entries,
        ceiling: median(rounds.ceilings.clone()),
        goals: Vec::new(),
    };
    line.goals = rounds
        .measure
        .goals
        .iter()
        .filter_map(|&goal| judge(goal, &line, rounds.measure.items))
        .collect();
    line
}

fn judge(goal: Goal, line: &Line, items: u64) -> Option<(String, String, bool)> {
    let ours = line.of(Role::Annotated)?;
    let sequential = line.of(Role::Sequential)?;
    Some(match goal {
        Goal::Gain(least) => {
            let met = ours.gain >= least;
            let hand = line.of(Role::Hand).filter(|hand| !met && hand.gain < least);
            let hand = hand.map_or_else(String::new, |hand| format!(", by hand {:.2}x", hand.gain));
            (format!("{least:.2}x"), format!("{:.2}x{hand}", ours.gain), met)
        }
        Goal::Ceiling(least) => {
            let share = ours.gain / line.ceiling;
            (format!("{least:.2} of the ceiling"), format!("{share:.2}"), share >= least)
        }
        Goal::Beside(role, least) => {
            let other = line.of(role)?;
            let ratio = ours.gain / other.gain;
            (format!("{least:.2} of {}", other.name), format!("{ratio:.2}"), ratio >= least)
        }
        Goal::PerItem(most) => {
            let each = (ours.time - sequential.time) / items as f64;
            let most = most.as_nanos() as f64;
            (format!("{most:.0} ns an item"), format!("{each:.1} ns"), each <= most)
        }
        Goal::Overhead(most) => {
            let over = ours.time - sequential.time;
            let most = most.as_nanos() as f64;
            let limit = most + 0.05 * sequential.time;
            (format!("{most:.0} ns and 5 % over"), format!("{over:+.0} ns"), over <= limit)
        }
    })
}

/// What the process burns from 1 ms after its last loop on, as a share of one processor.
fn idle() -> f64 {
    thread::sleep(Duration::from_millis(1));
    let (start, before) = (Instant::now(), processor());
    thread::sleep(Duration::from_millis(100));
    (processor() - before).as_secs_f64() / start.elapsed().as_secs_f64()
}
