//! The operations of the document: who may be let in to each, and with which body.

use gongce::domain::account::Role;

/// Operations that need no session.
pub(super) const PUBLIC: &[&str] = &[
    "find_nearest_toilets",
    "find_toilets_along",
    "list_map_clusters",
    "list_toilets",
    "get_toilet",
    "get_toilet_bundle",
    "list_toilet_changes",
    "get_toilet_export",
    "list_areas",
    "get_area",
    "get_plate",
    "get_photo",
    "get_photo_thumbnail",
    "list_toilet_photos",
    "list_toilet_slots",
    "list_slots",
    "list_toilet_cleanings",
    "get_slot_calendar",
    "follow_area_events",
    "list_area_events",
    "get_liveness",
    "get_readiness",
    // By visitors too, with a session or without.
    "create_suggestion",
    "create_session",
    "create_wechat_session",
    // From the service's own pages alone.
    "create_wechat_authorization",
    "create_wechat_page_session",
    "get_wechat_push",
    "accept_wechat_push",
    "accept_invitation",
];

/// Who asks: the role, and where it is held. The things asked about lie in the town 410308101.
pub(super) const ASKING: [(Role, &str); 9] = [
    (Role::Admin, "410308101"),
    (Role::Admin, "410308102"),
    (Role::Admin, "410308"),
    (Role::Supervisor, "410308101"),
    (Role::Supervisor, "410308102"),
    (Role::Supervisor, "410308"),
    (Role::Cleaner, "410308"),
    (Role::Inspector, "410308"),
    (Role::Auditor, "410308"),
];

