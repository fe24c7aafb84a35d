-- Who changed an opportunity last, so that whoever was slower is told.
alter table opportunities.opportunity add column changed_by uuid;
