//! The closed lists of words, as JSON values and as values of parameters.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::Value;

use super::area_view::Drawn;
use super::toilet_params::AtBarriers;
use crate::domain::account::{IdentityKind, Role};
use crate::domain::area::AreaLevel;
use crate::domain::cleaning::{Basis, Flag, Presence};
use crate::domain::event::{Action, RecordKind};
use crate::domain::events::Topic;
use crate::domain::excuse::ExcuseState;
use crate::domain::facility::{Fact, Need};
use crate::domain::figures::{Bucket, Grouping};
use crate::domain::grade::{Grade, Standard, Standing};
use crate::domain::import_review::ImportState;
use crate::domain::operator::OperatorKind;
use crate::domain::outage::{OutageReason, OutageState};
use crate::domain::photo::PhotoState;
use crate::domain::plan::{DayKind, EffectKind, Weekday};
use crate::domain::plate::PlateKind;
use crate::domain::roster::ShiftKind;
use crate::domain::slot::{ExcuseReason, SlotState};
use crate::domain::subscription::{Channel, Pace, Trouble};
use crate::domain::suggestion::{SuggestionKind, SuggestionState};
use crate::domain::task::Task;
use crate::domain::toilet::{Access, Form, Kind, Lifecycle, Status};
use crate::domain::wechat::{ConsentResult, Realm};
use crate::finder::{GradeFilter, Uncleaned, Unknown};
use crate::geo::Crs;
use crate::usecase::exports::Format;
use crate::usecase::wechat::web::Landing;

/// A closed list of words.
pub(super) trait Vocabulary: Copy + Send + Sync + 'static {
    /// The name of the list in the document.
    const NAME: &'static str;

    /// Every word, in order.
    fn words() -> Vec<&'static str>;

    /// The word for this value.
    fn word(self) -> &'static str;

    /// The value of a word.
    fn read(word: &str) -> Option<Self>;
}

/// The domain's lists know their words themselves.
macro_rules! vocabularies {
    ($($list:ident),+ $(,)?) => {$(
        impl Vocabulary for $list {
            const NAME: &'static str = stringify!($list);

            fn words() -> Vec<&'static str> {
                $list::ALL.iter().map(|value| value.as_str()).collect()
            }

            fn word(self) -> &'static str {
                self.as_str()
            }

            fn read(word: &str) -> Option<Self> {
                word.parse().ok()
            }
        }
    )+};
}

vocabularies!(
    Access,
    Action,
    AreaLevel,
    Basis,
    Bucket,
    Channel,
    ConsentResult,
    Crs,
    DayKind,
    ExcuseReason,
    ExcuseState,
    EffectKind,
    Fact,
    Flag,
    Form,
    Format,
    Grade,
    Grouping,
    IdentityKind,
    ImportState,
    Kind,
    Landing,
    Lifecycle,
    OperatorKind,
    OutageReason,
    OutageState,
    Pace,
    PhotoState,
    PlateKind,
    Presence,
    Realm,
    RecordKind,
    Role,
    ShiftKind,
    SlotState,
    Standard,
    Standing,
    Status,
    SuggestionKind,
    SuggestionState,
    Task,
    Topic,
    Trouble,
    Weekday
);

impl Vocabulary for Need {
    const NAME: &'static str = "Need";

    fn words() -> Vec<&'static str> {
        Self::all().map(Self::as_str).collect()
    }

    fn word(self) -> &'static str {
        self.as_str()
    }

    fn read(word: &str) -> Option<Self> {
        word.parse().ok()
    }
}

impl Vocabulary for Unknown {
    const NAME: &'static str = "Unknown";

    fn words() -> Vec<&'static str> {
        vec![Self::Exclude.word(), Self::Include.word()]
    }

    fn word(self) -> &'static str {
        match self {
            Self::Exclude => "exclude",
            Self::Include => "include",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::Exclude, Self::Include].into_iter().find(|value| value.word() == word)
    }
}

impl Vocabulary for Uncleaned {
    const NAME: &'static str = "Uncleaned";

    fn words() -> Vec<&'static str> {
        [Self::Exclude, Self::Last].map(Self::word).to_vec()
    }

    fn word(self) -> &'static str {
        match self {
            Self::Exclude => "exclude",
            Self::Last => "last",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::Exclude, Self::Last].into_iter().find(|value| value.word() == word)
    }
}

impl Vocabulary for Drawn {
    const NAME: &'static str = "Drawn";

    fn words() -> Vec<&'static str> {
        [Self::None, Self::Simple, Self::Full].map(Self::word).to_vec()
    }

    fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Simple => "simple",
            Self::Full => "full",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::None, Self::Simple, Self::Full].into_iter().find(|value| value.word() == word)
    }
}

impl Vocabulary for AtBarriers {
    const NAME: &'static str = "AtBarriers";

    fn words() -> Vec<&'static str> {
        [Self::Mark, Self::Avoid].map(Self::word).to_vec()
    }

    fn word(self) -> &'static str {
        match self {
            Self::Mark => "mark",
            Self::Avoid => "avoid",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::Mark, Self::Avoid].into_iter().find(|value| value.word() == word)
    }
}

/// The grades of the two standards that people still search by.
const SEARCHED_GRADES: [Grade; 5] = [Grade::A, Grade::Aa, Grade::Aaa, Grade::I, Grade::Ii];

impl Vocabulary for GradeFilter {
    const NAME: &'static str = "GradeFilter";

    fn words() -> Vec<&'static str> {
        std::iter::once(Self::Rated).chain(SEARCHED_GRADES.map(Self::Exactly)).map(Self::word).collect()
    }

    fn word(self) -> &'static str {
        match self {
            Self::Rated => "rated",
            Self::Exactly(grade) => grade.as_str(),
        }
    }

    fn read(word: &str) -> Option<Self> {
        let exact = SEARCHED_GRADES.map(Self::Exactly);
        std::iter::once(Self::Rated).chain(exact).find(|value| value.word() == word)
    }
}

/// A word of a closed list, as a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<T>(pub(super) T);

impl<T: Vocabulary> Type for Word<T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(T::NAME.to_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>(T::NAME.to_owned(), |_| schema_of_words(&T::words()));
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<T: Vocabulary> ParseFromJSON for Word<T> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let value = value.unwrap_or_default();
        let known = value.as_str().and_then(T::read);
        let wrong = || format!("{} must be one of {}", T::NAME, T::words().join(", "));
        known.map(Self).ok_or_else(|| ParseError::custom(wrong()))
    }
}

impl<T: Vocabulary> ToJSON for Word<T> {
    fn to_json(&self) -> Option<Value> {
        Some(Value::from(self.0.word()))
    }
}

/// The schema of one word of a list.
pub(super) fn schema_of_words(words: &[&'static str]) -> MetaSchema {
    let enum_items = words.iter().map(|&word| Value::from(word)).collect();
    MetaSchema { enum_items, ..MetaSchema::new("string") }
}
