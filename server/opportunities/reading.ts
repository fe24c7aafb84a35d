import { fold } from '../formats/normalise/fold.ts';
import { cellValue } from '../formats/table/cells.ts';
import type { Row } from '../formats/table/rows.ts';
import { hashedId } from '../kernel/ids.ts';
import { findHeader, sourceOf, targetsOf } from './columns.ts';
import { type LineProblem, limits, type Outcome, type Reason, type Target, type Value } from './contract.ts';
import { reversedDate } from './rules.ts';
import { currencyOf, dayFirstIn, outcomeOf, parseAmount, parseDay, reasonOf } from './values.ts';

/** Why a file gives no opportunities at all. */
export class NoTable extends Error {
  override name = 'NoTable';
  readonly code: 'no_table' | 'too_many_lines';
  constructor(code: NoTable['code']) {
    super(code);
    this.code = code;
  }
}

/** How a file is read, where it does not say itself. */
export interface Habits {
  targets?: readonly Target[] | undefined;
  currency: string;
  dayFirst: boolean;
}

/** What a line of a file says, in our terms. */
export interface ReadLine {
  line: number;
  /** Its id at its source; of a file without ids, of its name and organisation. */
  externalId: string;
  name: string;
  organization: string;
  /** Addresses of contacts, and names of those without one. */
  emails: string[];
  contacts: string[];
  /** Instead of both, where its source tells its contacts apart by ids (`key`): with the card that was made of them. */
  people?: { key: string; cardId: string | null; email: string; name: string }[];
  stage: string;
  outcome: Outcome | null;
  value: Value | null;
  /** Null: the file does not say; so are days on which it was opened and closed. */
  expectedOn: string | null;
  openedOn: string | null;
  closedOn: string | null;
  owner: string;
  reasons: Reason[];
  outcomeNote: string;
  note: string;
  /** The row as it stands in the file, by column. */
  cells: [string, string][];
  /** Of `cells` those that name contacts, by place. */
  naming: number[];
}

export interface ReadTable {
  source: string;
  columns: { header: string; target: Target; examples: string[] }[];
  currency: string;
  dayFirst: boolean;
  lines: ReadLine[];
  problems: LineProblem[];
}

/**
 * Reads the opportunities of a table. What is not understood is said by line and stays in `cells`; a line without any name is left out.
 *
 * @throws NoTable where no header is recognised, or beyond the limit of lines
 */
export async function readTable(rows: AsyncIterable<Row>, habits: Habits): Promise<ReadTable> {
  const all: string[][] = [];
  for await (const { cells } of rows) {
    all.push(cells);
    if (all.length > limits.lines + 30) throw new NoTable('too_many_lines');
  }
  const at = findHeader(all);
  if (at === null) throw new NoTable('no_table');
  const headers = all[at]!.map((header) => header.trim());
  const body = all.slice(at + 1);
  const guessed = targetsOf(headers);
  const targets = headers.map((_header, column) => habits.targets?.[column] ?? guessed[column]!);
  const cut = new Cut(headers, targets);
  const dates = body.flatMap((cells) => cut.dates(cells));
  const dayFirst = dayFirstIn(dates) ?? habits.dayFirst;
  const reader = new LineReader(cut, { ...habits, dayFirst });
  const lines = body.flatMap((cells, index) => reader.read(cells, at + 2 + index) ?? []);
  return {
    source: sourceOf(headers),
    columns: headers.map((header, column) => ({
      header,
      target: targets[column]!,
      examples: [...new Set(body.slice(0, 200).map((cells) => cellValue(cells[column])))]
        .filter((text) => text !== '')
        .slice(0, 3)
        .map((text) => text.slice(0, 80)),
    })),
    currency: habits.currency,
    dayFirst,
    lines,
    problems: reader.problems,
  };
}

