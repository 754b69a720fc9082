//! The words of opening hours, as they stand after [`super::scan`] has folded the text: lower case, simplified
//! characters, ASCII digits and punctuation.

use super::scan::{Period, Token};

/// Sets of weekdays as bits, Monday lowest.
pub(super) const WEEKDAYS: u8 = 0b001_1111;
pub(super) const WEEKEND: u8 = 0b110_0000;
pub(super) const ALL_DAYS: u8 = 0b111_1111;

/// Characters that are folded: traditional to simplified, full width to ASCII, and all dashes to one.
const FOLDED: [(&str, &str); 3] = [
    ("時點鐘週禮開閉館關節國眾營業服務間兩號後晝與", "时点钟周礼开闭馆关节国众营业服务间两号后昼与"),
    ("：；，。、～〜–—−‐‑－→〇零", ":;,.,~~-------〇〇"),
    ("\u{a0}\u{3000}\u{202f}\t\n\r", "      "),
];

/// The folded form of one character.
pub(super) fn fold(c: char) -> char {
    if c.is_ascii_graphic() {
        return c;
    }
    for (from, to) in FOLDED {
        if let Some(found) = from.chars().position(|other| other == c).and_then(|index| to.chars().nth(index)) {
            return found;
        }
    }
    match c {
        // The full-width forms of the printable ASCII characters stand in the same order.
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

/// Words and what they mean. The longest that fits is taken.
pub(super) const WORDS: &[(&[&str], Token)] = &[
    // Round the clock.
    (&["24小时", "二十四小时", "全天候", "全天", "全日", "昼夜", "24시간", "상시"], Token::AllDay),
    (&["24h/24h", "24h/24", "24/24h", "24/24", "h24", "24/7"], Token::AllDay),
    (&["24 hours", "24hours", "24-hours", "24-hour", "24hrs", "24hr", "24 hrs"], Token::AllDay),
    // Days.
    (
        &["每天", "每日", "天天", "全年", "全年无休", "매일", "연중무휴", "7j/7", "7/7", "tous les jours"],
        Token::Days(ALL_DAYS),
    ),
    (&["daily", "every day", "everyday", "7 days a week"], Token::Days(ALL_DAYS)),
    (&["平日", "평일", "weekdays"], Token::Days(WEEKDAYS)),
    (&["周末", "双休日", "주말", "weekends", "weekend"], Token::Days(WEEKEND)),
    (&["工作日"], Token::WorkDays),
    (&["法定节假日", "节假日", "国定假日", "公众假期", "公众假日", "공휴일", "public holidays", "ph"], Token::Holiday),
    (&["jours fériés"], Token::Holiday),
    (&["周一", "星期一", "礼拜一", "월요일", "monday", "mon", "mo", "lundi"], Token::Weekday(0)),
    (&["周二", "星期二", "礼拜二", "화요일", "tuesday", "tue", "tu", "mardi"], Token::Weekday(1)),
    (&["周三", "星期三", "礼拜三", "수요일", "wednesday", "wed", "we", "mercredi"], Token::Weekday(2)),
    (&["周四", "星期四", "礼拜四", "목요일", "thursday", "thu", "th", "jeudi"], Token::Weekday(3)),
    (&["周五", "星期五", "礼拜五", "금요일", "friday", "fri", "fr", "vendredi"], Token::Weekday(4)),
    (&["周六", "星期六", "礼拜六", "토요일", "saturday", "sat", "sa", "samedi"], Token::Weekday(5)),
    (&["周日", "周天", "星期日", "星期天", "礼拜日", "礼拜天"], Token::Weekday(6)),
    (&["일요일", "sunday", "sun", "su", "dimanche"], Token::Weekday(6)),
    // Halves of the day.
    (&["上午", "早上", "早晨", "清晨", "早", "오전"], Token::Period(Period::Morning)),
    (&["中午"], Token::Period(Period::Noon)),
    (&["下午", "傍晚", "午后", "오후"], Token::Period(Period::Afternoon)),
    (&["晚上", "夜间", "夜晚", "晚间", "晚"], Token::Period(Period::Evening)),
    (&["凌晨"], Token::Period(Period::Night)),
    (&["次日", "翌日", "第二天"], Token::NextDay),
    // Between.
    (&["-", "~", "至", "到", "à", "au", "to", "until"], Token::Dash),
    (&["/"], Token::Slash),
    (&[",", ";", "及", "和", "与", "以及", "&", "and", "et"], Token::Separator),
    // Closed.
    (&["休息", "闭馆", "关闭", "不开放", "closed", "off", "fermé"], Token::Off),
    // Words that add nothing.
    (
        &[
            "开放时间",
            "营业时间",
            "服务时间",
            "开放",
            "营业",
            "服务",
            "时间",
            "均",
            "逢",
            "由",
            "自",
            "从",
            ":",
            " ",
            "(",
            ")",
            "운영",
            "개방",
        ],
        Token::Filler,
    ),
    (&["open", "ouvert", "from", "de", "du", "le", "les", "hours"], Token::Filler),
];

/// The weekday of a character that stands for it after another weekday, as in `周一至五`.
pub(super) fn bare_weekday(c: char) -> Option<u8> {
    "一二三四五六日".chars().zip(0..).find(|(name, _)| *name == c).map(|(_, day)| day)
}
