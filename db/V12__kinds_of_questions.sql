-- Comparisons of more than two completions, to be ranked, and those whose completions are rated on axes; with what was said
-- to each completion. Which of these a comparison is, it says itself: campaigns are not in the journal.

alter table comparison add column more varchar not null default ''; -- JSON, completions beyond the first two; '' where none
alter table comparison add column completions integer not null default 2;
alter table comparison add column axes varchar not null default ''; -- JSON, names; '' where completions are compared

alter table preference add column grades varchar not null default ''; -- JSON; '' for pairs
