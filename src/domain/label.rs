//! What fields and words are called in Chinese and in English, for people who read the history of a record.

use serde_json::Value;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Both {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Both {
    fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { zh: text.clone(), en: text }
    }

    fn of((zh, en): (&str, &str)) -> Self {
        Self { zh: zh.to_owned(), en: en.to_owned() }
    }

    fn with(self, rest: &str) -> Self {
        Self { zh: format!("{} {rest}", self.zh), en: format!("{} {rest}", self.en) }
    }
}

const FIELDS: &[(&str, &str, &str)] = &[
    ("name", "名称", "Name"),
    ("nameEn", "英文名称", "English name"),
    ("code", "编号", "Code"),
    ("kind", "类型", "Kind"),
    ("form", "形式", "Form"),
    ("access", "使用范围", "Access"),
    ("zone", "时区", "Time zone"),
    ("calendar", "节假日历", "Holiday calendar"),
    ("position", "位置", "Position"),
    ("address", "地址", "Address"),
    ("district", "区县", "District"),
    ("area", "行政区", "Area"),
    ("lifecycle", "状态", "Stage of life"),
    ("hours", "开放时间", "Opening hours"),
    ("hoursNote", "开放时间说明", "Note on the hours"),
    ("fee", "收费", "Fee"),
    ("facilities.wheelchair", "无障碍厕位", "Wheelchair stall"),
    ("facilities.familyToilet", "第三卫生间", "Family toilet"),
    ("facilities.babyChanging", "婴儿护理台", "Baby table"),
    ("facilities.women", "女厕", "Women's part"),
    ("facilities.men", "男厕", "Men's part"),
    ("facilities.unisex", "男女通用", "Unisex"),
    ("facilities.paper", "厕纸", "Paper"),
    ("facilities.handWashing", "洗手设施", "Hand washing"),
    ("facilities.shower", "淋浴", "Shower"),
    ("facilities.drinkingWater", "饮用水", "Drinking water"),
    ("stalls.total", "厕位总数", "Stalls in all"),
    ("stalls.women", "女厕位", "Stalls for women"),
    ("stalls.men", "男厕位", "Stalls for men"),
    ("stalls.urinals", "小便位", "Urinals"),
    ("stalls.accessible", "无障碍厕位数", "Stalls for wheelchair users"),
    ("stalls.family", "第三卫生间数", "Family rooms"),
    ("openedOn", "启用日期", "Opened on"),
    ("rebuiltOn", "改造日期", "Rebuilt on"),
    ("verifiedAt", "核实时间", "Confirmed at"),
    ("contact", "公示电话", "Contact line"),
    ("serviceFrom", "服务开始", "Serves from"),
    ("serviceUntil", "服务结束", "Serves until"),
    ("note", "备注", "Remark"),
    ("source", "数据来源", "Source"),
];

/// Fields with a name of their own after the first dot.
const GROUPS: &[(&str, &str, &str)] = &[
    ("outages", "停用", "Closure"),
    ("tenures", "管理单位", "Body"),
    ("grades", "等级", "Grade"),
    ("attested", "现场核实", "Seen on the spot"),
    ("stations", "临时位置", "Place for a time"),
    ("photos", "照片", "Photo"),
    ("extra", "其他", "Further"),
];

const WORDS: &[(&str, &str, &str)] = &[
    ("urban", "城市", "urban"),
    ("tourist", "旅游", "tourist"),
    ("village", "农村", "village"),
    ("roadside", "公路", "roadside"),
    ("shared", "社会开放", "shared"),
    ("standalone", "独立式", "standalone"),
    ("attached", "附属式", "attached"),
    ("portable", "活动式", "portable"),
    ("public", "公众", "public"),
    ("customers", "顾客", "customers"),
    ("private", "不对外", "private"),
    ("planned", "规划中", "planned"),
    ("inService", "服务中", "in service"),
    ("retired", "已停办", "retired"),
    ("yes", "有", "yes"),
    ("limited", "部分", "limited"),
    ("no", "无", "no"),
    ("repair", "维修", "repair"),
    ("rebuilding", "改造", "rebuilding"),
    ("water", "停水", "no water"),
    ("power", "停电", "no power"),
    ("weather", "天气", "weather"),
    ("event", "活动", "event"),
    ("sewage", "排污", "sewage"),
    ("cleaning", "保洁", "cleaning"),
    ("other", "其他", "other"),
    ("confirmed", "已确认", "confirmed"),
    ("unconfirmed", "待确认", "unconfirmed"),
    ("rejected", "未认可", "rejected"),
    ("owner", "产权单位", "owner"),
    ("operating", "管养单位", "operating"),
    ("rating", "评定单位", "rating"),
];

