//! The same question answered by others: the ten nearest of a register, each with its document. None of them asks whether a
//! door is open, and each is only as exact as its kind.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use gongce::geo::{Wgs84, great_circle};
use gongce::http::render_fragment;
use poem::endpoint::make;
use poem::error::InternalServerError;
use poem::web::Query;
use poem::{Endpoint, Error, FromRequest, Request, Response};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, FromQueryResult, Statement, Value};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use crate::settlements::Land;

/// How many are answered.
const LIMIT: usize = 10;

/// Rows of one statement.
const ROWS: usize = 1_000;

#[derive(Debug, Deserialize)]
struct Asked {
    latitude: f64,
    longitude: f64,
}

/// A toilet as it comes out of a database.
#[derive(Debug, FromQueryResult, serde::Serialize)]
struct Row {
    id: i32,
    document: String,
    latitude: f64,
    longitude: f64,
    distance: f64,
}

fn setting(name: &str) -> Result<String> {
    let value = std::env::var_os(name).and_then(|value| value.into_string().ok());
    value.with_context(|| format!("{name} says where it is"))
}

/// Fills a store with so many toilets.
pub(crate) async fn fill(what: &str, count: usize) -> Result<()> {
    let toilets = Land::new(count).toilets(count).filter_map(|toilet| {
        let place = toilet.fact.position?.position;
        // As long as what the service prepares.
        let document = String::from_utf8_lossy(&render_fragment(&toilet)).replace(char::is_control, " ");
        Some((toilet.id.0, place, document))
    });
    match what {
        "redis" => fill_redis(toilets).await,
        "seaorm" => {
            let tables = [
                "CREATE EXTENSION IF NOT EXISTS postgis",
                "CREATE TABLE place (id INTEGER PRIMARY KEY, document TEXT NOT NULL, at GEOGRAPHY(POINT) NOT NULL)",
            ];
            let database = prepared("BENCH_POSTGIS", tables).await?;
            let point = |place: Wgs84| format!("'POINT({} {})'", place.longitude(), place.latitude());
            insert(&database, toilets, |(id, place, document)| {
                vec![format!("INTO place VALUES ({id}, '{}', {})", document.replace('\'', "''"), point(place))]
            })
            .await?;
            database.execute_unprepared("CREATE INDEX ON place USING gist (at)").await?;
            database.execute_unprepared("ANALYZE place").await?;
            Ok(())
        }
        "rtree" => {
            let tables = [
                "CREATE TABLE place (id INTEGER PRIMARY KEY, document TEXT NOT NULL, latitude REAL, longitude REAL)",
                "CREATE VIRTUAL TABLE box USING rtree (id, south, north, west, east)",
            ];
            let database = prepared("BENCH_RTREE", tables).await?;
            insert(&database, toilets, |(id, place, document)| {
                let (latitude, longitude) = (place.latitude(), place.longitude());
                let document = document.replace('\'', "''");
                vec![
                    format!("INTO place VALUES ({id}, '{document}', {latitude}, {longitude})"),
                    format!("INTO box VALUES ({id}, {latitude}, {latitude}, {longitude}, {longitude})"),
                ]
            })
            .await
        }
        _ => bail!("fill seaorm, redis or rtree"),
    }
}

/// The database of a setting, after these statements.
async fn prepared(name: &str, statements: [&str; 2]) -> Result<DatabaseConnection> {
    let database = Database::connect(setting(name)?).await?;
    for sql in statements {
        database.execute_unprepared(sql).await?;
    }
    Ok(database)
}

type Made = (i32, Wgs84, String);

async fn insert(
    database: &DatabaseConnection,
    toilets: impl Iterator<Item = Made>,
    rows: impl Fn(Made) -> Vec<String>,
) -> Result<()> {
    let mut toilets = toilets.peekable();
    while toilets.peek().is_some() {
        let some: Vec<String> = toilets.by_ref().take(ROWS).flat_map(&rows).collect();
        let sql = format!("BEGIN;INSERT {};COMMIT;", some.join(";INSERT "));
        database.execute_unprepared(&sql).await?;
    }
    Ok(())
}

