//! Suggestions (建议) of the public: a toilet that is missing, a fact that is wrong, a toilet that is closed for good.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::Violation;
use super::account::PersonId;
use super::codes::codes;
use super::draft::Fields;
use super::id::{AreaId, SuggestionId, ToiletId};
use super::patch::Patch;
use super::place::Place;
use super::text::{Name, Remark};
use super::toilet::AreaRef;

codes!(
    /// What is suggested.
    SuggestionKind {
        /// There is a toilet that the register does not know.
        Missing = "missing",
        /// Facts of a toilet are other than the register says.
        Wrong = "wrong",
        /// A toilet is closed for good.
        Gone = "gone",
    }
);

codes!(
    /// How a suggestion stands.
    SuggestionState {
        /// Nobody has decided it yet.
        Open = "open",
        /// It was taken up: the register says so now.
        Accepted = "accepted",
        /// It was turned down.
        Rejected = "rejected",
    }
);

/// So many suggestions are taken in a day from one citizen, and from one address of visitors.
pub const A_DAY: i32 = 5;

/// Fields that whoever stands before a toilet cannot know better than those who keep the register.
const KEPT: [&str; 6] = ["lifecycle", "verifiedAt", "zone", "calendar", "serviceFrom", "serviceUntil"];

/// The fields that hold somebody's own words.
const WORDS: [&str; 7] = ["name", "nameEn", "code", "address", "district", "hoursNote", "note"];

/// What somebody says is otherwise than the register has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// What is suggested.
    pub kind: SuggestionKind,
    /// The toilet that it is about; for a missing one none, until it is made.
    pub toilet: Option<ToiletId>,
    /// The facts; none of a toilet that is gone.
    pub facts: Patch,
}

impl Proposal {
    /// A toilet that is missing, with at least its name and position.
    ///
    /// # Errors
    /// `required` for either, `notHere` for what is not for the public to say.
    pub fn missing(facts: Patch) -> Result<Self, Violation> {
        for field in ["name", "position"] {
            if !facts.fields.get(field).is_some_and(Option::is_some) {
                return Err(Violation::new(
                    field,
                    "required",
                    "of a missing toilet say at least its name and position",
                ));
            }
        }
        Self::public(&facts)?;
        Ok(Self { kind: SuggestionKind::Missing, toilet: None, facts })
    }

    /// Facts of a toilet that are other than the register says.
    ///
    /// # Errors
    /// `required` where there are none, `notHere` for what is not for the public to say.
    pub fn wrong(toilet: ToiletId, facts: Patch) -> Result<Self, Violation> {
        if facts.is_empty() {
            return Err(Violation::new("", "required", "say which fact is wrong, and what would be right"));
        }
        Self::public(&facts)?;
        Ok(Self { kind: SuggestionKind::Wrong, toilet: Some(toilet), facts })
    }

    /// A toilet that is closed for good.
    #[must_use]
    pub fn gone(toilet: ToiletId) -> Self {
        Self { kind: SuggestionKind::Gone, toilet: Some(toilet), facts: Patch::default() }
    }

    fn public(facts: &Patch) -> Result<(), Violation> {
        let kept = KEPT.iter().find(|field| facts.fields.contains_key(**field));
        let field = kept.copied().or((!facts.handovers.is_empty()).then_some("operators"));
        match field {
            Some(field) => Err(Violation::new(field, "notHere", "is for those to say who keep the register")),
            None => Ok(()),
        }
    }

    /// The name that it gives, if it gives one.
    #[must_use]
    pub fn name(&self) -> Option<Name> {
        self.read("name")
    }

    /// The place that it gives, if it gives one.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.read("position")
    }

    fn read<T: serde::de::DeserializeOwned>(&self, field: &str) -> Option<T> {
        let value = self.facts.fields.get(field)?.clone()?;
        serde_json::from_value(value).ok()
    }

    /// Whatever of it is in somebody's own words, a line for each.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        let said = WORDS.iter().filter_map(|field| self.facts.fields.get(*field)?.as_ref()?.as_str());
        said.collect()
    }
}

