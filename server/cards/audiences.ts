import { compose, type EntryContent, entryOf, type VisibleCard } from './compose.ts';

/** Who holds the books and to whom they are granted: what decides which audience sees which card. */
export interface Reach {
  workspaceId: string;
  /** By book number. */
  books: Map<number, { holders: string[]; grants: { granteeId: string; mask: number }[] }>;
  /** Team → its active members. */
  teams: Map<string, Set<string>>;
  /** Grantees that are apps: each an audience by itself, which belongs to no other. */
  apps: Set<string>;
}

/** A card with everything on it, as only the keeper sees it. */
export interface WholeCard extends VisibleCard {
  withheld: boolean;
  /** The class of each field, in the order of `fields`. */
  classes: number[];
}

export interface Entry extends EntryContent {
  audienceId: string;
  personId: string;
  /** For each of `bookNos`, the bits of the reach through which the row was made: who has fewer must not see it. */
  bookMasks: number[];
  /** Rows of wider audiences that this one contains. */
  covers: { audienceId: string; personId: string }[];
}

/** Two cards that are one for those whose reading of both says so (db/migrations/0021). */
export interface CardLink {
  card_a: string;
  card_b: string;
  /** Groups of classes of each card, as bits; a group counts when all of it is read. */
  asks_a: number[];
  asks_b: number[];
  /** By the groups that count, whether the two are one; null: they are for whoever sees both. */
  shown: Uint8Array | null;
  /** Books of third cards that speak against it: not for whoever reads everything of all of them. */
  cut: number[];
}

const all = -1;
const cardBit = 1;
/** The card and all classes of its fields. */
const everything = 0x7fffffff;

interface Audience {
  id: string;
  level: 'workspace' | 'team' | 'member' | 'app';
  /** The audiences whose grants it enjoys, itself included. */
  closure: Set<string>;
}

/** The audiences that may need a row of their own for these cards. */
function findAudiences(cards: readonly WholeCard[], reach: Reach): Audience[] {
  const grantees = new Set<string>();
  const members = new Set<string>();
  const apps = new Set<string>();
  for (const bookNo of new Set(cards.map((card) => card.bookNo))) {
    const book = reach.books.get(bookNo);
    for (const holder of book?.holders ?? []) members.add(holder);
    for (const grant of book?.grants ?? []) {
      if (reach.apps.has(grant.granteeId)) apps.add(grant.granteeId);
      else if (grant.granteeId === reach.workspaceId || reach.teams.has(grant.granteeId)) grantees.add(grant.granteeId);
      else members.add(grant.granteeId);
    }
  }
  const teams = [...grantees].filter((id) => id !== reach.workspaceId);
  // Somebody in two teams may see two halves of a person that neither team sees whole.
  const memberships = new Map<string, number>();
  for (const team of teams)
    for (const member of reach.teams.get(team) ?? []) memberships.set(member, (memberships.get(member) ?? 0) + 1);
  for (const [member, count] of memberships) if (count > 1) members.add(member);
  const result: Audience[] = [];
  if (grantees.has(reach.workspaceId))
    result.push({ id: reach.workspaceId, level: 'workspace', closure: new Set([reach.workspaceId]) });
  for (const id of teams.sort()) result.push({ id, level: 'team', closure: new Set([id, reach.workspaceId]) });
  for (const id of [...members].sort()) {
    const own = [...reach.teams].filter(([, inTeam]) => inTeam.has(id)).map(([team]) => team);
    result.push({ id, level: 'member', closure: new Set([id, reach.workspaceId, ...own]) });
  }
  for (const id of [...apps].sort()) result.push({ id, level: 'app', closure: new Set([id]) });
  return result;
}

const isHolder = (bookNo: number, audience: Audience, reach: Reach): boolean =>
  audience.level === 'member' && (reach.books.get(bookNo)?.holders.includes(audience.id) ?? false);

/** The field classes of a card that an audience may read, as bits; 0: the card does not exist for it. */
function maskOf(card: WholeCard, audience: Audience, reach: Reach): number {
  return card.withheld && !isHolder(card.bookNo, audience, reach) ? 0 : maskOfBook(card.bookNo, audience, reach);
}

/** The same of the cards of a book that are not kept back. */
function maskOfBook(bookNo: number, audience: Audience, reach: Reach): number {
  if (isHolder(bookNo, audience, reach)) return all;
  let mask = 0;
  for (const grant of reach.books.get(bookNo)?.grants ?? [])
    if (audience.closure.has(grant.granteeId)) mask |= grant.mask | cardBit;
  return mask;
}

interface Seen {
  cards: { card: WholeCard; mask: number }[];
  /** Same text: same cards through the same masks. */
  signature: string;
}