async fn asked(request: &Request) -> poem::Result<Asked> {
    Ok(Query::from_request_without_body(request).await?.0)
}

fn answer(rows: &[Row]) -> poem::Result<Response> {
    let body = serde_json::to_vec(rows).map_err(InternalServerError)?;
    Ok(Response::builder().content_type("application/json").body(body))
}

/// SeaORM asks PostGIS for the nearest by its index.
pub(crate) async fn postgis() -> Result<impl Endpoint> {
    let database = connected("BENCH_POSTGIS").await?;
    let sql = "SELECT id, document, ST_Y(at::geometry) AS latitude, ST_X(at::geometry) AS longitude, \
               at <-> ST_MakePoint($2, $1)::geography AS distance FROM place \
               ORDER BY at <-> ST_MakePoint($2, $1)::geography LIMIT 10";
    let endpoint = make(move |request: Request| {
        let database = database.clone();
        async move {
            let asked = asked(&request).await?;
            let values = [asked.latitude.into(), asked.longitude.into()];
            answer(&rows(&database, sql, values).await?)
        }
    });
    Ok(endpoint)
}

/// An R*Tree knows boxes alone: the box is made wider until ten are in it that are nearer than its edge.
pub(crate) async fn rtree() -> Result<impl Endpoint> {
    let database = connected("BENCH_RTREE").await?;
    let sql = "SELECT place.id AS id, document, latitude, longitude, 0.0 AS distance FROM box JOIN place USING (id) \
               WHERE south >= $1 - $3 AND north <= $1 + $3 AND west >= $2 - $4 AND east <= $2 + $4";
    let endpoint = make(move |request: Request| {
        let database = database.clone();
        async move {
            let asked = asked(&request).await?;
            let from = Wgs84::new(asked.latitude, asked.longitude).map_err(InternalServerError)?;
            let mut reach = 0.01;
            loop {
                let wide = reach / asked.latitude.to_radians().cos();
                let values = [asked.latitude.into(), asked.longitude.into(), reach.into(), wide.into()];
                let mut found = rows(&database, sql, values).await?;
                for row in &mut found {
                    let place = Wgs84::new(row.latitude, row.longitude).map_err(InternalServerError)?;
                    row.distance = great_circle(from, place);
                }
                found.sort_by(|a, b| a.distance.total_cmp(&b.distance));
                found.retain(|row| row.distance <= reach * 110_000.0);
                if found.len() >= LIMIT || reach > 90.0 {
                    found.truncate(LIMIT);
                    return answer(&found);
                }
                reach *= 2.0;
            }
        }
    });
    Ok(endpoint)
}

async fn connected(name: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(setting(name)?);
    options.min_connections(8).max_connections(8).sqlx_logging(false);
    Ok(Database::connect(options).await?)
}

async fn rows<const N: usize>(database: &DatabaseConnection, sql: &str, values: [Value; N]) -> poem::Result<Vec<Row>> {
    let statement = Statement::from_sql_and_values(database.get_database_backend(), sql, values);
    Row::find_by_statement(statement).all(database).await.map_err(InternalServerError)
}

/// Connections to Redis that nobody uses just now.
struct Redis(Mutex<Vec<BufStream<TcpStream>>>);

/// A reply, as RESP has it.
#[derive(Debug)]
enum Reply {
    Text(String),
    List(Vec<Reply>),
    Nothing,
}

impl Redis {
    async fn ask(&self, words: &[&str]) -> Result<Reply> {
        let kept = self.0.lock().await.pop();
        let mut stream = match kept {
            Some(stream) => stream,
            None => BufStream::new(TcpStream::connect(setting("BENCH_REDIS")?).await?),
        };
        stream.write_all(command(words).as_bytes()).await?;
        stream.flush().await?;
        let reply = reply(&mut stream).await?;
        self.0.lock().await.push(stream);
        Ok(reply)
    }
}

fn command(words: &[&str]) -> String {
    let written: Vec<_> = words.iter().map(|word| format!("${}\r\n{word}\r\n", word.len())).collect();
    format!("*{}\r\n{}", words.len(), written.concat())
}