const PARTS: &[(&str, &str, &str)] = &[
    ("from", "自", "from"),
    ("until", "至", "until"),
    ("to", "至", "to"),
    ("expectedUntil", "预计至", "expected until"),
    ("assessedOn", "评定于", "assessed on"),
    ("validTo", "有效至", "valid to"),
    ("revokedOn", "撤销于", "revoked on"),
    ("certificate", "证书", "certificate"),
    ("assessor", "评定机构", "assessed by"),
    ("evidence", "佐证照片", "evidence"),
    ("supersededOn", "被替代于", "superseded on"),
    ("supersededBy", "替代记录", "superseded by"),
    ("accuracy", "精度（米）", "accuracy in metres"),
];

fn find(list: &[(&str, &str, &str)], word: &str) -> Option<Both> {
    list.iter().find(|(known, ..)| *known == word).map(|(_, zh, en)| Both::of((zh, en)))
}

/// What a field of a record is called.
#[must_use]
pub fn field(name: &str) -> Both {
    let group = || {
        let (group, rest) = name.split_once('.')?;
        let label = find(GROUPS, group)?;
        Some(match find(FIELDS, rest) {
            Some(inner) => {
                Both { zh: format!("{}：{}", label.zh, inner.zh), en: format!("{}: {}", label.en, inner.en) }
            }
            None => label.with(rest),
        })
    };
    find(FIELDS, name).or_else(group).unwrap_or_else(|| Both::same(name))
}

/// A value as people read it; `body` tells the name of a body.
#[must_use]
pub fn value(value: &Value, body: &dyn Fn(i64) -> Option<String>) -> Both {
    match value {
        Value::Null => Both::of(("未知", "unknown")),
        Value::String(text) => find(WORDS, text).unwrap_or_else(|| Both::same(text)),
        Value::Object(parts) => {
            // Pseudonyms are told beside each change, and datums in their own words.
            let told = parts.iter().filter(|(name, _)| *name != "by" && *name != "shifted");
            let told: Vec<_> = told.map(|(name, inner)| part(name, inner, body)).collect();
            let join = |texts: Vec<String>| texts.join(", ");
            let (zh, en) = told.into_iter().map(|both| (both.zh, both.en)).unzip();
            Both { zh: join(zh), en: join(en) }
        }
        other => Both::same(other.to_string()),
    }
}

fn part(name: &str, inner: &Value, body: &dyn Fn(i64) -> Option<String>) -> Both {
    let text = match inner.as_i64().filter(|_| name == "operator").and_then(body) {
        Some(name) => Both::same(name),
        None => value(inner, body),
    };
    match find(PARTS, name) {
        Some(label) => Both { zh: format!("{} {}", label.zh, text.zh), en: format!("{} {}", label.en, text.en) },
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facility::Facility;
    use serde_json::json;

    #[test]
    fn a_change_reads_like_a_sentence() {
        let body = |id: i64| (id == 3).then(|| "城管局".to_owned());
        let tie = value(&json!({"role": "operating", "operator": 3, "from": "2026-11-20"}), &body);
        assert_eq!(tie, Both::of(("管养单位, 城管局, 自 2026-11-20", "operating, 城管局, from 2026-11-20")));
        assert_eq!(value(&Value::Null, &body), Both::of(("未知", "unknown")));
        assert_eq!(field("access"), Both::of(("使用范围", "Access")));
        assert_eq!(field("outages.7"), Both::of(("停用 7", "Closure 7")));
        assert_eq!(field("attested.position"), Both::of(("现场核实：位置", "Seen on the spot: Position")));
        let shut = value(&json!({"reason": "water", "from": "2026-11-23T08:00:00Z", "by": "x"}), &body);
        assert_eq!(shut.zh, "停水, 自 2026-11-23T08:00:00Z");
    }

    #[test]
    fn every_facility_has_a_label() {
        for facility in Facility::ALL {
            assert_ne!(field(&format!("facilities.{facility}")).zh, format!("facilities.{facility}"));
        }
    }
}
