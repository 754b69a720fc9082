//! The people of the demonstration who keep its toilets clean, and which of them keeps which. All names are invented.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::draws::Draws;
use super::table;
use crate::domain::Violation;
use crate::domain::account::{PersonId, PersonName, Role};
use crate::domain::area::AreaCode;
use crate::domain::operator::OperatorRole;
use crate::domain::statement::Statement;
use crate::domain::toilet::{Form, Kind, Lifecycle};
use crate::geo::{Wgs84, great_circle};

/// How many digits of a code name the town.
const TOWN_DIGITS: usize = 9;

/// When the pseudonyms say that they were made: the first working day of 2026.
const HIRED: i64 = 1_767_571_200_000;

/// Of so many toilets one has nobody who answers for it: none is legal, listed and counted.
const WITHOUT_CUSTODIAN: usize = 29;

const SURNAMES: [&str; 20] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "郭", "马", "许", "孙", "韩", "谢", "雷", "梁", "吕", "卫", "邵", "党",
    "牛",
];
const GIVEN_NAMES: [&str; 32] = [
    "秀英", "桂兰", "玉梅", "爱云", "素琴", "凤霞", "秀兰", "春梅", "巧云", "红霞", "玉珍", "桂荣", "改玲", "香玲",
    "粉娥", "建国", "国强", "保成", "志军", "新民", "海燕", "雪琴", "瑞芳", "翠平", "金凤", "小红", "俊英", "喜梅",
    "芳琴", "长河", "月娥", "二妮",
];

/// Somebody of the staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// Their pseudonym, the same on every machine.
    pub person: PersonId,
    /// What they are called.
    pub name: PersonName,
    /// What they are.
    pub role: Role,
    /// Where that counts.
    pub area: AreaCode,
    /// How many in a thousand slots they do on time, the town and the day left out.
    pub(super) on_time: u16,
    /// How many in a thousand times they scan the plate.
    pub(super) scans: u16,
    /// How they keep their records.
    pub(super) phone: Phone,
}

/// What somebody keeps their records with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phone {
    /// A phone whose clock is right.
    Right,
    /// A phone whose clock is three hours behind.
    Behind,
    /// None: a supervisor records for them.
    None,
}

/// A toilet and who keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The toilet's key.
    pub key: String,
    /// Who keeps it: the place among [`Staff::cleaners`].
    pub cleaner: usize,
    /// Whether they answer for it (责任保洁员).
    pub has_custodian: bool,
    pub(super) kind: Option<Kind>,
    /// Where it stands, where no phone finds that out by itself.
    pub(super) position: Option<Wgs84>,
    /// Whether phones have no signal in it.
    pub(super) is_shielded: bool,
    /// The place among the toilets that the same person keeps, and how many these are.
    pub(super) turn: (usize, usize),
}

/// Who keeps the toilets of the county clean.
#[derive(Debug, Clone, PartialEq)]
pub struct Staff {
    /// Those who see to it, the first of them the one whose login is printed.
    pub supervisors: Vec<Worker>,
    /// Those who do it.
    pub cleaners: Vec<Worker>,
    /// With whom they take turns, of those who keep toilets of a street; both are places among the cleaners.
    pub partners: BTreeMap<usize, usize>,
    /// Which toilets, in the order of the county.
    pub kept: Vec<Kept>,
}

#[derive(Deserialize)]
struct Town {
    code: AreaCode,
    on_time: u16,
}

/// The pseudonym of somebody of the demonstration.
fn person(of: &str) -> PersonId {
    PersonId(Draws::of(of).uuid(HIRED))
}

/// The pseudonyms that belong to the logins that `gongce demo` prints, once the staff is made.
#[must_use]
pub fn person_of(login: &str) -> Option<PersonId> {
    match login {
        "demo.supervisor" => Some(person("supervisor 0")),
        "demo.cleaner1" | "demo.cleaner2" => Some(person(login)),
        _ => None,
    }
}

