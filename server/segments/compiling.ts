import { type RawBuilder, sql } from 'kysely';
import { labelKey } from '../formats/normalise/fold.ts';
import type { Stirred } from '../kernel/stirring.ts';
import { bandFrom } from '../relations/paths-contract.ts';
import { type Dictionary, FilterProblem } from './dictionary.ts';
import { groupRows, labelled, opportunityRows } from './gathering.ts';
import {
  type BuiltIn,
  bands,
  builtIn,
  type Filter,
  fieldTypes,
  type Literal,
  messageKind,
  messageProperties,
  type Op,
  opportunityKind,
  opportunityProperties,
  opportunityStates,
  type Pattern,
  type PropertyTest,
  printPattern,
  printValue,
  type Span,
  type Step,
  type Type,
  type Value,
} from './language-contract.ts';

type Sql = RawBuilder<unknown>;

/** A moment at which somebody can come or go without anything being said: so long after a fact of this kind. */
export interface Edge {
  /** Null: a message. */
  kindNo: number | null;
  span: Span;
}

/** What a value is, and the expression for it; several: any of them may be meant. */
interface Term {
  type: Type | 'texts' | 'numbers' | 'band' | 'choices';
  sql: Sql;
  /** Where only these words can stand. */
  words?: readonly string[];
}

/** Where data of one kind is gathered by person: what is computed of it, each thing once. */
interface Gathering {
  columns: Map<string, Sql>;
  /** What is gathered of facts and messages, each once: no row counts that is none of these. */
  patterns: Map<string, Pattern>;
}

const nothingYet = (): Gathering => ({ columns: new Map(), patterns: new Map() });

/** So many patterns are said where rows are read; beyond them each row costs more than it saves. */
const mostSaid = 4;

const and = (parts: readonly Sql[]): Sql => (parts.length === 0 ? sql`true` : sql`(${sql.join(parts, sql` and `)})`);
const or = (parts: readonly Sql[]): Sql => (parts.length === 0 ? sql`false` : sql`(${sql.join(parts, sql` or `)})`);

/** A length of time, as PostgreSQL reads it. */
const intervalOf = ({ n, unit }: Span): Sql => sql`${sql.lit(`${n} ${unit}`)}::interval`;

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
/** From which strength on. */
const strengthOf = { weak: 1, ...bandFrom } as const;
const scales = ['importance', 'influence', 'stance', 'closeness'] as const;

/** So many segments, scores and stages within each other. */
const deepest = 12;

/**
 * Puts conditions into one statement. Everything that is asked of one kind of data is gathered in one pass over it, by person; the conditions are
 * then expressions over what was gathered, so that two hundred of them cost one pass. What is not known is not, never an error: a comparison with it
 * does not hold (it is null, which only `not` has to mind: the planner guesses well what is compared plainly).
 */
export class Compiler {
  readonly dictionary: Dictionary;
  readonly now: Sql;
  readonly #facts = nothingYet();
  readonly #messages = nothingYet();
  readonly #attributes = nothingYet();
  readonly #viewpoints = nothingYet();
  readonly #ties = nothingYet();
  readonly #consents = nothingYet();
  readonly #opportunities = nothingYet();
  readonly #groups = nothingYet();
  readonly #sequences = new Map<string, { steps: readonly Step[] }>();
  readonly #lists = new Map<string, string>();
  readonly #asked = { facts: new Set<number>(), attributes: new Set<number>() };
  readonly #within: string[] = [];
  readonly edges: Edge[] = [];
  readonly follows = new Set<Stirred>(['person']);
  /** What it asks changes with the calendar otherwise than at the edges. */
  daily = false;
  /** The columns of the list that are asked for. */
  readonly columns = new Set<string>();

  constructor(dictionary: Dictionary, now: Date | null = null) {
    this.dictionary = dictionary;
    this.now = now ? sql`${now}::timestamptz` : sql`now()`;
  }

