import { nameCards } from '../cards/persons.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Translate } from '../kernel/messages.ts';
import type { NoticeKind } from './contract.ts';
import * as queries from './queries.ts';

/** What a notice is about: ids only. */
export interface Told {
  kind: NoticeKind;
  subject_id: string;
  actor_id: string | null;
}

/** Kinds that are about a contact. */
const ofContacts = /^(offer_|self_updated$|forget_asked$|complained$)/;

/**
 * Makes the sentences of notices, in the language of `t`. Who and what are read as the reader, in whose transaction this runs: what
 * they may not see any more is not named.
 */
export async function writeSentences(
  tx: Tx,
  actor: Actor,
  told: readonly Told[],
): Promise<(t: Translate, one: Told) => string> {
  const people = await queries.nameMembers(
    tx,
    actor,
    told.flatMap(({ actor_id }) => actor_id ?? []),
  );
  const subjects = await queries.nameSubjects(
    tx,
    actor,
    told.map(({ subject_id }) => subject_id),
  );
  const contacts = await nameCards(
    { tx, actor },
    told.filter(({ kind }) => ofContacts.test(kind)).map(({ subject_id }) => subject_id),
  );
  return (t, { kind, subject_id, actor_id }) =>
    t(`notice.${kind}`, {
      who: (actor_id && people.get(actor_id)) || 'nobody',
      what: subjects.get(subject_id) || contacts.get(subject_id) || 'nothing',
    });
}
