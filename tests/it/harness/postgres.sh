# Owns the test server, from before its first file until after its last.
# Usage: sh postgres.sh DIRECTORY_OF_BINARIES DIRECTORY_OF_ITS_OWN PORT
#
# It waits on its standard input, a pipe that only the test process holds open. The kernel closes that however the
# process ends, `kill -9` included, where no destructor and no signal handler would run.

# Whatever else ends the test process must not end this before it has cleaned up: not even PIPE, which is what its last
# words would earn when nobody is left to read them.
trap '' HUP INT PIPE QUIT TERM

bin=$1 dir=$2 port=$3
data=$dir/data log=$dir/log

# The product insists on fsync. Nothing else need last: a lost test database hurts nobody.
start() {
    "$bin/initdb" -D "$data" -A trust -U gongce -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions || return
    cat >>"$data/postgresql.conf" <<CONF || return
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$dir'
max_connections = 200
shared_buffers = 32MB
fsync = on
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 256MB
wal_buffers = 16MB
wal_init_zero = off
autovacuum = off
timezone = UTC
CONF
    "$bin/pg_ctl" start -w -t 60 -D "$data" -l "$log"
}

if start >"$log" 2>&1 </dev/null; then
    echo ready
    read -r _
else
    cat "$log"
fi
"$bin/pg_ctl" stop -m immediate -D "$data" >/dev/null 2>&1 </dev/null
rm -rf "$dir"