/// A row for each closed operation: its body, and the status for each of [`ASKING`].
pub(super) const CLOSED: &[(&str, &str, [u16; 9])] = &[
    ("get_me", "", [200; 9]),
    ("list_my_sessions", "", [200; 9]),
    ("delete_my_session", "", [404; 9]),
    // No app is configured here.
    ("list_message_templates", "", [503; 9]),
    ("record_message_consents", "[]", [503; 9]),
    ("record_my_phone", r#"{"code": "x"}"#, [503; 9]),
    ("get_my_phone", "", [404; 9]),
    ("delete_my_phone", "", [404; 9]),
    ("list_staff", "", [200, 200, 200, 200, 200, 200, 403, 403, 200]),
    ("get_member", "", [200, 404, 200, 200, 404, 200, 403, 403, 200]),
    ("delete_member_sessions", "", [204, 404, 204, 204, 404, 204, 403, 403, 403]),
    ("create_grant", GRANT, [201, 404, 201, 201, 404, 201, 403, 403, 403]),
    ("delete_grant", "", [204, 404, 204, 204, 404, 204, 403, 403, 403]),
    ("create_invitation", INVITATION, [201, 404, 201, 201, 404, 201, 403, 403, 403]),
    ("create_renewal", "{}", [201, 404, 201, 201, 404, 201, 403, 403, 403]),
    ("list_invitations", "", [200, 200, 200, 200, 200, 200, 403, 403, 200]),
    ("delete_invitation", "", [204, 404, 204, 204, 404, 204, 403, 403, 403]),
    // Nobody here has a password to prove who they are by.
    ("create_proof", r#"{"password": "x"}"#, [422; 9]),
    ("create_toilet", NEW_TOILET, [201, 404, 201, 201, 404, 201, 403, 403, 403]),
    ("update_toilet", "{}", [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("apply_toilet_patch", "{}", [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("place_toilet", FIX, [200, 404, 200, 200, 404, 200, 200, 200, 403]),
    ("update_toilets", BATCH, [200, 200, 200, 200, 200, 200, 403, 403, 403]),
    ("list_toilet_history", "", [200, 404, 200, 200, 404, 200, 403, 200, 200]),
    ("create_outage", r#"{"reason": "water"}"#, [201, 404, 201, 201, 404, 201, 201, 403, 403]),
    ("list_toilet_outages", "", [200, 404, 200, 200, 404, 200, 200, 200, 200]),
    ("list_outages", "", [200; 9]),
    // A cleaner may change what she opened herself; this one somebody else did.
    ("update_outage", "{}", [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("apply_outage_patch", "{}", [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("delete_outage", "", [204, 404, 204, 204, 404, 204, 403, 403, 403]),
    // The first of those who may records it and converts the other one; then it is on record already.
    ("create_grade", r#"{"standard": "CJJ 14-2016", "grade": "一类"}"#, [201, 404, 409, 409, 404, 409, 403, 403, 403]),
    ("list_grades", "", [200, 404, 200, 200, 404, 200, 200, 200, 200]),
    ("update_grade", "{}", [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("apply_grade_patch", "{}", [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("create_grade_conversion", "{}", [201, 404, 422, 422, 404, 422, 403, 403, 403]),
    ("delete_grade", "", [204, 404, 404, 404, 404, 404, 403, 403, 403]),
    // Whoever is let in is told that this is no form with a photo.
    ("upload_photo", "", [415; 9]),
    ("record_toilet_photo", "", [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    // The first takes it away.
    ("delete_toilet_photo", "", [204, 404, 404, 404, 404, 404, 403, 403, 403]),
    ("list_suggestions", "", READING),
    ("get_suggestion", "", [200, 404, 200, 200, 404, 200, 403, 200, 200]),
    ("reject_suggestion", r#"{"reason": "x"}"#, [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("accept_suggestion", "{}", [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("list_my_suggestions", "", [200; 9]),
    // Everybody of the staff, of what lies in their own area.
    ("follow_events", "", [200; 9]),
    ("list_events", "", [200; 9]),
    ("create_subscription", SUBSCRIPTION, [201, 404, 201, 201, 404, 201, 403, 403, 403]),
    ("list_subscriptions", "", [200, 200, 200, 200, 200, 200, 403, 403, 403]),
    ("get_subscription", "", [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("update_subscription_pause", r#"{"paused": false}"#, [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("delete_subscription", "", [204, 404, 204, 204, 404, 204, 403, 403, 403]),
    // A file takes any toilet anywhere, and nobody here administers everything.
    ("upload_import", "x", [403; 9]),
    ("list_imports", "", [403; 9]),
    ("get_import", "", [403; 9]),
    ("apply_import", "", [403; 9]),
    ("delete_import", "", [403; 9]),
    ("create_deployment", DEPLOYMENT, [201, 404, 201, 201, 404, 201, 403, 403, 403]),
    ("list_deployments", "", [200; 9]),
    ("delete_deployment", "", [204, 404, 204, 204, 404, 204, 403, 403, 403]),
    // There is one template of a name: whoever comes after the first is let in, and told so.
    ("create_plan_template", TEMPLATE, [201, 409, 409, 409, 409, 409, 403, 403, 403]),
    ("list_plan_templates", "", [200; 9]),
    ("get_plan_template", "", [200; 9]),
    ("create_plan", r#"{"template": 1}"#, [201, 404, 201, 201, 404, 201, 403, 403, 403]),
    ("list_planned_slots", r#"{"template": 1, "from": "2027-01-01"}"#, [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("apply_plan_template", r#"{"template": 1, "toilets": [1]}"#, [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("list_plans", "", [200; 9]),
    ("list_toilet_plans", "", [200, 404, 200, 200, 404, 200, 200, 200, 200]),
    ("create_exception", EXCEPTION, [201, 404, 201, 201, 404, 201, 403, 403, 403]),
    ("list_exception_changes", EXCEPTION, [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("list_exceptions", "", [200; 9]),
    ("get_exception", "", [200; 9]),
    ("delete_exception", "", [204, 404, 204, 204, 404, 204, 403, 403, 403]),
    // Whoever is let in is told that the key names no slot.
    ("create_excuses", EXCUSE, [422, 404, 422, 422, 404, 422, 422, 403, 403]),
    ("list_excuses", "", [200; 9]),
    ("get_excuse", "", [404; 9]),
    ("record_excuse_decision", r#"{"approved": true}"#, [404, 404, 404, 404, 404, 404, 403, 403, 403]),
    // The cleaner whom they name keeps toilets clean in the town.
    ("create_custodian", CUSTODIAN, [201, 404, 201, 201, 404, 201, 403, 403, 403]),
    ("list_assignments", "", [200, 404, 200, 200, 404, 200, 200, 200, 200]),
    // The first takes back the last of those that were named.
    ("delete_custodian", "", [204, 404, 404, 404, 404, 404, 403, 403, 403]),
    // The first who may names her; then she stands in already.
    ("create_substitute", SUBSTITUTE, [201, 404, 422, 422, 404, 422, 403, 403, 403]),
    // The first takes it back.
    ("delete_substitute", "", [204, 404, 404, 404, 404, 404, 403, 403, 403]),
    ("create_roster", ROSTER, [201, 404, 201, 201, 404, 201, 403, 403, 403]),
    ("list_rosters", "", [200; 9]),
    ("get_roster", "", [200, 404, 200, 200, 404, 200, 200, 200, 200]),
    ("create_roster_turn", TURN, [201, 404, 201, 201, 404, 201, 403, 403, 403]),
    ("record_roster_days", ROSTER_DAYS, [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    // Whoever is let in is told that the other is not on it.
    ("create_roster_swap", SWAP, [422, 404, 422, 422, 404, 422, 403, 403, 403]),
    ("get_roster_month", "", [200, 404, 200, 200, 404, 200, 200, 200, 200]),
    ("get_roster_month_sheet", "", [200, 404, 200, 200, 404, 200, 200, 200, 200]),
    // Whoever is let in is told that this is no workbook.
    ("apply_roster_month", "x", [422, 404, 422, 422, 404, 422, 403, 403, 403]),
    // The first takes back the last of the turns, and then the roster.
    ("delete_roster_turn", "", [204, 404, 404, 404, 404, 404, 403, 403, 403]),
    ("delete_roster", "", [204, 404, 404, 404, 404, 404, 403, 403, 403]),
    ("get_my_roster", "", [200; 9]),
    ("get_coverage_figures", "", READING),
    ("get_coverage_figures_csv", "", READING),
    ("get_coverage_figures_sheet", "", READING),
    ("get_custodian_report", "", READING),
    ("get_cleaning_figures", "", READING),
    ("get_hour_figures", "", READING),
    ("get_my_round", "", [403, 403, 403, 200, 200, 200, 200, 403, 403]),
    ("get_cleaning_figures_csv", "", READING),
    ("get_cleaning_figures_sheet", "", READING),
    // Somebody of another town is taken at her word, and flagged.
    ("record_cleaning", LOGGED, [403, 403, 403, 201, 201, 201, 201, 403, 403]),
    ("record_cleanings", LOGGED_BATCH, [403, 403, 403, 200, 200, 200, 200, 403, 403]),
    ("list_cleanings", "", [200; 9]),
    ("get_cleaning", "", [200, 404, 200, 200, 404, 200, 200, 200, 200]),
    // The supervisor of the town has logged it herself.
    ("verify_cleaning", "", [403, 403, 403, 403, 404, 200, 403, 200, 403]),
    ("delete_toilet", "", [204, 404, 204, 204, 404, 204, 403, 403, 403]),
    ("list_plates", "", [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("create_plate", PLATE, [201, 404, 201, 201, 404, 201, 403, 403, 403]),
    ("get_plate_drawing", "", [200, 404, 200, 200, 404, 200, 403, 403, 403]),
    ("get_my_export", "", [200; 9]),
    // Those who ask administer or watch less than the whole register, and name nothing.
    ("list_audit", "", [403; 9]),
    ("get_grading_report", "", READING),
    ("list_due_assessments", "", READING),
    ("get_fittings_report", "", READING),
    ("get_monthly_report", "", READING),
    ("get_monthly_page_report", "", READING),
    ("get_monthly_sheet_report", "", READING),
    ("list_area_mismatches", "", [200, 200, 200, 200, 200, 200, 403, 200, 200]),
    ("get_layout_report", "", [422, 404, 422, 422, 404, 422, 403, 422, 422]),
    ("get_layout_features", "", [422, 404, 422, 422, 404, 422, 403, 422, 422]),
    // They name no area: whoever reads reports of some area may ask.
    ("find_layout_of_points", DEMAND, READING),
    ("find_layout_features_of_points", DEMAND, READING),
    ("delete_current_session", "", [204; 9]),
    ("list_operators", "", [200; 9]),
    ("get_operator", "", [200; 9]),
    // There is one body of a name: whoever comes after the first is let in, and told so.
    (
        "create_operator",
        r#"{"name": "新市政公司", "kind": "contractor"}"#,
        [201, 409, 409, 409, 409, 409, 403, 403, 403],
    ),
    // Nobody here administers everything.
    ("update_operator", "{}", [403; 9]),
    ("apply_operator_patch", "{}", [403; 9]),
    // The last, since nobody is there to ask after it.
    ("delete_me", "", [204; 9]),
];
/// Reports, on whatever the caller answers for.
pub(super) const READING: [u16; 9] = [200, 200, 200, 200, 200, 200, 403, 200, 200];
/// The queries of operations that require one.
pub(super) const QUERIES: &[(&str, &str)] = &[
    ("get_layout_report", "?area=410308101&radius=500"),
    ("get_layout_features", "?area=410308101&radius=500"),
    ("find_layout_of_points", "?crs=wgs84&radius=500"),
    ("find_layout_features_of_points", "?crs=wgs84&radius=500"),
    ("upload_import", "?profile=template"),
    ("apply_roster_month", "?month=2026-12"),
];
pub(super) const DEMAND: &str = r#"{"points": [{"latitude": 34.8264, "longitude": 112.4364}]}"#;
pub(super) const INVITATION: &str = r#"{"name": "王丽", "role": "cleaner", "area": "410308101"}"#;

pub(super) const GRANT: &str = r#"{"role": "repairer", "area": "410308101"}"#;

pub(super) const PLATE: &str = r#"{"kind": "staff", "replaces": 1}"#;

pub(super) const SUBSCRIPTION: &str =
    r#"{"channel": "wecom", "area": "410308101", "target": "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"}"#;
pub(super) const TEMPLATE: &str = r#"{"name": "城市公厕", "windows": [
    {"task": "round", "at": ["09:00"], "earlyMinutes": 30, "lateMinutes": 30, "graceMinutes": 0}]}"#;
pub(super) const EXCEPTION: &str = r#"{"over": {"area": "410308101"}, "to": "2026-12-01", "effect": "closed"}"#;
pub(super) const EXCUSE: &str = r#"{"slots": ["1.1.1.20261124T0800"], "reason": "water"}"#;
/// The cleaner of [`ASKING`].
pub(super) const CUSTODIAN: &str = r#"{"person": "00000000-0000-0000-0000-000000000007"}"#;
pub(super) const SUBSTITUTE: &str = r#"{"person": "00000000-0000-0000-0000-000000000007", "to": "2026-12-24"}"#;
pub(super) const ROSTER: &str =
    r#"{"name": "东区", "toilets": [1], "shifts": [{"kind": "early", "from": "06:00", "to": "14:00"}]}"#;
pub(super) const TURN: &str = r#"{"person": "00000000-0000-0000-0000-000000000007", "cycle": ["early", "off"]}"#;
pub(super) const ROSTER_DAYS: &str =
    r#"{"days": [{"person": "00000000-0000-0000-0000-000000000007", "day": "2026-12-01", "shift": "off"}]}"#;
pub(super) const SWAP: &str = r#"{"day": "2026-12-01", "person": "00000000-0000-0000-0000-000000000007",
    "with": "00000000-0000-0000-0000-000000000004"}"#;
pub(super) const FIX: &str = r#"{"latitude": 34.8264, "longitude": 112.4364, "accuracy": 10}"#;
pub(super) const BATCH: &str = r#"{"items": [{"id": 1, "revision": 1}], "patch": {}}"#;
pub(super) const DEPLOYMENT: &str = r#"{"name": "庙会", "until": "2026-12-01T00:00:00Z",
    "toilets": [{"toilet": {"name": "临时公厕", "area": "410308101"}}]}"#;
pub(super) const NEW_TOILET: &str = r#"{"name": "新公厕", "area": "410308101", "confirmed": true}"#;

/// A cleaning that is logged there.
pub(super) const LOGGED: &str = r#"{"event": {"toilet": 1, "tasks": ["round"], "finishedAt": "2026-11-23T07:00:00Z"}}"#;
pub(super) const LOGGED_BATCH: &str = r#"{"items": [{"id": "0192f0c1-0000-7000-8000-00000000ba7c",
    "event": {"toilet": 1, "tasks": ["round"], "finishedAt": "2026-11-23T07:00:00Z"}}]}"#;