/** Whether two cards are one for whoever reads these classes of each, and of each book. As `cards.is_shown` in SQL. */
function isShown(
  { asks_a, asks_b, shown, cut }: CardLink,
  maskA: number,
  maskB: number,
  maskOfBook: (bookNo: number) => number,
): boolean {
  if (!shown) return true;
  if (cut.length > 0 && cut.every((bookNo) => (maskOfBook(bookNo) & everything) === everything)) return false;
  const counts = [...asks_a.map((ask) => (ask & ~maskA) === 0), ...asks_b.map((ask) => (ask & ~maskB) === 0)];
  const reading = counts.reduce((bits, isRead, group) => (isRead ? bits | (1 << group) : bits), 0);
  return ((shown[reading >> 3]! >> (reading & 7)) & 1) === 1;
}

/** Cuts what an audience sees along the links that it sees. */
function components(cards: readonly WholeCard[], links: readonly CardLink[], audience: Audience, reach: Reach): Seen[] {
  const visible = cards.map((card) => ({ card, mask: maskOf(card, audience, reach) })).filter(({ mask }) => mask !== 0);
  const masks = new Map(visible.map(({ card, mask }) => [card.cardId, mask]));
  const root = new Map(visible.map(({ card }) => [card.cardId, card.cardId]));
  const find = (id: string): string => {
    let at = id;
    while (root.get(at) !== at) at = root.get(at)!;
    return at;
  };
  for (const link of links) {
    const [a, b] = [masks.get(link.card_a), masks.get(link.card_b)];
    if (a !== undefined && b !== undefined && isShown(link, a, b, (bookNo) => maskOfBook(bookNo, audience, reach)))
      root.set(find(link.card_a), find(link.card_b));
  }
  return [...Map.groupBy(visible, ({ card }) => find(card.cardId)).values()].map((group) => {
    const sorted = group.sort((a, b) => (a.card.cardId < b.card.cardId ? -1 : 1));
    return { cards: sorted, signature: sorted.map(({ card, mask }) => `${card.cardId}:${mask}`).join(' ') };
  });
}

function toVisible({ card, mask }: Seen['cards'][number]): VisibleCard {
  return mask === all
    ? card
    : { ...card, fields: card.fields.filter((_field, index) => (mask >>> card.classes[index]!) & 1) };
}

/** The masks of the books that cards come from, in the order of their numbers. */
function bookMasksOf(seen: Seen): number[] {
  const masks = new Map(seen.cards.map(({ card, mask }) => [card.bookNo, mask]));
  return [...masks].sort(([a], [b]) => a - b).map(([, mask]) => mask);
}

/** The address of a person: the oldest card that most people may see, so that a link can be passed on. */
function personIdOf(seen: Seen, workspace: Audience | undefined, reach: Reach): string {
  const shared = workspace && seen.cards.find(({ card }) => maskOf(card, workspace, reach) !== 0);
  return (shared ?? seen.cards[0]!).card.cardId;
}

/**
 * The index rows of one cluster: for each audience the persons it sees, as few rows as possible. A narrower audience has a
 * row only where it sees more than the wider ones it belongs to, and then covers theirs; so a viewer who reads the rows of all
 * their audiences, less the covered ones, sees exactly the persons composed from the cards they may see.
 */
export function entriesOfCluster(cards: readonly WholeCard[], links: readonly CardLink[], reach: Reach): Entry[] {
  const audiences = findAudiences(cards, reach);
  const workspace = audiences.find(({ level }) => level === 'workspace');
  const rows: { audience: Audience; seen: Seen; entry: Entry }[] = [];
  for (const audience of audiences) {
    const wider = rows.filter((row) => row.audience.id !== audience.id && audience.closure.has(row.audience.id));
    for (const seen of components(cards, links, audience, reach)) {
      const ids = new Set(seen.cards.map(({ card }) => card.cardId));
      const inside = wider.filter((row) => row.seen.cards.some(({ card }) => ids.has(card.cardId)));
      const covered = new Set(
        inside.flatMap((row) => row.entry.covers.map((one) => `${one.audienceId} ${one.personId}`)),
      );
      const shown = inside.filter((row) => !covered.has(`${row.audience.id} ${row.entry.personId}`));
      if (shown.length === 1 && shown[0]!.seen.signature === seen.signature) continue;
      const visible = seen.cards.map(toVisible);
      const entry: Entry = {
        ...entryOf(visible, compose(visible)),
        audienceId: audience.id,
        personId: personIdOf(seen, workspace, reach),
        bookMasks: bookMasksOf(seen),
        covers: inside.map((row) => ({ audienceId: row.audience.id, personId: row.entry.personId })),
      };
      rows.push({ audience, seen, entry });
    }
  }
  return rows.map((row) => row.entry);
}