  /** Kinds of fact that are asked for. */
  get kindNos(): number[] {
    return [...this.#asked.facts];
  }

  /** Nothing is gathered: the rows of the list answer by themselves. */
  get isBare(): boolean {
    const gatherings = [
      ...[this.#facts, this.#messages, this.#attributes, this.#viewpoints, this.#ties, this.#consents],
      ...[this.#opportunities, this.#groups],
    ];
    return (
      gatherings.every(({ columns }) => columns.size === 0) && this.#sequences.size === 0 && this.#lists.size === 0
    );
  }

  /**
   * A condition in two: what the rows of the list answer by themselves, which narrows of whom the rest is gathered, and the rest.
   * @throws FilterProblem
   */
  halves(filter: Filter): { rows: Sql | null; rest: Sql } {
    const whole = this.#opened(filter);
    const parts = whole.is === 'all' ? whole.of : [whole];
    const bare = parts.filter((one) => {
      const alone = new Compiler(this.dictionary);
      alone.filter(one);
      return alone.isBare;
    });
    const rest = and(parts.filter((one) => !bare.includes(one)).map((one) => this.filter(one)));
    return { rows: bare.length > 0 ? and(bare.map((one) => this.filter(one))) : null, rest };
  }

  /** A segment that is named alone, as what it says. */
  #opened(filter: Filter, deep = 0): Filter {
    if (filter.is !== 'in' || deep > deepest) return filter;
    // Asked for as it is first: what is wrong with it is told of its name.
    new Compiler(this.dictionary).filter(filter);
    const inner = this.dictionary.segments.get(filter.segment)?.filter;
    return inner ? this.#opened(inner, deep + 1) : filter;
  }

  /** Whether ties are asked for. */
  get asksTies(): boolean {
    return this.follows.has('tie');
  }

  // --- conditions ---

  /** @throws FilterProblem */
  filter(filter: Filter): Sql {
    switch (filter.is) {
      case 'everyone':
        return sql`true`;
      case 'all':
        return and(filter.of.map((one) => this.filter(one)));
      case 'any':
        return or(filter.of.map((one) => this.filter(one)));
      case 'not':
        return sql`not coalesce(${this.filter(filter.of)}, false)`;
      case 'in':
        return this.#segment(filter.segment);
      case 'did':
        return this.#did(filter.steps);
      case 'within':
        return this.#isWithin(filter);
      case 'test':
        return this.#test(filter.value, filter.op, filter.to);
    }
  }

  #segment(key: string): Sql {
    const segment = this.dictionary.segments.get(key);
    if (!segment) throw new FilterProblem('unknown_segment', key);
    return this.#inside(`segment ${key}`, () => {
      if (segment.filter) return this.filter(segment.filter);
      return this.listed(segment.id);
    });
  }

  /** Whoever stands in a list. */
  listed(segmentId: string): Sql {
    const at = this.#lists.get(segmentId) ?? `l${this.#lists.size}`;
    this.#lists.set(segmentId, at);
    this.follows.add('list');
    return sql`${sql.ref(at)}.person_id is not null`;
  }

  /** What is named within itself can never be answered. */
  #inside<T>(name: string, work: () => T): T {
    if (this.#within.includes(name)) throw new FilterProblem('circle', name);
    if (this.#within.length >= deepest) throw new FilterProblem('too_deep', name);
    this.#within.push(name);
    const result = work();
    this.#within.pop();
    return result;
  }

  #did(steps: readonly Step[]): Sql {
    if (steps.length === 1) return sql`${this.#count(steps[0]!.of)} > 0`;
    const other = steps.find(({ of }) => of.kind === messageKind || of.kind === opportunityKind);
    if (other) throw new FilterProblem('wrong_comparison', other.of.kind);
    const text = JSON.stringify(steps);
    const known = [...this.#sequences.keys()].indexOf(text);
    if (known < 0) {
      this.#sequences.set(text, { steps });
      steps.forEach((step, at) => {
        const kind = this.#kind(step.of.kind);
        this.follows.add(`fact:${kind.no}`);
        this.#edge(kind.no, step.of.last);
        if (step.no) this.#edge(this.#kind(steps[at - 1]!.of.kind).no, step.within);
        // Asked for here, so that what it names is known to be there.
        this.#matches(step.of);
      });
    }
    return sql`${sql.ref(`q${known < 0 ? this.#sequences.size - 1 : known}`)}.person_id is not null`;
  }

  #isWithin({ value, direction, span }: Extract<Filter, { is: 'within' }>): Sql {
    const term = this.value(value);
    if (term.type !== 'date') throw new FilterProblem('wrong_type', printValue(value));
    if (value.is === 'last' || value.is === 'first') this.#edgeOf(value.of, span);
    else this.daily = true;
    return direction === 'last'
      ? sql`(${term.sql} > ${this.now} - ${intervalOf(span)} and ${term.sql} <= ${this.now})`
      : sql`(${term.sql} >= ${this.now} and ${term.sql} < ${this.now} + ${intervalOf(span)})`;
  }

  #test(value: Value, op: Op, to: readonly Literal[]): Sql {
    if (
      value.is === 'days_since' &&
      (value.value.is === 'last' || value.value.is === 'first') &&
      to.every((one) => typeof one === 'number')
    ) {
      // It turns when the day is full: followed at these moments, not by looking at everybody each day.
      for (const days of to as number[])
        for (const n of [Math.floor(days), Math.floor(days) + 1])
          if (n > 0) this.#edgeOf(value.value.of, { n, unit: 'days' });
      return this.#compare(this.#daysSince(value.value), op, to, printValue(value));
    }
    const name = value.is === 'name' ? value.name : '';
    if (name !== 'group' && name !== 'category') return this.#compare(this.value(value), op, to, printValue(value));
    const keys = to.map((one) => labelKey(String(one)));
    const names = new Set([...this.dictionary.groups.values()].map((one) => one.name));
    const unknown = name === 'group' ? keys.findIndex((one) => !names.has(one)) : -1;
    if (unknown >= 0) throw new FilterProblem('unknown_group', String(to[unknown]));
    return this.#compare(this.value(value), op, keys, name);
  }

  #compare(term: Term, op: Op, to: readonly Literal[], about: string): Sql {
    const { type, sql: left } = term;
    if (op === 'known') return sql`${left} is not null`;
    if (op === 'unknown') return sql`${left} is null`;
    if (term.words)
      for (const word of to)
        if (!term.words.includes(String(word))) throw new FilterProblem('unknown_choice', String(word));
    switch (type) {
      case 'text':
        return compareText(left, op, to, about);
      case 'number':
        return compareOrdered(
          left,
          op,
          to.map((one) => numberOf(one, about)),
          about,
        );
      case 'date':
        return compareDay(
          left,
          op,
          to.map((one) => dayOf(one, about)),
          about,
        );
      case 'boolean':
        if ((op !== '=' && op !== '!=') || typeof to[0] !== 'boolean')
          throw new FilterProblem('wrong_comparison', about);
        return sql`(${left} ${sql.raw(op === '=' ? '=' : '<>')} ${to[0]})`;
      case 'band':
        return compareBand(left, op, to, about);
      case 'texts':
      case 'choices':
        return compareSome(left, op, to, about, type);
      case 'numbers':
        return compareAny(
          left,
          op,
          to.map((one) => numberOf(one, about)),
          about,
        );
    }
  }

  // --- values ---

  value(value: Value): Term {
    switch (value.is) {
      case 'number':
        return { type: 'number', sql: sql`${sql.lit(value.number)}::numeric` };
      case 'name':
        return this.#name(value.name);
      case 'count':
        return { type: 'number', sql: this.#count(value.of) };
      case 'first':
      case 'last':
        return {
          type: 'date',
          sql: this.#gatherFacts(
            value.of,
            (at) => (value.is === 'first' ? sql`min(${at})` : sql`max(${at})`),
            value.is,
          ),
        };
      case 'days_since':
        this.daily = true;
        return this.#daysSince(value.value);
      case 'days_until': {
        this.daily = true;
        const of = this.#date(value.value);
        return { type: 'number', sql: sql`floor(extract(epoch from ${of} - ${this.now}) / 86400)` };
      }
      case '+':
      case '-':
      case '*':
      case '/':
        return this.#arithmetic(value);
      default:
        return this.#summed(value);
    }
  }

  #date(value: Value): Sql {
    const term = this.value(value);
    if (term.type !== 'date') throw new FilterProblem('wrong_type', printValue(value));
    return term.sql;
  }

  #daysSince(value: Value): Term {
    return { type: 'number', sql: sql`floor(extract(epoch from ${this.now} - ${this.#date(value)}) / 86400)` };
  }

  #arithmetic(value: Extract<Value, { left: Value }>): Term {
    const [left, right] = [value.left, value.right].map((one) => {
      const term = this.value(one);
      if (term.type !== 'number') throw new FilterProblem('wrong_type', printValue(one));
      return term.sql;
    }) as [Sql, Sql];
    if (value.is !== '/') return { type: 'number', sql: sql`(${left} ${sql.raw(value.is)} ${right})` };
    if (value.right.is === 'number' && value.right.number === 0)
      throw new FilterProblem('no_divisor', printValue(value));
    // Where the divisor turns out to be nothing, what comes of it is not known.
    return { type: 'number', sql: sql`(${left} / nullif(${right}, 0))` };
  }

  #summed(value: Extract<Value, { property: string }>): Term {
    const { kind } = value.of;
    const typed =
      kind === messageKind
        ? undefined
        : kind === opportunityKind
          ? this.#opportunityProperty(value.property)
          : this.#property(kind, value.property);
    if (value.is === 'distinct') {
      if (typed?.type === 'texts') throw new FilterProblem('wrong_type', value.property);
      const property = typed?.sql ?? this.#messageProperty(value.property);
      return {
        type: 'number',
        sql: sql`coalesce(${this.#gatherFacts(value.of, () => sql`count(distinct ${property})`, `distinct ${value.property}`)}, 0)`,
      };
    }
    if (typed?.type !== 'number') throw new FilterProblem('wrong_type', value.property);
    const name = { sum: 'sum', average: 'avg', least: 'min', greatest: 'max' }[value.is];
    const gathered = this.#gatherFacts(
      value.of,
      () => sql`${sql.raw(name)}(${typed.sql})`,
      `${value.is} ${value.property}`,
    );
    return { type: 'number', sql: value.is === 'sum' ? sql`coalesce(${gathered}, 0)` : gathered };
  }

  #count(of: Pattern): Sql {
    return sql`coalesce(${this.#gatherFacts(of, () => sql`count(*)`, 'count')}, 0)`;
  }

  #name(name: string): Term {
    if (name in fieldTypes) {
      const type = fieldTypes[name as keyof typeof fieldTypes];
      const column = { seen: 'seen_at', cards: 'card_count' }[name as 'seen' | 'cards'] ?? name;
      this.columns.add(column);
      return { type, sql: sql`p.${sql.ref(column)}` };
    }
    if ((builtIn as readonly string[]).includes(name)) return this.#builtIn(name as BuiltIn);
    const measure = this.dictionary.measures.get(name);
    if (measure)
      return this.#inside(name, () => {
        if (measure.kind === 'aggregate') return this.value(measure.value);
        const points = measure.rules.map(
          (rule) => sql`case when ${this.filter(rule.filter)} then ${sql.lit(rule.points)}::numeric else 0 end`,
        );
        const sum = points.length === 0 ? sql`0` : sql.join(points, sql` + `);
        return {
          type: 'number',
          sql: sql`greatest(${sql.lit(measure.least)}::numeric, least(${sql.lit(measure.most)}::numeric, ${sql.lit(measure.base)}::numeric + ${sum}))`,
        };
      });
    const attribute = this.dictionary.attributes.get(name);
    if (!attribute) throw new FilterProblem('unknown_name', name);
    this.follows.add('attribute');
    this.#asked.attributes.add(attribute.no);
    const column = { text: 'text', number: 'number', boolean: 'value', date: 'day', choice: 'value' }[attribute.type];
    // What the person says of themself before what others say, the newest before the older.
    const gathered = this.#gather(
      this.#attributes,
      'a',
      `${attribute.no} ${column}`,
      sql`(array_agg(v.${sql.ref(column)} order by (v.said_by = '00000000-0000-0000-0000-000000000000'::uuid) desc, v.at desc)
        filter (where v.attribute_no = ${sql.lit(attribute.no)}))[1]`,
    );
    if (attribute.type === 'boolean') return { type: 'boolean', sql: sql`(${gathered} #>> '{}')::boolean` };
    if (attribute.type === 'date') return { type: 'date', sql: sql`${gathered}::timestamp at time zone 'UTC'` };
    if (attribute.type === 'choice') return { type: 'choices', sql: gathered, words: attribute.choices };
    return { type: attribute.type, sql: gathered };
  }

  #builtIn(name: BuiltIn): Term {
    if (name === 'stage') {
      const { stages } = this.dictionary;
      const cases = this.#inside('stage', () =>
        stages.map(({ key, filter }) => sql`when ${this.filter(filter)} then ${key}`),
      );
      const words = stages.map(({ key }) => key);
      return {
        type: 'text',
        words,
        sql: cases.length === 0 ? sql`null::text` : sql`(case ${sql.join(cases, sql` `)} end)`,
      };
    }
    if (name === 'category') {
      this.columns.add('categories');
      return { type: 'texts', sql: sql`nullif(p.categories, '{}')` };
    }
    if (name === 'group') {
      this.follows.add('group');
      // Whoever bears the category of a group belongs to it.
      if (labelled(this.dictionary.groups).length > 0) this.columns.add('categories');
      return { type: 'texts', sql: this.#gather(this.#groups, 'g', name, sql`array_agg(distinct v.name)`) };
    }
    if (name === 'tie') {
      this.follows.add('tie');
      return { type: 'band', sql: this.#gather(this.#ties, 't', 'known', sql`max(v.strength)`) };
    }
    if (name === 'consent.email' || name === 'consent.phone') {
      this.follows.add('consent');
      const channel = name.slice('consent.'.length);
      const of = sql`filter (where v.channel = ${sql.lit(channel)})`;
      // Of several addresses the strictest word holds.
      const word = sql`case when bool_or(v.consent = 'objected') ${of} then 'objected' when bool_or(v.consent = 'given') ${of} then 'given'
        when count(*) ${of} > 0 then 'unknown' end`;
      return {
        type: 'text',
        words: ['objected', 'given', 'unknown'],
        sql: this.#gather(this.#consents, 'c', name, word),
      };
    }
    this.follows.add('viewpoint');
    if (name === 'viewpoint.role')
      return {
        type: 'texts',
        sql: this.#gather(
          this.#viewpoints,
          'w',
          name,
          sql`array_agg(distinct r.role) filter (where r.role is not null)`,
        ),
      };
    const scale = scales.find((one) => name.endsWith(one))!;
    return {
      type: 'numbers',
      sql: this.#gather(
        this.#viewpoints,
        'w',
        name,
        sql`array_agg(v.${sql.ref(scale)}) filter (where v.${sql.ref(scale)} is not null)`,
      ),
    };
  }

  // --- what is gathered ---

  #gather(gathering: Gathering, alias: string, key: string, expression: Sql): Sql {
    const at = [...gathering.columns.keys()].indexOf(key);
    if (at < 0) gathering.columns.set(key, expression);
    return sql`${sql.ref(`${alias}.v${at < 0 ? gathering.columns.size - 1 : at}`)}`;
  }

  #gatherFacts(of: Pattern, aggregate: (at: Sql) => Sql, what: string): Sql {
    this.#edgeOf(of, of.last);
    const key = `${what} ${printPattern(of)}`;
    const gathering = { [messageKind]: this.#messages, [opportunityKind]: this.#opportunities }[of.kind] ?? this.#facts;
    gathering.patterns.set(printPattern(of), of);
    if (of.kind === opportunityKind) {
      this.follows.add('opportunity');
      const matches = this.#matchesOpportunity(of);
      return this.#gather(this.#opportunities, 'o', key, sql`${aggregate(sql`v.at`)} filter (where ${matches})`);
    }
    if (of.kind === messageKind) {
      this.follows.add('conversation');
      return this.#gather(
        this.#messages,
        'm',
        key,
        sql`${aggregate(sql`v.sent_at`)} filter (where ${this.#matches(of)})`,
      );
    }
    this.follows.add(`fact:${this.#kind(of.kind).no}`);
    return this.#gather(this.#facts, 'f', key, sql`${aggregate(sql`v.at`)} filter (where ${this.#matches(of)})`);
  }

  #kind(key: string) {
    const kind = this.dictionary.kinds.get(key);
    if (!kind) throw new FilterProblem('unknown_kind', key);
    return kind;
  }

  #edge(kindNo: number | null, span: Span | null): void {
    if (
      span &&
      !this.edges.some((one) => one.kindNo === kindNo && one.span.n === span.n && one.span.unit === span.unit)
    )
      this.edges.push({ kindNo, span });
  }

  #edgeOf(of: Pattern, span: Span | null): void {
    if (of.kind === opportunityKind) {
      // Of opportunities one knows days, which turn at midnight (UTC).
      if (span?.unit === 'hours') throw new FilterProblem('wrong_comparison', opportunityKind);
      if (span) this.daily = true;
      return;
    }
    this.#edge(of.kind === messageKind ? null : this.#kind(of.kind).no, span);
  }

  #property(kind: string, property: string): Term {
    const { properties, hasAmount, no } = this.#kind(kind);
    this.#asked.facts.add(no);
    if (property === 'amount' && hasAmount) return { type: 'number', sql: sql`v.amount` };
    if (property === 'currency' && hasAmount) return { type: 'text', sql: sql`v.currency` };
    const type = properties.get(property);
    if (!type) throw new FilterProblem('unknown_property', property);
    const text = sql`v.props ->> ${sql.lit(property)}`;
    // What was told before its type was changed is not known, rather than an error.
    const typed = sql`jsonb_typeof(v.props -> ${sql.lit(property)})`;
    if (type === 'number') return { type, sql: sql`case when ${typed} = 'number' then (${text})::numeric end` };
    if (type === 'boolean') return { type, sql: sql`case when ${typed} = 'boolean' then (${text})::boolean end` };
    if (type === 'date')
      return {
        type,
        sql: sql`case when ${text} ~ '^\\d{4}-\\d{2}-\\d{2}' then left(${text}, 10)::date::timestamp at time zone 'UTC' end`,
      };
    return { type, sql: sql`(${text})` };
  }

  #messageProperty(property: string): Sql {
    if (!messageProperties.has(property)) throw new FilterProblem('unknown_property', property);
    return property === 'topic' ? sql`v.topic_ids` : sql`v.${sql.ref(property)}`;
  }

  #opportunityProperty(property: string): Term {
    const type = opportunityProperties.get(property);
    if (!type) throw new FilterProblem('unknown_property', property);
    if (property === 'state') return { type, sql: sql`v.state`, words: opportunityStates };
    if (property === 'role' || property === 'reason') return { type: 'texts', sql: sql`v.${sql.ref(`${property}s`)}` };
    return { type, sql: sql`v.${sql.ref(property)}` };
  }

  /** Whether a row, `v`, is such an opportunity. */
  #matchesOpportunity(of: Pattern): Sql {
    const since = of.last ? [sql`v.at > ${this.now} - ${intervalOf(of.last)} and v.at <= ${this.now}`] : [];
    const tests = of.where.map((one) => {
      if (one.property !== 'stage' || one.op === 'known' || one.op === 'unknown')
        return this.#compare(this.#opportunityProperty(one.property), one.op, one.to, one.property);
      if (one.op !== '=' && one.op !== '!=' && one.op !== 'in') throw new FilterProblem('wrong_comparison', 'stage');
      const ids = one.to.flatMap((word) => {
        const found = this.dictionary.dealStages.get(String(word).toLowerCase());
        if (!found) throw new FilterProblem('unknown_choice', String(word));
        return found;
      });
      const some = sql`v.stage = any(${ids}::uuid[])`;
      return one.op === '!=' ? sql`not ${some}` : some;
    });
    return and([sql`true`, ...since, ...tests]);
  }

  /** Whether a row, `v`, is such a fact. */
  #matches(of: Pattern): Sql {
    const time = of.kind === messageKind ? sql`v.sent_at` : sql`v.at`;
    const since = of.last ? [sql`${time} > ${this.now} - ${intervalOf(of.last)}`] : [];
    if (of.kind === messageKind) return and([sql`true`, ...since, ...of.where.map((one) => this.#messageTest(one))]);
    const { no } = this.#kind(of.kind);
    this.#asked.facts.add(no);
    const tests = of.where.map((one) =>
      this.#compare(this.#property(of.kind, one.property), one.op, one.to, one.property),
    );
    return and([sql`v.kind_no = ${sql.lit(no)}`, ...since, ...tests]);
  }

  #messageTest({ property, op, to }: PropertyTest): Sql {
    if (property !== 'topic') return compareText(this.#messageProperty(property), op, to, property);
    if (op !== '=' && op !== '!=' && op !== 'in') throw new FilterProblem('wrong_comparison', property);
    const asked = to.map((one) => String(one).toLowerCase());
    const ids = [...this.dictionary.topics]
      .filter(([, names]) => names.some((name) => asked.includes(name)))
      .map(([id]) => id);
    if (ids.length === 0) throw new FilterProblem('unknown_topic', String(to[0]));
    const some = sql`coalesce(v.topic_ids && ${ids}::uuid[], false)`;
    return op === '!=' ? sql`not ${some}` : some;
  }

  // --- the statement ---

  /** The tables of it, from `p`: persons with their subjects. @param workspaceId whose rows are read */
  gathered(workspaceId: string, memberId: string | null, few = false): { with: Sql[]; joins: Sql[] } {
    const parts: { alias: string; query: Sql }[] = [];
    const addRows = (alias: string, { columns }: Gathering, rows: Sql, of = sql`v`) => {
      const all = [...columns.values()].map((one, at) => sql`${one} as ${sql.ref(`v${at}`)}`);
      if (all.length > 0)
        parts.push({
          alias,
          query: sql`select ${of}.person_id, ${sql.join(all)} from ${rows} group by ${of}.person_id`,
        });
    };
    const add = (alias: string, gathering: Gathering, from: Sql) => addRows(alias, gathering, sql`ps ${from}`, sql`ps`);
    const of = sql`v.subject_id = ps.subject_id`;
    add('f', this.#facts, sql`${factsOf(workspaceId, few)} and ${this.#anyOf(this.#facts)} and v.at <= ${this.now}`);
    add(
      'a',
      this.#attributes,
      sql`join attributes.value v on v.workspace_id = ${workspaceId} and ${of} and v.attribute_no = any(${[...this.#asked.attributes]}::int[])`,
    );
    add(
      'm',
      this.#messages,
      sql`join lateral (select r.*, (select array_agg(t.topic_id) from voices.reading_topic t where t.workspace_id = ${workspaceId}
          and t.conversation_id = r.conversation_id and t.message_id = r.message_id) as topic_ids
        from voices.reading r where r.workspace_id = ${workspaceId} and r.contact_point_id = ps.subject_id
          and r.channel_no = any(${this.dictionary.channels}::int[]) and r.sent_at <= ${this.now}) v on true`,
    );
    const mine = memberId ? sql`or v.author_id = ${memberId}` : sql``;
    add(
      'w',
      this.#viewpoints,
      sql`join cards.viewpoint v on v.workspace_id = ${workspaceId} and v.card_id = ps.subject_id and v.ended_at is null and v.opportunity_id is null and (v.shared ${mine})
        left join lateral unnest(v.roles) r(role) on true`,
    );
    const own = memberId ? sql`or v.member_id = ${memberId} and not v.shared` : sql``;
    add(
      't',
      this.#ties,
      sql`join cards.acquaintance v on v.workspace_id = ${workspaceId} and v.card_id = ps.subject_id and (v.shared and not v.hidden and v.exposure = 0 ${own})`,
    );
    add(
      'c',
      this.#consents,
      sql`join cards.contact_point v on v.workspace_id = ${workspaceId} and v.contact_point_id = ps.subject_id`,
    );
    const { audiences, groups } = this.dictionary;
    addRows('o', this.#opportunities, sql`(${opportunityRows(workspaceId, audiences, memberId)}) v`);
    addRows('g', this.#groups, sql`(${groupRows(workspaceId, groups, memberId)}) v`);
    for (const [at, { steps }] of [...this.#sequences.values()].entries())
      parts.push({ alias: `q${at}`, query: this.#sequence(factsOf(workspaceId, few), steps) });
    for (const [segmentId, alias] of this.#lists)
      parts.push({
        alias,
        query: sql`select distinct ps.person_id from ps join segments.listed v on v.workspace_id = ${workspaceId} and v.segment_id = ${segmentId} and v.card_id = ps.subject_id`,
      });
    return {
      with: parts.map(({ alias, query }) => sql`${sql.ref(alias)} as (${query})`),
      joins: parts.map(({ alias }) => sql`left join ${sql.ref(alias)} on ${sql.ref(alias)}.person_id = p.person_id`),
    };
  }

  /** Whether a row, `v`, can count for anything that is gathered of facts. */
  #anyOf({ patterns }: Gathering): Sql {
    const all = [...patterns.values()];
    if (all.length <= mostSaid) return or(all.map((one) => this.#matches(one)));
    const kinds = [...new Set(all.map(({ kind }) => this.#kind(kind).no))];
    return sql`v.kind_no = any(${kinds}::int[])`;
  }

  /** The persons who did one thing after the other: step by step, whether a fact is one that this step can end with. */
  #sequence(facts: Sql, steps: readonly Step[]): Sql {
    const kinds = [...new Set(steps.map(({ of }) => this.#kind(of.kind).no))];
    const marks = steps.map(({ of }, at) => sql`${this.#matches(of)} as ${sql.ref(`m${at}`)}`);
    let query = sql`select ps.person_id, v.at, v.fact_id, ${sql.join(marks)}, ${this.#matches(steps[0]!.of)} as r
      from ps ${facts} and v.kind_no = any(${kinds}::int[]) and v.at <= ${this.now}`;
    const window = (rows: string) =>
      sql`over (partition by person_id order by at, fact_id rows between ${sql.raw(rows)})`;
    for (const [at, { no, within }] of steps.entries()) {
      if (at === 0) continue;
      const mark = sql.ref(`m${at}`);
      const seen = no
        ? sql`min(at) filter (where ${mark}) ${window('1 following and unbounded following')}`
        : sql`max(at) filter (where r) ${window('unbounded preceding and 1 preceding')}`;
      const span = within && intervalOf(within);
      const holds = no
        ? sql`r and ${span ? sql`(seen is null or seen > at + ${span}) and at + ${span} <= ${this.now}` : sql`seen is null`}`
        : sql`${mark} and seen is not null ${span ? sql`and at <= seen + ${span}` : sql``}`;
      const kept = steps.map((_, n) => sql.ref(`m${n}`));
      query = sql`select person_id, at, fact_id, ${sql.join(kept)}, ${holds} as r
        from (select *, ${seen} as seen from (${query}) x) y`;
    }
    return sql`select person_id from (${query}) z group by person_id having bool_or(r)`;
  }
}

/**
 * The facts, `v`, of subjects `ps`, whose condition goes on. Of few persons each one's are read by whose they are: of a kind that is new the planner has
 * no statistics, takes it for one row, and would read all of that kind for each subject (45 s behind at 500 new facts a second, where it is 1 s so).
 */
const factsOf = (workspaceId: string, few: boolean): Sql =>
  few
    ? sql`join lateral (select * from facts.fact where workspace_id = ${workspaceId} and subject_id = ps.subject_id offset 0) v on true`
    : sql`join facts.fact v on v.workspace_id = ${workspaceId} and v.subject_id = ps.subject_id`;

// --- comparisons ---

const numberOf = (literal: Literal, about: string): number => {
  if (typeof literal !== 'number') throw new FilterProblem('wrong_literal', `${about} ${literal}`);
  return literal;
};

const dayOf = (literal: Literal, about: string): string => {
  if (
    typeof literal !== 'string' ||
    !dayPattern.test(literal) ||
    Number.isNaN(Date.parse(literal)) ||
    new Date(literal).toISOString().slice(0, 10) !== literal
  )
    throw new FilterProblem('wrong_literal', `${about} ${literal}`);
  return literal;
};

/** With `*` for anything; nothing else of a pattern is understood, so that none takes long. */
const likeOf = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%');

/** More than so many `*` in a row of words would look at every text again and again. */
const mostStars = 5;

/** Texts are the same whatever the size of their letters. */
function compareText(left: Sql, op: Op, to: readonly Literal[], about: string): Sql {
  const texts = to.map((one) => String(one).toLowerCase());
  const lower = sql`lower(${left})`;
  switch (op) {
    case '=':
      return sql`(${lower} = ${texts[0]!})`;
    case '!=':
      return sql`(${lower} <> ${texts[0]!})`;
    case 'in':
      return sql`(${lower} = any(${texts}::text[]))`;
    case 'contains':
      return sql`(strpos(${lower}, ${texts[0]!}) > 0)`;
    case 'starts':
      return sql`(starts_with(${lower}, ${texts[0]!}))`;
    case 'like':
      if (texts[0]!.split('*').length > mostStars + 1) throw new FilterProblem('wrong_literal', about);
      return sql`(${lower} like ${likeOf(texts[0]!)})`;
    default:
      throw new FilterProblem('wrong_comparison', about);
  }
}

const signs: Partial<Record<Op, string>> = { '=': '=', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=' };

function compareOrdered(left: Sql, op: Op, to: readonly number[], about: string): Sql {
  if (op === 'in') return sql`(${left} = any(${to}::numeric[]))`;
  if (op === 'between') return sql`(${left} between ${to[0]}::numeric and ${to[1]}::numeric)`;
  if (!signs[op]) throw new FilterProblem('wrong_comparison', about);
  return sql`(${left} ${sql.raw(signs[op])} ${to[0]}::numeric)`;
}

/** By days of the calendar, UTC. */
function compareDay(left: Sql, op: Op, to: readonly string[], about: string): Sql {
  const day = sql`(${left} at time zone 'UTC')::date`;
  if (op === 'in') return sql`(${day} = any(${to}::date[]))`;
  if (op === 'between') return sql`(${day} between ${to[0]}::date and ${to[1]}::date)`;
  if (!signs[op]) throw new FilterProblem('wrong_comparison', about);
  return sql`(${day} ${sql.raw(signs[op])} ${to[0]}::date)`;
}

function compareBand(left: Sql, op: Op, to: readonly Literal[], about: string): Sql {
  const band = bands.find((one) => one === to[0]);
  if (!band) throw new FilterProblem('unknown_choice', String(to[0]));
  const next = bands[bands.indexOf(band) + 1];
  if (op === '>=') return sql`(${left} >= ${strengthOf[band]})`;
  if (op !== '=') throw new FilterProblem('wrong_comparison', about);
  return sql`(${left} >= ${strengthOf[band]} ${next ? sql`and ${left} < ${strengthOf[next]}` : sql``})`;
}

/** Several words, of which one is enough. */
function compareSome(left: Sql, op: Op, to: readonly Literal[], about: string, type: 'texts' | 'choices'): Sql {
  const words = to.map(String);
  if (op !== '=' && op !== '!=' && op !== 'in' && op !== 'contains') throw new FilterProblem('wrong_comparison', about);
  // Of a choice one key or several stand there as JSON.
  const some = type === 'texts' ? sql`${left} && ${words}::text[]` : sql`${left} ?| ${words}::text[]`;
  return op === '!=' ? sql`not coalesce(${some}, false)` : sql`coalesce(${some}, false)`;
}

function compareAny(left: Sql, op: Op, to: readonly number[], about: string): Sql {
  const tested = compareOrdered(sql`x.n`, op, to, about);
  return sql`exists (select from unnest(${left}) x(n) where ${tested})`;
}
