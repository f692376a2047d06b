-- Battles of the arena: two models' answers to one prompt, before one person, and what that person said. They rate models
-- and nothing else: no table that training reads refers to them. Both tables are append-only.

create table battle (
    row_number    bigint      not null primary key,
    id            uuid        not null unique, -- random: tells nothing, and nobody finds another's
    prompt        varchar     not null, -- JSON, [{"role", "content"}]
    first_text    varchar     not null, -- the first is on the left
    first_length  bigint      not null, -- code points of the text: databases count otherwise
    first_model   varchar     not null,
    first_ended   boolean     not null,
    second_text   varchar     not null,
    second_length bigint      not null,
    second_model  varchar     not null,
    second_ended  boolean     not null,
    person        varchar(80) not null,
    made_at       timestamp with time zone not null
);

create index battle_person on battle (person, row_number);

-- The key allows one vote a battle: it shows the names, and what is said after that would not be blind.
create table battle_vote (
    battle   bigint      not null primary key references battle (row_number),
    vote     varchar(16) not null,
    voted_at timestamp with time zone not null
);
