// The bare loops that the daemon's durable writes are measured against. Each prints one line of JSON.
//
//   commit_loop rows FOLDER SECONDS GROUP BYTES   rows of BYTES in a SQLite table with an id index (WAL,
//                                                 synchronous=FULL), GROUP rows a transaction
//   commit_loop ledger FOLDER SECONDS GROUP       rows of ledger_entry, with its indexes, likewise
//   commit_loop fsync FOLDER SECONDS              4 KiB writes, each followed by fdatasync, in a file of 4 MiB
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what, const char *why) {
    fprintf(stderr, "commit_loop: %s: %s\n", what, why);
    exit(1);
}

static uint64_t state[2];

// xorshift128+: enough for ids that only must differ.
static uint64_t draw(void) {
    uint64_t x = state[0], y = state[1];
    state[0] = y;
    x ^= x << 23;
    state[1] = x ^ y ^ (x >> 17) ^ (y >> 26);
    return state[1] + y;
}

static void run(sqlite3 *database, const char *sql) {
    char *fault = NULL;
    if (sqlite3_exec(database, sql, NULL, NULL, &fault) != SQLITE_OK) fail(sql, fault ? fault : "failed");
}

static sqlite3_stmt *prepare(sqlite3 *database, const char *sql) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        fail(sql, sqlite3_errmsg(database));
    return statement;
}

static void step(sqlite3 *database, sqlite3_stmt *statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) fail("step", sqlite3_errmsg(database));
    sqlite3_reset(statement);
}

static void ledger(const char *folder, double seconds, long group) {
    char path[4096], key[96], owner[32], debit[64];
    snprintf(path, sizeof path, "%s/ledger-%ld.db", folder, group);
    sqlite3 *database = NULL;
    if (sqlite3_open(path, &database) != SQLITE_OK) fail(path, sqlite3_errmsg(database));
    run(database, "pragma journal_mode = wal");
    run(database, "pragma synchronous = full");
    run(database, "create table if not exists ledger_entry (number integer not null primary key, pool integer not null, "
                  "owner_group text not null, key text not null, epoch integer not null, cause text not null, item text, "
                  "debit text not null, credit text not null, amount integer not null check (amount > 0), "
                  "day integer not null, unique (pool, key)) strict");
    run(database, "create index if not exists ledger_entry_by_group on ledger_entry (pool, owner_group, number)");
    sqlite3_stmt *begin = prepare(database, "begin immediate"), *commit = prepare(database, "commit");
    sqlite3_stmt *insert = prepare(database, "insert into ledger_entry values (?1, 7, ?2, ?3, 1, 'close', null, "
                                             "'issuance', ?4, ?5, 30) on conflict (pool, key) do nothing");
    long count = 0, commits = 0;
    double start = now(), end = start;
    for (; end - start < seconds; end = now()) {
        step(database, begin);
        for (long row = 0; row < group; row++) {
            long number = count + row;
            snprintf(owner, sizeof owner, "group-%06ld", number / 2);
            snprintf(key, sizeof key, "cr/%s/close/%ld", owner, number % 2);
            snprintf(debit, sizeof debit, "earned:%s", owner);
            sqlite3_bind_int64(insert, 1, 1800000000000000 + number);
            sqlite3_bind_text(insert, 2, owner, -1, SQLITE_STATIC);
            sqlite3_bind_text(insert, 3, key, -1, SQLITE_STATIC);
            sqlite3_bind_text(insert, 4, debit, -1, SQLITE_STATIC);
            sqlite3_bind_int64(insert, 5, 1000 + number % 5000);
            step(database, insert);
        }
        step(database, commit);
        count += group;
        commits++;
    }
    printf("{\"rows\":%ld,\"commits\":%ld,\"seconds\":%.6f}\n", count, commits, end - start);
}

static void rows(const char *folder, double seconds, long group, int size) {
    char path[4096], id[64];
    snprintf(path, sizeof path, "%s/rows-%ld.db", folder, group);
    if (getrandom(state, sizeof state, 0) != sizeof state) fail("getrandom", "too few bytes");
    sqlite3 *database = NULL;
    if (sqlite3_open(path, &database) != SQLITE_OK) fail(path, sqlite3_errmsg(database));
    run(database, "pragma journal_mode = wal");
    run(database, "pragma synchronous = full");
    run(database, "create table if not exists held (tick integer not null primary key, id text not null unique, "
                  "bytes blob not null) strict");
    sqlite3_stmt *begin = prepare(database, "begin immediate"), *commit = prepare(database, "commit");
    sqlite3_stmt *insert = prepare(database, "insert into held (id, bytes) values (?1, ?2)");
    char *bytes = malloc((size_t)size);
    if (!bytes) fail("malloc", "no memory");
    memset(bytes, 'x', (size_t)size);
    long count = 0, commits = 0;
    double start = now(), end = start;
    for (; end - start < seconds; end = now()) {
        step(database, begin);
        for (long row = 0; row < group; row++) {
            uint64_t high = draw(), low = draw();
            snprintf(id, sizeof id, "indicator--%08x-%04x-4%03x-%04x-%012llx", (unsigned)(high >> 32),
                     (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xfff), (unsigned)(low >> 50 | 0x8000),
                     (unsigned long long)(low & 0xffffffffffff));
            memcpy(bytes, id, strlen(id));
            sqlite3_bind_text(insert, 1, id, -1, SQLITE_STATIC);
            sqlite3_bind_blob(insert, 2, bytes, size, SQLITE_STATIC);
            step(database, insert);
        }
        step(database, commit);
        count += group;
        commits++;
    }
    printf("{\"rows\":%ld,\"commits\":%ld,\"seconds\":%.6f}\n", count, commits, end - start);
}

static void syncs(const char *folder, double seconds) {
    char path[4096];
    static char page[4096];
    const off_t span = 4 << 20;
    snprintf(path, sizeof path, "%s/fsync", folder);
    int file = open(path, O_CREAT | O_RDWR, 0600);
    if (file < 0) fail(path, "cannot be opened");
    // Written once beforehand: as in a write-ahead log that has been round once, no write makes the file longer.
    for (off_t place = 0; place < span; place += (off_t)sizeof page)
        if (pwrite(file, page, sizeof page, place) != sizeof page) fail(path, "cannot be written");
    if (fsync(file) != 0) fail(path, "cannot be synced");
    long count = 0;
    double start = now(), end = start;
    for (; end - start < seconds; end = now()) {
        memset(page, (int)count, sizeof page);
        if (pwrite(file, page, sizeof page, count * (off_t)sizeof page % span) != sizeof page)
            fail(path, "cannot be written");
        if (fdatasync(file) != 0) fail(path, "cannot be synced");
        count++;
    }
    printf("{\"syncs\":%ld,\"seconds\":%.6f}\n", count, end - start);
}

int main(int count, char **words) {
    if (count == 6 && strcmp(words[1], "rows") == 0)
        rows(words[2], atof(words[3]), atol(words[4]), atoi(words[5]));
    else if (count == 5 && strcmp(words[1], "ledger") == 0)
        ledger(words[2], atof(words[3]), atol(words[4]));
    else if (count == 4 && strcmp(words[1], "fsync") == 0)
        syncs(words[2], atof(words[3]));
    else {
        fprintf(stderr, "usage: commit_loop rows FOLDER SECONDS GROUP BYTES | ledger FOLDER SECONDS GROUP | "
                        "fsync FOLDER SECONDS\n");
        return 64;
    }
    return 0;
}