async fn reply(stream: &mut BufStream<TcpStream>) -> Result<Reply> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let (kind, rest) = line.trim_end().split_at_checked(1).context("a reply")?;
    Ok(match kind {
        "$" if rest == "-1" => Reply::Nothing,
        "$" => {
            let mut bytes = vec![0; rest.parse::<usize>()? + 2];
            stream.read_exact(&mut bytes).await?;
            bytes.truncate(bytes.len() - 2);
            Reply::Text(String::from_utf8(bytes)?)
        }
        "*" => {
            let mut list = Vec::new();
            for _ in 0..rest.parse::<usize>()? {
                list.push(Box::pin(self::reply(stream)).await?);
            }
            Reply::List(list)
        }
        "-" => bail!("redis: {rest}"),
        _ => Reply::Text(rest.to_owned()),
    })
}

async fn fill_redis(toilets: impl Iterator<Item = Made>) -> Result<()> {
    let mut stream = BufStream::new(TcpStream::connect(setting("BENCH_REDIS")?).await?);
    let mut toilets = toilets.peekable();
    while toilets.peek().is_some() {
        let mut sent = 0;
        for (id, place, document) in toilets.by_ref().take(ROWS) {
            let (id, longitude, latitude) =
                (id.to_string(), place.longitude().to_string(), place.latitude().to_string());
            stream.write_all(command(&["GEOADD", "places", &longitude, &latitude, &id]).as_bytes()).await?;
            stream.write_all(command(&["SET", &id, &document]).as_bytes()).await?;
            sent += 2;
        }
        stream.flush().await?;
        for _ in 0..sent {
            reply(&mut stream).await?;
        }
    }
    Ok(())
}

/// Redis finds by a geohash within a radius, and keeps the documents by their keys.
pub(crate) async fn redis() -> Result<impl Endpoint> {
    let redis = Arc::new(Redis(Mutex::default()));
    redis.ask(&["PING"]).await?;
    let endpoint = make(move |request: Request| {
        let redis = Arc::clone(&redis);
        async move {
            let asked = asked(&request).await?;
            let found = from_redis(&redis, &asked).await;
            answer(&found.map_err(|error| Error::from_string(error.to_string(), poem::http::StatusCode::BAD_GATEWAY))?)
        }
    });
    Ok(endpoint)
}

async fn from_redis(redis: &Redis, asked: &Asked) -> Result<Vec<Row>> {
    let (longitude, latitude) = (asked.longitude.to_string(), asked.latitude.to_string());
    let mut reach = 2;
    loop {
        let radius = reach.to_string();
        let search = ["GEOSEARCH", "places", "FROMLONLAT", &longitude, &latitude, "BYRADIUS", &radius, "km", "ASC"];
        let search = [&search[..], &["COUNT", "10", "WITHDIST", "WITHCOORD"]].concat();
        let Reply::List(found) = redis.ask(&search).await? else { bail!("a list") };
        if found.len() < LIMIT && reach < 20_000 {
            reach *= 4;
            continue;
        }
        let mut rows: Vec<Row> = found.into_iter().map(read).collect::<Option<_>>().context("id, distance, place")?;
        let ids: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
        let get: Vec<&str> = std::iter::once("MGET").chain(ids.iter().map(String::as_str)).collect();
        let Reply::List(documents) = redis.ask(&get).await? else { bail!("a list") };
        for (row, document) in rows.iter_mut().zip(documents) {
            if let Reply::Text(document) = document {
                row.document = document;
            }
        }
        return Ok(rows);
    }
}

fn read(reply: Reply) -> Option<Row> {
    let Reply::List(parts) = reply else { return None };
    let [Reply::Text(id), Reply::Text(kilometres), Reply::List(place)] = &parts[..] else { return None };
    let [Reply::Text(longitude), Reply::Text(latitude)] = &place[..] else { return None };
    Some(Row {
        id: id.parse().ok()?,
        document: String::new(),
        latitude: latitude.parse().ok()?,
        longitude: longitude.parse().ok()?,
        distance: kilometres.parse::<f64>().ok()? * 1_000.0,
    })
}
