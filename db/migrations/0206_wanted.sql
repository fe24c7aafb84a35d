-- Of how many of a hundred contacts each of the data that a need asks for is to be known; null: nobody has said.
alter table collection.need add column wanted_share int;
alter table collection.need add constraint need_wanted_ck check (wanted_share between 1 and 100);
