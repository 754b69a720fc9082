FROM rust:1.95-bookworm AS build
WORKDIR /build
COPY . .
# The caches stay on the building machine, so the binary is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --locked --profile dist --bin gongce \
    && install -D target/dist/gongce /out/gongce

FROM debian:bookworm-slim
# A number above those of any host's own accounts, and the owner of what the service writes.
RUN groupadd --gid 10001 gongce \
    && useradd --uid 10001 --gid gongce --no-create-home --home-dir /data --shell /usr/sbin/nologin gongce \
    && install -d -o gongce -g gongce -m 0750 /data
COPY --from=build /out/gongce /usr/local/bin/gongce
COPY LICENSE-MIT LICENSE-APACHE /usr/share/doc/gongce/
ENV GONGCE_DATABASE_URL=sqlite:///data/gongce.db \
    GONGCE_LISTEN=0.0.0.0:8080
USER gongce
WORKDIR /data
VOLUME /data
EXPOSE 8080
# Asks /readyz: whether the register is loaded. Searches go on without the database, so its loss is no reason to stop.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["gongce", "healthcheck"]
ENTRYPOINT ["gongce"]
CMD ["serve"]
