import { type Field, isTaken } from '../cards/fields.ts';
import { keyOf } from '../cards/octets.ts';
import { changedKinds, type ExistingField, type Merged } from '../sources/rules.ts';

/** Of these a card has one; of the others both sides may add. */
const single = new Set<Field['kind']>(['name', 'organization', 'title', 'birthday', 'photo']);

/**
 * What both sides of a two-way connection say of a contact, value by value. What was changed on one side only is taken over. Where both have
 * changed the one value that a card has of its kind, the word here stays, and goes there; the other one is kept in the history. Of what
 * it may have several (numbers, addresses, notes) both stay. What was changed on one side and taken away on the other stays.
 *
 * A value that a member wrote, and that both sides have said since, bears itself as what the source says (`sourceValue`); written and not sent
 * yet, it bears what it was, or null where it is new.
 */
export function mergeTwoWay(existing: readonly ExistingField[], incoming: readonly Field[]): Merged {
  const before = existing.filter(({ authorId }) => authorId === null);
  const written = existing.filter(({ authorId }) => authorId !== null);
  const rest = new Rest(incoming, existing);
  const kept: Merged['kept'] = [];
  const yielding: number[] = [];
  const waiting: ExistingField[] = [];
  // First whatever is said word for word, so that nothing else is taken for it.
  for (const field of written) {
    const said = field.sourceValue ?? null;
    const asItStands = isTaken(field) ? null : rest.take(field.kind, field.value);
    const asItWas = asItStands ?? (said && rest.take(field.kind, said));
    if (asItWas) kept.push({ no: field.no, sourceValue: asItWas.value });
    else waiting.push(field);
  }
  const overruled: NonNullable<Merged['overruled']> = [];
  for (const field of waiting) {
    const { no, kind } = field;
    if (isTaken(field) || isAgreed(field)) yielding.push(no);
    else {
      const now = single.has(kind) ? rest.takeOne(kind) : undefined;
      if (now) overruled.push({ no, value: now.value });
      kept.push({ no, sourceValue: now?.value ?? null });
    }
  }
  const source = rest.all();
  const gone = existing.filter(({ no }) => yielding.includes(no)).filter((field) => !isTaken(field));
  const changed = changedKinds([...before, ...gone], source);
  const overruledKinds = existing.filter(({ no }) => overruled.some((one) => one.no === no)).map(({ kind }) => kind);
  return { source, kept, yielding, overruled, changed: [...new Set([...changed, ...overruledKinds])].sort() };
}

/** Both sides have said it. */
const isAgreed = ({ kind, value, sourceValue }: ExistingField): boolean =>
  !!sourceValue && keyOf({ kind, value }) === keyOf({ kind, value: sourceValue });

/** What the other side says and nothing here accounts for yet. */
class Rest {
  private fields: Field[];

  /** Where it says what is here in other signs (how a number was read, say), it is as it is here. */
  constructor(incoming: readonly Field[], existing: readonly ExistingField[]) {
    const here = new Map(existing.filter((field) => !isTaken(field)).map((field) => [keyOf(field), field]));
    this.fields = incoming.map((field) => {
      const same = here.get(keyOf(field));
      return same ? { kind: same.kind, value: same.value } : field;
    });
  }

  take(kind: Field['kind'], value: Record<string, unknown>): Field | undefined {
    const key = keyOf({ kind, value });
    return this.remove((field) => keyOf(field) === key);
  }

  takeOne(kind: Field['kind']): Field | undefined {
    return this.remove((field) => field.kind === kind);
  }

  all(): Field[] {
    return this.fields;
  }

  private remove(is: (field: Field) => boolean): Field | undefined {
    const at = this.fields.findIndex(is);
    return at < 0 ? undefined : this.fields.splice(at, 1)[0];
  }
}
