//! The template, filled in.

use rust_xlsxwriter::Workbook;

use super::*;
use crate::domain::facility::{Facility, Fact};
use crate::domain::operator::OperatorRole;

/// A workbook with the sheet of the template and these rows, the first being its headers.
fn filled(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("公厕").unwrap();
    for (row, cells) in (0_u32..).zip(rows) {
        sheet.write_row(row, 0, cells.iter().copied()).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_list_that_a_bureau_filled_in_is_read() {
    let bytes = filled(&[
        &[
            "公厕编号",
            "公厕名称",
            "类型",
            "地址",
            "坐标系",
            "纬度",
            "经度",
            "无障碍厕间",
            "等级标准",
            "等级",
            "管养单位",
            "停用开始",
            "停用结束",
            "停用原因",
        ],
        &[
            "MJ-1",
            "会盟路公厕",
            "城市",
            "会盟路",
            "GCJ-02",
            "34.8264",
            "112.4364",
            "有",
            "CJJ 14-2016",
            "一类",
            "环卫所",
            "2026-03-01",
            "",
            "维修",
        ],
        &["", "河清村公厕", "农村", "河清村", "", "", "", "", "", "", "", "", "", ""],
        &["合计", "2"],
    ]);
    let rows = read_as("template", &bytes);
    assert_eq!(results(&rows), ["stated", "stated"]);
    let (first, second) = (stated(&rows[0]), stated(&rows[1]));
    assert_eq!((first.key.as_str(), second.key.as_str()), ("MJ-1", "河清村公厕|河清村"));
    assert_eq!(first.draft.facilities.get(Facility::Wheelchair), Some(Fact::Yes));
    assert_eq!(first.grades[0].grade().as_str(), "一类");
    assert_eq!(first.operators[0].role, OperatorRole::Operating);
    assert_eq!(first.outages[0].span.until(), None);
    assert_eq!(count(&rows, "closure", "openEnded"), 1);
    assert!(first.draft.position.is_some() && second.draft.position.is_none());
    assert!(rows.iter().all(|row| row.notices.is_empty()), "{rows:?}");
}
