//! The photo that shows a grade, such as one of its certificate.

use gongce::domain::account::Role;
use poem::http::Method;
use serde_json::{Value, json};

use super::pictures::plain;
use super::{fetch, id, path, send, service, toilet};
use crate::harness::stores::on_both;

on_both! {
    async fn a_grade_shows_its_certificate_to_the_staff_alone(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = toilet(&service, &token, "甲", "410308101").await;
        for number in [1, 2] {
            assert_eq!(send(&service, &token, number, &plain(number.try_into().unwrap())).await.status, 201);
        }
        let grades = format!("{toilet}/grades");
        let grade = |number: u32| json!({"standard": "GB/T 18973-2022", "grade": "I", "evidence": id(number)});
        assert_eq!(service.post(&grades, &token, grade(9)).await.problem(422).1, ["evidence"], "nobody sent it");
        let other = service.sign_in(Role::Supervisor, "410308").await;
        assert_eq!(service.post(&grades, &other, grade(1)).await.problem(422).1, ["evidence"], "it is not theirs");
        let made = service.post(&grades, &token, grade(1)).await.json_of(201);
        assert_eq!(made["evidence"], json!(id(1)));

        let colleague = service.sign_in(Role::Inspector, "410308101").await;
        let beyond = service.sign_in(Role::Inspector, "410308102").await;
        let status = async |who: &str| fetch(&service, &path(1), who, &[]).await.status;
        assert_eq!((status(&colleague).await, status(&beyond).await, status("").await), (200, 404, 404));
        assert_eq!(service.get(&format!("{toilet}/photos"), &token).await.json_of(200)["items"], json!([]));

        let record = format!("{grades}/1");
        let another = service.patch(&record, &token, 2, json!({"evidence": id(2)})).await.json_of(200);
        assert_eq!(another["evidence"], json!(id(2)));
        assert_eq!(status(&colleague).await, 404, "nothing shows the first any more");
        let gone = service.send(Method::DELETE, &record, &token, &[("if-match", "3")], &Value::Null).await;
        assert_eq!((gone.status, fetch(&service, &path(2), &colleague, &[]).await.status), (204, 404));
    }
}
