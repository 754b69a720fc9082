//! Slots as a calendar (iCalendar, RFC 5545), which phones and desks subscribe to. Every event is an instant to an instant
//! in UTC, so that no reader has to know of time zones and their changes.

use chrono::{DateTime, Utc};

use crate::domain::language::{Language, Named};
use crate::domain::slot::Slot;
use crate::domain::task::Checklist;

/// Its media type.
pub const ICAL: &str = "text/calendar; charset=utf-8";

/// The longest line, in octets, its end left out (RFC 5545, 3.1).
const LINE: usize = 75;

/// What a calendar of slots is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The toilet's name.
    pub toilet: &'a str,
    /// Whose slots these are in the world: the ends of the events' ids.
    pub host: &'a str,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// In which language.
    pub language: Language,
}

/// A calendar with an event for each slot, from its opening until it is no longer on time; a cancelled one is marked so.
#[must_use]
pub fn ical<'a>(about: &About<'_>, slots: impl IntoIterator<Item = (Slot, Option<&'a Checklist>)>) -> String {
    let mut out = Lines(String::new());
    let title = format!("{} · {}", about.language.pick("保洁计划", "Cleaning plan"), about.toilet);
    out.put("BEGIN", "VCALENDAR");
    out.put("VERSION", "2.0");
    out.put("PRODID", "-//gongce//cleaning plan//ZH");
    out.put("CALSCALE", "GREGORIAN");
    out.put("METHOD", "PUBLISH");
    out.text("NAME", &title);
    // As the readers knew it before RFC 7986.
    out.text("X-WR-CALNAME", &title);
    out.put("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    for (slot, checklist) in slots {
        event(&mut out, about, &slot, checklist);
    }
    out.put("END", "VCALENDAR");
    out.0
}

fn event(out: &mut Lines, about: &About<'_>, slot: &Slot, checklist: Option<&Checklist>) {
    let instant = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
    out.put("BEGIN", "VEVENT");
    out.put("UID", &format!("{}@{}", slot.key, about.host));
    out.put("DTSTAMP", &instant(about.at));
    out.put("DTSTART", &instant(slot.opens));
    out.put("DTEND", &instant(slot.due));
    out.text("SUMMARY", &format!("{} {} · {}", slot.key.time, slot.task.name(about.language), about.toilet));
    let points = checklist.map(Checklist::points).unwrap_or_default();
    if !points.is_empty() {
        let name = |point: &crate::domain::task::Point| match (about.language, &point.name_en) {
            (Language::English, Some(name)) => format!("– {name}"),
            _ => format!("– {}", point.name),
        };
        out.text("DESCRIPTION", &points.iter().map(name).collect::<Vec<_>>().join("\n"));
    }
    out.put("STATUS", if slot.cancelled.is_some() { "CANCELLED" } else { "CONFIRMED" });
    // Whoever has to come by is not busy all the while.
    out.put("TRANSP", "TRANSPARENT");
    out.put("END", "VEVENT");
}

/// Lines as RFC 5545 wants them: ended by CR LF, folded between characters.
struct Lines(String);

impl Lines {
    fn put(&mut self, name: &str, value: &str) {
        let mut length = 0;
        for character in name.chars().chain([':']).chain(value.chars()) {
            if length + character.len_utf8() > LINE {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(character);
            length += character.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A value of the type TEXT.
    fn text(&mut self, name: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for character in value.chars() {
            match character {
                '\\' | ';' | ',' => {
                    escaped.push('\\');
                    escaped.push(character);
                }
                '\n' => escaped.push_str("\\n"),
                // Nothing that could end a line, or that may not be in one.
                other if other.is_control() => {}
                other => escaped.push(other),
            }
        }
        self.put(name, &escaped);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::id::ExceptionId;
    use crate::domain::slot::SlotKey;
    use crate::domain::task::Task;

    fn slot() -> Slot {
        let key: SlotKey = "17.1.2.20261123T0800".parse().unwrap();
        let at: DateTime<Utc> = "2026-11-23T00:00:00Z".parse().unwrap();
        let minutes = TimeDelta::minutes;
        Slot {
            key,
            task: Task::Round,
            at,
            opens: at - minutes(30),
            due: at + minutes(15),
            closes: at + minutes(75),
            cancelled: None,
        }
    }

    fn about(toilet: &str, language: Language) -> About<'_> {
        About { toilet, host: "gongce.example", at: "2026-11-22T10:00:00Z".parse().unwrap(), language }
    }

    fn unfolded(text: &str) -> String {
        text.replace("\r\n ", "")
    }

    #[test]
    fn a_slot_is_an_event() {
        let point = |name: &str, en: Option<&str>| serde_json::json!({"code": name.len().to_string(), "name": name, "nameEn": en});
        let list: Checklist =
            serde_json::from_value(serde_json::json!([point("地面无积水", Some("Floor dry")), point("皂液", None)]))
                .unwrap();
        let cancelled = Slot { cancelled: Some(ExceptionId(1)), ..slot() };
        let text = ical(&about("长华社区公厕", Language::English), [(slot(), Some(&list)), (cancelled, None)]);
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        let lines: Vec<_> = unfolded(&text).split("\r\n").map(str::to_owned).collect();
        assert_eq!(
            lines[8..18],
            [
                "BEGIN:VEVENT",
                "UID:17.1.2.20261123T0800@gongce.example",
                "DTSTAMP:20261122T100000Z",
                "DTSTART:20261122T233000Z",
                "DTEND:20261123T001500Z",
                "SUMMARY:08:00 round · 长华社区公厕",
                "DESCRIPTION:– Floor dry\\n– 皂液",
                "STATUS:CONFIRMED",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
            ]
        );
        assert_eq!(lines.iter().filter(|line| *line == "STATUS:CANCELLED").count(), 1);
        assert!(
            ical(&about("长华社区公厕", Language::Chinese), [(slot(), None)])
                .contains("SUMMARY:08:00 巡回保洁 · 长华社区公厕")
        );
    }

    proptest! {
        #[test]
        fn no_name_breaks_out_of_its_line(name in any::<String>()) {
            let text = ical(&about(&name, Language::Chinese), [(slot(), None)]);
            prop_assert!(text.split("\r\n").all(|line| line.len() <= LINE && !line.contains(['\r', '\n'])));
            let lines = unfolded(&text).split("\r\n").map(|line| line.split_once(':').map(|(name, _)| name.to_owned())).collect::<Vec<_>>();
            let plain = ical(&about("x", Language::Chinese), [(slot(), None)]);
            let wanted = unfolded(&plain).split("\r\n").map(|line| line.split_once(':').map(|(name, _)| name.to_owned())).collect::<Vec<_>>();
            prop_assert_eq!(lines, wanted);
            let summary = unfolded(&text).split("\r\n").find_map(|line| line.strip_prefix("SUMMARY:").map(str::to_owned)).unwrap();
            let kept: String = name.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
            let read = summary.replace("\\\\", "\u{0}").replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace('\u{0}', "\\");
            prop_assert_eq!(read, format!("08:00 巡回保洁 · {kept}"));
        }
    }
}
