import type { GrantTerms } from '../delegation/contract.ts';
import { maskWithout, withImplied } from '../delegation/rules.ts';
import type { Rules } from './queries.ts';

/** What is kept back wherever a charter says nothing else: what belongs to a private life, and what was written for oneself. */
const kept = ['privateNumbers', 'privateEmails', 'privateAddresses', 'notes', 'birthday'] as const;

/** The grant of a main book that a charter asks for; undefined where it asks for none. */
export function leastTerms(least: Rules['least']): GrantTerms | undefined {
  if (least === 'nothing') return undefined;
  return {
    grantee: { kind: 'workspace' },
    acts: withImplied([least]),
    except: [...kept],
    purposes: [],
    channels: [],
    quota: null,
    askFirst: false,
    startsAt: null,
    endsAt: null,
  };
}

/** Whether a standing grant opens at least what the terms open, to the whole company and without a date. */
export function says(
  grant: {
    grantee_kind: string;
    acts: GrantTerms['acts'];
    field_mask: number;
    ask_first: boolean;
    starts_at: Date;
    ends_at: Date | null;
  },
  terms: GrantTerms,
): boolean {
  const wanted = maskWithout(terms.except);
  return (
    grant.grantee_kind === 'workspace' &&
    grant.ends_at === null &&
    grant.starts_at.getTime() <= Date.now() &&
    (!grant.ask_first || !terms.acts.includes('read')) &&
    terms.acts.every((act) => grant.acts.includes(act)) &&
    (grant.field_mask & wanted) === wanted
  );
}
