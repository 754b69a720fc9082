//! The languages that the product speaks to people, and the words of its closed lists in each.

use super::events::Topic;
use super::facility::{Facility, Need};
use super::grade::Standing;
use super::plan::{DayKind, Weekday};
use super::slot::SlotState;
use super::task::Task;
use super::toilet::{Form, Kind};

/// A language that this service speaks to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Simplified Chinese, unless something else is asked for.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The one of two wordings that is meant.
    #[must_use]
    pub const fn pick<'a>(self, chinese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

/// A value with a name that people read.
pub trait Named {
    /// Its name in that language.
    fn name(self, language: Language) -> &'static str;
}

/// Gives each value of a closed list its names.
macro_rules! names {
    ($list:ident { $($value:pat => $chinese:literal, $english:literal;)+ }) => {
        impl Named for $list {
            fn name(self, language: Language) -> &'static str {
                let (chinese, english) = match self { $($value => ($chinese, $english)),+ };
                language.pick(chinese, english)
            }
        }
    };
}

names!(Kind {
    Self::Urban => "城市公厕", "urban";
    Self::Tourist => "旅游厕所", "tourist";
    Self::Village => "农村公厕", "village";
    Self::Roadside => "公路公厕", "roadside";
    Self::Shared => "社会开放厕所", "shared by its host";
});

names!(Form {
    Self::Standalone => "独立式", "standalone";
    Self::Attached => "附属式", "attached";
    Self::Portable => "活动式", "portable";
});

names!(Standing {
    Self::Current => "现行标准", "standard in force";
    Self::Convertible => "可直接认定为Ⅰ类", "may be determined as class I";
    Self::Reassess => "待复核", "due for assessment";
    Self::Expired => "已失效", "expired";
    Self::Revoked => "已撤销", "revoked";
});

names!(Facility {
    Self::Wheelchair => "无障碍厕间", "wheelchair stall";
    Self::FamilyToilet => "第三卫生间", "family room";
    Self::BabyChanging => "母婴台", "baby table";
    Self::Women => "女厕", "women";
    Self::Men => "男厕", "men";
    Self::Unisex => "无性别厕间", "unisex";
    Self::Paper => "厕纸", "paper";
    Self::HandWashing => "洗手", "hand washing";
    Self::Shower => "淋浴", "shower";
    Self::DrinkingWater => "饮用水", "drinking water";
});

names!(Task {
    Self::Thorough => "全面清扫", "thorough cleaning";
    Self::Round => "巡回保洁", "round";
    Self::Disinfect => "消毒", "disinfection";
    Self::Deep => "深度清洁", "deep cleaning";
});

names!(Weekday {
    Self::Monday => "周一", "Monday";
    Self::Tuesday => "周二", "Tuesday";
    Self::Wednesday => "周三", "Wednesday";
    Self::Thursday => "周四", "Thursday";
    Self::Friday => "周五", "Friday";
    Self::Saturday => "周六", "Saturday";
    Self::Sunday => "周日", "Sunday";
});

names!(DayKind {
    Self::Holiday => "法定节假日", "public holidays";
    Self::Working => "工作日（含调休上班）", "working days, moved ones included";
    Self::Free => "休息日", "days off";
});

names!(SlotState {
    Self::Planned => "未到时间", "planned";
    Self::Open => "待完成", "open";
    Self::DoneOnTime => "按时完成", "done on time";
    Self::DoneLate => "迟完成", "done late";
    Self::Missed => "漏做", "missed";
    Self::Excused => "已批准免做", "excused";
    Self::Cancelled => "已取消", "cancelled";
});

names!(Topic {
    Self::Register => "登记变更", "register";
    Self::Outage => "停用", "closures";
    Self::Grade => "等级", "grades";
    Self::Area => "行政区", "areas";
    Self::Plan => "保洁计划", "plans";
    Self::Overdue => "超时未做", "overdue";
    Self::Missed => "漏做", "missed";
    Self::Settled => "补记", "settled";
    Self::Cleaned => "保洁", "cleaned";
});

impl Named for Need {
    fn name(self, language: Language) -> &'static str {
        match self {
            Self::Facility(facility) => facility.name(language),
            Self::Free => language.pick("免费", "free"),
            Self::AllDay => language.pick("全天开放", "open all day"),
        }
    }
}
