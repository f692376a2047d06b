-- Rankings and ratings are decided by leads and known to be right, as answers to pairs are.

drop view adjudicated;

alter table adjudication add column grades varchar not null default ''; -- JSON, as of preferences
alter table gold add column grades varchar not null default '';
alter table gold add column tolerance integer not null default 0; -- points that a rating may be off

create view adjudicated as
select a.row_number, a.id, a.comparison, a.answer, a.grades, a.decided_by, a.decided_at from adjudication a
where a.answer is not null and not exists (
    select 1 from adjudication later where later.comparison = a.comparison and later.row_number > a.row_number);