/** A row cut by what its columns hold. */
class Cut {
  readonly headers: readonly string[];
  readonly #columns: Map<Target, number[]>;
  constructor(headers: readonly string[], targets: readonly Target[]) {
    this.headers = headers;
    this.#columns = new Map();
    for (const [column, target] of targets.entries())
      this.#columns.set(target, [...(this.#columns.get(target) ?? []), column]);
  }
  /** What the columns of a target say, those that say nothing left out. */
  all(cells: readonly string[], target: Target): string[] {
    return (this.#columns.get(target) ?? []).map((column) => cellValue(cells[column])).filter((text) => text !== '');
  }
  first(cells: readonly string[], target: Target): string {
    return this.all(cells, target)[0] ?? '';
  }
  /** Whether a column names contacts. */
  names(column: number): boolean {
    return (['contact', 'email'] as const).some((target) => this.#columns.get(target)?.includes(column));
  }
  dates(cells: readonly string[]): string[] {
    return (['expectedOn', 'openedOn', 'closedOn'] as const).flatMap((target) => this.all(cells, target));
  }
}

const address = /[^\s<>()[\],;:"]+@[^\s<>()[\],;:"]+\.[^\s<>()[\],;:"]+/g;
const longest = { name: 300, note: 10_000, cell: 2000 };

class LineReader {
  readonly problems: LineProblem[] = [];
  readonly #cut: Cut;
  readonly #habits: Habits;
  /** How often the same name of the same organisation came without an id. */
  readonly #seen = new Map<string, number>();
  constructor(cut: Cut, habits: Habits) {
    this.#cut = cut;
    this.#habits = habits;
  }

  read(cells: readonly string[], line: number): ReadLine | undefined {
    const say = (code: LineProblem['code'], text: string) =>
      void this.problems.push({ line, code, text: text.slice(0, 200) });
    const first = (target: Target) => this.#cut.first(cells, target);
    if (cells.every((cell) => cell.trim() === '')) return undefined;
    const organization = this.#short(first('organization'), say);
    const name = this.#short(first('name') || organization, say);
    if (name === '') return say('no_name', cells.filter((cell) => cell.trim() !== '').join(' · ')) as undefined;
    const outcome = this.#outcome(cells);
    const people = [...this.#cut.all(cells, 'contact'), ...this.#cut.all(cells, 'email')].join(' ; ');
    const reason = this.#cut.all(cells, 'reason').join(' · ');
    return {
      line,
      externalId: this.#identity(first('externalId'), name, organization),
      ...{ name, organization, outcome },
      emails: [...new Set(people.match(address) ?? [])].slice(0, 20),
      contacts: namesIn(this.#cut.all(cells, 'contact')),
      stage: this.#short(first('stage'), say),
      value: this.#value(cells, say),
      ...this.#dates(cells, outcome, say),
      owner: first('owner'),
      reasons: outcome && reason ? [reasonOf(reason, outcome)] : [],
      outcomeNote: outcome ? reason.slice(0, 5000) : '',
      note: this.#cut.all(cells, 'note').join('\n').slice(0, longest.note),
      ...this.#row(cells),
    };
  }

  #row(cells: readonly string[]): Pick<ReadLine, 'cells' | 'naming'> {
    const filled = this.#cut.headers.flatMap((header, column) => {
      const text = (cells[column] ?? '').trim().slice(0, longest.cell);
      return text === '' ? [] : [{ header: header || `${column + 1}`, text, names: this.#cut.names(column) }];
    });
    return {
      cells: filled.map(({ header, text }) => [header, text]),
      naming: filled.flatMap(({ names }, at) => (names ? [at] : [])),
    };
  }

  #short(text: string, say: (code: LineProblem['code'], text: string) => void): string {
    if (text.length > longest.name) say('too_long', text);
    return text.slice(0, longest.name);
  }

  #identity(own: string, name: string, organization: string): string {
    if (own !== '') return own.slice(0, 200);
    const key = `${fold(name)}\n${fold(organization)}`;
    const times = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, times);
    return hashedId(`${key}\n${times}`);
  }

  #outcome(cells: readonly string[]): Outcome | null {
    const said = outcomeOf(this.#cut.first(cells, 'outcome'));
    if (said === 'won' || said === 'lost') return said;
    const stage = outcomeOf(this.#cut.first(cells, 'stage'));
    return stage === 'won' || stage === 'lost' ? stage : null;
  }

  #value(cells: readonly string[], say: (code: LineProblem['code'], text: string) => void): Value | null {
    const [text, money] = [this.#cut.first(cells, 'amount'), this.#cut.first(cells, 'currency')];
    if (text === '') return null;
    const amount = parseAmount(text);
    if (typeof amount === 'string') {
      say(amount, text);
      return null;
    }
    const code = money === '' ? (amount.currency ?? this.#habits.currency) : currencyOf(money);
    if (code === undefined) {
      say('bad_currency', `${text} ${money}`);
      return null;
    }
    return { cents: amount.cents, currency: code };
  }

  #dates(cells: readonly string[], outcome: Outcome | null, say: (code: LineProblem['code'], text: string) => void) {
    const day = (target: Target): string | null => {
      const text = this.#cut.first(cells, target);
      const found = text === '' ? null : parseDay(text, this.#habits.dayFirst);
      if (found === undefined) say('bad_date', text);
      return found ?? null;
    };
    const said = { openedOn: day('openedOn'), expectedOn: day('expectedOn'), closedOn: day('closedOn') };
    const { reversed, ...dates } = settleDates(said, outcome);
    if (reversed) say('dates_reversed', this.#cut.dates(cells).join(' · '));
    return dates;
  }
}

type SaidDates = Pick<ReadLine, 'openedOn' | 'expectedOn' | 'closedOn'>;

/** Dates of which none stands before the day on which it was opened; `reversed`: one did, and was believed. */
export function settleDates(said: SaidDates, outcome: Outcome | null): SaidDates & { reversed: boolean } {
  const { openedOn, expectedOn: expected, closedOn: closed } = said;
  // Products have one date for both: of what is over it is the day on which it ended.
  const closedOn = outcome ? (closed ?? expected) : null;
  const expectedOn = outcome && closed === null ? null : expected;
  if (openedOn === null || reversedDate({ openedOn, expectedOn, closedOn }) === null)
    return { openedOn, expectedOn, closedOn, reversed: false };
  const earliest = [expectedOn, closedOn].filter((one) => one !== null).sort()[0]!;
  return { openedOn: earliest, expectedOn, closedOn, reversed: true };
}

/** Names in cells of contacts: several are set apart by semicolons or lines; what stands in parentheses is an address or an id. */
function namesIn(cells: readonly string[]): string[] {
  const names = cells
    .flatMap((cell) => cell.split(/[;\n]/))
    .filter((part) => !part.includes('@'))
    .map((part) =>
      part
        .replaceAll(/\([^)]*\)|<[^>]*>/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    );
  return [...new Set(names)].filter((name) => name !== '' && name.length <= 200).slice(0, 20);
}
