-- The search finds rows of the viewer's own audiences only, in the index already: what stands in rows of others costs no heap row, so
-- that no answer takes longer for what it does not show.
create extension if not exists btree_gin with schema public;
drop index cards.entry_search_ix;
create index entry_search_ix on cards.entry using gin (audience_id, search public.gin_trgm_ops, book_nos, source_ids);
