//! The report on a month as tables.

use std::collections::BTreeMap;

use super::book::{Book, Cell, Table};
use crate::domain::grade::Grade;
use crate::domain::language::{Language, Named};
use crate::domain::report::{Body, Grading, Monthly, Rebuilt};
use crate::domain::share::Share;
use crate::domain::target::{Measure, Targets};

/// The report as a book; `about` names the area it is on.
#[must_use]
pub fn monthly(report: &Monthly, targets: &Targets, about: &str, language: Language) -> Book {
    let words = Words(language);
    let made = report.as_of.format("%Y-%m-%d %H:%M UTC");
    Book {
        title: format!("{} {}", words.of("公共厕所月报", "Public toilets, monthly report"), report.month),
        lines: vec![
            format!("{}{about}", words.of("范围：", "Area: ")),
            format!("{}{}", words.of("统计日：", "Judged on: "), report.day),
            format!("{}{made}", words.of("数据时间：", "Register read at: ")),
        ],
        tables: vec![
            words.census(report),
            words.classes(report),
            words.gradings(report, targets),
            words.things(report),
            words.stalls(report),
            words.works(report),
            words.rebuilt(&report.works.rebuilt),
            words.bodies(&report.census.by_operating),
        ],
        signatures: ["填报单位（盖章）：", "单位负责人：", "填表人：", "填报日期："]
            .into_iter()
            .zip(["Reporting body (seal): ", "Head: ", "Prepared by: ", "Date: "])
            .map(|(chinese, english)| words.of(chinese, english).to_owned())
            .collect(),
        language: words.of("zh-CN", "en"),
    }
}

/// The wordings of one language.
#[derive(Clone, Copy)]
struct Words(Language);

impl Words {
    fn of<'a>(self, chinese: &'a str, english: &'a str) -> &'a str {
        self.0.pick(chinese, english)
    }

    fn table(self, title: (&str, &str), note: (&str, &str), columns: &[(&str, &str)], rows: Vec<Vec<Cell>>) -> Table {
        let text = |(chinese, english): (&str, &str)| self.of(chinese, english).to_owned();
        Table { title: text(title), note: text(note), columns: columns.iter().map(|head| text(*head)).collect(), rows }
    }

    fn known<T: Named>(self, value: Option<T>) -> Cell {
        Cell::Text(value.map_or(self.of("不详", "unknown"), |value| value.name(self.0)).to_owned())
    }

    fn census(self, report: &Monthly) -> Table {
        let census = &report.census;
        let all = [
            (self.of("在用公厕", "in service"), census.in_service),
            (self.of("在建或拟建", "planned"), census.planned),
        ];
        let mut rows: Vec<_> = all.map(|(what, count)| vec![Cell::Text(what.to_owned()), Cell::count(count)]).into();
        rows.extend(census.by_kind.iter().map(|(kind, count)| vec![self.known(*kind), Cell::count(*count)]));
        rows.extend(census.by_form.iter().map(|(form, count)| vec![self.known(*form), Cell::count(*count)]));
        let note = ("在用数含临时停用的公厕。", "Toilets closed for a while are in service.");
        self.table(("一、数量", "1. How many"), note, &COUNTED, rows)
    }

    fn classes(self, report: &Monthly) -> Table {
        let classes = &report.census.classes;
        let count = |(grade, count): (&Grade, &u64)| vec![Cell::Text(grade.to_string()), Cell::count(*count)];
        let mut rows: Vec<_> = classes.by_class.iter().map(count).collect();
        let Share { numerator, denominator } = classes.three_and_above;
        rows.push(vec![self.text("三类以上合计", "class three and above"), Cell::count(numerator)]);
        rows.push(vec![self.text("城市公厕合计", "all urban toilets"), Cell::count(denominator)]);
        let note = ("类别按 CJJ 14-2016。", "Classes of CJJ 14-2016.");
        self.table(("二、城市公厕类别", "2. Urban toilets by class"), note, &COUNTED, rows)
    }

    fn text(self, chinese: &str, english: &str) -> Cell {
        Cell::Text(self.of(chinese, english).to_owned())
    }

    fn gradings(self, report: &Monthly, targets: &Targets) -> Table {
        let held = |grading: &Grading| {
            let what = format!("{} {}", grading.wanted().standard(), self.of("等级持有率", "any grade held"));
            share(Cell::Text(what), grading.attainment)
        };
        let mut rows: Vec<_> = report.gradings.iter().map(held).collect();
        if let Some(first) = report.gradings.first() {
            let (in_force, mapped) = (first.on_standard_in_force, first.tourist_mapped());
            rows.push(share(self.text("旅游厕所现行标准评定率", "tourist toilets on the standard in force"), in_force));
            rows.extend(self.targets(targets, Measure::OnStandardInForce, in_force, report));
            rows.push(share(self.text("旅游厕所电子地图标注率", "tourist toilets on electronic maps"), mapped));
            rows.extend(self.targets(targets, Measure::Mapped, mapped, report));
            let due = Share { numerator: first.due.len() as u64, denominator: first.on_standard_in_force.denominator };
            rows.push(share(self.text("待复核或可直接认定", "due for assessment or determination"), due));
        }
        let note = ("分母为 0 时不计比例。", "No share where there is nothing to divide by.");
        let columns = [
            ("指标", "measure"),
            ("分子", "numerator"),
            ("分母", "denominator"),
            ("比例", "share"),
            ("目标", "target"),
        ];
        for row in &mut rows {
            row.resize(columns.len(), Cell::Text(String::new()));
        }
        self.table(("三、等级", "3. Grades"), note, &columns, rows)
    }

