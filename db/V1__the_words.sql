-- The words of dev.heed.feedback as tables. Runs unchanged on H2 (PostgreSQL mode) and PostgreSQL.
-- Rows are numbered by the store, gap-free and in order of insertion, so that a number names the same row
-- after a crash, after a replay of the journal and on the other database.

create table prompt (
    row_number bigint      not null primary key,
    id         varchar(64) not null unique,
    messages   varchar     not null, -- JSON, [{"role", "content"}]
    kind       varchar     not null,
    split      varchar(16) not null
);

create table comparison (
    id           bigint           not null primary key,
    round        integer          not null,
    prompt       varchar(64)      not null references prompt (id),
    first_text   varchar          not null,
    first_model  varchar          not null,
    first_ended  boolean          not null,
    second_text  varchar          not null,
    second_model varchar          not null,
    second_ended boolean          not null,
    urgency      double precision not null,
    content      varchar(64)      not null unique, -- SHA-256 of round, prompt and texts: adding twice adds once
    answers      integer          not null default 0 -- current preferences other than SKIP; kept by whoever inserts those
);

create index comparison_round on comparison (round);
create index comparison_open on comparison (answers, urgency desc, round desc, id);

-- Append-only. The last unique key keeps a labeler's answers to one comparison a chain without forks:
-- revision 0 is the first answer, each correction replaces the one before it.
create table preference (
    row_number     bigint      not null primary key,
    id             uuid        not null unique,
    comparison     bigint      not null references comparison (id),
    labeler        varchar(80) not null,
    answer         varchar(20) not null,
    second_on_left boolean     not null,
    shown_ms       bigint      not null,
    answered_at    timestamp with time zone not null,
    replaces       uuid        unique references preference (id),
    revision       integer     not null,
    unique (comparison, labeler, revision)
);

create index preference_labeler on preference (labeler, comparison);
