-- What a team works on, and how: who is asked what, how often, under which guidelines.

create table campaign (
    id         bigint      not null primary key,
    name       varchar(80) not null unique,
    plan       varchar     not null, -- JSON
    open       boolean     not null,
    created_at timestamp with time zone not null
);

create table guideline (
    campaign   bigint      not null references campaign (id),
    version    integer     not null,
    text       varchar     not null, -- Markdown
    written_by varchar(80) not null,
    written_at timestamp with time zone not null,
    primary key (campaign, version)
);

-- The loop's own comparisons are campaign 1's.
alter table comparison add column campaign bigint not null default 1;
alter table comparison add column disputed boolean not null default false; -- current answers prefer different sides
-- A comparison of an original with its sides swapped, for one labeler who answered that: never learned from.
alter table comparison add column original bigint references comparison (id);
alter table comparison add column repeat_for varchar(80);

create index comparison_campaign on comparison (campaign, answers desc, urgency desc, round desc, id);
create index comparison_original on comparison (original, repeat_for);

alter table preference add column note varchar not null default ''; -- JSON; '' where nothing was added
alter table preference add column chosen_by varchar(16) not null default 'need';
alter table preference add column guideline integer not null default 0; -- 0: there were none
alter table preference add column extra boolean not null default false; -- more than were asked for: not learned from

-- A comparison is with a labeler until then: it counts as answered for the others.
create table lease (
    comparison bigint      not null references comparison (id),
    labeler    varchar(80) not null,
    chosen_by  varchar(16) not null,
    expires_at timestamp with time zone not null,
    primary key (comparison, labeler)
);

create index lease_labeler on lease (labeler, expires_at);

-- What the right answer is known to be.
create table gold (
    comparison bigint      not null primary key references comparison (id),
    answer     varchar(20) not null,
    set_by     varchar(80) not null,
    set_at     timestamp with time zone not null
);

-- A better answer that a labeler wrote: fine-tuning learns from it. Append-only.
create table demonstration (
    row_number bigint      not null primary key,
    id         uuid        not null unique,
    prompt     varchar(64) not null references prompt (id),
    text       varchar     not null,
    labeler    varchar(80) not null,
    comparison bigint      references comparison (id),
    written_at timestamp with time zone not null
);

-- Whose labels are left out of what training reads. Nothing of theirs is deleted.
create table excluded (
    labeler     varchar(80) not null primary key,
    excluded_by varchar(80) not null,
    excluded_at timestamp with time zone not null
);
