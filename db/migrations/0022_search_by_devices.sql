-- What devices ask for by words: the values of a card's octets, folded, so that only the octets of candidates are read. Null where the octets
-- are not a device's: such a card is always a candidate.
alter table cards.card_original add column search text;
