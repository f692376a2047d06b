-- What a team's working day asks of the database once there are years of labels: counts instead of scans, and what a lead
-- decided.

-- How far each campaign is. The counts were those of all campaigns together.
drop table standing;
drop table comparison_count;

create table comparison_count (
    campaign    bigint  not null,
    answers     integer not null, -- as comparison.answers; -1 where one labeler is asked another one again
    disputed    boolean not null,
    comparisons bigint  not null, -- of that campaign with that many
    primary key (campaign, answers, disputed)
);

insert into comparison_count (campaign, answers, disputed, comparisons)
select campaign, case when original is null then answers else -1 end, disputed, count(*)
from comparison
group by campaign, case when original is null then answers else -1 end, disputed;

create table standing (
    labeler     varchar(80) not null,
    campaign    bigint  not null,
    answers     integer not null,
    disputed    boolean not null,
    comparisons bigint  not null, -- of these, which this labeler has answered or skipped
    primary key (labeler, campaign, answers, disputed)
);

insert into standing (labeler, campaign, answers, disputed, comparisons)
select g.labeler, c.campaign, case when c.original is null then c.answers else -1 end, c.disputed, count(*)
from preference g join comparison c on c.id = g.comparison
where g.revision = 0
group by g.labeler, c.campaign, case when c.original is null then c.answers else -1 end, c.disputed;

-- What is equally far lies together: in the order of asking, and in an order that is nobody's.
drop index comparison_campaign;
create index comparison_asked on comparison (campaign, answers, disputed, urgency desc, round desc, id);
create index comparison_lot on comparison (campaign, disputed, answers, content); -- H2 knows which is meant by the order

create index preference_latest on preference (labeler, row_number desc);
create index preference_day on preference (labeler, answered_at);
create index prompt_split on prompt (split, row_number);

-- What a lead decided where labelers disagree. Append-only: the last one about a comparison holds.
create table adjudication (
    row_number bigint      not null primary key,
    id         uuid        not null unique,
    comparison bigint      not null references comparison (id),
    answer     varchar(20), -- null: what was decided before is taken back
    decided_by varchar(80) not null,
    decided_at timestamp with time zone not null
);

create index adjudication_comparison on adjudication (comparison, row_number desc);

-- Those that hold.
create view adjudicated as
select a.row_number, a.id, a.comparison, a.answer, a.decided_by, a.decided_at from adjudication a
where a.answer is not null and not exists (
    select 1 from adjudication later where later.comparison = a.comparison and later.row_number > a.row_number);
