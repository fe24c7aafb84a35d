import type { Contact, ContactConsent } from '../contact.ts';
import { parseInstant } from '../normalise/date.ts';
import { cellValue, readTruth } from './cells.ts';
import type { Field } from './columns.ts';

export interface ConsentColumn {
  field: Field;
  channel: ContactConsent['channel'];
  column: number;
  header: string;
}

const STATES: [RegExp, ContactConsent['state']][] = [
  [/^(unsubscribed|desinscrit|désinscrit|désabonné|opted ?out|cleaned|bounced|complained|abgemeldet)/i, 'objected'],
  [/^(subscribed|inscrit|abonné|opted ?in|active|confirmed|angemeldet)/i, 'given'],
];

/**
 * What a row says of consent, one statement a channel. An objection outranks a consent; "false" in an opt-out column is no
 * consent, and "false" in an opt-in column no objection: they say nothing.
 */
export function addConsents(contact: Contact, columns: ConsentColumn[], cells: string[]): void {
  const found = new Map<string, ContactConsent>();
  for (const column of columns) {
    const value = cellValue(cells[column.column]);
    const statement = value === '' ? undefined : read(column, value);
    if (!statement) continue;
    const known = found.get(statement.channel);
    if (!known || (known.state !== 'objected' && statement.state === 'objected'))
      found.set(statement.channel, statement);
    else if (known.state === statement.state && !known.since && statement.since) known.since = statement.since;
  }
  if (found.size > 0) contact.consent = [...found.values()];
}

function read(column: ConsentColumn, value: string): ContactConsent | undefined {
  const state = stateOf(column.field, value);
  if (!state) return undefined;
  const since = parseInstant(value.replace(/^(\d{4}-\d\d-\d\d) /, '$1T'));
  const statement: ContactConsent = {
    channel: column.channel,
    state,
    evidence: `${column.header}: ${value.slice(0, 200)}`,
  };
  if (since) statement.since = since;
  return statement;
}

function stateOf(field: Field, value: string): ContactConsent['state'] | undefined {
  if (field === 'subscription') return STATES.find(([pattern]) => pattern.test(value))?.[1];
  const dated = /^\d{4}-\d\d|^\d{1,2}[./]\d{1,2}[./]\d{2,4}/.test(value);
  if (!dated && readTruth(value) !== true) return undefined;
  return field === 'optOut' ? 'objected' : 'given';
}
