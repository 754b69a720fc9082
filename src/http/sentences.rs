//! What is wrong with a cleaning that was refused, or with a row of a file, in Chinese: the sentences that the rules say in
//! English, each with its like, and for every code of a row one that always holds.

use std::borrow::Cow;

use super::language::Language;
use crate::domain::Violation;

/// English, with `{}` for what changes; Chinese, with `{0}` for the first of that as it is and `<0>` for it in words.
type Pair = (&'static str, &'static str);

/// The same violation, told in that language. What has no sentence here stays in English.
pub(super) fn told(violation: Violation, language: Language) -> Violation {
    let message = match language {
        Language::Chinese => chinese(SENTENCES, &violation.message),
        Language::English => None,
    };
    Violation { message: message.unwrap_or(violation.message), ..violation }
}

/// What a remark about a row of a file says in that language.
pub(super) fn remark(code: &str, message: String, language: Language) -> String {
    let general = || ROWS.iter().find(|(known, _)| *known == code).map(|(_, says)| (*says).to_owned());
    match language {
        Language::Chinese => chinese(SENTENCES, &message).or_else(general).unwrap_or(message),
        Language::English => message,
    }
}

fn chinese(pairs: &[Pair], text: &str) -> Option<String> {
    pairs.iter().find_map(|(english, chinese)| Some(filled(chinese, &holes(english, text)?)))
}

/// What stands in the holes of a pattern, if the text is of it.
fn holes<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut pieces = pattern.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut found = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let at = match pieces.peek() {
            // The last hole takes all up to the end of the text.
            None => rest.len().checked_sub(piece.len()).filter(|at| rest.get(*at..) == Some(piece))?,
            Some(_) => rest.find(piece)?,
        };
        let (hole, after) = rest.split_at_checked(at)?;
        found.push(hole);
        rest = after.strip_prefix(piece)?;
    }
    rest.is_empty().then_some(found)
}

fn filled(pattern: &str, holes: &[&str]) -> String {
    let mut text = Cow::Borrowed(pattern);
    for (place, hole) in holes.iter().enumerate() {
        if text.contains(&format!("<{place}>")) {
            let words = chinese(PHRASES, hole).unwrap_or_else(|| (*hole).to_owned());
            text = text.replace(&format!("<{place}>"), &words).into();
        }
        text = text.replace(&format!("{{{place}}}"), hole).into();
    }
    text.into_owned()
}

