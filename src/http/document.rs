//! The OpenAPI document.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem_openapi::registry::{MetaApi, Registry};
use poem_openapi::{LicenseObject, OpenApi, OpenApiService, ServerObject};

use super::account::AccountApi;
use super::along::AlongApi;
use super::area_reports::AreaReportsApi;
use super::areas::AreasApi;
use super::assignments::AssignmentsApi;
use super::audit::AuditApi;
use super::batches::BatchesApi;
use super::bundles::BundlesApi;
use super::cleanings::CleaningsApi;
use super::coverage::CoverageApi;
use super::deployments::DeploymentsApi;
use super::documented::Documented;
use super::door::Door;
use super::events::EventsApi;
use super::exceptions::ExceptionsApi;
use super::excuses::ExcusesApi;
use super::exports::ExportsApi;
use super::faults;
use super::figures::FiguresApi;
use super::grades::GradesApi;
use super::health::HealthApi;
use super::history::HistoryApi;
use super::imports::ImportsApi;
use super::invitations::InvitationsApi;
use super::layout::LayoutApi;
use super::map::MapApi;
use super::operators::OperatorsApi;
use super::outages::OutagesApi;
use super::photos::PhotosApi;
use super::plans::PlansApi;
use super::plates::PlatesApi;
use super::positions::PositionsApi;
use super::problem_code::ProblemCode;
use super::reports::ReportsApi;
use super::roster_months::RosterMonthsApi;
use super::rosters::RostersApi;
use super::round::RoundApi;
use super::sessions::SessionsApi;
use super::slots::SlotsApi;
use super::staff::StaffApi;
use super::strict;
use super::subscriptions::SubscriptionsApi;
use super::suggestions::SuggestionsApi;
use super::toilet_photos::ToiletPhotosApi;
use super::toilets::ToiletsApi;
use super::wechat::WechatApi;
use super::wechat_page::WechatPageApi;
use crate::usecase::Ctx;

/// All documented operations, in the order of the document. poem-openapi knows tuples of sixteen at most.
type Apis = Documented<(
    (
        ToiletsApi,
        BundlesApi,
        AlongApi,
        MapApi,
        OutagesApi,
        GradesApi,
        PositionsApi,
        HistoryApi,
        BatchesApi,
        DeploymentsApi,
        ExportsApi,
        SuggestionsApi,
    ),
    (
        PlansApi,
        ExceptionsApi,
        SlotsApi,
        ExcusesApi,
        AssignmentsApi,
        RostersApi,
        RosterMonthsApi,
        CleaningsApi,
        RoundApi,
        FiguresApi,
        CoverageApi,
        EventsApi,
        SubscriptionsApi,
    ),
    (AreasApi, AreaReportsApi, LayoutApi, ReportsApi, PhotosApi, ToiletPhotosApi, PlatesApi, OperatorsApi),
    (SessionsApi, AccountApi, WechatApi, WechatPageApi, StaffApi, InvitationsApi),
    (ImportsApi, AuditApi, HealthApi),
)>;

/// The operations with their document.
pub(super) fn service(ctx: &Arc<Ctx>, door: &Arc<Door>) -> OpenApiService<Apis, ()> {
    // What bodies are held to; they cannot look here themselves, since all operations stand above them.
    faults::learn(document);
    let shared = || Arc::clone(ctx);
    let apis = (
        (
            ToiletsApi(shared()),
            BundlesApi(shared()),
            AlongApi(shared()),
            MapApi(shared()),
            OutagesApi(shared()),
            GradesApi(shared()),
            PositionsApi(shared()),
            HistoryApi(shared()),
            BatchesApi(shared()),
            DeploymentsApi(shared()),
            ExportsApi { ctx: shared(), door: Arc::clone(door) },
            SuggestionsApi(shared()),
        ),
        (
            PlansApi(shared()),
            ExceptionsApi(shared()),
            SlotsApi(shared()),
            ExcusesApi(shared()),
            AssignmentsApi(shared()),
            RostersApi(shared()),
            RosterMonthsApi(shared()),
            CleaningsApi(shared()),
            RoundApi(shared()),
            FiguresApi(shared()),
            CoverageApi(shared()),
            EventsApi { ctx: shared(), door: Arc::clone(door) },
            SubscriptionsApi(shared()),
        ),
        (
            AreasApi(shared()),
            AreaReportsApi(shared()),
            LayoutApi(shared()),
            ReportsApi(shared()),
            PhotosApi { ctx: shared(), door: Arc::clone(door) },
            ToiletPhotosApi(shared()),
            PlatesApi(shared()),
            OperatorsApi(shared()),
        ),
        (
            SessionsApi(shared()),
            AccountApi(shared()),
            WechatApi(shared()),
            WechatPageApi(shared()),
            StaffApi(shared()),
            InvitationsApi(shared()),
        ),
        (ImportsApi(shared()), AuditApi(shared()), HealthApi(shared())),
    );
    described(Documented(apis))
}

/// The paths of the document with their operations.
pub(super) fn paths() -> Vec<MetaApi> {
    Apis::meta()
}

/// The OpenAPI document as pretty JSON, the same for the same program.
#[must_use]
pub fn document() -> &'static str {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
        let mut text = strict::exact(described(Undone).spec());
        text.push('\n');
        text
    });
    &DOCUMENT
}

/// The operations without anything to run them on: the document is a matter of types.
struct Undone;

impl OpenApi for Undone {
    fn meta() -> Vec<MetaApi> {
        Apis::meta()
    }

    fn register(registry: &mut Registry) {
        Apis::register(registry);
    }

    fn add_routes(self, _: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}

fn described<A: OpenApi>(apis: A) -> OpenApiService<A, ()> {
    OpenApiService::new(apis, "Gongce 公厕", env!("CARGO_PKG_VERSION"))
        .description(description())
        .license(LicenseObject::new("MIT OR Apache-2.0"))
        .server(ServerObject::new("/"))
}

fn description() -> String {
    let mut text = ABOUT.to_owned();
    for code in ProblemCode::ALL {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| `{}` | {} | {} |", code.as_str(), code.status().as_u16(), code.meaning().trim());
    }
    text
}

const ABOUT: &str = "\
The back end of a county's public toilets: find one that is really usable now.

- JSON in camelCase; what is unknown is left out, nothing is ever `null`. Facts are `yes`, `limited` or `no`.
- Times are RFC 3339 in UTC with `Z`; distances are metres, bearings degrees clockwise from north.
- Positions are `{\"latitude\", \"longitude\"}` in the datum that `crs` says: `wgs84`, `gcj02` or `bd09`. In China the \
three lie 500 to 600 m apart, so `crs` is required wherever a position goes in.
- Lists take `limit` and `cursor`; the answer has `next` when there is more. Parameters that take several values take \
repetition or commas. A parameter that an operation does not know is refused.
- Answers to public reading have an `ETag`; send it back in `If-None-Match` and an unchanged answer is 304.
- Every failure is `application/problem+json` with a stable `code`. `X-Request-Id` is taken in and given out.

| code | status | meaning |
| --- | --- | --- |
";
