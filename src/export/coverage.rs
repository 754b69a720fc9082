//! Coverage as a table.

use super::book::{Book, Cell, Table};
use crate::domain::figures::CoverageFigures;
use crate::domain::language::Language;

/// The columns, in Chinese and in English. The rate stands beside what it was made of.
const COLUMNS: [(&str, &str); 8] = [
    ("对象", "of"),
    ("名称", "name"),
    ("起", "from"),
    ("止", "to"),
    ("在岗分钟", "minutes covered"),
    ("服务分钟", "minutes of service"),
    ("不明分钟", "minutes unknown"),
    ("在岗覆盖率", "coverage"),
];

/// Coverage as a book of one table.
#[must_use]
pub fn coverage(told: &CoverageFigures, language: Language) -> Book {
    let rows = told.figures.iter().map(|((of, first), minutes)| {
        let mut cells = vec![Cell::text(of.key()), Cell::text(told.names.get(of).cloned())];
        cells.extend([*first, told.last(*first)].map(|day| Cell::Text(day.to_string())));
        cells.extend([minutes.covered, minutes.served, minutes.unknown].map(Cell::count));
        cells.push(Cell::share(minutes.share().value()));
        cells
    });
    let note = language.pick(
        "在岗覆盖率 = 服务时间内有人在岗的分钟 ÷ 服务时间的分钟；停用期间不计；开放时间不明的分钟两边都不计。",
        "coverage = minutes of service with somebody on shift ÷ minutes of service; closures are no service; minutes \
         of which nobody knows whether they are are in neither",
    );
    Book {
        title: language.pick("在岗覆盖", "Coverage").to_owned(),
        lines: vec![format!("{} – {}", told.from, told.to), format!("{}", told.as_of.format("%Y-%m-%dT%H:%M:%SZ"))],
        tables: vec![Table {
            title: language.pick("服务时间", "Service hours").to_owned(),
            note: note.to_owned(),
            columns: COLUMNS.iter().map(|(chinese, english)| language.pick(chinese, english).to_owned()).collect(),
            rows: rows.collect(),
        }],
        signatures: Vec::new(),
        language: language.pick("zh-CN", "en"),
    }
}