/// The first that fits counts.
const SENTENCES: &[Pair] = &[
    // Of every body: its schema.
    ("is required", "不能缺少"),
    ("is no field here; there are {}", "这里没有这一项；可以有：{0}"),
    ("must hold {} items", "应有 <0> 项"),
    ("must be one of: {}", "只能是：{0}"),
    ("must have {} characters", "应有 <0> 个字"),
    ("cannot be read", "无法识别"),
    ("must be a UUID of version 7, made anew for each record", "应是第 7 版 UUID，每条记录各用一个"),
    ("must be a UUID of version 7, made anew for each photo", "应是第 7 版 UUID，每张照片各用一个"),
    ("must be another record", "应是另一条记录"),
    ("must be a place in degrees", "应是以度表示的位置"),
    ("must be {}", "应是<0>"),
    // Of texts.
    ("must not be empty", "不能为空"),
    ("has {} characters; at most {} are kept", "有 {0} 个字，最多 {1} 个"),
    ("holds the character U+{}, which cannot be shown", "含有无法显示的字符 U+{0}"),
    // Of cleanings.
    ("must lie in the years 1970 to 2199", "应在 1970 年到 2199 年之间"),
    ("names 9 photos at most", "最多 9 张照片"),
    ("names {} photos at most", "最多 {0} 张照片"),
    ("names 20 supplies at most", "最多 20 种物品"),
    ("of each above 0 and at most 10,000", "每种数量应大于 0，且不超过 10000"),
    ("must answer each point once", "每一项只能回答一次"),
    ("answers 160 points at most", "最多回答 160 项"),
    ("are named by 1 to 32 characters", "名称应有 1 到 32 个字符"),
    ("must name what was done", "请说明做了什么"),
    ("a record that voids another says nothing of what was done", "作废另一条记录时，不能再写做了什么"),
    (
        "a correction leaves when, where and by whom as it is: void the record and log anew",
        "更正不能改时间、地点和人员：请作废原记录后重新记录",
    ),
    ("a record amends another or voids one, not both", "一条记录只能更正或作废另一条，不能两样都做"),
    ("is for a record that amends or voids another", "只用于更正或作废另一条记录"),
    ("must say why", "请说明原因"),
    ("is not what was sent under this id before", "与先前用同一编号发送的不同"),
    ("somebody else recorded something under it", "这个编号已有别人的记录"),
    ("there is no such toilet", "没有这座公厕"),
    ("there is no such person", "没有这个人"),
    ("the caller may not do this there", "您在那里没有这项权限"),
    (
        "what it corrects is not on record, or not yet: send it again once that is",
        "要更正的记录还没有收到：收到后请再发送一次",
    ),
    (
        "what it corrects was at another toilet: void that and log anew",
        "要更正的记录属于另一座公厕：请作废它再重新记录",
    ),
    ("what it corrects was corrected already by {}: correct the newest", "要更正的记录已被 {0} 更正：请更正最新的一条"),
    ("that record voids another itself", "那条记录本身就是作废记录"),
    // Of rows of a file.
    ("the row states no name", "这一行没有名称"),
    ("the name is blank; “{}” stands in", "名称为空，改用“{0}”"),
    ("“{}” had space around it or a line break in it", "“{0}”前后有空格或中间有换行，已去掉"),
    ("“{}” is not in the file's table “{}”", "“{0}”不在文件的对照表“{1}”里"),
    ("“{}” does not match the pattern {}", "“{0}”不符合格式 {1}"),
    ("“{}” holds no number", "“{0}”里没有数字"),
    ("“{}” has no entry in the profile's map", "“{0}”没有对应的取值"),
    ("“{}” is no number from zero up", "“{0}”不是零或正数"),
    ("“{}” is no number", "“{0}”不是数字"),
    ("“{}” is no pair of numbers", "“{0}”不是一对数字"),
    ("“{}” is not one of {}", "“{0}”不在可用的取值之内：{1}"),
    (
        "“{}” is no date that can be read; say how dates are written in `formats`",
        "“{0}”不是能识别的日期；请说明日期的写法",
    ),
    ("“{}” is no whole number from 0 to {}", "“{0}”不是 0 到 {1} 的整数"),
    ("“{}” is kept as a note", "“{0}”未能识别，作为说明保留"),
    ("“{}” is a grade under no standard", "等级“{0}”没有说明标准"),
    ("“{}” is no grade of {}, which has {}", "“{0}”不是 {1} 的等级，该标准有：{2}"),
    ("“{}” is no closure that can be read", "“{0}”不是能识别的停用说明"),
    ("“{}” holds bytes that are no text in this encoding", "“{0}”含有这种编码无法识别的字节"),
    ("“{}” may have lost a character to a “?”", "“{0}”中可能有一个字变成了“?”"),
    ("{} add up to {}, not to the {} of {}", "{0} 合计 {1}，与 {3} 的 {2} 不符"),
    ("{} is before {}", "{0} 早于 {1}"),
    ("{} is not after {}", "{0} 不晚于 {1}"),
    (
        "an area code is 1 to 24 letters, digits or hyphens, such as 410308106",
        "行政区代码由 1 到 24 个字母、数字或连字符组成，例如 410308106",
    ),
    ("the row states no position", "这一行没有位置"),
    ("the row states one of latitude and longitude only", "经度和纬度只有一个"),
    (
        "the row states a position but not whether it is wgs84, gcj02 or bd09",
        "有位置，但没有说明坐标系是 wgs84、gcj02 还是 bd09",
    ),
    ("the datum must be wgs84, gcj02 or bd09", "坐标系应为 wgs84、gcj02 或 bd09"),
    ("{} lies outside the box that the profile states; swapped?", "{0} 在应有的范围之外，经纬度是否写反了？"),
    ("{} lies outside the box that the profile states", "{0} 在应有的范围之外"),
    ("latitude must be a number from -{} to {}", "纬度应在 -{0} 到 {1} 之间"),
    ("longitude must be a number from -{} to {}", "经度应在 -{0} 到 {1} 之间"),
    ("only points and polygons have a place for a toilet", "只有点和面能作为公厕的位置"),
    ("a corner needs two numbers", "每个角点要有两个数字"),
    ("all that would make the row's key is blank", "能用作编号的各列都是空的"),
    ("a key has at most {} bytes: choose fewer columns for it", "编号最长 {0} 字节：请少用几列"),
    ("a source's name has at most {} characters", "来源名称最多 {0} 个字"),
    ("line {} has the same key and counts instead", "第 {0} 行编号相同，以那一行为准"),
    ("line {} has the same key and came first and counts", "第 {0} 行编号相同且在前，以那一行为准"),
    ("line {} has the same key and is the same in every column", "与第 {0} 行完全相同"),
    (
        "line {} has the same key but differs; this row is number {} of it",
        "与第 {0} 行编号相同但内容不同，这是其中第 {1} 个",
    ),
    ("the row has {} cells, the header {}", "这一行有 {0} 格，表头有 {1} 格"),
    (
        "the source changed this field, but it was edited here since: it stays as it is",
        "来源改了这一项，但这里后来有人改过：保留这里的内容",
    ),
    (
        "no area has or had the code {}: the toilet is kept without an area",
        "没有代码为 {0} 的行政区：公厕暂不归属行政区",
    ),
    (
        "{}: a toilet with this id was entered in this register; change it there, or take the row's id away and give it \
         another sourceKey",
        "{0}：这个编号的公厕是在本登记册里录入的；请在这里修改，或去掉这一行的编号并换一个来源编号",
    ),
    (
        "{}: another toilet has this id here, so this one gets the next that is free",
        "{0}：这个编号已被另一座公厕使用，改用下一个空号",
    ),
];