/// Who audits the county and changes nothing. They are put on record last of all, so that whoever finds them knows that all
/// the rest is there.
///
/// # Errors
/// None; the tests of this module show that they can be written.
pub fn auditor() -> Result<Worker, Violation> {
    Ok(Worker {
        person: person("auditor"),
        name: PersonName::new("审计员")?,
        role: Role::Auditor,
        area: super::areas::MENGJIN.parse()?,
        on_time: 0,
        scans: 0,
        phone: Phone::Right,
    })
}

/// The staff for those toilets: two by turns for two toilets of a street, one for up to three of a scenic area, one for
/// one of a village.
///
/// # Errors
/// A [`Violation`] names what is at fault; the tests of this module show that nothing is.
pub fn staff(toilets: &[Statement]) -> Result<Staff, Violation> {
    let towns: Vec<Town> = table::rows("towns.csv", include_str!("data/towns.csv"))?;
    let mut names = Names { draws: Draws::of("names"), taken: BTreeSet::new() };
    let mut supervisors = Vec::new();
    for number in 0..2 {
        let (person, area) = (person(&format!("supervisor {number}")), super::areas::MENGJIN.parse()?);
        let (role, phone) = (Role::Supervisor, Phone::Right);
        supervisors.push(Worker { person, name: names.next()?, role, area, on_time: 0, scans: 0, phone });
    }
    let (mut cleaners, mut kept, mut partners) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    let mut logins = BTreeMap::from([("410308100", "demo.cleaner1"), ("410308101", "demo.cleaner2")]);
    for group in groups(toilets)? {
        let cleaner = cleaners.len();
        let town = group.town.as_str();
        let usual = towns.iter().find(|one| one.code == group.town).map_or(900, |town| town.on_time);
        let login = logins.remove(town);
        let alone = login.is_none() && group.members.len() == 1 && !group.is_street;
        let mut first = worker(cleaner, (names.next()?, group.town.clone()), usual, (login.is_none(), alone));
        first.person = login.map_or(first.person, person);
        cleaners.push(first);
        if group.is_street {
            partners.insert(cleaner, cleaner + 1);
            cleaners.push(worker(cleaner + 1, (names.next()?, group.town.clone()), usual, (true, false)));
        }
        let several = group.members.len();
        for (turn, place) in group.members.into_iter().enumerate() {
            kept.insert(place, (cleaner, (turn, several)));
        }
    }
    let kept = kept.into_iter().map(|(place, (cleaner, turn))| {
        let toilet = &toilets[place];
        let is_shielded = toilet.draft.form == Some(Form::Attached) || Draws::of(&toilet.key).in_thousand(40);
        Kept {
            key: toilet.key.clone(),
            cleaner,
            has_custodian: place % WITHOUT_CUSTODIAN != WITHOUT_CUSTODIAN - 1,
            kind: toilet.draft.kind,
            position: toilet.draft.position.map(|place| place.position),
            is_shielded,
            turn,
        }
    });
    Ok(Staff { supervisors, cleaners, partners, kept: kept.collect() })
}

/// Somebody who keeps toilets of a town clean, drawn by their place among the cleaners.
fn worker(
    place: usize,
    (name, area): (PersonName, AreaCode),
    usual: u16,
    (may_be_odd, is_alone): (bool, bool),
) -> Worker {
    let mut draws = Draws::of(&format!("cleaner {place}"));
    Worker {
        person: person(&format!("cleaner {place}")),
        name,
        role: Role::Cleaner,
        area,
        on_time: (usual + draws.below(61) - 30).min(985),
        scans: if draws.in_thousand(60) { 450 } else { 900 + draws.below(80) },
        // A village has one who is too old for a phone; another one's clock was never set.
        phone: match draws.below(100) {
            0..12 if is_alone => Phone::None,
            12..15 if may_be_odd => Phone::Behind,
            _ => Phone::Right,
        },
    }
}

/// Toilets that one person keeps, by their places.
struct Group {
    town: AreaCode,
    is_street: bool,
    members: Vec<usize>,
}

