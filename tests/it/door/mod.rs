//! The front door against hostile and slow clients, over raw sockets. Each protection has a control: with all limits
//! far away the same attacker is not cut, with that one limit near it is.

mod answers;
mod crowds;
mod heads;
mod rates;
mod raw;
mod slow;
mod stopping;
mod thousands;
