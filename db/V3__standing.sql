-- How far the labeling is, kept by whoever inserts comparisons and preferences: to count the rows anew takes too long
-- for every page.

create table comparison_count (
    answers     integer not null primary key, -- as comparison.answers
    comparisons bigint  not null              -- with that many
);

insert into comparison_count (answers, comparisons)
select answers, count(*) from comparison group by answers;

create table standing (
    labeler     varchar(80) not null,
    answers     integer     not null, -- as comparison.answers
    comparisons bigint      not null, -- with that many, which this labeler has answered or skipped
    primary key (labeler, answers)
);

insert into standing (labeler, answers, comparisons)
select g.labeler, c.answers, count(*)
from preference g join comparison c on c.id = g.comparison
where g.replaces is null
group by g.labeler, c.answers;
