//! The bodies behind a toilet, from day to day: whoever ran it at the time stays on record.

use chrono::NaiveDate;

use super::{Failure, Toilet, Tx, Violation};
use crate::domain::id::OperatorId;
use crate::domain::operator::OperatorRole;
use crate::domain::patch::{Body, Handover};
use crate::usecase::assignments;

type Tie = (OperatorRole, OperatorId, Option<NaiveDate>);

/// The ties of a new toilet: without a first day unless one is named.
pub(super) async fn to_new(tx: &Tx, handovers: &[Handover]) -> Result<Vec<Tie>, Failure> {
    let mut ties = Vec::with_capacity(handovers.len());
    for handover in handovers {
        if let Some(body) = &handover.to {
            ties.push((handover.role, id(tx, handover.role, body).await?, handover.from));
        }
    }
    Ok(ties)
}

/// The body that runs a new toilet.
pub(super) fn running(ties: &[Tie]) -> Option<OperatorId> {
    ties.iter().find(|(role, ..)| *role == OperatorRole::Operating).map(|(_, operator, _)| *operator)
}

/// Hands roles over: whoever has one loses it the day before.
pub(super) async fn to_others(tx: &Tx, toilet: &Toilet, handovers: &[Handover]) -> Result<(), Failure> {
    let today = tx.at().with_timezone(&toilet.fact.zone).date_naive();
    for handover in handovers {
        let (role, from) = (handover.role, handover.from.unwrap_or(today));
        let to = match &handover.to {
            Some(body) => Some(id(tx, role, body).await?),
            None => None,
        };
        let mut held =
            toilet.tenures.iter().filter(|tie| tie.role == role && tie.days.to().is_none_or(|to| to >= from));
        if handover.from.is_none() && held.clone().count() == usize::from(to.is_some()) {
            // Who has it already goes on, from whenever that was.
            if held.all(|tie| Some(tie.operator.id) == to) {
                continue;
            }
        }
        for tie in toilet.tenures.iter().filter(|tie| tie.role == role && tie.days.to().is_none_or(|to| to >= from)) {
            match (tie.days.from(), from.pred_opt()) {
                (Some(begun), _) if begun > from => return Err(too_early(role, begun).into()),
                (Some(begun), _) if begun == from => tx.delete_tenure(tie.id).await?,
                (_, Some(last)) => tx.end_tenure(tie.id, last).await?,
                (_, None) => {}
            }
        }
        if let Some(operator) = to {
            tx.begin_tenure(toilet.id, role, operator, Some(from)).await?;
        }
        let before = from.pred_opt().and_then(|day| toilet.operator_on(day));
        if role == OperatorRole::Operating && before.is_some_and(|body| Some(body.id) != to) {
            assignments::hand_over(tx, toilet.id, from).await?;
        }
    }
    Ok(())
}

fn too_early(role: OperatorRole, begun: NaiveDate) -> Violation {
    let message = format!("the present body has had it since {begun}: what came before cannot be handed over any more");
    Violation::new(format!("operators.{role}.from"), "beforePresent", message)
}

async fn id(tx: &Tx, role: OperatorRole, body: &Body) -> Result<OperatorId, Failure> {
    match body {
        Body::Named(name, kind) => Ok(tx.put_operator(name, *kind).await?),
        Body::Known(id) if tx.operator(*id).await?.is_some() => Ok(*id),
        Body::Known(id) => {
            let field = format!("operators.{role}.id");
            Err(Violation::new(field, "unknownOperator", format!("there is no body {id}")).into())
        }
    }
}
