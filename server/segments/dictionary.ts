import type { Filter, problems, Type, Value } from './language-contract.ts';

interface FactKind {
  no: number;
  /** What is told of such a fact, by key. */
  properties: ReadonlyMap<string, Type>;
  hasAmount: boolean;
}

interface Attribute {
  no: number;
  type: Type | 'choice';
  choices: readonly string[];
  many: boolean;
}

interface Rule {
  points: number;
  filter: Filter;
}

export type Measure =
  | { kind: 'aggregate'; value: Value }
  | { kind: 'score'; base: number; least: number; most: number; rules: readonly Rule[] };

/** All that the language can name, as far as one audience's grants open it. */
export interface Dictionary {
  kinds: ReadonlyMap<string, FactKind>;
  attributes: ReadonlyMap<string, Attribute>;
  measures: ReadonlyMap<string, Measure>;
  /** In their order: the first whose condition holds. */
  stages: readonly { key: string; filter: Filter }[];
  segments: ReadonlyMap<string, { id: string; filter: Filter | null }>;
  /** By id: how a topic is called, in small letters, with those above it. */
  topics: ReadonlyMap<string, readonly string[]>;
  /** Numbers of the channels whose messages the audience may read. */
  channels: readonly number[];
  /** Whose opportunities and groups are seen. */
  audiences: readonly string[];
  /** Stages of opportunities: by key, or name in small letters, their ids. */
  dealStages: ReadonlyMap<string, readonly string[]>;
  /** By id: how a group is called, as it is compared, and the category whose bearers belong. */
  groups: ReadonlyMap<string, { name: string; label: string | null }>;
}

/** A condition that can be read and yet not be answered: it names what is not there (any more), or compares what cannot be compared. */
export class FilterProblem extends Error {
  override name = 'FilterProblem';
  readonly problem: (typeof problems)[number];
  /** What it is about, as it stands in the text. */
  readonly about: string;

  constructor(problem: (typeof problems)[number], about: string) {
    super(`${problem}: ${about}`);
    this.problem = problem;
    this.about = about;
  }
}
