//! Wiring: configuration → database → register in memory → routes; starting and stopping.

mod notify;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use self::notify::Supervisor;
use crate::config::{self, Config};
use crate::domain::holiday::{Calendar, CalendarError, Calendars};
use crate::domain::target::{Targets, TargetsError};
use crate::domain::wechat::PushToken;
use crate::gateway::objects::{ObjectError, Objects};
use crate::gateway::outbound::{self, Outbound};
use crate::gateway::wechat::{Account, AppSecret, Setup, SetupError, Wechat};
use crate::http::{self, Door};
use crate::store::{self, Cursor, ServerLock, Store, StoreError};
use crate::usecase::keys::{self, KeyError};
use crate::usecase::photos::{self, Photos};
use crate::usecase::{Clock, Ctx, Failure, following, loading, outbox, slots, sweeping, tending};

/// Why the product does not start, with what to do about it where that is known.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A file that the configuration names cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The holiday file is no calendar.
    #[error("the holidays file cannot be used")]
    Calendar(#[from] CalendarError),
    /// The targets file holds no targets.
    #[error("the targets file cannot be used")]
    Targets(#[from] TargetsError),
    /// The database cannot be used.
    #[error("cannot use the database")]
    Store(#[from] StoreError),
    /// The keys are not there, or not those of the database.
    #[error("cannot use the keys")]
    Keys(#[from] KeyError),
    /// Nobody said where the keys are.
    #[error(
        "keys_dir is not set: with PostgreSQL the keys are given by configuration. Set GONGCE_KEYS_DIR to a folder of the \
         service's own and make a key in it with `gongce keys create`"
    )]
    NoKeysFolder,
    /// A file holds a secret that cannot be one.
    #[error("{} cannot be used: {why}", path.display())]
    Secret {
        /// The file.
        path: PathBuf,
        /// Why; it does not repeat the secret.
        why: String,
    },
    /// The files of photos cannot be used.
    #[error("cannot use the files of photos")]
    Photos(#[from] ObjectError),
    /// WeChat cannot be asked with this configuration.
    #[error("cannot ask WeChat")]
    Wechat(#[from] SetupError),
    /// Messages cannot be sent with this configuration.
    #[error("cannot send messages")]
    Outbound(#[from] outbound::SetupError),
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: choose another with {with}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What sets another.
        with: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The register cannot be read into memory.
    #[error("cannot load the register")]
    Load(#[from] Failure),
    /// The listener failed.
    #[error("cannot go on serving")]
    Serve(#[from] std::io::Error),
}

fn read(path: &Path) -> Result<String, StartError> {
    std::fs::read_to_string(path).map_err(|source| StartError::File { path: path.to_owned(), source })
}

/// Opens the database that a configuration names.
///
/// # Errors
/// What the file or the database says.
pub async fn open(config: &Config) -> Result<Store, StartError> {
    Ok(Store::open(&config.database_url, password(config)?.as_deref()).await?)
}

/// The database's password, where a file holds one.
///
/// # Errors
/// What the file says.
pub fn password(config: &Config) -> Result<Option<String>, StartError> {
    let text = config.database_password_file.as_deref().map(read).transpose()?;
    Ok(text.map(|text| text.trim_end().to_owned()))
}

/// The folder with the keys: the configured one, or that beside a SQLite database.
///
/// # Errors
/// [`StartError::NoKeysFolder`].
pub fn keys_folder(config: &Config) -> Result<PathBuf, StartError> {
    match (&config.keys_dir, store::sqlite_file(&config.database_url)) {
        (Some(folder), _) => Ok(folder.clone()),
        (None, Some(file)) => Ok(PathBuf::from(format!("{}.keys", file.display()))),
        (None, None) => Err(StartError::NoKeysFolder),
    }
}

/// Where the files of photos are: the configured place, or that beside a SQLite database. `None` with PostgreSQL while
/// nobody said so.
#[must_use]
pub fn photos_place(config: &Config) -> Option<String> {
    let beside = || store::sqlite_file(&config.database_url).map(|file| format!("{}.photos", file.display()));
    config.photos.clone().or_else(beside)
}

/// The photos of a configuration, if there is a place for them.
///
/// # Errors
/// What the files say.
pub fn photos(config: &Config) -> Result<Option<Photos>, StartError> {
    let files = photos_place(config).map(|place| Objects::at(&place)).transpose()?;
    Ok(files.map(Photos::new))
}

/// The holiday calendars.
///
/// # Errors
/// What is wrong with the holiday file.
pub fn calendars(config: &Config) -> Result<Calendars, StartError> {
    let calendars = Calendars::builtin();
    let Some(path) = &config.holidays_file else { return Ok(calendars) };
    Ok(calendars.with(Calendar::parse(&read(path)?)?))
}

/// The context of all use cases around a database whose schema is up to date.
///
/// # Errors
/// What is wrong with the holiday file, the targets file or the keys.
pub async fn context(config: &Config, store: Store) -> Result<Ctx, StartError> {
    let calendars = calendars(config)?;
    let clock = Clock::system();
    let makes_first = store::sqlite_file(&config.database_url).is_some();
    let keys = keys::hold(&store, clock, &keys_folder(config)?, makes_first).await?;
    let targets = match &config.targets_file {
        Some(path) => Targets::parse(&read(path)?)?,
        None => Targets::builtin()?,
    };
    let ctx = Ctx::new(store, clock, calendars, keys, http::render_fragment).with_wechat(wechat(config)?);
    let ctx = ctx.with_wechat_account(account(config)?);
    let ctx = ctx.sending(Outbound::new(config.outbound.clone())?);
    let ctx = ctx.reached_at(config.public_url.clone()).publishing_in(config.public_crs);
    let ctx = ctx.drawn_on(config.map_tiles.clone());
    Ok(ctx.locking_out(config.lock_out).with_targets(targets))
}

/// The client for WeChat, if there is an app.
fn wechat(config: &Config) -> Result<Option<Arc<Wechat>>, StartError> {
    let settings = config.wechat.clone();
    let (Some(app_id), Some(file)) = (settings.app_id.clone(), &settings.secret_file) else { return Ok(None) };
    let secret = secret_of(file, AppSecret::new)?;
    let push_token = settings.push_token_file.as_deref().map(|file| secret_of(file, PushToken::new)).transpose()?;
    Ok(Some(Arc::new(Wechat::new(Setup { app_id, secret, push_token, settings })?)))
}

/// The client for the official account, if there is one.
fn account(config: &Config) -> Result<Option<Arc<Account>>, StartError> {
    let settings = config.wechat.clone();
    let (Some(app_id), Some(file)) = (settings.account_app_id.clone(), &settings.account_secret_file) else {
        return Ok(None);
    };
    let secret = secret_of(file, AppSecret::new)?;
    Ok(Some(Arc::new(Account::new(Setup { app_id, secret, push_token: None, settings })?)))
}

/// The secret in a file, without the line break that editors put at its end.
fn secret_of<T>(path: &Path, parse: impl FnOnce(&str) -> Result<T, String>) -> Result<T, StartError> {
    parse(read(path)?.trim()).map_err(|why| StartError::Secret { path: path.to_owned(), why })
}

/// A database that this process alone may serve, its schema brought up.
#[derive(Debug)]
pub struct Prepared {
    /// The context around it.
    pub ctx: Ctx,
    lock: ServerLock,
}

/// Opens the database, takes the server's lock on it, and brings its schema up.
///
/// # Errors
/// Whatever stands in the way, with what to do about it.
pub async fn prepare(config: &Config) -> Result<Prepared, StartError> {
    prepare_with(config, async |_| Ok(())).await
}

/// The same, and something is done to the database before anything depends on what it holds.
///
/// # Errors
/// As [`prepare`], and what is done fails with.
pub async fn prepare_with(
    config: &Config,
    first: impl AsyncFnOnce(&Store) -> Result<(), Failure>,
) -> Result<Prepared, StartError> {
    let store = open(config).await?;
    let lock = store.lock_server()?;
    for step in store.migrate_up().await? {
        tracing::info!(step, "schema brought up");
    }
    first(&store).await?;
    let ctx = context(config, store).await?.with_photos(photos(config)?);
    Ok(Prepared { ctx, lock })
}

/// A server that is ready to serve.
#[derive(Debug)]
pub struct App {
    ctx: Arc<Ctx>,
    listener: TcpListener,
    admin: Option<TcpListener>,
    cursor: Cursor,
    door: Arc<Door>,
    _lock: ServerLock,
}

impl App {
    /// Listens, and loads the register.
    ///
    /// # Errors
    /// Whatever stands in the way, with what to do about it.
    pub async fn start(config: &Config, prepared: Prepared) -> Result<Self, StartError> {
        let listener = listen(config.listen, "--listen").await?;
        let admin = match config.admin_listen {
            Some(address) => Some(listen(address, "GONGCE_ADMIN_LISTEN, or none with GONGCE_ADMIN_LISTEN=off").await?),
            None => None,
        };
        let ctx = Arc::new(prepared.ctx);
        let cursor = loading::load(&ctx).await?;
        let door = Door::new(config.limits.clone());
        Ok(Self { ctx, listener, admin, cursor, door, _lock: prepared.lock })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// What the system says.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// How many toilets it holds.
    #[must_use]
    pub fn toilets(&self) -> usize {
        self.ctx.finder.snapshot().len()
    }

    /// Serves until `stop` resolves, then lets running requests end. The administration listener answers to the last.
    ///
    /// # Errors
    /// What the listener fails with.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), StartError> {
        let routes = http::routes(Arc::clone(&self.ctx), Arc::clone(&self.door));
        let address = self.address()?;
        let admin_address = self.admin.as_ref().map(TcpListener::local_addr).transpose()?;
        let admin = admin_address.map_or_else(|| "off".to_owned(), |address| address.to_string());
        tracing::info!(%address, %admin, toilets = self.toilets(), version = env!("CARGO_PKG_VERSION"), "serving");
        let follower = tokio::spawn(following::follow(Arc::clone(&self.ctx), self.cursor));
        let housekeeper = self.ctx.photos.is_some().then(|| tokio::spawn(photos::keep(Arc::clone(&self.ctx))));
        let sweeper = tokio::spawn(sweeping::sweep_hourly(Arc::clone(&self.ctx)));
        let timekeeper = tokio::spawn(tending::tend(Arc::clone(&self.ctx)));
        let closer = tokio::spawn(slots::close(Arc::clone(&self.ctx)));
        let store = self.ctx.store.clone();
        let mover = tokio::spawn(async move { store.move_log().await });
        let sender = tokio::spawn(outbox::keep_sending(Arc::clone(&self.ctx)));
        let clock = self.ctx.clock;
        let (ended, end) = oneshot::channel::<()>();
        let admin = self.admin.map(|listener| {
            let (endpoint, door) = http::admin(&self.ctx, &self.door);
            tokio::spawn(http::serve(listener, endpoint, door, clock, async { drop(end.await) }))
        });
        let supervisor = Supervisor::new(config::supervisor());
        let leaving = {
            let supervisor = supervisor.clone();
            async move {
                stop.await;
                supervisor.stopping();
            }
        };
        // Whoever connects from now on is answered: the listener has been there for a while, and the register is loaded.
        supervisor.ready();
        let alive = supervisor.keep_telling();
        let served = http::serve(self.listener, routes, self.door, clock, leaving).await;
        follower.abort();
        housekeeper.iter().for_each(JoinHandle::abort);
        sweeper.abort();
        closer.abort();
        mover.abort();
        timekeeper.abort();
        sender.abort();
        drop(ended);
        if let Some(admin) = admin {
            drop(admin.await);
        }
        self.ctx.store.clone().close().await?;
        alive.iter().for_each(JoinHandle::abort);
        tracing::info!("stopped");
        Ok(served?)
    }
}

async fn listen(address: SocketAddr, with: &'static str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, with, source })
}

/// Resolves when the process is asked to stop: by Ctrl-C or by its supervisor. It is listened for from the call on, not only
/// once this is polled: a stop that comes during the start would else be the end of the process.
pub fn asked_to_stop() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = signals else { return std::future::pending().await };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping");
    }
}
