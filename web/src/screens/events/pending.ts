/** What was said at the door, until the server has it. */
export interface Word {
  guestId: string;
  /** One whom the guest named, instead of the guest. */
  companionNo?: number;
  attended: boolean;
  companions: number;
  at: string;
}

const keyOf = (eventId: string) => `entregent.door.${eventId}`;

/** What waits on this phone: ids and times, no name; it outlives the page. */
export function readPending(eventId: string): Word[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(eventId)) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isWord) : [];
  } catch {
    return [];
  }
}

const isWord = (one: unknown): one is Word => {
  const word = one as Partial<Word> | null;
  return typeof word?.guestId === 'string' && typeof word.attended === 'boolean' && typeof word.at === 'string';
};

function keep(eventId: string, words: readonly Word[]): void {
  if (words.length === 0) localStorage.removeItem(keyOf(eventId));
  else localStorage.setItem(keyOf(eventId), JSON.stringify(words));
}

const isSame = (one: Word, other: Word): boolean =>
  one.guestId === other.guestId && one.companionNo === other.companionNo;

/** Adds a word; of one guest, or one companion, the last one holds. */
export function addPending(eventId: string, word: Word): Word[] {
  const words = [...readPending(eventId).filter((one) => !isSame(one, word)), word];
  keep(eventId, words);
  return words;
}

/** Takes those away that have arrived, unless something newer was said of the same guest meanwhile. */
export function settlePending(eventId: string, sent: readonly Word[]): Word[] {
  const words = readPending(eventId).filter((one) => !sent.some((other) => isSame(one, other) && other.at === one.at));
  keep(eventId, words);
  return words;
}

/** How a guest and those whom they named stand with what waits counted in. */
export function withPending<
  T extends {
    id: string;
    attendedAt: string | null;
    attendedCompanions: number;
    party: { no: number; name: string; attendedAt: string | null }[];
  },
>(guests: readonly T[], pending: readonly Word[]): T[] {
  const keyOfWord = (guestId: string, no?: number) => `${guestId} ${no ?? ''}`;
  const words = new Map(pending.map((one) => [keyOfWord(one.guestId, one.companionNo), one]));
  return guests.map((guest) => {
    const party = guest.party.map((one) => {
      const word = words.get(keyOfWord(guest.id, one.no));
      return word ? { ...one, attendedAt: word.attended ? word.at : null } : one;
    });
    const word = words.get(keyOfWord(guest.id));
    if (!word) return { ...guest, party };
    return {
      ...guest,
      party,
      attendedAt: word.attended ? word.at : null,
      attendedCompanions: word.attended ? word.companions : 0,
    };
  });
}
