-- Who may do what. Secrets are kept as SHA-256 of random 256-bit values, passwords as argon2id.
-- Nobody is ever deleted: preferences name their labeler.

create table person (
    id         bigint      not null primary key,
    name       varchar(80) not null,
    name_key   varchar(160) not null unique, -- in lower case: Ada and ada are one
    role       varchar(16) not null,
    password   varchar(255), -- null: nobody can sign in with one
    active     boolean     not null default true,
    created_at timestamp with time zone not null
);

create table session (
    secret     varchar(64) not null primary key,
    person     bigint      not null references person (id),
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null
);

create index session_person on session (person);

create table invitation (
    secret     varchar(64) not null primary key,
    role       varchar(16) not null,
    invited_by varchar(80) not null,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    used_by    bigint references person (id)
);

create table api_token (
    id         bigint      not null primary key,
    secret     varchar(64) not null unique,
    person     bigint      not null references person (id),
    name       varchar(80) not null,
    created_at timestamp with time zone not null,
    used_at    timestamp with time zone
);

-- Append-only: logins, roles, exports.
create table audit (
    row_number bigint       not null primary key,
    at         timestamp with time zone not null,
    who        varchar(80)  not null,
    peer       varchar(80)  not null,
    what       varchar(40)  not null,
    details    varchar(400) not null
);
