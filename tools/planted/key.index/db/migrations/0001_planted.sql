create index planted_ix on cards.card (source_id);
