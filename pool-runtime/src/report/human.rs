//! Numbers for people: three digits, and a unit.

use std::time::Duration;

/// `640 ns`, `12.3 us`, `4.56 ms`, `7.89 s`.
pub(super) fn time(time: Duration) -> String {
    let ns = time.as_nanos();
    let (value, unit) = match ns {
        0..1_000 => return format!("{ns} ns"),
        1_000..1_000_000 => (ns as f64 / 1e3, "us"),
        1_000_000..1_000_000_000 => (ns as f64 / 1e6, "ms"),
        _ => (ns as f64 / 1e9, "s"),
    };
    let decimals = match value {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{value:.decimals$} {unit}")
}

/// `1,234,567`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `38 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// At most `width` characters: of longer ones the ends, which tell more than the middle.
pub(super) fn cut(text: &str, width: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(2);
    let (head, tail) = (kept / 3, kept - kept / 3);
    let [head, tail] = [&chars[..head], &chars[chars.len() - tail..]];
    head.iter().chain(&['.', '.']).chain(tail).collect()
}

/// `text` in lines of at most `width` characters, broken at blanks outside of code; the first
/// starts behind `lead`, the others behind as many blanks.
pub(super) fn wrap(lead: &str, text: &str, width: usize) -> String {
    let indent = lead.chars().count();
    let (mut lines, mut column) = (lead.to_owned(), indent);
    let mut rest = Some(text);
    while let Some(text) = rest {
        let (word, behind) = word(text);
        rest = behind;
        let long = word.chars().count();
        if column > indent && column + 1 + long > width {
            lines += &format!("\n{:indent$}", "");
            column = indent;
        } else if column > indent {
            lines.push(' ');
            column += 1;
        }
        lines += word;
        column += long;
    }
    lines
}

/// A word, or a short piece of code in backticks, and what is behind the blank that ends it.
fn word(text: &str) -> (&str, Option<&str>) {
    let blanks = || text.match_indices(' ').map(|(at, _)| at);
    let whole = |at: &usize| text[..*at].matches('`').count().is_multiple_of(2);
    match blanks().find(whole).filter(|at| *at <= 40).or_else(|| blanks().next()) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_a_unit() {
        assert_eq!(time(Duration::from_nanos(640)), "640 ns");
        assert_eq!(time(Duration::from_nanos(12_345)), "12.3 us");
        assert_eq!(time(Duration::from_micros(4_560)), "4.56 ms");
        assert_eq!(time(Duration::from_millis(123_456)), "123 s");
    }

    #[test]
    fn counts_have_groups() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(percent(0.384), "38 %");
    }

    #[test]
    fn what_is_cut_keeps_its_ends() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("/home/me/src/main.rs", 14), "/hom../main.rs");
        assert_eq!(cut("\u{e4}\u{f6}\u{fc}\u{e4}\u{f6}\u{fc}", 5), "\u{e4}..\u{f6}\u{fc}");
    }

    #[test]
    fn lines_break_at_blanks_and_lose_nothing() {
        assert_eq!(wrap("  it  ", "is not very long", 15), "  it  is not\n      very long");
        assert_eq!(wrap("", "a-word-that-is-too-long b", 10), "a-word-that-is-too-long\nb");
        assert_eq!(wrap("  ", "", 10), "  ");
        assert_eq!(wrap("", "write `chunk = 8`, say", 14), "write\n`chunk = 8`,\nsay");
        assert_eq!(wrap("", "one ` tick alone", 8), "one `\ntick\nalone");
    }
}