/// Toilets of one kind, town and body that stand near each other.
fn groups(toilets: &[Statement]) -> Result<Vec<Group>, Violation> {
    let mut left: Vec<usize> = (0..toilets.len()).collect();
    left.retain(|place| toilets[*place].draft.lifecycle == Lifecycle::InService);
    let town = |place: usize| {
        let area = toilets[place].draft.area.as_ref().map(AreaCode::as_str).unwrap_or_default();
        area.get(..TOWN_DIGITS).unwrap_or(area).to_owned()
    };
    let body = |place: usize| {
        let operating = toilets[place].operators.iter().find(|operator| operator.role == OperatorRole::Operating);
        operating.map(|operator| &operator.name)
    };
    let mut groups = Vec::new();
    while let Some(first) = left.first().copied() {
        left.remove(0);
        let size = match toilets[first].draft.kind {
            Some(Kind::Urban) => 2,
            Some(Kind::Tourist) => 3,
            _ => 1,
        };
        let mut members = vec![first];
        while members.len() < size {
            let Some(from) = members.last().copied() else { break };
            let is_near = |other: &&usize| {
                toilets[**other].draft.kind == toilets[first].draft.kind
                    && town(**other) == town(first)
                    && body(**other) == body(first)
            };
            let way = |other: usize| match (toilets[from].draft.position, toilets[other].draft.position) {
                (Some(from), Some(to)) => great_circle(from.position, to.position),
                _ => f64::MAX,
            };
            let next = left.iter().filter(is_near).min_by(|one, other| way(**one).total_cmp(&way(**other))).copied();
            let Some(next) = next else { break };
            left.retain(|place| *place != next);
            members.push(next);
        }
        let is_street = toilets[first].draft.kind == Some(Kind::Urban);
        groups.push(Group { town: town(first).parse()?, is_street, members });
    }
    Ok(groups)
}

/// Names of which none comes twice.
struct Names {
    draws: Draws,
    taken: BTreeSet<String>,
}

impl Names {
    fn next(&mut self) -> Result<PersonName, Violation> {
        loop {
            let surname = self.draws.one_of(&SURNAMES).copied().unwrap_or_default();
            let name = format!("{surname}{}", self.draws.one_of(&GIVEN_NAMES).copied().unwrap_or_default());
            if self.taken.insert(name.clone()) {
                return PersonName::new(&name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::super::county;
    use super::*;

    #[test]
    fn everybody_has_a_name_and_every_toilet_in_service_is_kept() {
        let toilets = county().unwrap().statements;
        let staff = staff(&toilets).unwrap();
        assert_eq!(staff, super::staff(&toilets).unwrap(), "the same at every call");
        let all = || staff.supervisors.iter().chain(&staff.cleaners);
        assert_eq!(all().map(|one| &one.name).collect::<BTreeSet<_>>().len(), all().count());
        assert_eq!(all().map(|one| one.person).collect::<BTreeSet<_>>().len(), all().count());
        let in_service = toilets.iter().filter(|toilet| toilet.draft.lifecycle == Lifecycle::InService);
        assert!(in_service.map(|toilet| &toilet.key).eq(staff.kept.iter().map(|kept| &kept.key)));
        for login in ["demo.supervisor", "demo.cleaner1", "demo.cleaner2"] {
            assert!(all().any(|one| Some(one.person) == person_of(login)), "{login}");
        }
        let without = staff.kept.iter().filter(|kept| !kept.has_custodian).count();
        assert!((1..12).contains(&without), "{without}");
        for (kept, toilet) in
            staff.kept.iter().filter_map(|kept| Some((kept, toilets.iter().find(|toilet| toilet.key == kept.key)?)))
        {
            let area = toilet.draft.area.as_ref().unwrap();
            assert!(area.as_str().starts_with(staff.cleaners[kept.cleaner].area.as_str()), "{}", kept.key);
        }
    }
}
