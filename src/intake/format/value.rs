//! The text of a workbook's cell, as a person sees it.

use calamine::{Data, ExcelDateTime};

/// The text of a cell; nothing for an empty cell and for an error (`#N/A`).
pub(super) fn text_of(value: Data) -> Option<String> {
    match value {
        Data::Empty | Data::Error(_) => None,
        Data::String(text) => (!text.is_empty()).then_some(text),
        Data::Bool(truth) => Some(truth.to_string()),
        Data::Int(number) => Some(number.to_string()),
        Data::Float(number) => number_text(number),
        Data::DateTime(time) if time.is_duration() || (0.0..1.0).contains(&time.as_f64()) => clock_text(time.as_f64()),
        Data::DateTime(time) => Some(date_text(time)),
        Data::DateTimeIso(text) => Some(without_midnight(text)),
        Data::DurationIso(text) => Some(text),
    }
}

/// Excel shows numbers by 15 significant digits and stores more: a sum of 0.3 stands as 0.30000000000000004 in the file.
fn number_text(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    if number == 0.0 {
        return Some("0".to_owned());
    }
    let rounded: f64 = format!("{number:.14e}").parse().ok()?;
    Some(rounded.to_string())
}

/// ISO 8601: `2024-03-06`, or `2024-03-06T06:30:00` where the time is not midnight.
fn date_text(time: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        return date;
    }
    format!("{date}T{hour:02}:{minute:02}:{second:02}")
}

/// A time of day or a length of time, `06:30` or `25:00:30`, from days.
fn clock_text(days: f64) -> Option<String> {
    let seconds = (days * 86_400.0).round();
    if !(0.0..=1e9).contains(&seconds) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked above")]
    let seconds = seconds as u64;
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if rest == 0 {
        return Some(format!("{hours:02}:{minutes:02}"));
    }
    Some(format!("{hours:02}:{minutes:02}:{rest:02}"))
}

fn without_midnight(text: String) -> String {
    match text.split_once('T') {
        Some((date, time)) if time.chars().all(|c| matches!(c, '0' | ':' | '.' | 'Z')) => date.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use calamine::{CellErrorType, ExcelDateTimeType};

    use super::*;

    fn text(value: Data) -> String {
        text_of(value).unwrap_or_else(|| "-".to_owned())
    }

    fn time(value: f64, kind: ExcelDateTimeType) -> String {
        text(Data::DateTime(ExcelDateTime::new(value, kind, false)))
    }

    #[test]
    fn numbers_read_as_excel_shows_them() {
        let numbers = [5.0, -5.0, 0.0, -0.0, 112.4364, 0.1 + 0.2, 410_308_106_001.0, 1e-7, f64::NAN];
        assert_eq!(
            numbers.map(|number| text(Data::Float(number))),
            ["5", "-5", "0", "0", "112.4364", "0.3", "410308106001", "0.0000001", "-"]
        );
    }

    #[test]
    fn dates_are_iso_and_times_are_clock_times() {
        use ExcelDateTimeType::{DateTime, TimeDelta};
        assert_eq!(time(45_357.0, DateTime), "2024-03-06");
        assert_eq!(time(45_357.270_833_333_336, DateTime), "2024-03-06T06:30:00");
        assert_eq!(time(0.25, DateTime), "06:00");
        assert_eq!(time(0.937_511_574_074_074_1, DateTime), "22:30:01");
        assert_eq!(time(1.041_666_666_666_666_7, TimeDelta), "25:00");
        assert_eq!(time(-1.0, TimeDelta), "-");
        assert_eq!(text(Data::DateTimeIso("2024-03-06T00:00:00.000Z".to_owned())), "2024-03-06");
        assert_eq!(text(Data::DateTimeIso("2024-03-06T06:30:00".to_owned())), "2024-03-06T06:30:00");
    }

    #[test]
    fn errors_and_empty_texts_are_absent() {
        assert_eq!(text(Data::Error(CellErrorType::NA)), "-");
        assert_eq!(text(Data::String(String::new())), "-");
        assert_eq!(text(Data::Bool(true)), "true");
    }
}
