-- Other servers that are told what happens here.

create table webhook (
    id       bigint        not null primary key,
    url      varchar(2000) not null,
    secret   varchar(64)   not null, -- not a hash of it: every delivery is signed with it
    events   varchar(200)  not null, -- JSON
    added_by varchar(80)   not null,
    added_at timestamp with time zone not null
);

-- Written with what they tell, so that none is lost; rows go a month after they were made.
create table delivery (
    id       uuid         not null primary key,
    webhook  bigint       not null references webhook (id),
    event    varchar(40)  not null,
    about    varchar(120) not null, -- what happened: nothing is told twice
    body     varchar      not null, -- JSON
    made_at  timestamp with time zone not null,
    attempts integer      not null default 0,
    next_at  timestamp with time zone, -- null: it has arrived or was given up
    outcome  varchar(400) not null default '', -- of the last attempt
    arrived  boolean      not null default false,
    unique (webhook, event, about)
);

create index delivery_due on delivery (next_at);
