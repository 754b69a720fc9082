//! The workbook that a bureau can fill in; the profile `template` reads it.

use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

/// Why the template cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the template cannot be written: {0}")]
pub struct TemplateError(#[from] XlsxError);

/// A column of the template.
struct Column {
    header: &'static str,
    width: u8,
    help: &'static str,
    choices: &'static [&'static str],
}

const YES_NO: &[&str] = &["有", "部分", "无"];

/// The sheet that is filled in, and the one that explains it.
const SHEETS: [&str; 2] = ["公厕", "填写说明"];

/// As many rows get the lists of choices: more than any county has.
const ROWS: u32 = 2_000;

const COLUMNS: &[Column] = &[
    text("公厕编号", 12, "本单位的编号，用来识别同一座公厕；没有编号时以名称和地址识别"),
    text("公厕名称", 24, "必填，最多 128 字"),
    text("英文名称", 24, "可不填"),
    choice("类型", 10, "城市、旅游、农村、公路、社会开放", &["城市", "旅游", "农村", "公路", "社会开放"]),
    choice("形式", 10, "独立式、附属式、活动式", &["独立式", "附属式", "活动式"]),
    choice("使用范围", 10, "公众、仅限顾客、内部", &["公众", "仅限顾客", "内部"]),
    text("地址", 32, "没有坐标时请尽量写详细"),
    text("行政区", 14, "乡镇、街道或区县的名称"),
    text("行政区划代码", 14, "如 410308106"),
    choice(
        "坐标系",
        10,
        "有坐标时必填：手机和微信地图为 GCJ-02，百度地图为 BD-09，GPS 为 WGS-84",
        &["GCJ-02", "BD-09", "WGS-84"],
    ),
    text("纬度", 12, "十进制度数，如 34.8264；没有坐标可不填，以后再定位"),
    text("经度", 12, "十进制度数，如 112.4364"),
    text("开放时间", 18, "如 24小时、06:00-22:00、周一至周五 08:00-18:00"),
    choice("是否收费", 10, "收费或免费", &["收费", "免费"]),
    choice("无障碍厕间", 10, "有、部分、无；不清楚时不填", YES_NO),
    choice("第三卫生间", 10, "有、部分、无；不清楚时不填", YES_NO),
    choice("母婴台", 10, "有、部分、无；不清楚时不填", YES_NO),
    choice("厕纸", 10, "有、部分、无；不清楚时不填", YES_NO),
    choice("洗手", 10, "有、部分、无；不清楚时不填", YES_NO),
    text("厕位总数", 10, "整数"),
    text("女厕位", 10, "整数"),
    text("男厕位", 10, "整数，不含小便器"),
    text("小便器", 10, "整数"),
    text("无障碍厕位", 10, "整数"),
    text("第三卫生间数", 12, "整数"),
    choice("等级标准", 18, "有等级时必填", &["GB/T 18973-2022", "GB/T 18973-2016", "GB/T 18973-2003", "CJJ 14-2016"]),
    text("等级", 10, "如 Ⅰ类、AAA、3A、一类"),
    text("评定日期", 12, "如 2023-06-01"),
    text("证书编号", 16, "可不填"),
    text("评定机构", 24, "可不填"),
    text("产权单位", 20, "拥有公厕的单位"),
    text("管养单位", 20, "负责日常管理和保洁的单位"),
    text("评定单位", 20, "负责评定等级的单位"),
    text("启用日期", 12, "如 2015-10-01"),
    text("改造日期", 12, "最近一次改造提档完成的日期"),
    text("停用开始", 12, "停用的第一天；未停用不填"),
    text("停用结束", 12, "停用的最后一天；未定不填"),
    choice("停用原因", 10, "可不填", &["维修", "改造", "停水", "停电", "天气", "活动", "清洁", "其他"]),
    text("核实日期", 12, "最近一次现场核实的日期"),
    text("备注", 32, "向公众显示，最多 1000 字"),
];

const fn text(header: &'static str, width: u8, help: &'static str) -> Column {
    Column { header, width, help, choices: &[] }
}

const fn choice(header: &'static str, width: u8, help: &'static str, choices: &'static [&'static str]) -> Column {
    Column { header, width, help, choices }
}

/// The template as the bytes of an XLSX workbook, the same in every run.
///
/// # Errors
/// [`TemplateError`] where the workbook cannot be written; a test sees to it that it can.
pub fn template() -> Result<Vec<u8>, TemplateError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2026, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let [table, guide] = SHEETS;
    fill_table(workbook.add_worksheet().set_name(table)?)?;
    fill_guide(workbook.add_worksheet().set_name(guide)?)?;
    Ok(workbook.save_to_buffer()?)
}

/// The sheet to fill in: headers, and lists of choices below them.
fn fill_table(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let head = Format::new().set_bold().set_align(FormatAlign::Center).set_background_color("DDEBF7");
    // Codes and dates stay as they are typed.
    let typed = Format::new().set_num_format("@");
    for (place, column) in (0_u16..).zip(COLUMNS) {
        sheet.set_column_width(place, column.width)?;
        sheet.set_column_format(place, &typed)?;
        sheet.write_string_with_format(0, place, column.header, &head)?;
        let mut rule = DataValidation::new();
        if column.choices.is_empty() {
            rule = rule.allow_any_value();
        } else {
            rule = rule.allow_list_strings(column.choices)?.set_error_message("请从列表中选择，不清楚时不填")?;
        }
        let rule = rule.set_input_message(column.help)?;
        sheet.add_data_validation(1, place, ROWS, place, &rule)?;
    }
    sheet.set_freeze_panes(1, 2)?;
    Ok(())
}

/// The sheet that explains the columns.
fn fill_guide(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let head = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_column_width(0, 16)?.set_column_width(1, 60)?.set_column_width(2, 40)?;
    for (place, title) in (0_u16..).zip(["列", "说明", "可选值"]) {
        sheet.write_string_with_format(0, place, title, &head)?;
    }
    for (row, column) in (1_u32..).zip(COLUMNS) {
        sheet.write_string(row, 0, column.header)?;
        sheet.write_string_with_format(row, 1, column.help, &wrapped)?;
        sheet.write_string_with_format(row, 2, column.choices.join("、"), &wrapped)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

    use super::*;
    use crate::intake::format;
    use crate::intake::profile::Profile;

    #[test]
    fn the_template_is_the_same_in_every_run_and_its_profile_reads_every_column() {
        let bytes = template().unwrap();
        assert_eq!(bytes, template().unwrap());
        let profile = Profile::builtin("template").unwrap();
        let table = format::open(&profile.format, &bytes).unwrap();
        let headers: Vec<_> = COLUMNS.iter().map(|column| column.header).collect();
        assert_eq!(table.headers, headers);
        assert_eq!(table.rows.count(), 0);
        for header in headers {
            assert!(profile.named.contains(header), "the profile does not read {header}");
        }
        let known = |column: &str| table.headers.iter().any(|header| header == column);
        assert!(profile.named.iter().all(|column| known(column)), "the profile reads a column that is not there");
    }
}
