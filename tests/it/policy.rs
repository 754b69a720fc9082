//! Who may do what, over all trees and grants that chance comes up with.

use gongce::domain::account::{Actor, Grant, PersonId, Reach, Role};
use gongce::domain::area::AreaCode;
use gongce::domain::id::{GrantId, OperatorId};
use gongce::domain::policy::{Action, Scope, Subject, may};
use proptest::prelude::*;
use uuid::Uuid;

/// Codes that are beginnings of each other wherever that could deceive.
const TREE: [&[&str]; 8] = [
    &[],
    &["41"],
    &["41", "4103"],
    &["41", "4103", "410308"],
    &["41", "4103", "410308", "410308106"],
    &["41", "4103", "410322"],
    &["41", "410308X"],
    &["42", "4103081"],
];
const ACTIONS: [Action; 36] = [
    Action::ReadOperators,
    Action::CreateOperator,
    Action::EditOperator,
    Action::CloseToilet,
    Action::CloseOwnToilet,
    Action::ReviewOutage,
    Action::ReadOutages,
    Action::RecordGrade,
    Action::ReadGrades,
    Action::EditPlan,
    Action::ReadPlans,
    Action::WatchEvents,
    Action::Subscribe,
    Action::EditAssignment,
    Action::ReadAssignments,
    Action::PlaceToilet,
    Action::ReadHistory,
    Action::ReadSuggestions,
    Action::ReviewImport,
    Action::ApplyImport,
    Action::ReviewSuggestion,
    Action::ReadStaff,
    Action::Grant(Role::Admin),
    Action::Revoke(Role::Cleaner),
    Action::EditToilet,
    Action::IssuePlate,
    Action::UploadPhoto,
    Action::ReadPhotos,
    Action::LogCleaning,
    Action::RecordCleaning,
    Action::CorrectCleaning,
    Action::ReadCleanings,
    Action::VerifyCleaning,
    Action::AskExcuse,
    Action::DecideExcuse,
    Action::ReadExcuses,
];

fn path(place: usize) -> Vec<AreaCode> {
    TREE[place].iter().map(|code| code.parse().unwrap()).collect()
}

fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

fn grant(role: Role, place: usize, operator: Option<i32>) -> Grant {
    let path = path(place);
    let reach = Reach { area: path.last().cloned(), operator: operator.map(OperatorId) };
    Grant { id: GrantId(1), role, reach, path }
}

fn grants() -> impl Strategy<Value = Grant> {
    let role = prop::sample::select(Role::ALL);
    (role, 0..TREE.len(), prop::option::of(1..3)).prop_map(|(role, place, operator)| grant(role, place, operator))
}

/// Whether everything that `small` reaches is reached by `large`.
fn is_inside(small: &Grant, large: &Grant) -> bool {
    small.path.starts_with(&large.path)
        && (large.reach.operator.is_none() || large.reach.operator == small.reach.operator)
}

proptest! {
    #[test]
    fn a_grant_covers_exactly_its_subtree(grant in grants(), place in 0..TREE.len(), operator in prop::option::of(1..3)) {
        let operator = operator.map(OperatorId);
        let lies_below = path(place).starts_with(&grant.path);
        let is_of_body = grant.reach.operator.is_none() || grant.reach.operator == operator;
        prop_assert_eq!(grant.reach.covers(&path(place), operator), lies_below && is_of_body);
    }

    #[test]
    fn what_may_be_done_lies_within_its_scope(held in prop::collection::vec(grants(), 0..4), place in 0..TREE.len()) {
        let actor = Actor { person: person(1), grants: held };
        let path = path(place);
        for action in ACTIONS {
            let subject = Subject { path: &path, operator: None, person: None };
            let covered = Scope::of(&actor, action).is_some_and(|scope| scope.covers(&path, None));
            prop_assert_eq!(may(&actor, action, subject), covered);
        }
    }

    #[test]
    fn no_chain_of_grants_raises_anybody(
        first in grants(),
        tries in prop::collection::vec((0_usize..6, 0_usize..6, grants()), 0..200),
    ) {
        let mut people: Vec<Actor> = (0..6).map(|n| Actor { person: person(n), grants: vec![] }).collect();
        people[0].grants.push(first.clone());
        for (giver, taker, given) in tries {
            let (to, operator) = (people[taker].person, given.reach.operator);
            let subject = Subject { path: &given.path, operator, person: Some(to) };
            if may(&people[giver], Action::Grant(given.role), subject) {
                prop_assert_ne!(giver, taker, "nobody grants to themselves");
                people[taker].grants.push(given);
            }
        }
        let rank = |role: Role| match role {
            Role::Admin => 3,
            Role::Supervisor | Role::Auditor => 2,
            Role::Inspector | Role::Repairer | Role::Cleaner => 1,
            Role::Visitor | Role::Citizen => 0,
        };
        for held in people.iter().flat_map(|actor| &actor.grants) {
            prop_assert!(is_inside(held, &first) && rank(held.role) <= rank(first.role), "{held:?} from {first:?}");
        }
    }
}

#[test]
fn a_code_that_begins_like_another_covers_nothing_of_it() {
    let county = Actor { person: person(1), grants: vec![grant(Role::Supervisor, 2, None)] };
    let edit = |place| {
        let path = path(place);
        may(&county, Action::EditToilet, Subject { path: &path, operator: None, person: None })
    };
    assert!(edit(2) && edit(3) && edit(4), "4103 is an ancestor of 410308");
    assert!(!edit(7) && !edit(6) && !edit(1), "but not of 4103081 under 42, only because it begins so");
}

#[test]
fn who_logged_a_cleaning_cannot_verify_it() {
    let supervisor = Actor { person: person(1), grants: vec![grant(Role::Supervisor, 0, None)] };
    let verify = |by| may(&supervisor, Action::VerifyCleaning, Subject { path: &[], operator: None, person: Some(by) });
    assert!(verify(person(2)) && !verify(person(1)));
}

#[test]
fn nothing_is_allowed_without_a_grant() {
    let nobody = Actor { person: person(1), grants: vec![] };
    for action in ACTIONS {
        assert!(!may(&nobody, action, Subject { path: &[], operator: None, person: None }));
        assert_eq!(Scope::of(&nobody, action), None);
    }
}
