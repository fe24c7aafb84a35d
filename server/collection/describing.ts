import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { wilson } from '../kernel/shares.ts';
import { fewest, type Item, type Mechanism, type Results } from './contract.ts';
import * as queries from './queries.ts';
import { describeFilling, newcombe, shown } from './rules.ts';

type Viewer = Pick<Context, 'tx' | 'actor' | 'role'>;

const plans = (role: Context['role']): boolean => role === 'admin' || role === 'marketing';

/** Who goes on with a mechanism: planners, who answers for it, and of an idea whoever had it. */
export const mayChange = ({ actor, role }: Pick<Viewer, 'actor' | 'role'>, row: queries.MechanismRow): boolean =>
  plans(role) ||
  ((row.state === 'idea' || row.state === 'studied') && row.responsible_id === actor.memberId) ||
  (row.state === 'idea' && row.proposed_by === actor.memberId);

export function describeMechanism(viewer: Pick<Viewer, 'actor' | 'role'>, row: queries.MechanismRow): Mechanism {
  return {
    ...{ id: row.mechanism_id, itemId: row.item_id, touchpointId: row.touchpoint_id, kind: row.kind, idea: row.idea },
    question: { fr: row.question_fr, en: row.question_en },
    ...{ channelId: row.channel_id, business: row.business, businessNote: row.business_note },
    ...{ it: row.it, itNote: row.it_note, costEuros: row.cost_euros, dueOn: row.due_on, state: row.state },
    responsible: row.responsible_id === null ? null : { id: row.responsible_id, name: row.responsible ?? '' },
    proposedBy: { id: row.proposed_by, name: row.proposer },
    version: row.version,
    decision:
      row.decided_at && row.decision !== null
        ? { at: row.decided_at.toISOString(), by: row.decider ?? '', why: row.decision }
        : null,
    testedSince: row.tested_since?.toISOString() ?? null,
    mine: mayChange(viewer, row),
  };
}

/** @throws AppError not_found */
export async function getMechanism({ tx, actor }: Pick<Viewer, 'tx' | 'actor'>, mechanismId: string) {
  const [row] = await queries.listMechanisms(tx, actor, mechanismId);
  if (!row) throw notFound();
  return row;
}

export const describeItem = (row: queries.ItemRow): Item => ({
  ...{ id: row.item_id, kind: row.kind, ref: row.ref, name: row.name ?? row.ref, staleMonths: row.stale_months },
  filling:
    row.day !== null && row.people !== null && row.filled !== null
      ? describeFilling({ day: row.day, people: row.people, filled: row.filled })
      : null,
});

const none: Omit<queries.Tally, 'asked'> = {
  ...{ sent: 0, confirmed: 0, filled: 0, opted_out: 0, answers: 0, first_try: 0, old: 0, standing: 0 },
};

/** A share of enough; undefined: too few. */
const shareOf = (count: number, of: number) => (of < fewest ? undefined : wilson(count, of));
const shownOr = (interval: ReturnType<typeof wilson> | undefined) => (interval ? shown(interval) : null);

/** What a test has shown, with honest intervals, and nothing of too few. */
export function describeResults(
  tallied: NonNullable<Awaited<ReturnType<typeof queries.tallyTest>>>,
  costEuros: number | null,
): Results {
  const of = (asked: boolean) => tallied.halves.find((half) => half.asked === asked) ?? { asked, ...none };
  const [asked, control] = [of(true), of(false)];
  const shares = [asked, control].map((half) => ({
    rate: shareOf(half.filled, half.confirmed),
    optedOut: shareOf(half.opted_out, half.confirmed),
  }));
  const describe = ({ sent, confirmed, filled }: queries.Tally, no: number) => ({
    ...{ sent, confirmed, filled },
    ...{ rate: shownOr(shares[no]!.rate), optedOut: shownOr(shares[no]!.optedOut) },
  });
  const difference = (key: 'rate' | 'optedOut') => {
    const [a, b] = [shares[0]![key], shares[1]![key]];
    return a && b ? shown(newcombe(a, b)) : null;
  };
  return {
    since: tallied.since.toISOString(),
    until: tallied.until?.toISOString() ?? null,
    asked: describe(asked, 0),
    control: describe(control, 1),
    gain: difference('rate'),
    optOut: difference('optedOut'),
    askedShare: shownOr(shareOf(asked.sent, asked.sent + control.sent)),
    quality: {
      answers: asked.answers,
      firstTry: shownOr(shareOf(asked.first_try, asked.answers)),
      standing: shownOr(shareOf(asked.standing, asked.old)),
    },
    eurosPerValue: costEuros === null || asked.filled === 0 ? null : Math.round((costEuros / asked.filled) * 100) / 100,
  };
}