/// What holes say, in words.
const PHRASES: &[Pair] = &[
    ("an object", "一个对象"),
    ("a list", "一个列表"),
    ("a text", "文字"),
    ("a whole number", "整数"),
    ("a number", "数字"),
    ("true or false", "“是”或“否”"),
    ("a day such as {}", "日期，例如 {0}"),
    ("an instant such as {}", "时间，例如 {0}"),
    ("a UUID", "一个 UUID"),
    ("at least {}", "至少 {0}"),
    ("at most {}", "最多 {0}"),
    ("any number of", "任意"),
    ("{} to {}", "{0} 到 {1}"),
];

/// For each code of a remark about a row.
const ROWS: &[(&str, &str)] = &[
    ("missing", "不能为空"),
    ("too_long", "内容太长"),
    ("bad_character", "含有无法显示的字符"),
    ("missing_key", "没有能用作编号的内容"),
    ("key_too_long", "编号太长"),
    ("missing_position", "没有位置"),
    ("missing_datum", "没有说明坐标系"),
    ("bad_position", "位置无法使用"),
    ("bad_geometry", "图形无法使用"),
    ("outside_bbox", "位置在应有的范围之外"),
    ("unreadable_row", "这一行无法读取，例如格数不对"),
    ("repeated", "前面已有编号相同的一行，以那一行为准"),
    ("repeat_numbered", "编号与前面一行相同但内容不同，已另行编号"),
    ("name_fallback", "名称为空，改用了别的内容"),
    ("trimmed", "已去掉前后空格或中间的换行"),
    ("unmapped_value", "没有对应的取值"),
    ("unread_value", "内容无法识别"),
    ("bad_count", "数量不对"),
    ("bad_code", "代码不对"),
    ("bad_value", "内容不符合要求"),
    ("hours_unread", "开放时间未能识别，作为说明保留"),
    ("unknown_grade", "不是该标准的等级"),
    ("ends_before_it_begins", "结束早于开始"),
    ("unreadable_closure", "停用说明未能识别"),
    ("sum_mismatch", "各项合计与总数不符"),
    ("suspect_question_mark", "中文里的“?”可能是丢失的字"),
    ("replacement_character", "含有这种编码无法识别的字节"),
    ("edited_here", "这里后来有人改过，保留这里的内容"),
    ("unknown_area", "没有这个行政区"),
    ("id_taken", "这个编号已被使用"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in quotation marks in a piece of Rust, without what is for tests and what is said to programmers.
    fn literals(source: &str) -> Vec<String> {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        let plain = |line: &&str| !line.trim_start().starts_with("//") && !line.trim_start().starts_with("#[");
        let code = code.lines().filter(plain).collect::<Vec<_>>().join("\n").replace("'\"'", "");
        code.split('"').skip(1).step_by(2).map(joined).collect()
    }

    /// A text that goes on in the next line begins there with its first letter.
    fn joined(text: &str) -> String {
        let mut parts = text.split("\\\n");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| text + part.trim_start())
    }

    /// With something in each of its holes.
    fn said(literal: &str) -> String {
        let mut parts = literal.split('{');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| format!("{text}7{}", part.split_once('}').map_or("", |(_, rest)| rest)))
    }

    fn is_chinese(text: &str) -> bool {
        text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
    }

    /// Sentences have spaces; names of fields and codes have none.
    fn sentences(source: &str) -> Vec<String> {
        literals(source).into_iter().filter(|text| text.trim().contains(' ')).collect()
    }

    #[test]
    fn no_rule_that_refuses_a_cleaning_lacks_its_chinese() {
        let mut count = 0;
        for source in [
            include_str!("../domain/cleaning/event.rs"),
            include_str!("../domain/text.rs"),
            include_str!("cleaning_input.rs"),
            include_str!("cleaning_view.rs").split("pub(super) fn faults").nth(1).unwrap_or_default(),
        ] {
            for sentence in sentences(source) {
                let told = told(Violation::new("", "x", said(&sentence)), Language::Chinese);
                assert!(is_chinese(&told.message), "“{sentence}” has no Chinese: {}", told.message);
                count += 1;
            }
        }
        assert!(count >= 30, "{count} sentences were found");
        // What the schema says is put together of parts.
        for part in sentences(include_str!("faults.rs")) {
            let said = said(&part);
            let known = chinese(SENTENCES, &said).or_else(|| chinese(PHRASES, &said));
            assert!(known.is_some_and(|known| is_chinese(&known)), "“{part}” has no Chinese");
        }
    }

    #[test]
    fn no_code_of_a_row_lacks_its_chinese() {
        let sources = [
            include_str!("../intake/bodies.rs"),
            include_str!("../intake/clean.rs"),
            include_str!("../intake/fields.rs"),
            include_str!("../intake/locate.rs"),
            include_str!("../intake/mapping.rs"),
            include_str!("../intake/notice.rs"),
            include_str!("../intake/outline.rs"),
            include_str!("../intake/own.rs"),
            include_str!("../intake/run.rs"),
            include_str!("../intake/transform.rs"),
            include_str!("../intake/typed.rs"),
            include_str!("../usecase/imports/run.rs"),
            include_str!("../usecase/imports/restore.rs"),
        ];
        let word =
            |text: &String| text.contains('_') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let codes: std::collections::BTreeSet<_> = sources.iter().flat_map(|it| literals(it)).filter(word).collect();
        assert!(codes.len() >= 25, "{codes:?}");
        for code in codes {
            let told = remark(&code, "Something that no pattern knows.".to_owned(), Language::Chinese);
            assert!(is_chinese(&told), "{code} has no Chinese");
        }
        for (code, says) in ROWS {
            assert!(is_chinese(says), "{code}");
            assert_eq!(remark(code, "English".to_owned(), Language::English), "English");
        }
    }

    #[test]
    fn every_sentence_here_is_still_said_somewhere() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut everything = String::new();
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("sentences.rs") {
                    everything.push_str(&joined(&std::fs::read_to_string(path).unwrap_or_default()));
                }
            }
        }
        for (english, chinese) in SENTENCES {
            let pieces = english.split("{}").flat_map(|piece| piece.split(": ")).flat_map(|piece| piece.split(" -"));
            let pieces = pieces.flat_map(|piece| piece.split("; ")).flat_map(|piece| piece.split(" and "));
            for piece in pieces.filter(|piece| piece.trim().len() > 3) {
                let shorter = piece.trim_start_matches("latitude ").trim_start_matches("longitude ");
                assert!(everything.contains(shorter.trim()), "“{english}” is said nowhere: “{piece}”");
            }
            assert!(is_chinese(chinese), "{english}");
        }
    }

    #[test]
    fn what_stands_in_a_sentence_stays_as_it_is() {
        for (english, says) in [
            ("has 70 characters; at most 64 are kept", "有 70 个字，最多 64 个"),
            ("must have 1 to 64 characters", "应有 1 到 64 个字"),
            ("must be a whole number", "应是整数"),
            ("must be one of: a, b to c", "只能是：a, b to c"),
            ("“a to b” is no number", "“a to b”不是数字"),
            ("3 + 4 add up to 7, not to the 8 of stalls.women", "3 + 4 合计 7，与 stalls.women 的 8 不符"),
            ("34.8, 112.4 lies outside the box that the profile states", "34.8, 112.4 在应有的范围之外"),
            (
                "112.4, 34.8 lies outside the box that the profile states; swapped?",
                "112.4, 34.8 在应有的范围之外，经纬度是否写反了？",
            ),
        ] {
            let violation = Violation::new("f", "c", english);
            assert_eq!(told(violation.clone(), Language::Chinese).message, says);
            assert_eq!(told(violation.clone(), Language::English), violation);
        }
        assert_eq!(told(Violation::new("f", "c", "Nobody says this."), Language::Chinese).message, "Nobody says this.");
    }
}
