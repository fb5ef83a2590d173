//! Settling: each word of each line is looked for among the words that were claimed, and taken from them.

use std::collections::{BTreeMap, HashMap};

use super::claims::{Claim, Claims, UnitKind};
use super::words::RawLine;
use super::{Gap, Line, Noise};

/// The claims of a page, ready to be taken from.
pub(super) struct Ledger {
    claims: Claims,
    /// The number of the first raw line.
    first: u32,
    /// For each unit and word, where it is claimed.
    open: Vec<HashMap<String, BTreeMap<u32, Vec<Line>>>>,
    /// The lines on which claims start.
    starts: Vec<u32>,
}

impl Ledger {
    /// Sorts the claims of a page whose raw lines start after line `first`.
    pub(super) fn new(mut claims: Claims, first: usize) -> Self {
        let first = u32::try_from(first).expect("a page has fewer than 2^32 lines") + 1;
        claims.list.sort_by_key(|claim| claim.line);
        let mut starts: Vec<u32> = claims.list.iter().map(|claim| claim.line).collect();
        starts.dedup();
        let mut ledger = Self { first, open: Vec::new(), starts, claims };
        ledger.open.resize_with(ledger.claims.units.len(), HashMap::new);
        for Claim { line, line_is, words, .. } in &ledger.claims.list {
            let open = &mut ledger.open[unit_at(&ledger.claims, *line)];
            for word in words {
                open.entry(word.clone()).or_default().entry(*line).or_default().push(*line_is);
            }
        }
        ledger
    }

    /// What became of each line.
    pub(super) fn settle(mut self, raw: &[RawLine]) -> Vec<Line> {
        let mut kept: Vec<Option<Line>> = vec![None; raw.len()];
        let mut missing: Vec<Vec<&str>> = Vec::with_capacity(raw.len());
        // First each line takes from what starts on it or goes on over it, then from what is left near by: text may
        // have been moved, but no word counts twice.
        for (line, (raw, kept)) in (self.first..).zip(raw.iter().zip(&mut kept)) {
            let start = self.covering(line);
            let taken = raw.words.iter().filter(|word| match start.and_then(|start| self.take(line, start, word)) {
                Some(line_is) => {
                    *kept = Some(kept.map_or(line_is, |before| before.min(line_is)));
                    false
                }
                None => true,
            });
            missing.push(taken.map(String::as_str).collect());
        }
        let mut lines = Vec::with_capacity(raw.len());
        for (line, ((raw, missing), kept)) in (self.first..).zip(raw.iter().zip(missing).zip(&mut kept)) {
            let mut lost = Vec::new();
            for word in missing {
                match self.take_near(line, word) {
                    Some(line_is) => *kept = Some(kept.map_or(line_is, |before| before.min(line_is))),
                    None => lost.push(word),
                }
            }
            // A mark within a word may have been dropped and its parts joined: `a<b>c</b>` in code.
            if let Some(line_is) = (lost.len() > 1).then(|| self.take_near(line, &lost.concat())).flatten() {
                *kept = Some(kept.map_or(line_is, |before| before.min(line_is)));
                lost.clear();
            }
            lines.push(self.verdict(line, raw, *kept, &lost));
        }
        lines
    }

    fn verdict(&self, line: u32, raw: &RawLine, kept: Option<Line>, lost: &[&str]) -> Line {
        if raw.words.is_empty() {
            return self.without_words(line, raw);
        }
        let unit = &self.claims.units[unit_at(&self.claims, line)];
        let placeholder = |word: &&str| {
            let at_heading = unit.line == line && unit.kind == UnitKind::Entry { placeholder: true };
            at_heading && (word.starts_with("unnamedparam") || word.starts_with("arg"))
        };
        match kept {
            Some(kept) if lost.iter().all(placeholder) => kept,
            _ => Line::NotUnderstood(self.gap(line, lost)),
        }
    }

    fn gap(&self, line: u32, lost: &[&str]) -> Gap {
        let unit = &self.claims.units[unit_at(&self.claims, line)];
        let heading = unit.line == line;
        let attributes = self.claims.attributes.get(&line);
        match unit.kind {
            UnitKind::ForeignEntry if heading => Gap::Entry,
            UnitKind::ForeignEntry => Gap::EntryText,
            UnitKind::Title if heading => Gap::Title,
            UnitKind::Section if heading => Gap::Section,
            _ if attributes.is_some_and(|words| lost.iter().all(|&word| words.contains(word))) => Gap::Attributes,
            UnitKind::Entry { .. } if heading => Gap::Heading,
            _ if self.claims.type_lines.contains(&line) => Gap::TypeLine,
            UnitKind::Section if self.is_unclaimed(unit.line) => Gap::Section,
            _ => Gap::Lost,
        }
    }

    fn without_words(&self, line: u32, raw: &RawLine) -> Line {
        let start = self.covering(line);
        let claims = start.map_or(&[][..], |start| self.claims_at(start));
        let code = claims.iter().any(|claim| claim.code);
        match raw.noise {
            Some(Noise::Rule | Noise::ListMark | Noise::TableMarks) | None if code => Line::Prose,
            Some(noise) => Line::Noise(noise),
            None if claims.iter().any(|claim| claim.marks.contains(&raw.marks)) => Line::Prose,
            None => Line::NotUnderstood(Gap::Marks),
        }
    }

    /// Whether nothing but the heading of a stretch was kept.
    fn is_unclaimed(&self, heading: u32) -> bool {
        let at = self.claims.units.partition_point(|unit| unit.line <= heading);
        let end = self.claims.units.get(at).map_or(u32::MAX, |unit| unit.line);
        let from = self.starts.partition_point(|&start| start <= heading);
        self.starts.get(from).is_none_or(|&start| start >= end)
    }

    fn claims_at(&self, start: u32) -> &[Claim] {
        let from = self.claims.list.partition_point(|claim| claim.line < start);
        let to = self.claims.list.partition_point(|claim| claim.line <= start);
        &self.claims.list[from..to]
    }

    /// The last line up to this one on which a claim starts, within the same unit.
    fn covering(&self, line: u32) -> Option<u32> {
        let at = self.starts.partition_point(|&start| start <= line);
        let start = *self.starts.get(at.checked_sub(1)?)?;
        (unit_at(&self.claims, start) == unit_at(&self.claims, line)).then_some(start)
    }

    fn take(&mut self, line: u32, start: u32, word: &str) -> Option<Line> {
        let unit = unit_at(&self.claims, line);
        let places = self.open[unit].get_mut(word)?;
        let left = places.get_mut(&start)?;
        let line_is = left.pop();
        if left.is_empty() {
            places.remove(&start);
        }
        line_is
    }

    fn take_near(&mut self, line: u32, word: &str) -> Option<Line> {
        let places = self.open[unit_at(&self.claims, line)].get(word)?;
        let before = places.range(..=line).next_back();
        let start = *before.or_else(|| places.range(line..).next())?.0;
        self.take(line, start, word)
    }
}

fn unit_at(claims: &Claims, line: u32) -> usize {
    claims.units.partition_point(|unit| unit.line <= line) - 1
}