/// A suggestion to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSuggestion {
    /// What is suggested.
    pub proposal: Proposal,
    /// The area in which a missing toilet lies.
    pub area: Option<AreaId>,
    /// What is said besides.
    pub remark: Option<Remark>,
    /// Who suggests it; nobody for a visitor.
    pub by: Option<PersonId>,
    /// Whether WeChat found nothing against its words.
    pub checked: bool,
}

/// A suggestion on record.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// Its id.
    pub id: SuggestionId,
    /// What is suggested.
    pub proposal: Proposal,
    /// The area in which a missing toilet lies, as it stands today.
    pub area: Option<AreaRef>,
    /// What is said besides.
    pub remark: Option<Remark>,
    /// Who suggested it, by their pseudonym; nobody for a visitor, and for who wanted to be forgotten.
    pub by: Option<PersonId>,
    /// Whether WeChat found nothing against its words.
    pub checked: bool,
    /// How it stands.
    pub state: SuggestionState,
    /// Why it was turned down.
    pub reason: Option<Remark>,
    /// Who decided it.
    pub decided_by: Option<PersonId>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// The revision of the toilet that was written by taking it up; none where that changed nothing.
    pub written: Option<i32>,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// Counts the writes to it, from 1.
    pub revision: i32,
}

impl Suggestion {
    /// As the journal has it: without its words and without its sender, since who sent it may want both to be forgotten.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let fields = [
            ("kind", json!(self.proposal.kind.as_str())),
            ("toilet", json!(self.proposal.toilet)),
            ("area", json!(self.area.as_ref().map(|area| area.code.as_str()))),
            ("checked", json!(self.checked)),
            ("state", json!(self.state.as_str())),
            ("decidedBy", json!(self.decided_by.map(|person| person.to_string()))),
            ("decidedAt", json!(self.decided_at)),
            ("toiletRevision", json!(self.written)),
            ("sentAt", json!(self.sent_at)),
        ];
        fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn facts(fields: &Value) -> Patch {
        let fields = fields.as_object().into_iter().flatten();
        let fields = fields.map(|(name, value)| (name.clone(), Some(value.clone()).filter(|value| !value.is_null())));
        Patch { fields: fields.collect(), handovers: Vec::new() }
    }

    fn wrong(proposal: Result<Proposal, Violation>) -> Result<(), String> {
        proposal.map(drop).map_err(|wrong| wrong.field)
    }

    #[test]
    fn a_missing_toilet_has_a_name_and_a_position() {
        let place = json!({"latitude": 34.8, "longitude": 112.4, "datum": "gcj02", "shifted": true});
        let whole = Proposal::missing(facts(&json!({"name": "甲", "position": place, "note": "二层"})));
        assert_eq!(whole.as_ref().map(Proposal::words), Ok(vec!["甲", "二层"]));
        assert!(whole.is_ok_and(|whole| whole.name().is_some() && whole.place().is_some()));
        assert_eq!(wrong(Proposal::missing(facts(&json!({"position": place})))), Err("name".to_owned()));
        assert_eq!(
            wrong(Proposal::missing(facts(&json!({"name": "甲", "position": null})))),
            Err("position".to_owned())
        );
    }

    #[test]
    fn what_the_keepers_know_better_is_not_for_the_public() {
        for field in KEPT {
            let said = facts(&json!({field: "x"}));
            assert_eq!(wrong(Proposal::wrong(ToiletId(1), said)), Err(field.to_owned()));
        }
        assert_eq!(wrong(Proposal::wrong(ToiletId(1), Patch::default())), Err(String::new()));
        assert_eq!(wrong(Proposal::wrong(ToiletId(1), facts(&json!({"hours": null})))), Ok(()));
    }
}
