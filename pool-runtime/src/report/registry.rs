//! Every place that has been entered.

use std::sync::Mutex;
use std::time::Duration;

use crate::clock::now_ns;
use crate::site::Site;
use crate::sync::unpoisoned;

static SITES: Mutex<Vec<&'static Site>> = Mutex::new(Vec::new());

/// A place is entered for the first time; several threads may say so at once.
#[cold]
pub(crate) fn register(site: &'static Site) {
    super::exit::register();
    let mut sites = unpoisoned(SITES.lock());
    if sites.is_empty() {
        now_ns();
    }
    if !sites.iter().any(|known| std::ptr::eq(*known, site)) {
        sites.push(site);
    }
}

/// Since the first entry, or whatever of this crate looked at the clock before.
pub(super) fn elapsed() -> Duration {
    Duration::from_nanos(now_ns())
}

/// In the order of their first entry.
pub(super) fn all() -> Vec<&'static Site> {
    unpoisoned(SITES.lock()).clone()
}
