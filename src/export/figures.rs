//! The cleaning figures as a table.

use super::book::{Book, Cell, Table};
use crate::domain::figures::CleaningFigures;
use crate::domain::language::Language;

/// The columns, in Chinese and in English. Rates stand beside what they were made of.
const COLUMNS: [(&str, &str); 15] = [
    ("对象", "of"),
    ("名称", "name"),
    ("起", "from"),
    ("止", "to"),
    ("应做", "due"),
    ("按时", "on time"),
    ("迟做", "late"),
    ("漏做", "missed"),
    ("免责", "excused"),
    ("取消", "cancelled"),
    ("有到场证据", "verified"),
    ("补传", "synced late"),
    ("代记", "by proxy"),
    ("按时率", "on-time rate"),
    ("核实率", "verified rate"),
];

/// The column of the longest gap, where that was asked for.
const LONGEST_GAP: (&str, &str) = ("最长未保洁（分钟）", "longest gap (minutes)");

/// The figures as a book of one table.
#[must_use]
pub fn figures(told: &CleaningFigures, language: Language) -> Book {
    let rows = told.figures.iter().map(|((of, first), tally)| {
        let (what, name) = (of.key(), told.names.get(of).cloned());
        let counts = [
            tally.due(),
            tally.on_time,
            tally.late,
            tally.missed,
            tally.excused,
            tally.cancelled,
            tally.verified,
            tally.synced_late,
            tally.proxy,
        ];
        let mut cells = vec![Cell::text(what), Cell::text(name)];
        cells.extend([*first, told.last(*first)].map(|day| Cell::Text(day.to_string())));
        cells.extend(counts.map(Cell::count));
        cells.extend([tally.on_time_rate(), tally.verified_rate()].map(|share| Cell::share(share.value())));
        if let Some(gaps) = &told.gaps {
            let minutes = gaps.get(&(of.clone(), *first)).map(|gap| gap.lasted.num_minutes());
            cells.push(minutes.and_then(|minutes| u64::try_from(minutes).ok()).map_or(Cell::Empty, Cell::count));
        }
        cells
    });
    let note = language.pick(
        "应做 = 按时 + 迟做 + 漏做；免责和取消的不计；未到时的时段不计。",
        "due = on time + late + missed; excused and cancelled slots are left out, and those that are not over",
    );
    Book {
        title: language.pick("保洁统计", "Cleaning figures").to_owned(),
        lines: vec![format!("{} – {}", told.from, told.to), format!("{}", told.as_of.format("%Y-%m-%dT%H:%M:%SZ"))],
        tables: vec![Table {
            title: language.pick("保洁时段", "Slots").to_owned(),
            note: note.to_owned(),
            columns: COLUMNS
                .iter()
                .chain(told.gaps.as_ref().map(|_| &LONGEST_GAP))
                .map(|(chinese, english)| language.pick(chinese, english).to_owned())
                .collect(),
            rows: rows.collect(),
        }],
        signatures: Vec::new(),
        language: language.pick("zh-CN", "en"),
    }
}