    fn targets(self, targets: &Targets, measure: Measure, reached: Share, report: &Monthly) -> Vec<Vec<Cell>> {
        let row = |target: &crate::domain::target::Target| {
            let met = match target.is_met(reached) {
                None => self.of("无数据", "no data"),
                Some(true) => self.of("已达到", "reached"),
                Some(false) => self.of("未达到", "not reached"),
            };
            let over = if target.is_in_force(report.day) { "" } else { self.of("（已到期）", " (over)") };
            let blank = || Cell::Text(String::new());
            let wanted = format!("≥ {} %{over}：{met}", target.share * 100.0);
            vec![Cell::Text(format!("　{}", target.about)), blank(), blank(), blank(), Cell::Text(wanted)]
        };
        targets.of(measure).map(row).collect()
    }

    fn things(self, report: &Monthly) -> Table {
        let row = |(thing, known): (&crate::domain::report::Thing, &crate::domain::report::Known)| {
            let name = Cell::Text(thing.name(self.0).to_owned());
            let counts = [known.yes, known.no, known.unsure].map(Cell::count);
            [vec![name], counts.into(), vec![Cell::share(known.share().value())]].concat()
        };
        let columns = [
            ("设施", "facility"),
            ("有", "yes"),
            ("无", "no"),
            ("部分或不详", "limited or unknown"),
            ("占比", "share"),
        ];
        let note = ("占比 = 有 ÷ 在用公厕；不详不按无计。", "Share = yes ÷ toilets in service; unknown is not no.");
        self.table(
            ("四、人性化设施", "4. Facilities"),
            note,
            &columns,
            report.fittings.things.iter().map(row).collect(),
        )
    }

    fn stalls(self, report: &Monthly) -> Table {
        let ratios = &report.fittings.ratios;
        let rows = vec![
            share(self.text("女厕位 ÷（男厕位＋小便器）≥ 3:2", "women ÷ (men + urinals) ≥ 3:2"), ratios.three_to_two),
            share(self.text("≥ 2:1（人流密集场所）", "≥ 2:1 (busy places)"), ratios.two_to_one),
            share(
                self.text("厕位合计（女 / 男＋小便器）", "all stalls (women / men + urinals)"),
                Share { numerator: ratios.women, denominator: ratios.men_and_urinals },
            ),
        ];
        let note = format!("{}{}", self.of("未计数的公厕：", "Not counted: "), ratios.not_counted);
        let columns = [("指标", "measure"), ("分子", "numerator"), ("分母", "denominator"), ("比例", "share")];
        Table { note, ..self.table(("五、厕位比", "5. Stalls"), ("", ""), &columns, rows) }
    }

    fn works(self, report: &Monthly) -> Table {
        let works = &report.works;
        let counts = [
            (self.text("本月新开放", "opened in the month"), works.opened.len() as u64),
            (self.text("本月改造提档", "rebuilt or upgraded"), works.rebuilt.len() as u64),
            (self.text("本月新增停用（次）", "closures begun"), works.closures_begun),
            (self.text("本月曾停用（座）", "toilets closed at some time"), works.toilets_closed),
            (self.text("月末停用（座）", "closed at the end"), works.closed_at_end),
        ];
        let mut rows: Vec<_> = counts.into_iter().map(|(what, count)| vec![what, Cell::count(count)]).collect();
        rows.push(vec![self.text("停用时长合计（小时）", "hours closed in all"), Cell::Number(works.closed_hours())]);
        self.table(("六、建设与停用", "6. Works and closures"), ("", ""), &COUNTED, rows)
    }

    fn rebuilt(self, rebuilt: &[Rebuilt]) -> Table {
        let class = |grade: Option<Grade>| Cell::text(grade.map(|grade| grade.to_string()));
        let row = |one: &Rebuilt| {
            let (before, after) = (class(one.class_before), class(one.class_after));
            vec![Cell::Text(one.name.clone()), Cell::Text(one.on.to_string()), before, after]
        };
        let columns = [
            ("公厕", "toilet"),
            ("完成日期", "done on"),
            ("改造前类别", "class before"),
            ("改造后类别", "class after"),
        ];
        self.table(("七、改造提档", "7. Rebuilt"), ("", ""), &columns, rebuilt.iter().map(row).collect())
    }

    fn bodies(self, counts: &BTreeMap<Option<Body>, u64>) -> Table {
        let row = |(body, count): (&Option<Body>, &u64)| {
            let name = body.as_ref().map_or_else(|| self.of("不详", "unknown").to_owned(), |body| body.name.clone());
            vec![Cell::Text(name), Cell::count(*count)]
        };
        let columns = [("管养单位", "operating unit"), ("座数", "toilets")];
        self.table(("八、管养单位", "8. Operating units"), ("", ""), &columns, counts.iter().map(row).collect())
    }
}

const COUNTED: [(&str, &str); 2] = [("项目", "item"), ("数量", "count")];

fn share(what: Cell, share: Share) -> Vec<Cell> {
    vec![what, Cell::count(share.numerator), Cell::count(share.denominator), Cell::share(share.value())]
}
