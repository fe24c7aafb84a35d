import type pg from 'pg';
import { hashText, Population } from '../engine/index.ts';
import { FIELDS, type Kind, type Values, valuesOf } from './facts.ts';
import { type Decided, type FoundLink, type FoundProposal, KindIndex } from './kind-index.ts';
import { inSnapshot, type ReadCard, readAll, readCards, readDecided, readState, writeLearned } from './reader.ts';

const KINDS: readonly Kind[] = ['person', 'organization'];

/** What stands to be written: all links and proposals of the touched cards. */
export interface Found {
  /** Given cards, and those whose pairs or clusters changed with them, since the last answer that was written. */
  touched: string[];
  links: FoundLink[];
  proposals: FoundProposal[];
  /** Cards have multiplied since the model was learned: time for a full run. */
  outgrown: boolean;
}

/** All living cards of a workspace in memory, with what joins them. */
export class WorkspaceIndex {
  readonly workspaceId: string;
  /** Of the last answer that is known to be written. */
  version: number;
  private readonly kinds: Record<Kind, KindIndex>;
  private readonly learnedFrom: number;
  private unwritten = new Set<string>();
  /** The cards read last: most of those that are asked about next. */
  private read = new Map<string, ReadCard>();

  private constructor(workspaceId: string, version: number, kinds: Record<Kind, KindIndex>, learnedFrom: number) {
    this.workspaceId = workspaceId;
    this.version = version;
    this.kinds = kinds;
    this.learnedFrom = learnedFrom;
  }

  /** @param learn whether to learn the model anew; what was learned before is used otherwise */
  static async open(client: pg.ClientBase, workspaceId: string, learn: boolean): Promise<WorkspaceIndex> {
    return inSnapshot(client, async () => {
      const state = await readState(client, workspaceId);
      const cards = await collect(client, workspaceId);
      const decided = await readDecided(client, workspaceId);
      const kinds = Object.fromEntries(
        KINDS.map((kind) => {
          const ofKind = decided.filter(({ a }) => cards[kind].numbers.has(a));
          const learned = learn ? undefined : state.learned[kind];
          return [kind, new KindIndex(kind, cards[kind], ofKind, { learned, wrong: state.wrong })];
        }),
      ) as Record<Kind, KindIndex>;
      for (const kind of KINDS) {
        const { learned, size } = kinds[kind];
        if (learn || !state.learned[kind]) await writeLearned(client, workspaceId, kind, learned, size);
      }
      const trained = kinds.person.learned.model.trainedOn > 0;
      return new WorkspaceIndex(workspaceId, state.version, kinds, trained ? kinds.person.size : 0);
    });
  }

  /** Brings in cards as they are now. */
  async change(client: pg.ClientBase, cardIds: readonly string[]): Promise<void> {
    const cards = await readCards(client, this.workspaceId, cardIds);
    const decided = Map.groupBy(
      (await readDecided(client, this.workspaceId, cardIds)).flatMap((one) => [
        { card: one.a, one },
        { card: one.b, one },
      ]),
      ({ card }) => card,
    );
    this.read = cards;
    const { person, organization } = this.kinds;
    person.together(() =>
      organization.together(() => {
        for (const id of cardIds)
          this.put(
            id,
            cards.get(id),
            (decided.get(id) ?? []).map(({ one }) => one),
          );
      }),
    );
  }

  private put(id: string, card: ReadCard | undefined, decided: readonly Decided[]): void {
    this.unwritten.add(id);
    for (const kind of KINDS) if (card?.kind !== kind) this.kinds[kind].remove(id);
    if (!card) return;
    const values = valuesOf(card.kind, card.fields);
    this.kinds[card.kind].put(id, values, printOf(values), decided);
  }

  /** @param context further cards to answer for: those that were joined with the changed ones before */
  async find(client: pg.ClientBase, context: readonly string[]): Promise<Found> {
    for (const kind of KINDS) for (const id of this.kinds[kind].takeChanged()) this.unwritten.add(id);
    const touched = [...new Set([...this.unwritten, ...context])];
    const asked = KINDS.map((kind) => ({ kind, ...this.kinds[kind].pairsOf(touched) }));
    const cards = this.read;
    this.read = new Map();
    const missing = asked.flatMap(({ cardIds }) => cardIds).filter((id) => !cards.has(id));
    for (const [id, card] of await readCards(client, this.workspaceId, missing)) cards.set(id, card);
    const found = asked.map(({ kind, pairs }) => this.kinds[kind].judge(pairs, cards));
    return {
      touched,
      links: found.flatMap(({ links }) => links),
      proposals: found.flatMap(({ proposals }) => proposals),
      outgrown: this.isOutgrown(),
    };
  }

  /** The last answer stands in the database. */
  confirm(version: number): void {
    this.version = version;
    this.unwritten = new Set();
  }

  explain(a: string, b: string): ReturnType<KindIndex['explain']> {
    return this.kinds.person.explain(a, b) ?? this.kinds.organization.explain(a, b);
  }

  get size(): number {
    return KINDS.reduce((sum, kind) => sum + this.kinds[kind].size, 0);
  }

  private isOutgrown(): boolean {
    const { size } = this.kinds.person;
    return size >= 200 && size >= this.learnedFrom * GROWTH;
  }
}

/** A model is learned anew when there are so many times more cards. */
const GROWTH = 4;

interface Collected {
  ids: string[];
  population: Population;
  prints: number[];
  numbers: Set<string>;
}

async function collect(client: pg.ClientBase, workspaceId: string): Promise<Record<Kind, Collected>> {
  const empty = (kind: Kind): Collected => ({
    ids: [],
    population: new Population(FIELDS[kind]),
    prints: [],
    numbers: new Set(),
  });
  const collected = { person: empty('person'), organization: empty('organization') };
  for await (const { id, kind, fields } of readAll(client, workspaceId)) {
    const into = collected[kind];
    const values = valuesOf(kind, fields);
    into.population.add(values);
    into.ids.push(id);
    into.prints.push(printOf(values));
    into.numbers.add(id);
  }
  return collected;
}

/** 53 bits of what a card says. */
function printOf(values: Values): number {
  const text = JSON.stringify(values);
  return (hashText(text, 1) >>> 0) * 2 ** 21 + (hashText(text, 2) >>> 11);
}
