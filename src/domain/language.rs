//! The languages that the product speaks to people, and the words of its closed lists in each.

use super::facility::{Facility, Need};
use super::grade::Standing;
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

impl Named for Need {
    fn name(self, language: Language) -> &'static str {
        match self {
            Self::Facility(facility) => facility.name(language),
            Self::Free => language.pick("免费", "free"),
            Self::AllDay => language.pick("全天开放", "open all day"),
        }
    }
}
